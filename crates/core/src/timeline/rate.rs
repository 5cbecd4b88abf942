//! How fast an event moves.

use core::fmt;
use serde::de::{self, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Span;

/// How fast the position moves: thousandths of the normal speed, 0 (held) to 16.
///
/// On the wire it is a number, `1`, `0.5`, `1.25`; more than three decimals are rounded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Rate(u16);

impl Rate {
    /// The event stands still.
    pub const HELD: Self = Self(0);
    /// The event moves at normal speed.
    pub const NORMAL: Self = Self(1_000);
    /// The fastest rate a segment may have: 16, the most that browsers accept as `playbackRate`.
    pub const MAX: Self = Self(16_000);

    /// Returns the rate of `thousandths`, or `None` above [`Rate::MAX`].
    pub const fn from_thousandths(thousandths: u16) -> Option<Self> {
        if thousandths > Self::MAX.0 { None } else { Some(Self(thousandths)) }
    }

    /// Returns the rate nearest to `factor` in thousandths, or `None` outside 0 to 16.
    pub fn from_factor(factor: f64) -> Option<Self> {
        // Half a thousandth more, so that cutting the fraction off rounds. NaN is in no range.
        let thousandths = factor * 1_000.0 + 0.5;
        let range = 0.0..f64::from(Self::MAX.0) + 1.0;
        if range.contains(&thousandths) { Some(Self(thousandths as u16)) } else { None }
    }

    /// Returns the rate as a factor of normal speed.
    pub fn as_factor(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }

    /// Returns whether the event stands still.
    pub const fn is_held(self) -> bool {
        self.0 == 0
    }

    /// Returns how far the position moves in `elapsed`, rounded towards the past.
    pub(super) fn progress(self, elapsed: Span) -> Span {
        let rate = i64::from(self.0);
        let (whole, rest) = (elapsed.as_micros().div_euclid(1_000), elapsed.as_micros().rem_euclid(1_000));
        // |elapsed| fits 63 bits and the rate is at most 16: saturate rather than wrap at the very ends.
        Span::from_micros(whole.saturating_mul(rate).saturating_add(rest * rate / 1_000))
    }

    /// Returns the shortest time in which the position moves by at least `distance`; `None` if it never does.
    pub(super) fn time_for(self, distance: Span) -> Option<Span> {
        if distance <= Span::ZERO {
            return Some(Span::ZERO);
        }
        if self.is_held() {
            return None;
        }
        let rate = i64::from(self.0);
        let (whole, rest) = (distance.as_micros() / rate, distance.as_micros() % rate);
        whole.checked_mul(1_000)?.checked_add((rest * 1_000 + rate - 1) / rate).map(Span::from_micros)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "× {self}")
    }
}
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not as a float: printing those takes as much code as all of this module.
        let (whole, thousandths) = (self.0 / 1_000, self.0 % 1_000);
        match thousandths {
            0 => write!(f, "{whole}"),
            _ if thousandths % 100 == 0 => write!(f, "{whole}.{}", thousandths / 100),
            _ if thousandths % 10 == 0 => write!(f, "{whole}.{:02}", thousandths / 10),
            _ => write!(f, "{whole}.{thousandths:03}"),
        }
    }
}
impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(1_000) {
            out.serialize_u16(self.0 / 1_000)
        } else {
            out.serialize_f64(self.as_factor())
        }
    }
}
impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let factor = f64::deserialize(input)?;
        Self::from_factor(factor)
            .ok_or_else(|| de::Error::invalid_value(Unexpected::Float(factor), &"a rate, 0 (held) to 16"))
    }
}
