//! A freeze of the rundown, for people and for programs.

use downbeat_core::ServerTime;
use downbeat_publish::freeze::Freeze;
use serde_json::{Value, json};

use crate::text;
use crate::time_zone::TimeZone;

/// Returns a freeze for programs.
pub(crate) fn json(freeze: &Freeze) -> Value {
    match freeze {
        Freeze::Off => Value::Null,
        Freeze::Open { until } => json!({ "frozen": false, "from": until }),
        Freeze::Frozen { since, opens } => json!({ "frozen": true, "from": since, "until": opens }),
    }
}

/// Returns a freeze for people, as seen at `now`.
pub(crate) fn text(freeze: &Freeze, now: ServerTime) -> String {
    let when = |at: &ServerTime| text::when(*at, TimeZone::Local, now);
    match freeze {
        Freeze::Off => "none".to_owned(),
        Freeze::Open { until: Some(from) } => format!("open; frozen from {} on", when(from)),
        Freeze::Open { until: None } => "open: the event is over".to_owned(),
        Freeze::Frozen { since, opens: Some(opens) } => format!("frozen since {}; opens {}", when(since), when(opens)),
        Freeze::Frozen { since, opens: None } => {
            format!("frozen since {}; opens when the event has ended", when(since))
        }
    }
}
