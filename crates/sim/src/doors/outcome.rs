//! What became of everyone who arrived.

use downbeat_core::Span;

use super::server::Server;
use super::viewer::Viewer;

/// What became of everyone who arrived.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The number of viewers.
    pub viewers: u32,
    /// The requests that viewers sent.
    pub questions: u32,
    /// The attempts to open a socket.
    pub attempts: u32,
    /// The sockets that viewers closed because nothing came through them in time.
    pub given_up: u32,
    /// The sockets that the server made, also for clients that had gone.
    pub made: u32,
    /// When each viewer had its first socket, the earliest first; those without one are missing.
    pub live_at: Vec<Span>,
    /// How many had a socket at the end.
    pub live: u32,
    /// How long after the pause, or after arriving if that was later, each viewer knew of it, the soonest first; those
    /// who never knew are missing.
    pub knew_after: Vec<Span>,
}

impl Outcome {
    pub(super) fn new(viewers: u32) -> Self {
        Self { viewers, ..Self::default() }
    }

    pub(super) fn finish(&mut self, viewers: &[Viewer], server: &Server, paused_at: Span) {
        self.made = server.made;
        for (questions, attempts, given_up) in viewers.iter().map(Viewer::counts) {
            self.questions += questions;
            self.attempts += attempts;
            self.given_up += given_up;
        }
        self.live = viewers.iter().filter(|viewer| viewer.is_live).count() as u32;
        self.live_at = viewers.iter().filter_map(|viewer| viewer.live_at).collect();
        self.live_at.sort_unstable();
        let since = |viewer: &Viewer| Some(viewer.knew_at? - viewer.arrived_at().max(paused_at));
        self.knew_after = viewers.iter().filter_map(since).collect();
        self.knew_after.sort_unstable();
    }

    /// Returns when so many percent of the viewers had a socket; `None` if so many never had one.
    pub fn live_within(&self, percent: u32) -> Option<Span> {
        at_percent(&self.live_at, self.viewers, percent)
    }

    /// Returns how long after the pause so many percent of the viewers knew of it; `None` if so many never did.
    pub fn knew_within(&self, percent: u32) -> Option<Span> {
        at_percent(&self.knew_after, self.viewers, percent)
    }

    /// Returns how many sockets a second were had until 90 % of the viewers had one; 0 if they never did.
    pub fn sockets_per_second(&self) -> f64 {
        let Some(until) = self.live_within(90) else { return 0.0 };
        f64::from(self.viewers) * 0.9 / (until.as_millis() as f64 / 1e3)
    }
}

fn at_percent(spans: &[Span], viewers: u32, percent: u32) -> Option<Span> {
    let index = (u64::from(viewers) * u64::from(percent)).div_ceil(100).max(1) - 1;
    spans.get(index as usize).copied()
}
