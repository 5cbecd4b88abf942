//! What time it is at the server, and the bound of that estimate.
//!
//! | piece | for |
//! | --- | --- |
//! | [`Exchange`] | a request and its answer: four timestamps, and what they prove |
//! | [`Estimator`], [`Envelope`] | exchanges in, the offset and its bound out |
//! | [`DisciplinedClock`] | what viewers see: no steps once it has settled, and it never runs back while slewing |
//! | [`Granularity`] | how coarse the device's clock is |
//! | [`JumpWatch`] | notices sleep and set clocks |
//! | [`Schedule`], [`Backoff`] | when to ask, and when to try again |
//! | [`Spread`] | delay and jitter, for people |
//! | [`comparison`] | what others do, for benchmarks |
//!
//! The bound is part of every answer: the true time is within `±bound` of what is shown, on any network whose packets
//! arrive after they were sent and for any device whose clock is within [`SKEW_MAX`]. No exchange can show how
//! much longer one way takes than the other; the bound allows for all of it.

pub mod comparison;

mod backoff;
mod disciplined;
mod envelope;
mod estimator;
mod exchange;
mod granularity;
mod interval;
mod jump;
mod offset;
mod schedule;
mod spread;

pub use backoff::Backoff;
pub use disciplined::{DisciplinedClock, Reading};
pub use envelope::{Envelope, TOLERANCE, WINDOW};
pub use estimator::{ClockChange, Estimate, Estimator, STEP_MIN};
pub use exchange::{DishonestExchange, Exchange, Resolution};
pub use granularity::Granularity;
pub use interval::Interval;
pub use jump::{JUMP_MIN, JumpWatch, WallTime};
pub use offset::{Offset, SKEW_MAX, Skew};
pub use schedule::{ANSWER_MAX, Due, Schedule};
pub use spread::Spread;
