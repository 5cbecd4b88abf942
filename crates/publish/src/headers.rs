//! The headers that objects are served with.

use downbeat_wire::publication;

/// The headers that an object is served with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headers {
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The `Cache-Control`.
    pub cache_control: &'static str,
}

/// The headers of an object that never changes.
pub const IMMUTABLE: Headers = Headers { content_type: publication::CONTENT_TYPE, cache_control: publication::FOREVER };

/// The headers of a pointer.
pub const BRIEF: Headers = Headers { content_type: publication::CONTENT_TYPE, cache_control: publication::MOMENT };
