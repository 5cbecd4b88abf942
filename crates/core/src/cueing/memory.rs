//! What has fired, in a form that survives a reload.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::Cueing;
use super::bits::Bits;
use super::cue::{CueKey, Kind};
use super::list::CueList;
use super::places::Places;
use crate::timeline::Position;

/// The most cues of other rundowns that are remembered: 16,384.
///
/// Reason: 128 KB. If there are more, those that fired first are dropped; they matter only if a rundown with them comes
/// back and the event seeks back to them.
pub const ELSEWHERE_MAX: usize = 16_384;

/// The most ranges of fired cues in a memory: 256, at most 12 KB of text.
///
/// Reason: cues fire in order, and only cues skipped or missed in between separate ranges. If there are more, the
/// earliest are merged, and what was missed between them counts as fired.
pub const RANGES_MAX: usize = 256;

/// Which cues have fired, small enough for a page's session storage.
///
/// Its text form is one line of ASCII. With the rundown it was made with it is exact; with another one, a moment
/// counts as fired if it is where moments had fired, since firing twice is worse than not firing.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Memory {
    /// The epoch in which it fired, as a number; 0 if that is not known.
    epoch: u64,
    /// The list it was made with.
    list: u64,
    ranges: Vec<Fired>,
    /// The cues that fired in other lists, in the order of firing.
    elsewhere: Vec<CueKey>,
}

/// A range of moments that fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fired {
    first_row: usize,
    last_row: usize,
    first: Position,
    last: Position,
}

/// Why a text is not a valid memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryError {
    /// It does not begin as a memory does: it is from another program or another version.
    Version,
    /// It has more than [`RANGES_MAX`] ranges or [`ELSEWHERE_MAX`] keys.
    TooLong,
    /// This part of it cannot be read.
    Part(String),
}

/// The first of a memory's numbers.
const WORDS_VERSION: u64 = 2;

/// The first number of a memory from before it had an epoch.
const WORDS_WITHOUT_EPOCH: u64 = 1;

/// The prefix of a memory's text.
const VERSION: &str = "downbeat.fired/1";

impl Memory {
    /// Returns what has fired in `list` and before it, in the epoch of the number `epoch`.
    pub(super) fn of(epoch: u64, list: &CueList, fired: &Bits, elsewhere: &[CueKey]) -> Self {
        let mut ranges: Vec<Fired> = Vec::new();
        for row in fired.iter() {
            let at = list.rows[row].at;
            match ranges.last_mut() {
                Some(range) if list.rows[range.last_row + 1..row].iter().all(is_state) => {
                    (range.last_row, range.last) = (row, at);
                }
                _ => ranges.push(Fired { first_row: row, last_row: row, first: at, last: at }),
            }
        }
        if ranges.len() > RANGES_MAX {
            let surplus = ranges.len() - RANGES_MAX;
            let last = ranges[surplus];
            ranges[0] = Fired { last_row: last.last_row, last: last.last, ..ranges[0] };
            ranges.copy_within(surplus + 1.., 1);
            ranges.truncate(RANGES_MAX);
        }
        Self { epoch, list: list.fingerprint(), ranges, elsewhere: elsewhere.to_vec() }
    }

    /// Returns it as numbers, for shells that store those; [`Memory::from_words`] reads them.
    pub fn to_words(&self) -> Vec<u64> {
        let mut words = vec![WORDS_VERSION, self.epoch, self.list, self.ranges.len() as u64];
        for Fired { first_row, last_row, first, last } in &self.ranges {
            let [first, last] = [first, last].map(|position| position.as_millis().cast_unsigned());
            words.extend_from_slice(&[*first_row as u64, *last_row as u64, first, last]);
        }
        words.extend(self.elsewhere.iter().map(|key| key.bits()));
        words
    }

    /// Reads numbers; `None` if they are from another version, or too many.
    pub fn from_words(words: &[u64]) -> Option<Self> {
        let (epoch, words) = match words {
            [WORDS_VERSION, epoch, words @ ..] => (*epoch, words),
            [WORDS_WITHOUT_EPOCH, words @ ..] => (0, words),
            _ => return None,
        };
        let (&[list, count], rest) = words.split_first_chunk()?;
        let count = usize::try_from(count).ok().filter(|count| *count <= RANGES_MAX)?;
        let (ranges, keys) = rest.split_at_checked(count * 4)?;
        let (ranges, _) = ranges.as_chunks::<4>();
        let position = |ms: u64| Position::from_millis(ms.cast_signed());
        let ranges = ranges.iter().map(|&[first_row, last_row, first, last]| Fired {
            first_row: first_row as usize,
            last_row: last_row as usize,
            first: position(first),
            last: position(last),
        });
        (keys.len() <= ELSEWHERE_MAX).then(|| Self {
            epoch,
            list,
            ranges: ranges.collect(),
            elsewhere: keys.iter().map(|key| CueKey::from_bits(*key)).collect(),
        })
    }

    /// Returns the number of the epoch in which it fired; 0 if that is not known.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Returns the rows of `list` that have fired, and the keys of fired cues that it does not contain.
    fn apply(&self, list: &CueList) -> (Bits, Vec<CueKey>) {
        let mut fired = Bits::none(list.len());
        for range in &self.ranges {
            let rows = if self.list == list.fingerprint() {
                range.first_row..range.last_row.saturating_add(1).min(list.len())
            } else {
                list.rows.before(range.first)..list.rows.begun(range.last)
            };
            rows.filter(|&row| !is_state(&list.rows[row])).for_each(|row| {
                fired.insert(row);
            });
        }
        let missing = mark(list, self.elsewhere.clone(), &mut fired);
        (fired, missing)
    }
}

impl Cueing {
    /// Finds in the current list what had fired in `old`.
    pub(super) fn carry_fired(&mut self, old: &CueList) {
        if let Some(memory) = self.remembered.take_if(|_| !self.list.is_empty()) {
            (self.fired, self.elsewhere) = memory.apply(&self.list);
            return;
        }
        if self.list.fingerprint() == old.fingerprint() {
            return;
        }
        let mut keys = core::mem::take(&mut self.elsewhere);
        for row in self.fired.iter() {
            keys.push(old.rows[row].key);
        }
        self.fired = Bits::none(self.list.len());
        self.elsewhere = mark(&self.list, keys, &mut self.fired);
    }
}

/// Marks the moments of `list` whose keys are among `keys`; returns the keys of no moment, the latest of them.
fn mark(list: &CueList, mut keys: Vec<CueKey>, fired: &mut Bits) -> Vec<CueKey> {
    if keys.is_empty() {
        return keys;
    }
    let wanted = Places::of(&keys);
    let mut found = Bits::none(keys.len());
    for (row, cue) in list.rows.iter().enumerate().filter(|(_, cue)| !is_state(cue)) {
        for nth in wanted.find(cue.key) {
            found.insert(nth);
            fired.insert(row);
        }
    }
    let mut nth = 0;
    keys.retain(|_| {
        nth += 1;
        !found.contains(nth - 1)
    });
    let surplus = keys.len().saturating_sub(ELSEWHERE_MAX);
    keys.split_off(surplus)
}

fn is_state(row: &super::list::Row) -> bool {
    row.kind == Kind::State
}

impl fmt::Display for Memory {
    /// Writes `downbeat.fired/1 <list> <row>-<row>@<µs>-<µs>,… <key>,… <epoch>`, numbers of lists, keys and the epoch in hexadecimal;
    /// without an epoch if it is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION} {:x} ", self.list)?;
        for (nth, Fired { first_row, last_row, first, last }) in self.ranges.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            write!(f, "{comma}{first_row}-{last_row}@{}-{}", first.as_millis(), last.as_millis())?;
        }
        f.write_str(" ")?;
        for (nth, key) in self.elsewhere.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            write!(f, "{comma}{:x}", key.bits())?;
        }
        if self.epoch != 0 {
            write!(f, " {:x}", self.epoch)?;
        }
        Ok(())
    }
}

impl FromStr for Memory {
    type Err = MemoryError;
    fn from_str(text: &str) -> Result<Self, MemoryError> {
        let mut fields = text.split(' ');
        if fields.next() != Some(VERSION) {
            return Err(MemoryError::Version);
        }
        let (Some(list), Some(ranges), Some(keys), epoch, None) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(MemoryError::Part(excerpt(text)));
        };
        let hex = |text: &str| u64::from_str_radix(text, 16).map_err(|_| MemoryError::Part(excerpt(text)));
        let ranges: Vec<&str> = parts(ranges).take(RANGES_MAX + 1).collect();
        let keys: Vec<&str> = parts(keys).take(ELSEWHERE_MAX + 1).collect();
        if ranges.len() > RANGES_MAX || keys.len() > ELSEWHERE_MAX {
            return Err(MemoryError::TooLong);
        }
        let range = |text: &&str| range(text).ok_or_else(|| MemoryError::Part(excerpt(text)));
        Ok(Self {
            epoch: epoch.map_or(Ok(0), hex)?,
            list: hex(list)?,
            ranges: ranges.iter().map(range).collect::<Result<_, _>>()?,
            elsewhere: keys.into_iter().map(|key| hex(key).map(CueKey::from_bits)).collect::<Result<_, _>>()?,
        })
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|part| !part.is_empty())
}

/// Reads `12-40@560000-800000`.
fn range(text: &str) -> Option<Fired> {
    let (rows, positions) = text.split_once('@')?;
    let (first_row, last_row) = rows.split_once('-')?;
    // The first position may begin with a minus sign of its own.
    let dash = positions.get(1..)?.find('-')? + 1;
    let position = |text: &str| text.parse().ok().map(Position::from_millis);
    Some(Fired {
        first_row: first_row.parse().ok()?,
        last_row: last_row.parse().ok()?,
        first: position(&positions[..dash])?,
        last: position(&positions[dash + 1..])?,
    })
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => write!(f, "the text does not begin with {VERSION:?}; begin without a memory"),
            Self::TooLong => write!(
                f,
                "the memory has more than {RANGES_MAX} ranges or {ELSEWHERE_MAX} cues, which none has; begin without it"
            ),
            Self::Part(part) => write!(f, "{part:?} in the memory cannot be read; begin without it"),
        }
    }
}
impl core::error::Error for MemoryError {}
