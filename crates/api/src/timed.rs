//! The calls whose answers carry the server's time. A cache's answer to them is an error.

use std::sync::{MutexGuard, PoisonError};

use downbeat_core::EventName;
use downbeat_wire::freshness::Freshness;
use downbeat_wire::{Route, StateBody, TimeBody};

use crate::attempts::Call;
use crate::client::{Client, Response, parse};
use crate::clock;
use crate::error::ApiError;

impl Client {
    /// Returns the event's public state. With a token that may read, the server asks the event itself instead of a copy
    /// that may be a second old.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Cached`] if a cache on the way answers.
    pub async fn state(&self, event: &EventName) -> Result<Response<StateBody>, ApiError> {
        let t1 = self.freshness().next_t1(clock::wall());
        let call = Call { t1: Some(t1.clone()), ..Call::get(Route::Event(event.clone())) };
        let answer = self.sender.send(&call.authorized()).await?.accepted()?;
        let body: StateBody = answer.body()?;
        answer.check_fresh(&mut self.freshness(), &t1, body.t1.as_deref(), body.server_time)?;
        self.parse_state(answer)
    }

    /// Returns the event's time.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Cached`] if a cache on the way answers.
    pub async fn time(&self, event: &EventName) -> Result<Response<TimeBody>, ApiError> {
        self.read_time(Route::EventTime(event.clone())).await
    }

    /// Returns the server's time, whichever events it has.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Cached`] if a cache on the way answers.
    pub async fn clock(&self) -> Result<Response<TimeBody>, ApiError> {
        self.read_time(Route::Time).await
    }

    async fn read_time(&self, route: Route) -> Result<Response<TimeBody>, ApiError> {
        let t1 = self.freshness().next_t1(clock::wall());
        let call = Call { t1: Some(t1.clone()), ..Call::get(route) };
        let answer = self.sender.send(&call).await?.accepted()?;
        let time: TimeBody = answer.body()?;
        answer.check_fresh(&mut self.freshness(), &t1, time.t1.as_deref(), time.server_time)?;
        let response = parse(answer, |time: &TimeBody| time.server_time)?;
        Ok(Response { body: TimeBody { t1: None, ..response.body }, ..response })
    }

    fn freshness(&self) -> MutexGuard<'_, Freshness> {
        self.freshness.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
