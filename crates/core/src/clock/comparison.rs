//! Estimators to compare with: common methods behind the same trait. Viewers use [`super::Envelope`].
//!
//! Each states the bound it can guarantee. None estimates the skew, and none detects a jump.

mod last8;
mod median8;
mod min8;
mod single;
mod smoothed;

pub use median8::Median8;
pub use min8::Min8;
pub use single::Single;
pub use smoothed::Smoothed;
