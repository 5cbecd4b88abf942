//! Refusals that no retry changes, and of which the caller can do something about the cause: known by the whole response,
//! of which the stores' clients pass on only a part.

use std::fmt;

use downbeat_core::{ServerTime, Span};

use super::excerpt::{element, excerpt};

/// How far this machine's clock may differ from a store's before that explains why a signature is refused: 4 min. Stores
/// allow 5 min or more.
const SKEW: Span = Span::from_millis(4 * 60_000);

/// Why a store refuses, by the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It does not know what it was asked to do.
    NotImplemented,
    /// This machine's clock is that much ahead of the store's (behind it, if negative), and the store refuses its signatures.
    ClockSkewed(Option<Span>),
    /// The credentials were for a time that is over, or their session's token does not belong to them.
    SessionOver,
    /// The bucket is in another region: this one, if the store says so.
    OtherRegion(Option<String>),
}

/// A refusal with the store's own words.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) refusal: Refusal,
    pub(super) why: String,
}

impl Refused {
    /// Recognises a refusal; `None` if the response is none, or one that says nothing more than its status.
    pub(super) fn of(response: &http::Response<Vec<u8>>, date: Option<ServerTime>, now: ServerTime) -> Option<Self> {
        let status = response.status();
        if status.is_success() {
            return None;
        }
        let text = String::from_utf8_lossy(response.body());
        let code = element(&text, "Code").unwrap_or_default();
        let named = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let region = || named("x-amz-bucket-region").or_else(|| element(&text, "Region"));
        let skew = date.map(|date| now - date);
        let is_skewed = skew.is_some_and(|skew| skew > SKEW || skew < Span::ZERO - SKEW);
        let refusal = match (status.as_u16(), &*code) {
            (501, _) | (_, "NotImplemented") => Refusal::NotImplemented,
            (_, "RequestTimeTooSkewed") => Refusal::ClockSkewed(skew),
            // Azure's code for every signature that it refuses; Google's for a token that was signed at another time.
            (_, "AuthenticationFailed") if is_skewed => Refusal::ClockSkewed(skew),
            (400 | 401, _) if is_skewed && text.contains("invalid_grant") => Refusal::ClockSkewed(skew),
            (_, "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "InvalidToken") => {
                Refusal::SessionOver
            }
            (_, "AuthenticationFailed") if text.contains("not valid in the specified time frame") => {
                Refusal::SessionOver
            }
            (
                _,
                "PermanentRedirect" | "IncorrectEndpoint" | "InvalidRegionName" | "IllegalLocationConstraintException",
            ) => Refusal::OtherRegion(region()),
            // Also said of credentials that are not well formed.
            (_, "AuthorizationHeaderMalformed") if region().is_some() => Refusal::OtherRegion(region()),
            (301 | 307 | 308, _) if region().is_some() => Refusal::OtherRegion(region()),
            _ => return None,
        };
        let said = if text.trim().is_empty() { status.to_string() } else { excerpt(&text) };
        Some(Self { refusal, why: said })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}
impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);
    const HOUR: Span = Span::from_millis(3_600_000);

    fn refused(status: u16, headers: &[(&str, &str)], body: &str, date: ServerTime) -> Option<Refusal> {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body.as_bytes().to_vec()).unwrap();
        Refused::of(&response, Some(date), NOW).map(|refused| refused.refusal)
    }

    fn coded(status: u16, code: &str, more: &str) -> Option<Refusal> {
        refused(status, &[], &format!("<Error><Code>{code}</Code><Message>x</Message>{more}</Error>"), NOW)
    }

    #[test]
    fn a_clock_that_differs_explains_a_signature_that_is_refused() {
        let skewed = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
        assert_eq!(refused(403, &[], skewed, NOW - HOUR), Some(Refusal::ClockSkewed(Some(HOUR))));
        let azure = "<Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message></Error>";
        assert_eq!(refused(403, &[], azure, NOW + HOUR), Some(Refusal::ClockSkewed(Some(Span::ZERO - HOUR))));
        assert_eq!(refused(403, &[], azure, NOW), None);
        let google =
            r#"{"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token"}"#;
        assert_eq!(refused(400, &[], google, NOW - HOUR), Some(Refusal::ClockSkewed(Some(HOUR))));
        assert_eq!(refused(400, &[], google, NOW), None);
    }

    #[test]
    fn a_session_that_is_over_is_told_from_a_wrong_key() {
        for code in ["ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired"] {
            assert_eq!(coded(400, code, ""), Some(Refusal::SessionOver), "{code}");
        }
        let shared = "<Error><Code>AuthenticationFailed</Code><AuthenticationErrorDetail>Signature not valid in the specified \
                      time frame: Start [x] - Expiry [y]</AuthenticationErrorDetail></Error>";
        assert_eq!(refused(403, &[], shared, NOW), Some(Refusal::SessionOver));
        assert_eq!(coded(403, "InvalidAccessKeyId", ""), None);
        assert_eq!(coded(403, "SignatureDoesNotMatch", ""), None);
    }

    #[test]
    fn the_region_is_read_from_the_header_or_the_body() {
        let there = Some(Refusal::OtherRegion(Some("eu-central-1".to_owned())));
        assert_eq!(coded(400, "AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>"), there);
        assert_eq!(coded(400, "AuthorizationHeaderMalformed", ""), None);
        assert_eq!(refused(301, &[("x-amz-bucket-region", "eu-central-1")], "", NOW), there);
        assert_eq!(coded(301, "PermanentRedirect", "<Endpoint>x</Endpoint>"), Some(Refusal::OtherRegion(None)));
        assert_eq!(coded(400, "InvalidRegionName", ""), Some(Refusal::OtherRegion(None)));
        assert_eq!(refused(302, &[("location", "/")], "", NOW), None);
    }

    #[test]
    fn what_a_store_does_not_know_is_not_a_failure_that_passes() {
        assert_eq!(refused(501, &[], "", NOW), Some(Refusal::NotImplemented));
        assert_eq!(coded(400, "NotImplemented", ""), Some(Refusal::NotImplemented));
        assert_eq!(refused(500, &[], "", NOW), None);
        assert_eq!(refused(200, &[], "<Error><Code>NotImplemented</Code></Error>", NOW), None);
    }
}
