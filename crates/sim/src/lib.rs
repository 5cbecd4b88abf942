//! Simulated worlds in which everything that goes wrong goes wrong the same way again: networks, devices, clocks, hubs,
//! players.
//!
//! This crate exists because it *forbids* the real world: no clock, no socket, no randomness but a seed (`clippy.toml`
//! enforces it). A world has its own true time, which is the server's, and jumps from one deadline to the next, so an
//! evening takes milliseconds. What it drives is the code that ships.
//!
//! | start here | for |
//! | --- | --- |
//! | [`world`] | [`World`]: a device that asks the server over a network |
//! | [`network`] | [`Network`]: how long each way takes |
//! | [`device`] | [`Device`]: a crystal that is off, a wall clock that is set, a lid that is closed |
//! | [`audience`] | [`audience::Audience`]: a whole audience through a whole event |
//! | [`bill`] | [`bill::Bill`]: what an audience costs |
//! | [`doors`] | [`doors::run`]: many viewers arrive at a server that can serve only so much |
//! | [`hubs`] | [`hubs::World`]: an event, its hubs and its viewers, pushed to over a bad network |
//! | [`caches`] | [`caches::World`]: a cache that answers for the time |
//! | [`deployments`] | [`deployments::World`]: two deployments behind one name, restored storage, odd answers |
//! | [`fanout`] | [`fanout::announce`]: one change on its way to a million viewers |
//! | [`player`] | [`player::Page`]: a media element, and the page that keeps it on the timeline |
//! | [`rooms`] | [`rooms::World`]: a room whose members stall, press at once and are far apart |
//! | [`swarm`] | [`swarm::run`]: faults at random, and what must hold all the same |
//! | [`trace`] | [`trace::Line`]: an exchange as `downbeat clock replay` reads it |
//! | [`dice`] | [`Dice`]: distributions from a seed |
//!
//! `cargo run --release -p downbeat-sim --example estimators` compares the estimators of the offset on all networks.

pub mod audience;
pub mod bill;
pub mod caches;
pub mod deployments;
pub mod device;
pub mod dice;
pub mod doors;
pub mod fanout;
pub mod hubs;
pub mod network;
pub mod player;
pub mod rooms;
pub mod swarm;
pub mod trace;
pub mod world;

pub use device::{Coarseness, Device};
pub use dice::Dice;
pub use network::Network;
pub use world::World;
