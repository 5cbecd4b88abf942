//! What the event has: its rundown, and where it stands.

use downbeat_api::ApiError;
use downbeat_core::{Digest, Position, ServerTime};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::{Code, Notes, Route};
use serde_json::{Map, Value, json};

use crate::context::{self, Context};
use crate::error::Error;
use crate::standing::Standing;

/// The event as it is now.
pub(super) struct Live {
    /// When it starts.
    pub(super) starts_at: ServerTime,
    /// Where it stands.
    pub(super) standing: Standing,
    /// The rundown that it has, if it has one.
    rundown: Option<(Digest, Rundown)>,
    /// Which event of which server, for programs.
    place: Map<String, Value>,
    /// Its name.
    pub(super) name: String,
}

impl Live {
    /// Asks for it.
    pub(super) async fn read(context: &Context) -> Result<Self, Error> {
        let server = context.reader()?;
        let event = &context.settings.event;
        let reading = server.state(event).await?;
        let standing =
            Standing::of(&reading.body, reading.clock.now()).map_err(|error| context::broken(&server, &error))?;
        let rundown = match reading.body.rundown {
            None => None,
            Some(digest) => {
                let bytes = server.rundown(event, digest).await?;
                let strange = |why: String| {
                    let url = server.url_of(&Route::Rundown(event.clone(), digest));
                    Error::from(ApiError::Unexpected { url, status: 200, why })
                };
                if digest_of(&bytes) != digest {
                    return Err(strange("what it gives is not the rundown of that name".to_owned()));
                }
                let rundown = Rundown::parse(&bytes).map_err(|problem| strange(problem.to_string()))?;
                Some((digest, rundown))
            }
        };
        Ok(Self {
            starts_at: reading.body.starts_at,
            standing,
            rundown,
            place: context.place(),
            name: event.to_string(),
        })
    }

    /// Returns what the crew should know about its cues; empty without a token that may read it.
    pub(super) async fn notes(&self, context: &Context) -> Notes {
        let (Ok(server), Some((digest, _))) = (context.reader(), &self.rundown) else { return Notes::default() };
        let error = match server.notes(&context.settings.event, *digest).await {
            Ok(notes) => return notes,
            Err(error) => error,
        };
        // An older server has none.
        let is_refused =
            [Code::Unauthorized, Code::Forbidden, Code::UnknownPath].into_iter().any(|code| error.is(code));
        if !is_refused && !context.output.json {
            context.output.remark(&format!("the notes for the crew could not be read: {error}\n"));
        }
        Notes::default()
    }

    /// Returns the rundown.
    pub(super) fn rundown(&self) -> Result<&Rundown, Error> {
        match &self.rundown {
            Some((_, rundown)) => Ok(rundown),
            None => Err(Error::invalid(
                format!("the event {:?} has no rundown yet", self.name),
                "publish one with \"downbeat cues publish\", or name a sheet",
            )),
        }
    }

    /// Returns how far viewers have got; nothing if the event has not begun or is over.
    pub(super) fn under_way(&self) -> Option<Position> {
        self.standing.under_way()
    }

    /// Returns where it stands, for programs.
    pub(super) fn json(&self) -> Value {
        let mut live = self.place.clone();
        live.insert("now".to_owned(), context::standing_json(&self.standing));
        live.insert("rundown".to_owned(), json!(self.rundown.as_ref().map(|(digest, _)| digest)));
        live.into()
    }
}
