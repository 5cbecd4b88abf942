//! Updates from an operator's requests: the audience and the log.

use std::sync::Arc;

use downbeat_api::{ApiError, Client, clock};
use downbeat_core::{EventName, Span};
use downbeat_wire::{Audience, LogPage};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::update::Update;

/// The time between two requests for the audience, and before a failed request is repeated: 2 s.
const INTERVAL: Span = Span::from_millis(2_000);

/// The number of log entries requested: 50.
const LOG_ENTRIES: u32 = 50;

/// What is requested again and again.
pub(super) struct Poll<T> {
    request: for<'a> fn(&'a Client, &'a EventName) -> BoxFuture<'a, Result<T, ApiError>>,
    update: fn(Result<T, String>) -> Update,
    /// The time between two requests while nothing changes; `None` if only a change is a reason for one.
    interval: Option<Span>,
}

/// Requests the audience.
pub(super) const AUDIENCE: Poll<Audience> = Poll {
    request: |server, event| Box::pin(server.audience(event)),
    update: |answer| Update::Audience(answer.map(Box::new)),
    interval: Some(INTERVAL),
};

/// Requests the log.
pub(super) const LOG: Poll<LogPage> = Poll {
    request: |server, event| Box::pin(server.log(event, None, LOG_ENTRIES)),
    update: |answer| Update::Log(answer.map(|page| page.entries)),
    interval: None,
};

impl<T> Poll<T> {
    /// Sends the request at its interval, and at once after each of the `changes`. Ends when the server refuses it for
    /// good, or nobody receives the updates any more.
    pub(super) async fn run(
        self,
        server: Arc<Client>,
        event: EventName,
        updates: UnboundedSender<Update>,
        mut changes: watch::Receiver<()>,
    ) {
        loop {
            let answer = (self.request)(&server, &event).await;
            let is_final = answer.as_ref().is_err_and(ApiError::is_final);
            let wait = self.interval.or(answer.is_err().then_some(INTERVAL));
            let update = (self.update)(answer.map_err(|error| first_line(&error)));
            if updates.send(update).is_err() || is_final {
                return;
            }
            tokio::select! {
                () = clock::sleep(wait.unwrap_or(Span::ZERO)), if wait.is_some() => {}
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }
}

fn first_line(error: &ApiError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
