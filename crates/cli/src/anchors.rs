//! What servers have signed about their logs, kept on this machine: what `log --verify` compares the log with.

use downbeat_api::{ServerUrl, clock};
use downbeat_core::{EventName, ServerTime};
use downbeat_publish::emergency::key::is_anchor_signed;
use downbeat_wire::Anchor;
use downbeat_wire::anchor::AnchorKey;
use serde::{Deserialize, Serialize};

use crate::output;
use crate::state_folder::{file, folder, read, write};

/// The most anchors that are kept of an event: 200, about 80 KiB. Each one covers everything before it.
const ANCHORS_MAX: usize = 200;

/// The folders of the two kinds of files, and the name of the file with a server's keys.
const ANCHORS: &str = "anchors";
const KEYS: &str = "keys";
const LOG_KEYS: &str = "log";

/// A key that a server has signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownKey {
    pub(crate) key: AnchorKey,
    /// Since when this machine knows it, by its own clock.
    pub(crate) since: ServerTime,
}

/// Keeps an anchor if its signature is valid, and warns of a new key and of a log that was written anew. A failure to save is
/// ignored: the command itself succeeded.
pub(crate) fn remember(server: &ServerUrl, anchor: &Anchor) {
    let Some(folder) = folder() else { return };
    if !is_anchor_signed(anchor) {
        let event = &anchor.event;
        output::err(&format!("warning: what {server} signed about the log of {event} has no valid signature\n"));
        return;
    }
    let keys = file(&folder, KEYS, server, LOG_KEYS);
    let mut known: Vec<KnownKey> = read(&keys).unwrap_or_default();
    if let Some(warning) = add_key(&mut known, anchor.key, clock::wall()) {
        output::err(&format!("warning: {server} {warning}\n"));
    }
    let anchors = file(&folder, ANCHORS, server, anchor.event.as_str());
    let mut kept: Vec<Anchor> = read(&anchors).unwrap_or_default();
    if let Some(warning) = add_anchor(&mut kept, anchor) {
        output::err(&format!("warning: {warning}\n"));
    }
    let _ = write(&keys, &known).and_then(|()| write(&anchors, &kept));
}

/// Returns the anchors of an event whose signatures are valid, in the order in which they arrived.
pub(crate) fn recall(server: &ServerUrl, event: &EventName) -> Vec<Anchor> {
    let Some(folder) = folder() else { return Vec::new() };
    let kept: Vec<Anchor> = read(&file(&folder, ANCHORS, server, event.as_str())).unwrap_or_default();
    kept.into_iter().filter(|anchor| anchor.event == *event && is_anchor_signed(anchor)).collect()
}

/// Returns the keys that a server has signed with, the first one first.
pub(crate) fn known_keys(server: &ServerUrl) -> Vec<KnownKey> {
    folder().and_then(|folder| read(&file(&folder, KEYS, server, LOG_KEYS))).unwrap_or_default()
}

/// Adds a key that was not known. Returns a warning unless it is the first one.
fn add_key(known: &mut Vec<KnownKey>, key: AnchorKey, now: ServerTime) -> Option<String> {
    if known.iter().any(|known| known.key == key) {
        return None;
    }
    let before = known.last().map(|last| last.key);
    known.push(KnownKey { key, since: now });
    before.map(|before| {
        format!("signs its log with the key {key} now, and not with {before}; if nobody changed the key, ask who did")
    })
}

/// Adds an anchor. Returns a warning if it contradicts one that is kept.
fn add_anchor(kept: &mut Vec<Anchor>, anchor: &Anchor) -> Option<String> {
    if kept.contains(anchor) {
        return None;
    }
    let same = |other: &&Anchor| other.epoch == anchor.epoch && other.rev == anchor.rev;
    let contradicts = kept.iter().find(same).is_some_and(|other| other.hash != anchor.hash);
    kept.push(anchor.clone());
    let surplus = kept.len().saturating_sub(ANCHORS_MAX);
    kept.drain(..surplus);
    contradicts.then(|| {
        let Anchor { event, rev, .. } = anchor;
        format!("the log of {event} was written anew: its rev {rev} is not the one that was signed before")
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use downbeat_core::{Digest, Rev};
    use downbeat_wire::emergency::Signature;

    pub(crate) fn anchor(rev: u64, hash: Digest) -> Anchor {
        Anchor {
            event: "main".parse().unwrap(),
            epoch: "k3v9x2m4".parse().unwrap(),
            rev: Rev::new(rev),
            hash,
            at: ServerTime::from_millis(1_704_067_200_000),
            key: AnchorKey::from_bytes([1; 32]),
            signature: Signature::from_bytes([2; 64]),
        }
    }

    #[test]
    fn a_new_key_is_warned_of_once() {
        let (mut known, now) = (Vec::new(), ServerTime::from_millis(1_704_067_200_000));
        let key = |byte| AnchorKey::from_bytes([byte; 32]);
        assert_eq!(add_key(&mut known, key(1), now), None);
        assert_eq!(add_key(&mut known, key(1), now), None);
        let warning = add_key(&mut known, key(2), now).unwrap();
        assert!(warning.contains(&key(1).to_string()) && warning.contains(&key(2).to_string()), "{warning}");
        assert_eq!(add_key(&mut known, key(2), now), None);
        assert_eq!(known.len(), 2);
    }

    #[test]
    fn an_anchor_that_contradicts_another_is_warned_of_and_both_are_kept() {
        let hash = |byte| Digest::from_bytes([byte; 32]);
        let mut kept = Vec::new();
        assert_eq!(add_anchor(&mut kept, &anchor(5, hash(5))), None);
        assert_eq!(add_anchor(&mut kept, &anchor(5, hash(5))), None);
        assert_eq!(add_anchor(&mut kept, &anchor(4, hash(4))), None);
        assert!(add_anchor(&mut kept, &anchor(5, hash(6))).unwrap().contains("rev 5"));
        assert_eq!(kept.len(), 3);
        let anew = Anchor { epoch: "another".parse().unwrap(), ..anchor(5, hash(7)) };
        assert_eq!(add_anchor(&mut kept, &anew), None, "the event was created again");
        for rev in 10..300 {
            add_anchor(&mut kept, &anchor(rev, hash(1)));
        }
        assert_eq!((kept.len(), kept.last().unwrap().rev), (ANCHORS_MAX, Rev::new(299)));
    }
}
