//! A whole audience: as many viewers as you like, through a whole event, with a pause amid it.
//!
//! Each viewer is core's session on a device of its own behind a network of its own. Viewers do not meet: what they share is the
//! timeline, and when the hubs, which are simulated first ([`fanout::announce`](crate::fanout::announce)), send them the pause. So they are simulated one
//! after another, in any order and on any number of cores, and what was measured is added up: the same plan gives the same
//! figures everywhere, and a million viewers need no more memory than one.
//!
//! The server is a platform that grows with its audience, as Cloudflare's does. For one machine that does not, see
//! [`doors`](crate::doors).
//!
//! ```
//! use downbeat_core::Span;
//! use downbeat_sim::audience::{Audience, Plan};
//! let pause_at = Some(Span::from_millis(300_000));
//! let audience = Audience::new(Plan { viewers: 20, duration: Span::from_millis(600_000), pause_at, ..Plan::default() });
//! let mut one = audience.simulate(0..20);
//! let mut halves = audience.simulate(10..20);
//! halves.add(audience.simulate(0..10));
//! assert_eq!(one, halves);
//! let pause = &one.pause;
//! assert_eq!(pause.latency.count() + pause.absent + pause.unaware, 20);
//! assert_eq!((one.readings.total, one.readings.outside), (halves.readings.total, 0), "nobody is wronger than they say");
//! ```

mod histogram;
mod measures;
mod mix;
mod show;
mod viewer;

use core::ops::Range;

use downbeat_core::cueing::ListedCue;

use crate::fanout::Delivered;
pub use histogram::Histogram;
pub use measures::{Endpoint, Measures, Pause, Readings, Traffic};
pub use mix::{BadMix, Mix};
pub use show::Plan;
use show::Show;
use viewer::Viewer;

/// The audience of a plan.
#[derive(Debug)]
pub struct Audience(Show);

impl Audience {
    /// Prepares an audience: its hubs get the pause, if there is one.
    pub fn new(plan: Plan) -> Self {
        Self(Show::new(plan))
    }

    /// Gives the event a rundown.
    #[must_use]
    pub fn with_cues(self, cues: Vec<ListedCue>) -> Self {
        Self(self.0.with_cues(cues))
    }

    /// Returns the plan.
    pub const fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// Returns the number of hubs.
    pub const fn hubs(&self) -> u16 {
        self.0.hubs
    }

    /// Returns how the pause got to the hubs.
    pub const fn delivered(&self) -> Option<&Delivered> {
        self.0.delivered.as_ref()
    }

    /// Simulates the viewers with these numbers, and returns what was measured of them.
    pub fn simulate(&self, viewers: Range<u32>) -> Measures {
        let mut measures = Measures::new(self.plan().arrive + self.plan().duration);
        for number in viewers {
            Viewer::new(&self.0, number).watch(&mut measures);
        }
        measures
    }
}
