//! The line of an edit: `001  REEL  V  C  in out in out`.

/// The number of timecodes at the end of an edit.
const TIMECODES: usize = 4;

/// The line of an edit, of which the last two timecodes are times of the programme.
pub(super) struct EventLine<'l> {
    pub(super) number: &'l str,
    /// Its reel; empty if it has none. A reel may have spaces in its name.
    pub(super) reel: String,
    pub(super) channel: &'l str,
    pub(super) kind: &'l str,
    pub(super) from: &'l str,
    pub(super) to: &'l str,
}

impl<'l> EventLine<'l> {
    /// Parses a line, from the right, since a reel may have spaces; `None` if it is not complete.
    pub(super) fn parse(line: &'l str) -> Option<Self> {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let times = words.split_off(words.len().checked_sub(TIMECODES)?);
        let [_, _, from, to] = times[..] else { return None };
        if ![from, to].iter().all(|time| time.contains([':', ';', '.', ','])) {
            return None;
        }
        // A transition has its length in frames after it.
        if words.len() > 3
            && words.last()?.bytes().all(|byte| byte.is_ascii_digit())
            && is_transition(words[words.len() - 2])
        {
            words.pop();
        }
        // A key has a word more: K B, K O.
        if words.len() > 3 && matches!(*words.last()?, "B" | "O") && words[words.len() - 2] == "K" {
            words.pop();
        }
        let (kind, channel) = (words.pop()?, words.pop()?);
        let (number, reel) = words.split_first()?;
        Some(Self { number, reel: reel.join(" "), channel, kind, from, to })
    }

    /// Returns its channel, unless the picture is in it.
    pub(super) fn sound_channel(&self) -> Option<&'l str> {
        let has_picture = self.channel == "B" || self.channel.split(['/', '+']).any(is_picture);
        if has_picture { None } else { Some(self.channel) }
    }
}

/// Returns whether a channel is of the picture: `V`, and in lists with several `V2`.
fn is_picture(channel: &str) -> bool {
    channel.strip_prefix('V').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_transition(kind: &str) -> bool {
    kind.starts_with(['D', 'W', 'K', 'B', 'O'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_from_the_right() {
        for (line, read) in [
            ("001  AX       V     C        0 0 01:00:00:00 01:00:02:00", ("001", "AX", "V", "C")),
            ("001\tMY REEL 1\tV\tC\t0\t0\t01:00:00:00\t01:00:02:00", ("001", "MY REEL 1", "V", "C")),
            ("002  BX V D 024 0 0 01:00:02:00 01:00:12:12", ("002", "BX", "V", "D")),
            ("002  A B V W001 030 0 0 01;00;02;00 01;00;12;12", ("002", "A B", "V", "W001")),
            ("003  BX V K B 024 0 0 01:00:02:00 01:00:12:12", ("003", "BX", "V", "K")),
            ("1002 AX AA/V C 0 0 01:00:02:00 01:00:12:12", ("1002", "AX", "AA/V", "C")),
            ("004  V C 0 0 01:00:02:00 01:00:12:12", ("004", "", "V", "C")),
        ] {
            let event = EventLine::parse(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((event.number, &*event.reel, event.channel, event.kind), read, "{line}");
        }
        for line in ["001 AX V C 00:00:00:00", "3 times the bell rings, and then again", "001", ""] {
            assert!(EventLine::parse(line).is_none(), "{line}");
        }
    }

    #[test]
    fn the_picture_is_not_a_channel_of_sound() {
        let channel = |channel: &str| {
            let line = format!("001 AX {channel} C 0 0 01:00:00:00 01:00:02:00");
            EventLine::parse(&line).unwrap().sound_channel().map(str::to_owned)
        };
        for picture in ["V", "V2", "AA/V", "A2/V", "B", "V1"] {
            assert_eq!(channel(picture), None, "{picture}");
        }
        for sound in ["A", "A2", "AA", "NONE"] {
            assert_eq!(channel(sound).as_deref(), Some(sound));
        }
    }
}
