//! Reading more of an event's log than one page.

use downbeat_core::{EventName, Rev};
use downbeat_wire::LogEntry;
use downbeat_wire::log::PAGE_MAX;

use crate::client::Client;
use crate::error::ApiError;

impl Client {
    /// Reads the log page by page, the newest entry first: at most `limit` entries before `before`. Returns whether there are
    /// older ones.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn log_entries(
        &self,
        event: &EventName,
        mut before: Option<Rev>,
        limit: Option<usize>,
    ) -> Result<(Vec<LogEntry>, bool), ApiError> {
        let mut entries: Vec<LogEntry> = Vec::new();
        loop {
            let wanted = limit.map_or(PAGE_MAX as usize, |limit| limit - entries.len()).min(PAGE_MAX as usize);
            let page = self.log(event, before, u32::try_from(wanted).unwrap_or(PAGE_MAX)).await?;
            let last = page.entries.last().map(|entry| entry.rev);
            entries.extend(page.entries);
            let full = limit.is_some_and(|limit| entries.len() >= limit);
            // A page that leads no further back would be requested forever.
            let stuck = last.is_none() || before.is_some_and(|before| last >= Some(before));
            if !page.more || full || stuck {
                return Ok((entries, page.more));
            }
            before = last;
        }
    }
}
