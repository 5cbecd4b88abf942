//! Whether an address is one that every browser can fetch.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Returns why a page cannot fetch `address`, as the end of a sentence about it; `None` if it can.
///
/// A page resolves an address against its own. A path always is one; a scheme or a host is where mistakes are: a browser throws
/// at a host or a port that cannot be, and fetches nothing by `file:` or `javascript:`.
pub(super) fn unfit(address: &str) -> Option<&'static str> {
    if address.contains('\\') {
        return Some("has \"\\\" where addresses have \"/\"");
    }
    let path = address.find(['/', '?', '#']).unwrap_or(address.len());
    let rest = match address[..path].split_once(':') {
        Some((scheme, _)) if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") => {
            return Some("is neither a path nor begins with \"https://\"");
        }
        Some((scheme, _)) => &address[scheme.len() + 1..],
        None => address,
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return (rest.len() < address.len()).then_some("has no \"//\" after its scheme");
    };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Some("has a user's name before its host, which browsers refuse to fetch");
    }
    let (host, port) = match authority.rfind(':').filter(|colon| authority.rfind(']').is_none_or(|end| end < *colon)) {
        Some(colon) => (&authority[..colon], &authority[colon + 1..]),
        None => (authority, ""),
    };
    if !port.is_empty() && port.parse::<u16>().is_err() {
        return Some("has no possible port after its host");
    }
    (!is_host(host)).then_some("has no possible host")
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or(name);
    // Browsers read a host that ends in a number as an address of IPv4.
    if !last.is_empty() && last.chars().all(|char| char.is_ascii_digit()) {
        return name.parse::<Ipv4Addr>().is_ok();
    }
    name.split('.')
        .all(|label| !label.is_empty() && label.chars().all(|char| char.is_alphanumeric() || "-_".contains(char)))
}

#[cfg(test)]
mod tests {
    use super::unfit;

    #[test]
    fn paths_and_web_addresses_are_fit() {
        for address in [
            "/a.ogg",
            "a.ogg",
            "../a.ogg",
            "?a=b:c",
            "a//b",
            "/a:b",
            "//cdn.example/a",
            "https://cdn.example/a.ogg?x#y",
            "HTTPS://CDN.example:8443/",
            "http://127.0.0.1:8787/a",
            "https://[::1]:80/a",
            "https://bücher.example./a",
            "https://my_cdn.example",
            "/%zz",
        ] {
            assert_eq!(unfit(address), None, "{address}");
        }
    }

    #[test]
    fn what_a_browser_throws_at_or_cannot_fetch_is_unfit() {
        for address in [
            "https://",
            "https:///a",
            "//",
            "https:/a",
            "https:a",
            "http://[",
            "http://[::1",
            "https://a:b/",
            "https://a:99999/",
            "https://1.2.3/",
            "https://999.1.1.1/",
            "https://cdn..example/",
            "https://user@cdn.example/a",
            "https://c%n.example/",
            "javascript:alert(1)",
            "data:,x",
            "file:///a.ogg",
            "C:\\a.ogg",
            "/a\\b",
            "ftp://a.example/",
            "htps://cdn.example/a",
            "cdn.example:8443/a",
        ] {
            assert!(unfit(address).is_some(), "{address}");
        }
    }
}
