//! A log whose event was restored from an older copy: what was signed after that copy is lost, without anybody having tampered.

use std::fmt;

use downbeat_core::{Epoch, Rev, ServerTime};
use downbeat_wire::{Anchor, LogEntry};
use serde_json::{Value, json};

use crate::text::{self, tame};
use crate::time_zone::TimeZone;

/// The name of the entry with which a restored event goes on.
const RESTORE: &str = "restore";

/// The name of the entry with which a reset event goes on, in a new epoch too. Nothing is lost with it.
const RESET: &str = "reset";

/// What was signed in epochs before the event's own, compared with the log.
pub(super) struct EarlierEpochs {
    /// The epoch that the event's own replaces.
    replaces: Option<Epoch>,
    /// The anchors that no entry has met.
    unmet: Vec<Anchor>,
    /// The newest revision that the log shares with an epoch.
    shared: Vec<(Epoch, Rev)>,
    /// The restorations that the log names, the newest first.
    restored: Vec<Restored>,
}

/// The event went on from an older copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Restored {
    /// Whether it was reset, and nothing was restored.
    is_reset: bool,
    /// The epoch that ended with it, if that is known.
    epoch: Option<Epoch>,
    /// The last revision that was restored, if that is known.
    from: Option<Rev>,
    /// The entry that names it; none where the whole state came from a backup.
    entry: Option<(Rev, ServerTime, String)>,
    /// The newest revision that was signed, and is lost.
    lost: Option<Rev>,
}

/// How the log relates to what was signed in earlier epochs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Relation {
    /// The restorations, the newest first.
    pub(super) restored: Vec<Restored>,
    /// An anchor of a revision that the log should have.
    pub(super) contradicted: Option<Anchor>,
    /// The newest epoch that this log is no continuation of.
    pub(super) unrelated: Option<Epoch>,
}

impl EarlierEpochs {
    /// Begins with the anchors of epochs other than the event's own, the oldest first.
    pub(super) fn new(replaces: Option<Epoch>, anchors: Vec<Anchor>) -> Self {
        Self { replaces, unmet: anchors, shared: Vec::new(), restored: Vec::new() }
    }

    /// Compares an entry, the newest one first. Returns the anchors that it meets.
    pub(super) fn handle_entry(&mut self, entry: &LogEntry) -> Vec<Anchor> {
        if entry.name == RESTORE || entry.name == RESET {
            self.restored.push(Restored {
                is_reset: entry.name == RESET,
                epoch: None,
                from: Some(Rev::new(entry.rev.number().saturating_sub(1))),
                entry: Some((entry.rev, entry.at, entry.actor.clone())),
                lost: None,
            });
        }
        let meets = |anchor: &mut Anchor| anchor.rev == entry.rev && Some(anchor.hash) == entry.hash;
        let met: Vec<Anchor> = self.unmet.extract_if(.., meets).collect();
        for anchor in &met {
            if self.shared_with(&anchor.epoch).is_none() {
                self.shared.push((anchor.epoch.clone(), anchor.rev));
            }
        }
        met
    }

    fn shared_with(&self, epoch: &Epoch) -> Option<Rev> {
        self.shared.iter().find(|(shared, _)| shared == epoch).map(|(_, rev)| *rev)
    }

    pub(super) fn finish(mut self) -> Relation {
        let (mut contradicted, mut unrelated) = (None, None);
        if let Some(epoch) = self.replaces.clone() {
            let place = self.ended(&epoch);
            self.restored[place].epoch = Some(epoch);
        }
        while let Some(epoch) = self.unmet.last().map(|anchor| anchor.epoch.clone()) {
            let lost: Vec<Anchor> = self.unmet.extract_if(.., |anchor| anchor.epoch == epoch).collect();
            let (Some(first), Some(last)) =
                (lost.iter().min_by_key(|anchor| anchor.rev), lost.iter().max_by_key(|anchor| anchor.rev))
            else {
                continue;
            };
            let shared = self.shared_with(&epoch);
            let replaced = self.replaces.as_ref() == Some(&epoch);
            let named_before = |restored: &Restored| restored.entry.as_ref().is_some_and(|(rev, ..)| *rev <= first.rev);
            if shared.is_none() && !replaced && !self.restored.iter().any(named_before) {
                unrelated = unrelated.or(Some(epoch));
                continue;
            }
            let place = self.ended(&epoch);
            let restored = &mut self.restored[place];
            // Up to where it was restored, the log must be what was signed.
            if shared.is_some_and(|shared| first.rev < shared)
                || (replaced && restored.from.is_some_and(|from| first.rev <= from))
            {
                contradicted = contradicted.or_else(|| Some(first.clone()));
                continue;
            }
            restored.epoch.get_or_insert(epoch);
            restored.lost = restored.lost.max(Some(last.rev));
        }
        Relation { restored: self.restored, contradicted, unrelated }
    }

    /// Returns the place of the restoration with which `epoch` ended: the first one named after what the log shares with it, or
    /// one that the log does not name.
    fn ended(&mut self, epoch: &Epoch) -> usize {
        let shared = self.shared_with(epoch);
        let after = |restored: &Restored| restored.from >= shared;
        let named = match shared {
            Some(_) => self.restored.iter().rposition(after),
            None => (!self.restored.is_empty()).then_some(0),
        };
        named.unwrap_or_else(|| {
            self.restored.insert(0, Restored { is_reset: false, epoch: None, from: shared, entry: None, lost: None });
            0
        })
    }
}

impl Restored {
    /// Returns the members for programs.
    pub(super) fn json(&self) -> Value {
        let Self { epoch, from, entry, lost, .. } = self;
        let (rev, at, actor) =
            entry.clone().map_or((None, None, None), |(rev, at, actor)| (Some(rev), Some(at), Some(actor)));
        json!({ "from": from, "replaces": epoch, "rev": rev, "at": at, "actor": actor, "lost": lost })
    }
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, preposition) = if self.is_reset { ("reset", "after") } else { ("restored", "from") };
        f.write_str(word)?;
        if let Some(from) = self.from {
            write!(f, " {preposition} rev {from}")?;
        }
        match &self.entry {
            Some((rev, at, actor)) => {
                write!(f, " by {} at {} (rev {rev})", tame(actor), text::instant(*at, TimeZone::Local))?;
            }
            None => f.write_str(" with the whole state of a backup")?,
        }
        if let Some(epoch) = &self.epoch {
            write!(f, ", replacing epoch {epoch}")?;
        }
        match self.lost {
            Some(lost) => write!(f, "; what came after, up to rev {lost}, was signed, and is not in this log"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anchors::tests::anchor;
    use downbeat_wire::log::CHAIN_START;

    /// An event's log, the oldest entry first.
    #[derive(Clone)]
    struct History(Vec<LogEntry>);

    impl History {
        /// Adds changes with these names; `actor` tells them from others at the same revision.
        fn then(mut self, names: &[&str], actor: &str) -> Self {
            for name in names {
                let at = ServerTime::from_millis(1_704_067_200_000);
                let entry = LogEntry {
                    rev: Rev::new(self.0.len() as u64 + 1),
                    at,
                    effective_at: at,
                    actor: actor.to_owned(),
                    token: actor.to_owned(),
                    name: (*name).to_owned(),
                    body: json!({}),
                    prev: self.0.last().map_or(CHAIN_START, |last| last.hash.unwrap()),
                    hash: None,
                };
                self.0.push(entry.sealed());
            }
            self
        }

        fn anchors(&self, epoch: &str, revs: &[usize]) -> Vec<Anchor> {
            let of = |rev: usize| anchor(rev as u64, self.0[rev - 1].hash.unwrap());
            revs.iter().map(|rev| Anchor { epoch: epoch.parse().unwrap(), ..of(*rev) }).collect()
        }

        /// Compares this log with anchors of earlier epochs.
        fn relation(&self, replaces: Option<&str>, anchors: Vec<Anchor>) -> (Relation, usize) {
            let mut earlier = EarlierEpochs::new(replaces.map(|epoch| epoch.parse().unwrap()), anchors);
            let met = self.0.iter().rev().map(|entry| earlier.handle_entry(entry).len()).sum();
            (earlier.finish(), met)
        }
    }

    fn saved() -> History {
        History(Vec::new()).then(&["create", "pause", "resume"], "maria")
    }

    fn told(relation: &Relation) -> Vec<String> {
        assert_eq!((&relation.contradicted, &relation.unrelated), (&None, &None));
        let at = format!(" at {}", text::instant(ServerTime::from_millis(1_704_067_200_000), TimeZone::Local));
        relation.restored.iter().map(|restored| restored.to_string().replace(&at, "")).collect()
    }

    #[test]
    fn what_was_signed_after_the_copy_is_lost_and_the_rest_is_proven() {
        let lost = saved().then(&["announce", "clear", "pause"], "maria");
        let restored = saved().then(&["restore", "resume"], "joe");
        let (relation, met) = restored.relation(Some("a"), lost.anchors("a", &[1, 3, 4, 6]));
        assert_eq!(met, 2, "revisions 1 and 3");
        let words = "restored from rev 3 by joe (rev 4), replacing epoch a; \
                     what came after, up to rev 6, was signed, and is not in this log";
        assert_eq!(told(&relation), [words]);
        let json = relation.restored[0].json();
        assert_eq!(
            (&json["from"], &json["rev"], &json["lost"], &json["replaces"]),
            (&json!(3), &json!(4), &json!(6), &json!("a"))
        );
        // A machine that has kept only what is lost, and one that has kept nothing.
        assert_eq!(told(&restored.relation(Some("a"), lost.anchors("a", &[6])).0), [words]);
        let nothing = restored.relation(Some("a"), Vec::new()).0;
        assert_eq!(told(&nothing), ["restored from rev 3 by joe (rev 4), replacing epoch a"]);
    }

    #[test]
    fn a_backup_of_the_whole_state_leaves_no_entry() {
        let lost = saved().then(&["announce", "clear"], "maria");
        let restored = saved().then(&["end"], "joe");
        let words = "restored from rev 3 with the whole state of a backup, replacing epoch a; \
                     what came after, up to rev 5, was signed, and is not in this log";
        assert_eq!(told(&restored.relation(Some("a"), lost.anchors("a", &[3, 5])).0), [words]);
        let unknown = restored.relation(Some("a"), Vec::new()).0;
        assert_eq!(told(&unknown), ["restored with the whole state of a backup, replacing epoch a"]);
        // And then a restoration of the first kind, with a machine that was away for both.
        let again = restored.clone().then(&["restore"], "eve");
        let (relation, _) =
            again.relation(Some("b"), [lost.anchors("a", &[3, 5]), restored.anchors("b", &[4])].concat());
        assert_eq!(relation.contradicted, None);
        assert_eq!(relation.restored.len(), 1);
        assert_eq!((relation.restored[0].from, relation.restored[0].lost), (Some(Rev::new(4)), Some(Rev::new(5))));
    }

    #[test]
    fn each_of_several_restorations_is_told() {
        let first = saved().then(&["announce", "clear"], "maria");
        let second = saved().then(&["restore", "resume", "pause"], "joe");
        let now = saved().then(&["restore"], "joe").then(&["restore", "end"], "eve");
        let kept = [first.anchors("a", &[2, 5]), second.anchors("b", &[4, 6])].concat();
        let (relation, met) = now.relation(Some("b"), kept);
        assert_eq!(met, 2, "revision 2 of the first epoch, and 4 of the second");
        assert_eq!(
            told(&relation),
            [
                "restored from rev 4 by eve (rev 5), replacing epoch b; what came after, up to rev 6, was signed, and is not in this log",
                "restored from rev 3 by joe (rev 4), replacing epoch a; what came after, up to rev 5, was signed, and is not in this log",
            ]
        );
    }

    #[test]
    fn a_restoration_excuses_nothing_before_it() {
        let honest = saved().then(&["announce", "clear"], "maria");
        let forged = History(Vec::new()).then(&["create", "pause", "resume"], "mallory").then(&["restore"], "mallory");
        let (relation, met) = forged.relation(Some("a"), honest.anchors("a", &[2, 5]));
        assert_eq!((met, relation.contradicted.map(|anchor| anchor.rev)), (0, Some(Rev::new(2))));
        // Cut off at revision 2, and more said to be restored than was.
        let cut = History(honest.0[..2].to_vec()).then(&["end", "restore"], "mallory");
        let (relation, _) = cut.relation(Some("a"), honest.anchors("a", &[2, 3]));
        assert_eq!(relation.contradicted.map(|anchor| anchor.rev), Some(Rev::new(3)));
        let other = saved().relation(None, honest.anchors("z", &[5])).0;
        assert_eq!(other.unrelated, Some("z".parse().unwrap()), "nothing says that the event was restored");
    }
}
