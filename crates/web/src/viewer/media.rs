//! The media elements that follow the event.

use downbeat_core::Span;
use downbeat_core::correction::{Action, Means, Reading};
use downbeat_core::session::MediaId;

use super::Viewer;
use crate::codes::MediaAction;
use crate::numbers::{local_time, or_nan, position, span, span_ms};

impl Viewer {
    /// Makes a media element follow the event. Returns its number.
    pub fn bind_media(&mut self, begins: f64, seeks_only: bool) -> u32 {
        let means = if seeks_only { Means::Seeks } else { Means::Rates };
        self.session.bind_media(position(begins), means).number()
    }

    /// Stops following.
    pub fn release_media(&mut self, media: u32) {
        self.session.release_media(MediaId::from_number(media));
    }

    /// Makes media play `ms` ahead of the event.
    pub fn set_nudge(&mut self, ms: f64) {
        self.session.handle_nudge(span(ms));
    }

    /// Decides what to do to a media element; positions are in seconds, as elements have them.
    #[expect(clippy::too_many_arguments, reason = "flat numbers cross cheaply; ts/media.ts is the only caller")]
    pub fn handle_media(
        &mut self,
        media: u32,
        position: f64,
        duration: f64,
        rate: f64,
        paused: bool,
        busy: bool,
        seekable: bool,
        now: f64,
    ) -> MediaAction {
        let duration = Some(duration).filter(|duration| duration.is_finite()).map(|seconds| span(seconds * 1_000.0));
        let reading = Reading { position: span(position * 1_000.0), duration, rate, paused, busy, seekable };
        let (action, seek, rate) =
            match self.session.handle_media(MediaId::from_number(media), &reading, local_time(now)) {
                Action::Nothing => (MediaAction::Nothing, None, f64::NAN),
                Action::Pause { seek } => (MediaAction::Pause, seek, f64::NAN),
                Action::Play { seek, rate } => (MediaAction::Play, seek, rate),
                Action::Seek { to, rate } => (MediaAction::Change, Some(to), rate),
                Action::Rate { rate } => (MediaAction::Change, None, rate),
            };
        self.values = [or_nan(seek.map(|to| span_ms(to) / 1_000.0)), rate, f64::NAN, f64::NAN, f64::NAN, f64::NAN];
        action
    }

    /// Returns in how many ms to read a media element again, or NaN while the event is not known.
    pub fn next_read_in(&self, media: u32, now: f64) -> f64 {
        let correction = self.session.correction(MediaId::from_number(media));
        let deadline = correction.and_then(|correction| correction.next_deadline());
        or_nan(deadline.map(|deadline| span_ms((deadline - local_time(now)).max(Span::ZERO))))
    }

    /// Returns the drift of a media element in ms, positive where it is ahead, or NaN while it is not known.
    pub fn media_drift(&self, media: u32) -> f64 {
        let correction = self.session.correction(MediaId::from_number(media));
        or_nan(correction.and_then(|correction| correction.drift()).map(span_ms))
    }
}
