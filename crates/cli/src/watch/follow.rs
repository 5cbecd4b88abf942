//! What is heard of an event: from a viewer of our own, and from an operator's calls.

use std::ops::ControlFlow;
use std::sync::Arc;

use downbeat_core::{EventName, Seed, Span};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::watch;

use super::herald::Herald;
use super::scene::{Heard, Scene};
use crate::clock;
use crate::error::Error;
use crate::server::{Server, ServerError};
use crate::viewing::{Endpoint, Venue, Viewer};

/// Gives how long it is from one look at the audience to the next: 2 s.
const AUDIENCE_WAIT: Span = Span::from_millis(2_000);

/// Gives how many entries of the log are looked at: 50.
const LOG_ENTRIES: u32 = 50;

/// Gives how often a show is told that time goes on: every 100 ms.
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
/// [`Error::Server`] if the server's name is unknown.
pub(crate) fn follow(
    server: &Server,
    operator: Option<Server>,
    event: &EventName,
    scene: &mut Scene,
    show: &mut dyn Followed,
    at_most: Option<Span>,
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Internal(format!("no runtime for sockets: {error}")))?;
    let result = runtime.block_on(run(server, operator, event, scene, show, at_most));
    // A call that is on its way is not waited for.
    runtime.shutdown_background();
    result
}

async fn run(
    server: &Server,
    operator: Option<Server>,
    event: &EventName,
    scene: &mut Scene,
    show: &mut dyn Followed,
    at_most: Option<Span>,
) -> Result<(), Error> {
    let (told, mut hears) = mpsc::unbounded_channel();
    let (changed, changes) = watch::channel(());
    let endpoint = Endpoint::look_up(server.url()).await?;
    let venue = Arc::new(Venue::new(endpoint, event.clone()));
    let mut herald = Herald::new(told.clone());
    let viewer = Viewer::new(venue, Seed::of(&[&crate::change::random::<16>()?]), false);
    tokio::spawn(async move { viewer.run(&mut herald).await });
    match operator {
        Some(operator) => {
            let operator = Arc::new(operator);
            tokio::spawn(look_at_audience(Arc::clone(&operator), event.clone(), told.clone(), changes.clone()));
            tokio::spawn(look_at_log(operator, event.clone(), told, changes));
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

/// Looks at the audience again and again, and at once after a change.
async fn look_at_audience(
    server: Arc<Server>,
    event: EventName,
    told: UnboundedSender<Heard>,
    mut changes: watch::Receiver<()>,
) {
    loop {
        let (server, event) = (Arc::clone(&server), event.clone());
        let asked = tokio::task::spawn_blocking(move || server.audience(&event));
        match asked.await {
            Ok(Ok(audience)) => {
                if told.send(Heard::Audience(Ok(Box::new(audience)))).is_err() {
                    return;
                }
            }
            Ok(Err(error)) => {
                if told.send(Heard::Audience(Err(first_line(&error)))).is_err() || error.is_final() {
                    return;
                }
            }
            Err(_) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(clock::duration(AUDIENCE_WAIT)) => {}
            _ = changes.changed() => {}
        }
    }
}

/// Looks at the log, and again after each change.
async fn look_at_log(
    server: Arc<Server>,
    event: EventName,
    told: UnboundedSender<Heard>,
    mut changes: watch::Receiver<()>,
) {
    loop {
        let (server, event) = (Arc::clone(&server), event.clone());
        let asked = tokio::task::spawn_blocking(move || server.log(&event, None, LOG_ENTRIES));
        let log = match asked.await {
            Ok(log) => log,
            Err(_) => return,
        };
        let is_final = log.as_ref().is_err_and(ServerError::is_final);
        let failed = log.is_err();
        let log = log.map(|page| page.entries).map_err(|error| first_line(&error));
        if told.send(Heard::Log(log)).is_err() || is_final {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(clock::duration(AUDIENCE_WAIT)), if failed => {}
            changed = changes.changed() => if changed.is_err() { return },
        }
    }
}

fn first_line(error: &ServerError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
