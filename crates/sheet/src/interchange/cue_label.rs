//! A cue as one line of text, for formats that have nothing else: `startSong [music] #song1`.

use core::fmt;
use serde_json::Value;

use super::ids::is_id;
use super::row::Row;
use crate::rundown::Cue;

/// A cue as one line of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CueLabel {
    /// Empty if it names none.
    pub(super) action: String,
    pub(super) track: Option<String>,
    /// `@` for an id that the compiler generates.
    pub(super) id: Option<String>,
}

/// What stands for a generated id.
const GENERATED: &str = "@";

impl CueLabel {
    /// Returns the label of a cue, which is this row.
    pub(super) fn new(cue: &Cue, row: &Row) -> Self {
        let id = row.field("id").and_then(Value::as_str).unwrap_or(GENERATED);
        Self { action: cue.action().to_owned(), track: cue.track().map(str::to_owned), id: Some(id.to_owned()) }
    }

    /// Sets what the label says in a row of this action. Without an id, its id is made from the action.
    pub(super) fn set_in(self, row: &mut Row, action: String) {
        match self.id {
            Some(id) if id == GENERATED => {}
            Some(id) => row.set("id", id),
            None => row.name = Some(action.clone()),
        }
        row.set("action", action);
        row.set_some("track", self.track);
    }

    /// Parses a label: an action, perhaps a track in brackets, perhaps an id after `#`. Action and track may be in JSON
    /// quotes. Any text is a label.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Some(label) = parse_quoted(text) {
            return label;
        }
        let (rest, id) = match text.rsplit_once('#') {
            Some((rest, id)) if is_label_id(id) && (rest.is_empty() || rest.ends_with(' ')) => {
                (rest.trim_end(), Some(id.to_owned()))
            }
            _ => (text, None),
        };
        let track = rest.strip_suffix(']').and_then(|rest| {
            let (before, track) = rest.rsplit_once('[')?;
            let apart = before.is_empty() || before.ends_with(' ');
            (apart && !track.trim().is_empty()).then(|| (before.trim_end(), track.trim().to_owned()))
        });
        match track {
            Some((action, track)) => Self { action: action.to_owned(), track: Some(track), id },
            None => Self { action: rest.to_owned(), track: None, id },
        }
    }

    fn write_with(&self, name: &dyn Fn(&str) -> String) -> String {
        let mut text = name(&self.action);
        if let Some(track) = &self.track {
            text.push_str(&format!(" [{}]", name(track)));
        }
        if let Some(id) = &self.id {
            text.push_str(&format!(" #{id}"));
        }
        text
    }
}

impl fmt::Display for CueLabel {
    /// Writes it so that [`CueLabel::parse`] reads it back: with quotes only if it needs them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.write_with(&str::to_owned);
        if Self::parse(&plain) == *self {
            return f.write_str(&plain);
        }
        f.write_str(&self.write_with(&|name| Value::from(name).to_string()))
    }
}

/// Returns whether a text may follow `#`.
fn is_label_id(text: &str) -> bool {
    text == GENERATED || is_id(text)
}

/// Parses a label whose names are in quotes.
fn parse_quoted(text: &str) -> Option<CueLabel> {
    let (action, rest) = name(text)?;
    let (track, rest) = match rest.strip_prefix(" [") {
        Some(rest) => {
            let (track, rest) = name(rest)?;
            (Some(track), rest.strip_prefix(']')?)
        }
        None => (None, rest),
    };
    let id = match rest.strip_prefix(" #") {
        Some(id) => Some(Some(id).filter(|id| is_label_id(id))?.to_owned()),
        None => None,
    };
    (id.is_some() || rest.is_empty()).then_some(CueLabel { action, track, id })
}

/// Parses a name in quotes, and returns what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    if !text.starts_with('"') {
        return None;
    }
    let mut names = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let name = names.next()?.ok()?;
    Some((name, &text[names.byte_offset()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(action: &str, track: Option<&str>, id: Option<&str>) -> CueLabel {
        CueLabel { action: action.to_owned(), track: track.map(str::to_owned), id: id.map(str::to_owned) }
    }

    #[test]
    fn a_label_has_an_action_and_perhaps_track_and_id() {
        for (text, read) in [
            ("startSong", label("startSong", None, None)),
            (" start song 1 ", label("start song 1", None, None)),
            ("startSong [music] #song1", label("startSong", Some("music"), Some("song1"))),
            ("startSong #song1", label("startSong", None, Some("song1"))),
            ("[music]", label("", Some("music"), None)),
            ("", label("", None, None)),
            ("take #2", label("take", None, Some("2"))),
            ("take [fx] #@", label("take", Some("fx"), Some("@"))),
            ("C#7", label("C#7", None, None)),
            ("a # b", label("a # b", None, None)),
            ("list[1]", label("list[1]", None, None)),
            ("a []", label("a []", None, None)),
            ("\"a [b]\" [\"c ] #d\"] #e", label("a [b]", Some("c ] #d"), Some("e"))),
            ("\"open", label("\"open", None, None)),
            ("\"a\" b", label("\"a\" b", None, None)),
        ] {
            assert_eq!(CueLabel::parse(text), read, "{text}");
            assert_eq!(CueLabel::parse(&read.to_string()), read, "{text}");
        }
    }

    #[test]
    fn names_are_in_quotes_only_where_they_must_be() {
        assert_eq!(label("start [now]", None, None).to_string(), r#""start [now]""#);
        assert_eq!(label("start [now]", Some("fx"), None).to_string(), "start [now] [fx]");
        assert_eq!(label("a", Some("b [c"), Some("d")).to_string(), r#""a" ["b [c"] #d"#);
        assert_eq!(label("a ] b", Some("fx"), Some("d")).to_string(), "a ] b [fx] #d");
    }
}
