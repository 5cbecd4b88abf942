//! The body of `POST /v1/events/{event}/commands`.
//!
//! ```json
//! {"command":"pause","id":"0198c7","actor":"maria","reason":"stream is down","message":{"en":"Back in a
//! minute"},"severity":"major"}
//! ```

use downbeat_core::message::{Draft, Words};
use downbeat_core::{Command, CommandId, Request, Severity};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use crate::fields::Fields;
use crate::json::value;
use crate::problem::{Code, Problem};

/// The longest `actor`: 100 characters.
pub const ACTOR_CHARS_MAX: usize = 100;

/// The longest `reason`: 500 characters.
pub const REASON_CHARS_MAX: usize = 500;

/// The query parameter that asks what a command would do, with any value or none: `?dryRun`.
pub const DRY_RUN: &str = "dryRun";

/// Parses a command. `actor` is used if the body names none.
///
/// # Errors
/// [`Problem`]: malformed JSON with its position, an unknown command with the known ones, a missing or wrong field
/// with its pointer.
pub fn parse(body: &[u8], actor: &str) -> Result<Request, Problem> {
    let mut fields = Fields::parse(body)?;
    let name: String = fields.required("command", &format!("name one of: {}", Command::NAMES.join(", ")))?;
    let command = match name.as_str() {
        "pause" => Command::Pause { message: draft(&mut fields)? },
        "resume" => Command::Resume,
        "seek" => {
            Command::Seek { position: fields.required("position", "give milliseconds from the event's beginning")? }
        }
        "rate" => Command::Rate { rate: fields.required("rate", "give a factor such as 1 or 1.25")? },
        "announce" => Command::Announce {
            message: draft(&mut fields)?.ok_or_else(|| {
                Problem::invalid_field(
                    "/message",
                    "\"message\" is missing; give a text, or a text per locale, or use \"clear\"",
                )
            })?,
        },
        "clear" => Command::Clear,
        "reschedule" => Command::Reschedule { starts_at: fields.required("startsAt", "give milliseconds since 1970")? },
        "end" => Command::End { message: draft(&mut fields)? },
        "reopen" => Command::Reopen,
        "rundown" => {
            let missing = "\"rundown\" is missing; give a rundown's SHA-256, or null for none";
            let rundown: Option<_> =
                fields.nullable("rundown")?.ok_or_else(|| Problem::invalid_field("/rundown", missing))?;
            let url = fields.optional("url")?;
            if rundown.is_none() && url.is_some() {
                return Err(Problem::invalid_field(
                    "/url",
                    "\"url\" is where viewers load \"rundown\" from, which is null",
                ));
            }
            Command::Rundown { rundown, url, is_rollback: fields.optional("rollback")?.unwrap_or(false) }
        }
        "undo" => Command::Undo { rev: fields.optional("rev")? },
        "redo" => Command::Redo { rev: fields.optional("rev")? },
        unknown => {
            let detail = format!(
                "there is no command {:?}; the commands are {}",
                unknown.chars().take(40).collect::<String>(),
                Command::NAMES.join(", ")
            );
            return Err(Problem::new(Code::UnknownCommand, detail).with("known", value(&Command::NAMES)));
        }
    };
    let id: CommandId = fields.required("id", "make one per command, so that sending it again changes nothing")?;
    Ok(Request {
        id,
        command,
        actor: fields
            .text("actor", ACTOR_CHARS_MAX)?
            .filter(|actor| !actor.is_empty())
            .unwrap_or_else(|| actor.to_owned()),
        reason: fields.text("reason", REASON_CHARS_MAX)?,
        if_rev: fields.optional("ifRev")?,
        at: fields.optional("at")?,
    })
}

/// Returns the body of a request: what [`parse`] reads back as the same request.
pub fn body(request: &Request) -> Value {
    let mut fields = Map::new();
    fields.insert("command".to_owned(), value(request.command.name()));
    fields.insert("id".to_owned(), value(&request.id));
    match &request.command {
        Command::Pause { message } | Command::End { message } => put_draft(&mut fields, message.as_ref()),
        Command::Announce { message } => put_draft(&mut fields, Some(message)),
        Command::Seek { position } => put(&mut fields, "position", value(position)),
        Command::Rate { rate } => put(&mut fields, "rate", value(rate)),
        Command::Reschedule { starts_at } => put(&mut fields, "startsAt", value(starts_at)),
        Command::Rundown { rundown, url, is_rollback } => {
            put(&mut fields, "rundown", value(rundown));
            if let Some(url) = url {
                put(&mut fields, "url", value(url));
            }
            if *is_rollback {
                put(&mut fields, "rollback", Value::Bool(true));
            }
        }
        Command::Undo { rev: Some(rev) } | Command::Redo { rev: Some(rev) } => put(&mut fields, "rev", value(rev)),
        Command::Resume | Command::Clear | Command::Reopen | Command::Undo { .. } | Command::Redo { .. } => {}
    }
    put(&mut fields, "actor", value(&request.actor));
    if let Some(reason) = &request.reason {
        put(&mut fields, "reason", value(reason));
    }
    if let Some(if_rev) = request.if_rev {
        put(&mut fields, "ifRev", value(&if_rev));
    }
    if let Some(at) = request.at {
        put(&mut fields, "at", value(&at));
    }
    Value::Object(fields)
}

fn put(fields: &mut Map<String, Value>, name: &str, value: Value) {
    fields.insert(name.to_owned(), value);
}

fn put_draft(fields: &mut Map<String, Value>, draft: Option<&Draft>) {
    let Some(draft) = draft else { return };
    let words = match &draft.words {
        Words::Plain(text) => value(text),
        Words::PerLocale(text) => value(text),
    };
    put(fields, "message", words);
    put(fields, "severity", value(&draft.severity));
}

/// Returns a member's name escaped for a JSON pointer (RFC 6901, section 3), cut to one line.
fn pointer_token(name: &str) -> String {
    name.chars().take(80).collect::<String>().replace('~', "~0").replace('/', "~1")
}

/// Reads `message`, a text or a text per locale, and `severity`.
fn draft(fields: &mut Fields) -> Result<Option<Draft>, Problem> {
    let severity = fields.optional::<Severity>("severity")?.unwrap_or_default();
    let words = match fields.take("message") {
        None => return Ok(None),
        Some(Value::String(text)) => Words::Plain(text),
        Some(Value::Object(texts)) => {
            let mut per_locale = BTreeMap::new();
            for (tag, text) in texts {
                let pointer = format!("/message/{}", pointer_token(&tag));
                let locale = tag.parse().map_err(|error| Problem::invalid_field(&pointer, format!("{error}")))?;
                let Value::String(text) = text else {
                    return Err(Problem::invalid_field(&pointer, format!("the message in {tag:?} is not a text")));
                };
                per_locale.insert(locale, text);
            }
            Words::PerLocale(per_locale)
        }
        Some(_) => {
            return Err(Problem::invalid_field(
                "/message",
                "\"message\" is neither a text nor a text per locale; give \"Back soon\" or {\"en\":\"Back soon\"}",
            ));
        }
    };
    Ok(Some(Draft { words, severity }))
}
