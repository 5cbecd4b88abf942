//! Reads the lines of a list into edits.

use super::edit::Edit;
use super::timecode::{Counting, frame_number};
use crate::interchange::import::Import;
use crate::source::FrameRate;

/// The beginnings of lines that only concern pictures.
const IGNORED: [&str; 9] =
    ["*", ">>>", "M2", "AUD", "SPLIT:", "FINAL CUT PRO REEL:", "BL,", "EFFECTS NAME", "CLIP NAME"];

/// The channel of the picture. Cues without a track are written there.
pub(super) const PICTURE: &str = "V";

/// The kind of an edit that is not a transition.
pub(super) const CUT: &str = "C";

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
}

impl List {
    /// Creates a list of which nothing was read yet.
    pub(super) fn new(rate: FrameRate) -> Self {
        Self { rate, counting: Counting::NonDrop, dropped: false, edits: Vec::new(), last: None }
    }

    /// Returns how the list counts frames.
    pub(super) fn counting(&self) -> Counting {
        if self.dropped { Counting::DropFrame } else { Counting::NonDrop }
    }

    /// Reads a line, which is not empty.
    pub(super) fn read(&mut self, line: &str, number: usize, import: &mut Import) {
        let after = |word: &str| line.strip_prefix(word).map(str::trim);
        if let Some(title) = after("TITLE:") {
            import.title = Some(title.to_owned());
        } else if let Some(mode) = after("FCM:") {
            self.frame_code_mode(mode, number, import);
        } else if line.starts_with(|char: char| char.is_ascii_digit()) {
            self.edit(line, number, import);
        } else if let Some(marker) = after("* LOC:") {
            self.avid_marker(marker, number, import);
        } else if let Some(name) = after("* FROM CLIP NAME:") {
            // After a transition, this is the clip before it.
            if self.last_edit().is_some_and(|edit| edit.name.is_empty()) {
                self.name_last(name);
            }
        } else if let Some(name) = after("* TO CLIP NAME:") {
            self.name_last(name);
        } else if line.starts_with('|') {
            self.resolve_marker(line);
        } else if !IGNORED.iter().any(|ignored| line.starts_with(ignored)) {
            let problem = "it is not an edit, a comment or anything else that edit lists have";
            import.refuse(number, problem, "delete it, or put * before it");
        }
    }

    fn frame_code_mode(&mut self, mode: &str, number: usize, import: &mut Import) {
        self.counting = match mode {
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
            "NON-DROP FRAME" | "NON DROP FRAME" => Counting::NonDrop,
            _ => {
                let remedy = "write \"FCM: NON-DROP FRAME\" or \"FCM: DROP FRAME\"";
                import.refuse(number, "it names an unknown frame code mode", remedy);
                Counting::NonDrop
            }
        };
    }

    /// Reads `001  REEL  V  C  in out in out`, of which the last two are times of the programme.
    fn edit(&mut self, line: &str, number: usize, import: &mut Import) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [edit, _, channel, kind, .., _, _, from, to] = parts[..] else {
            let problem =
                "it is not a complete edit, which has a number, a reel, a channel, a kind of cut and four timecodes";
            return import.refuse(number, problem, "complete it, or put * before it");
        };
        let (Some(begin), Some(end)) = (self.frame(from, number, import), self.frame(to, number, import)) else {
            return;
        };
        if end < begin {
            let problem = format!("it ends at {to}, before it begins at {from}");
            return import.refuse(number, problem, "exchange the two");
        }
        // A transition is two lines with one number; the first has no length and says what was there before.
        if kind != CUT && self.edits.last().is_some_and(|last| last.begin == last.end && last.number == edit) {
            self.edits.pop();
        }
        self.last = Some(self.edits.len());
        let channel = Some(channel).filter(|channel| *channel != PICTURE).map(str::to_owned);
        self.edits.push(Edit { line: number, number: edit.to_owned(), begin, end, channel, name: String::new() });
    }

    /// Returns the number of the frame with this timecode.
    fn frame(&mut self, text: &str, number: usize, import: &mut Import) -> Option<i64> {
        match frame_number(text, self.rate, self.counting) {
            Ok(frame) => {
                self.dropped |= self.counting == Counting::DropFrame || text.contains(';');
                Some(frame)
            }
            Err(error) => {
                import.refuse(number, format!("the timecode {text:?} {}", error.problem()), error.remedy());
                None
            }
        }
    }

    fn last_edit(&mut self) -> Option<&mut Edit> {
        self.edits.get_mut(self.last?)
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
        let (_, name) = rest.trim_start().split_once(char::is_whitespace).unwrap_or_default();
        let name = name.trim().to_owned();
        // No edit has an empty number, so the marker is never mistaken for the first half of a transition.
        self.edits.push(Edit { line: number, number: String::new(), begin: at, end: at, channel: None, name });
    }

    /// Reads a marker of Resolve, which follows its edit: `|C:ResolveColorBlue |M:name |D:1`.
    fn resolve_marker(&mut self, line: &str) {
        let Some((_, rest)) = line.split_once("|M:") else { return };
        let (name, frames) = rest.rsplit_once("|D:").unwrap_or((rest, ""));
        self.name_last(name.trim());
        if let (Some(edit), Ok(frames)) = (self.last_edit(), frames.trim().parse()) {
            edit.end = edit.begin + i64::from(u32::min(frames, FRAMES_MAX));
        }
    }
}
