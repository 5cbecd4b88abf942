//! What is told of media.

/// How media is doing, as pages show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MediaState {
    /// Nothing is known of the media or of the event yet.
    Loading,
    /// It plays with the event.
    Playing,
    /// It stands with the event: held, or before its beginning.
    Held,
    /// The event is past its end.
    Ended,
    /// A person paused it. It stays so until they play it, or the page calls `rejoin`.
    Paused,
    /// The browser paused it while the page is hidden.
    Hidden,
    /// The browser refuses to play it before a gesture.
    Blocked,
    /// It has waited for data for over a second.
    Stalled,
    /// It is elsewhere than the event, and cannot be taken there.
    Unseekable,
    /// It is a live stream: its drift is told, and nothing is done about it.
    Live,
    /// It cannot be played: it is missing, or broken, or of a kind that the browser does not know.
    Failed,
    /// It was taken off the page, and is followed no longer.
    Released,
}
