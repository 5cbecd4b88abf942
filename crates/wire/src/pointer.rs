//! The bytes of a store's pointer: what was published, and beside it what was signed in an emergency.
//!
//! A signed state is the pointer's last member, `emergency`. All bytes before it stay as they are, so that the history's
//! copy of what was published still matches, and so does what a newer version may have written there. Where nothing was
//! ever published, it is the only member.

use crate::emergency::EmergencyDocument;

/// What stands before a document behind other members.
const MEMBER: &str = r#","emergency":"#;

/// What stands before a document that is alone.
const ALONE: &str = r#"{"emergency":"#;

/// Returns what was published, which is empty where nothing was, and the signed state beside it. Bytes that are no such
/// pointer are given as they came.
pub fn split(pointer: &[u8]) -> (Vec<u8>, Option<EmergencyDocument>) {
    let whole = || (pointer.to_vec(), None);
    // In a text of JSON quotes are escaped, so this can only be a member.
    let Ok(text) = core::str::from_utf8(pointer) else { return whole() };
    let (published, rest) = match (text.strip_prefix(ALONE), text.split_once(MEMBER)) {
        (Some(rest), _) => (String::new(), rest),
        (None, Some((published, rest))) => (format!("{published}}}"), rest),
        (None, None) => return whole(),
    };
    match rest.strip_suffix('}').and_then(|document| serde_json::from_str(document).ok()) {
        Some(document) => (published.into_bytes(), Some(document)),
        None => whole(),
    }
}

/// Returns the bytes of a pointer to what was `published`, with a signed state beside it; empty if there is neither.
pub fn join(published: &[u8], document: Option<&EmergencyDocument>) -> Vec<u8> {
    let Some(document) = document else { return published.to_vec() };
    let head = match published.strip_suffix(b"}") {
        None | Some(b"{") => ALONE.as_bytes().to_vec(),
        Some(members) => [members, MEMBER.as_bytes()].concat(),
    };
    [&head, document.to_json().as_bytes(), b"}"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> EmergencyDocument {
        serde_json::from_str(include_str!("../fixtures/emergency.json")).unwrap()
    }

    #[test]
    fn what_was_published_stays_as_it_is_to_the_byte() {
        let publication = include_str!("../fixtures/publication.json").trim_end();
        for published in [publication, "", r#"{"rev":1,"reason":",\"emergency\":{}","new":[{"deep":null}]}"#] {
            let joined = join(published.as_bytes(), Some(&document()));
            assert!(joined.starts_with(published.trim_end_matches('}').as_bytes()), "{published}");
            let value: serde_json::Value = serde_json::from_slice(&joined).unwrap();
            assert_eq!(value["emergency"], serde_json::to_value(document()).unwrap());
            assert_eq!(split(&joined), (published.as_bytes().to_vec(), Some(document())));
            assert_eq!(join(published.as_bytes(), None), published.as_bytes());
        }
    }

    #[test]
    fn a_second_signed_state_takes_the_place_of_the_first() {
        let first = join(br#"{"rev":1}"#, Some(&document()));
        let (published, _) = split(&first);
        let second = EmergencyDocument { state: "{}".to_owned(), ..document() };
        assert_eq!(split(&join(&published, Some(&second))), (br#"{"rev":1}"#.to_vec(), Some(second)));
    }

    #[test]
    fn other_bytes_are_given_as_they_came() {
        let broken = br#"{"rev":1,"emergency":{"state":7}}"#;
        let behind = br#"{"rev":1,"emergency":{"state":"","signature":""},"more":1}"#;
        for bytes in [&b""[..], b"{}", b"\xff", b"no pointer", broken, behind, br#"{"emergency":null}"#] {
            assert_eq!(split(bytes), (bytes.to_vec(), None));
        }
    }
}
