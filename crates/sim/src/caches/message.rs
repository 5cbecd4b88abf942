//! What is on its way, and what the parts of a world share.

use std::collections::BTreeMap;

use downbeat_core::session::{News, Request};
use downbeat_core::{LocalTime, ServerTime, Span, Version};

/// What the parts of a world share.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) now: ServerTime,
    pub(super) messages: BTreeMap<(ServerTime, u32), Message>,
    pub(super) sent: u32,
}

/// Something on its way.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there are few, and each is used once")]
pub(super) enum Message {
    /// A viewer's request arrives at the cache, or at the server where there is none on the way.
    Asked { viewer: usize, asked: Asked },
    /// A viewer's socket arrives at the server.
    Joined { viewer: usize, socket: u32 },
    /// A viewer's ping arrives at the server.
    Pinged { viewer: usize, socket: u32 },
    /// Something arrives at a viewer.
    Viewer { viewer: usize, input: Input },
}

/// A request with its `t1`, and when it left, by the device's clock.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) t1: String,
    pub(super) sent: LocalTime,
}

/// An answer with the time.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) server_time: ServerTime,
    /// What it repeats of the request that it was made for.
    pub(super) t1: Option<String>,
    /// The seconds in its header `Age`.
    pub(super) age: Option<i64>,
    pub(super) news: News,
}

/// What arrives at a page.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Answer { asked: Asked, answer: Answer },
    Push { socket: u32, sent: ServerTime, news: News },
    Pong { socket: u32, version: Version },
    Closed { socket: u32 },
}

impl Context {
    pub(super) fn send(&mut self, message: Message, delay: Span) {
        self.sent += 1;
        self.messages.insert((self.now + delay, self.sent), message);
    }
}
