//! This isolate's copies of rundowns, so that it asks for one once and not for each viewer.
//!
//! Plain data, no I/O. A rundown never changes, since its name is its hash; a copy only ends so that a deleted rundown does.

use downbeat_core::fanout::is_recent;
use downbeat_core::{Digest, EventName, ServerTime, Span};
use std::rc::Rc;

/// How long a copy is kept: 5 min.
const KEPT: Span = Span::from_millis(300_000);

/// How long an unanswered request keeps others from starting one: 2 s.
const REQUEST_TIMEOUT: Span = Span::from_millis(2_000);

/// The most bytes of all copies: 4 MiB, four of the greatest rundowns.
const BYTES_MAX: usize = 4 << 20;

/// The most copies and requests: 64.
const COPIES_MAX: usize = 64;

/// The most requests a second for rundowns that are not the current one of their event: 20. Such names may be made up, and
/// each of them would reach the event's object.
const REQUESTS_MAX: u32 = 20;

/// The second in which such requests are counted.
const WINDOW: Span = Span::from_millis(1_000);

/// The copies, the oldest first.
#[derive(Default)]
pub(super) struct RundownCopies {
    copies: Vec<RundownCopy>,
    /// When the current second of other requests began, and how many there were.
    requests: (Option<ServerTime>, u32),
}

struct RundownCopy {
    event: EventName,
    digest: Digest,
    since: ServerTime,
    /// `None` while it is requested.
    bytes: Option<Rc<[u8]>>,
}

/// What an isolate has of a rundown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Copied {
    /// All of it.
    Present(Rc<[u8]>),
    /// Somebody else requests it.
    Requested,
    /// Nothing: the caller is to request it.
    Absent,
    /// Nothing, and too many others were requested.
    Refused,
}

impl RundownCopies {
    /// Finds a copy. With [`Copied::Absent`] the caller counts as requesting it. `is_current` is whether it is known to be
    /// the event's current rundown.
    pub(super) fn find(&mut self, event: &EventName, digest: Digest, is_current: bool, now: ServerTime) -> Copied {
        if let Some(copy) = self.copies.iter().find(|copy| copy.is_of(event, digest)) {
            match &copy.bytes {
                Some(bytes) if is_recent(Some(copy.since), KEPT, now) => return Copied::Present(bytes.clone()),
                None if is_recent(Some(copy.since), REQUEST_TIMEOUT, now) => return Copied::Requested,
                _ => {}
            }
        }
        if !is_current {
            let (began, count) = self.requests;
            self.requests = if is_recent(began, WINDOW, now) { (began, count + 1) } else { (Some(now), 1) };
            if self.requests.1 > REQUESTS_MAX {
                return Copied::Refused;
            }
        }
        self.insert(event, digest, None, now);
        Copied::Absent
    }

    /// Notes the answer to a request: the bytes, or `None` if there were none.
    pub(super) fn handle_answer(
        &mut self,
        event: &EventName,
        digest: Digest,
        bytes: Option<Rc<[u8]>>,
        now: ServerTime,
    ) {
        self.remove(event, digest);
        if bytes.is_some() {
            self.insert(event, digest, bytes, now);
        }
    }

    /// Removes a copy.
    pub(super) fn remove(&mut self, event: &EventName, digest: Digest) {
        self.copies.retain(|copy| !copy.is_of(event, digest));
    }

    fn insert(&mut self, event: &EventName, digest: Digest, bytes: Option<Rc<[u8]>>, now: ServerTime) {
        self.remove(event, digest);
        self.copies.push(RundownCopy { event: event.clone(), digest, since: now, bytes });
        let size = |copy: &RundownCopy| copy.bytes.as_ref().map_or(0, |bytes| bytes.len());
        let mut bytes: usize = self.copies.iter().map(size).sum();
        while bytes > BYTES_MAX || self.copies.len() > COPIES_MAX {
            bytes -= size(&self.copies.remove(0));
        }
    }
}

impl RundownCopy {
    fn is_of(&self, event: &EventName, digest: Digest) -> bool {
        self.digest == digest && self.event == *event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn at(millis: i64) -> ServerTime {
        START + Span::from_millis(millis)
    }

    fn gala() -> EventName {
        "gala".parse().unwrap()
    }

    fn digest(byte: u8) -> Digest {
        Digest::from_bytes([byte; 32])
    }

    fn bytes(count: usize) -> Option<Rc<[u8]>> {
        Some(vec![b' '; count].into())
    }

    #[test]
    fn one_of_many_requests_it_and_all_have_the_answer() {
        let (mut copies, name) = (RundownCopies::default(), gala());
        assert_eq!(copies.find(&name, digest(1), true, at(0)), Copied::Absent);
        assert_eq!(copies.find(&name, digest(1), true, at(1_999)), Copied::Requested);
        assert_eq!(copies.find(&"other".parse().unwrap(), digest(1), true, at(0)), Copied::Absent);
        copies.handle_answer(&name, digest(1), bytes(7), at(1_999));
        assert_eq!(copies.find(&name, digest(1), true, at(2_000)), Copied::Present(bytes(7).unwrap()));
        assert_eq!(copies.find(&name, digest(1), true, at(301_998)), Copied::Present(bytes(7).unwrap()));
        assert_eq!(copies.find(&name, digest(1), true, at(302_000)), Copied::Absent);
    }

    #[test]
    fn a_request_without_an_answer_is_made_again() {
        let (mut copies, name) = (RundownCopies::default(), gala());
        assert_eq!(copies.find(&name, digest(1), true, at(0)), Copied::Absent);
        assert_eq!(copies.find(&name, digest(1), true, at(2_001)), Copied::Absent);
        copies.handle_answer(&name, digest(1), None, at(2_050));
        assert_eq!(copies.find(&name, digest(1), true, at(2_050)), Copied::Absent, "a failure is not kept");
    }

    #[test]
    fn made_up_names_are_requested_20_times_a_second_and_the_current_one_always() {
        let (mut copies, name) = (RundownCopies::default(), gala());
        for byte in 0..20 {
            assert_eq!(copies.find(&name, digest(byte), false, at(0)), Copied::Absent);
        }
        assert_eq!(copies.find(&name, digest(20), false, at(900)), Copied::Refused);
        assert_eq!(copies.find(&name, digest(21), true, at(900)), Copied::Absent);
        assert_eq!(copies.find(&name, digest(20), false, at(1_001)), Copied::Absent);
    }

    #[test]
    fn the_oldest_give_way() {
        let (mut copies, name) = (RundownCopies::default(), gala());
        for byte in 0..5 {
            copies.handle_answer(&name, digest(byte), bytes(1 << 20), at(0));
        }
        assert_eq!(copies.find(&name, digest(0), true, at(1)), Copied::Absent);
        assert_eq!(copies.find(&name, digest(1), true, at(1)), Copied::Present(bytes(1 << 20).unwrap()));
        for byte in 5..100 {
            copies.handle_answer(&name, digest(byte), bytes(1), at(2));
        }
        assert_eq!(copies.copies.len(), 64);
    }
}
