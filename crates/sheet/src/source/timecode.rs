//! SMPTE timecode (ST 12-1): hours, minutes, seconds and frames, at a rate that must be said.

use core::fmt;
use core::str::FromStr;

use super::time::{Problem, is_digits};

/// How many frames make a second: one of the rates in use, by its name.
///
/// ```
/// use downbeat_sheet::FrameRate;
/// assert_eq!("29.97".parse::<FrameRate>().unwrap().to_string(), "29.97");
/// assert!("31".parse::<FrameRate>().unwrap_err().contains("23.976, 24, 25"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    /// The frames that timecode counts in a second.
    counted: i64,
    /// A counted second takes 1.001 seconds: the rates that came with colour television in America.
    slow: bool,
}

/// The rates in use, each under the names that people write.
const RATES: [(&[&str], FrameRate); 13] = [
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
    pub(super) fn named(name: &str) -> Option<Self> {
        RATES.iter().find(|(names, _)| names.contains(&name)).map(|&(_, rate)| rate)
    }

    /// Returns whether its timecode is drop-frame where it is to follow the clock.
    pub(crate) fn drops(self) -> bool {
        self.dropped().is_some()
    }

    /// Returns how many frame numbers drop-frame leaves out at the beginning of a minute, where it exists at all.
    fn dropped(self) -> Option<i64> {
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
        // Of ten minutes all but the first begin with numbers that are left out.
        let minute = 60 * self.counted - dropped;
        let (tens, rest) = (frame / (10 * minute + dropped), frame % (10 * minute + dropped));
        let number = frame + dropped * (9 * tens + (rest - dropped).max(0) / minute);
        let (seconds, frames) = (number / self.counted, number % self.counted);
        let separator = if self.drops() { ';' } else { ':' };
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        format!("{hours:02}:{minutes:02}:{seconds:02}{separator}{frames:02}")
    }

    /// Returns the milliseconds that so many frames take, to the nearest.
    pub(crate) fn ms(self, frames: i64) -> i64 {
        let ms_times_counted = frames * if self.slow { 1_001 } else { 1_000 };
        (ms_times_counted + self.counted / 2).div_euclid(self.counted)
    }
}

impl FromStr for FrameRate {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = RATES.map(|(names, _)| names[0]).join(", ");
        Self::named(name).ok_or_else(|| format!("{name:?} is no frame rate in use; give one of {known}"))
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(RATES.iter().find(|(_, rate)| rate == self).map_or("", |(names, _)| names[0]))
    }
}

/// Returns whether a text means to be timecode: it names a rate, is drop-frame, or has four parts.
pub(super) fn is_timecode(text: &str) -> bool {
    text.contains(['@', ';']) || text.bytes().filter(|&byte| byte == b':').count() == 3
}

/// Reads `HH:MM:SS:FF@rate`; with `;` before the frames it is drop-frame. The rate may come from the sheet instead.
pub(super) fn timecode(text: &str, rate: Option<FrameRate>) -> Result<i64, Problem> {
    frame(text, rate).map(|(frame, rate)| rate.ms(frame))
}

/// Returns which frame, counted from 0, timecode means, and at what rate.
pub(crate) fn frame(text: &str, rate: Option<FrameRate>) -> Result<(i64, FrameRate), Problem> {
    let (text, rate) = match text.split_once('@') {
        Some((text, name)) => (text, Some(FrameRate::named(name).ok_or(Problem::BadRate)?)),
        None => (text, rate),
    };
    let (clock, frames) = text.rsplit_once([':', ';']).ok_or(Problem::Unknown)?;
    let drop_frame = text.as_bytes().get(clock.len()) == Some(&b';');
    let parts: Vec<&str> = clock.splitn(4, ':').collect();
    let [hours, minutes, seconds] = parts[..] else { return Err(Problem::Unknown) };
    if ![hours, minutes, seconds, frames].into_iter().all(is_digits) {
        return Err(Problem::Unknown);
    }
    let rate = rate.ok_or(Problem::NoRate)?;
    if [minutes, seconds].iter().any(|part| part.len() != 2 || *part > "59") {
        return Err(Problem::Sixty);
    }
    // Five digits are more than a year's hours; the parts below have been seen to be short.
    if hours.len() > 5 {
        return Err(Problem::TooLong);
    }
    if frames.len() > 3 {
        return Err(Problem::BadFrame);
    }
    let number = |part: &str| part.parse::<i64>().map_err(|_| Problem::Unknown);
    let (minutes, seconds, frames) = (number(hours)? * 60 + number(minutes)?, number(seconds)?, number(frames)?);
    if frames >= rate.counted {
        return Err(Problem::BadFrame);
    }
    let counted = (minutes * 60 + seconds) * rate.counted + frames;
    if !drop_frame {
        return Ok((counted, rate));
    }
    let dropped = rate.dropped().ok_or(Problem::NoDrop)?;
    if minutes % 10 != 0 && seconds == 0 && frames < dropped {
        return Err(Problem::Dropped);
    }
    Ok((counted - dropped * (minutes - minutes / 10), rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timecode_is_the_time_at_which_its_frame_is_shown() {
        for (written, ms) in [
            ("00:12:00:12@25", 720_480),
            ("00:00:00:01@24", 42),
            ("00:00:01:00@24", 1_000),
            ("00:00:00:23@24", 958),
            ("10:00:00:00@50", 36_000_000),
            ("00:00:00:119@120", 992),
            // An hour counted at 30 takes 3.6 s longer at 29.97, and at 24 as long at 23.976.
            ("01:00:00:00@29.97", 3_603_600),
            ("01:00:00:00@23.976", 3_603_600),
            ("01:00:00:00@59.94", 3_603_600),
            ("01:00:00:00@30", 3_600_000),
        ] {
            assert_eq!(timecode(written, None), Ok(ms), "{written}");
        }
    }

    #[test]
    fn drop_frame_follows_the_clock_by_leaving_numbers_out() {
        // 17982 frames in ten minutes and 107892 in an hour at 29.97 (ST 12-1); a frame takes 1001/30 ms.
        for (written, ms) in [
            ("00:00:59;29@29.97", 60_027),
            ("00:01:00;02@29.97", 60_060),
            ("00:10:00;00@29.97", 599_999),
            ("01:00:00;00@29.97", 3_599_996),
            ("10:00:00;00@29.97", 35_999_964),
            ("23:59:59;29@29.97", 86_399_880),
            ("00:01:00;04@59.94", 60_060),
            ("00:10:00;00@59.94", 599_999),
            ("01:00:00;00@59.94", 3_599_996),
        ] {
            assert_eq!(timecode(written, None), Ok(ms), "{written}");
        }
        for written in ["00:01:00;00@29.97", "00:01:00;01@29.97", "00:59:00;01@29.97", "00:01:00;03@59.94"] {
            assert_eq!(timecode(written, None), Err(Problem::Dropped), "{written}");
        }
        assert_eq!(timecode("00:12:00;12@25", None), Err(Problem::NoDrop));
        assert_eq!(timecode("00:12:00;12@30", None), Err(Problem::NoDrop));
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (_, rate) in RATES {
            // Around each minute of the first hours, where drop-frame leaves numbers out, and far away.
            let minute = 60 * rate.counted;
            for frame in (0..130).flat_map(|count| count * minute - 9..count * minute + 9).chain([80_000_000]) {
                let written = rate.timecode(frame.max(0));
                assert_eq!(super::frame(&written, Some(rate)), Ok((frame.max(0), rate)), "{written}");
                assert_eq!(rate.frame_at(rate.ms(frame)), frame);
            }
        }
        assert_eq!(FrameRate::named("29.97").map(|rate| rate.timecode(17_982)), Some("00:10:00;00".to_owned()));
        assert_eq!(FrameRate::named("25").map(|rate| rate.timecode(18_012)), Some("00:12:00:12".to_owned()));
    }

    #[test]
    fn the_rate_is_the_codes_own_or_else_the_sheets() {
        let film = FrameRate::named("24");
        assert_eq!(timecode("00:00:00:12", film), Ok(500));
        assert_eq!(timecode("00:00:00:12@48", film), Ok(250));
        assert_eq!(timecode("00:00:00:12", None), Err(Problem::NoRate));
    }

    #[test]
    fn what_is_no_timecode_is_refused_for_its_reason() {
        for (written, problem) in [
            ("00:12:00:25@25", Problem::BadFrame),
            ("00:12:00:0000@25", Problem::BadFrame),
            ("00:60:00:00@25", Problem::Sixty),
            ("00:00:5:00@25", Problem::Sixty),
            ("00:12:00:12@26", Problem::BadRate),
            ("00:12:00:12@", Problem::BadRate),
            ("123456:00:00:00@25", Problem::TooLong),
            ("00:12:00@25", Problem::Unknown),
            ("00;12;00;12@29.97", Problem::Unknown),
            ("::;@25", Problem::Unknown),
            ("@25", Problem::Unknown),
            (";", Problem::Unknown),
            ("00:12:00:١@25", Problem::Unknown),
        ] {
            assert_eq!(timecode(written, None), Err(problem), "{written}");
        }
    }
}
