//! The limits of a room's settings.

use crate::time::Span;

/// How long a room is kept after the last member left, by default: 24 h.
pub const KEEP: Span = Span::from_millis(24 * 3_600_000);

/// The shortest `keep`: 1 min, so that a reload of the only member does not end the room.
pub const KEEP_MIN: Span = Span::from_millis(60_000);

/// The longest `keep`: 31 days.
pub const KEEP_MAX: Span = Span::from_millis(31 * 24 * 3_600_000);

/// The shortest `lead` that may be set: 50 ms, for members on one network.
pub const LEAD_SETTING_MIN: Span = Span::from_millis(50);

/// The longest `lead` that may be set: 5 s.
pub const LEAD_SETTING_MAX: Span = Span::from_millis(5_000);
