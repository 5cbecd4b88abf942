//! The answer of `GET /v1/events/{event}/audience/history`: the audience, minute by minute.

use downbeat_core::ServerTime;
use serde::{Deserialize, Serialize};

use super::Audience;
use crate::json;

/// An event's audience over time: a sample for each minute in which somebody had a socket, the oldest first. After a day one for
/// each quarter of an hour is kept, and after a week none.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AudienceHistory {
    /// The samples.
    pub samples: Vec<AudienceSample>,
}

/// Who was there at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AudienceSample {
    /// When it was taken, in ms since 1970.
    pub at: ServerTime,
    /// The audience, without its regions, hubs and what was not told.
    pub audience: Audience,
}

/// Writes a sample.
pub fn sample(at: ServerTime, audience: Audience) -> String {
    let whole = Audience { by_region: Vec::new(), by_hub: Vec::new(), untold: Vec::new(), ..audience };
    format!(r#"{{"at":{},"audience":{}}}"#, at.as_millis(), json::text(&whole))
}

/// Writes a history of samples that were written, with commas between them.
pub fn text(samples: &str) -> String {
    format!(r#"{{"samples":[{samples}]}}"#)
}
