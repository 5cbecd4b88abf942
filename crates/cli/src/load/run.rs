//! Viewers arriving, watching and leaving.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use downbeat_core::{EventName, LocalTime, Seed, Session, Span};
use downbeat_wire::CommandAnswer;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::descriptors;
use super::record::Record;
use crate::clock;
use crate::error::Error;
use crate::output::Output;
use crate::server::ServerUrl;
use crate::text;
use crate::viewing::{Endpoint, Venue, Viewer};

/// How many cues all viewers together hold: 2,000,000, some 200 MB. With longer rundowns only some viewers follow
/// the cues.
const CUES_MAX: usize = 2_000_000;

/// How long the last arrivals are waited for: 15 s, more than the 10 s over which refused ones come back.
const SETTLING_MAX: Span = Span::from_millis(15_000);

/// How long after the last look the next one is taken at who is there: 50 ms.
const LOOK: Span = Span::from_millis(50);

/// Where the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Viewers come.
    Arriving,
    /// All are there that will be; what happens is measured.
    Watching,
    /// They leave.
    Over,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) viewers: u32,
    /// The time over which they come.
    pub(crate) arrival: Span,
    /// How long they watch once they are there.
    pub(crate) duration: Span,
    /// How long they watch before the pause.
    pub(crate) pause_after: Option<Span>,
    /// How many connections are dropped in a second.
    pub(crate) churn: f64,
}

/// A pause that was sent under way.
#[derive(Clone, Debug)]
pub(crate) struct Paused {
    /// When the command left.
    pub(crate) sent: LocalTime,
    /// When it was answered.
    pub(crate) answered: LocalTime,
    pub(crate) answer: CommandAnswer,
}

/// Everything that was seen.
pub(crate) struct Crowd {
    pub(crate) plan: Plan,
    pub(crate) viewers: Vec<(Session, Record)>,
    /// How long it took until all had a socket, or until they were no longer waited for.
    pub(crate) settled: Span,
    /// When the watching was over.
    pub(crate) over: LocalTime,
    pub(crate) paused: Option<Paused>,
    /// How many followed the cues.
    pub(crate) following: usize,
}

impl Plan {
    /// Returns how long it is from one loss of a viewer to the next, on average; nothing if there are none.
    fn drops_every(&self) -> Option<Span> {
        (self.churn > 0.0).then(|| Span::from_micros((f64::from(self.viewers) / self.churn * 1e6) as i64))
    }
}

impl Crowd {
    /// Has viewers come, watch and leave. `pause` sends the pause.
    ///
    /// # Errors
    /// [`Error::Usage`] if this process may not open so many sockets, [`Error::Server`] if the server's name is
    /// unknown, and what `pause` says.
    pub(crate) async fn gather(
        plan: Plan,
        url: &ServerUrl,
        event: &EventName,
        cues: usize,
        output: Output,
        pause: impl Future<Output = Result<CommandAnswer, Error>>,
    ) -> Result<Self, Error> {
        descriptors::ensure(plan.viewers)?;
        let endpoint = Endpoint::look_up(url).await?;
        let venue = Arc::new(Venue::new(endpoint, event.clone()));
        run(plan, venue, cues, output, pause).await
    }
}

async fn run(
    plan: Plan,
    venue: Arc<Venue>,
    cues: usize,
    output: Output,
    pause: impl Future<Output = Result<CommandAnswer, Error>>,
) -> Result<Crowd, Error> {
    let began = clock::monotonic();
    let (phase, watching) = watch::channel(Phase::Arriving);
    let joined = Arc::new(AtomicUsize::new(0));
    let following = CUES_MAX.checked_div(cues).unwrap_or(usize::MAX);
    let mut viewers = JoinSet::new();
    for nth in 0..plan.viewers {
        let share = f64::from(nth) / f64::from(plan.viewers);
        until(began + Span::from_micros((plan.arrival.as_micros() as f64 * share) as i64)).await;
        let seed = seed(nth)?;
        let mut record = Record::new(watching.clone(), plan.drops_every(), seed.clone(), Arc::clone(&joined));
        let follows = (nth as usize) < following;
        let viewer = Viewer::new(Arc::clone(&venue), seed, follows);
        viewers.spawn(async move {
            let session = viewer.run(&mut record).await;
            (session, record)
        });
    }

    let everybody = plan.viewers as usize;
    let patience = clock::monotonic() + SETTLING_MAX;
    while joined.load(Ordering::Relaxed) < everybody && clock::monotonic() < patience {
        until(clock::monotonic() + LOOK).await;
    }
    let watched = clock::monotonic();
    let settled = watched - began;
    let there = joined.load(Ordering::Relaxed);
    output.remark(&format!("{there} of {everybody} viewers are there after {}\n", text::span(settled)));
    let _ = phase.send(Phase::Watching);

    let mut paused = None;
    if let Some(after) = plan.pause_after {
        until(watched + after).await;
        let sent = clock::monotonic();
        let answer = pause.await?;
        let answered = clock::monotonic();
        output.remark(&format!("paused (rev {}) after {}\n", answer.rev, text::fine(answered - sent)));
        paused = Some(Paused { sent, answered, answer });
    }
    until(watched + plan.duration).await;
    let over = clock::monotonic();
    let _ = phase.send(Phase::Over);
    let following = following.min(everybody);
    Ok(Crowd { plan, viewers: viewers.join_all().await, settled, over, paused, following })
}

async fn until(at: LocalTime) {
    tokio::time::sleep_until(clock::instant(at)).await;
}

/// Returns a seed for a viewer: one that no other viewer of any run has.
fn seed(nth: u32) -> Result<Seed, Error> {
    let run: [u8; 16] = crate::change::random()?;
    Ok(Seed::of(&[&run, &nth.to_le_bytes()]))
}
