//! The cues of a sheet with their times, as they are written and as they are.

use core::ops::Range;

use super::draft::{Draft, Time};
use super::ids::Ids;
use super::nfc::nfc;
use super::time::{Anchor, FrameRate, reference};

/// A cue with its times.
pub(crate) struct TimedCue {
    /// The included file that it is in; `None` for the sheet itself.
    pub(crate) file: Option<String>,
    /// Its number among the file's cues, from 0.
    pub(crate) index: usize,
    /// The id that its author gave it, in NFC.
    pub(crate) id: Option<String>,
    pub(crate) disabled: bool,
    /// When it begins, in milliseconds.
    pub(crate) begin_ms: i64,
    /// When it ends, if it says so.
    pub(crate) end_ms: Option<i64>,
    pub(crate) begin: Written,
    pub(crate) end: Written,
    /// Where another field may be put: after its id, or after its opening brace.
    pub(crate) room: Room,
    /// The rate of timecode that names none.
    pub(crate) frame_rate: Option<FrameRate>,
}

/// How a time is written. Spans are bytes of the file.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    /// Not at all, or as a distance from the cue's own beginning.
    Nowhere,
    /// As the end of the cue before, in the field or by its absence.
    Next(Option<Range<usize>>),
    /// As a time of its own.
    At(Range<usize>),
    /// As a distance from a time of the cue with this number.
    From { span: Range<usize>, cue: usize, anchor: Anchor, offset_ms: i64 },
}

/// Where another field may be put.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Room {
    /// After the field that ends here.
    After(usize),
    /// After the brace that ends here, before other fields.
    Brace(usize),
}

/// Returns the cues of all files, in their order; a cue whose times are not known is left out, and was reported. References
/// count all drafts.
pub(super) fn timed(drafts: &[Draft<'_>], ids: &Ids<'_>) -> Vec<TimedCue> {
    drafts.iter().filter_map(|draft| Some(timed_cue(draft, draft.begin.ms()?, ids))).collect()
}

fn timed_cue(draft: &Draft<'_>, begin_ms: i64, ids: &Ids<'_>) -> TimedCue {
    let place = draft.place;
    let frame_rate = place.file.part.frame_rate;
    let written = |name: &str| {
        let value = place.field(name)?.value();
        let span = value.span();
        let from = value.text().filter(|text| text.starts_with('#')).and_then(|text| {
            let found = reference(text, frame_rate).ok()?;
            Some(Written::From {
                span: span.clone(),
                cue: ids.find(found.id)?,
                anchor: found.anchor,
                offset_ms: found.offset_ms,
            })
        });
        Some(match value.text() {
            Some(super::NEXT) => Written::Next(Some(span)),
            _ => from.unwrap_or(Written::At(span)),
        })
    };
    let room = match place.field("id") {
        Some(id) => Room::After(id.value().span().end),
        None => Room::Brace(place.opening().end),
    };
    TimedCue {
        file: place.file.path.as_deref().map(str::to_owned),
        index: place.index as usize,
        id: draft.id().map(|id| nfc(id).into_owned()),
        disabled: draft.disabled,
        begin_ms,
        end_ms: if let Time::At(ms) = draft.end { Some(ms) } else { None },
        begin: written("time").unwrap_or(Written::Next(None)),
        end: written("until").unwrap_or(Written::Nowhere),
        room,
        frame_rate,
    }
}
