//! What the parts of a world share.

use core::net::{IpAddr, Ipv4Addr};
use downbeat_core::session::{Details, News};
use downbeat_core::{Digest, Epoch, EventState, Rev, ServerTime, Span};

use super::message::{HubInput, Message, RelayCall};
use super::network::Network;

/// When a world begins, and with it its event: 2024-01-01T00:00:00Z.
pub(super) const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// How many hubs an event can have here. The first six are called by the event, the others by the first.
pub(super) const HUBS: u16 = 9;

/// The rundown of every event here: a moment every ten seconds.
pub(super) const RUNDOWN: Digest = Digest::from_bytes([7; 32]);

/// What the parts of a world work with besides themselves.
pub(super) struct Context<'w> {
    pub(super) now: ServerTime,
    pub(super) network: &'w mut Network,
    /// Every state of the event's present epoch, the newest last.
    pub(super) history: &'w mut Vec<EventState>,
}

impl Context<'_> {
    /// Sends 800 strangers from three addresses to `hub` within 400 ms, a few of whom flood it.
    pub(super) fn storm(&mut self, hub: u16) {
        for number in 0..800 {
            self.network.strangers += 1;
            // Numbers that neither viewers nor the crowd have.
            let socket = (1 << 30) + self.network.strangers;
            let address = Ipv4Addr::from_bits(self.network.below(3) as u32);
            let stays = Span::from_millis(self.network.below(if number % 4 == 0 { 20_000 } else { 40 }));
            let address = IpAddr::from(address).into();
            let stranger = HubInput::Stranger { socket, address, floods: self.network.chance(5), stays };
            let at = self.now + Span::from_micros(number * 500);
            self.network.send(at, Message::Hub(hub, stranger));
        }
    }

    /// Sends a call to `hub`, now and then twice.
    pub(super) fn call(&mut self, hub: u16, call: &RelayCall) {
        self.network.transmit(self.now, Message::Hub(hub, HubInput::Relay(call.clone())));
        if self.network.happens(10) {
            self.network.counts.repeated += 1;
            let again = RelayCall { caller: None, ..call.clone() };
            self.network.transmit(self.now, Message::Hub(hub, HubInput::Relay(again)));
        }
    }
}

/// Returns what a viewer learns of a state that the event's object is known to have had at `confirmed`.
pub(super) fn confirmed_news(state: &EventState, confirmed: Option<ServerTime>) -> News {
    let mut news = news(state);
    news.details.iter_mut().for_each(|details| details.confirmed = confirmed);
    news
}

/// Returns what a viewer learns of a state.
pub(super) fn news(state: &EventState) -> News {
    News {
        epoch: state.epoch().clone(),
        rev: state.rev(),
        timeline: state.timeline(),
        rundown: state.rundown(),
        details: Some(Details { messages: Vec::new(), pushes: true, replaces: None, confirmed: None }),
    }
}

/// Returns the place of a state in the order of all that an event ever has: its epoch, counted, and its revision.
pub(super) fn place(epoch: &Epoch, rev: Rev) -> (u32, u64) {
    (epoch.as_str().trim_start_matches("life").parse().expect("epochs are counted"), rev.number())
}
