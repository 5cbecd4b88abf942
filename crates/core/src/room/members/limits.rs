//! The limits of a room's members, and of what they send.

use crate::fanout::Rate;
use crate::time::Span;

/// The most members of a room: 200.
pub const MEMBERS_MAX: usize = 200;

/// How long a socket may stay open without saying hello: 10 s.
pub const HELLO_WAIT: Span = Span::from_millis(10_000);

/// How long after leaving a member is known again by its secret, as after a reload: 60 s.
pub const RESUME_MAX: Span = Span::from_millis(60_000);

/// The most gestures of one member: 5 a second, after the first 10. Dragging a seek bar sends its end only.
pub const COMMANDS: Rate = Rate::per_second(5, 10);

/// The most signals of one member: 50 a second.
pub const SIGNALS: Rate = Rate::per_second(50, 50);

/// The longest name of a member: 40 characters.
pub const NAME_CHARS_MAX: usize = 40;
