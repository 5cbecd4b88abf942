//! Which viewers are asked to acknowledge a change, and what they say.

use alloc::vec::Vec;

use super::super::tally::{Ack, Share};
use crate::time::Span;

/// The acks for the revision a hub sent last.
#[derive(Clone, Debug)]
pub(super) struct Acks<S> {
    share: Share,
    /// Who was asked and has not applied it yet.
    asked: Vec<S>,
    /// Who of these goes on with another epoch or revision.
    elsewhere: Vec<S>,
}

impl<S> Default for Acks<S> {
    fn default() -> Self {
        Self { share: Share::default(), asked: Vec::new(), elsewhere: Vec::new() }
    }
}

impl<S: Clone + PartialEq> Acks<S> {
    /// Starts anew: chooses `asked` of the viewers to ask, and returns their places.
    pub(super) fn ask(&mut self, asked: u32, sockets: u32, socket_at: impl FnMut(u32) -> S) -> Vec<u32> {
        let places: Vec<u32> = (0..sockets).filter(|place| Share::asks(*place, sockets, asked)).collect();
        self.share = Share { asked, ..Share::default() };
        self.asked = places.iter().copied().map(socket_at).collect();
        self.elsewhere.clear();
        places
    }

    /// Counts the ack of a viewer who was asked, once.
    pub(super) fn handle_ack(&mut self, socket: &S, ack: &Ack, late: Span) {
        if let Some(place) = self.asked.iter().position(|asked| asked == socket) {
            self.asked.swap_remove(place);
            self.share.applied(ack, late);
            self.return_from_elsewhere(socket);
        }
    }

    /// Counts a viewer who was asked and goes on with another epoch or revision, until their ack or their end.
    pub(super) fn handle_elsewhere(&mut self, socket: &S) {
        if self.asked.contains(socket) && !self.elsewhere.contains(socket) {
            self.elsewhere.push(socket.clone());
            self.share.elsewhere = self.elsewhere.len() as u32;
        }
    }

    pub(super) fn handle_closed(&mut self, socket: &S) {
        self.asked.retain(|asked| asked != socket);
        self.return_from_elsewhere(socket);
    }

    pub(super) const fn share(&self) -> &Share {
        &self.share
    }

    fn return_from_elsewhere(&mut self, socket: &S) {
        self.elsewhere.retain(|other| other != socket);
        self.share.elsewhere = self.elsewhere.len() as u32;
    }
}
