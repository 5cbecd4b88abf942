//! The cues of a sheet.

use core::ops::Range;
use downbeat_core::message::TEXT_CHARS_MAX;
use downbeat_core::{Locale, Position, Span};
use jsonc_parser::ast::{ObjectProp, Value};
use std::collections::BTreeMap;

use super::fields::{self, Fields, duplicate_key, key_span, listed, wrong_type};
use super::label::Label;
use super::nearest::nearest;
use super::sheet::{Header, check_id, check_name};
use super::{json, opening, quoted, span};
use crate::diagnostic::{At, Code, Report};
use crate::rundown::{Cue, Kind, TIME_MAX, clock};

const FIELDS: [&str; 10] =
    ["id", "time", "action", "track", "params", "until", "duration", "message", "disabled", "note"];
const FIELDS_LATER: [&str; 7] = ["late", "jitter", "preload", "flags", "owner", "repeat", "group"];

/// The cues read so far.
pub(super) struct Cues<'s, 'h> {
    header: &'h Header,
    cues: Vec<Cue>,
    /// The ids given, each with the number of its cue.
    ids: BTreeMap<&'s str, usize>,
    /// How many cues without an id there were of each action at each time.
    unnamed: BTreeMap<(&'s str, Position), usize>,
}

/// How messages name a cue, and where it stands.
struct Whose<'a> {
    label: &'a Label<'a>,
    at: &'a At<'a>,
}

impl<'s, 'h> Cues<'s, 'h> {
    pub(super) fn new(header: &'h Header) -> Self {
        Self { header, cues: Vec::new(), ids: BTreeMap::new(), unnamed: BTreeMap::new() }
    }

    /// Gives the enabled cues, in the order in which they stand in the sheet.
    pub(super) fn into_cues(self) -> Vec<Cue> {
        self.cues
    }

    /// Reads the cue at `index`; `array_at` is the place of the array it stands in.
    pub(super) fn read(&mut self, value: &'s Value<'s>, index: usize, array_at: &At<'_>, report: &mut Report) {
        let at = array_at.index(index);
        let Value::Object(object) = value else {
            let message = format!(
                "cue number {} is {}, it must be an object such as {{ \"time\": 560, \"action\": \"startSong1\" }}",
                index + 1,
                fields::describe(value)
            );
            return report.say(Code::WrongType, &at, span(value), message);
        };
        let fields = Fields::of(object, &FIELDS);
        let [id, time, action, track, params, until, duration, message, disabled, note] = fields.known;
        let label = label(id, time, index);
        let whose = Whose { label: &label, at: &at };
        fields.report(&label, &FIELDS_LATER, &at, report);
        for (name, prop, remedy) in [
            ("time", time, "say when it fires, such as 560 (seconds) or \"00:09:20\""),
            ("action", action, "say what it does, such as \"startSong1\""),
        ] {
            if prop.is_none() {
                report.say(Code::MissingField, &at, opening(object), format!("{label} has no {name:?}; {remedy}"));
            }
        }
        let id = self.id(id, index, &whose, report);
        let time_ms = fields::time(time, &label, &at, report);
        let begin = time_ms.map(Position::from_millis);
        let end = end(begin, until, duration, &whose, report);
        self.check_within_event(begin, end, time, until.or(duration), &whose, report);
        let action = fields::text(action, &label, &at, report).zip(action);
        let declared = action.and_then(|(name, prop)| self.action(name, prop, &whose, report));
        let track = fields::text(track, &label, &at, report).zip(track);
        if let Some((name, prop)) = track {
            self.check_track(name, prop, &whose, report);
        }
        let params = fields::object(params, &label, &at, report)
            .map(|object| json::object(object, &label, &at.key("params"), report));
        let message = message.and_then(|prop| self.message(prop, &whose, report));
        fields::text(note, &label, &at, report);
        let disabled = is_true(disabled, &whose, report);
        let (Some(time), Some((action, _))) = (begin, action) else { return };
        // Disabled ones count too: the ids of the others stay what they are.
        let id = id.map_or_else(|| self.generated_id(action, time), str::to_owned);
        if disabled {
            return;
        }
        self.cues.push(Cue {
            id,
            time,
            end,
            action: action.to_owned(),
            kind: declared.unwrap_or(if end.is_some() { Kind::State } else { Kind::Moment }),
            track: track.map(|(name, _)| name.to_owned()),
            params,
            late: None,
            jitter: None,
            preload: None,
            message,
        });
    }

    /// Gives the id a cue was given, once it is known to be good and nobody else's.
    fn id(
        &mut self,
        prop: Option<&'s ObjectProp<'s>>,
        index: usize,
        whose: &Whose<'_>,
        report: &mut Report,
    ) -> Option<&'s str> {
        let id = fields::text(prop, whose.label, whose.at, report)?;
        let span = span(&prop?.value);
        let at = whose.at.key("id");
        if !check_id(id, whose.label, &at, span.clone(), report) {
            return None;
        }
        if let Some(first) = self.ids.get(id) {
            let message =
                format!("{} has the id of cue number {first}; give each cue an id of its own, or none", whose.label);
            report.say(Code::DuplicateId, &at, span, message);
            return None;
        }
        self.ids.insert(id, index + 1);
        Some(id)
    }

    /// Gives the id of a cue that has none: `action@ms`, and `action@ms#2` for the second such cue.
    fn generated_id(&mut self, action: &'s str, time: Position) -> String {
        let count = self.unnamed.entry((action, time)).or_default();
        *count += 1;
        match *count {
            1 => format!("{action}@{}", time.as_millis()),
            count => format!("{action}@{}#{count}", time.as_millis()),
        }
    }

    fn check_within_event(
        &self,
        begin: Option<Position>,
        end: Option<Position>,
        time: Option<&ObjectProp<'_>>,
        ending: Option<&ObjectProp<'_>>,
        whose: &Whose<'_>,
        report: &mut Report,
    ) {
        let event_end = Position::START + self.header.duration.unwrap_or(TIME_MAX);
        let label = whose.label;
        let limit = clock(event_end);
        let remedy = "move it earlier or lengthen the sheet's \"duration\"";
        let (prop, message) = match (begin.zip(time), end.zip(ending)) {
            (Some((begin, prop)), _) if begin > event_end => {
                (prop, format!("{label} comes after the event's end ({limit}); {remedy}"))
            }
            (_, Some((end, prop))) if end > event_end => {
                (prop, format!("{label} ends at {}, after the event's end ({limit}); {remedy}", clock(end)))
            }
            _ => return,
        };
        report.say(Code::AfterEnd, &whose.at.key(prop.name.as_str()), span(&prop.value), message);
    }

    /// Gives the kind that the sheet declares for an action, if it does.
    fn action(&self, name: &str, prop: &ObjectProp<'_>, whose: &Whose<'_>, report: &mut Report) -> Option<Kind> {
        let at = whose.at.key("action");
        if !check_name(name, "action", whose.label, &at, span(&prop.value), report) {
            return None;
        }
        let actions = self.header.actions.as_ref()?;
        let kind = actions.get(name);
        if kind.is_none() {
            let known = actions.keys().map(String::as_str);
            let undeclared = Undeclared { code: Code::UnknownAction, what: "action", list: "actions" };
            undeclared.report(name, known, &at, span(&prop.value), whose, report);
        }
        *kind?
    }

    fn check_track(&self, name: &str, prop: &ObjectProp<'_>, whose: &Whose<'_>, report: &mut Report) {
        let at = whose.at.key("track");
        if !check_name(name, "track", whose.label, &at, span(&prop.value), report) {
            return;
        }
        if let Some(tracks) = self.header.tracks.as_ref().filter(|tracks| !tracks.contains_key(name)) {
            let known = tracks.keys().map(String::as_str);
            let undeclared = Undeclared { code: Code::UnknownTrack, what: "track", list: "tracks" };
            undeclared.report(name, known, &at, span(&prop.value), whose, report);
        }
    }

    fn message(
        &self,
        prop: &ObjectProp<'_>,
        whose: &Whose<'_>,
        report: &mut Report,
    ) -> Option<BTreeMap<Locale, String>> {
        let at = whose.at.key("message");
        match &prop.value {
            Value::StringLit(words) => {
                check_words(&words.value, &at, span(words), whose, report);
                Some(BTreeMap::from([(self.header.locale.clone(), words.value.clone().into_owned())]))
            }
            Value::Object(object) => {
                let mut message = BTreeMap::new();
                if object.properties.is_empty() {
                    let text = format!("{} has a message without text; give one, or leave it out", whose.label);
                    report.say(Code::BadText, &at, span(object), text);
                }
                for prop in &object.properties {
                    let Some((locale, words)) = self.translation(prop, &at, whose, report) else { continue };
                    if message.insert(locale, words).is_some() {
                        duplicate_key(prop, whose.label, &at, report);
                    }
                }
                Some(message)
            }
            _ => {
                wrong_type(prop, "a text, or a text per language tag", whose.label, whose.at, report);
                None
            }
        }
    }

    /// Reads the text of a message in one locale.
    fn translation(
        &self,
        prop: &ObjectProp<'_>,
        at: &At<'_>,
        whose: &Whose<'_>,
        report: &mut Report,
    ) -> Option<(Locale, String)> {
        let tag = prop.name.as_str();
        let locale = match tag.parse::<Locale>() {
            Ok(locale) => Some(locale),
            Err(error) => {
                let message = format!("{}, in its message: {error}", whose.label);
                report.say(Code::UnknownLocale, &at.key(tag), key_span(prop), message);
                None
            }
        };
        if let (Some(locale), Some(locales)) = (&locale, &self.header.locales)
            && !locales.contains(locale)
        {
            let known = locales.iter().map(Locale::as_str);
            let undeclared = Undeclared { code: Code::UnknownLocale, what: "locale", list: "locales" };
            undeclared.report(tag, known, &at.key(tag), key_span(prop), whose, report);
        }
        let Value::StringLit(words) = &prop.value else {
            wrong_type(prop, "a text", whose.label, at, report);
            return None;
        };
        check_words(&words.value, &at.key(tag), span(words), whose, report);
        Some((locale?, words.value.clone().into_owned()))
    }
}

/// A name that is not among those the sheet declares.
struct Undeclared {
    code: Code,
    what: &'static str,
    list: &'static str,
}

impl Undeclared {
    fn report<'k>(
        &self,
        name: &str,
        known: impl Iterator<Item = &'k str>,
        at: &At<'_>,
        span: Range<usize>,
        whose: &Whose<'_>,
        report: &mut Report,
    ) {
        let known: Vec<&str> = known.collect();
        // A long list would bury the message.
        let listed = match known.len() {
            0..=12 => listed(&known),
            count => format!("{count} others"),
        };
        let message = format!(
            "{} has the {} {}, the sheet's {:?} declare {listed}; use one of them, or declare it",
            whose.label,
            self.what,
            quoted(name),
            self.list
        );
        let hint = nearest(name, known).map(|meant| format!("did you mean {meant:?}?"));
        report.suggest(self.code, at, span, message, hint);
    }
}

/// Gives what messages call a cue, as far as that can be told before anything is checked.
fn label<'s>(id: Option<&'s ObjectProp<'s>>, time: Option<&ObjectProp<'_>>, index: usize) -> Label<'s> {
    let id = id.and_then(|prop| prop.value.as_string_lit()).map(|text| &*text.value);
    let reading = time.and_then(|prop| fields::read_time(&prop.value).ok());
    Label { id, number: index + 1, time: reading.map(|reading| Position::from_millis(reading.ms)) }
}

/// Gives when a cue ends, if it says so and that is after it begins.
fn end(
    begin: Option<Position>,
    until: Option<&ObjectProp<'_>>,
    duration: Option<&ObjectProp<'_>>,
    whose: &Whose<'_>,
    report: &mut Report,
) -> Option<Position> {
    let Whose { label, at } = whose;
    let until_ms = fields::time(until, *label, at, report);
    let duration_ms = fields::time(duration, *label, at, report);
    if let (Some(_), Some(second)) = (until, duration) {
        let message = format!("{label} has both \"until\" and \"duration\"; keep one of them");
        report.say(Code::TwoEnds, &at.key("duration"), key_span(second), message);
        return None;
    }
    let end = match (until_ms, duration_ms) {
        (Some(ms), _) => Position::from_millis(ms),
        (None, Some(ms)) => begin? + Span::from_millis(ms),
        (None, None) => return None,
    };
    let (begin, prop) = begin.zip(until.or(duration))?;
    if end > begin {
        return Some(end);
    }
    let message = format!(
        "{label} ends at {}, no later than it begins; give a later \"until\" or a longer \"duration\", or neither for a moment",
        clock(end)
    );
    report.say(Code::EmptyCue, &at.key(prop.name.as_str()), span(&prop.value), message);
    None
}

fn check_words(words: &str, at: &At<'_>, span: Range<usize>, whose: &Whose<'_>, report: &mut Report) {
    let chars = words.chars().count();
    if words.trim().is_empty() || chars > TEXT_CHARS_MAX {
        let message = format!(
            "{} has a message of {chars} characters; use 1 to {TEXT_CHARS_MAX} that are not only spaces, or leave it out",
            whose.label
        );
        report.say(Code::BadText, at, span, message);
    }
}

fn is_true(prop: Option<&ObjectProp<'_>>, whose: &Whose<'_>, report: &mut Report) -> bool {
    match prop.map(|prop| (prop, &prop.value)) {
        None => false,
        Some((_, Value::BooleanLit(boolean))) => boolean.value,
        Some((prop, _)) => {
            wrong_type(prop, "true or false", whose.label, whose.at, report);
            false
        }
    }
}
