//! `log --verify`: what the log proves, and what it does not.

use std::fmt;

use downbeat_api::Client;
use downbeat_core::{Epoch, Rev, ServerTime};
use downbeat_wire::anchor::AnchorKey;
use downbeat_wire::log::ChainCheck;
use downbeat_wire::{Anchor, LogEntry, StateBody};
use serde_json::{Value, json};

use super::restored::{EarlierEpochs, Relation, Restored};
use crate::anchors::{self, KnownKey};
use crate::context::Context;
use crate::error::Error;
use crate::text;
use crate::time_zone::TimeZone;

/// The result of checking a whole log.
pub(crate) struct Verified {
    /// How many entries it has.
    pub(crate) entries: u64,
    /// What is wrong with it.
    pub(crate) finding: Option<Finding>,
    /// The newest revision of the log.
    newest: Option<Rev>,
    /// The newest of the kept anchors that are part of it, and how many are.
    anchored: Option<(Anchor, usize)>,
    /// When the event went on from an older copy, the newest first.
    restored: Vec<Restored>,
    key: Option<KeyCheck>,
}

/// The key of the anchors.
struct KeyCheck {
    known: KnownKey,
    /// The one that the server publishes; `None` if it does not answer.
    published: Option<AnchorKey>,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// This entry is not what was written, or the one before it is gone.
    Broken(Rev),
    /// The beginning is missing.
    NoBeginning(Rev),
    /// The end is missing: the event is further than its log.
    NoEnd { log: Option<Rev>, event: Rev },
    /// The end is missing: the server has signed this revision.
    CutOff { log: Option<Rev>, anchor: Rev, at: ServerTime },
    /// The log has another entry, or none, at a revision that the server has signed.
    Rewritten { anchor: Rev, at: ServerTime },
    /// What the server has signed is of another life of the event.
    OtherEpoch { anchor: Epoch, event: Epoch },
}

/// Reads the whole log, and checks it entry by entry.
pub(super) async fn run(context: &Context, server: &Client) -> Result<Verified, Error> {
    let event = &context.settings.event;
    // Before anything is read: what was kept until now is what the log is compared with.
    let kept = anchors::recall(server.url(), event);
    // The event first: what is written after that may be in the log or not.
    let state = server.state(event).await?.body;
    let mut check = LogCheck::new(&state.epoch, state.replaces, kept);
    server.each_log_entry(event, None, None, |entry| check.handle_entry(&entry)).await?;
    let mut verified = check.finish(state.rev);
    if let Some((anchor, _)) = &verified.anchored {
        let known = anchors::known_keys(server.url()).into_iter().find(|known| known.key == anchor.key);
        let published = server.anchor_keys().await.ok().and_then(|set| Some(set.keys.first()?.x));
        verified.key = known.map(|known| KeyCheck { known, published });
    }
    Ok(verified)
}

/// Checks a log, the newest entry first, of an event that had `state` before it was read. `kept` is what the server has signed
/// about it.
pub(crate) fn check(entries: &[LogEntry], kept: Vec<Anchor>, state: StateBody) -> Option<Finding> {
    let mut check = LogCheck::new(&state.epoch, state.replaces, kept);
    entries.iter().for_each(|entry| check.handle_entry(entry));
    check.finish(state.rev).finding
}

/// The check of a log, of which one entry is in memory at a time.
struct LogCheck {
    chain: ChainCheck,
    epoch: Epoch,
    /// The anchors of this epoch that were not met yet.
    kept: Vec<Anchor>,
    earlier: EarlierEpochs,
    /// The newest anchor that was met, and how many were.
    anchored: Option<(Anchor, usize)>,
    rewritten: Option<Anchor>,
    entries: u64,
    newest: Option<Rev>,
    oldest: Option<Rev>,
}

impl LogCheck {
    fn new(epoch: &Epoch, replaces: Option<Epoch>, kept: Vec<Anchor>) -> Self {
        let (kept, earlier) = kept.into_iter().partition(|anchor| anchor.epoch == *epoch);
        Self {
            chain: ChainCheck::default(),
            epoch: epoch.clone(),
            earlier: EarlierEpochs::new(replaces, earlier),
            kept,
            anchored: None,
            rewritten: None,
            entries: 0,
            newest: None,
            oldest: None,
        }
    }

    fn handle_entry(&mut self, entry: &LogEntry) {
        self.entries += 1;
        self.newest = self.newest.or(Some(entry.rev));
        self.oldest = Some(entry.rev);
        self.chain.handle_entry(entry);
        let (met, differ): (Vec<Anchor>, _) = self
            .kept
            .extract_if(.., |anchor| anchor.rev == entry.rev)
            .partition(|anchor| Some(anchor.hash) == entry.hash);
        self.rewritten = differ.into_iter().last().or(self.rewritten.take());
        for anchor in met.into_iter().chain(self.earlier.handle_entry(entry)) {
            self.anchored.get_or_insert((anchor, 0)).1 += 1;
        }
    }

    /// Returns the result for an event that was at `rev` before its log was read.
    fn finish(self, rev: Rev) -> Verified {
        let own = self.finding(rev);
        let Self { epoch, entries, newest, anchored, earlier, .. } = self;
        let Relation { restored, contradicted, unrelated } = earlier.finish();
        let finding = own
            .or_else(|| contradicted.map(|Anchor { rev, at, .. }| Finding::Rewritten { anchor: rev, at }))
            .or_else(|| {
                let anchor = unrelated.filter(|_| anchored.is_none())?;
                Some(Finding::OtherEpoch { anchor, event: epoch })
            });
        Verified { entries, finding, newest, anchored, restored, key: None }
    }

    /// Returns what is wrong with the log by itself, and by what was signed in its own epoch.
    fn finding(&self, rev: Rev) -> Option<Finding> {
        let missed = self.kept.iter().max_by_key(|anchor| anchor.rev);
        if let Some(broken) = self.chain.first_broken() {
            return Some(Finding::Broken(broken));
        }
        if let Some(Anchor { rev, at, .. }) = self.rewritten {
            return Some(Finding::Rewritten { anchor: rev, at });
        }
        match (missed, self.newest, self.oldest) {
            (Some(missed), newest, _) if newest.is_none_or(|newest| newest < missed.rev) => {
                Some(Finding::CutOff { log: newest, anchor: missed.rev, at: missed.at })
            }
            (_, newest, _) if newest.is_none_or(|newest| newest < rev) => {
                Some(Finding::NoEnd { log: newest, event: rev })
            }
            (_, _, Some(oldest)) if oldest != Rev::FIRST => Some(Finding::NoBeginning(oldest)),
            (Some(missed), ..) => Some(Finding::Rewritten { anchor: missed.rev, at: missed.at }),
            _ => None,
        }
    }
}

impl Verified {
    /// Returns the members for programs.
    pub(super) fn json(&self) -> Value {
        let finding = self.finding.as_ref().map(ToString::to_string);
        let anchored = self.anchored.as_ref();
        json!({
            "entries": self.entries,
            "intact": finding.is_none(),
            "finding": finding,
            "restored": self.restored.iter().map(Restored::json).collect::<Vec<_>>(),
            "anchored": anchored.map(|(newest, count)| json!({ "anchors": count, "rev": newest.rev, "at": newest.at })),
            "key": self.key.as_ref().map(|key| json!({
                "key": key.known.key,
                "since": key.known.since,
                "published": key.published,
            })),
        })
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.finding {
            Some(finding) => writeln!(f, "not intact: {finding}")?,
            None => {
                let changes = text::count(usize::try_from(self.entries).unwrap_or(usize::MAX), "change");
                writeln!(f, "intact: {changes}, none of them altered or left out")?;
            }
        }
        for restored in &self.restored {
            writeln!(f, "{restored}")?;
        }
        match (&self.anchored, self.newest) {
            (Some((anchor, count)), Some(newest)) => {
                let when = text::instant(anchor.at, TimeZone::Local);
                let anchors = text::count(*count, "anchor");
                writeln!(f, "anchored: up to rev {} of {when}, by {anchors} that this machine has kept", anchor.rev)?;
                if newest > anchor.rev {
                    writeln!(f, "not proven: that nothing was cut off or written anew after rev {}", anchor.rev)?;
                }
            }
            _ => writeln!(
                f,
                "not proven: that nothing was cut off at the end, or all of it written anew; this machine had kept no anchor of it"
            )?,
        }
        self.key.as_ref().map_or(Ok(()), |key| key.fmt(f))
    }
}

impl fmt::Display for KeyCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KnownKey { key, since } = self.known;
        let since = text::instant(since, TimeZone::Local);
        let published = match self.published {
            Some(published) if published == key => "the one that the server publishes".to_owned(),
            Some(published) => format!("but the server publishes {published} now"),
            None => "but the server does not say which one it has now".to_owned(),
        };
        writeln!(f, "signed by: {key}, known here since {since}, {published}")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = |at: ServerTime| text::instant(at, TimeZone::Local);
        match self {
            Self::Broken(rev) => write!(f, "the entry of rev {rev} was changed, or what came before it is gone"),
            Self::NoBeginning(rev) => write!(f, "the beginning is missing: the oldest entry is rev {rev}"),
            Self::NoEnd { log: Some(log), event } => {
                write!(f, "the end is missing: the event is at rev {event}, the log ends with rev {log}")
            }
            Self::NoEnd { log: None, event } => write!(f, "the log is empty, but the event is at rev {event}"),
            Self::CutOff { log: Some(log), anchor, at } => write!(
                f,
                "the end was cut off: the log ends with rev {log}, but the server has signed rev {anchor} of {}",
                when(*at)
            ),
            Self::CutOff { log: None, anchor, at } => {
                write!(f, "the log is empty, but the server has signed rev {anchor} of {}", when(*at))
            }
            Self::Rewritten { anchor, at } => write!(
                f,
                "the log was written anew: its rev {anchor} is not the one that the server has signed, of {}",
                when(*at)
            ),
            Self::OtherEpoch { anchor, event } => write!(
                f,
                "the event was created again: this is the log of epoch {event}, and what the server has signed is of epoch {anchor}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anchors::tests::anchor;
    use downbeat_core::Digest;
    use downbeat_wire::log::CHAIN_START;

    /// A log of `count` entries, the newest first, of changes by `actor`.
    fn log(count: u64, actor: &str) -> Vec<LogEntry> {
        let mut prev = CHAIN_START;
        let mut entries: Vec<LogEntry> = (1..=count)
            .map(|rev| {
                let at = ServerTime::from_millis(1_704_067_200_000);
                let entry = LogEntry {
                    rev: Rev::new(rev),
                    at,
                    effective_at: at,
                    actor: actor.to_owned(),
                    token: actor.to_owned(),
                    name: "pause".to_owned(),
                    body: json!({ "command": "pause" }),
                    prev,
                    hash: None,
                }
                .sealed();
                prev = entry.hash.unwrap();
                entry
            })
            .collect();
        entries.reverse();
        entries
    }

    fn epoch() -> Epoch {
        anchor(1, CHAIN_START).epoch
    }

    /// Checks a log with these anchors, of an event at `rev`.
    fn verified(entries: &[LogEntry], rev: u64, kept: Vec<Anchor>) -> Verified {
        let mut check = LogCheck::new(&epoch(), None, kept);
        entries.iter().for_each(|entry| check.handle_entry(entry));
        check.finish(Rev::new(rev))
    }
    fn check(entries: &[LogEntry], rev: u64) -> Option<Finding> {
        verified(entries, rev, Vec::new()).finding
    }

    /// What the server has signed of `entries` at `revs`.
    fn anchors(entries: &[LogEntry], revs: &[u64]) -> Vec<Anchor> {
        let hash = |rev| entries.iter().find(|entry| entry.rev == Rev::new(rev)).unwrap().hash.unwrap();
        revs.iter().map(|rev| anchor(*rev, hash(*rev))).collect()
    }

    #[test]
    fn an_honest_log_is_intact() {
        assert_eq!(check(&log(5, "maria"), 5), None);
        // One more was written while the log was read.
        assert_eq!(check(&log(6, "maria"), 5), None);
    }

    #[test]
    fn a_changed_entry_a_missing_one_and_missing_ends_are_found() {
        let honest = log(5, "maria");
        let mut changed = honest.clone();
        changed[2].actor = "mallory".to_owned();
        assert_eq!(check(&changed, 5), Some(Finding::Broken(Rev::new(3))));
        let mut forged = changed;
        forged[2] = forged[2].clone().sealed();
        assert_eq!(check(&forged, 5), Some(Finding::Broken(Rev::new(4))));
        let mut without = honest.clone();
        without.remove(2);
        assert_eq!(check(&without, 5), Some(Finding::Broken(Rev::new(4))));
        assert_eq!(check(&honest[..3], 5), Some(Finding::NoBeginning(Rev::new(3))));
        assert_eq!(check(&honest[1..], 5), Some(Finding::NoEnd { log: Some(Rev::new(4)), event: Rev::new(5) }));
        assert_eq!(check(&[], 5), Some(Finding::NoEnd { log: None, event: Rev::new(5) }));
        let mut elsewhere = log(1, "maria");
        elsewhere[0].prev = Digest::from_bytes([1; 32]);
        elsewhere[0] = elsewhere[0].clone().sealed();
        assert_eq!(check(&elsewhere, 1), Some(Finding::Broken(Rev::new(1))));
    }

    #[test]
    fn what_a_chain_alone_cannot_show_is_found_by_an_anchor() {
        let honest = log(5, "maria");
        let kept = || anchors(&honest, &[2, 4, 5]);
        let proven = verified(&honest, 5, kept());
        assert_eq!((proven.finding, proven.anchored), (None, Some((kept().remove(2), 3))));

        // The end is gone, and the event says so too.
        let at = honest[0].at;
        let cut = verified(&honest[1..], 4, kept());
        let expected = Finding::CutOff { log: Some(Rev::new(4)), anchor: Rev::new(5), at };
        assert_eq!((cut.finding, cut.anchored.map(|(_, count)| count)), (Some(expected), Some(2)));
        assert_eq!(check(&honest[1..], 4), None, "without an anchor nobody can tell");
        let expected = Some(Finding::CutOff { log: None, anchor: Rev::new(5), at });
        assert_eq!(verified(&[], 0, kept()).finding, expected);

        // All of it is written anew, with its hashes, and longer than before.
        let anew = log(7, "mallory");
        assert_eq!(check(&anew, 7), None, "without an anchor nobody can tell");
        assert_eq!(verified(&anew, 7, kept()).finding, Some(Finding::Rewritten { anchor: Rev::new(2), at }));

        let again = Anchor { epoch: "another".parse().unwrap(), hash: CHAIN_START, ..kept().remove(0) };
        let other = verified(&honest, 5, vec![again.clone()]).finding;
        assert_eq!(other, Some(Finding::OtherEpoch { anchor: again.epoch.clone(), event: epoch() }));
        let both = [vec![again], kept()].concat();
        assert_eq!(verified(&honest, 5, both).finding, None, "this epoch's anchors count");
    }

    #[test]
    fn it_says_what_is_proven_and_what_is_not() {
        let honest = log(5, "maria");
        let alone = verified(&honest, 5, Vec::new()).to_string();
        assert!(alone.starts_with("intact: 5 changes, none of them altered or left out\nnot proven: "), "{alone}");
        let kept = anchors(&honest, &[3]);
        let key = KeyCheck {
            known: KnownKey { key: kept[0].key, since: kept[0].at },
            published: Some(AnchorKey::from_bytes([9; 32])),
        };
        let told = Verified { key: Some(key), ..verified(&honest, 5, kept) }.to_string();
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[1].starts_with("anchored: up to rev 3 of ") && lines[1].contains("by 1 anchor that"), "{told}");
        assert_eq!(lines[2], "not proven: that nothing was cut off or written anew after rev 3");
        assert!(lines[3].contains("but the server publishes CQkJ"), "{told}");
    }
}
