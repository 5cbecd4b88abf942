//! A queue of what is still to be done.

use alloc::vec::Vec;

/// A queue that is filled and then emptied, repeatedly: its memory is reused once it is empty. Its code is a
/// third of the size of the standard library's ring, which browsers would load.
#[derive(Clone, Debug)]
pub(crate) struct Queue<T> {
    all: Vec<T>,
    taken: usize,
}

impl<T: Copy> Queue<T> {
    /// Returns an empty queue.
    pub(crate) const fn new() -> Self {
        Self { all: Vec::new(), taken: 0 }
    }

    /// Adds `item` at the end.
    pub(crate) fn push(&mut self, item: T) {
        self.all.push(item);
    }

    /// Removes and returns the first item.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let first = self.all.get(self.taken).copied();
        self.taken += 1;
        if self.taken >= self.all.len() {
            self.all.clear();
            self.taken = 0;
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_first_goes_first_and_room_is_used_again() {
        let mut queue = Queue::new();
        for round in 0..1_000 {
            assert_eq!(queue.pop(), None);
            queue.push(round);
            queue.push(round + 1);
            assert_eq!(queue.pop(), Some(round));
            queue.push(round + 2);
            assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some(round + 1), Some(round + 2), None]);
        }
        assert!(queue.all.capacity() <= 4);
    }
}
