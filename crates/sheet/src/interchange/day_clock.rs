//! From times of day to positions in an event of which the time of day is known at which it begins.

use super::exchange::{ClockChange, FormatOptions, Remark};
use crate::source::{DAY_MS, DayTime};

/// Half a day: what is further ahead than this may as well be behind.
const HALF_DAY_MS: i64 = DAY_MS / 2;

/// The clock on the wall, and when the event begins by it.
#[derive(Clone, Debug)]
pub(super) struct DayClock {
    start: DayTime,
    /// The date of the day on which the event begins; if it is not given, that of the first time with a date.
    first_date: Option<i64>,
    /// The latest position so far, in milliseconds.
    latest_ms: i64,
    change: Option<ClockChange>,
}

impl DayClock {
    /// Creates the clock of an event that begins at this time of day, such as `19:30`; `None` if that is not one.
    pub(super) fn new(start: &str, change: Option<ClockChange>) -> Option<Self> {
        let start = DayTime::parse(start)?;
        Some(Self { start, first_date: start.date, latest_ms: 0, change })
    }

    /// Creates the clock that the options give.
    ///
    /// # Errors
    /// What to give instead.
    pub(super) fn of_options(options: &FormatOptions) -> Result<Option<Self>, Remark> {
        let Some(start) = options.start.as_deref() else { return Ok(None) };
        let refused = || {
            let problem = format!("{start:?}, at which the event begins, is not a time of day");
            Remark::file(problem, "write it such as --start 19:30, or \"7:30 PM\"")
        };
        Self::new(start, options.clock_change).ok_or_else(refused).map(Some)
    }

    /// Returns how far the clocks on the wall run from the beginning to a time, in milliseconds; negative before it. Without
    /// a date, it is the next such time after the event begins, unless that is more than half a day later and no time
    /// leads there.
    pub(super) fn wall_ms(&mut self, time: DayTime) -> i64 {
        let days = match time.date {
            Some(date) => date - *self.first_date.get_or_insert(date),
            None => 0,
        };
        let wall_ms = days * DAY_MS + time.ms - self.start.ms;
        let ms = if time.date.is_none() && time.ms < DAY_MS { wall_ms.rem_euclid(DAY_MS) } else { wall_ms };
        // Half a day or more is only plausible where the rows before lead there.
        let is_before = time.date.is_none() && ms > HALF_DAY_MS && self.latest_ms < ms - HALF_DAY_MS;
        let ms = if is_before { ms - DAY_MS } else { ms };
        self.latest_ms = self.latest_ms.max(ms);
        ms
    }

    /// Returns how far the clocks run from the beginning to the first `end` after `begin`, of which that is `begin_ms`.
    pub(super) fn wall_end_ms(end: DayTime, begin: DayTime, begin_ms: i64) -> i64 {
        let days = end.date.zip(begin.date).map(|(end, begin)| end - begin);
        let ms = days.unwrap_or(0) * DAY_MS + end.ms - begin.ms;
        begin_ms + if days.is_none() && end.ms < DAY_MS { ms.rem_euclid(DAY_MS) } else { ms }
    }

    /// Returns the position at which the clocks have run so far: another if they are changed in between.
    pub(super) fn position_ms(&self, wall_ms: i64) -> i64 {
        match self.change {
            Some(change) if wall_ms >= change.wall_ms => (wall_ms - change.by_ms).max(0),
            _ => wall_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    fn positions(start: &str, times: &[&str]) -> Vec<i64> {
        let mut clock = DayClock::new(start, None).unwrap();
        times.iter().map(|time| clock.wall_ms(DayTime::parse(time).unwrap()) / 60_000).collect()
    }

    #[test]
    fn after_midnight_it_is_the_next_day() {
        assert_eq!(positions("19:30", &["19:30", "23:59", "00:15", "12:15 AM"]), [0, 269, 285, 285]);
        assert_eq!(positions("7:30 PM", &["25:00", "0.8125", "1.0"]), [330, 0, 270]);
        assert_eq!(positions("0.8125", &["20:00"]), [30]);
    }

    #[test]
    fn what_is_just_before_the_beginning_is_not_a_day_later() {
        assert_eq!(positions("19:30", &["19:00"]), [-30]);
        assert_eq!(positions("19:30", &["19:31", "19:00"]), [1, -30]);
        // In an event of a whole day the rows lead there.
        let day = positions("19:30", &["23:00", "05:00", "11:00", "18:00", "19:00"]);
        assert_eq!(day, [210, 570, 930, 1_350, 1_410]);
    }

    #[test]
    fn dates_count() {
        let times = ["2026-12-24 19:30", "2026-12-25 19:30", "26.12.2026 01:30"];
        assert_eq!(positions("19:30", &times), [0, 1_440, 1_800]);
        assert_eq!(positions("2026-12-24 19:30", &["2026-12-24 19:00"]), [-30]);
    }

    #[test]
    fn a_night_in_which_the_clocks_change_is_longer_or_shorter() {
        // It begins at 01:30; at 02:00 it becomes 03:00.
        let change = ClockChange { wall_ms: HOUR_MS / 2, by_ms: HOUR_MS };
        let mut clock = DayClock::new("01:30", Some(change)).unwrap();
        let mut at = |time: &str| {
            let wall_ms = clock.wall_ms(DayTime::parse(time).unwrap());
            clock.position_ms(wall_ms) / 60_000
        };
        assert_eq!([at("01:45"), at("03:10"), at("04:00")], [15, 40, 90]);
    }
}
