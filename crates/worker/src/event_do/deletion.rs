//! Deleting an event, step by step. It is marked first, so that it does not exist from then on, and whatever interrupts the
//! rest is done later: by its alarm, or by the same call sent again.
//!
//! The hubs close their sockets and delete what they saved; rundowns are deleted; then the event's own storage; and last,
//! the name is removed from the list. So no event exists that the list does not have.

use downbeat_core::event::{Delivery, Status};
use downbeat_core::object_clock::DecisionClock;
use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::json;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{ClockReport, Deletion};
use futures_util::future::join_all;
use worker::{Env, Storage};

use super::{EventDo, Guard, POLL, Registration, being_deleted, broken};
use crate::event::unknown_event;
use crate::reply::{Reply, unavailable};
use crate::{catalog, clock, hub, rundowns};

/// The longest wait for the hubs: 3 s. One that does not answer by then deletes its state when it asks the event next.
const HUBS_WAIT: Span = Span::from_millis(3_000);

/// How long after an interruption the alarm goes on: 5 s.
const RESUME_AFTER: Span = Span::from_millis(5_000);

/// How many hubs are told at a time: 64.
const HUBS_AT_ONCE: u16 = 64;

impl EventDo {
    /// Deletes the event. If it does not exist, a name that an interrupted deletion left in the list is removed.
    pub(super) async fn delete(
        &self,
        event: &EventName,
        guard: Guard,
        decision: DecisionClock,
    ) -> Result<Reply, Problem> {
        if self.is_deleting.get() {
            return Err(being_deleted(event));
        }
        if !self.store.is_deleting().map_err(broken)? {
            let before = self.state();
            let epoch = before.as_ref().ok().and_then(Option::as_ref).map(|state| state.epoch().clone());
            match (before, guard) {
                (Ok(Some(state)), Guard::Checked) => {
                    let sockets = self.gather(event, &state).await.sockets();
                    check(event, &state, sockets, ClockReport::at(decision, clock::now()).0)?;
                }
                (Err(_), Guard::Checked) => {
                    let detail =
                        format!("the state of event \"{event}\" cannot be read; to delete it, force it (\"?force\")");
                    return Err(Problem::new(Code::Conflict, detail));
                }
                (Ok(None), _) => {
                    unlist(&self.env, event).await?;
                    return Err(unknown_event(event));
                }
                (_, Guard::Forced) => {}
            }
            // What was applied is answered first.
            while !self.announcing.borrow().is_empty() {
                clock::wait(POLL).await;
            }
            // Another call may have deleted it meanwhile, and a new event may have its name.
            if self.is_deleting.get() || self.state.borrow().as_ref().map(|state| state.epoch()) != epoch.as_ref() {
                return Err(being_deleted(event));
            }
            self.store.set_deleting().map_err(broken)?;
            self.state.take();
        }
        let deletion = self.finish_deletion(event).await?;
        Ok(Reply::json(200, json::text(&deletion)))
    }

    /// Goes on with a deletion that was interrupted, if one was; returns whether.
    pub(super) async fn resume_deletion(&self) -> bool {
        let Some(event) = self.name.as_ref().filter(|_| self.store.is_deleting().unwrap_or(false)) else {
            return false;
        };
        if !self.is_deleting.get()
            && let Err(problem) = self.finish_deletion(event).await
        {
            worker::console_error!("event {event} is not deleted yet: {problem}");
        }
        true
    }

    async fn finish_deletion(&self, event: &EventName) -> Result<Deletion, Problem> {
        self.is_deleting.set(true);
        let deletion = self.delete_parts(event).await;
        self.is_deleting.set(false);
        deletion
    }

    async fn delete_parts(&self, event: &EventName) -> Result<Deletion, Problem> {
        self.storage.set_alarm(clock::duration(RESUME_AFTER)).await.map_err(broken)?;
        while self.registration.get() == Registration::InProgress {
            clock::wait(POLL).await;
        }
        let hubs = self.store.hubs_ever().map_err(broken)?.unwrap_or_default().max(Delivery::default().hubs);
        let rundowns = self.rundowns.count().map_err(broken)?;
        let deletion = finish(&self.env, &self.storage, event, hubs, rundowns).await?;
        self.registration.set(Registration::Unknown);
        Ok(deletion)
    }
}

/// Checks that an event with this many viewers may be deleted without force: nobody shall end a show by accident.
fn check(name: &EventName, state: &EventState, sockets: u64, now: ServerTime) -> Result<(), Problem> {
    let status = state.status(now);
    let is_under_way = matches!(status, Status::Running | Status::Paused);
    if status == Status::Ended || !is_under_way && sockets == 0 {
        return Ok(());
    }
    let what = match status {
        Status::Running => "is running",
        Status::Paused => "is paused",
        _ => "is scheduled",
    };
    let viewers = if sockets == 1 { "1 viewer".to_owned() } else { format!("{sockets} viewers") };
    let detail = format!(
        "event \"{name}\" {what} and has {viewers} connected; end it first, or force its deletion (\"?force\")"
    );
    Err(Problem::new(Code::Conflict, detail).with("sockets", sockets))
}

/// Does what follows the mark. Every step may be done twice. `rundowns` is how many are in the event's own storage.
async fn finish(env: &Env, storage: &Storage, name: &EventName, hubs: u16, rundowns: u64) -> Result<Deletion, Problem> {
    let broken = |error| unavailable(&format!("what is stored for event \"{name}\""), &error);
    let (hubs, sockets) = release_hubs(env, name, hubs).await;
    let rundowns = rundowns + rundowns::delete_all(env, name).await?;
    storage.delete_all().await.map_err(broken)?;
    let _ = storage.delete_alarm().await;
    unlist(env, name).await?;
    Ok(Deletion { event: name.clone(), hubs, sockets, rundowns })
}

/// Removes the name from the list.
async fn unlist(env: &Env, name: &EventName) -> Result<(), Problem> {
    catalog::remove(env, name).await.map_err(|error| unavailable("the list of events", &error))
}

/// Tells all hubs; returns how many answered, and how many sockets they had.
async fn release_hubs(env: &Env, name: &EventName, hubs: u16) -> (u32, u64) {
    let (mut released, mut sockets) = (0, 0);
    for first in (0..hubs).step_by(HUBS_AT_ONCE.into()) {
        let calls = (first..hubs.min(first + HUBS_AT_ONCE))
            .map(|number| async move { (number, clock::within(HUBS_WAIT, hub::delete(env, name, number)).await) });
        for (number, answer) in join_all(calls).await {
            match answer {
                Some(Ok(had)) => {
                    released += 1;
                    sockets += had;
                }
                Some(Err(error)) => worker::console_error!("hub {number} of event {name} does not answer: {error}"),
                None => worker::console_error!("hub {number} of event {name} does not answer in time"),
            }
        }
    }
    (released, sockets)
}
