//! How a change reaches every viewer: the hubs that hold their sockets, where those are, and who tells whom.
//!
//! An event has 1 to [`HUBS_MAX`](crate::event::HUBS_MAX) hubs, numbered from 0. Nobody keeps a list of them: a hub's
//! place ([`Region::of_hub`]), whom it tells ([`Tree`]) and which hub a viewer joins ([`joins`]) follow from numbers.
//!
//! ```
//! use downbeat_core::fanout::{Region, Tree, joins};
//! // Of 13 hubs the event tells six, and the first of those tells six more.
//! let tree = Tree::of(13);
//! assert_eq!((tree.roots(), tree.children(0), tree.children(1)), (0..6, 6..12, 12..13));
//! // A viewer in Lyon is sent to western Europe; after losing that hub, to the next one in reach.
//! let region = Region::of_place("EU", 4);
//! let hub = joins(4, region, 77, None);
//! assert_eq!(Region::of_hub(hub), Region::WestEurope);
//! assert_ne!(joins(4, region, 77, Some(hub)), hub);
//! ```

mod choice;
mod gathering;
mod region;
mod slices;
mod tally;
mod tree;

pub use crate::version::Version;
pub use choice::{joins, joins_instead};
pub use gathering::{Gathering, Report};
pub use region::Region;
pub use slices::Slices;
pub use tally::{Share, Tally};
pub use tree::{DEGREE, Tree};
