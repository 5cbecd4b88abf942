//! Edit decision lists (CMX 3600), which editors of film exchange: events with timecode, and marks on them.

use downbeat_core::{Position, Span};

use super::label::Label;
use super::row::{self, Row, length};
use super::{Exported, Format, Intake, Remark, Terms};
use crate::rundown::{Rundown, clock};
use crate::source::{FrameRate, TimeError, frame};

pub(super) const FORMAT: Format = Format {
    name: "edl",
    about: "edit decision lists (CMX 3600) of Resolve, Avid, Premiere; needs --fps",
    loses: "kind, params, late, jitter, needs, preload, message, parts of a frame",
    import: Some(import),
    export: Some(export),
};

/// Lines that begin so say something about pictures, which is nothing to cues.
const PASSED_OVER: [&str; 9] =
    ["*", ">>>", "M2", "AUD", "SPLIT:", "FINAL CUT PRO REEL:", "BL,", "EFFECTS NAME", "CLIP NAME"];

/// The channel of the picture. Cues that name no track are written there.
const PICTURE: &str = "V";

/// The kind of an edit that is no transition.
const CUT: &str = "C";

/// How many frames a mark may last: ten million, a day at any rate.
const FRAMES_MAX: u32 = 10_000_000;

/// Where many programmes begin in timecode.
const HOUR_MS: i64 = 3_600_000;

const NO_RATE: &str =
    "edit lists count frames, and nothing says how many make a second; say it (--fps), such as 25, 29.97 or 30";

/// A list as far as it was read. Frames are those of its own timecode.
struct List {
    rate: FrameRate,
    /// Timecode counts drop-frame, whatever stands before the frames.
    drop_frame: bool,
    /// Some of it counted drop-frame.
    dropped: bool,
    edits: Vec<Edit>,
    /// The edit that following comments are about.
    last: Option<usize>,
}

/// An edit, or a mark.
struct Edit {
    line: usize,
    number: String,
    begin: i64,
    end: i64,
    channel: Option<String>,
    name: String,
}

fn import(text: &str, terms: &Terms, intake: &mut Intake) {
    let Some(rate) = terms.frame_rate else { return intake.refuse_file(NO_RATE) };
    let mut list = List { rate, drop_frame: false, dropped: false, edits: Vec::new(), last: None };
    for (index, line) in text.lines().enumerate() {
        if !line.trim().is_empty() {
            list.read(line.trim(), index + 1, intake);
        }
    }
    let first = list.edits.iter().map(|edit| rate.ms(edit.begin)).min();
    if terms.start.is_none() && first.is_some_and(|first| first >= HOUR_MS) {
        let message = "the first event is an hour or more into the timecode; if the programme begins at 01:00:00:00, say so (--start 01:00:00:00)";
        intake.remark_file(message);
    }
    let start = match start(terms, rate, list.dropped) {
        Ok(start) => start,
        Err(problem) => return intake.refuse_file(problem),
    };
    for edit in &list.edits {
        if let Some(row) = edit.row(start, rate, terms, intake) {
            intake.add(row);
        }
    }
}

impl List {
    fn read(&mut self, line: &str, number: usize, intake: &mut Intake) {
        let begins = |word: &str| line.strip_prefix(word).map(str::trim);
        if let Some(title) = begins("TITLE:") {
            intake.title = Some(title.to_owned());
        } else if let Some(mode) = begins("FCM:") {
            self.frame_code_mode(mode, number, intake);
        } else if line.starts_with(|char: char| char.is_ascii_digit()) {
            self.edit(line, number, intake);
        } else if let Some(mark) = begins("* LOC:") {
            self.locator(mark, number, intake);
        } else if let Some(name) = begins("* FROM CLIP NAME:") {
            // After a transition this is where it came from.
            self.name(|edit| edit.name.is_empty(), name);
        } else if let Some(name) = begins("* TO CLIP NAME:") {
            self.name(|_| true, name);
        } else if line.starts_with('|') {
            self.resolve_mark(line);
        } else if !PASSED_OVER.iter().any(|known| line.starts_with(known)) {
            let message =
                "it is no edit, no comment and nothing else that edit lists have; delete it, or put * before it";
            intake.refuse(number, message);
        }
    }

    fn frame_code_mode(&mut self, mode: &str, number: usize, intake: &mut Intake) {
        let drop_frame = mode == "DROP FRAME";
        self.drop_frame = drop_frame && self.rate.drops();
        if drop_frame && !self.rate.drops() {
            let message = format!(
                "the list counts drop-frame, which only 29.97 and 59.94 have, not {} frames a second; give the rate it was made at (--fps)",
                self.rate
            );
            intake.refuse(number, message);
        } else if !["DROP FRAME", "NON-DROP FRAME", "NON DROP FRAME"].contains(&mode) {
            let message = "it names no frame code mode; write \"FCM: NON-DROP FRAME\" or \"FCM: DROP FRAME\"";
            intake.refuse(number, message);
        }
    }

    /// Reads `001  REEL  V  C  in out in out`, of which the last two are times of the programme.
    fn edit(&mut self, line: &str, number: usize, intake: &mut Intake) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [edit, _, channel, kind, .., _, _, from, to] = parts[..] else {
            let message = "it is no whole edit, which has a number, a reel, a channel, a kind of cut and four timecodes; complete it, or put * before it";
            return intake.refuse(number, message);
        };
        let (Some(begin), Some(end)) = (self.frame(from, number, intake), self.frame(to, number, intake)) else {
            return;
        };
        if end < begin {
            return intake.refuse(number, format!("it ends at {to}, before it begins at {from}; exchange the two"));
        }
        // A transition is two lines of one number; the first takes no time and says what was there before.
        if kind != CUT && self.edits.last().is_some_and(|last| last.begin == last.end && last.number == edit) {
            self.edits.pop();
        }
        self.last = Some(self.edits.len());
        let channel = Some(channel).filter(|channel| *channel != PICTURE).map(str::to_owned);
        self.edits.push(Edit { line: number, number: edit.to_owned(), begin, end, channel, name: String::new() });
    }

    /// Returns the frame that timecode means.
    fn frame(&mut self, text: &str, number: usize, intake: &mut Intake) -> Option<i64> {
        match frame_of(text, self.rate, self.drop_frame) {
            Ok(frame) => {
                self.dropped |= self.drop_frame || text.contains(';');
                Some(frame)
            }
            Err(error) => {
                intake.refuse(number, format!("the timecode {text:?} {}; {}", error.problem(), error.remedy()));
                None
            }
        }
    }

    /// Names the edit that comments are about.
    fn name(&mut self, takes: fn(&Edit) -> bool, name: &str) {
        if let Some(edit) = self.last.and_then(|last| self.edits.get_mut(last)).filter(|edit| takes(edit)) {
            name.clone_into(&mut edit.name);
        }
    }

    /// Reads what Avid writes of a mark: `* LOC: 01:00:10:00 RED name`.
    fn locator(&mut self, mark: &str, number: usize, intake: &mut Intake) {
        let (at, rest) = mark.split_once(char::is_whitespace).unwrap_or((mark, ""));
        let Some(at) = self.frame(at, number, intake) else { return };
        let (_, name) = rest.trim_start().split_once(char::is_whitespace).unwrap_or_default();
        let name = name.trim().to_owned();
        // No edit has this number, so none takes it for the first half of a transition.
        self.edits.push(Edit { line: number, number: String::new(), begin: at, end: at, channel: None, name });
    }

    /// Reads what Resolve writes of a mark, after its edit: `|C:ResolveColorBlue |M:name |D:1`.
    fn resolve_mark(&mut self, line: &str) {
        let Some((_, rest)) = line.split_once("|M:") else { return };
        let (name, frames) = rest.rsplit_once("|D:").unwrap_or((rest, ""));
        self.name(|_| true, name.trim());
        if let (Some(edit), Ok(frames)) = (self.last.and_then(|last| self.edits.get_mut(last)), frames.trim().parse()) {
            edit.end = edit.begin + i64::from(u32::min(frames, FRAMES_MAX));
        }
    }
}

impl Edit {
    /// Returns the cue of it. A single frame is how marks are written: a moment.
    fn row(&self, start: i64, rate: FrameRate, terms: &Terms, intake: &mut Intake) -> Option<Row> {
        if self.begin < start {
            let message = "it comes before the timecode at which the event begins; give an earlier one (--start)";
            intake.refuse(self.line, message);
            return None;
        }
        let label = Label::read(&self.name);
        let action = intake.action(self.line, &label.action, terms)?;
        let ms = |frame: i64| rate.ms(frame - start);
        let mut row = Row::at_line(self.line);
        row.set("time", clock(Position::from_millis(ms(self.begin))));
        if self.end > self.begin + 1 {
            row.set("duration", length(Span::from_millis(ms(self.end) - ms(self.begin))));
        }
        row.name = Some(action.clone());
        row.set("action", action);
        row.set_some("track", label.track.or_else(|| self.channel.clone()));
        row.set_some("id", label.id);
        Some(row)
    }
}

fn export(rundown: &Rundown, terms: &Terms) -> Result<Exported, Remark> {
    let rate = terms.frame_rate.ok_or_else(|| Remark::file(NO_RATE.to_owned()))?;
    let start = start(terms, rate, rate.drops()).map_err(Remark::file)?;
    let day = frame_of("24:00:00:00", rate, rate.drops()).map_err(|error| Remark::file(error.remedy().to_owned()))?;
    let title: String = rundown.title().chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    let mode = if rate.drops() { "DROP FRAME" } else { "NON-DROP FRAME" };
    let mut text = format!("TITLE: {title}\nFCM: {mode}\n");
    for (index, cue) in rundown.cues().iter().enumerate() {
        let begin = start + rate.frame_at(cue.time().as_millis());
        let end = match cue.end() {
            // A single frame would be a moment.
            Some(end) => (start + rate.frame_at(end.as_millis())).max(begin + 2),
            None => begin + 1,
        };
        if end >= day {
            let message = format!(
                "cue {:?} at {} lies beyond 24 hours of timecode; split the sheet, or choose another format",
                cue.id(),
                clock(cue.time())
            );
            return Err(Remark::file(message));
        }
        let [source_end, begin, end, zero] = [end - begin, begin, end, 0].map(|frame| rate.timecode(frame));
        text.push_str(&format!(
            "\n{:03}  AX       {PICTURE}     {CUT}        {zero} {source_end} {begin} {end}\n* FROM CLIP NAME: {}\n",
            index + 1,
            Label::of(cue).write()
        ));
    }
    Ok(Exported {
        text,
        remarks: row::unsaid(&row::of_rundown(rundown), &["id", "time", "action", "track", "duration"]),
    })
}

/// Returns the frame at which the event begins, counted as the list is.
fn start(terms: &Terms, rate: FrameRate, drop_frame: bool) -> Result<i64, String> {
    let Some(start) = terms.start.as_deref() else { return Ok(0) };
    frame_of(start, rate, drop_frame).map_err(|error| {
        format!("the timecode {start:?}, at which the event begins, {}; {}", error.problem(), error.remedy())
    })
}

/// Returns the frame that timecode means; with `drop_frame`, counted so even with `:` before the frames.
fn frame_of(text: &str, rate: FrameRate, drop_frame: bool) -> Result<i64, TimeError> {
    let colon = text.rsplit_once(':').filter(|_| drop_frame && !text.contains(';'));
    let dropping = colon.map(|(clock, frames)| format!("{clock};{frames}"));
    frame(dropping.as_deref().unwrap_or(text), Some(rate)).map(|(frame, _)| frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::tests::{cues, refused};

    fn at(rate: &str, start: Option<&str>) -> Terms {
        Terms { frame_rate: Some(rate.parse().unwrap()), start: start.map(str::to_owned), ..Terms::default() }
    }

    const EDITS: &str = "TITLE: Spring gala\nFCM: NON-DROP FRAME\n\n\
        001  AX       V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n\
        * FROM CLIP NAME: opening [stage]\n\
        002  AX       V     C        00:00:02:00 00:00:02:00 01:00:02:00 01:00:02:00\n\
        002  BX       V     D    024 00:00:00:00 00:00:10:12 01:00:02:00 01:00:12:12\n\
        EFFECTS NAME IS CROSS DISSOLVE\n\
        * FROM CLIP NAME: opening\n\
        * TO CLIP NAME: song\n\
        M2   AX       025.0                00:00:00:00\n\
        * LOC: 01:00:03:01  RED     burst #burst1\n\
        003  AX       A2    C        00:00:00:00 00:00:00:01 01:00:12:12 01:00:12:13\n\
        * FROM CLIP NAME: bell\n";

    #[test]
    fn edits_and_marks_become_cues_from_where_the_event_begins() {
        assert_eq!(
            cues(&FORMAT, EDITS, &at("25", Some("01:00:00:00"))),
            ["0-2000 opening opening stage", "2000-12480 song song", "3040 burst1 burst", "12480 bell bell A2"]
        );
        let imported = FORMAT.import(EDITS, &at("25", None)).unwrap();
        assert_eq!(imported.rundown.title(), "Spring gala");
        assert_eq!(imported.rundown.cues()[0].time().as_millis(), 3_600_000);
        assert!(imported.remarks[0].message.contains("--start 01:00:00:00"));
    }

    #[test]
    fn resolves_marks_are_moments_unless_they_last() {
        let marks = "TITLE: Timeline 1\nFCM: NON-DROP FRAME\n\n\
            001  001      V     C        00:00:10:00 00:00:10:01 00:00:10:00 00:00:10:01  \n \
            |C:ResolveColorBlue |M:startSong [music] |D:1\n\n\
            002  001      V     C        00:00:20:00 00:00:20:01 00:00:20:00 00:00:20:01  \n \
            |C:ResolveColorRed |M:Marker 2 |D:48\n";
        assert_eq!(
            cues(&FORMAT, marks, &at("24", None)),
            ["10000 startSong startSong music", "20000-22000 Marker-2 Marker 2"]
        );
    }

    #[test]
    fn drop_frame_follows_the_mode_or_the_semicolon() {
        let edit = |code: &str| format!("001  AX V C 00:00:00:00 00:00:00:00 {code} {code}\n* FROM CLIP NAME: a\n");
        let dropping = format!("FCM: DROP FRAME\n{}", edit("00:10:00:00"));
        assert_eq!(cues(&FORMAT, &dropping, &at("29.97", None)), ["599999 a a"]);
        assert_eq!(cues(&FORMAT, &edit("00:10:00;00"), &at("29.97", None)), ["599999 a a"]);
        assert_eq!(cues(&FORMAT, &edit("00:10:00:00"), &at("29.97", None)), ["600600 a a"]);
        let back = format!("FCM: DROP FRAME\nFCM: NON-DROP FRAME\n{}", edit("00:10:00:00"));
        assert_eq!(cues(&FORMAT, &back, &at("29.97", None)), ["600600 a a"]);
        // The beginning is counted as the list is.
        assert_eq!(cues(&FORMAT, &dropping, &at("29.97", Some("00:10:00:00"))), ["0 a a"]);
        assert_eq!(cues(&FORMAT, &edit("00:10:00:00"), &at("29.97", Some("00:10:00:00"))), ["0 a a"]);
        assert_eq!(refused(&FORMAT, &dropping, &at("25", None))[0], "1 the list counts drop-frame");
        assert_eq!(
            refused(&FORMAT, &format!("FCM: DROP FRAME\n{}", edit("00:01:00:00")), &at("59.94", None)),
            ["2 the timecode \"00:01:00:00\" is a frame that drop-frame leaves out: each minute but every tenth begins at frame 02 (04 at 59.94)";
                2]
        );
    }

    #[test]
    fn what_is_no_list_is_refused_line_by_line() {
        assert_eq!(refused(&FORMAT, EDITS, &Terms::default()), ["- edit lists count frames"]);
        let bad = "FCM: SOMETIMES\n\
            001  AX V C 00:00:00:00\n\
            002  AX V C 0 0 00:00:05:00 00:00:04:00\n\
            003  AX V C 0 0 00:00:05:25 00:00:06:00\n\
            004  AX V C 0 0 00:00:05:00 00:00:06:00\n\
            hello\n\
            * LOC: never RED a\n";
        assert_eq!(
            refused(&FORMAT, bad, &at("25", None)),
            [
                "1 it names no frame code mode",
                "2 it is no whole edit",
                "3 it ends at 00:00:04:00",
                "4 the timecode \"00:00:05:25\" has a frame that its rate does not reach",
                "5 it does not say what is to be done",
                "6 it is no edit",
                "7 the timecode \"never\" is not a valid time",
            ]
        );
        let pair = "001  AX V C 0 0 00:00:05:00 00:00:05:00\n* FROM CLIP NAME: a\n\
            001  AX A C 0 0 00:00:05:00 00:00:05:00\n* FROM CLIP NAME: b\n";
        assert_eq!(cues(&FORMAT, pair, &at("25", None)), ["5000 a a", "5000 b b A"], "two cuts are no transition");
        let early = refused(&FORMAT, EDITS, &at("25", Some("02:00:00:00")));
        assert_eq!(early[0], "4 it comes before the timecode at which the event begins");
        assert_eq!(refused(&FORMAT, EDITS, &at("25", Some("02:00"))).len(), 1);
    }

    #[test]
    fn a_state_of_less_than_a_frame_stays_a_state() {
        let sheet =
            r#"[{ "id": "s", "time": 1, "action": "a", "duration": "1ms" }, { "id": "m", "time": 2, "action": "a" }]"#;
        let exported = FORMAT.export(&crate::compile(sheet).rundown.unwrap(), &at("25", None)).unwrap();
        assert_eq!(cues(&FORMAT, &exported.text, &at("25", None)), ["1000-1080 s a", "2000 m a"]);
        assert!(exported.remarks.is_empty());
        let lossy = r#"[{ "time": 1, "action": "a", "late": "latest", "params": {} }, { "time": 2, "action": "b", "params": {} }]"#;
        let exported = FORMAT.export(&crate::compile(lossy).rundown.unwrap(), &at("25", None)).unwrap();
        let told = "the format has no place for these, keep the sheet: params (2 cues), late (1 cue)";
        assert_eq!(exported.remarks[0].message, told);
    }

    #[test]
    fn a_day_is_as_far_as_timecode_counts() {
        let rundown = crate::compile(r#"[{ "time": "24h", "action": "a" }]"#).rundown.unwrap();
        let refusal = FORMAT.export(&rundown, &at("25", None)).unwrap_err();
        assert!(refusal.message.contains("beyond 24 hours"), "{}", refusal.message);
        assert!(FORMAT.export(&rundown, &Terms::default()).unwrap_err().message.contains("--fps"));
    }
}
