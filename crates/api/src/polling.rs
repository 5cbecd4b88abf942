//! Repeating a request until something is visible, without flooding the server.

use downbeat_core::{LocalTime, Span};

use crate::clock;

/// The first pause: 25 ms. Each pause is twice the one before.
const PAUSE_FIRST: Span = Span::from_millis(25);

/// The longest pause: 400 ms, less than half of what an isolate may keep a state for (1 s).
const PAUSE_MAX: Span = Span::from_millis(400);

/// The pauses between requests that are repeated until a deadline.
///
/// ```no_run
/// # use downbeat_api::{ApiError, Client, Polling};
/// # use downbeat_core::{EventName, Rev, Span};
/// # async fn example(client: &Client, event: &EventName, rev: Rev) -> Result<bool, ApiError> {
/// let mut polling = Polling::new(Span::from_millis(10_000));
/// loop {
///     if client.with_timeout(polling.left()).time(event).await?.body.rev >= rev {
///         return Ok(true);
///     }
///     if !polling.pause().await {
///         return Ok(false);
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Polling {
    began: LocalTime,
    timeout: Span,
    next_pause: Span,
}

impl Polling {
    /// Begins to poll, for `timeout` at most.
    pub fn new(timeout: Span) -> Self {
        Self { began: clock::monotonic(), timeout, next_pause: PAUSE_FIRST }
    }

    /// Returns how long polling has lasted.
    pub fn elapsed(&self) -> Span {
        clock::monotonic() - self.began
    }

    /// Returns how long polling may still last; not below zero.
    pub fn left(&self) -> Span {
        (self.timeout - self.elapsed()).max(Span::ZERO)
    }

    /// Waits before the next request. Returns `false`, at once, if the timeout would be over by then.
    pub async fn pause(&mut self) -> bool {
        if self.next_pause >= self.left() {
            return false;
        }
        clock::sleep(self.next_pause).await;
        self.next_pause = (self.next_pause + self.next_pause).min(PAUSE_MAX);
        true
    }
}
