//! Talking to the server: one method per call of the API, repeated within the timeout where that is safe.

mod address;
mod error;

use downbeat_core::{Configuration, Digest, EventName, LocalTime, Request, Rev, Span};
use downbeat_wire::route::VERSION_HEADER;
use downbeat_wire::{
    Audience, CommandAnswer, EmergencyDocument, EventList, Grant, LogPage, Problem, Route, RundownPage, StateBody,
    StoredRundown, TimeBody, Token, command, configuration,
};
use serde::de::DeserializeOwned;
use ureq::http;

use crate::clock::{self, ServerClock};
use crate::interrupt;
use crate::last_seen::remember;
use crate::text;
use crate::web::{self, Silence, blocking};

pub(crate) use address::ServerUrl;
pub(crate) use error::ServerError;

/// How long one attempt may take before the next begins: 4 s, several of the slowest honest round trips.
const ATTEMPT: Span = Span::from_millis(4_000);

/// The pause between two attempts.
const PAUSE: Span = Span::from_millis(250);

/// An answer, with what it tells about the server's clock.
#[derive(Clone, Debug)]
pub(crate) struct Reading<T> {
    pub(crate) body: T,
    pub(crate) clock: ServerClock,
}

/// A server, and the token to show it.
pub(crate) struct Server {
    url: ServerUrl,
    token: Option<Token>,
    timeout: Span,
    agent: ureq::Agent,
}

struct Call<'a> {
    method: &'a str,
    route: Route,
    query: String,
    body: Option<Vec<u8>>,
    operator: bool,
    /// The version that is meant, without quotes.
    if_match: Option<String>,
}

impl<'a> Call<'a> {
    fn get(route: Route) -> Self {
        Self { method: "GET", route, query: String::new(), body: None, operator: false, if_match: None }
    }

    fn operator(self) -> Self {
        Self { operator: true, ..self }
    }

    fn sending(method: &'a str, route: Route, body: Vec<u8>) -> Self {
        Self { method, route, query: String::new(), body: Some(body), operator: true, if_match: None }
    }
}

struct Answer {
    url: String,
    status: u16,
    bytes: Vec<u8>,
    /// What the server says its version is.
    version: Option<String>,
    arrived: LocalTime,
    /// An earlier attempt may have been carried out.
    repeated: bool,
}

/// Why one attempt failed.
enum Fault {
    /// Nothing left this machine.
    NotSent(String),
    /// The request or its answer was lost on the way.
    Lost(String),
}

impl Server {
    /// Returns the server at `url`. Every call may take `timeout` altogether.
    pub(crate) fn new(url: ServerUrl, token: Option<Token>, timeout: Span) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("downbeat/", env!("CARGO_PKG_VERSION")));
        Self { url, token, timeout, agent: config.build().new_agent() }
    }

    /// Returns the same server with another timeout.
    pub(crate) fn within(&self, timeout: Span) -> Self {
        Self { url: self.url.clone(), token: self.token.clone(), timeout, agent: self.agent.clone() }
    }

    /// Returns its address.
    pub(crate) const fn url(&self) -> &ServerUrl {
        &self.url
    }

    /// Returns the URL of a route.
    pub(crate) fn url_of(&self, route: &Route) -> String {
        format!("{}{}", self.url, route.path())
    }

    /// Returns the event's whole public state. Shown a token that may read, the server asks the event itself instead of a
    /// copy that may be a second old: an operator does not decide on old news.
    pub(crate) async fn state(&self, event: &EventName) -> Result<Reading<StateBody>, ServerError> {
        let call = Call::get(Route::Event(event.clone())).operator();
        self.read(call, |state: &StateBody| state.server_time)
            .await
            .inspect(|reading| remember(&self.url, &reading.body))
    }

    /// Returns the event's time.
    pub(crate) async fn time(&self, event: &EventName) -> Result<Reading<TimeBody>, ServerError> {
        self.read(Call::get(Route::EventTime(event.clone())), |time: &TimeBody| time.server_time).await
    }

    /// Returns the server's time, whatever events there are.
    pub(crate) async fn clock(&self) -> Result<Reading<TimeBody>, ServerError> {
        self.read(Call::get(Route::Time), |time: &TimeBody| time.server_time).await
    }

    /// Returns what the token allows.
    pub(crate) async fn grant(&self) -> Result<Grant, ServerError> {
        self.decoded(Call::get(Route::Token).operator()).await
    }

    /// Returns the events there are.
    pub(crate) async fn events(&self) -> Result<EventList, ServerError> {
        self.decoded(Call::get(Route::Events).operator()).await
    }

    /// Returns a page of the log, the newest first: entries before `before`.
    pub(crate) async fn log(&self, event: &EventName, before: Option<Rev>, limit: u32) -> Result<LogPage, ServerError> {
        let before = before.map(|rev| format!("&before={rev}")).unwrap_or_default();
        let call = Call { query: format!("?limit={limit}{before}"), ..Call::get(Route::Log(event.clone())) };
        self.decoded(call.operator()).await
    }

    /// Returns who is connected.
    pub(crate) async fn audience(&self, event: &EventName) -> Result<Audience, ServerError> {
        self.decoded(Call::get(Route::Audience(event.clone())).operator()).await
    }

    /// Returns the bytes of a rundown.
    pub(crate) async fn rundown(&self, event: &EventName, digest: Digest) -> Result<Vec<u8>, ServerError> {
        accepted(self.send(Call::get(Route::Rundown(event.clone(), digest))).await?).map(|answer| answer.bytes)
    }

    /// Makes the event or changes its configuration. Sent again after a lost answer, it finds its own change: that is
    /// success, not a conflict.
    pub(crate) async fn configure(
        &self,
        event: &EventName,
        wanted: &Configuration,
        actor: &str,
    ) -> Result<Reading<StateBody>, ServerError> {
        interrupt::something_was_sent();
        let body = configuration::body(wanted, actor).to_string().into_bytes();
        let answer = self.send(Call::sending("PUT", Route::Event(event.clone()), body)).await?;
        let repeated = answer.repeated;
        let decoded = decode(answer, |state: &StateBody| state.server_time);
        match decoded.inspect(|reading| remember(&self.url, &reading.body)) {
            Err(error) if repeated && error.is(downbeat_wire::Code::Stale) => {
                let reading = self.state(event).await?;
                if holds(wanted, &reading.body) { Ok(reading) } else { Err(error) }
            }
            decoded => decoded,
        }
    }

    /// Returns a command. The same id again changes nothing, so it is repeated until there is an answer.
    pub(crate) async fn command(
        &self,
        event: &EventName,
        request: &Request,
    ) -> Result<Reading<CommandAnswer>, ServerError> {
        interrupt::something_was_sent();
        let body = command::body(request).to_string().into_bytes();
        let call = Call::sending("POST", Route::Commands(event.clone()), body);
        let answer = self.read(call, |answer: &CommandAnswer| answer.state.server_time).await;
        answer.inspect(|reading| remember(&self.url, &reading.body.state))
    }

    /// Returns what a command would do. Nothing changes, and its id is not used up.
    pub(crate) async fn preview(&self, event: &EventName, request: &Request) -> Result<CommandAnswer, ServerError> {
        let body = command::body(request).to_string().into_bytes();
        let call = Call::sending("POST", Route::Commands(event.clone()), body);
        self.decoded(Call { query: format!("?{}", command::DRY_RUN), ..call }).await
    }

    /// Hands a signed state in. Its signature is the authority: no token is shown.
    pub(crate) async fn emergency(
        &self,
        event: &EventName,
        document: &EmergencyDocument,
    ) -> Result<Reading<StateBody>, ServerError> {
        interrupt::something_was_sent();
        let body = document.to_json().into_bytes();
        let call = Call { operator: false, ..Call::sending("POST", Route::Emergency(event.clone()), body) };
        self.read(call, |state: &StateBody| state.server_time)
            .await
            .inspect(|reading| remember(&self.url, &reading.body))
    }

    /// Stores a rundown. Returns whether it is new.
    pub(crate) async fn put_rundown(
        &self,
        event: &EventName,
        digest: Digest,
        bytes: Vec<u8>,
    ) -> Result<bool, ServerError> {
        let call = Call::sending("PUT", Route::Rundown(event.clone(), digest), bytes);
        accepted(self.send(call).await?).map(|answer| answer.status == 201)
    }

    /// Returns every rundown that is stored for the event.
    pub(crate) async fn rundowns(&self, event: &EventName) -> Result<Vec<StoredRundown>, ServerError> {
        let mut rundowns: Vec<StoredRundown> = Vec::new();
        loop {
            let query = rundowns.last().map(|last| format!("?after={}", last.rundown)).unwrap_or_default();
            let call = Call { query, ..Call::get(Route::Rundowns(event.clone())) };
            let page: RundownPage = self.decoded(call.operator()).await?;
            // A page that leads no further would be asked for forever.
            let stuck = page.rundowns.is_empty();
            rundowns.extend(page.rundowns);
            if !page.more || stuck {
                return Ok(rundowns);
            }
        }
    }

    /// Deletes a rundown, if it is still the version that was listed. One that is gone already is no error.
    pub(crate) async fn delete_rundown(&self, event: &EventName, stored: &StoredRundown) -> Result<(), ServerError> {
        interrupt::something_was_sent();
        let call = Call {
            method: "DELETE",
            if_match: Some(stored.version.clone()),
            ..Call::get(Route::Rundown(event.clone(), stored.rundown)).operator()
        };
        match accepted(self.send(call).await?) {
            Err(error) if !error.is(downbeat_wire::Code::UnknownRundown) => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns the version the server says it has, whether or not the event exists.
    pub(crate) async fn version(&self, event: &EventName) -> Result<Option<String>, ServerError> {
        Ok(self.send(Call::get(Route::Event(event.clone()))).await?.version)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        call: Call<'_>,
        server_time: impl Fn(&T) -> downbeat_core::ServerTime,
    ) -> Result<Reading<T>, ServerError> {
        decode(self.send(call).await?, server_time)
    }

    async fn decoded<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ServerError> {
        let answer = accepted(self.send(call).await?)?;
        body(&answer)
    }

    /// Sends a call until there is an answer or the time is up. Every call of the API may be sent twice.
    async fn send(&self, call: Call<'_>) -> Result<Answer, ServerError> {
        let url = format!("{}{}", self.url_of(&call.route), call.query);
        let began = clock::monotonic();
        let deadline = began + self.timeout;
        let mut attempts = 0;
        let mut sent = false;
        loop {
            attempts += 1;
            let left = deadline - clock::monotonic();
            let why = match self.attempt(&call, &url, left.min(ATTEMPT).max(PAUSE)).await {
                Ok(answer) if !matches!(answer.status, 502..=599) => return Ok(Answer { repeated: sent, ..answer }),
                Ok(answer) if deadline - clock::monotonic() <= PAUSE => return Ok(Answer { repeated: sent, ..answer }),
                Ok(answer) => format!("it answered {}", answer.status),
                Err(Fault::NotSent(why)) if !sent => return Err(ServerError::Unreachable { url, why }),
                Err(Fault::NotSent(why) | Fault::Lost(why)) => why,
            };
            sent = true;
            if deadline - clock::monotonic() <= PAUSE {
                let within = clock::monotonic() - began;
                return Err(ServerError::NoAnswer { url, attempts, within, why });
            }
            clock::sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, call: &Call<'_>, url: &str, timeout: Span) -> Result<Answer, Fault> {
        let mut request = http::Request::builder().method(call.method).uri(url);
        if let Some(token) = self.token.as_ref().filter(|_| call.operator) {
            request = request.header("authorization", format!("Bearer {}", token.expose()));
        }
        if call.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        if let Some(version) = &call.if_match {
            request = request.header("if-match", format!("\"{version}\""));
        }
        let timeout = Some(clock::duration(timeout));
        let invalid = |error: http::Error| Fault::NotSent(error.to_string());
        let (agent, body) = (self.agent.clone(), call.body.clone());
        let (response, bytes) = blocking(move || {
            let result = match body {
                Some(body) => {
                    let request = request.body(body).map_err(invalid)?;
                    agent.run(agent.configure_request(request).timeout_global(timeout).build())
                }
                None => {
                    let request = request.body(()).map_err(invalid)?;
                    agent.run(agent.configure_request(request).timeout_global(timeout).build())
                }
            };
            let mut response = result.map_err(fault)?;
            let bytes = response.body_mut().read_to_vec().map_err(|error| Fault::Lost(error.to_string()))?;
            Ok((response, bytes))
        })
        .await?;
        let arrived = clock::monotonic();
        let version = response.headers().get(VERSION_HEADER).and_then(|version| version.to_str().ok());
        Ok(Answer {
            url: url.to_owned(),
            status: response.status().as_u16(),
            bytes,
            version: version.map(text::tame),
            arrived,
            repeated: false,
        })
    }
}

/// Tells what never left this machine from what may have arrived.
fn fault(error: ureq::Error) -> Fault {
    match web::silence(error) {
        Silence::NotSent(why) => Fault::NotSent(why),
        silence => Fault::Lost(silence.to_string()),
    }
}

/// Turns what is no success into what went wrong.
fn accepted(answer: Answer) -> Result<Answer, ServerError> {
    if (200..300).contains(&answer.status) {
        return Ok(answer);
    }
    match serde_json::from_slice::<Problem>(&answer.bytes) {
        Ok(problem) => Err(ServerError::Problem { url: answer.url, problem: Box::new(problem) }),
        Err(_) => {
            let why = match answer.status {
                300..=399 => "it sends on to another address; use that one".to_owned(),
                _ => excerpt(&answer.bytes),
            };
            Err(ServerError::Strange { url: answer.url, status: answer.status, why })
        }
    }
}

fn body<T: DeserializeOwned>(answer: &Answer) -> Result<T, ServerError> {
    serde_json::from_slice(&answer.bytes).map_err(|error| ServerError::Strange {
        url: answer.url.clone(),
        status: answer.status,
        why: format!("{error} in {}", excerpt(&answer.bytes)),
    })
}

fn decode<T: DeserializeOwned>(
    answer: Answer,
    server_time: impl Fn(&T) -> downbeat_core::ServerTime,
) -> Result<Reading<T>, ServerError> {
    let answer = accepted(answer)?;
    let body = body(&answer)?;
    let clock = ServerClock::new(server_time(&body), answer.arrived);
    Ok(Reading { body, clock })
}

/// Returns the beginning of an answer, fit for one line.
fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]);
    let text: String = text::tame(&text).chars().take(100).collect();
    if text.trim().is_empty() { "an empty body".to_owned() } else { format!("{:?}", text.trim()) }
}

/// Returns whether a state is what a configuration asked for.
fn holds(wanted: &Configuration, state: &StateBody) -> bool {
    fn same<T: PartialEq>(wanted: Option<&T>, actual: &T) -> bool {
        wanted.is_none_or(|wanted| wanted == actual)
    }
    same(wanted.starts_at.as_ref(), &state.starts_at)
        && same(wanted.duration.as_ref(), &state.duration)
        && same(wanted.title.as_ref(), &state.title)
        && same(wanted.locale.as_ref(), &state.locale)
        && same(wanted.hubs.as_ref(), &state.hubs)
        && same(wanted.resync.as_ref(), &state.resync)
        && same(wanted.emergency.as_ref(), &state.emergency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_no_problem_shows_its_beginning() {
        let answer = |status, text: &str| Answer {
            url: "http://a/time".to_owned(),
            status,
            bytes: text.as_bytes().to_vec(),
            version: None,
            arrived: LocalTime::from_micros(0),
            repeated: false,
        };
        let error = accepted(answer(404, "<html>\nnot here")).err().unwrap();
        assert_eq!(error.to_string(), "http://a/time answered 404, but not as Downbeat does: \"<html> not here\"");
        assert!(!error.may_have_arrived());
        assert!(accepted(answer(502, "")).err().unwrap().may_have_arrived());
        assert!(body::<TimeBody>(&answer(200, "{}")).unwrap_err().to_string().contains("missing field"));
    }
}
