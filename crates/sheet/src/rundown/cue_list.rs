//! A rundown as core's cueing wants it: numbers for names, and nothing of what cues do.

use downbeat_core::Seed;
use downbeat_core::cueing::{CueKey, CueList, Late, Lead, ListedCue};
use downbeat_core::seed::fnv_1a;
use std::collections::BTreeMap;

use super::{Cue, Rundown};

impl Rundown {
    /// Returns the cues as this viewer has them, for [`Cueing`](downbeat_core::cueing::Cueing). The indices in its
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
        // Only cues that can be the latest ask what lies on their lane, and few rundowns have any; to look for them
        // beforehand would be a walk through megabytes.
        let mut has_latest = false;
        let plain = self.cues.iter().map(|cue| {
            has_latest |= cue.late == Some(Late::Latest);
            listed(cue, 0)
        });
        let list = CueList::new(plain, viewer);
        if !has_latest {
            return list;
        }
        let mut lanes = Lanes::default();
        CueList::new(self.cues.iter().map(|cue| listed(cue, lanes.number(cue))), viewer)
    }
}

impl Cue {
    /// Returns what tells this cue apart in all rundowns: its id, as a number.
    pub fn key(&self) -> CueKey {
        CueKey::of_id(self.id.bytes())
    }

    /// Returns whether a state that became `other` in a new rundown goes on as if nothing had happened: whether both say
    /// the same. When they begin and end is not part of it.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.action, &self.track, &self.params, &self.message)
            == (&other.action, &other.track, &other.params, &other.message)
    }
}

fn listed(cue: &Cue, lane: u32) -> ListedCue {
    ListedCue {
        key: cue.key(),
        time: cue.time,
        end: cue.end,
        kind: cue.kind,
        late: cue.late(),
        lane,
        jitter: cue.jitter(),
        preload: cue.preload.as_ref().map(|preload| Lead { lead: preload.lead, spread: preload.spread }),
        needs: cue.needs,
    }
}

/// The lanes met so far, each as the hash of its name; the number of a lane is its place.
#[derive(Default)]
struct Lanes {
    /// The lanes met first: most rundowns have fewer than it takes to be slower than a search tree.
    first: Vec<u64>,
    others: BTreeMap<u64, u32>,
}

/// How many lanes are looked through one by one.
const FEW: usize = 16;

impl Lanes {
    fn number(&mut self, cue: &Cue) -> u32 {
        let (is_track, name) = cue.lane();
        let lane = fnv_1a(name.bytes().chain([u8::from(is_track)]));
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
