//! The log, page by page.

use downbeat_core::{EventName, Rev};
use downbeat_wire::log::PAGE_MAX;
use downbeat_wire::problem::{Code, Problem};

use super::{EventDo, broken};
use crate::event::unknown_event;
use crate::reply::Reply;
use crate::request::Target;

impl EventDo {
    /// Returns a page of the log.
    pub(super) fn log(&self, event: &EventName, target: &Target<'_>) -> Result<Reply, Problem> {
        self.state()?.ok_or_else(|| unknown_event(event))?;
        let number = |name: &str, rule: &str| match target.parameter(name) {
            None => Ok(None),
            Some(text) => text.parse::<u64>().map(Some).map_err(|_| {
                Problem::new(Code::BadRequest, format!("the parameter \"{name}\" is not a number; {rule}"))
                    .with("parameter", name)
            }),
        };
        let before = number("before", "use a revision")?;
        let limit = number("limit", "use 1 to 200")?.unwrap_or(50).clamp(1, u64::from(PAGE_MAX));
        Ok(Reply::json(200, self.store.log_page(before.map(Rev::new), limit as i64).map_err(broken)?))
    }
}
