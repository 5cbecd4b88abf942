//! Which texts may be ids, names of actions, tracks and groups, and words of the format.

use core::ops::Range;

use super::cursor::Cursor;
use super::invisible::invisible;
use super::nearest::nearest;
use super::nfc::is_mark;
use super::tree::Field;
use super::words::{did_you_mean, listed, quoted};
use crate::diagnostic::{Code, Message};
use crate::rundown::NAME_CHARS_MAX;

/// Returns whether a character may be part of an id: letters, digits, `_-.:/`, and what scripts put on letters or between
/// them (accents, vowel signs, tones, joiners).
pub(crate) fn is_id_char(char: char) -> bool {
    char.is_alphanumeric() || "_-.:/".contains(char) || matches!(char, '\u{200c}' | '\u{200d}') || is_mark(char)
}

/// Returns whether a text may be an id.
pub(crate) fn is_id(text: &str) -> bool {
    text.chars().all(is_id_char)
        && (1..=NAME_CHARS_MAX).contains(&text.chars().count())
        && !text.starts_with(is_mark)
        && invisible(text).is_none()
}

/// Whether a text may be used as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameCheck {
    Valid,
    Invalid,
}

impl Cursor<'_> {
    /// Checks the text of a field that is an id, and reports it if it is not valid.
    pub(super) fn check_id(&mut self, id: &str, field: Field<'_>) -> NameCheck {
        if is_id(id) {
            return NameCheck::Valid;
        }
        if let Some(found) = invisible(id) {
            self.report_value(Code::BadName, field, self.invisible_in(id, "id", &found));
            return NameCheck::Invalid;
        }
        let problem = format!("{} has the id {}", self.subject, quoted(id));
        let remedy = format!("use 1 to {NAME_CHARS_MAX} letters, digits and _ - . : / without spaces");
        self.report_value(Code::BadName, field, Message::new(problem, remedy));
        NameCheck::Invalid
    }

    /// Checks the text here, at `span`, that names an action, a track or the like (`what`), and reports it if it is not
    /// valid.
    pub(super) fn check_name(&mut self, name: &str, what: &str, span: Range<usize>) -> NameCheck {
        if let Some(found) = invisible(name) {
            self.report(Code::BadName, span, self.invisible_in(name, what, &found));
            return NameCheck::Invalid;
        }
        let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
        if fits && name.trim() == name && !name.chars().any(char::is_control) {
            return NameCheck::Valid;
        }
        let problem = format!("{} has the {what} {}", self.subject, quoted(name));
        let remedy = format!("use 1 to {NAME_CHARS_MAX} characters on one line, without spaces at its ends");
        self.report(Code::BadName, span, Message::new(problem, remedy));
        NameCheck::Invalid
    }

    /// Returns what to report about a name with a character that nobody sees: the page, which knows another name, would do
    /// nothing.
    fn invisible_in(&self, name: &str, what: &str, found: &str) -> Message {
        let problem = format!("{} has the {what} {} with {found}, which nobody sees", self.subject, quoted(name));
        Message::new(problem, "type the name again")
    }

    /// Reports a field whose text is not one of the words it takes.
    pub(super) fn unknown_word(&mut self, word: &str, words: &[&str], field: Field<'_>) {
        let problem = format!("{} has {} for {}", self.subject, quoted(word), quoted(field.name()));
        let message = Message::new(problem, format!("use one of {}", listed(words)))
            .with_hint(did_you_mean(nearest(word, words.iter().copied())));
        self.report_value(Code::UnknownWord, field, message);
    }
}
