//! The chain of the log: whatever is done to it afterwards shows.

use downbeat_core::{Digest, Rev};
use downbeat_wire::LogEntry;
use downbeat_wire::log::{self, first_broken};
use serde_json::json;

use crate::evening::{self, at};

/// The log, with the entry of `rev` changed.
fn changed(rev: u64, change: impl Fn(&mut LogEntry)) -> Vec<LogEntry> {
    let mut entries = evening::log();
    let entry = entries.iter_mut().find(|entry| entry.rev == Rev::new(rev)).unwrap();
    change(entry);
    entries
}

#[test]
fn an_untouched_log_and_each_of_its_pages_holds() {
    let entries = evening::log();
    assert_eq!(entries.len(), 5);
    assert_eq!(first_broken(&entries), None);
    for page in entries.windows(2) {
        assert_eq!(first_broken(page), None);
    }
    assert_eq!(first_broken(&[]), None);
}

#[test]
fn a_change_of_any_member_shows_at_the_entry() {
    let changes: [fn(&mut LogEntry); 8] = [
        |entry| entry.rev = Rev::new(33),
        |entry| entry.at = at(0, 0, 0),
        |entry| entry.effective_at = at(0, 0, 0),
        |entry| entry.actor.push('x'),
        |entry| entry.token.push('x'),
        |entry| entry.name.push('x'),
        |entry| entry.body = json!({}),
        |entry| entry.prev = Digest::from_bytes([1; 32]),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let expected = if index == 0 { Rev::new(33) } else { Rev::new(3) };
        assert_eq!(first_broken(&changed(3, change)), Some(expected), "change {index}");
    }
}

#[test]
fn an_entry_without_its_hash_is_broken() {
    assert_eq!(first_broken(&changed(3, |entry| entry.hash = None)), Some(Rev::new(3)));
}

#[test]
fn a_changed_entry_with_a_new_hash_breaks_the_one_after_it() {
    let entries = changed(3, |entry| {
        entry.actor = "nobody".to_owned();
        entry.hash = Some(entry.expected_hash());
    });
    assert_eq!(first_broken(&entries), Some(Rev::new(4)));
}

#[test]
fn a_removed_entry_breaks_the_one_after_it() {
    let mut entries = evening::log();
    entries.retain(|entry| entry.rev != Rev::new(3));
    assert_eq!(first_broken(&entries), Some(Rev::new(4)));
}

#[test]
fn entries_in_another_order_are_broken() {
    let mut entries = evening::log();
    entries.swap(1, 2);
    assert_eq!(first_broken(&entries), Some(Rev::new(4)));
    let mut entries = evening::log();
    entries.reverse();
    assert_eq!(first_broken(&entries), Some(Rev::new(4)), "the oldest first is no page");
}

#[test]
fn a_log_that_lost_its_beginning_does_not_pass_as_the_whole() {
    let mut first = evening::log().pop().unwrap();
    first.prev = Digest::from_bytes([1; 32]);
    let forged = first.sealed();
    assert_eq!(first_broken(&[forged]), Some(Rev::FIRST));
    assert_eq!(evening::log().last().unwrap().prev, log::CHAIN_START);
}

#[test]
fn the_hash_is_over_the_text_without_itself() {
    let entry = evening::log().pop().unwrap();
    assert_eq!(LogEntry { hash: None, ..entry.clone() }.expected_hash(), entry.hash.unwrap());
}
