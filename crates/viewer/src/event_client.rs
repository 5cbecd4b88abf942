//! The client that all viewers of one event share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use downbeat_api::http::{FILE_BYTES_MAX, Limits};
use downbeat_api::{ServerUrl, clock};
use downbeat_core::clock::Exchange;
use downbeat_core::session::{Failure, News};
use downbeat_core::{Digest, EventName, Span};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::{Route, StateBody, TimeBody};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::endpoint::Endpoint;
use crate::error::ViewerError;
use crate::news::{FrameCache, FullState, short_state};
use crate::requests::{Requests, Response};
use crate::socket::{Refusal, Socket};

/// What is read of a state: 1 MiB, far more than a state has, within 30 s; the session gives up earlier.
const STATE: Limits = Limits { timeout: Span::from_millis(30_000), bytes: 1 << 20 };

/// What is read of a rundown. It is loaded once for all viewers, so a slow network may take 60 s.
const RUNDOWN: Limits = Limits { timeout: Span::from_millis(60_000), bytes: FILE_BYTES_MAX };

/// The client that all viewers of one event share: connections, frames that are parsed once, and one copy of the rundown.
pub struct EventClient {
    endpoint: Arc<Endpoint>,
    event: EventName,
    requests: Requests,
    pub(super) frames: FrameCache,
    /// The rundown that was loaded last.
    rundown: Mutex<Option<(Digest, Arc<Rundown>)>>,
    /// How many requests for the time were sent.
    asked: AtomicU64,
}

/// An answer that carries the server's time.
pub(super) struct TimedAnswer {
    pub(super) exchange: Exchange,
    /// The state; `None` if the server does not know it.
    pub(super) news: Option<News>,
    /// The whole state, if that was asked for.
    pub(super) state: Option<FullState>,
    pub(super) resync: Span,
    /// How long the server asks to wait before the next request.
    pub(super) retry_after: Option<Span>,
}

impl EventClient {
    /// Creates a client for `event` on the server at `url`. It resolves the server's name and sends nothing yet.
    ///
    /// # Errors
    /// [`ViewerError::UnknownHost`] if the server's name has no address.
    pub async fn connect(url: &ServerUrl, event: EventName) -> Result<Self, ViewerError> {
        let endpoint = Arc::new(Endpoint::resolve(url).await?);
        let requests = Requests::new(Arc::clone(&endpoint));
        Ok(Self {
            endpoint,
            event,
            requests,
            frames: FrameCache::default(),
            rundown: Mutex::default(),
            asked: AtomicU64::new(0),
        })
    }

    /// Returns what the next request for the time asks with: a word of its own, which no cache has.
    fn t1(&self) -> String {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        format!("{:x}.{number:x}", clock::wall().as_micros())
    }

    /// Requests the time, with the short state.
    pub(super) async fn time(&self) -> Result<TimedAnswer, Failure> {
        let t1 = self.t1();
        let path = format!("{}?t1={t1}", Route::EventTime(self.event.clone()).path());
        let response = self.requests.get(&path, STATE).await?;
        let time: TimeBody = parse(&response)?;
        check_fresh(&response, time.t1.as_deref(), &t1)?;
        let received_at = time.received_at.unwrap_or(time.server_time);
        let exchange = Exchange::new(response.sent, received_at, time.server_time, response.arrived);
        let exchange = exchange.map_err(|_| Failure::NoAnswer)?;
        let (resync, retry_after) = (time.resync, time.retry_after);
        Ok(TimedAnswer { exchange, news: short_state(time), state: None, resync, retry_after })
    }

    /// Requests the whole state, which carries the time too.
    pub(super) async fn state(&self) -> Result<TimedAnswer, Failure> {
        let t1 = self.t1();
        let path = format!("{}?t1={t1}", Route::Event(self.event.clone()).path());
        let response = self.requests.get(&path, STATE).await?;
        let state = FullState::new(parse(&response)?).ok_or(Failure::NoAnswer)?;
        check_fresh(&response, state.body.t1.as_deref(), &t1)?;
        let StateBody { server_time, resync, retry_after, .. } = state.body;
        let exchange = Exchange::new(response.sent, server_time, server_time, response.arrived);
        let exchange = exchange.map_err(|_| Failure::NoAnswer)?;
        Ok(TimedAnswer { exchange, news: Some(state.news.clone()), state: Some(state), resync, retry_after })
    }

    /// Requests the whole state as caches have it, which may be some seconds old.
    pub(super) async fn status(&self) -> Result<FullState, Failure> {
        let response = self.requests.get(&Route::Status(self.event.clone()).path(), STATE).await?;
        FullState::new(parse(&response)?).ok_or(Failure::NoAnswer)
    }

    /// Opens a socket at the path that the state names, if possible not at the hub `avoid`.
    pub(super) async fn open_socket(&self, live_url: Option<String>, avoid: Option<u16>) -> Result<Socket, Refusal> {
        let path = live_url.unwrap_or_else(|| Route::Live(self.event.clone()).path());
        let query = avoid.map(|hub| format!("?not={hub}")).unwrap_or_default();
        Socket::open(&self.endpoint, &format!("{path}{query}")).await
    }

    /// Loads a rundown. The first viewer that needs it sends the request, and the others wait for the same copy. After `failures`
    /// it is requested under a URL that no cache on the way has.
    pub(super) async fn rundown(&self, digest: Digest, failures: u32) -> Result<Arc<Rundown>, Failure> {
        let mut loaded = self.rundown.lock().await;
        if let Some((_, rundown)) = loaded.as_ref().filter(|(known, _)| *known == digest) {
            return Ok(Arc::clone(rundown));
        }
        let mut path = Route::Rundown(self.event.clone(), digest).path();
        if failures > 0 {
            path.push_str(&format!("?try={failures}"));
        }
        let response = self.requests.get(&path, RUNDOWN).await?;
        if digest_of(&response.body) != digest {
            return Err(Failure::NoAnswer);
        }
        let rundown = Arc::new(Rundown::parse(&response.body).map_err(|_| Failure::NoAnswer)?);
        *loaded = Some((digest, Arc::clone(&rundown)));
        Ok(rundown)
    }
}

/// Checks that no cache answered. Servers of before do not repeat what a request asks with.
///
/// # Errors
/// [`Failure::StaleTime`] if the answer was made for another request, or is older than it.
fn check_fresh(response: &Response, repeated: Option<&str>, asked: &str) -> Result<(), Failure> {
    let is_fresh = response.age == 0 && repeated.is_none_or(|repeated| repeated == asked);
    is_fresh.then_some(()).ok_or(Failure::StaleTime)
}

fn parse<T: DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    serde_json::from_slice(&response.body).map_err(|_| Failure::NoAnswer)
}
