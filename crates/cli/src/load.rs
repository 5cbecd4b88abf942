//! Load tests: many real viewers at once, and what they measure.
//!
//! | file | contents |
//! | --- | --- |
//! | `run` | viewers that arrive, watch and leave |
//! | `phase` | the phases of that |
//! | `descriptors` | the limit of open files, which a socket counts against |
//! | `record` | what one viewer saw |
//! | `summary` | the figures of all records: who missed what, how late, how often |
//! | `delivery` | how one change reached the viewers |
//! | `pause` | when a pause was sent, decided and effective |
//! | `cue_spread` | how far apart viewers fired the same cue |
//! | `distribution` | first, median, 99th percentile and last of many spans |

mod cue_spread;
mod delivery;
mod descriptors;
mod distribution;
mod pause;
mod phase;
mod record;
mod run;
mod summary;

pub(crate) use cue_spread::CueSpread;
pub(crate) use delivery::Delivery;
pub(crate) use distribution::Distribution;
pub(crate) use pause::{PauseTiming, SentPause};
pub(crate) use run::{LoadTest, Plan, Recording};
pub(crate) use summary::Summary;
