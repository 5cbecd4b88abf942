//! The time in the forms that other people's software asks for: players of DASH, GStreamer, the npm package `timesync`.
//!
//! Like `/time` it is answered in the same turn, and no cache keeps it; only `timesync` sends a body, which has to arrive first.

use downbeat_core::ServerTime;
use downbeat_wire::Route;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::utc::{UtcForm, answer_timesync, ntp_timestamp};
use web_sys::{Request, Response};

use crate::clock;
use crate::reply::{Readers, Reply};
use crate::request::{self, Target};

/// Answers at once, if this is a `GET` or `HEAD` of a form of the time.
pub(crate) fn answer_now(request: &Request) -> Option<Response> {
    let url = request.url();
    let target = Target::of(&url);
    if !target.path.starts_with("/utc") {
        return None;
    }
    let Some(Route::Utc(form)) = Route::parse(target.path) else { return None };
    match (form, request.method().as_str()) {
        (UtcForm::Timesync, _) => None,
        (_, "GET") => Some(reply(form, &target).into_response(Readers::Public, false)),
        (_, "HEAD") => Some(reply(form, &target).into_response(Readers::Public, true)),
        _ => None,
    }
}

/// Returns the time in a form. Its header `Date` is there for scripts, too.
pub(crate) fn reply(form: UtcForm, target: &Target<'_>) -> Reply {
    let now = clock::now();
    let reply = match form {
        UtcForm::Query => {
            Reply::plain(if target.has("iso") { iso(now, target.has("ms")) } else { unix(now, target.has("ms")) })
        }
        UtcForm::XsDate | UtcForm::Iso | UtcForm::Timesync => Reply::plain(iso(now, true)),
        UtcForm::Head => Reply::plain(String::new()),
        UtcForm::Ntp => Reply::binary(&ntp_timestamp(now)),
    };
    reply.header("date", date(now).to_utc_string()).header("access-control-expose-headers", "Age, Date")
}

/// Answers `timesync`.
pub(crate) async fn timesync(request: Request) -> Result<Reply, Problem> {
    let body = request::body(request).await?;
    let answer = answer_timesync(&body, clock::now());
    let unread = || Problem::new(Code::BadRequest, "the body is not JSON-RPC with an \"id\", as timesync sends it");
    answer.map(|text| Reply::json(200, text)).ok_or_else(unread)
}

/// Formats `now` in ISO 8601: `2026-01-01T00:00:00.123Z`, or whole seconds, rounded down.
fn iso(now: ServerTime, with_ms: bool) -> String {
    let mut text = String::from(date(now).to_iso_string());
    if !with_ms {
        text.truncate(text.len() - ".000Z".len());
        text.push('Z');
    }
    text
}

/// Formats `now` as Unix time: `1767225600.123`, or whole seconds, rounded down.
fn unix(now: ServerTime, with_ms: bool) -> String {
    let (seconds, ms) = (now.as_millis() / 1_000, now.as_millis() % 1_000);
    if with_ms { format!("{seconds}.{ms:03}") } else { seconds.to_string() }
}

fn date(now: ServerTime) -> js_sys::Date {
    js_sys::Date::new(&(now.as_millis() as f64).into())
}
