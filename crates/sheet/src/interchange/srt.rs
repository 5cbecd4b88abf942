//! SubRip, the subtitles of most editors: a number, two times, and lines of text. Each becomes a message.

use downbeat_core::{Position, Span};

use super::exchange::{FormatOptions, Remark};
use super::format::{Format, Source};
use super::import::{Import, lines};
use super::row::{Row, length};
use super::vtt::CAPTION;
use crate::rundown::clock;

/// The format of SubRip.
pub(super) const FORMAT: Format = Format {
    name: "srt",
    about: "SubRip subtitles; each becomes a message",
    loses: "",
    import: Some(Source::Text(import)),
    export: None,
};

/// The tags that are not text.
const TAGS: [&str; 9] = ["b", "i", "u", "s", "em", "strong", "font", "c", "v"];

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    let start_ms = match options.file_start_ms() {
        Ok(start_ms) => start_ms,
        Err(error) => return import.refuse_file(error),
    };
    let lines: Vec<&str> = lines(text).collect();
    if lines.first().is_some_and(|first| first.starts_with("WEBVTT")) {
        return import.refuse(1, "it is WebVTT", "import it as vtt");
    }
    let times: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].contains("-->")).collect();
    // A number directly above the times is not part of the text before, whether or not there is an empty line.
    let begin = |at: usize| if at > 0 && is_number(lines[at - 1]) { at - 1 } else { at };
    let first = times.first().map_or(lines.len(), |&at| begin(at));
    if let Some(stray) = lines[..first].iter().position(|line| !line.trim().is_empty()) {
        let remedy = "write the times below it such as 00:09:20,000 --> 00:13:20,000, or delete it";
        import.refuse(stray + 1, "it is not a subtitle, since its times are missing", remedy);
    }
    for (index, &at) in times.iter().enumerate() {
        let end = times.get(index + 1).map_or(lines.len(), |&next| begin(next).max(at + 1));
        let number = Some(lines[begin(at)].trim()).filter(|_| begin(at) < at);
        read(number, at, &lines[at..end], start_ms, options, import);
    }
}

/// Reads a subtitle: its times, and the lines below them.
fn read(number: Option<&str>, at: usize, lines: &[&str], start_ms: i64, options: &FormatOptions, import: &mut Import) {
    let line = at + 1;
    let remedy = "write its times such as 00:09:20,000 --> 00:13:20,000";
    let (from, rest) = lines[0].split_once("-->").unwrap_or((lines[0], ""));
    let to = rest.split_whitespace().next().unwrap_or_default();
    let (Some(from_ms), Some(to_ms)) = (time_ms(from.trim()), time_ms(to)) else {
        return import.refuse(line, format!("{:?} are not the times of a subtitle", lines[0].trim()), remedy);
    };
    if to_ms < from_ms {
        return import.refuse(line, "it ends before it begins", "exchange the two times");
    }
    let text = plain_text(&lines[1..].join("\n"));
    if text.is_empty() {
        return import.remark(Remark::line(line, "it has no text, so that it is left out", "write one, or delete it"));
    }
    let action = options.action.clone().unwrap_or_else(|| CAPTION.to_owned());
    let mut row = Row::at_line(line);
    row.set("time", clock(Position::from_millis(from_ms - start_ms)));
    row.set_some("duration", (to_ms > from_ms).then(|| length(Span::from_millis(to_ms - from_ms))));
    // Numbers count subtitles and may repeat.
    row.name = Some(number.unwrap_or(&action).to_owned());
    row.set("action", action);
    row.set("message", text);
    import.add(row);
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    matches!(line.len(), 1..=9) && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Parses `HH:MM:SS,mmm`; some programs write a point, or fewer digits before the thousandths.
fn time_ms(text: &str) -> Option<i64> {
    let (clock, thousandths) = text.split_once([',', '.']).unwrap_or((text, "000"));
    let mut parts = clock.split(':');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        let plain = (1..=digits).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if plain { part.parse::<i64>().ok() } else { None }
    };
    let (hours, minutes, seconds) = (number(4)?, number(2)?, number(2)?);
    let is_whole = thousandths.len() == 3 && thousandths.bytes().all(|byte| byte.is_ascii_digit());
    let in_range = minutes < 60 && seconds < 60 && parts.next().is_none() && is_whole;
    let ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths.parse::<i64>().ok()?;
    in_range.then_some(ms)
}

/// Returns a text without the tags and the positions that editors write into it.
fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        let close = if after.starts_with('<') { '>' } else { '}' };
        let inside = after
            .find(close)
            .map(|end| (&after[1..end], &after[end + 1..]))
            .filter(|(inside, _)| is_markup(inside, close));
        rest = match inside {
            Some((_, rest)) => rest,
            None => {
                plain.push_str(&after[..1]);
                &after[1..]
            }
        };
    }
    plain.push_str(rest);
    plain.trim().to_owned()
}

fn is_markup(inside: &str, close: char) -> bool {
    if close == '}' {
        return inside.starts_with('\\');
    }
    let name = inside.trim_start_matches('/').split([' ', '.']).next().unwrap_or_default();
    TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::tests::{cues, refused};

    fn texts(subtitles: &str) -> Vec<String> {
        let imported =
            FORMAT.import(subtitles, &FormatOptions::default()).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
        imported.rundown.cues().iter().map(|cue| cue.message().unwrap().values().next().unwrap().clone()).collect()
    }

    #[test]
    fn subtitles_become_messages_however_they_are_separated() {
        let plain = "1\n00:00:01,000 --> 00:00:02,500\nOne\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\nmore\n";
        let found = ["1000-2500 1 caption", "3000-4000 2 caption"];
        for subtitles in [
            plain.to_owned(),
            format!("\u{feff}{}", plain.replace('\n', "\r\n")),
            plain.replace('\n', "\r"),
            plain.replace("\n\n", "\n"),
            plain.replace("\n\n", "\n \n\n\n"),
            plain.replace(',', "."),
            plain.replace("00:00:0", "0:00:0"),
            plain.replace("00:00:02,500", "00:00:02,500  X1:40 X2:600 Y1:20 Y2:50"),
        ] {
            assert_eq!(cues(&FORMAT, &subtitles, &FormatOptions::default()), found, "{subtitles:?}");
            assert_eq!(texts(&subtitles), ["One", "Two\nmore"], "{subtitles:?}");
        }
        // An empty line within a text, numbers that repeat, and none.
        let loose = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\nand a half\n\n1\n00:00:03,000 --> 00:00:04,000\nTwo\n\n00:00:05,000 --> 00:00:06,000\nThree";
        assert_eq!(texts(loose), ["One\n\nand a half", "Two", "Three"]);
    }

    #[test]
    fn tags_are_not_text_and_text_is_not_a_tag() {
        let line = |text: &str| texts(&format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n"));
        assert_eq!(line("{\\an8}<i>One</i> <font color=\"red\">two</font>"), ["One two"]);
        assert_eq!(line("3 < 4 > 2, {a} & <3"), ["3 < 4 > 2, {a} & <3"]);
    }

    #[test]
    fn what_is_not_a_subtitle_is_refused_by_line() {
        let subtitles = "hello\n\n1\n00:00:01,5 --> 00:00:02,000\nOne\n\n2\n00:00:03,000 --> 00:00:02,000\nTwo\n\n\
            3\n00:00:05,000 --> 00:00:06,000\n\n";
        assert_eq!(
            refused(&FORMAT, subtitles, &FormatOptions::default()),
            ["1 it is not a subtitle", "4 \"00:00:01", "8 it ends before it begins"]
        );
        assert_eq!(refused(&FORMAT, "WEBVTT\n", &FormatOptions::default()), ["1 it is WebVTT"]);
    }
}
