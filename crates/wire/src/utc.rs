//! The forms of the time that other people's software asks for: DASH players (`UTCTiming`, ISO/IEC 23009-1, 5.8.4.11), GStreamer,
//! the npm package `timesync`.

use downbeat_core::ServerTime;
use serde_json::{Value, json};

use crate::json;

/// A form of the time under `/utc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UtcForm {
    /// `/utc`: with `?iso` in ISO 8601, else Unix time; in whole seconds without `&ms`. It replaces the public server that
    /// players name by default.
    Query,
    /// `/utc/xsdate`: an `xs:dateTime` with milliseconds, for `urn:mpeg:dash:utc:http-xsdate:2014`.
    XsDate,
    /// `/utc/iso`: the same, for `urn:mpeg:dash:utc:http-iso:2014`.
    Iso,
    /// `/utc/head`: the header `Date`, for `urn:mpeg:dash:utc:http-head:2014`; whole seconds.
    Head,
    /// `/utc/ntp`: an NTP timestamp, for `urn:mpeg:dash:utc:http-ntp:2014`.
    Ntp,
    /// `/utc/timesync`: JSON-RPC, for the npm package `timesync`.
    Timesync,
}

impl UtcForm {
    /// All forms.
    pub const ALL: [Self; 6] = [Self::Query, Self::XsDate, Self::Iso, Self::Head, Self::Ntp, Self::Timesync];

    /// Returns the path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Query => "/utc",
            Self::XsDate => "/utc/xsdate",
            Self::Iso => "/utc/iso",
            Self::Head => "/utc/head",
            Self::Ntp => "/utc/ntp",
            Self::Timesync => "/utc/timesync",
        }
    }
}

/// Seconds from 1900, where NTP's time begins, to 1970 (RFC 868).
const NTP_TO_UNIX_S: i64 = 2_208_988_800;

/// Returns `now` as an NTP timestamp (RFC 5905, section 6): seconds since 1900, which begin anew in 2036, and a fraction of 2^-32 s;
/// big-endian.
pub fn ntp_timestamp(now: ServerTime) -> [u8; 8] {
    let ms = now.as_millis();
    let seconds = (ms.div_euclid(1_000) + NTP_TO_UNIX_S) as u32;
    let fraction = ((ms.rem_euclid(1_000) as u64) << 32).div_ceil(1_000) as u32;
    ((u64::from(seconds) << 32) | u64::from(fraction)).to_be_bytes()
}

/// Returns the answer to a body of `timesync`: its `id`, and the time in ms. `None` if the body is no request with an id.
pub fn answer_timesync(body: &[u8], now: ServerTime) -> Option<String> {
    let request: Value = json::read(body).ok()?;
    let answer = json!({ "jsonrpc": "2.0", "id": request.get("id")?, "result": now.as_millis() });
    Some(json::text(&answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ntp_timestamp_counts_from_1900_and_begins_anew_in_2036() {
        let at = |ms| u64::from_be_bytes(ntp_timestamp(ServerTime::from_millis(ms)));
        assert_eq!(at(0), 2_208_988_800 << 32);
        // RFC 5905, figure 4: 1 January 2000 is 3,155,673,600 s.
        assert_eq!(at(946_684_800_500), (3_155_673_600 << 32) | 0x8000_0000);
        assert_eq!(at(2_085_978_496_000), 0, "7 February 2036, 06:28:16");
    }

    #[test]
    fn a_fraction_is_read_back_as_the_millisecond_it_was() {
        for ms in 0..1_000 {
            let fraction = u64::from_be_bytes(ntp_timestamp(ServerTime::from_millis(ms))) & 0xffff_ffff;
            assert_eq!((fraction * 1_000) >> 32, ms as u64);
        }
    }

    #[test]
    fn timesync_gets_its_id_back() {
        let now = ServerTime::from_millis(1_704_067_200_123);
        let answer = |body: &str| answer_timesync(body.as_bytes(), now);
        let text = answer(r#"{"jsonrpc":"2.0","id":"7","method":"timesync"}"#);
        assert_eq!(text.as_deref(), Some(r#"{"id":"7","jsonrpc":"2.0","result":1704067200123}"#));
        for body in ["", "[]", "{}", r#"{"method":"timesync"}"#, "\u{fffd}"] {
            assert_eq!(answer(body), None, "{body:?}");
        }
    }
}
