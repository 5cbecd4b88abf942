//! What the crew should know about a rundown's cues: notes, owners, groups and flags. They are no part of the rundown, and
//! viewers never get them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fields::Fields;
use crate::json;
use crate::problem::Problem;

/// The body of `PUT …/rundowns/{sha256}/notes`, at most 1 MiB, and the answer of `GET`. The last one that was put counts.
///
/// The server stores it in one form, whatever was sent: sorted by cue, without cues about which nothing is said, and without
/// members that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Notes {
    /// The cues about which something is said, sorted by `cue`, each at most once.
    pub cues: Vec<CueNotes>,
}

/// What the crew should know about one cue.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CueNotes {
    /// The cue's id in the rundown.
    pub cue: String,
    /// What to know about it. Omitted if there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub note: Option<String>,
    /// Who is responsible for it. Omitted if nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub owner: Option<String>,
    /// What it belongs to, such as an act. Omitted if it belongs to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub group: Option<String>,
    /// Words such as `rehearse`, in the author's order. Omitted if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<String>>", optional))]
    pub flags: Vec<String>,
}

/// The answer of `PUT …/rundowns/{sha256}/notes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StoredNotes {
    /// How many cues have notes now.
    pub cues: u64,
    /// Whether they differ from what was stored before.
    pub changed: bool,
}

impl CueNotes {
    /// Returns whether nothing is said about the cue.
    pub fn is_empty(&self) -> bool {
        let Self { cue: _, note, owner, group, flags } = self;
        note.is_none() && owner.is_none() && group.is_none() && flags.is_empty()
    }
}

impl Notes {
    /// Puts notes into the form in which they are stored and compared: empty texts say nothing, and of several notes about one
    /// cue the first counts.
    #[must_use]
    pub fn new(mut cues: Vec<CueNotes>) -> Self {
        for CueNotes { cue: _, note, owner, group, flags } in &mut cues {
            for text in [note, owner, group] {
                text.take_if(|text| text.trim().is_empty());
            }
            flags.retain(|flag| !flag.trim().is_empty());
        }
        cues.retain(|notes| !notes.is_empty());
        cues.sort_by(|one, other| one.cue.cmp(&other.cue));
        cues.dedup_by(|other, one| other.cue == one.cue);
        Self { cues }
    }

    /// Parses a body.
    ///
    /// # Errors
    /// [`Problem`] with the pointer of what is missing, wrong or there twice.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let cues = Fields::parse(body)?.take("cues").ok_or_else(|| {
            Problem::invalid_field("/cues", "\"cues\" is missing; send {\"cues\": [{\"cue\": id, \"note\": text}, …]}")
        })?;
        let Value::Array(cues) = cues else {
            return Err(Problem::invalid_field("/cues", "\"cues\" is not an array; send one element per cue"));
        };
        let count = cues.len();
        let cues: Vec<CueNotes> =
            cues.into_iter().enumerate().map(|(index, cue)| read(index, cue)).collect::<Result<_, _>>()?;
        let mut ids: Vec<(&str, usize)> =
            cues.iter().enumerate().map(|(index, notes)| (notes.cue.as_str(), index)).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let (id, index) = twice[1];
            let detail = format!("cue {:?} is there twice among {count}; send one element per cue", cut(id));
            return Err(Problem::invalid_field(&format!("/cues/{index}/cue"), detail));
        }
        Ok(Self::new(cues))
    }

    /// Returns the text that is stored: the same for the same notes, whatever the body looked like.
    pub fn to_json(&self) -> String {
        json::text(self)
    }

    /// Returns what is said about a cue; `None` if nothing is.
    pub fn of(&self, cue: &str) -> Option<&CueNotes> {
        self.cues.binary_search_by(|notes| notes.cue.as_str().cmp(cue)).ok().map(|index| &self.cues[index])
    }
}

/// Reads an element of `cues`. By hand, so that a mistake has its pointer.
fn read(index: usize, element: Value) -> Result<CueNotes, Problem> {
    let Value::Object(mut members) = element else {
        return Err(Problem::invalid_field(
            &format!("/cues/{index}"),
            "an element of \"cues\" is not an object; send {\"cue\": id, \"note\": text}",
        ));
    };
    let cue = text(index, "cue", &mut members)?.filter(|cue| !cue.is_empty());
    Ok(CueNotes {
        cue: cue.ok_or_else(|| wrong(index, "cue", "is missing; send the cue's id"))?,
        note: text(index, "note", &mut members)?,
        owner: text(index, "owner", &mut members)?,
        group: text(index, "group", &mut members)?,
        flags: match members.remove("flags") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(flags)) => flags
                .into_iter()
                .map(|flag| match flag {
                    Value::String(flag) => Ok(flag),
                    _ => Err(wrong(index, "flags", "has an element that is not text; send words")),
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(wrong(index, "flags", "is not an array; send [\"word\", …]")),
        },
    })
}

fn text(index: usize, name: &str, members: &mut Map<String, Value>) -> Result<Option<String>, Problem> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(index, name, "is not text; send a string, or leave it out")),
    }
}

fn wrong(index: usize, name: &str, problem: &str) -> Problem {
    Problem::invalid_field(&format!("/cues/{index}/{name}"), format!("\"{name}\" of an element of \"cues\" {problem}"))
}

/// Returns the beginning of a text, which may be a megabyte long.
fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Notes, Problem> {
        Notes::parse(body.as_bytes())
    }

    #[test]
    fn the_same_notes_have_one_text_whatever_the_body_looked_like() {
        let one = parse(
            r#"{"cues":[{"cue":"b","flags":["rehearse","new"],"owner":null},
            {"cue":"a","note":"watch \u00e9","from the future":1},{"cue":"c"},{"cue":"d","flags":["", " "],"note":" "}],"more":[]}"#,
        )
        .unwrap();
        let text = r#"{"cues":[{"cue":"a","note":"watch é"},{"cue":"b","flags":["rehearse","new"]}]}"#;
        assert_eq!(one.to_json(), text);
        assert_eq!(parse(text).unwrap(), one);
        assert_eq!(parse(r#"{"cues":[]}"#).unwrap().to_json(), r#"{"cues":[]}"#);
        assert_eq!(json::read::<Notes>(text.as_bytes()).unwrap(), one, "clients read what is stored");
    }

    #[test]
    fn a_cue_is_found_by_its_id() {
        let notes =
            parse(r#"{"cues":[{"cue":"b","owner":"Ana"},{"cue":"a","note":"x"},{"cue":"é","group":"2"}]}"#).unwrap();
        assert_eq!(notes.of("b").unwrap().owner.as_deref(), Some("Ana"));
        assert_eq!(notes.of("é").unwrap().group.as_deref(), Some("2"));
        assert_eq!([notes.of("c"), notes.of("")], [None, None]);
    }

    #[test]
    fn a_mistake_has_its_pointer() {
        for (body, pointer) in [
            ("[]", ""),
            ("{}", "/cues"),
            (r#"{"cues":{}}"#, "/cues"),
            (r#"{"cues":[{"cue":"a"},7]}"#, "/cues/1"),
            (r#"{"cues":[{"note":"x"}]}"#, "/cues/0/cue"),
            (r#"{"cues":[{"cue":"","note":"x"}]}"#, "/cues/0/cue"),
            (r#"{"cues":[{"cue":"a","note":1}]}"#, "/cues/0/note"),
            (r#"{"cues":[{"cue":"a","owner":["x"]}]}"#, "/cues/0/owner"),
            (r#"{"cues":[{"cue":"a","group":{}}]}"#, "/cues/0/group"),
            (r#"{"cues":[{"cue":"a","flags":"x"}]}"#, "/cues/0/flags"),
            (r#"{"cues":[{"cue":"a","flags":["x",1]}]}"#, "/cues/0/flags"),
            (r#"{"cues":[{"cue":"a","note":"x"},{"cue":"b"},{"cue":"a","note":"y"}]}"#, "/cues/2/cue"),
        ] {
            let problem = parse(body).unwrap_err();
            assert_eq!((problem.status, problem.more["pointer"].as_str()), (422, Some(pointer)), "{body}: {problem}");
        }
        assert_eq!(parse("{").unwrap_err().status, 400);
    }

    #[test]
    fn what_is_stored_is_no_longer_than_the_body() {
        for body in [
            r#"{"cues":[{"cue":"a","note":"\u0001\b\"\\é"}]}"#,
            r#"{"cues":[{"cue":"a","note":"\u00e9\/"},{"cue":"z"}]}"#,
        ] {
            assert!(parse(body).unwrap().to_json().len() <= body.len(), "{body}");
        }
    }
}
