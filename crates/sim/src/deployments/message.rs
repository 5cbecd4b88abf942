//! What is on its way, and what the parts of a world share.

use downbeat_core::session::{Details, News, Request};
use downbeat_core::{EventState, LocalTime, Seed, ServerTime, Span, Version};
use std::collections::BTreeMap;

/// When a world begins, and with it its event: 2024-01-01T00:00:00Z.
pub(super) const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// One of the two deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployment {
    /// The one to which the name leads at first.
    Main,
    /// The other one, which has the same event in an epoch of its own.
    Other,
}

/// Something on its way to a viewer, or to the server that holds their socket.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "most are for viewers")]
pub(super) enum Message {
    Viewer(usize, Input),
    Join { at: Deployment, viewer: usize, socket: u32 },
    Left { at: Deployment, socket: u32 },
}

/// What the parts of a world share.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) now: ServerTime,
    pub(super) seed: Seed,
    pub(super) messages: BTreeMap<(ServerTime, u32), Message>,
    pub(super) sent: u32,
}

impl Context {
    /// Sends a message that takes 60 ms at most.
    pub(super) fn send(&mut self, message: Message) {
        let delay = self.seed.span_below(Span::from_millis(60));
        self.sent += 1;
        self.messages.insert((self.now + delay, self.sent), message);
    }
}

/// What arrives at a page.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Answer { request: Request, t1: LocalTime, server: ServerTime, news: Option<News> },
    Push { socket: u32, news: News },
    Pong { socket: u32, version: Version },
    Closed { socket: u32 },
}

/// Returns what a viewer learns of a state.
pub(crate) fn news(state: &EventState, confirmed: Option<ServerTime>) -> News {
    News {
        epoch: state.epoch().clone(),
        rev: state.rev(),
        timeline: state.timeline(),
        rundown: state.rundown(),
        details: Some(Details { messages: Vec::new(), pushes: true, replaces: state.replaces().cloned(), confirmed }),
    }
}
