//! A rundown, and the position of it that somebody asks about.

use std::path::Path;

use downbeat_core::Position;
use downbeat_sheet::{Cue, Options, Rundown};
use serde_json::{Map, Value, json};

use super::live::Live;
use crate::context::Context;
use crate::error::Error;
use crate::given::Destination;
use crate::output::Output;
use crate::profile::ProfileError;
use crate::sheets;
use crate::text;

/// What is asked about.
pub(super) struct Asked {
    /// The sheet's name, or the event's.
    pub(super) name: String,
    pub(super) rundown: Rundown,
    pub(super) position: Position,
    /// Where the event stands, if that was asked for.
    live: Option<Value>,
}

impl Asked {
    /// Finds it: the sheet's rundown or else the event's, and a position that may be told from where the event is.
    pub(super) fn find(
        time: Destination,
        sheet: Option<&Path>,
        context: &dyn Fn() -> Result<Context, ProfileError>,
        output: Output,
    ) -> Result<Self, Error> {
        let local = match sheet {
            None => None,
            Some(path) => {
                let sheet = sheets::read(path, &Options::default())?;
                if !output.json && sheet.rundown.is_none() {
                    output.remark(&sheet.report());
                }
                Some((sheet.name.clone(), sheet.rundown()?.clone()))
            }
        };
        let live = match (&local, time) {
            (Some(_), Destination::To(_)) => None,
            _ => Some(Live::read(&context()?)?),
        };
        let position = match (time, &live) {
            (Destination::To(position), _) => position,
            (Destination::By(span), Some(live)) => (live.standing.position + span).whole_millis(),
            (Destination::By(_), None) => unreachable!("the event was asked where it is"),
        };
        let json = live.as_ref().map(Live::json);
        let (name, rundown) = match (local, live) {
            (Some(local), _) => local,
            (None, Some(live)) => (live.name.clone(), live.rundown()?.clone()),
            (None, None) => unreachable!("without a sheet the event was asked for its rundown"),
        };
        Ok(Self { name, rundown, position, live: json })
    }

    /// Gives it as members of a JSON object.
    pub(super) fn json(&self) -> Map<String, Value> {
        let fields = [
            ("file", json!(self.name)),
            ("title", json!(self.rundown.title())),
            ("rundown", json!(self.rundown.digest())),
            ("position", json!(self.position)),
            ("live", json!(self.live)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Gives the first line: what, and when.
    pub(super) fn heading(&self) -> String {
        let bold = anstyle::Style::new().bold();
        let title = text::tame(self.rundown.title());
        format!("{bold}{title}{bold:#} ({}) at {}", text::tame(&self.name), text::position(self.position))
    }
}

/// Gives a cue for programs, its times in ms.
pub(super) fn cue_json(cue: &Cue) -> Value {
    json!({
        "id": cue.id(),
        "time": cue.time(),
        "end": cue.end(),
        "action": cue.action(),
        "kind": cue.kind().as_str(),
        "track": cue.track(),
        "params": cue.params(),
        "message": cue.message(),
    })
}

/// Gives what a cue says, as short as it can be told: its first message, else its params.
pub(super) fn gist(cue: &Cue) -> String {
    if let Some(words) = cue.message().and_then(|message| message.values().next()) {
        return format!("\u{201c}{words}\u{201d}");
    }
    let part = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    };
    cue.params().map(|params| params.iter().map(part).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}
