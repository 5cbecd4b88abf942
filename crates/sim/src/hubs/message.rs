//! What arrives where: messages, and timers that go off.

use downbeat_core::fanout::hub::Answer;
use downbeat_core::fanout::{Ack, Address, Report};
use downbeat_core::session::{News, Request};
use downbeat_core::{EventState, LocalTime, ServerTime, Span, Version};

/// Something that arrives, or a timer that goes off.
#[derive(Clone, Debug)]
pub(super) enum Message {
    /// An operator changes the event.
    Change,
    /// For the event's object.
    Event(EventInput),
    /// Strangers come to a hub.
    Storm(u16),
    /// For a hub's object.
    Hub(u16, HubInput),
    /// A hub's object is ready for what has arrived meanwhile.
    Turn(u16),
    /// For a viewer.
    Viewer(usize, ViewerInput),
}

/// What the event's object handles.
#[derive(Clone, Debug)]
pub(super) enum EventInput {
    /// A hub asks for the state; `memory` counts how often the hub was evicted.
    Question { hub: u16, memory: u32, question: u32 },
    /// A hub answers a call.
    Reports { announcement: u32, reports: Vec<Report> },
    /// The wait for a round of calls is over.
    RoundOver { announcement: u32, round: u32 },
    /// The alarm goes off.
    Alarm(ServerTime),
}

/// Who waits for a hub's reports.
#[derive(Clone, Copy, Debug)]
pub(super) enum Caller {
    Event { announcement: u32 },
    Hub { hub: u16, memory: u32, call: u32 },
}

/// A state on its way to a hub.
#[derive(Clone, Debug)]
pub(super) struct RelayCall {
    pub(super) hubs: u16,
    pub(super) within: Option<Span>,
    pub(super) state: Box<EventState>,
    pub(super) caller: Option<Caller>,
}

/// What a hub's object handles. `memory` counts how often the object was evicted: what was asked for before is lost.
#[derive(Clone, Debug)]
pub(super) enum HubInput {
    Relay(RelayCall),
    Reports {
        memory: u32,
        call: u32,
        reports: Vec<Report>,
    },
    RoundOver {
        memory: u32,
        call: u32,
    },
    BroadcastOver {
        memory: u32,
        call: u32,
    },
    Answer {
        memory: u32,
        question: u32,
        answer: Answer,
    },
    Slice {
        memory: u32,
        number: u32,
    },
    Greet {
        memory: u32,
        socket: u32,
    },
    Save {
        memory: u32,
    },
    Alarm(ServerTime),
    Join {
        viewer: usize,
        socket: u32,
        tries: u32,
    },
    Ack {
        socket: u32,
        ack: Ack,
    },
    /// A worker that has answered a poll requests the state.
    Polled,
    Left {
        socket: u32,
    },
    /// A stranger from that address joins, floods or not, and leaves after a while.
    Stranger {
        socket: u32,
        address: Address,
        floods: bool,
        stays: Span,
    },
}

/// What a viewer's page handles.
#[derive(Clone, Debug)]
pub(super) enum ViewerInput {
    Answer { request: Request, t1: LocalTime, server: ServerTime, news: Option<News> },
    Failure(Request),
    Push { socket: u32, news: News, hub: u16, ack: bool },
    Pong { socket: u32, version: Version },
    Closed { socket: u32 },
    Rundown,
}
