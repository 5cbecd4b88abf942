//! Many real viewers at once, and what they measure.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `descriptors` | whether this process may open so many sockets |
//! | `run` | viewers arriving, watching and leaving |
//! | `record` | what one viewer saw |
//! | `summary` | from all records to figures: who missed what, how late, how often |
//! | `cue_spread` | how far apart the same cue fired |
//! | `distribution` | first, median, p99 and last of many spans |

pub(crate) mod cue_spread;
mod descriptors;
pub(crate) mod distribution;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod summary;

pub(crate) use run::{Crowd, Plan};
