//! What all viewers of an audience share: the plan, and the event that it makes.

use downbeat_core::cueing::ListedCue;
use downbeat_core::fanout::hubs_for;
use downbeat_core::session::{Details, News};
use downbeat_core::{Digest, EventTimeline, Position, Rate, Rev, Segment, ServerTime, Span, Timeline};

use super::mix::Mix;
use crate::fanout::{self, Delivered};
use crate::world::BEGIN;

/// How long before a pause takes effect it is announced: 500 ms.
pub(super) const LEAD: Span = Span::from_millis(500);

/// The digest of every rundown here.
pub(super) const RUNDOWN: Digest = Digest::from_bytes([7; 32]);

/// Who watches what, and what happens.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many viewers come.
    pub viewers: u32,
    /// How long the event is.
    pub duration: Span,
    /// Over which time before the beginning they open the page, evenly.
    pub arrive: Span,
    /// Their networks.
    pub mix: Mix,
    /// When the event is paused, from its beginning; it stays so.
    pub pause_at: Option<Span>,
    /// The number of hubs; as many as the audience needs by default.
    pub hubs: Option<u16>,
    /// How often viewers ask for the time once they know it.
    pub resync: Span,
    /// The seed of everything.
    pub seed: u64,
}

impl Default for Plan {
    /// A thousand viewers on Wi-Fi and phones, who come within the last two minutes and stay for an hour.
    fn default() -> Self {
        Self {
            viewers: 1_000,
            duration: Span::from_millis(3_600_000),
            arrive: Span::from_millis(120_000),
            mix: Mix::default(),
            pause_at: None,
            hubs: None,
            resync: Span::from_millis(300_000),
            seed: 1,
        }
    }
}

/// The event of a plan.
#[derive(Debug)]
pub(super) struct Show {
    pub(super) plan: Plan,
    pub(super) hubs: u16,
    /// How the pause gets to the hubs.
    pub(super) delivered: Option<Delivered>,
    pub(super) cues: Vec<ListedCue>,
    before: News,
    after: News,
}

impl Show {
    pub(super) fn new(plan: Plan) -> Self {
        let hubs = plan.hubs.unwrap_or_else(|| hubs_for(plan.viewers)).max(1);
        let delivered = plan.pause_at.map(|_| fanout::announce(hubs, plan.viewers / u32::from(hubs), 0.0, plan.seed));
        let (before, after) = (news(None), news(plan.pause_at));
        Self { plan, hubs, before, after, delivered, cues: Vec::new() }
    }

    pub(super) fn with_cues(mut self, cues: Vec<ListedCue>) -> Self {
        self.before.rundown = Some(RUNDOWN);
        self.after.rundown = Some(RUNDOWN);
        Self { cues, ..self }
    }

    /// When the doors open.
    pub(super) fn opens_at(&self) -> ServerTime {
        BEGIN - self.plan.arrive
    }

    pub(super) fn ends_at(&self) -> ServerTime {
        BEGIN + self.plan.duration
    }

    /// When the operator pauses.
    pub(super) fn paused_at(&self) -> Option<ServerTime> {
        self.plan.pause_at.map(|at| BEGIN + at)
    }

    /// Returns what the server says at `at`, if it learned of the pause `late`.
    pub(super) fn news(&self, at: ServerTime, late: Span) -> &News {
        if self.paused_at().is_some_and(|paused| paused + late <= at) { &self.after } else { &self.before }
    }
}

/// Returns the event's state: on since the world began, and paused at `pause_at`.
fn news(pause_at: Option<Span>) -> News {
    let mut timeline = EventTimeline::starting_at(BEGIN);
    let mut rev = Rev::FIRST;
    if let Some(at) = pause_at {
        let held_at = Position::from_millis((at + LEAD).as_millis());
        let held = Segment { from: BEGIN + at + LEAD, position: held_at, rate: Rate::HELD };
        timeline.timeline = Timeline::from_segments(vec![timeline.segments()[0], held]).expect("they are in order");
        rev = rev.next();
    }
    let details = Some(Details { messages: Vec::new(), pushes: true, replaces: None, confirmed: None });
    News { epoch: "audience".parse().expect("it is an epoch"), rev, timeline, rundown: None, details }
}
