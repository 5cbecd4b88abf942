//! Frame rates, and the timecode of frames.

use core::fmt;
use core::str::FromStr;

/// Frames per second: one of the rates in use, by its name.
///
/// ```
/// use downbeat_sheet::FrameRate;
/// assert_eq!("29.97".parse::<FrameRate>().unwrap().to_string(), "29.97");
/// assert!("31".parse::<FrameRate>().unwrap_err().contains("23.976, 24, 25"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    /// The frames that timecode counts in a second.
    pub(super) counted: i64,
    /// Whether a counted second takes 1.001 seconds: the rates that came with colour television in America.
    slow: bool,
}

/// The rates in use, each under the names that people write.
pub(super) const RATES: [(&[&str], FrameRate); 13] = [
    (&["23.976", "23.98"], FrameRate { counted: 24, slow: true }),
    (&["24"], FrameRate { counted: 24, slow: false }),
    (&["25"], FrameRate { counted: 25, slow: false }),
    (&["29.97"], FrameRate { counted: 30, slow: true }),
    (&["30"], FrameRate { counted: 30, slow: false }),
    (&["47.952", "47.95"], FrameRate { counted: 48, slow: true }),
    (&["48"], FrameRate { counted: 48, slow: false }),
    (&["50"], FrameRate { counted: 50, slow: false }),
    (&["59.94"], FrameRate { counted: 60, slow: true }),
    (&["60"], FrameRate { counted: 60, slow: false }),
    (&["100"], FrameRate { counted: 100, slow: false }),
    (&["119.88"], FrameRate { counted: 120, slow: true }),
    (&["120"], FrameRate { counted: 120, slow: false }),
];

impl FrameRate {
    /// Returns the rate with this name.
    pub(in crate::source) fn named(name: &str) -> Option<Self> {
        RATES.iter().find(|(names, _)| names.contains(&name)).map(|&(_, rate)| rate)
    }

    /// Returns whether it has drop-frame timecode, which follows the clock.
    pub(crate) fn drops(self) -> bool {
        self.dropped().is_some()
    }

    /// Returns how many frame numbers drop-frame leaves out at the beginning of a minute; `None` if the rate has none.
    pub(super) fn dropped(self) -> Option<i64> {
        match self {
            Self { counted: 30, slow: true } => Some(2),
            Self { counted: 60, slow: true } => Some(4),
            _ => None,
        }
    }

    /// Returns the frame that begins nearest to a time.
    pub(crate) fn frame_at(self, ms: i64) -> i64 {
        let second = if self.slow { 1_001 } else { 1_000 };
        (ms * self.counted + second / 2).div_euclid(second)
    }

    /// Writes a frame as `HH:MM:SS:FF`; drop-frame (`;` before the frames) at the rates that have it.
    pub(crate) fn timecode(self, frame: i64) -> String {
        let dropped = self.dropped().unwrap_or(0);
        // In ten minutes, all but the first begin with numbers that are left out.
        let minute = 60 * self.counted - dropped;
        let (tens, rest) = (frame / (10 * minute + dropped), frame % (10 * minute + dropped));
        let number = frame + dropped * (9 * tens + (rest - dropped).max(0) / minute);
        let (seconds, frames) = (number / self.counted, number % self.counted);
        let separator = if self.drops() { ';' } else { ':' };
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        format!("{hours:02}:{minutes:02}:{seconds:02}{separator}{frames:02}")
    }

    /// Returns the milliseconds that a number of frames take, to the nearest.
    pub(crate) fn ms(self, frames: i64) -> i64 {
        let ms_times_counted = frames * if self.slow { 1_001 } else { 1_000 };
        (ms_times_counted + self.counted / 2).div_euclid(self.counted)
    }
}

impl FromStr for FrameRate {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = RATES.map(|(names, _)| names[0]).join(", ");
        Self::named(name).ok_or_else(|| format!("{name:?} is not a frame rate in use; give one of {known}"))
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(RATES.iter().find(|(_, rate)| rate == self).map_or("", |(names, _)| names[0]))
    }
}
