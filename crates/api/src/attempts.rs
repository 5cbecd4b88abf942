//! One call of the API, sent again until it is answered or the time is up.

use downbeat_core::{ServerTime, Span, words};
use downbeat_wire::freshness::{Freshness, TimedAnswer};
use downbeat_wire::room::Invitation;
use downbeat_wire::route::VERSION_HEADER;
use downbeat_wire::{Problem, Route, Token};
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;

use crate::address::ServerUrl;
use crate::clock::{self, Moment, ServerClock};
use crate::error::ApiError;
use crate::http::{ANSWER_BYTES_MAX, Exchanged, HttpClient, HttpError, Limits};

/// How long one attempt may take before the next begins: 4 s, several of the slowest honest round trips.
const ATTEMPT_MAX: Span = Span::from_millis(4_000);

/// The pause between two attempts: 250 ms.
const PAUSE: Span = Span::from_millis(250);

/// A call of the API.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) route: Route,
    /// With its question mark; may be empty.
    pub(crate) query: String,
    /// The word that the server is to repeat, if it is asked for the time; then there is no other query. Errors do not show it.
    pub(crate) t1: Option<String>,
    pub(crate) body: Vec<u8>,
    /// Whether the token is sent with it.
    pub(crate) authorized: bool,
    /// The invitation that is sent in the token's place.
    pub(crate) invitation: Option<Invitation>,
    /// The version of what is changed, without quotes.
    pub(crate) if_match: Option<String>,
    /// The longest answer, in bytes.
    pub(crate) bytes_max: usize,
}

impl Call {
    /// Creates a call without body and token.
    pub(crate) const fn get(route: Route) -> Self {
        Self {
            method: Method::GET,
            route,
            query: String::new(),
            t1: None,
            body: Vec::new(),
            authorized: false,
            invitation: None,
            if_match: None,
            bytes_max: ANSWER_BYTES_MAX,
        }
    }

    /// Creates a call with a body and the token.
    pub(crate) fn sending(method: Method, route: Route, body: Vec<u8>) -> Self {
        Self { method, body, ..Self::get(route) }.authorized()
    }

    /// Sends an invitation with the call, and no token.
    pub(crate) fn invited(self, invitation: &Invitation) -> Self {
        Self { invitation: Some(invitation.clone()), ..self }
    }

    /// Sends the token with the call.
    pub(crate) fn authorized(self) -> Self {
        Self { authorized: true, ..self }
    }
}

/// Sends calls to one server.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) url: ServerUrl,
    pub(crate) token: Option<Token>,
    /// How long a call may take, with all its attempts.
    pub(crate) timeout: Span,
    pub(crate) http: HttpClient,
}

/// The response to a call.
pub(crate) struct Answer {
    url: String,
    status: StatusCode,
    pub(crate) bytes: Vec<u8>,
    /// The version that the server says it has.
    pub(crate) version: Option<String>,
    /// The header `Age`, if there is one.
    age: Option<String>,
    sent: Moment,
    received: Moment,
    /// Whether an earlier attempt may have been carried out.
    pub(crate) is_repeated: bool,
}

impl Sender {
    /// Returns the URL of a route.
    pub(crate) fn url_of(&self, route: &Route) -> String {
        format!("{}{}", self.url, route.path())
    }

    /// Sends a call until there is an answer or the time is up. Every call of the API may be sent twice.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, ApiError> {
        let url = format!("{}{}", self.url_of(&call.route), call.query);
        let began = clock::monotonic();
        let deadline = began + self.timeout;
        let mut attempts = 0;
        loop {
            let is_repeated = attempts > 0;
            attempts += 1;
            let left = deadline - clock::monotonic();
            let attempt = self.attempt(call, &url, left.min(ATTEMPT_MAX).max(PAUSE)).await;
            let is_last = deadline - clock::monotonic() <= PAUSE;
            let why = match attempt {
                Ok(answer) if !matches!(answer.status.as_u16(), 502..=599) || is_last => {
                    return Ok(Answer { is_repeated, ..answer });
                }
                Ok(answer) => format!("it answered {}", answer.status.as_u16()),
                Err(HttpError::WouldExposeToken) => return Err(ApiError::WouldExposeToken { url }),
                // A second time it would be as long.
                Err(error @ HttpError::TooLong { status, .. }) => {
                    return Err(ApiError::Unexpected { url, status, why: error.to_string() });
                }
                Err(HttpError::NotSent(why)) if !is_repeated => return Err(ApiError::Unreachable { url, why }),
                Err(error) => error.to_string(),
            };
            if is_last {
                let within = clock::monotonic() - began;
                return Err(ApiError::NoAnswer { url, attempts, within, why });
            }
            clock::sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, call: &Call, url: &str, timeout: Span) -> Result<Answer, HttpError> {
        let uri = match &call.t1 {
            Some(t1) => format!("{url}?t1={t1}"),
            None => url.to_owned(),
        };
        let mut request = http::Request::builder().method(&call.method).uri(uri);
        let token = self.token.as_ref().filter(|_| call.authorized).map(Token::expose);
        if let Some(secret) = call.invitation.as_ref().map(Invitation::expose).or(token) {
            request = request.header("authorization", format!("Bearer {secret}"));
        }
        if !call.body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        if let Some(version) = &call.if_match {
            request = request.header("if-match", format!("\"{version}\""));
        }
        let limits = Limits { timeout, bytes: call.bytes_max };
        let request = request.body(call.body.clone()).map_err(|error| HttpError::NotSent(error.to_string()))?;
        let Exchanged { response, sent, received } = self.http.exchange(request, limits).await?;
        let version = response.headers().get(VERSION_HEADER).and_then(|version| version.to_str().ok());
        let age = response.headers().get("age").map(|age| String::from_utf8_lossy(age.as_bytes()).into_owned());
        Ok(Answer {
            url: url.to_owned(),
            status: response.status(),
            version: version.map(words::tame),
            age,
            bytes: response.into_body(),
            sent,
            received,
            is_repeated: false,
        })
    }
}

impl Answer {
    /// Returns the answer if the call succeeded.
    pub(crate) fn accepted(self) -> Result<Self, ApiError> {
        if self.status.is_success() {
            return Ok(self);
        }
        if let Ok(problem) = serde_json::from_slice::<Problem>(&self.bytes) {
            return Err(ApiError::Problem { url: self.url, problem: Box::new(problem) });
        }
        let why = if self.status.is_redirection() {
            "it sends on to another address; use that one".to_owned()
        } else {
            excerpt(&self.bytes)
        };
        Err(self.unexpected(why))
    }

    /// Returns whether the call created something.
    pub(crate) fn is_created(&self) -> bool {
        self.status == StatusCode::CREATED
    }

    /// Parses the body.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.bytes)
            .map_err(|error| self.unexpected(format!("{error} in {}", excerpt(&self.bytes))))
    }

    /// Returns what the answer says of the server's clock, if it left at `server_time`.
    pub(crate) const fn clock(&self, server_time: ServerTime) -> ServerClock {
        ServerClock::new(server_time, self.sent, self.received)
    }

    /// Checks that the server made this answer, which repeats `t1` and left at `server_time`, for the request with `asked`.
    ///
    /// # Errors
    /// [`ApiError::Cached`] if a cache gave it.
    pub(crate) fn check_fresh(
        &self,
        freshness: &mut Freshness,
        asked: &str,
        t1: Option<&str>,
        server_time: ServerTime,
    ) -> Result<(), ApiError> {
        let (sent, arrived) = (self.sent.local, self.received.local);
        let answer = TimedAnswer { t1, age: self.age.as_deref(), server_time, sent, arrived };
        freshness.check(asked, &answer).map_err(|sign| ApiError::Cached { url: self.url.clone(), sign })
    }

    fn unexpected(&self, why: String) -> ApiError {
        ApiError::Unexpected { url: self.url.clone(), status: self.status.as_u16(), why }
    }
}

/// Returns the beginning of a body, fit for one line.
fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]);
    let text: String = words::tame(&text).chars().take(100).collect();
    if text.trim().is_empty() { "an empty body".to_owned() } else { format!("{:?}", text.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_wire::TimeBody;

    #[test]
    fn an_answer_that_is_no_problem_shows_its_beginning() {
        let answer = |status, text: &str| Answer {
            url: "http://a/time".to_owned(),
            status: StatusCode::from_u16(status).unwrap(),
            bytes: text.as_bytes().to_vec(),
            version: None,
            age: None,
            sent: Moment::now(),
            received: Moment::now(),
            is_repeated: false,
        };
        let error = answer(404, "<html>\nnot here").accepted().err().unwrap();
        assert_eq!(error.to_string(), "http://a/time answered 404, but not as Downbeat does: \"<html>⏎not here\"");
        assert!(!error.may_have_arrived());
        assert!(answer(502, "").accepted().err().unwrap().may_have_arrived());
        assert!(answer(200, "{}").body::<TimeBody>().unwrap_err().to_string().contains("missing field"));
    }
}
