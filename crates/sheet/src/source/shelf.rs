//! Memory for the texts and trees of a sheet's files, which refer to each other.

use core::cell::OnceCell;

/// A fixed number of slots, each filled once, whose content stays in its place.
pub(super) struct Shelf<T>(Vec<OnceCell<T>>);

impl<T> Shelf<T> {
    /// Creates a shelf with this number of slots.
    pub(super) fn with_capacity(slots: usize) -> Self {
        Self((0..slots).map(|_| OnceCell::new()).collect())
    }

    /// Fills the first free slot, unless all are taken.
    pub(super) fn put(&self, content: T) -> Option<&T> {
        let slot = self.0.iter().find(|slot| slot.get().is_none())?;
        Some(slot.get_or_init(|| content))
    }

    /// Returns the content of all slots that were filled.
    pub(super) fn into_contents(self) -> impl Iterator<Item = T> {
        self.0.into_iter().filter_map(OnceCell::into_inner)
    }
}
