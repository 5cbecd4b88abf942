//! A cue in one line of text, for formats that have nothing else: `startSong [music] #song1`.

use serde_json::Value;

use crate::rundown::{Cue, NAME_CHARS_MAX};
use crate::source::is_id_char;

/// What a label says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    /// Empty where it says none.
    pub(super) action: String,
    pub(super) track: Option<String>,
    pub(super) id: Option<String>,
}

impl Label {
    /// Returns the label of a cue. An id that no sheet can give is left out.
    pub(super) fn of(cue: &Cue) -> Self {
        let id = Some(cue.id().to_owned()).filter(|id| is_id(id));
        Self { action: cue.action().to_owned(), track: cue.track().map(str::to_owned), id }
    }

    /// Reads a label: an action, perhaps a track in brackets, perhaps an id after `#`. Action and track may be in
    /// quotes, as JSON has them. Any text is a label.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        if let Some(label) = quoted(text) {
            return label;
        }
        let (rest, id) = match text.rsplit_once('#') {
            Some((rest, id)) if is_id(id) && (rest.is_empty() || rest.ends_with(' ')) => {
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

    /// Writes it so that [`Label::read`] reads it back.
    pub(super) fn write(&self) -> String {
        let plain = self.write_with(&str::to_owned);
        if Self::read(&plain) == *self { plain } else { self.write_with(&|name| Value::from(name).to_string()) }
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

/// Returns whether a text may be the id of a cue in a sheet.
pub(super) fn is_id(text: &str) -> bool {
    text.chars().all(is_id_char) && (1..=NAME_CHARS_MAX).contains(&text.chars().count())
}

/// Reads a label whose names are in quotes.
fn quoted(text: &str) -> Option<Label> {
    let (action, rest) = name(text)?;
    let (track, rest) = match rest.strip_prefix(" [") {
        Some(rest) => {
            let (track, rest) = name(rest)?;
            (Some(track), rest.strip_prefix(']')?)
        }
        None => (None, rest),
    };
    let id = match rest.strip_prefix(" #") {
        Some(id) => Some(Some(id).filter(|id| is_id(id))?.to_owned()),
        None => None,
    };
    (id.is_some() || rest.is_empty()).then_some(Label { action, track, id })
}

/// Reads a name in quotes, and gives what follows it.
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

    fn label(action: &str, track: Option<&str>, id: Option<&str>) -> Label {
        Label { action: action.to_owned(), track: track.map(str::to_owned), id: id.map(str::to_owned) }
    }

    #[test]
    fn a_label_says_the_action_and_perhaps_track_and_id() {
        for (text, read) in [
            ("startSong", label("startSong", None, None)),
            (" start song 1 ", label("start song 1", None, None)),
            ("startSong [music] #song1", label("startSong", Some("music"), Some("song1"))),
            ("startSong #song1", label("startSong", None, Some("song1"))),
            ("[music]", label("", Some("music"), None)),
            ("", label("", None, None)),
            ("take #2", label("take", None, Some("2"))),
            ("C#7", label("C#7", None, None)),
            ("a # b", label("a # b", None, None)),
            ("list[1]", label("list[1]", None, None)),
            ("a []", label("a []", None, None)),
            ("\"a [b]\" [\"c ] #d\"] #e", label("a [b]", Some("c ] #d"), Some("e"))),
            ("\"open", label("\"open", None, None)),
            ("\"a\" b", label("\"a\" b", None, None)),
        ] {
            assert_eq!(Label::read(text), read, "{text}");
            assert_eq!(Label::read(&read.write()), read, "{text}");
        }
    }

    #[test]
    fn names_are_in_quotes_only_where_they_must_be() {
        assert_eq!(label("start [now]", None, None).write(), r#""start [now]""#);
        assert_eq!(label("start [now]", Some("fx"), None).write(), "start [now] [fx]");
        assert_eq!(label("a", Some("b [c"), Some("d")).write(), r#""a" ["b [c"] #d"#);
        assert_eq!(label("a ] b", Some("fx"), Some("d")).write(), "a ] b [fx] #d");
    }
}
