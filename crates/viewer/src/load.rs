//! Load tests: many real viewers at once, and what they measure.
//!
//! [`LoadTest::start`] lets viewers arrive, and [`LoadTest::finish`] ends the test. In between, the caller does what it
//! wants to measure, such as a pause. The [`Recording`] then answers: who missed which change ([`Recording::summary`]), how far apart
//! the same cue fired ([`Recording::cue_spread`]), who received a pause too late ([`Recording::pause_timing`]), when everyone knew
//! of it, whichever way it came ([`Recording::awareness`]).
//!
//! | file | contents |
//! | --- | --- |
//! | `run` | viewers that arrive, watch and leave |
//! | `phase` | the phases of that |
//! | `descriptors` | the limit of open files, which a socket counts against |
//! | `record` | what one viewer saw |
//! | `summary` | the figures of all records: who missed what, how late, how often |
//! | `delivery` | how one change reached the viewers |
//! | `awareness` | when viewers learned of a pause, whichever way it came |
//! | `pause` | when a pause was sent, decided and effective |
//! | `cue_spread` | how far apart viewers fired the same cue |
//! | `distribution` | first, median, 99th percentile and last of many spans |

mod awareness;
mod cue_spread;
mod delivery;
mod descriptors;
mod distribution;
mod pause;
mod phase;
mod record;
mod run;
mod summary;

pub use awareness::Awareness;
pub use cue_spread::CueSpread;
pub use delivery::Delivery;
pub(crate) use descriptors::ensure as ensure_descriptors;
pub use distribution::Distribution;
pub use pause::{PauseTiming, SentPause};
pub use record::Counts;
pub use run::{LoadTest, Plan, Recording};
pub use summary::Summary;
