//! Viewers that arrive, watch and leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use downbeat_api::clock;
use downbeat_core::{LocalTime, Seed, Session, Span};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::descriptors;
use super::phase::Phase;
use super::record::Record;
use crate::{Cues, EventClient, Viewer, ViewerError};

/// The most cues that all viewers together hold: 2,000,000, about 200 MB. With longer rundowns only some viewers follow
/// the cues.
const CUES_MAX: usize = 2_000_000;

/// The pause between two checks of how many viewers are connected: 50 ms.
const CHECK_PAUSE: Span = Span::from_millis(50);

/// What a load test does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The number of viewers.
    pub viewers: u32,
    /// The time over which they arrive, evenly.
    pub arrival: Span,
    /// The longest wait for the last viewers to connect.
    pub settle: Span,
    /// How many connections are dropped per second, all viewers together, once all have arrived.
    pub drops_per_second: f64,
    /// The number of cues in the event's rundown, which limits how many viewers follow them.
    pub cues: usize,
    /// The seed of all viewers. Use a new one for each run: viewers with the same seed wait for the same times.
    pub seed: Seed,
}

/// Viewers that have arrived, and watch. Dropping it closes all their sockets.
#[derive(Debug)]
pub struct LoadTest {
    viewers: JoinSet<(Session, Record)>,
    phase: watch::Sender<Phase>,
    connected: Arc<AtomicUsize>,
    began: LocalTime,
    arrived_within: Span,
    following: usize,
}

/// What all viewers of a load test saw.
#[derive(Debug)]
pub struct Recording {
    /// When the first viewer arrived.
    pub(super) began: LocalTime,
    pub(super) viewers: Vec<(Session, Record)>,
    /// When the viewers left.
    pub(super) over: LocalTime,
}

impl Plan {
    /// The usual wait for the last viewers to connect: 15 s, more than the 10 s over which refused ones come back.
    pub const SETTLE: Span = Span::from_millis(15_000);

    /// Returns the average time between two drops of the same viewer's socket; `None` if none is dropped.
    fn drop_interval(&self) -> Option<Span> {
        (self.drops_per_second > 0.0)
            .then(|| Span::from_micros((f64::from(self.viewers) / self.drops_per_second * 1e6) as i64))
    }

    /// Returns how many viewers follow the cues.
    fn following(&self) -> usize {
        CUES_MAX.checked_div(self.cues).unwrap_or(usize::MAX).min(self.viewers as usize)
    }
}

impl Recording {
    /// Returns the time from the first arrival until the last viewer had its first socket; `None` if some never had one.
    pub fn all_joined_within(&self) -> Option<Span> {
        let joined: Option<Vec<_>> = self.viewers.iter().map(|(_, record)| record.first_joined_at()).collect();
        Some(joined?.into_iter().max()? - self.began)
    }
}

impl LoadTest {
    /// Starts the viewers, spread over the plan's arrival time, and waits until all are connected: at most the plan's
    /// `settle` after the last one started.
    ///
    /// # Errors
    /// [`ViewerError::TooFewDescriptors`] if this process may not open so many sockets.
    pub async fn start(client: &Arc<EventClient>, plan: &Plan) -> Result<Self, ViewerError> {
        descriptors::ensure(plan.viewers)?;
        let began = clock::monotonic();
        let (phase, phases) = watch::channel(Phase::Arriving);
        let connected = Arc::new(AtomicUsize::new(0));
        let following = plan.following();
        let mut seeds = plan.seed.clone();
        let mut viewers = JoinSet::new();
        for index in 0..plan.viewers {
            let share = f64::from(index) / f64::from(plan.viewers);
            sleep_until(began + Span::from_micros((plan.arrival.as_micros() as f64 * share) as i64)).await;
            let seed = Seed::new(seeds.next_u64());
            let mut record = Record::new(phases.clone(), plan.drop_interval(), seed.clone(), Arc::clone(&connected));
            let cues = if (index as usize) < following { Cues::Followed } else { Cues::Ignored };
            let viewer = Viewer::new(Arc::clone(client), seed, cues);
            viewers.spawn(async move {
                let session = viewer.run(&mut record).await;
                (session, record)
            });
        }

        let arrived = clock::monotonic();
        while connected.load(Ordering::Relaxed) < plan.viewers as usize && clock::monotonic() < arrived + plan.settle {
            sleep_until(clock::monotonic() + CHECK_PAUSE).await;
        }
        let arrived_within = clock::monotonic() - began;
        // It fails only without viewers.
        let _ = phase.send(Phase::Watching);
        Ok(Self { viewers, phase, connected, began, arrived_within, following })
    }

    /// Returns how many viewers have a socket now.
    pub fn connected(&self) -> usize {
        self.connected.load(Ordering::Relaxed)
    }

    /// Returns the time from the first arrival until all viewers were connected, or the wait for them was over.
    pub const fn arrived_within(&self) -> Span {
        self.arrived_within
    }

    /// Returns how many viewers follow the cues.
    pub const fn following(&self) -> usize {
        self.following
    }

    /// Ends the test: all viewers leave. Returns what they saw.
    ///
    /// # Panics
    /// If the task of a viewer panicked.
    pub async fn finish(self) -> Recording {
        let over = clock::monotonic();
        let _ = self.phase.send(Phase::Over);
        Recording { began: self.began, viewers: self.viewers.join_all().await, over }
    }
}

async fn sleep_until(at: LocalTime) {
    tokio::time::sleep_until(clock::instant(at)).await;
}
