//! Which viewers are asked to acknowledge a change, and what they say.

use alloc::vec::Vec;

use super::super::tally::Share;
use crate::time::Span;

/// The acks for the revision a hub sent last.
#[derive(Clone, Debug)]
pub(super) struct Acks<S> {
    share: Share,
    /// Who was asked and has not answered.
    asked: Vec<S>,
}

impl<S> Default for Acks<S> {
    fn default() -> Self {
        Self { share: Share::default(), asked: Vec::new() }
    }
}

impl<S: PartialEq> Acks<S> {
    /// Starts anew: chooses `asked` of the viewers to ask, and returns their places.
    pub(super) fn ask(&mut self, asked: u32, sockets: u32, socket_at: impl FnMut(u32) -> S) -> Vec<u32> {
        let places: Vec<u32> = (0..sockets).filter(|place| Share::asks(*place, sockets, asked)).collect();
        self.share = Share { asked, late: Vec::new() };
        self.asked = places.iter().copied().map(socket_at).collect();
        places
    }

    /// Counts the ack of a viewer who was asked, once.
    pub(super) fn handle_ack(&mut self, socket: &S, late: Span) {
        if let Some(place) = self.asked.iter().position(|asked| asked == socket) {
            self.asked.swap_remove(place);
            self.share.applied(late);
        }
    }

    pub(super) fn handle_closed(&mut self, socket: &S) {
        self.asked.retain(|asked| asked != socket);
    }

    pub(super) const fn share(&self) -> &Share {
        &self.share
    }
}
