//! One media element, driven by a page.

use downbeat_core::correction::{Action, Loops, Means};
use downbeat_core::media::{Media, MediaState, Observed, Traits};
use downbeat_core::{EventTimeline, Segment, Span, Timeline};

use crate::numbers::{exact_server_time, given, local_time, or_nan, position, rate, server_time, span, span_ms};

/// What to do to a media element; [`Element::seek`] says where to seek, or NaN, [`Element::rate`] how fast to play, or NaN.
/// `ts/media/core.ts` has the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MediaAction {
    /// Nothing.
    Nothing,
    /// Load what its page wants loaded late.
    Load,
    /// Pause, then seek.
    Pause,
    /// Seek, then play.
    Play,
    /// Seek, or change the rate.
    Change,
}

/// One media element that follows the event.
pub struct Element {
    media: Media,
    seek: f64,
    rate: f64,
}

impl Element {
    /// Creates an element whose beginning is at the position `begins`. `length` is that of a loop in ms: NaN for none, infinite
    /// if the element itself goes back at its end.
    pub fn new(begins: f64, seeks_only: bool, length: f64, plays: bool) -> Self {
        let means = if seeks_only { Means::Seeks } else { Means::Rates };
        let loops = match given(length) {
            None => Loops::No,
            Some(length) if length.is_finite() => Loops::After(span(length)),
            Some(_) => Loops::Itself,
        };
        Self { media: Media::new(position(begins), means, loops, plays), seek: f64::NAN, rate: f64::NAN }
    }

    /// Replaces the timeline; it has `from`, `position` and `rate` of each segment. `starts_at` is NaN in the short states.
    pub fn set_timeline(&mut self, timeline: &[f64], starts_at: f64, ended_at: f64) {
        let (rows, _) = timeline.as_chunks::<3>();
        let segment =
            |row: &[f64; 3]| Segment { from: server_time(row[0]), position: position(row[1]), rate: rate(row[2]) };
        let Ok(timeline) = Timeline::from_segments(rows.iter().map(segment).collect()) else { return };
        let mut timeline = EventTimeline::of_segments(timeline, given(ended_at).map(server_time));
        if let Some(starts_at) = given(starts_at) {
            timeline.starts_at = server_time(starts_at);
        }
        self.media.handle_timeline(timeline);
    }

    /// Makes the element play `ms` ahead of the event.
    pub fn set_nudge(&mut self, ms: f64) {
        self.media.handle_nudge(span(ms));
    }

    /// Ends a person's pause, or a refusal: the next reading plays.
    pub fn rejoin(&mut self) {
        self.media.rejoin();
    }

    /// Handles that the browser refused to play.
    pub fn handle_refusal(&mut self) {
        self.media.handle_refusal();
    }

    /// Handles that the frame at `frame` s is shown in `shown_in` ms, while the element is at `position` s and plays at `rate`.
    pub fn handle_frame(&mut self, frame: f64, position: f64, shown_in: f64, rate: f64) {
        self.media.handle_frame(span(frame * 1_000.0), span(position * 1_000.0), span(shown_in), rate);
    }

    /// Decides what to do after a reading at `now`, when the server's time was `server`.
    #[expect(clippy::too_many_arguments, reason = "flat numbers cross cheaply; ts/media/media.ts is the only caller")]
    pub fn handle_reading(
        &mut self,
        traits: u32,
        position: f64,
        duration: f64,
        seekable: f64,
        rate: f64,
        server: f64,
        now: f64,
    ) -> MediaAction {
        let position = span(position * 1_000.0);
        let seen = Observed { position, duration, seekable, rate, traits: Traits(traits) };
        let action = self.media.handle_reading(&seen, exact_server_time(server), local_time(now));
        let (action, seek, rate) = match action {
            Action::Nothing => (MediaAction::Nothing, None, f64::NAN),
            Action::Load => (MediaAction::Load, None, f64::NAN),
            Action::Pause { seek } => (MediaAction::Pause, seek, f64::NAN),
            Action::Play { seek, rate } => (MediaAction::Play, seek, rate),
            Action::Seek { to, rate } => (MediaAction::Change, Some(to), rate),
            Action::Rate { rate } => (MediaAction::Change, None, rate),
        };
        (self.seek, self.rate) = (or_nan(seek.map(|to| span_ms(to) / 1_000.0)), rate);
        action
    }

    /// Returns where the last reading asked to seek, in s, or NaN.
    pub fn seek(&self) -> f64 {
        self.seek
    }

    /// Returns the rate that the last reading asked for, or NaN.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Returns what is told of the element.
    pub fn state(&self) -> MediaState {
        self.media.state()
    }

    /// Returns in how many ms to read the element again, or NaN while the event is not known.
    pub fn next_read_in(&self, now: f64) -> f64 {
        or_nan(self.media.next_deadline().map(|deadline| span_ms((deadline - local_time(now)).max(Span::ZERO))))
    }

    /// Returns the drift in ms, positive where the element is ahead, or NaN while it is not known.
    pub fn drift(&self) -> f64 {
        or_nan(self.media.drift().map(span_ms))
    }
}

#[cfg(test)]
mod tests {
    const TYPESCRIPT: &str = include_str!("../../web/ts/media/core.ts");

    /// Returns the variants of an enum, in either language: one per line, ending with a comma.
    fn variants<'a>(source: &'a str, head: &str) -> Vec<&'a str> {
        let (_, body) = source.split_once(head).expect("the enum is in the source");
        let lines = body.lines().map(str::trim).skip(1).take_while(|line| !line.starts_with(['}', ']']));
        lines.filter(|line| !line.starts_with("//")).collect()
    }

    #[test]
    fn both_languages_have_the_same_actions_and_states_in_the_same_order() {
        let actions = variants(include_str!("element.rs"), "pub enum MediaAction ");
        assert_eq!(actions, variants(TYPESCRIPT, "export const enum MediaAction "));
        let states = variants(include_str!("../../core/src/media/state.rs"), "pub enum MediaState ");
        let quoted = |name: &&str| format!("\"{}\",", name.trim_end_matches(',').to_lowercase());
        assert_eq!(states.iter().map(quoted).collect::<Vec<_>>(), variants(TYPESCRIPT, "export const STATES "));
    }

    #[test]
    fn both_languages_have_the_same_traits_with_the_same_bits() {
        let rust = include_str!("../../core/src/media/observed.rs").lines().map(str::trim);
        let names = rust.filter_map(|line| line.strip_prefix("pub const ")?.split_once(": Self"));
        let names: Vec<_> = names.map(|(name, _)| name.replace('_', "").to_lowercase()).collect();
        let expected = names.iter().enumerate().map(|(bit, name)| format!("{name} = {},", 1 << bit));
        let found = variants(TYPESCRIPT, "export const enum Traits ");
        assert_eq!(expected.collect::<Vec<_>>(), found.iter().map(|line| line.to_lowercase()).collect::<Vec<_>>());
    }
}
