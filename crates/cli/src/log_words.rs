//! What a change did, in words: for the log, for `watch`, and for what an undo is about.

use downbeat_core::{Digest, Position, ServerTime, Span};
use downbeat_wire::LogEntry;
use serde_json::{Map, Value};

use crate::text::{self, tame};
use crate::time_zone::TimeZone;

/// The members of a body that say who and which, or that the sentence contains already.
const SAID_ELSEWHERE: [&str; 14] = [
    "command",
    "id",
    "actor",
    "ifRev",
    "at",
    "reason",
    "rev",
    "reverted",
    "unchanged",
    "clock",
    "message",
    "severity",
    "position",
    "rate",
];

/// Writes what a change did: `went to 3:00:00`, `paused the event, saying "Back soon"`, `undid "seek" of 20:10:03 by maria`.
pub(crate) fn what(entry: &LogEntry) -> String {
    let body = match &entry.body {
        Value::Object(body) => body.clone(),
        _ => Map::new(),
    };
    let mut line = done(&entry.name, &body, entry.at);
    if entry.effective_at - entry.at > downbeat_core::command::LEAD {
        line += &format!(", for {}", moment(entry.effective_at, entry.at));
    }
    if body.get("unchanged").is_some_and(|unchanged| *unchanged == Value::Bool(true)) {
        line += " (it was so already)";
    }
    if let Some(reason) = text_of(&body, "reason") {
        line += &format!(", because: {reason}");
    }
    tame(&line)
}

/// Writes what was done, without when, why and by whom.
fn done(name: &str, body: &Map<String, Value>, at: ServerTime) -> String {
    let number = |member: &str| body.get(member).and_then(Value::as_i64);
    let instant = |ms: i64| ServerTime::try_from_millis(ms).map_or_else(|| ms.to_string(), |then| moment(then, at));
    match name {
        "pause" => "paused the event".to_owned() + &saying(body),
        "resume" => "resumed the event".to_owned(),
        "seek" => match number("position") {
            Some(ms) => format!("went to {}", Position::from_millis(ms)),
            None => "moved the event".to_owned(),
        },
        "rate" => format!("set the rate to {}", body.get("rate").map(ToString::to_string).unwrap_or_default()),
        "announce" => format!("told viewers {}", message(body).unwrap_or_default()),
        "clear" => "removed the message".to_owned(),
        "reschedule" => format!("moved the start to {}", number("startsAt").map(instant).unwrap_or_default()),
        "end" => "ended the event".to_owned() + &saying(body),
        "reopen" => "took the end back".to_owned(),
        "rundown" => match text_of(body, "rundown").and_then(|digest| digest.parse::<Digest>().ok()) {
            Some(digest) => format!("gave viewers rundown {}", text::short(digest)),
            None => "took the rundown away".to_owned(),
        },
        "undo" => format!("undid {}", reverted(body, at)),
        "redo" => format!("applied again {}", reverted(body, at)),
        "create" => "created the event".to_owned() + &settings(body, at),
        "configure" => "changed the settings".to_owned() + &settings(body, at),
        "archive" => "archived the event".to_owned(),
        "unarchive" => "took the event out of the archive".to_owned(),
        "restore" => "went on from restored storage".to_owned(),
        "reset" => match number("startsAt") {
            Some(ms) => format!("reset the event, to start at {}", instant(ms)),
            None => "reset the event".to_owned(),
        },
        "emergency" => "paused the event by a signed state".to_owned(),
        other => other.to_owned() + &settings(body, at),
    }
}

/// Writes an instant that matters at `at`: the time of day, with its date if that is another day.
fn moment(instant: ServerTime, at: ServerTime) -> String {
    let (then, now) = (TimeZone::Local.at(instant), TimeZone::Local.at(at));
    let format = if then.date_naive() == now.date_naive() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    then.format(format).to_string()
}

/// Writes which change an undo or a redo was about.
fn reverted(body: &Map<String, Value>, at: ServerTime) -> String {
    let Some(Value::Object(reverted)) = body.get("reverted") else { return "the last change".to_owned() };
    let member = |name: &str| text_of(reverted, name).unwrap_or_default();
    let of = reverted.get("at").and_then(Value::as_i64).and_then(ServerTime::try_from_millis);
    let of = of.map(|of| format!(" of {}", moment(of, at))).unwrap_or_default();
    let rev = reverted.get("rev").map(|rev| format!(" (rev {rev})")).unwrap_or_default();
    format!("\"{}\"{of} by {}{rev}", member("name"), member("actor"))
}

fn saying(body: &Map<String, Value>) -> String {
    message(body).map(|message| format!(", saying {message}")).unwrap_or_default()
}

/// Writes what viewers were told, in every language: `"Back soon", major`.
fn message(body: &Map<String, Value>) -> Option<String> {
    let texts = match body.get("message")? {
        Value::String(text) => format!("\"{text}\""),
        Value::Object(texts) => {
            let one =
                |(locale, text): (&String, &Value)| format!("\"{}\" ({locale})", text.as_str().unwrap_or_default());
            texts.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        _ => return None,
    };
    let severity = text_of(body, "severity").filter(|severity| *severity != "info");
    Some(texts + &severity.map(|severity| format!(", {severity}")).unwrap_or_default())
}

/// Writes the members of a body that no sentence contains: `: title "Gala", begins 19:00:00`.
fn settings(body: &Map<String, Value>, at: ServerTime) -> String {
    let one = |(name, value): (&String, &Value)| {
        let text = match (name.as_str(), value.as_i64()) {
            ("startsAt", Some(ms)) => {
                let then = ServerTime::try_from_millis(ms);
                return format!("begins {}", then.map_or_else(|| ms.to_string(), |then| moment(then, at)));
            }
            ("duration" | "resync", Some(ms)) => text::span(Span::from_millis(ms)),
            _ => value.to_string(),
        };
        format!("{name} {text}")
    };
    let is_shown = |(name, value): &(&String, &Value)| !SAID_ELSEWHERE.contains(&name.as_str()) && !value.is_null();
    let settings: Vec<String> = body.iter().filter(is_shown).map(one).collect();
    if settings.is_empty() { String::new() } else { format!(": {}", settings.join(", ")) }
}

fn text_of<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::tests::START;
    use serde_json::json;

    fn entry(name: &str, body: &Value) -> LogEntry {
        serde_json::from_value(json!({
            "rev": 7, "at": START, "effectiveAt": START, "actor": "maria", "token": "maria", "name": name, "body": body,
            "prev": "0".repeat(64),
        }))
        .unwrap()
    }
    fn said(name: &str, body: &Value) -> String {
        what(&entry(name, body))
    }

    #[test]
    fn each_change_is_a_sentence() {
        for (name, body, words) in [
            ("pause", json!({}), "paused the event"),
            (
                "pause",
                json!({"message": "Back soon", "severity": "major"}),
                "paused the event, saying \"Back soon\", major",
            ),
            ("announce", json!({"message": {"en": "Hi", "fr": "Salut"}}), "told viewers \"Hi\" (en), \"Salut\" (fr)"),
            ("resume", json!({"reason": "smoke is gone"}), "resumed the event, because: smoke is gone"),
            ("resume", json!({"unchanged": true}), "resumed the event (it was so already)"),
            ("seek", json!({"position": 750_000}), "went to 0:12:30.000"),
            ("rate", json!({"rate": 1.25}), "set the rate to 1.25"),
            ("rundown", json!({"rundown": null}), "took the rundown away"),
            (
                "configure",
                json!({"title": "Gala", "duration": 60_000}),
                "changed the settings: duration 1 min, title \"Gala\"",
            ),
            ("create", json!({"actor": "maria"}), "created the event"),
            ("of-tomorrow", json!({"x": 1}), "of-tomorrow: x 1"),
        ] {
            assert_eq!(said(name, &body), words);
        }
    }

    #[test]
    fn an_undo_says_of_what() {
        let body = json!({"reverted": {"rev": 6, "name": "seek", "actor": "otto", "at": START}});
        let at = moment(START, START);
        assert_eq!(said("undo", &body), format!("undid \"seek\" of {at} by otto (rev 6)"));
        assert_eq!(said("redo", &body), format!("applied again \"seek\" of {at} by otto (rev 6)"));
        assert_eq!(said("undo", &json!({})), "undid the last change", "as an earlier version wrote it");
    }

    #[test]
    fn what_is_planned_says_for_when() {
        let planned = LogEntry { effective_at: START + Span::from_millis(600_000), ..entry("end", &json!({})) };
        assert_eq!(what(&planned), format!("ended the event, for {}", moment(planned.effective_at, START)));
    }

    #[test]
    fn foreign_text_moves_no_cursor() {
        assert!(!said("pause", &json!({"message": "a\u{1b}[2J\nb"})).chars().any(|char| char.is_control()));
    }
}
