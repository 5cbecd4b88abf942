//! What is heard of an event: from a viewer of our own, and from an operator's calls.

use std::ops::ControlFlow;
use std::sync::Arc;

use downbeat_core::{EventName, Seed, Span};
use downbeat_viewer::{Cues, EventClient, Viewer};
use downbeat_wire::{Audience, LogPage};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::watch;

use super::model::{Heard, Scene};
use super::observer::Herald;
use crate::clock;
use crate::error::Error;
use crate::server::{Server, ServerError};

/// How long it is from one look at the audience to the next, and from a question without an answer: 2 s.
const LOOK_WAIT: Span = Span::from_millis(2_000);

/// How many entries of the log are looked at: 50.
const LOG_ENTRIES: u32 = 50;

/// How often a show is told that time goes on: every 100 ms.
const TICK: Span = Span::from_millis(100);

/// What is done with a scene.
pub(crate) trait Followed {
    /// Takes in what was heard; `scene` knows it already.
    fn heard(&mut self, heard: &Heard, scene: &Scene);

    /// Takes in that time has gone on; says whether to go on as well.
    fn tick(&mut self, scene: &Scene) -> ControlFlow<()>;
}

/// Follows `event` until the show breaks off, or until `at_most` has passed. `operator` may read who is connected, and
/// the log.
///
/// # Errors
/// [`Error`] if the server's name is unknown.
pub(crate) async fn follow(
    server: &Server,
    operator: Option<Server>,
    event: &EventName,
    scene: &mut Scene,
    show: &mut dyn Followed,
    at_most: Option<Span>,
) -> Result<(), Error> {
    let (told, mut hears) = mpsc::unbounded_channel();
    let (changed, changes) = watch::channel(());
    let client = Arc::new(EventClient::connect(&server.url().uri(), event.clone()).await?);
    let mut herald = Herald::new(told.clone());
    let viewer = Viewer::new(client, Seed::of(&[&crate::change::random::<16>()?]), Cues::Ignored);
    tokio::spawn(async move { viewer.run(&mut herald).await });
    match operator {
        Some(operator) => {
            let operator = Arc::new(operator);
            tokio::spawn(look(AUDIENCE, Arc::clone(&operator), event.clone(), told.clone(), changes.clone()));
            tokio::spawn(look(LOG, operator, event.clone(), told, changes));
        }
        None => {
            let why = "no token: who is connected and the log are for operators".to_owned();
            let _ = told.send(Heard::Audience(Err(why.clone())));
            let _ = told.send(Heard::Log(Err(why)));
        }
    }
    let until = at_most.map(|at_most| clock::monotonic() + at_most);
    let mut ticks = tokio::time::interval(clock::duration(TICK));
    loop {
        tokio::select! {
            Some(heard) = hears.recv() => {
                scene.hear(heard.clone());
                if matches!(heard, Heard::State { .. }) {
                    let _ = changed.send(());
                }
                show.heard(&heard, scene);
            }
            _ = ticks.tick() => {
                if show.tick(scene).is_break() || until.is_some_and(|until| until <= clock::monotonic()) {
                    return Ok(());
                }
            }
        }
    }
}

/// What an operator looks at.
struct Look<T> {
    ask: for<'a> fn(&'a Server, &'a EventName) -> BoxFuture<'a, Result<T, ServerError>>,
    hear: fn(Result<T, String>) -> Heard,
    /// How long it is to the next look while nothing changes; nothing if only a change is a reason for one.
    every: Option<Span>,
}

const AUDIENCE: Look<Audience> = Look {
    ask: |server, event| Box::pin(server.audience(event)),
    hear: |told| Heard::Audience(told.map(Box::new)),
    every: Some(LOOK_WAIT),
};

const LOG: Look<LogPage> = Look {
    ask: |server, event| Box::pin(server.log(event, None, LOG_ENTRIES)),
    hear: |told| Heard::Log(told.map(|page| page.entries)),
    every: None,
};

/// Looks again and again, and at once after a change, until it is refused or nobody listens.
async fn look<T: Send + 'static>(
    Look { ask, hear, every }: Look<T>,
    server: Arc<Server>,
    event: EventName,
    told: UnboundedSender<Heard>,
    mut changes: watch::Receiver<()>,
) {
    loop {
        let answer = ask(&server, &event).await;
        let is_final = answer.as_ref().is_err_and(ServerError::is_final);
        let wait = every.or(answer.is_err().then_some(LOOK_WAIT));
        if told.send(hear(answer.map_err(|error| first_line(&error)))).is_err() || is_final {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(clock::duration(wait.unwrap_or(Span::ZERO))), if wait.is_some() => {}
            changed = changes.changed() => if changed.is_err() { return },
        }
    }
}

fn first_line(error: &ServerError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
