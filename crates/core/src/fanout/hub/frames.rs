//! How many frames a hub reads from one socket.

use alloc::vec::Vec;

use super::super::bucket::{Bucket, Rate};
use crate::time::ServerTime;

/// The most frames of one socket: 20 a second after the first 20. A viewer sends one ack per change, and its pings never
/// reach the hub.
const FRAMES: Rate = Rate::per_second(20, 20);

/// The most sockets whose frames are counted at a time: 1,000, twice the acks of all hubs together. A bucket is full
/// again 50 ms after a frame, and is then dropped.
const SOCKETS_MAX: usize = 1_000;

/// The sockets that sent a frame lately: seldom more than the viewers who are asked for an ack.
#[derive(Clone, Debug)]
pub(super) struct FrameLimits<S>(Vec<(S, Bucket)>);

impl<S> Default for FrameLimits<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S: PartialEq> FrameLimits<S> {
    /// Counts a frame, and returns whether it is within the limit.
    pub(super) fn admits(&mut self, socket: &S, now: ServerTime) -> bool
    where
        S: Clone,
    {
        if let Some((_, bucket)) = self.0.iter_mut().find(|(other, _)| other == socket) {
            return bucket.take(FRAMES, now).is_ok();
        }
        if self.0.len() >= SOCKETS_MAX / 2 {
            self.0.retain(|(_, bucket)| !bucket.is_full(now));
        }
        if self.0.len() >= SOCKETS_MAX {
            self.0.remove(0);
        }
        let mut bucket = Bucket::default();
        bucket.spend(FRAMES, now);
        self.0.push((socket.clone(), bucket));
        true
    }

    pub(super) fn handle_closed(&mut self, socket: &S) {
        self.0.retain(|(other, _)| other != socket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    #[test]
    fn a_flood_of_one_socket_takes_nothing_from_others() {
        let mut limits = FrameLimits::default();
        let read = (0..500).filter(|_| limits.admits(&1, at(0))).count();
        assert_eq!(read, 20);
        assert!((2..500).all(|socket| limits.admits(&socket, at(0))));
    }

    #[test]
    fn twenty_a_second_are_read_for_as_long_as_they_come() {
        let mut limits = FrameLimits::default();
        assert!((0..1_000).all(|frame| limits.admits(&1, at(frame * 50))));
        assert!((0..1_000).any(|frame| !limits.admits(&1, at(60_000 + frame * 40))));
    }

    #[test]
    fn sockets_that_rest_or_close_are_forgotten() {
        let mut limits = FrameLimits::default();
        for round in 0..40 {
            (0..400).for_each(|socket| assert!(limits.admits(&(round * 1_000 + socket), at(i64::from(round) * 100))));
            assert!(limits.0.len() <= SOCKETS_MAX, "{}", limits.0.len());
        }
        (0..3_000).for_each(|socket| assert!(limits.admits(&(socket + 100_000), at(10_000))));
        assert_eq!(limits.0.len(), SOCKETS_MAX);
        (0..200_000).for_each(|socket| limits.handle_closed(&socket));
        assert_eq!(limits.0.len(), 0);
    }
}
