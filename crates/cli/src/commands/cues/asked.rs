//! A rundown, and the position of it that somebody asks about.

use std::path::Path;

use downbeat_core::Position;
use downbeat_sheet::{Cue, Rundown};
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
    pub(super) async fn find(
        time: Destination,
        sheet: Option<&Path>,
        context: &dyn Fn() -> Result<Context, ProfileError>,
        output: Output,
    ) -> Result<Self, Error> {
        let local = sheet.map(|path| sheets::rundown(path, output)).transpose()?;
        let local = match (local, time) {
            (Some((name, rundown)), Destination::To(position)) => {
                return Ok(Self { name, rundown, position, live: None });
            }
            (local, _) => local,
        };
        let live = Live::read(&context()?).await?;
        let position = match time {
            Destination::To(position) => position,
            Destination::By(span) => (live.standing.position + span).whole_millis(),
        };
        let (name, rundown) = match local {
            Some(local) => local,
            None => (live.name.clone(), live.rundown()?.clone()),
        };
        Ok(Self { name, rundown, position, live: Some(live.json()) })
    }

    /// Returns it as members of a JSON object.
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

    /// Returns the first line: what, and when.
    pub(super) fn heading(&self) -> String {
        let bold = anstyle::Style::new().bold();
        let title = text::tame(self.rundown.title());
        format!("{bold}{title}{bold:#} ({}) at {}", text::tame(&self.name), text::position(self.position))
    }
}

/// Returns a cue for programs, its times in ms.
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
        "needs": cue.needs().map(|needs| json!({ "bound": needs.bound, "otherwise": needs.otherwise.as_str() })),
    })
}

/// Returns what a cue says, as short as it can be told, and what a viewer's clock decides about it.
pub(super) fn gist(cue: &Cue) -> String {
    let parts = [words(cue), cue.condition().unwrap_or_default()];
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("; ")
}

/// Returns its first message, else its params.
fn words(cue: &Cue) -> String {
    if let Some(words) = cue.message().and_then(|message| message.values().next()) {
        return format!("\u{201c}{words}\u{201d}");
    }
    let part = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    };
    cue.params().map(|params| params.iter().map(part).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}
