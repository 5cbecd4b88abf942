//! A rundown as the page hands it over: a row of numbers for each cue, its ids and what its states say as lines.

use alloc::vec::Vec;
use downbeat_core::Seed;
use downbeat_core::cueing::{CueKey, Kind, Late, Lead, ListedCue, Needs, Otherwise};

use crate::numbers::{given, position, span};

/// How many numbers a cue has: time, end, kind, late, window, lane, jitter, lead, spread, bound, otherwise.
/// `ts/rundown.ts` writes them.
pub(crate) const WIDTH: usize = 11;

/// A cue, and what it says: states that say the same go on when the rundown is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) key: CueKey,
    content: u64,
}

/// Gives the cues of a rundown. `ids` has a line for every cue.
pub(crate) fn cues(rows: &[f64], ids: &str) -> Vec<ListedCue> {
    let (rows, _) = rows.as_chunks::<WIDTH>();
    rows.iter().zip(lines(ids)).map(|(row, id)| cue(row, id)).collect()
}

/// Gives what the cues of a rundown say. `ids` and `contents` have a line for every cue.
pub(crate) fn said(ids: &str, contents: &str) -> Vec<Said> {
    lines(ids).zip(lines(contents)).map(|(id, content)| Said { key: key(id), content: number(content) }).collect()
}

/// As bytes: to split text at a character takes ten times the code.
fn lines(text: &str) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().split(|byte| *byte == b'\n')
}

fn cue(row: &[f64; WIDTH], id: &[u8]) -> ListedCue {
    let [time, end, kind, late, window, lane, jitter, lead, spread, bound, otherwise] = *row;
    let kind = if kind == 0.0 { Kind::Moment } else { Kind::State };
    ListedCue {
        key: key(id),
        time: position(time),
        end: given(end).map(position),
        kind,
        late: match late as u8 {
            1 => Late::Skip,
            2 => Late::Resume,
            3 => Late::Within(span(window)),
            4 => Late::Latest,
            _ => kind.late(),
        },
        lane: lane as u32,
        jitter: span(jitter),
        preload: given(lead).map(|lead| Lead { lead: span(lead), spread: span(spread) }),
        needs: given(bound).map(|bound| Needs {
            bound: span(bound),
            otherwise: if otherwise == 0.0 { Otherwise::Skip } else { Otherwise::Fire },
        }),
    }
}

fn key(id: &[u8]) -> CueKey {
    CueKey::from_bits(number(id))
}

fn number(text: &[u8]) -> u64 {
    Seed::of(&[text]).next_u64()
}
