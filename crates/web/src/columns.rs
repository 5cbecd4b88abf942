//! A rundown as the page passes it: rows of numbers, and the ids of its cues, one per line. `ts/rundown.ts` writes them.
//!
//! Every cue has a row of three numbers: when it begins, when it ends (NaN if it does not), and a word of bits. After all
//! of these follows, in the same order, a row of five for each cue whose word has [`MORE`]: how late it may be, jitter,
//! lead and spread of its preload, and the bound it needs, negative if it fires otherwise; NaN for what the cue lacks.

use core::slice::Iter;
use downbeat_core::cueing::{CueKey, Kind, Late, Lead, ListedCue, Needs, Otherwise};

use crate::numbers::{given, position, span};

/// In a cue's word: it is a state.
const STATE: u32 = 1;
/// In a cue's word: it equals the cue with its id in the previous rundown.
const SAME: u32 = 2;
/// In a cue's word: it has a second row.
const MORE: u32 = 4;
/// In a cue's word, from this bit on: what happens when it is late, three bits.
const LATE: u32 = 3;
/// In a cue's word, from this bit on: the number of its lane.
const LANE: u32 = 6;

/// A rundown in the buffers.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'d> {
    rows: &'d [[f64; 3]],
    more: &'d [[f64; 5]],
    ids: &'d [u8],
}

impl<'d> Columns<'d> {
    /// Returns the rundown of `count` cues that the page wrote.
    pub(crate) fn of(count: usize, numbers: &'d [f64], ids: &'d str) -> Self {
        let (rows, more) = numbers.split_at_checked(count * 3).unwrap_or_default();
        Self { rows: rows.as_chunks().0, more: more.as_chunks().0, ids: ids.as_bytes() }
    }

    /// Returns the cues, in the order of the rundown.
    pub(crate) fn cues(self) -> impl ExactSizeIterator<Item = ListedCue> + 'd {
        let (mut more, mut ids) = (self.more.iter(), self.ids.iter());
        self.rows.iter().map(move |row| {
            let more = if row[2] as u32 & MORE == 0 { None } else { more.next() };
            cue(row, more.unwrap_or(&[f64::NAN; 5]), key(&mut ids))
        })
    }

    /// Returns whether the cue with this index equals the one with its id in the previous rundown.
    pub(crate) fn is_same(self, index: usize) -> bool {
        self.rows[index][2] as u32 & SAME != 0
    }
}

fn cue(&[time, end, word]: &[f64; 3], &[window, jitter, lead, spread, bound]: &[f64; 5], key: CueKey) -> ListedCue {
    let word = word as u32;
    let kind = if word & STATE == 0 { Kind::Moment } else { Kind::State };
    ListedCue {
        key,
        time: position(time),
        end: given(end).map(position),
        kind,
        late: match word >> LATE & 7 {
            1 => Late::Skip,
            2 => Late::Resume,
            3 => Late::Within(span(window)),
            4 => Late::Latest,
            _ => kind.late(),
        },
        lane: word >> LANE,
        jitter: span(jitter),
        preload: given(lead).map(|lead| Lead { lead: span(lead), spread: span(spread) }),
        needs: given(bound).map(|bound| Needs {
            bound: span(bound.abs()),
            otherwise: if bound < 0.0 { Otherwise::Fire } else { Otherwise::Skip },
        }),
    }
}

/// Reads the next line. Returns the key of the cue with this id. (Splitting the text first would read each byte twice.)
fn key(ids: &mut Iter<'_, u8>) -> CueKey {
    CueKey::of_id(ids.copied().take_while(|byte| *byte != b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::Span;

    const NONE: f64 = f64::NAN;

    #[test]
    fn a_rundown_is_read_as_the_page_writes_it() {
        let rows = [[1_000.0, NONE, 0.0], [2_000.0, 9_000.0, 7.0], [3_000.0, NONE, 4.0 + 24.0 + 128.0]];
        let more = [[NONE, 400.0, 60_000.0, 45_000.0, 50.0], [1_500.0, NONE, NONE, NONE, -250.0]];
        let numbers = [rows.as_flattened(), more.as_flattened()].concat();
        let columns = Columns::of(3, &numbers, "flash\nsong\nchime\n");
        let cues: Vec<ListedCue> = columns.cues().collect();
        let ms = Span::from_millis;
        assert_eq!(cues.iter().map(|cue| cue.time.as_millis()).collect::<Vec<_>>(), [1_000, 2_000, 3_000]);
        assert_eq!((cues[0].kind, cues[0].late, cues[0].jitter), (Kind::Moment, Late::Skip, Span::ZERO));
        assert_eq!((cues[0].end, cues[0].preload, cues[0].needs, cues[0].lane), (None, None, None, 0));
        assert_eq!((cues[1].kind, cues[1].late, cues[1].jitter), (Kind::State, Late::Resume, ms(400)));
        assert_eq!(cues[1].end.map(|end| end.as_millis()), Some(9_000));
        assert_eq!(cues[1].preload, Some(Lead { lead: ms(60_000), spread: ms(45_000) }));
        assert_eq!(cues[1].needs, Some(Needs { bound: ms(50), otherwise: Otherwise::Skip }));
        assert_eq!((cues[2].late, cues[2].lane, cues[2].preload), (Late::Within(ms(1_500)), 2, None));
        assert_eq!(cues[2].needs, Some(Needs { bound: ms(250), otherwise: Otherwise::Fire }));
        assert_eq!([0, 1, 2].map(|index| columns.is_same(index)), [false, true, false]);
        let again: Vec<CueKey> = Columns::of(1, &numbers, "song").cues().map(|cue| cue.key).collect();
        assert_eq!(again, [cues[1].key], "a cue is its id");
    }

    #[test]
    fn too_few_numbers_are_no_cues() {
        assert_eq!(Columns::of(2, &[0.0; 5], "a\nb\n").cues().len(), 0);
        assert_eq!(Columns::of(1, &[0.0, 0.0, 4.0, 1.0], "a").cues().next().map(|cue| cue.jitter), Some(Span::ZERO));
    }
}
