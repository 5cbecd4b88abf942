//! How a change reaches every viewer: the hubs that hold their sockets, where they are, and how a change gets there.
//!
//! An event has 1 to [`HUBS_MAX`](crate::event::HUBS_MAX) hubs, numbered from 0. There is no list of them: a hub's
//! region ([`Region::of_hub`]), the hubs it passes a state on to ([`Tree`]) and the hub a viewer joins ([`joins`]) follow
//! from numbers. The event announces a state and gathers reports ([`Gathering`]), and repeats the announcement while one is
//! missing ([`Retries`]); what a hub does with it, [`Hub`] decides. As hubs fill, more are added ([`Occupancy`]).
//! Strangers take little of all that: see [`hub`], and [`Pressure`] for those who ask a worker that is slow.
//!
//! ```
//! use downbeat_core::fanout::{Region, Tree, joins};
//! // Of 13 hubs the event calls six. The first of those, in western Europe, calls the two others that are there.
//! let tree = Tree::of(13);
//! assert_eq!((tree.roots(), tree.children(0).collect::<Vec<_>>()), (0..6, vec![6, 10]));
//! // A viewer in Lyon is sent to western Europe; after losing that hub, to the nearest other one.
//! let region = Region::of_place("EU", 4);
//! let hub = joins(4, region, 77, None);
//! assert_eq!(Region::of_hub(hub), Region::WestEurope);
//! assert_ne!(joins(4, region, 77, Some(hub)), hub);
//! ```

mod address;
mod bounds;
mod bucket;
mod choice;
mod door;
mod gathering;
mod growth;
mod history;
pub mod hub;
mod polls;
mod pressure;
mod recent;
mod region;
mod retries;
mod slices;
mod tally;
mod tree;

pub use address::{Address, NoAddress};
pub use bounds::Bounds;
pub use bucket::{Bucket, Rate};
pub use choice::{joins, joins_instead};
pub use door::{ComeBack, Door, RefuseBy, Turn};
pub use gathering::{Gathering, Report, Round};
pub use growth::{Occupancy, hubs_for};
pub use history::{Kept, SampleNumber};
pub use hub::Hub;
pub use polls::Polls;
pub use pressure::Pressure;
pub use recent::is_recent;
pub use region::Region;
pub use retries::Retries;
pub use slices::Slices;
pub use tally::{Ack, Share, Tally};
pub use tree::{DEGREE, Tree};
