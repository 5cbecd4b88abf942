//! How often a cue happens.

use core::num::NonZeroU32;

use crate::diagnostic::{Code, Message};
use crate::rundown::CUES_MAX;
use crate::source::cursor::Cursor;
use crate::source::draft::Repeat;
use crate::source::tree::Field;

/// Reads how often a cue happens, and how far apart.
pub(super) fn read(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<Repeat> {
    let object = cursor.object(Some(field))?;
    let subject = cursor.subject;
    let mut cursor = cursor.key("repeat");
    let [every, count] = cursor.fields(object, &["every", "count"]);
    for (name, field) in [("every", every), ("count", count)] {
        if field.is_none() {
            let problem = format!("{subject} has \"repeat\" without {name:?}");
            cursor.missing_field(object, problem, "write { \"every\": \"30s\", \"count\": 10 }");
        }
    }
    let every_ms = cursor.length_ms(every);
    let count = count.and_then(|field| read_count(field, &mut cursor));
    if let (Some(0), Some(field)) = (every_ms, every) {
        let problem = format!("{subject} is repeated every 0 ms, which is all at once");
        cursor.report_value(Code::BadRepeat, field, Message::new(problem, "use a longer \"every\""));
    }
    Some(Repeat { every_ms: every_ms?, count: count? })
}

fn read_count(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<NonZeroU32> {
    let most = u32::try_from(CUES_MAX).unwrap_or(u32::MAX);
    let count = field.value().number().and_then(|number| number.parse::<NonZeroU32>().ok());
    let count = count.filter(|count| count.get() <= most);
    if count.is_none() {
        let problem = format!("{} has a repeat whose \"count\" is not a whole number in range", cursor.subject);
        cursor.report_value(Code::BadRepeat, field, Message::new(problem, format!("use 1 to {most}")));
    }
    count
}
