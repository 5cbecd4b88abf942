//! What `load` will do.

use downbeat_core::{Seed, Span};
use downbeat_viewer::load;
use serde_json::{Map, Value, json};

use crate::cli::LoadArgs;
use crate::error::Error;
use crate::output::members;
use crate::text::{self, Table};

/// The viewers that arrive per second unless `--arrive` is given: 1,000.
const ARRIVALS_PER_SECOND: i64 = 1_000;

/// The shortest time that viewers watch after the pause: 3 s, until it took effect and was acknowledged.
const AFTER_PAUSE: Span = Span::from_millis(3_000);

/// What `load` will do.
#[derive(Clone, Debug)]
pub(super) struct LoadPlan {
    pub(super) viewers: u32,
    /// The time over which they arrive.
    pub(super) arrival: Span,
    /// The longest wait for the last ones to connect.
    pub(super) settle: Span,
    /// How long they watch after that.
    pub(super) duration: Span,
    /// How long they watch before the pause; `None` if the event is not paused.
    pub(super) pause_after: Option<Span>,
    /// How many connections are dropped per second.
    pub(super) churn: f64,
}

impl LoadPlan {
    /// Reads the plan from the command line.
    ///
    /// # Errors
    /// If the viewers would leave before the pause took effect.
    pub(super) fn new(args: &LoadArgs) -> Result<Self, Error> {
        if let Some(after) = args.pause_after.filter(|after| *after + AFTER_PAUSE > args.duration()) {
            return Err(Error::usage(
                format!(
                    "--duration {} is too short to measure a pause after {}",
                    text::span(args.duration()),
                    text::span(after)
                ),
                format!("give --duration {}s or more", (after + AFTER_PAUSE).as_millis().div_euclid(1_000) + 1),
            ));
        }
        let arrival = Span::from_millis(i64::from(args.viewers()) * 1_000 / ARRIVALS_PER_SECOND);
        Ok(Self {
            viewers: args.viewers(),
            arrival: args.arrive.unwrap_or(arrival),
            settle: args.settle,
            duration: args.duration(),
            pause_after: args.pause_after,
            churn: args.churn,
        })
    }

    /// Plans the viewers for a rundown of the given number of cues.
    pub(super) fn for_viewers(&self, cues: usize, seed: Seed) -> load::Plan {
        let Self { viewers, arrival, settle, churn, .. } = *self;
        load::Plan { viewers, arrival, settle, drops_per_second: churn, cues, seed }
    }

    /// Adds the plan to a screen.
    pub(super) fn show(&self, screen: &mut Table, cues: usize) {
        let viewers = text::thousands(u64::from(self.viewers));
        screen.line("load", format!("{viewers} viewers, who arrive over {}", text::span(self.arrival)));
        screen.line("duration", text::span(self.duration));
        screen.line("rundown", text::count(cues, "cue"));
        if self.churn > 0.0 {
            screen.line("churn", format!("{} connections are dropped per second", self.churn));
        }
        if let Some(after) = self.pause_after {
            screen
                .line("pause", format!("after {}: it pauses the event for everyone who watches it", text::span(after)));
        }
    }

    /// Returns the plan for programs.
    pub(super) fn json(&self) -> Map<String, Value> {
        let Self { viewers, arrival, settle, duration, pause_after, churn } = self;
        members(json!({
            "viewers": viewers, "arrival": arrival, "settle": settle, "duration": duration, "pauseAfter": pause_after,
            "churn": churn,
        }))
    }
}
