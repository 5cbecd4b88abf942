//! Writes a rundown as a list.

use core::fmt::Write as _;
use downbeat_core::Span;

use super::list::CUT;
use crate::interchange::cue_label::CueLabel;
use crate::interchange::exchange::{Exported, FormatOptions, Remark};
use crate::interchange::rows;
use crate::interchange::timecode::{Counting, day_frames, frame_rate, start};
use crate::rundown::{Cue, Rundown, clock};
use crate::source::Crew;

/// Writes an edit per cue, named by its label. Edits that overlap are on channels of their own, since those of one channel
/// follow each other.
pub(super) fn export(rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
    let rate = frame_rate(options)?;
    let counting = Counting::of_rate(rate);
    let start = start(options, rate, counting)?;
    let day = day_frames(rate, counting)
        .map_err(|error| Remark::file(format!("24:00:00:00 {}", error.problem()), error.remedy()))?;
    let title: String = rundown.title().chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    let mode = if rate.drops() { "DROP FRAME" } else { "NON-DROP FRAME" };
    let mut text = format!("TITLE: {title}\nFCM: {mode}\n");
    rows::check_begin(rundown, Span::from_millis(rate.ms(start)), "--start 01:00:00:00")?;
    let rows = rows::rows_of(rundown, crew);
    // The frame at which each channel is free again.
    let mut channels: Vec<i64> = Vec::new();
    for (index, (cue, row)) in rundown.cues().iter().zip(&rows).enumerate() {
        let begin = start + rate.frame_at(cue.time().as_millis());
        let end = match cue.end() {
            // A single frame would be a moment.
            Some(end) => (start + rate.frame_at(end.as_millis())).max(begin + 2),
            None => begin + 1,
        };
        if end > day {
            let problem = format!("cue {:?} at {} is beyond 24 hours of timecode", cue.id(), clock(cue.time()));
            return Err(Remark::file(problem, "split the sheet, or choose another format"));
        }
        let channel = match channels.iter().position(|&free| free <= begin) {
            Some(channel) => channel,
            None => {
                channels.push(0);
                channels.len() - 1
            }
        };
        channels[channel] = end;
        let [source_end, begin, end, zero] = [end - begin, begin, end, 0].map(|frame| rate.timecode(frame));
        let (number, label, channel) = (index + 1, CueLabel::new(cue, row), channel_name(channel));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n{number:03}  AX       {channel:<5} {CUT}        {zero} {source_end} {begin} {end}\n* FROM CLIP NAME: {label}",
        );
    }
    let mut remarks = rows::lost_fields(&rows, &["id", "time", "action", "track", "duration"]);
    if channels.len() > 1 {
        let last = channel_name(channels.len() - 1);
        let problem = format!("cues overlap, so that the list has the channels V to {last}");
        remarks.push(Remark::file(
            problem,
            "a program that reads only V misses the others; give it a sheet without overlaps",
        ));
    }
    let generated = rundown.cues().iter().filter(|cue| is_generated(cue) && off_frame(cue, rate)).count();
    if generated > 0 {
        let count = rows::counted(generated, "generated id changes", "generated ids change");
        let problem = format!("{count} with the time, which is rounded to a frame");
        remarks.push(Remark::file(problem, "give the cues ids of their own"));
    }
    Ok(Exported { text, remarks })
}

/// Returns whether a cue's id is generated from its time.
fn is_generated(cue: &Cue) -> bool {
    cue.id().strip_prefix(cue.action()).is_some_and(|rest| rest.starts_with('@'))
}

/// Returns whether a cue begins between two frames.
fn off_frame(cue: &Cue, rate: crate::source::FrameRate) -> bool {
    let ms = cue.time().as_millis();
    rate.ms(rate.frame_at(ms)) != ms
}

/// Returns the name of a channel of the picture: V, V2, V3.
fn channel_name(index: usize) -> String {
    if index == 0 { "V".to_owned() } else { format!("V{}", index + 1) }
}
