//! Whether a store is as it was written: the pointer, the history, and every rundown they name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use downbeat_core::{Digest, EventName, Rev};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::Publication;
use downbeat_wire::publication::{history_key, pointer_key, rundown_key};

use super::garbage::{self, Rule};
use super::look::{history_folder, parse, pointer};
use super::steps::header_fault;
use super::store::Store;
use crate::error::Error;

/// What an inspection found.
#[derive(Debug)]
pub(crate) struct Inspection {
    /// How many revisions there are.
    pub(crate) revisions: usize,
    /// How many rundowns are there and right.
    pub(crate) rundowns: usize,
    /// How many rundowns of old revisions are not there any more, as `gc` leaves it.
    pub(crate) deleted: usize,
    /// What is not as it should be.
    pub(crate) faults: Vec<Fault>,
    /// What an interrupted run left; the next one finishes it.
    pub(crate) unfinished: Option<Rev>,
}

/// What is wrong, and with which object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) key: String,
    pub(crate) what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.what)
    }
}

/// Inspects all that an event has in a store. `rule` says what a `gc` may have deleted.
pub(crate) async fn inspect(store: &Store, event: &EventName, rule: &Rule) -> Result<Inspection, Error> {
    let mut faults = Vec::new();
    let mut entry = |key: &str, bytes: &[u8]| match parse(store, key, bytes) {
        Ok(publication) => Some(publication),
        Err(error) => {
            faults.push(Fault { key: key.to_owned(), what: error.to_string() });
            None
        }
    };
    let pointer = pointer(store, event).await?.filter(|pointer| !pointer.published.is_empty());
    let present = pointer.as_ref().and_then(|pointer| entry(&pointer_key(event), &pointer.published));
    let listed = store.list(&history_folder(event)).await?;
    let protected: BTreeSet<&str> = garbage::kept(&listed, rule, store.now()).collect();
    let mut history = Vec::new();
    let mut needed: BTreeMap<Digest, bool> = BTreeMap::new();
    for listed in &listed {
        let Some(object) = store.read(&listed.key).await? else { continue };
        let Some(publication) = entry(&listed.key, &object.bytes) else { continue };
        *needed.entry(publication.rundown).or_default() |= protected.contains(&*listed.key);
        history.push((listed.key.clone(), publication));
    }
    if let Some(present) = &present {
        needed.insert(present.rundown, true);
    }
    faults.extend(chain(event, present.as_ref(), &history));

    let (mut rundowns, mut deleted) = (0, 0);
    for (digest, needed) in needed {
        let key = rundown_key(digest);
        let what = match store.read(&key).await? {
            None if needed => Some("it is named, but not there".to_owned()),
            None => {
                deleted += 1;
                continue;
            }
            Some(object) if digest_of(&object.bytes) != digest => Some("its bytes have another SHA-256".to_owned()),
            Some(object) => match Rundown::parse(&object.bytes) {
                Err(error) => Some(error.to_string()),
                Ok(_) => header_fault(store, &object),
            },
        };
        match what {
            Some(what) => faults.push(Fault { key, what }),
            None => rundowns += 1,
        }
    }
    let last = history.last().map(|(_, publication)| publication.rev);
    let unfinished = present.map(|present| present.rev).filter(|rev| last.is_none_or(|last| last < *rev));
    Ok(Inspection {
        revisions: history.len() + usize::from(unfinished.is_some()),
        rundowns,
        deleted,
        faults,
        unfinished,
    })
}

/// Says where the history, in the order of its keys, is no chain that ends at the pointer.
fn chain(event: &EventName, present: Option<&Publication>, history: &[(String, Publication)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |key: &str, what: String| faults.push(Fault { key: key.to_owned(), what });
    let mut before: Option<&Publication> = None;
    for (key, entry) in history {
        let due = before.map_or(Rev::FIRST, |before| before.rev.next());
        if *key != history_key(event, entry.rev) {
            fault(key, format!("it says that it is rev {}", entry.rev));
        } else if entry.rev != due {
            fault(key, format!("rev {due} is missing before it"));
        } else if entry.previous != before.map(|before| before.rundown) {
            fault(key, "the rundown it says it replaced is not that of the revision before".to_owned());
        }
        if before.is_some_and(|before| before.epoch != entry.epoch) {
            fault(key, "its epoch is not that of the revision before".to_owned());
        }
        before = Some(entry);
    }
    let key = pointer_key(event);
    match (present, before) {
        (None, None) => fault(&key, "there is no pointer: nothing was published".to_owned()),
        (None, Some(last)) => fault(&key, format!("there is no pointer, but a history up to rev {}", last.rev)),
        (Some(present), last) => {
            let due = last.map_or(Rev::FIRST, |last| last.rev.next());
            if last.is_some_and(|last| last.rev == present.rev) {
                if last != Some(present) {
                    fault(&key, format!("it is not what the history has as rev {}", present.rev));
                }
            } else if present.rev != due {
                let end = last.map_or("is empty".to_owned(), |last| format!("ends with rev {}", last.rev));
                fault(&key, format!("it is at rev {}, but the history {end}", present.rev));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::ServerTime;
    use downbeat_wire::rundown::integrity;

    fn event() -> EventName {
        "main".parse().unwrap()
    }
    fn digest(rev: u64) -> Digest {
        Digest::from_bytes([u8::try_from(rev).unwrap(); 32])
    }
    fn publication(rev: u64) -> Publication {
        Publication {
            epoch: "e1".parse().unwrap(),
            rev: Rev::new(rev),
            rundown: digest(rev),
            url: Publication::relative_url(digest(rev)),
            integrity: integrity(digest(rev)),
            bytes: 1,
            nonce: rev.to_string().parse().unwrap(),
            actor: "maria".to_owned(),
            reason: None,
            at: ServerTime::from_millis(0),
            previous: (rev > 1).then(|| digest(rev - 1)),
        }
    }
    fn history(revs: &[u64]) -> Vec<(String, Publication)> {
        revs.iter().map(|&rev| (history_key(&event(), Rev::new(rev)), publication(rev))).collect()
    }
    fn said(present: Option<u64>, history: &[(String, Publication)]) -> Vec<String> {
        chain(&event(), present.map(publication).as_ref(), history).into_iter().map(|fault| fault.what).collect()
    }

    #[test]
    fn a_whole_history_is_without_fault_also_while_the_last_entry_is_to_come() {
        assert_eq!(said(Some(3), &history(&[1, 2, 3])), Vec::<String>::new());
        assert_eq!(said(Some(3), &history(&[1, 2])), Vec::<String>::new());
        assert_eq!(said(Some(1), &history(&[])), Vec::<String>::new());
    }

    #[test]
    fn gaps_forgeries_and_missing_ends_are_found() {
        assert_eq!(said(Some(3), &history(&[1, 3])), ["rev 2 is missing before it"]);
        assert_eq!(said(Some(3), &history(&[2, 3])), ["rev 1 is missing before it"]);
        assert_eq!(said(Some(4), &history(&[1, 2])), ["it is at rev 4, but the history ends with rev 2"]);
        assert_eq!(said(Some(2), &history(&[])), ["it is at rev 2, but the history is empty"]);
        assert_eq!(said(None, &history(&[1])), ["there is no pointer, but a history up to rev 1"]);
        assert_eq!(said(None, &[]), ["there is no pointer: nothing was published"]);
        let mut forged = history(&[1, 2]);
        forged[1].1.previous = Some(digest(9));
        assert_eq!(said(None, &forged)[0], "the rundown it says it replaced is not that of the revision before");
        forged[1].1 = publication(2);
        forged[1].1.actor = "mallory".to_owned();
        assert_eq!(said(Some(2), &forged), ["it is not what the history has as rev 2"]);
        forged[1].1 = Publication { epoch: "e2".parse().unwrap(), ..publication(2) };
        assert_eq!(said(None, &forged)[0], "its epoch is not that of the revision before");
        forged[1].1 = publication(7);
        assert_eq!(said(None, &forged)[0], "it says that it is rev 7");
    }
}
