//! Whether the event's own server has what it was given: every rundown that its log names.

use std::collections::BTreeMap;

use downbeat_core::{Digest, EventName};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::LogEntry;
use downbeat_wire::problem::Code;
use downbeat_wire::publication::rundown_key;

use super::garbage::Rule;
use super::inspection::{Fault, Inspection};
use super::worker_garbage::{named, revisions};
use crate::error::Error;
use crate::server::Server;

/// Inspects the rundowns that an event has or had, by its whole `log`, the newest entry first. `rule` says what a `gc`
/// may have deleted.
pub(crate) async fn inspect(
    server: &Server,
    event: &EventName,
    log: &[LogEntry],
    rule: &Rule,
) -> Result<Inspection, Error> {
    let reading = server.state(event).await?;
    let protected = named(log, rule, reading.clock.now());
    let mut needed: BTreeMap<Digest, bool> =
        revisions(log).map(|(_, digest)| (digest, protected.contains(&digest))).collect();
    needed.extend(reading.body.rundown.map(|present| (present, true)));

    let mut found =
        Inspection { revisions: revisions(log).count(), rundowns: 0, deleted: 0, faults: Vec::new(), unfinished: None };
    for (digest, needed) in needed {
        let what = match server.rundown(event, digest).await {
            Err(error) if error.is(Code::UnknownRundown) && !needed => {
                found.deleted += 1;
                continue;
            }
            Err(error) if error.is(Code::UnknownRundown) => Some("it is named, but not there".to_owned()),
            Err(error) => return Err(error.into()),
            Ok(bytes) if digest_of(&bytes) != digest => Some("its bytes have another SHA-256".to_owned()),
            Ok(bytes) => Rundown::parse(&bytes).err().map(|error| error.to_string()),
        };
        match what {
            Some(what) => found.faults.push(Fault { key: rundown_key(digest), what }),
            None => found.rundowns += 1,
        }
    }
    Ok(found)
}
