//! Reading more of an event's log than one page.

use downbeat_core::{EventName, Rev};
use downbeat_wire::log::PAGE_MAX;
use downbeat_wire::{LogEntry, LogPage, Route};

use crate::client::Client;
use crate::error::ApiError;

/// The most entries that are read of one log: 100,000.
///
/// Reason: a show has a few hundred changes. A server that is wrong, or not honest, could go on forever.
pub const LOG_ENTRIES_MAX: usize = 100_000;

impl Client {
    /// Reads the log page by page, the newest entry first: at most `limit` entries before `before`. Returns whether there are
    /// older ones.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Unexpected`] if the log does not end, as for [`Self::each_log_entry`].
    pub async fn log_entries(
        &self,
        event: &EventName,
        before: Option<Rev>,
        limit: Option<usize>,
    ) -> Result<(Vec<LogEntry>, bool), ApiError> {
        let mut entries: Vec<LogEntry> = Vec::new();
        let more = self.each_log_entry(event, before, limit, |entry| entries.push(entry)).await?;
        Ok((entries, more))
    }

    /// Reads the log page by page, the newest entry first, and passes each entry to `visit`: at most `limit` entries before
    /// `before`. Only one page is in memory. Returns whether there are older entries.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Unexpected`] if a page does not lead further back, or after [`LOG_ENTRIES_MAX`] entries.
    pub async fn each_log_entry(
        &self,
        event: &EventName,
        mut before: Option<Rev>,
        limit: Option<usize>,
        mut visit: impl FnMut(LogEntry),
    ) -> Result<bool, ApiError> {
        let (mut count, mut lowest) = (0, before);
        loop {
            let wanted = limit.map_or(PAGE_MAX as usize, |limit| limit - count).min(PAGE_MAX as usize);
            let page = self.log(event, before, u32::try_from(wanted).unwrap_or(PAGE_MAX)).await?;
            let more = page.more;
            count += page.entries.len();
            lowest = check_page(&page, lowest, count).map_err(|why| ApiError::Unexpected {
                url: self.url_of(&Route::Log(event.clone())),
                status: 200,
                why,
            })?;
            before = page.entries.last().map(|last| last.rev);
            page.entries.into_iter().for_each(&mut visit);
            if !more || limit.is_some_and(|limit| count >= limit) {
                return Ok(more);
            }
        }
    }
}

/// Checks the next page, with which `count` entries are read, of a log whose lowest revision so far is `lowest`. Returns the
/// lowest revision with it.
///
/// Entries of revisions that no event can have are not compared: earlier servers accepted them from anyone who held the key.
///
/// # Errors
/// Why the log would not end.
fn check_page(page: &LogPage, lowest: Option<Rev>, count: usize) -> Result<Option<Rev>, String> {
    let mut last = lowest.filter(|lowest| lowest.is_valid());
    for entry in page.entries.iter().filter(|entry| entry.rev.is_valid()) {
        if let Some(last) = last.filter(|last| entry.rev >= *last) {
            return Err(format!(
                "its log does not lead back: rev {} comes after rev {last}, the newest first",
                entry.rev
            ));
        }
        last = Some(entry.rev);
    }
    if page.more && page.entries.is_empty() {
        return Err("its log says that there are older entries, and shows none".to_owned());
    }
    if page.more && count >= LOG_ENTRIES_MAX {
        return Err(format!("its log has more than {LOG_ENTRIES_MAX} entries, the most that are read"));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(revs: &[u64], more: bool) -> LogPage {
        let mut page: LogPage = serde_json::from_str(include_str!("../../wire/fixtures/log-page.json")).unwrap();
        let entry = page.entries[0].clone();
        page.entries = revs.iter().map(|rev| LogEntry { rev: Rev::new(*rev), ..entry.clone() }).collect();
        LogPage { more, ..page }
    }

    #[test]
    fn a_log_that_would_not_end_is_refused() {
        let check =
            |revs: &[u64], more, before: Option<u64>, count| check_page(&page(revs, more), before.map(Rev::new), count);
        assert_eq!(check(&[9, 8, 5], true, None, 3), Ok(Some(Rev::new(5))));
        assert_eq!(check(&[], false, None, 0), Ok(None));
        let absurd = (1 << 53) + 1;
        assert_eq!(check(&[9, absurd, 0, 8], true, Some(10), 3), Ok(Some(Rev::new(8))));
        assert_eq!(check(&[8], true, Some(absurd), 3), Ok(Some(Rev::new(8))));
        for (revs, before, why) in [
            (&[9, 9][..], None, "rev 9 comes after rev 9"),
            (&[9, 10], None, "rev 10 comes after rev 9"),
            (&[5, 4], Some(5), "rev 5 comes after rev 5"),
            (&[], Some(5), "shows none"),
        ] {
            let refused = check(revs, true, before, 2).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
        let endless = check(&[9], true, Some(10), LOG_ENTRIES_MAX).unwrap_err();
        assert!(endless.contains("more than 100000 entries"), "{endless}");
    }
}
