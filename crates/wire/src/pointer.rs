//! The bytes of a store's pointer: what was published, and a state that was signed in an emergency.
//!
//! A signed state is the pointer's last member, `emergency`. All bytes before it stay as they are, so that the
//! history's copy of what was published still matches, also if a newer version wrote it. If nothing was
//! ever published, it is the only member.

use crate::emergency::EmergencyDocument;

/// The text before a document that follows other members.
const MEMBER: &str = r#","emergency":"#;

/// The text before a document that is the only member.
const ALONE: &str = r#"{"emergency":"#;

/// Splits a pointer into what was published, which may be empty, and the signed state. Bytes that are not such a
/// pointer are returned as they are.
pub fn split(pointer: &[u8]) -> (Vec<u8>, Option<EmergencyDocument>) {
    let whole = || (pointer.to_vec(), None);
    // Within a JSON string quotes are escaped, so this can only be a member.
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

/// Returns the bytes of a pointer with what was `published` and a signed state; empty if there is neither.
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
