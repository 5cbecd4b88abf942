//! Response what an event has on its own server, to inspect it.

use downbeat_api::Client;
use downbeat_core::{Digest, EventName};
use downbeat_wire::LogEntry;
use downbeat_wire::problem::Code;

use super::{Inspection, Need, Needed, Stored};
use crate::error::PublishError;
use crate::garbage::{Rule, named_in_log};
use crate::log::publications_in_log;

/// Returns how many revisions the log has, and the rundowns that they name.
pub(super) async fn revisions(
    client: &Client,
    event: &EventName,
    log: &[LogEntry],
    rule: &Rule,
) -> Result<(Inspection, Needed), PublishError> {
    let reading = client.state(event).await?;
    let mut needed: Needed = publications_in_log(log).map(|(_, digest)| (digest, Need::Deletable)).collect();
    let named = named_in_log(log, rule, reading.clock.now());
    needed.extend(named.into_iter().chain(reading.body.rundown).map(|digest| (digest, Need::Required)));
    let inspection = Inspection { revisions: publications_in_log(log).count(), ..Inspection::default() };
    Ok((inspection, needed))
}

/// Reads a rundown; `None` if the server does not have it.
pub(super) async fn read(client: &Client, event: &EventName, digest: Digest) -> Result<Option<Stored>, PublishError> {
    match client.rundown(event, digest).await {
        Ok(bytes) => Ok(Some(Stored { bytes, header_fault: None })),
        Err(error) if error.is(Code::UnknownRundown) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
