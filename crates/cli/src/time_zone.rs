//! Time zones: which local time an instant has, and which instants a local time names.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset, Local, MappedLocalTime, NaiveDateTime, Offset, TimeZone as _, Utc};
use downbeat_core::ServerTime;

/// The time zone in which local times are read and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeZone {
    /// This machine's.
    Local,
    /// One of the IANA database.
    Named(chrono_tz::Tz),
}

impl FromStr for TimeZone {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        name.parse().map(Self::Named).map_err(|_| {
            format!(
                "{name:?} is not a time zone of the IANA database; use a name such as Europe/Berlin, Asia/Tokyo or UTC"
            )
        })
    }
}

impl TimeZone {
    /// Returns the instant as the zone's clocks show it.
    pub(crate) fn at(self, at: ServerTime) -> DateTime<FixedOffset> {
        let utc = utc(at);
        match self {
            Self::Local => utc.with_timezone(&Local).fixed_offset(),
            Self::Named(tz) => utc.with_timezone(&tz).fixed_offset(),
        }
    }

    /// Returns the instant at which the zone's clocks show `local`; `None` if they never do, or twice.
    pub(crate) fn instant(self, local: NaiveDateTime) -> Option<ServerTime> {
        let at = self.offsets(local).single()?.from_local_datetime(&local).single()?;
        ServerTime::try_from_millis(at.timestamp_millis())
    }

    /// Returns the zone's name, as far as it is known.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Local => "this machine's time zone".to_owned(),
            Self::Named(tz) => tz.name().to_owned(),
        }
    }

    /// Returns the offsets the zone has at this local time: none, one, or two.
    pub(crate) fn offsets(self, local: NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        match self {
            Self::Local => Local.offset_from_local_datetime(&local).map(|offset| offset.fix()),
            Self::Named(tz) => tz.offset_from_local_datetime(&local).map(|offset| offset.fix()),
        }
    }
}

fn utc(at: ServerTime) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.as_millis()).expect("a ServerTime is a year of four digits")
}
