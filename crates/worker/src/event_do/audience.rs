//! Who is there, now and minute by minute while somebody has a socket.
//!
//! Hubs with sockets ask the event for its state every 15 s anyway. The first one in a minute that does makes it ask all of them: no
//! alarm of its own, and nothing where nobody is.

use downbeat_core::fanout::{Gathering, Occupancy, SampleNumber, Tree};
use downbeat_core::{EventName, EventState, Rev};
use downbeat_wire::audience::history;
use downbeat_wire::problem::Problem;
use downbeat_wire::{Audience, json, metrics};
use wasm_bindgen_futures::spawn_local;

use super::{EventDo, broken};
use crate::event::unknown_event;
use crate::reply::Reply;
use crate::{clock, fanout};

impl EventDo {
    /// Returns how many viewers are connected, and what a sample of them acknowledged of the last change.
    pub(super) async fn audience(&self, event: &EventName) -> Result<Reply, Problem> {
        let (_, audience) = self.count_audience(event).await?;
        Ok(Reply::json(200, json::text(&audience)))
    }

    /// Returns the same, and the event's status, for Prometheus.
    pub(super) async fn metrics(&self, event: &EventName) -> Result<Reply, Problem> {
        let (state, audience) = self.count_audience(event).await?;
        let status = state.status(clock::now()).into();
        Ok(Reply::plain(metrics::text(event, status, &audience)))
    }

    async fn count_audience(&self, event: &EventName) -> Result<(EventState, Audience), Problem> {
        let state = self.state()?.ok_or_else(|| unknown_event(event))?;
        let gathering = self.gather(event, &state).await;
        let audience = Audience::new(&state.version(), &gathering, &self.occupancy.borrow());
        Ok((state, audience))
    }

    /// Returns the reports of all hubs that answer within a second.
    pub(super) async fn gather(&self, event: &EventName, state: &EventState) -> Gathering {
        let gathering = Gathering::new(Tree::of(state.delivery().hubs), Rev::default());
        let gathering = fanout::gather(&self.env, event, gathering, None).await;
        self.handle_reports(&gathering);
        gathering
    }

    /// Samples the audience if that was not done in this minute, after the answer to the hub that asks.
    pub(super) fn sample_audience(&self, state: &EventState) {
        let now = clock::now();
        let number = SampleNumber::at(now);
        let Some(event) = self.name.clone().filter(|_| self.sampled.replace(Some(number)) != Some(number)) else {
            return;
        };
        let (env, store, version) = (self.env.clone(), self.store.clone(), state.version());
        let gathering = Gathering::new(Tree::of(state.delivery().hubs), Rev::default());
        spawn_local(async move {
            let gathering = fanout::gather(&env, &event, gathering, None).await;
            let audience = Audience::new(&version, &gathering, &Occupancy::default());
            if let Err(error) = store.save_sample(number, &history::sample(now, audience)) {
                worker::console_error!("event {event} cannot save a sample of its audience: {error}");
            }
        });
    }

    /// Returns the history of the audience.
    pub(super) fn audience_history(&self, event: &EventName) -> Result<Reply, Problem> {
        self.state()?.ok_or_else(|| unknown_event(event))?;
        Ok(Reply::json(200, self.store.samples().map_err(broken)?))
    }
}
