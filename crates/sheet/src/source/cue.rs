//! Reads the cues of a sheet, one by one.

mod address;
mod content;
mod crew;
mod delivery;
mod ending;
mod message;
mod preload;
mod repeat;
mod undeclared;

use downbeat_core::{Position, Span};

use super::cursor::Cursor;
use super::draft::{Draft, Time};
use super::fields::Fields;
use super::file::File;
use super::header::Header;
use super::interner::Interner;
use super::name::NameCheck;
use super::nfc::nfc;
use super::place::Place;
use super::time::{When, read_when};
use super::tree::{Field, Shape, Value};
use super::words::describe;
use crate::diagnostic::{At, Code, Location, Message, Report};
use crate::rundown::{Cue, Kind, Params};

const FIELDS: [&str; 18] = [
    "id", "time", "action", "track", "params", "until", "duration", "late", "jitter", "needs", "preload", "message",
    "disabled", "repeat", "flags", "note", "owner", "group",
];

/// The time of a cue that begins when the one before it ends; without a time it means the same.
pub(crate) const NEXT: &str = "next";

/// Reads one cue.
struct CueReader<'a, 's> {
    place: Place<'s>,
    header: &'a Header,
    names: &'a mut Interner,
    cursor: Cursor<'a>,
}

/// Reads the cue at `index` of a file: its draft, and the part of it that is published, still without id and times.
pub(super) fn read<'s>(
    value: Value<'s>,
    index: usize,
    file: &'s File<'s>,
    header: &Header,
    names: &mut Interner,
    report: &mut Report,
) -> Option<(Draft<'s>, Cue)> {
    let cues = file.part.cues_at(&At::ROOT);
    let Shape::Object(object) = value.shape() else {
        let problem = format!("cue number {} is {}", index + 1, describe(value));
        let remedy = "it must be an object such as { \"time\": 560, \"action\": \"startSong1\" }";
        let location = Location { file: file.id, pointer: cues.index(index).pointer(), span: value.span() };
        report.add(Code::WrongType, location, Message::new(problem, remedy));
        return None;
    };
    let frame_rate = file.part.frame_rate;
    // There are at most 200,000.
    let place = Place { file, index: u32::try_from(index).unwrap_or(u32::MAX), object: object.number() };
    let fields = Fields::find(object, &FIELDS);
    let [_, time, ..] = fields.known;
    let own = time.filter(|field| field.value().text() != Some(NEXT));
    let begin = own.map(|field| (field, read_when(field.value(), frame_rate)));
    let label = place.label(match begin {
        Some((_, Ok(When::At(reading)))) => Some(Position::from_millis(reading.ms)),
        _ => None,
    });
    let (at, vars) = (cues.index(index), &file.part.vars);
    let mut cursor = Cursor { subject: &label, file: file.id, at, vars, frame_rate, report };
    fields.report_others(&mut cursor);
    let begin = match begin {
        Some((field, read)) => cursor.check_when(field, read).map_or(Time::Unknown, Time::new),
        None => Time::Next,
    };
    Some(CueReader { place, header, names, cursor }.read(begin, fields.known))
}

impl<'s> CueReader<'_, 's> {
    /// Reads all fields; `begin` is the time, which was read before.
    fn read(mut self, begin: Time, fields: [Option<Field<'s>>; 18]) -> (Draft<'s>, Cue) {
        let [id, _, action, track, params, until, duration, rest @ ..] = fields;
        let [late, jitter, needs, preload, message, disabled, repeat, crew @ ..] = rest;
        let (header, place) = (self.header, self.place);
        self.check_action(action);
        let cursor = &mut self.cursor;
        let id = cursor.text_field(id).filter(|&(id, field)| cursor.check_id(id, field) == NameCheck::Valid);
        let action = cursor.text_field(action);
        let declared = action.and_then(|(name, field)| content::declared_action(name, field, header, cursor));
        let track = content::track(track, header, cursor);
        let kind = declared.and_then(|action| action.kind);
        let cue = Cue {
            id: Box::default(),
            time: Position::START,
            end: None,
            action: self.names.intern(&nfc(action.map_or("", |(name, _)| name))),
            kind: kind.unwrap_or(Kind::Moment),
            track: track.map(|name| self.names.intern(&nfc(name))),
            params: content::params(params, declared, &place, cursor).as_ref().map(Params::new),
            late: late.and_then(|field| delivery::late(field, cursor)),
            jitter: cursor.length_ms(jitter).filter(|&ms| ms > 0).map(Span::from_millis),
            preload: preload.and_then(|field| preload::read(field, cursor)).map(Box::new),
            message: message.and_then(|field| message::read(field, header, cursor)),
            needs: needs.and_then(|field| delivery::needs(field, cursor)),
        };
        crew::check(crew, cursor);
        let draft = Draft {
            place,
            begin,
            end: ending::read(until, duration, cursor),
            repeat: repeat.and_then(|field| repeat::read(field, cursor)),
            named: id.is_some(),
            disabled: cursor.is_true(disabled),
            whole: action.is_some(),
            kind_is_declared: kind.is_some(),
        };
        (draft, cue)
    }

    /// Reports a missing action.
    fn check_action(&mut self, action: Option<Field<'_>>) {
        if action.is_none() {
            let problem = format!("{} has no \"action\"", self.cursor.subject);
            let message = Message::new(problem, "say what it does, such as \"startSong1\"");
            self.cursor.report(Code::MissingField, self.place.opening(), message);
        }
    }
}
