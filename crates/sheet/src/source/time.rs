//! Times as people write them, read exactly: no floating point on the way to milliseconds.

mod day_time;
mod decimal;
mod error;
mod field;
mod frame_rate;
mod reference;
mod text;
mod timecode;
mod when;

pub(crate) use day_time::{DAY_MS, DayTime};
pub(crate) use error::TimeError;
pub use frame_rate::FrameRate;
pub(crate) use reference::Anchor;
pub(super) use reference::{Reference, reference};
pub(crate) use text::time_ms;
pub(crate) use timecode::frame;
pub(super) use when::{When, read_when};
