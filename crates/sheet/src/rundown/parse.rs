//! Parses a rundown from its bytes. What is accepted here prints to the same bytes again.

use core::ops::RangeInclusive;
use downbeat_core::message::TEXT_CHARS_MAX;
use downbeat_core::{Locale, Position, Span};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    BOUND_MAX, CUES_MAX, Cue, FORMAT, ID_CHARS_MAX, Kind, Late, NAME_CHARS_MAX, NUMBER_MAX, Needs, NotARundown,
    Otherwise, Params, Preload, Rundown, TIME_MAX, TITLE_CHARS_MAX, Texts, Track, canonical,
};

pub(super) fn parse(bytes: &[u8]) -> Result<Rundown, NotARundown> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| NotARundown::Json(error.to_string()))?;
    let (rundown, checkpoints) = rundown(value)?;
    let printed = rundown.to_bytes();
    if printed == bytes {
        return Ok(rundown);
    }
    // They are printed first. Comparing them as text takes less code in the worker than reading them.
    let mut given = String::from("{\"checkpoints\":");
    canonical::value(&mut given, &checkpoints);
    if !printed.starts_with(given.as_bytes()) {
        return Err(wrong("/checkpoints", CHECKPOINTS));
    }
    let same = printed.iter().zip(bytes).take_while(|(a, b)| a == b).count();
    Err(NotARundown::NotCanonical(same))
}

/// Checks the cues together: their order, their ids, the event's end, the tracks.
fn check_cues(rundown: &Rundown) -> Result<(), NotARundown> {
    // The same kind of map as in the value, so that the worker contains no second kind.
    let mut ids = Map::new();
    for (index, cue) in rundown.cues.iter().enumerate() {
        if ids.insert(cue.id().to_owned(), Value::Null).is_some() {
            return Err(NotARundown::DuplicateId(cue.id().to_owned()));
        }
        if index > 0 && rundown.cues[index - 1].order() >= cue.order() {
            return Err(NotARundown::Order(cue.id().to_owned()));
        }
        let end = rundown.duration.map_or(TIME_MAX, |duration| duration);
        if cue.end.unwrap_or(cue.time) > Position::START + end {
            return Err(wrong(&format!("/cues/{index}"), "a cue that is over by the event's end"));
        }
        if cue.track().is_some_and(|track| !rundown.tracks.contains_key(track)) {
            return Err(wrong(&format!("/cues/{index}/track"), "the name of one of the \"tracks\""));
        }
    }
    Ok(())
}

/// A description of checkpoints for messages.
const CHECKPOINTS: &str = "an array of the states active at whole minutes";

/// Returns the rundown with the checkpoints that follow from its cues, and those that were given.
fn rundown(value: Value) -> Result<(Rundown, Value), NotARundown> {
    let mut fields = Fields::of(value, String::new())?;
    match fields.take("format") {
        Some(Value::String(format)) if format == FORMAT => {}
        Some(Value::String(format)) => return Err(NotARundown::Format(Some(format.chars().take(80).collect()))),
        _ => return Err(NotARundown::Format(None)),
    }
    let Some(checkpoints @ Value::Array(_)) = fields.take("checkpoints") else {
        return Err(fields.wrong("checkpoints", CHECKPOINTS));
    };
    let Some(Value::Array(cues)) = fields.take("cues") else { return Err(fields.wrong("cues", "an array")) };
    if cues.len() > CUES_MAX {
        return Err(NotARundown::TooManyCues(cues.len()));
    }
    let id = fields.text("id", 1..=ID_CHARS_MAX)?;
    let title = fields.text("title", 1..=TITLE_CHARS_MAX)?;
    let duration = fields.integer("duration", 1..=TIME_MAX.as_millis())?.map(Span::from_millis);
    let tracks = tracks(fields.take("tracks").ok_or_else(|| fields.wrong("tracks", "an object"))?)?;
    let cues = cues.into_iter().enumerate().map(|(index, value)| cue(value, index)).collect::<Result<_, _>>()?;
    let rundown = Rundown::new(id, title, duration, tracks, cues);
    check_cues(&rundown)?;
    fields.end()?;
    Ok((rundown, checkpoints))
}

fn tracks(value: Value) -> Result<BTreeMap<String, Track>, NotARundown> {
    let fields = Fields::of(value, "/tracks".to_owned())?;
    let mut tracks = BTreeMap::new();
    for (name, value) in fields.map {
        if !is_text(&name, 1..=NAME_CHARS_MAX) {
            return Err(wrong("/tracks", "names of 1 to 64 characters"));
        }
        let mut fields = Fields::of(value, format!("/tracks/{}", escape(&name)))?;
        let exclusive = match fields.take("exclusive") {
            None => false,
            Some(Value::Bool(true)) => true,
            Some(_) => return Err(fields.wrong("exclusive", "true or nothing")),
        };
        let priority = fields.integer("priority", i64::from(i32::MIN)..=i64::from(i32::MAX))?.unwrap_or(0);
        fields.end()?;
        // The range above is exactly what fits.
        tracks.insert(name, Track { exclusive, priority: i32::try_from(priority).unwrap_or_default() });
    }
    Ok(tracks)
}

fn cue(value: Value, index: usize) -> Result<Cue, NotARundown> {
    let mut fields = Fields::of(value, format!("/cues/{index}"))?;
    let time = fields.integer("time", -TIME_MAX.as_millis()..=TIME_MAX.as_millis())?;
    let time = time.ok_or_else(|| fields.wrong("time", "whole milliseconds"))?;
    let cue = Cue {
        id: fields.text("id", 1..=ID_CHARS_MAX)?.into(),
        time: Position::from_millis(time),
        end: fields.integer("end", time + 1..=TIME_MAX.as_millis())?.map(Position::from_millis),
        action: fields.text("action", 1..=NAME_CHARS_MAX)?.into(),
        kind: Kind::from_word(&fields.text("kind", 1..=NAME_CHARS_MAX)?)
            .ok_or_else(|| fields.wrong("kind", "\"state\" or \"moment\""))?,
        track: if fields.map.contains_key("track") {
            Some(Arc::from(fields.text("track", 1..=NAME_CHARS_MAX)?))
        } else {
            None
        },
        params: params(&mut fields)?,
        late: late(&mut fields)?,
        jitter: fields.integer("jitter", 1..=TIME_MAX.as_millis())?.map(Span::from_millis),
        preload: preload(&mut fields)?.map(Box::new),
        message: message(&mut fields)?,
        needs: needs(&mut fields)?,
    };
    fields.end()?;
    Ok(cue)
}

fn params(fields: &mut Fields) -> Result<Option<Params>, NotARundown> {
    match fields.take("params") {
        None => Ok(None),
        Some(Value::Object(params)) if params.values().all(numbers_fit) => Ok(Some(Params::new(&params))),
        Some(_) => Err(fields.wrong("params", "an object without numbers beyond 2^53 - 1")),
    }
}

/// Returns whether every number in `value` is within [`NUMBER_MAX`].
fn numbers_fit(value: &Value) -> bool {
    match value {
        // The limit is exact as a double.
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() <= NUMBER_MAX as f64),
        Value::Array(items) => items.iter().all(numbers_fit),
        Value::Object(fields) => fields.values().all(numbers_fit),
        _ => true,
    }
}

fn late(fields: &mut Fields) -> Result<Option<Late>, NotARundown> {
    let expected = "\"skip\", \"resume\", \"latest\" or {\"within\": milliseconds}";
    match fields.take("late") {
        None => Ok(None),
        Some(Value::String(word)) => Late::from_word(&word).map(Some).ok_or_else(|| fields.wrong("late", expected)),
        Some(value) => {
            let mut inner = Fields::of(value, format!("{}/late", fields.pointer))?;
            let window = inner.integer("within", 0..=TIME_MAX.as_millis())?;
            inner.end()?;
            let window = window.ok_or_else(|| fields.wrong("late", expected))?;
            Ok(Some(Late::Within(Span::from_millis(window))))
        }
    }
}

fn preload(fields: &mut Fields) -> Result<Option<Preload>, NotARundown> {
    let Some(value) = fields.take("preload") else { return Ok(None) };
    let mut inner = Fields::of(value, format!("{}/preload", fields.pointer))?;
    let expected = "an array of addresses";
    let Some(Value::Array(assets)) = inner.take("assets") else { return Err(inner.wrong("assets", expected)) };
    let asset = |value| if let Value::String(text) = value { Some(text) } else { None };
    let assets: Option<Vec<String>> = assets.into_iter().map(asset).collect();
    let span = |inner: &mut Fields, name| {
        let ms = inner.integer(name, 0..=TIME_MAX.as_millis())?;
        ms.map(Span::from_millis).ok_or_else(|| inner.wrong(name, "whole milliseconds, 0 or more"))
    };
    let preload = Preload {
        assets: assets.ok_or_else(|| inner.wrong("assets", expected))?,
        lead: span(&mut inner, "lead")?,
        spread: span(&mut inner, "spread")?,
        bytes: inner.integer("bytes", 0..=NUMBER_MAX)?.map(i64::unsigned_abs),
    };
    inner.end()?;
    Ok(Some(preload))
}

fn message(fields: &mut Fields) -> Result<Option<Texts>, NotARundown> {
    let Some(value) = fields.take("message") else { return Ok(None) };
    let inner = Fields::of(value, format!("{}/message", fields.pointer))?;
    let mut message = Vec::with_capacity(inner.map.len());
    for (tag, words) in inner.map {
        match (tag.parse::<Locale>(), words) {
            (Ok(locale), Value::String(words)) if (1..=TEXT_CHARS_MAX).contains(&words.chars().count()) => {
                message.push((locale, words));
            }
            _ => return Err(fields.wrong("message", "a text of 1 to 500 characters per language tag")),
        }
    }
    // The map is sorted, and a locale is its tag.
    Ok(Some(Texts::of_sorted(message)))
}

fn needs(fields: &mut Fields) -> Result<Option<Needs>, NotARundown> {
    let Some(value) = fields.take("needs") else { return Ok(None) };
    let mut inner = Fields::of(value, format!("{}/needs", fields.pointer))?;
    let bound = inner.integer("bound", 1..=BOUND_MAX.as_millis())?.map(Span::from_millis);
    let bound = bound.ok_or_else(|| inner.wrong("bound", "whole milliseconds, 1 to 10000"))?;
    let otherwise = Otherwise::from_word(&inner.text("otherwise", 1..=NAME_CHARS_MAX)?)
        .ok_or_else(|| inner.wrong("otherwise", "\"skip\" or \"fire\""))?;
    inner.end()?;
    Ok(Some(Needs { bound, otherwise }))
}

/// Returns whether the number of characters in `text` is in the range, and none is a control character.
fn is_text(text: &str, chars: RangeInclusive<usize>) -> bool {
    chars.contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Returns a key as a step of a JSON pointer (RFC 6901).
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn wrong(pointer: &str, expected: &'static str) -> NotARundown {
    NotARundown::Value { pointer: pointer.to_owned(), expected }
}

/// The fields of one object, removed one by one; those left at the end are unknown.
struct Fields {
    map: Map<String, Value>,
    pointer: String,
}

impl Fields {
    fn of(value: Value, pointer: String) -> Result<Self, NotARundown> {
        match value {
            Value::Object(map) => Ok(Self { map, pointer }),
            _ => Err(NotARundown::Value { pointer, expected: "an object" }),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name)
    }

    fn text(&mut self, name: &str, chars: RangeInclusive<usize>) -> Result<String, NotARundown> {
        match self.take(name) {
            Some(Value::String(text)) if is_text(&text, chars) => Ok(text),
            _ => Err(self.wrong(name, "a text, not empty, not too long, without control characters")),
        }
    }

    fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, NotARundown> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_i64().filter(|number| range.contains(number)) {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong(name, "an integer within its range")),
            },
        }
    }

    fn wrong(&self, name: &str, expected: &'static str) -> NotARundown {
        wrong(&format!("{}/{name}", self.pointer), expected)
    }

    fn end(self) -> Result<(), NotARundown> {
        match self.map.keys().next() {
            None => Ok(()),
            Some(key) => {
                Err(wrong(&format!("{}/{}", self.pointer, escape(key)), "nothing: the format has no such field"))
            }
        }
    }
}
