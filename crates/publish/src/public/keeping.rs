//! How long caches keep a response, by its headers.

use std::fmt;

use chrono::DateTime;
use downbeat_core::Span;

/// The longest that caches may keep a pointer without a warning: 60 s.
///
/// Reason: pages that depend on it are without a server already; beyond a minute an operator believes that it failed.
const LIFETIME_MAX: Span = Span::from_millis(60_000);

/// How a response is kept by the caches on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// How long a cache may answer with it, from when the cache received it.
    pub lifetime: Span,
    /// How long ago the cache that answered received it; zero if no cache says that it answered.
    pub age: Span,
    /// The headers that say so, as they came.
    pub headers: String,
}

impl Keeping {
    /// Reads the headers of a response. A lifetime for shared caches alone counts before one for all, as in those caches.
    pub fn of(headers: &http::HeaderMap) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let date = |name: &str| DateTime::parse_from_rfc2822(header(name)?).ok();
        // RFC 9213, then what Fastly and others call it, then RFC 9111.
        let directed = ["cdn-cache-control", "surrogate-control", "cache-control"];
        let by_directive = directed.iter().find_map(|name| seconds(header(name)?));
        let by_date = || Some((date("expires")? - date("date")?).num_seconds().max(0).unsigned_abs());
        let age = header("age").and_then(|age| age.parse().ok()).unwrap_or(0);
        // A cache that answers with something older than its headers allow keeps it for as long at least.
        let lifetime = by_directive.or_else(by_date).unwrap_or(0).max(age);
        let said = ["cdn-cache-control", "surrogate-control", "cache-control", "expires", "age"];
        let said = said.iter().filter_map(|name| Some(format!("{name}: {}", header(name)?)));
        Self { lifetime: span(lifetime), age: span(age), headers: said.collect::<Vec<_>>().join(", ") }
    }

    /// Returns whether viewers who depend on it receive a change more than a minute late.
    pub fn is_late(&self) -> bool {
        self.lifetime > LIFETIME_MAX
    }

    /// Returns how much longer the cache that answered may do so.
    pub fn left(&self) -> Span {
        self.lifetime - self.age
    }
}

impl fmt::Display for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headers)
    }
}

/// Returns a number of seconds; a year at most, which is as good as forever.
fn span(seconds: u64) -> Span {
    Span::from_millis(i64::try_from(seconds.min(31_536_000)).unwrap_or(0) * 1_000)
}

/// Returns how many seconds a shared cache may keep a response with this `Cache-Control`; `None` if it does not say.
fn seconds(cache_control: &str) -> Option<u64> {
    let mut directives = cache_control.split(',').map(|directive| {
        let (name, value) = directive.trim().split_once('=').unwrap_or((directive.trim(), ""));
        (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').parse::<u64>().ok())
    });
    let all: Vec<_> = directives.by_ref().collect();
    let of = |wanted: &str| all.iter().find(|(name, _)| name == wanted);
    if ["no-store", "no-cache", "private"].iter().any(|name| of(name).is_some()) {
        return Some(0);
    }
    of("s-maxage").or_else(|| of("max-age")).and_then(|(_, seconds)| *seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetime(headers: &[(&'static str, &'static str)]) -> (i64, i64) {
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)));
        let keeping = Keeping::of(&headers.collect());
        (keeping.lifetime.as_millis() / 1_000, keeping.left().as_millis() / 1_000)
    }

    #[test]
    fn the_lifetime_is_that_of_shared_caches() {
        for (value, seconds) in [
            ("public, max-age=86400", 86_400),
            ("max-age=2, S-MaxAge=\"86400\"", 86_400),
            ("max-age=86400, s-maxage=2", 2),
            ("no-cache, max-age=86400", 0),
            ("public", 0),
            ("max-age=99999999999999", 31_536_000),
        ] {
            assert_eq!(lifetime(&[("cache-control", value)]).0, seconds, "{value}");
        }
        assert_eq!(lifetime(&[("cache-control", "max-age=2"), ("cdn-cache-control", "max-age=3600")]).0, 3_600);
        assert_eq!(lifetime(&[]).0, 0);
    }

    #[test]
    fn without_a_directive_the_dates_count() {
        let dates = [("date", "Mon, 01 Jan 2024 00:00:00 GMT"), ("expires", "Tue, 02 Jan 2024 00:00:00 GMT")];
        assert_eq!(lifetime(&dates).0, 86_400);
        assert_eq!(lifetime(&[dates[0], ("expires", "0")]).0, 0);
    }

    #[test]
    fn a_cache_that_ignores_what_it_was_told_is_known_by_the_age() {
        assert_eq!(lifetime(&[("cache-control", "no-cache"), ("age", "4000")]), (4_000, 0));
        assert_eq!(lifetime(&[("cache-control", "max-age=86400"), ("age", "400")]), (86_400, 86_000));
    }
}
