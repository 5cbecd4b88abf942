//! Response what an event has in a store, to inspect it.

use std::collections::BTreeSet;

use downbeat_core::{Digest, EventName};
use downbeat_wire::publication::{pointer_key, rundown_key};

use super::{Fault, Inspection, Need, Needed, Stored, chain};
use crate::error::PublishError;
use crate::garbage::{self, Rule};
use crate::history::{Pointer, history_folder, parse};
use crate::store::Store;

/// Reads the pointer and the history. Returns what is wrong with them, and the rundowns that they name.
pub(super) async fn revisions(
    store: &Store,
    event: &EventName,
    rule: &Rule,
) -> Result<(Inspection, Needed), PublishError> {
    let mut faults = Vec::new();
    let mut entry = |key: &str, bytes: &[u8]| match parse(store, key, bytes) {
        Ok(publication) => Some(publication),
        Err(error) => {
            faults.push(Fault { key: key.to_owned(), what: error.to_string() });
            None
        }
    };
    let pointer = Pointer::read(store, event).await?.filter(|pointer| !pointer.published.is_empty());
    let present = pointer.as_ref().and_then(|pointer| entry(&pointer_key(event), &pointer.published));
    let listed = store.list(&history_folder(event)).await?;
    let kept: BTreeSet<&str> = garbage::kept(&listed, rule, store.now()).collect();
    let (mut history, mut needed) = (Vec::new(), Needed::new());
    for listed in &listed {
        let Some(object) = store.read(&listed.key).await? else { continue };
        let Some(publication) = entry(&listed.key, &object.bytes) else { continue };
        let need = if kept.contains(&*listed.key) { Need::Required } else { Need::Deletable };
        let known = needed.entry(publication.rundown).or_default();
        *known = need.max(*known);
        history.push((listed.key.clone(), publication));
    }
    needed.extend(present.as_ref().map(|present| (present.rundown, Need::Required)));
    faults.extend(chain::faults(event, present.as_ref(), &history));
    let last = history.last().map(|(_, publication)| publication.rev);
    let unfinished = present.map(|present| present.rev).filter(|rev| last.is_none_or(|last| last < *rev));
    let revisions = history.len() + usize::from(unfinished.is_some());
    Ok((Inspection { revisions, faults, unfinished, ..Inspection::default() }, needed))
}

/// Reads a rundown; `None` if the store does not have it.
pub(super) async fn read(store: &Store, digest: Digest) -> Result<Option<Stored>, PublishError> {
    let object = store.read(&rundown_key(digest)).await?;
    Ok(object.map(|object| Stored { header_fault: store.header_fault(&object), bytes: object.bytes }))
}
