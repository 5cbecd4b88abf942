//! What a store says about an error, in short.

use downbeat_core::words::tame;

/// Returns the text of an element of an XML document.
pub(super) fn element(text: &str, name: &str) -> Option<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let from = text.find(&open)? + open.len();
    let length = text[from..].find(&close)?;
    Some(tame(text[from..from + length].trim()).chars().take(300).collect())
}

/// Returns what a store says about an error: its code and message if it has the usual form, otherwise the beginning of the
/// text.
///
/// URLs are left out, because some contain credentials.
pub(super) fn excerpt(text: &str) -> String {
    let said = match (element(text, "Code"), element(text, "Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code,
        _ => {
            let text = text
                .strip_prefix("Generic ")
                .and_then(|text| text.split_once(" error: "))
                .map_or(text, |(_, text)| text);
            let answer = text.split_once(" - ").map_or(text, |(_, answer)| answer);
            answer.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ")
        }
    };
    tame(&said).chars().take(300).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_says_becomes_a_line_without_addresses() {
        let xml = "Error performing PUT http://127.0.0.1:1/shows?sig=hunter2 in 2ms - Client returned non-2xx status code: \
                   403 Forbidden: <?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Access\nDenied.</Message></Error>";
        assert_eq!(excerpt(xml), "AccessDenied: Access⏎Denied.");
        let plain = "Error performing GET https://a/b?sig=hunter2 in 2ms - Client returned non-2xx status code: 418 I'm a teapot: ";
        assert_eq!(excerpt(plain), "Client returned non-2xx status code: 418 I'm a teapot:");
        assert_eq!(excerpt("Generic S3 error: Header missing"), "Header missing");
        assert_eq!(excerpt("oops https://a?sig=hunter2"), "oops");
    }
}
