//! Estimators to compare with: what others do, behind the same trait. Viewers run [`super::Envelope`].
//!
//! Each states the bound it can vouch for. None knows the skew, none notices a jump.

mod last8;
mod median8;
mod min8;
mod single;
mod smoothed;

pub use median8::Median8;
pub use min8::Min8;
pub use single::Single;
pub use smoothed::Smoothed;
