//! A rundown as core's cueing wants it: numbers for names, and nothing of what cues do.

use downbeat_core::Seed;
use downbeat_core::cueing::{Content, CueKey, CueList, Lead, ListedCue};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::{Cue, Kind, Rundown};

impl Rundown {
    /// Gives the cues as this viewer has them, for [`Cueing`](downbeat_core::cueing::Cueing). The indices in its
    /// effects are those of [`Rundown::cues`].
    ///
    /// ```
    /// # #[cfg(feature = "compiler")] {
    /// use downbeat_core::Seed;
    /// let rundown = downbeat_sheet::compile(r#"[{ "time": 560, "action": "flash" }]"#).rundown.unwrap();
    /// let list = rundown.cue_list(&Seed::of(&[b"gala", b"anna"]));
    /// assert_eq!(list.len(), 1);
    /// # }
    /// ```
    pub fn cue_list(&self, viewer: &Seed) -> CueList {
        let mut lanes = Lanes::default();
        CueList::new(self.cues.iter().map(|cue| listed(cue, lanes.number(cue))), viewer)
    }
}

impl Cue {
    /// Gives what tells this cue apart in all rundowns: its id, as a number.
    pub fn key(&self) -> CueKey {
        CueKey::from_bits(hashed(SEED, self.id.as_bytes()))
    }
}

fn listed(cue: &Cue, lane: u32) -> ListedCue {
    ListedCue {
        key: cue.key(),
        content: Content::from_bits(if cue.kind == Kind::State { content(cue) } else { 0 }),
        time: cue.time,
        end: cue.end,
        kind: cue.kind,
        late: cue.late(),
        lane,
        jitter: cue.jitter(),
        preload: cue.preload.as_ref().map(|preload| Lead { lead: preload.lead, spread: preload.spread }),
        needs: None,
    }
}

/// The lanes met so far, each as the hash of its name; the number of a lane is its place.
#[derive(Default)]
struct Lanes {
    /// The lanes met first: most rundowns have fewer than it takes to be slower than a search tree.
    first: Vec<u64>,
    others: BTreeMap<u64, u32>,
}

/// Gives how many lanes are looked through one by one.
const FEW: usize = 16;

impl Lanes {
    fn number(&mut self, cue: &Cue) -> u32 {
        let (is_track, name) = cue.lane();
        let lane = hashed(u64::from(is_track), name.as_bytes());
        // A rundown has at most 200,000 cues.
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        if let Some(place) = self.first.iter().position(|first| *first == lane) {
            return number(place);
        }
        let next = number(self.first.len() + self.others.len());
        if self.first.len() < FEW {
            self.first.push(lane);
            return next;
        }
        *self.others.entry(lane).or_insert(next)
    }
}

/// Gives a number for all that a state says; when it begins and ends is not part of it.
fn content(cue: &Cue) -> u64 {
    let mut hash = hashed(hashed(SEED, cue.action.as_bytes()), cue.track().unwrap_or_default().as_bytes());
    hash =
        hashed(hash, &[u8::from(cue.track.is_some()), u8::from(cue.params.is_some()), u8::from(cue.message.is_some())]);
    if let Some(params) = &cue.params {
        hash = hashed_object(hash, params);
    }
    for (locale, words) in cue.message.iter().flatten() {
        hash = hashed(hashed(hash, locale.as_str().as_bytes()), words.as_bytes());
    }
    hash
}

fn hashed_object(hash: u64, object: &Map<String, Value>) -> u64 {
    let hash = mixed(hash, object.len() as u64);
    object.iter().fold(hash, |hash, (key, value)| hashed_value(hashed(hash, key.as_bytes()), value))
}

fn hashed_value(hash: u64, value: &Value) -> u64 {
    match value {
        Value::Null => mixed(hash, 1),
        Value::Bool(value) => mixed(hash, 2 + u64::from(*value)),
        // What differs as a number differs as a double: rundowns have no integers beyond 2^53.
        Value::Number(number) => mixed(mixed(hash, 4), number.as_f64().unwrap_or(f64::NAN).to_bits()),
        Value::String(text) => hashed(mixed(hash, 5), text.as_bytes()),
        Value::Array(items) => items.iter().fold(mixed(mixed(hash, 6), items.len() as u64), hashed_value),
        Value::Object(object) => hashed_object(mixed(hash, 7), object),
    }
}

/// Any odd number with as many ones as zeros would do.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Takes bytes, and how many they are, into a hash: eight at a time, since a rundown has megabytes of them.
fn hashed(hash: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(mixed(hash, bytes.len() as u64), |hash, word| mixed(hash, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    if rest.is_empty() { hash } else { mixed(hash, u64::from_le_bytes(last)) }
}

/// Takes a number into a hash: both halves of a 128-bit product, so that every bit of either moves about half of them.
fn mixed(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word.rotate_left(29)) * u128::from(MULTIPLIER ^ word);
    (product as u64) ^ ((product >> 64) as u64) ^ hash.rotate_left(7)
}

/// An odd number, the fraction of the square root of 3.
const MULTIPLIER: u64 = 0xbb67_ae85_84ca_a73b;
