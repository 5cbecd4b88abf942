//! Many real viewers at once, and what they measure.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `descriptors` | whether this process may open so many sockets |
//! | `crowd` | viewers arriving, watching and leaving |
//! | `record` | what one viewer saw |
//! | `judge` | from all records to figures: who missed what, how late, how often |
//! | `cues` | how far apart the same cue fired |
//! | `distribution` | first, median, p99 and last of many spans |
//! | `report` | the figures as people and programs read them |

mod crowd;
mod cues;
mod descriptors;
mod distribution;
mod judge;
mod record;
mod report;

pub(crate) use crowd::{Crowd, Plan};
pub(crate) use report::Loaded;
