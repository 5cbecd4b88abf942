//! The time axis: its extent and its ticks.

use downbeat_core::Position;

use crate::rundown::{Rundown, clock};

/// The steps between ticks, in seconds.
const STEPS_S: [i64; 22] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    1_209_600, 2_678_400,
];

/// The shortest extent: 10 s. A picture of one cue would otherwise have no width.
const EXTENT_MS_MIN: i64 = 10_000;

/// The time axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    /// The x coordinate of its beginning.
    pub(super) left: f64,
    pub(super) width: f64,
    /// The time at which it begins: 0, or that of a first cue before the event.
    pub(super) begin_ms: i64,
    pub(super) extent_ms: i64,
}

impl Axis {
    /// Creates the axis of a whole rundown.
    pub(super) fn new(rundown: &Rundown, left: f64, width: f64) -> Self {
        Self { left, width, begin_ms: begin_ms(rundown), extent_ms: extent_ms(rundown) }
    }

    /// Returns the x coordinate of a time; times beyond the axis are at its end.
    pub(super) fn x(&self, at: Position) -> f64 {
        let ms = at.as_millis().clamp(self.begin_ms, self.extent_ms) - self.begin_ms;
        self.left + self.width * (ms as f64 / self.length_ms() as f64)
    }

    /// Returns the smallest step that is at least `room` wide, in milliseconds.
    pub(super) fn step_ms(&self, room: f64) -> i64 {
        let wide_enough = |s: &&i64| self.width * (**s as f64 * 1_000.0 / self.length_ms() as f64) >= room;
        STEPS_S.iter().find(wide_enough).unwrap_or(&STEPS_S[STEPS_S.len() - 1]) * 1_000
    }

    /// Returns the ticks with their labels, at least `room` apart.
    pub(super) fn ticks(&self, room: f64) -> Vec<(f64, String)> {
        let step = self.step_ms(room);
        // Division cuts off towards zero, so that the first tick is within.
        let times = (self.begin_ms / step..=self.extent_ms / step).map(|nth| Position::from_millis(nth * step));
        times.map(|at| (self.x(at), clock(at))).collect()
    }

    fn length_ms(&self) -> i64 {
        self.extent_ms - self.begin_ms
    }
}

/// Returns the time at which the axis begins.
pub(super) fn begin_ms(rundown: &Rundown) -> i64 {
    rundown.cues().first().map_or(0, |cue| cue.time().as_millis().min(0))
}

/// Returns the extent of the axis: the event's length, or a little more than its last cue.
pub(super) fn extent_ms(rundown: &Rundown) -> i64 {
    let last = rundown.cues().iter().map(|cue| cue.end().unwrap_or(cue.time()).as_millis()).max().unwrap_or(0);
    let extent = match rundown.duration() {
        Some(duration) => duration.as_millis().max(last),
        // So that the last mark, and a state without an end, are visible.
        None => last + last / 20,
    };
    extent.max(EXTENT_MS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(extent_s: i64) -> (usize, String) {
        let axis = Axis { left: 0.0, width: 1_200.0, begin_ms: 0, extent_ms: extent_s * 1_000 };
        let ticks = axis.ticks(96.0);
        (ticks.len(), ticks[1].1.clone())
    }

    #[test]
    fn cues_before_the_event_are_on_the_axis() {
        let rundown = crate::compile(r#"[{ "time": "-10m", "action": "doors" }, { "time": "10m", "action": "a" }]"#);
        let axis = Axis::new(&rundown.rundown.unwrap(), 100.0, 1_230.0);
        // From -10 min to 10 min 30 s.
        let at = |ms| axis.x(Position::from_millis(ms)).round();
        assert_eq!([at(-700_000), at(-600_000), at(0), at(600_000)], [100.0, 100.0, 700.0, 1_300.0]);
        let labels: Vec<String> = axis.ticks(300.0).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["-00:10:00", "-00:05:00", "00:00:00", "00:05:00", "00:10:00"]);
    }

    #[test]
    fn ticks_are_those_of_a_clock_from_seconds_to_a_year() {
        assert_eq!(ticks(10), (11, "00:00:01".to_owned()));
        assert_eq!(ticks(5_400), (10, "00:10:00".to_owned()));
        assert_eq!(ticks(86_400), (13, "02:00:00".to_owned()));
        assert_eq!(ticks(366 * 86_400), (12, "744:00:00".to_owned()));
    }
}
