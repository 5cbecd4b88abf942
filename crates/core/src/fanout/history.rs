//! When an event samples its audience, and how long it keeps the samples.

use crate::time::{ServerTime, Span};

/// How often an audience is sampled: once a minute. Reason: the report of a show says when viewers came and left; more often
/// would only wake objects.
const EVERY: Span = Span::from_millis(60_000);

/// How many samples are kept one by one: 1,440, a day.
const FINE: i64 = 1_440;

/// Of how many older samples one is kept: of 15, so one for each quarter of an hour.
const COARSE: i64 = 15;

/// How old a sample gets, in samples: a week.
const OLDEST: i64 = 7 * FINE;

/// The number of a sample: that of its minute since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SampleNumber(i64);

impl SampleNumber {
    /// Returns the number of a sample that is taken at `now`.
    pub const fn at(now: ServerTime) -> Self {
        Self(now.as_millis().div_euclid(EVERY.as_millis()))
    }

    /// Returns the number.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Returns what is kept once this sample is there.
    pub const fn kept(self) -> Kept {
        Kept { all_from: self.0 - FINE + 1, one_of: COARSE, from: self.0 - OLDEST + 1 }
    }
}

/// Which samples are kept, by their numbers: at most 2,016.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// From this number on, all.
    pub all_from: i64,
    /// Before that, the multiples of this.
    pub one_of: i64,
    /// Before this number, none.
    pub from: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_kept_and_a_day_of_it_by_the_minute() {
        let newest = SampleNumber::at(ServerTime::from_millis(1_704_067_259_999));
        assert_eq!(newest, SampleNumber::at(ServerTime::from_millis(1_704_067_200_000)), "the same minute");
        let Kept { all_from, one_of, from } = newest.kept();
        let kept = (newest.number() - 20_000..=newest.number())
            .filter(|number| *number >= all_from || *number >= from && number % one_of == 0);
        assert_eq!((kept.count(), newest.number() - from), (1_440 + 576, 7 * 24 * 60 - 1));
    }
}
