//! What all viewers of one event share.

use std::sync::Arc;

use downbeat_core::Span;
use downbeat_core::clock::Exchange;
use downbeat_core::cueing::CueList;
use downbeat_core::session::{Failure, News};
use downbeat_core::{Digest, EventName, Seed};
use downbeat_sheet::Rundown;
use downbeat_wire::{Route, StateBody, TimeBody};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::endpoint::Endpoint;
use super::news::{Frames, Told, short};
use super::requests::{Answer, Questions};
use super::socket::{Loss, Socket};

/// An event on a server.
pub(crate) struct Venue {
    endpoint: Arc<Endpoint>,
    event: EventName,
    questions: Questions,
    pub(super) frames: Frames,
    /// The rundown that was fetched last; viewers of one process have one copy.
    rundown: Mutex<Option<(Digest, Arc<Rundown>)>>,
}

/// An answer that carries the time.
pub(super) struct Timed {
    pub(super) exchange: Exchange,
    /// Nothing where the server does not know the state.
    pub(super) news: Option<News>,
    /// The whole state, where that was asked for.
    pub(super) told: Option<Told>,
    pub(super) resync: Span,
}

impl Venue {
    pub(crate) fn new(endpoint: Endpoint, event: EventName) -> Self {
        let endpoint = Arc::new(endpoint);
        let questions = Questions::new(Arc::clone(&endpoint));
        Self { endpoint, event, questions, frames: Frames::default(), rundown: Mutex::default() }
    }

    pub(super) async fn time(&self) -> Result<Timed, Failure> {
        let answer = self.questions.ask(&Route::EventTime(self.event.clone()).path()).await?;
        let time: TimeBody = body(&answer)?;
        let t2 = time.received_at.unwrap_or(time.server_time);
        let exchange = Exchange::new(answer.left, t2, time.server_time, answer.arrived);
        let exchange = exchange.map_err(|_| Failure::NoAnswer)?;
        let resync = time.resync;
        Ok(Timed { exchange, news: short(time), told: None, resync })
    }

    pub(super) async fn state(&self) -> Result<Timed, Failure> {
        let answer = self.questions.ask(&Route::Event(self.event.clone()).path()).await?;
        let told = Told::of(body(&answer)?).ok_or(Failure::NoAnswer)?;
        let StateBody { server_time, resync, .. } = told.state;
        let exchange = Exchange::new(answer.left, server_time, server_time, answer.arrived);
        let exchange = exchange.map_err(|_| Failure::NoAnswer)?;
        Ok(Timed { exchange, news: Some(told.news.clone()), told: Some(told), resync })
    }

    pub(super) async fn status(&self) -> Result<Told, Failure> {
        let answer = self.questions.ask(&Route::Status(self.event.clone()).path()).await?;
        Told::of(body(&answer)?).ok_or(Failure::NoAnswer)
    }

    /// Opens a socket at the path that the state names.
    pub(super) async fn open(&self, live_url: Option<String>, not: Option<u16>) -> Result<Socket, Loss> {
        let path = live_url.unwrap_or_else(|| Route::Live(self.event.clone()).path());
        let query = not.map(|hub| format!("?not={hub}")).unwrap_or_default();
        Socket::open(&self.endpoint, &format!("{path}{query}")).await
    }

    /// Returns a rundown: fetched by the first who asks, while the others wait.
    pub(super) async fn rundown(&self, digest: Digest) -> Result<Arc<Rundown>, Failure> {
        let mut kept = self.rundown.lock().await;
        if let Some((_, rundown)) = kept.as_ref().filter(|(known, _)| *known == digest) {
            return Ok(Arc::clone(rundown));
        }
        let answer = self.questions.ask(&Route::Rundown(self.event.clone(), digest).path()).await?;
        let rundown = Arc::new(Rundown::parse(&answer.body).map_err(|_| Failure::NoAnswer)?);
        *kept = Some((digest, Arc::clone(&rundown)));
        Ok(rundown)
    }
}

/// Returns the cues of a rundown as a viewer has them; none for one who does not follow them.
pub(super) fn cue_list(rundown: &Rundown, viewer: Option<&Seed>) -> CueList {
    viewer.map(|viewer| rundown.cue_list(viewer)).unwrap_or_default()
}

fn body<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| Failure::NoAnswer)
}
