//! What all members of a load test share: the server's clock, and each frame parsed once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use downbeat_api::{Client, ServerUrl, clock};
use downbeat_core::clock::{Envelope, Estimator as _, Exchange};
use downbeat_core::{EventName, Rev, ServerTime, Span};
use downbeat_wire::{RoomWait, Route, StateBody};

use super::plan::RoomPlan;
use crate::endpoint::Endpoint;
use crate::error::ViewerError;
use crate::news::{FrameCache, PushedState};
use crate::socket::{Refusal, Socket};

/// How often the server is asked for the time at the start: 8 times, as many as a page asks in its first seconds.
const EXCHANGES: u32 = 8;

/// The pause between two of them: 50 ms.
const EXCHANGE_PAUSE: Span = Span::from_millis(50);

/// What all members share.
pub(super) struct Shared {
    endpoint: Endpoint,
    path: String,
    client: Client,
    clock: Mutex<RoomClock>,
    frames: FrameCache,
    states: Mutex<BTreeMap<Rev, Option<RoomWait>>>,
    pub(super) plan: RoomPlan,
    /// The members that are in the room.
    pub(super) present: AtomicUsize,
    /// How many have the controls.
    pub(super) controllers: AtomicU32,
    /// Whether somebody has pressed play at the start.
    has_begun: AtomicBool,
}

/// The server's clock, as all members of this process estimate it.
#[derive(Default)]
struct RoomClock {
    envelope: Envelope,
    /// The shortest round trip.
    delay: Option<Span>,
}

/// What a member says of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimated {
    /// The server's time now; `None` before the first exchange.
    pub(super) now: Option<ServerTime>,
    /// How wrong that may be.
    pub(super) bound: Span,
    /// How long a change takes to this machine, one way: half the shortest round trip.
    pub(super) delay: Option<Span>,
}

impl Shared {
    /// Resolves the server's name, and asks it for the time.
    pub(super) async fn connect(url: &ServerUrl, room: &EventName, plan: RoomPlan) -> Result<Self, ViewerError> {
        let shared = Self {
            endpoint: Endpoint::resolve(url).await?,
            path: Route::Live(room.clone()).path(),
            client: Client::new(url.clone()),
            clock: Mutex::default(),
            frames: FrameCache::default(),
            states: Mutex::default(),
            plan,
            present: AtomicUsize::new(0),
            controllers: AtomicU32::new(0),
            has_begun: AtomicBool::new(false),
        };
        for _ in 0..EXCHANGES {
            shared.ask_time().await;
            clock::sleep(EXCHANGE_PAUSE).await;
        }
        Ok(shared)
    }

    /// Asks the server for the time once. A failure leaves the estimate as it is: its bound grows.
    pub(super) async fn ask_time(&self) {
        let Ok(response) = self.client.clock().await else { return };
        let (t1, t4) = (response.clock.sent().local, response.clock.received().local);
        let t3 = response.body.server_time;
        let Ok(exchange) = Exchange::new(t1, response.body.received_at.unwrap_or(t3), t3, t4) else { return };
        let mut clock = self.clock();
        clock.envelope.handle_exchange(&exchange);
        clock.delay = Some(clock.delay.map_or(exchange.delay(), |delay| delay.min(exchange.delay())));
    }

    /// Returns what is known of the server's time.
    pub(super) fn estimated(&self) -> Estimated {
        let now = clock::monotonic();
        let clock = self.clock();
        let estimate = clock.envelope.estimate(now);
        Estimated {
            now: estimate.map(|estimate| estimate.offset.server_time(now)),
            bound: estimate.map_or(Span::ZERO, |estimate| estimate.bound),
            delay: clock.delay.map(|delay| Span::from_micros(delay.as_micros() / 2)),
        }
    }

    /// Opens a socket of the room.
    pub(super) async fn open_socket(&self) -> Result<Socket, Refusal> {
        Socket::open(&self.endpoint, &self.path).await
    }

    /// Parses a frame with a state; `None` if it is another frame. The room sends all members the same text.
    pub(super) fn state(&self, text: &tokio_tungstenite::tungstenite::Utf8Bytes) -> Option<Arc<PushedState>> {
        let pushed = self.frames.parse(text)?;
        self.note_state(&pushed.state.body);
        Some(pushed)
    }

    /// Notes what a state says of waits.
    pub(super) fn note_state(&self, state: &StateBody) {
        let wait = state.room.as_ref().and_then(|room| room.wait);
        self.states.lock().unwrap_or_else(PoisonError::into_inner).entry(state.rev).or_insert(wait);
    }

    /// Returns the wait that each state names, by revision.
    pub(super) fn waits(&self) -> BTreeMap<Rev, Option<RoomWait>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns whether the one who asks is the first: they press play, since nobody can stall in a room that is held.
    pub(super) fn begins(&self) -> bool {
        !self.has_begun.swap(true, Ordering::Relaxed)
    }

    fn clock(&self) -> MutexGuard<'_, RoomClock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
