//! Writes a rundown as a list.

use core::fmt::Write as _;

use super::list::{CUT, PICTURE};
use super::timecode::{Counting, frame_number, frame_rate, start};
use crate::interchange::cue_label::CueLabel;
use crate::interchange::exchange::{Exported, FormatOptions, Remark};
use crate::interchange::rows;
use crate::rundown::{Rundown, clock};

/// Writes an edit per cue, named by its label.
pub(super) fn export(rundown: &Rundown, options: &FormatOptions) -> Result<Exported, Remark> {
    let rate = frame_rate(options)?;
    let counting = Counting::of_rate(rate);
    let start = start(options, rate, counting)?;
    let day = frame_number("24:00:00:00", rate, counting)
        .map_err(|error| Remark::file(format!("24:00:00:00 {}", error.problem()), error.remedy()))?;
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
            let problem = format!("cue {:?} at {} is beyond 24 hours of timecode", cue.id(), clock(cue.time()));
            return Err(Remark::file(problem, "split the sheet, or choose another format"));
        }
        let [source_end, begin, end, zero] = [end - begin, begin, end, 0].map(|frame| rate.timecode(frame));
        let (number, label) = (index + 1, CueLabel::new(cue));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n{number:03}  AX       {PICTURE}     {CUT}        {zero} {source_end} {begin} {end}\n* FROM CLIP NAME: {label}",
        );
    }
    let remarks = rows::lost_fields(&rows::rows_of(rundown), &["id", "time", "action", "track", "duration"]);
    Ok(Exported { text, remarks })
}
