//! Whether the history of an event is a chain that ends at its pointer.

use downbeat_core::{EventName, Rev};
use downbeat_wire::Publication;
use downbeat_wire::publication::{history_key, pointer_key};

use super::Fault;

/// An entry of the history, with its key.
pub(super) type Entry = (String, Publication);

/// Returns where the history, in the order of its keys, is not a chain that ends at the pointer.
pub(super) fn faults(event: &EventName, present: Option<&Publication>, history: &[Entry]) -> Vec<Fault> {
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
    use downbeat_core::{Digest, ServerTime};
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
            is_rollback: false,
        }
    }
    fn history(revs: &[u64]) -> Vec<Entry> {
        revs.iter().map(|&rev| (history_key(&event(), Rev::new(rev)), publication(rev))).collect()
    }
    fn said(present: Option<u64>, history: &[Entry]) -> Vec<String> {
        faults(&event(), present.map(publication).as_ref(), history).into_iter().map(|fault| fault.what).collect()
    }

    #[test]
    fn a_whole_history_has_no_fault_even_before_its_last_entry_is_appended() {
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
