//! Members that come, act and leave.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use downbeat_api::{ServerUrl, clock};
use downbeat_core::{EventName, LocalTime, Seed, Span};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::member::Member;
use super::phase::Phase;
use super::plan::RoomPlan;
use super::record::Record;
use super::shared::Shared;
use crate::ViewerError;
use crate::load::ensure_descriptors;

/// The pause between two checks of how many members are in the room: 20 ms.
const CHECK_PAUSE: Span = Span::from_millis(20);

/// How often the server is asked for the time during the test: every 30 s, as pages do.
const TIME_EVERY: Span = Span::from_millis(30_000);

/// How long the room gets to settle at the end: 2 s. What was sent before has arrived by then, or is behind.
const SETTLE: Span = Span::from_millis(2_000);

/// Members of a room. Dropping it closes all their sockets.
pub struct RoomTest {
    shared: Arc<Shared>,
    members: JoinSet<(usize, Record)>,
    phase: watch::Sender<Phase>,
    time: JoinHandle<()>,
    began: LocalTime,
    arrived_within: Span,
}

/// What all members of a load test saw.
pub struct RoomRecording {
    pub(super) records: Vec<Record>,
    pub(super) shared: Arc<Shared>,
    /// How long the test took, from the first arrival until all have left.
    pub(super) lasted: Span,
}

impl RoomTest {
    /// Lets the members come, spread over the plan's arrival time, and waits until all are in the room: at most the plan's `settle`
    /// after the last one set out.
    ///
    /// # Errors
    /// [`ViewerError`] if the server's name has no address, or this process may not open so many sockets.
    pub async fn start(url: &ServerUrl, room: &EventName, plan: RoomPlan) -> Result<Self, ViewerError> {
        ensure_descriptors(plan.members)?;
        let (phase, phases) = watch::channel(Phase::Arriving);
        let mut seeds = plan.seed.clone();
        let shared = Arc::new(Shared::connect(url, room, plan).await?);
        let plan = &shared.plan;
        let began = clock::monotonic();
        let mut members = JoinSet::new();
        for (index, invitation) in (0..plan.members as usize).zip(plan.invitations.iter().cycle()) {
            let share = index as f64 / f64::from(plan.members);
            let comes_at = began + Span::from_micros((plan.arrival.as_micros() as f64 * share) as i64);
            tokio::time::sleep_until(clock::instant(comes_at)).await;
            let (seed, name) = (Seed::new(seeds.next_u64()), format!("load {}", index + 1));
            let member = Member::new(Arc::clone(&shared), invitation.clone(), name, seed, phases.clone());
            members.spawn(async move { (index, member.run().await) });
        }
        let last = clock::monotonic();
        while shared.present.load(Ordering::Relaxed) < plan.members as usize && clock::monotonic() < last + plan.settle
        {
            clock::sleep(CHECK_PAUSE).await;
        }
        let arrived_within = clock::monotonic() - began;
        let asking = Arc::clone(&shared);
        let time = tokio::spawn(async move {
            loop {
                clock::sleep(TIME_EVERY).await;
                asking.ask_time().await;
            }
        });
        // It fails only without members.
        let _ = phase.send(Phase::Acting);
        Ok(Self { shared, members, phase, time, began, arrived_within })
    }

    /// Returns how many members are in the room now.
    pub fn present(&self) -> usize {
        self.shared.present.load(Ordering::Relaxed)
    }

    /// Returns how many have the controls.
    pub fn controllers(&self) -> u32 {
        self.shared.controllers.load(Ordering::Relaxed)
    }

    /// Returns the time from the first arrival until all were in the room, or the wait for them was over.
    pub const fn arrived_within(&self) -> Span {
        self.arrived_within
    }

    /// Ends the test: nobody does anything any more, those who left come back, and after 2 s all leave. Returns what they saw.
    ///
    /// # Panics
    /// If the task of a member panicked.
    pub async fn finish(self) -> RoomRecording {
        let Self { shared, members, phase, time, began, .. } = self;
        let _ = phase.send(Phase::Settling);
        clock::sleep(SETTLE).await;
        let _ = phase.send(Phase::Over);
        let mut records = members.join_all().await;
        time.abort();
        records.sort_by_key(|(index, _)| *index);
        let records = records.into_iter().map(|(_, record)| record).collect();
        RoomRecording { records, shared, lasted: clock::monotonic() - began }
    }
}
