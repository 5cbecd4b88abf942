//! A rundown in the form that core's cueing follows: numbers for names, without the content of cues.

use downbeat_core::Seed;
use downbeat_core::cueing::{CueKey, CueList, Late, Lead, ListedCue};
use downbeat_core::seed::fnv_1a;
use std::collections::BTreeMap;

use super::{Cue, Rundown};

impl Rundown {
    /// Returns the cues for one viewer's [`Cueing`](downbeat_core::cueing::Cueing). The indices in its effects are those
    /// of [`Rundown::cues`].
    ///
    /// ```
    /// # #[cfg(feature = "compiler")] {
    /// use downbeat_core::Seed;
    /// let rundown = downbeat_sheet::compile(r#"[{ "time": 560, "action": "flash" }]"#).rundown.unwrap();
    /// let list = rundown.cue_list(&Seed::from_parts(&[b"gala", b"anna"]));
    /// assert_eq!(list.len(), 1);
    /// # }
    /// ```
    pub fn cue_list(&self, viewer: &Seed) -> CueList {
        // Only `latest` cues need lanes, and few rundowns have any. Searching for them beforehand would read megabytes
        // once more.
        let mut has_latest = false;
        let plain = self.cues.iter().map(|cue| {
            has_latest |= cue.late == Some(Late::Latest);
            listed(cue, 0)
        });
        let list = CueList::new(plain, viewer);
        if !has_latest {
            return list;
        }
        CueList::new(self.listed_cues().into_iter(), viewer)
    }

    /// Returns the cues of which a [`CueList`] is made, for those who make many.
    pub fn listed_cues(&self) -> Vec<ListedCue> {
        let mut lanes = Lanes::default();
        self.cues.iter().map(|cue| listed(cue, lanes.number(cue))).collect()
    }
}

impl Cue {
    /// Returns the key that identifies this cue in all rundowns: a hash of its id.
    pub fn key(&self) -> CueKey {
        CueKey::of_id(self.id.bytes())
    }

    /// Returns whether a state that became `other` in a new rundown continues unchanged: whether both have the same
    /// content. Their times do not matter.
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

/// The lanes so far, each as the hash of its name; the number of a lane is its index.
#[derive(Default)]
struct Lanes {
    /// The first lanes: most rundowns have fewer than it takes for a search tree to be faster.
    first: Vec<u64>,
    others: BTreeMap<u64, u32>,
}

/// The lanes that are searched one by one.
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
