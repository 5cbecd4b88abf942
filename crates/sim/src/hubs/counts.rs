//! How often what happened.

/// How often something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// A message was lost.
    pub lost: u32,
    /// A message came twice.
    pub repeated: u32,
    /// An answer to a viewer was up to three changes old.
    pub outdated: u32,
    /// A viewer's socket closed.
    pub closed: u32,
    /// An object was evicted from memory.
    pub evicted: u32,
    /// A broadcast was replaced by a newer one.
    pub superseded: u32,
    /// A viewer was refused for lack of room.
    pub refused: u32,
    /// A hub asked the event, and learned of a change that it had missed.
    pub recovered: u32,
    /// The event was lost and created again.
    pub epochs: u32,
    /// A viewer acknowledged a change, and the hub counted it.
    pub acks: u32,
    /// A cue fired.
    pub fired: u32,
    /// A viewer learned of a change after its effect.
    pub late: u32,
    /// A stranger joined.
    pub strangers: u32,
    /// A stranger was refused.
    pub turned_away: u32,
    /// A stranger's socket was closed because it flooded.
    pub floods: u32,
    /// A change arrived at a hub that had other work to do first.
    pub queued: u32,
    /// A viewer polled the status, and a hub learned of it.
    pub polls: u32,
}

impl Counts {
    /// Returns all of them.
    pub const fn all(&self) -> [u32; 17] {
        let Self {
            lost,
            repeated,
            outdated,
            closed,
            evicted,
            superseded,
            refused,
            recovered,
            epochs,
            acks,
            fired,
            late,
            strangers,
            turned_away,
            floods,
            queued,
            polls,
        } = *self;
        [
            lost,
            repeated,
            outdated,
            closed,
            evicted,
            superseded,
            refused,
            recovered,
            epochs,
            acks,
            fired,
            late,
            strangers,
            turned_away,
            floods,
            queued,
            polls,
        ]
    }
}
