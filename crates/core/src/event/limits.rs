//! The limits of an event's configuration.

use crate::time::Span;

/// The longest state: 32 KiB of JSON, as it is stored.
///
/// Reason: every hub, every isolate and every viewer gets all of it with each change. The limits after it are far
/// greater: the body that a hub accepts and a viewer's frame (1 MiB), a row of the platform's storage (2 MB).
pub const STATE_BYTES_MAX: usize = 32 * 1_024;

/// The part of [`STATE_BYTES_MAX`] that only a pause may use: 9 KiB, for a message of
/// [`MESSAGE_BYTES_MAX`](crate::message::MESSAGE_BYTES_MAX), who paused and why.
pub const PAUSE_BYTES: usize = 9 * 1_024;

/// The longest title: 200 characters.
pub const TITLE_CHARS_MAX: usize = 200;

/// The most hubs of an event: 1,024, for more than a million sockets.
pub const HUBS_MAX: u16 = 1_024;

/// The most origins that an event may name: 20.
pub const ORIGINS_MAX: usize = 20;

/// The longest origin: 200 characters.
pub const ORIGIN_CHARS_MAX: usize = 200;

/// The shortest `resync`: 30 s, so that no configuration makes viewers overload the server.
pub const RESYNC_MIN: Span = Span::from_millis(30_000);

/// The longest `resync`: 1 h; at 100 ppm a clock drifts by 360 ms in it.
pub const RESYNC_MAX: Span = Span::from_millis(3_600_000);
