//! How a change reaches every viewer: the hubs that hold their sockets, where those are, and who tells whom.

mod region;
mod version;

pub use region::Region;
pub use version::Version;
