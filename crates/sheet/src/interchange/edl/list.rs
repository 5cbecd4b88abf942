//! Reads the lines of a list into edits.

use super::edit::Edit;
use super::event_line::EventLine;
use crate::interchange::import::Import;
use crate::interchange::timecode::{Counting, day_frames, frame_number};
use crate::source::FrameRate;

/// The beginnings of lines that only concern pictures, in capitals.
const IGNORED: [&str; 20] = [
    ">>>",
    "M2",
    "AUD",
    "SPLIT",
    "FINAL CUT PRO REEL",
    "BL,",
    "EFFECTS NAME",
    "CLIP NAME",
    "KEY CLIP NAME",
    "SOURCE FILE",
    "REEL",
    "TRANSITION",
    "GPI",
    "DLEDL",
    "CTL",
    "SWM",
    "PTM",
    "VCS",
    "DVE",
    "$",
];

/// The colours of Avid's markers.
const COLOURS: [&str; 16] = [
    "RED", "GREEN", "BLUE", "CYAN", "MAGENTA", "YELLOW", "BLACK", "WHITE", "PINK", "FOREST", "DENIM", "VIOLET",
    "PURPLE", "ORANGE", "GREY", "GOLD",
];

/// The kind of an edit that is not a transition.
pub(super) const CUT: &str = "C";

/// The reel of black, which is the picture where there is none.
const BLACK: &str = "BL";

/// The length of a marker: at most ten million frames, a day at any rate.
const FRAMES_MAX: u32 = 10_000_000;

/// A list as far as it was read.
pub(super) struct List {
    rate: FrameRate,
    /// How timecode with `:` is counted from here on.
    counting: Counting,
    /// Whether some of the timecode was drop-frame.
    dropped: bool,
    pub(super) edits: Vec<Edit>,
    /// The edit that following comments are about.
    last: Option<usize>,
    /// Whether the latest edit is black, so that comments are not about any edit.
    black: bool,
    /// The number of edits that are black.
    pub(super) blacks: usize,
    /// Lines that may be the beginning of a note of Resolve, each with why it is refused if it is not.
    pending: Vec<Pending>,
}

/// A line that is not understood yet.
struct Pending {
    number: usize,
    text: String,
    problem: String,
    remedy: &'static str,
}

impl List {
    /// Creates a list of which nothing was read yet.
    pub(super) fn new(rate: FrameRate) -> Self {
        Self {
            rate,
            counting: Counting::NonDrop,
            dropped: false,
            edits: Vec::new(),
            last: None,
            black: false,
            blacks: 0,
            pending: Vec::new(),
        }
    }

    /// Returns how the list counts frames.
    pub(super) fn counting(&self) -> Counting {
        if self.dropped { Counting::DropFrame } else { Counting::NonDrop }
    }

    /// Reads a line, which is not empty.
    pub(super) fn read(&mut self, line: &str, number: usize, import: &mut Import) {
        if let Some(marker) = line.find("|C:").or_else(|| line.find("|M:")) {
            let (note, marker) = line.split_at(marker);
            return self.resolve_marker(note, marker);
        }
        // Comments begin with a star, with spaces after it or not, in any case.
        let (comment, rest) = match line.strip_prefix('*') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, line),
        };
        let after = |word: &str| {
            rest.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(|_| rest[word.len()..].trim())
        };
        if let Some(title) = after("TITLE:") {
            import.title = Some(title.to_owned()).filter(|title| !title.is_empty());
        } else if let Some(mode) = after("FCM:") {
            self.frame_code_mode(mode, number, import);
        } else if let Some(marker) = after("LOC:") {
            self.avid_marker(marker, number, import);
        } else if let Some(name) = after("FROM CLIP NAME:") {
            // After a transition, this is the clip before it.
            if self.last_edit().is_some_and(|edit| edit.name.is_empty()) {
                self.name_last(name);
            }
        } else if let Some(name) = after("TO CLIP NAME:") {
            self.name_last(name);
        } else if comment || IGNORED.iter().any(|ignored| after(ignored).is_some()) {
            // It is about pictures.
        } else if line.starts_with(|char: char| char.is_ascii_digit()) {
            self.edit(line, number, import);
        } else {
            let problem = "it is not an edit, a comment or anything else that edit lists have";
            self.pend(line, number, problem, "delete it, or put * before it");
        }
    }

    /// Reports the lines that turned out not to be a note.
    pub(super) fn finish(&mut self, import: &mut Import) {
        for Pending { number, problem, remedy, .. } in core::mem::take(&mut self.pending) {
            import.refuse(number, problem, remedy);
        }
    }

    fn pend(&mut self, line: &str, number: usize, problem: impl Into<String>, remedy: &'static str) {
        self.pending.push(Pending { number, text: line.to_owned(), problem: problem.into(), remedy });
    }

    fn frame_code_mode(&mut self, mode: &str, number: usize, import: &mut Import) {
        self.counting = match &*mode.to_uppercase().replace(['-', '_'], " ") {
            "DROP FRAME" => {
                if !self.rate.drops() {
                    let rate = self.rate;
                    let problem = format!(
                        "the list counts drop-frame, which only 29.97 and 59.94 have, not {rate} frames a second"
                    );
                    import.refuse(number, problem, "give the rate it was made at (--fps)");
                }
                Counting::of_rate(self.rate)
            }
            "NON DROP FRAME" | "NONDROP FRAME" => Counting::NonDrop,
            _ => {
                let remedy = "write \"FCM: NON-DROP FRAME\" or \"FCM: DROP FRAME\"";
                import.refuse(number, "it names an unknown frame code mode", remedy);
                Counting::NonDrop
            }
        };
    }

    fn edit(&mut self, line: &str, number: usize, import: &mut Import) {
        let Some(event) = EventLine::parse(line) else {
            let problem =
                "it is not a complete edit, which has a number, a reel, a channel, a kind of cut and four timecodes";
            return self.pend(line, number, problem, "complete it, or put * before it");
        };
        self.finish(import);
        let EventLine { from, to, .. } = event;
        let (Some(begin), Some(mut end)) = (self.frame(from, number, import), self.frame(to, number, import)) else {
            return;
        };
        let day = day_frames(self.rate, self.counting).unwrap_or(i64::MAX);
        if end < begin && begin - end > day / 2 {
            // It goes on after the day's end, where timecode begins again.
            end += day;
        }
        if end < begin {
            let problem = format!("it ends at {to}, before it begins at {from}");
            return import.refuse(number, problem, "exchange the two");
        }
        // A transition is two lines with one number; the first has no length and says what was there before.
        if event.kind != CUT
            && self.edits.last().is_some_and(|last| last.begin == last.end && last.number == event.number)
        {
            self.edits.pop();
        }
        self.black = event.reel == BLACK;
        if self.black {
            self.blacks += 1;
            return;
        }
        self.last = Some(self.edits.len());
        let channel = event.sound_channel().map(str::to_owned);
        let edit = Edit { number: event.number.to_owned(), channel, ..Edit::new(number, begin, end, day) };
        self.edits.push(edit);
    }

    /// Returns the number of the frame with this timecode.
    fn frame(&mut self, text: &str, number: usize, import: &mut Import) -> Option<i64> {
        match frame_number(text, self.rate, self.counting) {
            Ok(frame) => {
                self.dropped |= self.counting == Counting::DropFrame || text.contains([';', ',']);
                Some(frame)
            }
            Err(error) => {
                import.refuse(number, format!("the timecode {text:?} {}", error.problem()), error.remedy());
                None
            }
        }
    }

    fn last_edit(&mut self) -> Option<&mut Edit> {
        if self.black { None } else { self.edits.get_mut(self.last?) }
    }

    /// Names the edit that comments are about.
    fn name_last(&mut self, name: &str) {
        if let Some(edit) = self.last_edit() {
            name.clone_into(&mut edit.name);
        }
    }

    /// Reads a marker of Avid: `* LOC: 01:00:10:00 RED name`.
    fn avid_marker(&mut self, marker: &str, number: usize, import: &mut Import) {
        let (at, rest) = marker.split_once(char::is_whitespace).unwrap_or((marker, ""));
        let Some(at) = self.frame(at, number, import) else { return };
        let rest = rest.trim();
        let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let name = if COLOURS.contains(&first) { after.trim() } else { rest };
        let day = day_frames(self.rate, self.counting).unwrap_or(i64::MAX);
        // No edit has an empty number, so the marker is never mistaken for the first half of a transition.
        self.edits.push(Edit { name: name.to_owned(), ..Edit::new(number, at, at, day) });
    }

    /// Reads a marker of Resolve, which follows its edit: `|C:ResolveColorBlue |M:name |D:1`, after its note.
    fn resolve_marker(&mut self, note: &str, marker: &str) {
        let lines = core::mem::take(&mut self.pending).into_iter().map(|pending| pending.text);
        let note: Vec<String> = lines.chain([note.trim().trim_start_matches('*').trim().to_owned()]).collect();
        let note = note.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        if let Some(edit) = self.last_edit().filter(|_| !note.is_empty()) {
            edit.note = Some(note);
        }
        let Some((_, rest)) = marker.split_once("|M:") else { return };
        let (name, frames) = rest.rsplit_once("|D:").unwrap_or((rest, ""));
        self.name_last(name.trim());
        if let (Some(edit), Ok(frames)) = (self.last_edit(), frames.trim().parse()) {
            edit.end = edit.begin + i64::from(u32::min(frames, FRAMES_MAX));
        }
    }
}
