//! The body of `PUT /v1/events/{event}`: creates the event or changes how it is set up.
//!
//! ```json
//! {"startsAt":1704067200000,"duration":5400000,"title":"Spring gala","locale":"en","hubs":4,"resync":300000,
//!  "origins":["https://gala.example"]}
//! ```
//! `"hubs":"auto"`, the default of a new event, adds hubs as they fill; `"expected":80000` with it has enough of them for so
//! many viewers from the beginning.
//!
//! Omitted members stay as they are, or have their default in a new event; `"duration":null` makes it unknown, and
//! `"emergency":null` removes the place where viewers look when the server does not answer. `"archived":true` archives an event
//! that has ended: until `"archived":false`, nothing else changes it, and the list of events leaves it out.

use downbeat_core::Configuration;
use downbeat_core::event::{EmergencyChannel, HUBS_MAX, HubCount};
use downbeat_core::name::NameError;
use serde_json::{Map, Value};

use crate::command::{ACTOR_CHARS_MAX, REASON_CHARS_MAX};
use crate::fields::Fields;
use crate::json::value;
use crate::problem::Problem;

/// The value of `hubs` with which the event decides their number.
const AUTO: &str = "auto";

/// Parses a configuration, and the actor if the body names one.
///
/// # Errors
/// [`Problem`]: malformed JSON with its position, a wrong field with its pointer.
pub fn parse(body: &[u8]) -> Result<(Configuration, Option<String>), Problem> {
    let mut fields = Fields::parse(body)?;
    let configuration = Configuration {
        starts_at: fields.optional("startsAt")?,
        duration: fields.nullable("duration")?,
        title: fields.optional("title")?,
        locale: fields.optional("locale")?,
        hubs: hubs(&mut fields)?,
        resync: fields.optional("resync")?,
        origins: fields.optional("origins")?,
        emergency: emergency(&mut fields)?,
        archived: fields.optional("archived")?,
        if_rev: fields.optional("ifRev")?,
        reason: fields.text("reason", REASON_CHARS_MAX)?,
    };
    Ok((configuration, fields.text("actor", ACTOR_CHARS_MAX)?.filter(|actor| !actor.is_empty())))
}

/// Returns the body that [`parse`] reads back as the same configuration.
pub fn body(configuration: &Configuration, actor: &str) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    put("startsAt", configuration.starts_at.map(|at| value(&at)));
    put("duration", configuration.duration.map(|duration| value(&duration)));
    put("title", configuration.title.as_ref().map(value));
    put("locale", configuration.locale.as_ref().map(value));
    match configuration.hubs {
        Some(HubCount::Fixed(hubs)) => put("hubs", Some(value(&hubs))),
        Some(HubCount::Auto { expected }) => {
            put("hubs", Some(value(&AUTO)));
            put("expected", expected.map(|expected| value(&expected)));
        }
        None => {}
    }
    put("resync", configuration.resync.map(|resync| value(&resync)));
    put("origins", configuration.origins.as_ref().map(value));
    put("emergency", configuration.emergency.as_ref().map(value));
    put("archived", configuration.archived.map(|archived| value(&archived)));
    put("ifRev", configuration.if_rev.map(|rev| value(&rev)));
    put("reason", configuration.reason.as_ref().map(value));
    put("actor", Some(value(actor)));
    Value::Object(fields)
}

/// Parses `hubs` and `expected`, which alone means that the event decides.
fn hubs(fields: &mut Fields) -> Result<Option<HubCount>, Problem> {
    let expected: Option<u32> = fields.optional("expected")?;
    let hubs = match fields.take("hubs") {
        None => return Ok(expected.map(|expected| HubCount::Auto { expected: Some(expected) })),
        Some(Value::String(word)) if word == AUTO => return Ok(Some(HubCount::Auto { expected })),
        Some(hubs) => hubs.as_u64().and_then(|hubs| u16::try_from(hubs).ok()),
    };
    let hubs = hubs.ok_or_else(|| {
        let detail = format!("\"hubs\" is wrong; give \"auto\" or a number from 1 to {HUBS_MAX}");
        Problem::invalid_field("/hubs", detail)
    })?;
    match expected {
        None => Ok(Some(HubCount::Fixed(hubs))),
        Some(_) => Err(Problem::invalid_field(
            "/expected",
            "\"expected\" decides the number of hubs only with \"hubs\": \"auto\"; leave one of the two out",
        )),
    }
}

/// Parses `emergency`; errors point at the wrong member.
fn emergency(fields: &mut Fields) -> Result<Option<Option<EmergencyChannel>>, Problem> {
    let remedy = "give {\"key\": …, \"url\": …} as \"downbeat emergency init\" shows it, or null for none";
    let mut members = match fields.nullable::<Value>("emergency")? {
        None => return Ok(None),
        Some(None) => return Ok(Some(None)),
        Some(Some(Value::Object(members))) => members,
        Some(Some(_)) => {
            return Err(Problem::invalid_field("/emergency", format!("\"emergency\" is not an object; {remedy}")));
        }
    };
    let mut member = |name: &str| match members.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => {
            let detail = format!("\"{name}\" is missing or not a text; {remedy}");
            Err(Problem::invalid_field(&format!("/emergency/{name}"), detail))
        }
    };
    let wrong = |name: &str, error: &NameError| {
        Problem::invalid_field(&format!("/emergency/{name}"), format!("\"{name}\" is wrong: {error}"))
    };
    let key = member("key")?.parse().map_err(|error| wrong("key", &error))?;
    let url = member("url")?.parse().map_err(|error| wrong("url", &error))?;
    Ok(Some(Some(EmergencyChannel { key, url })))
}
