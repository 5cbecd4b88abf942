//! Prints a rundown as canonical JSON, whose keys are in alphabetical order.

use super::canonical::{Member, integer, members, string};
use super::{Checkpoint, Cue, FORMAT, Late, Needs, Preload, Rundown, Track};

pub(super) fn print(rundown: &Rundown) -> String {
    let mut out = String::with_capacity(256 + rundown.cues.len() * 128);
    out.push_str("{\"checkpoints\":[");
    for (index, checkpoint) in rundown.checkpoints.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        print_checkpoint(&mut out, checkpoint);
    }
    out.push_str("],\"cues\":[");
    for (index, cue) in rundown.cues.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        print_cue(&mut out, cue);
    }
    out.push(']');
    if let Some(duration) = rundown.duration {
        field(&mut out, "duration");
        integer(&mut out, duration.as_millis());
    }
    text_field(&mut out, "format", FORMAT);
    text_field(&mut out, "id", &rundown.id);
    text_field(&mut out, "title", &rundown.title);
    field(&mut out, "tracks");
    members(&mut out, rundown.tracks.iter().map(|(name, track)| Member(name, track)), print_track);
    out.push('}');
    out
}

fn print_checkpoint(out: &mut String, checkpoint: &Checkpoint) {
    out.push_str("{\"active\":[");
    for (index, &state) in checkpoint.active.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        // There are at most 200,000.
        integer(out, i64::try_from(state).unwrap_or(i64::MAX));
    }
    out.push_str("],\"time\":");
    integer(out, checkpoint.time.as_millis());
    out.push('}');
}

pub(super) fn print_cue(out: &mut String, cue: &Cue) {
    out.push_str("{\"action\":");
    string(out, &cue.action);
    if let Some(end) = cue.end {
        field(out, "end");
        integer(out, end.as_millis());
    }
    text_field(out, "id", &cue.id);
    if let Some(jitter) = cue.jitter {
        field(out, "jitter");
        integer(out, jitter.as_millis());
    }
    text_field(out, "kind", cue.kind.as_str());
    if let Some(late) = cue.late {
        field(out, "late");
        print_late(out, late);
    }
    if let Some(message) = &cue.message {
        field(out, "message");
        let words = message.iter().map(|(locale, words)| Member(locale.as_str(), words));
        members(out, words, |out, words| string(out, words));
    }
    if let Some(needs) = cue.needs {
        field(out, "needs");
        print_needs(out, needs);
    }
    if let Some(params) = &cue.params {
        field(out, "params");
        out.push_str(params.as_str());
    }
    if let Some(preload) = &cue.preload {
        field(out, "preload");
        print_preload(out, preload);
    }
    field(out, "time");
    integer(out, cue.time.as_millis());
    if let Some(track) = &cue.track {
        text_field(out, "track", track);
    }
    out.push('}');
}

fn print_late(out: &mut String, late: Late) {
    match late {
        Late::Skip => out.push_str("\"skip\""),
        Late::Resume => out.push_str("\"resume\""),
        Late::Latest => out.push_str("\"latest\""),
        Late::Within(window) => {
            out.push_str("{\"within\":");
            integer(out, window.as_millis());
            out.push('}');
        }
    }
}

fn print_needs(out: &mut String, Needs { bound, otherwise }: Needs) {
    out.push_str("{\"bound\":");
    integer(out, bound.as_millis());
    text_field(out, "otherwise", otherwise.as_str());
    out.push('}');
}

fn print_preload(out: &mut String, preload: &Preload) {
    out.push_str("{\"assets\":[");
    for (index, asset) in preload.assets.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(out, asset);
    }
    out.push(']');
    if let Some(bytes) = preload.bytes {
        field(out, "bytes");
        // The compiler and the parser refuse larger numbers.
        integer(out, i64::try_from(bytes).unwrap_or(i64::MAX));
    }
    field(out, "lead");
    integer(out, preload.lead.as_millis());
    field(out, "spread");
    integer(out, preload.spread.as_millis());
    out.push('}');
}

fn print_track(out: &mut String, track: &Track) {
    out.push('{');
    if track.exclusive {
        out.push_str("\"exclusive\":true");
    }
    if track.priority != 0 {
        if track.exclusive {
            out.push(',');
        }
        out.push_str("\"priority\":");
        integer(out, i64::from(track.priority));
    }
    out.push('}');
}

/// Appends the key of a field that is not the first of its object.
fn field(out: &mut String, name: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

fn text_field(out: &mut String, name: &str, text: &str) {
    field(out, name);
    string(out, text);
}
