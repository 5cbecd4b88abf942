//! SMPTE timecode (ST 12-1): hours, minutes, seconds and frames, at a rate that must be given.

use super::decimal::is_digits;
use super::error::TimeError;
use super::frame_rate::FrameRate;

/// Returns whether a text is meant as timecode: it names a rate, is drop-frame, or has four parts.
pub(super) fn is_timecode(text: &str) -> bool {
    text.contains(['@', ';']) || text.bytes().filter(|&byte| byte == b':').count() == 3
}

/// Returns the milliseconds of `HH:MM:SS:FF@rate`; with `;` before the frames it is drop-frame. `rate` is that of
/// timecode that does not name its own.
pub(super) fn timecode(text: &str, rate: Option<FrameRate>) -> Result<i64, TimeError> {
    frame(text, rate).map(|(frame, rate)| rate.ms(frame))
}

/// Returns the number of the frame, counted from 0, and the rate.
pub(crate) fn frame(text: &str, rate: Option<FrameRate>) -> Result<(i64, FrameRate), TimeError> {
    let (text, rate) = match text.split_once('@') {
        Some((text, name)) => (text, Some(FrameRate::named(name).ok_or(TimeError::BadRate)?)),
        None => (text, rate),
    };
    let (clock, frames) = text.rsplit_once([':', ';']).ok_or(TimeError::Unknown)?;
    let drop_frame = text.as_bytes().get(clock.len()) == Some(&b';');
    let parts: Vec<&str> = clock.splitn(4, ':').collect();
    let [hours, minutes, seconds] = parts[..] else { return Err(TimeError::Unknown) };
    if ![hours, minutes, seconds, frames].into_iter().all(is_digits) {
        return Err(TimeError::Unknown);
    }
    let rate = rate.ok_or(TimeError::NoRate)?;
    if [minutes, seconds].iter().any(|part| part.len() != 2) {
        return Err(TimeError::Digits);
    }
    if [minutes, seconds].iter().any(|part| *part > "59") {
        return Err(TimeError::Sixty);
    }
    // Five digits are more than the hours of a year; the other parts are known to be short.
    if hours.len() > 5 {
        return Err(TimeError::TooLong);
    }
    if frames.len() > 3 {
        return Err(TimeError::BadFrame);
    }
    let number = |part: &str| part.parse::<i64>().map_err(|_| TimeError::Unknown);
    let (minutes, seconds, frames) = (number(hours)? * 60 + number(minutes)?, number(seconds)?, number(frames)?);
    if frames >= rate.counted {
        return Err(TimeError::BadFrame);
    }
    let counted = (minutes * 60 + seconds) * rate.counted + frames;
    if !drop_frame {
        return Ok((counted, rate));
    }
    let dropped = rate.dropped().ok_or(TimeError::NoDrop)?;
    if minutes % 10 != 0 && seconds == 0 && frames < dropped {
        return Err(TimeError::Dropped);
    }
    Ok((counted - dropped * (minutes - minutes / 10), rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::time::frame_rate::RATES;

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
            assert_eq!(timecode(written, None), Err(TimeError::Dropped), "{written}");
        }
        assert_eq!(timecode("00:12:00;12@25", None), Err(TimeError::NoDrop));
        assert_eq!(timecode("00:12:00;12@30", None), Err(TimeError::NoDrop));
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
    fn the_rate_is_the_timecodes_own_or_else_the_sheets() {
        let film = FrameRate::named("24");
        assert_eq!(timecode("00:00:00:12", film), Ok(500));
        assert_eq!(timecode("00:00:00:12@48", film), Ok(250));
        assert_eq!(timecode("00:00:00:12", None), Err(TimeError::NoRate));
    }

    #[test]
    fn invalid_timecode_is_refused_for_its_reason() {
        for (written, problem) in [
            ("00:12:00:25@25", TimeError::BadFrame),
            ("00:12:00:0000@25", TimeError::BadFrame),
            ("00:60:00:00@25", TimeError::Sixty),
            ("00:00:5:00@25", TimeError::Digits),
            ("00:12:00:12@26", TimeError::BadRate),
            ("00:12:00:12@", TimeError::BadRate),
            ("123456:00:00:00@25", TimeError::TooLong),
            ("00:12:00@25", TimeError::Unknown),
            ("00;12;00;12@29.97", TimeError::Unknown),
            ("::;@25", TimeError::Unknown),
            ("@25", TimeError::Unknown),
            (";", TimeError::Unknown),
            ("00:12:00:١@25", TimeError::Unknown),
        ] {
            assert_eq!(timecode(written, None), Err(problem), "{written}");
        }
    }
}
