//! The client: one method per call of the API.

use std::fmt;
use std::sync::{Arc, Mutex};

use downbeat_core::event::Reset;
use downbeat_core::{Configuration, Digest, Epoch, EventName, Request, Rev, ServerTime, Span};
use downbeat_wire::anchor::KeySet;
use downbeat_wire::freshness::Freshness;
use downbeat_wire::{
    Anchor, Audience, AudienceHistory, Code, CommandAnswer, Deletion, EmergencyDocument, EventList, Grant, LogPage,
    Route, RundownPage, RundownStore, StateBody, StateExtras, StoredRundown, Token, command, configuration, route,
};
use http::Method;
use serde::de::DeserializeOwned;

use crate::address::ServerUrl;
use crate::attempts::{Answer, Call, Sender};
use crate::clock::ServerClock;
use crate::error::ApiError;
use crate::http::{FILE_BYTES_MAX, HttpClient};

/// How long a call may take unless [`Client::with_timeout`] says otherwise: 10 s.
const TIMEOUT: Span = Span::from_millis(10_000);

/// The parsed body of a response, and what the response says of the server's clock.
#[derive(Clone, Debug)]
pub struct Response<T> {
    /// The body.
    pub body: T,
    /// The server's clock.
    pub clock: ServerClock,
}

/// Which events are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventScope {
    /// Those that are not archived.
    Current,
    /// All of them.
    All,
}

/// Whether an event is deleted although it is under way or has viewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionGuard {
    /// It is not.
    Checked,
    /// It is.
    Forced,
}

type OnSending = Arc<dyn Fn() + Send + Sync>;
type OnState = Arc<dyn Fn(&ServerUrl, &StateBody) + Send + Sync>;
type OnAnchor = Arc<dyn Fn(&ServerUrl, &Anchor) + Send + Sync>;

/// A client of one server. Clones share its connections.
///
/// Every call is sent again, after a pause, until it is answered or the timeout is over: calls of the API may arrive twice.
#[derive(Clone)]
pub struct Client {
    pub(crate) sender: Sender,
    pub(crate) freshness: Arc<Mutex<Freshness>>,
    on_sending: Option<OnSending>,
    on_state: Option<OnState>,
    on_anchor: Option<OnAnchor>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a client of the server at `url`, without a token and with a timeout of 10 s.
    pub fn new(url: ServerUrl) -> Self {
        let sender = Sender { url, token: None, timeout: TIMEOUT, http: HttpClient::new(0) };
        Self { sender, freshness: Arc::default(), on_sending: None, on_state: None, on_anchor: None }
    }

    /// Returns the same client with a token, which it sends with an operator's calls, but not over plain `http` to another
    /// machine: then they fail with [`ApiError::WouldExposeToken`].
    #[must_use]
    pub fn with_token(&self, token: impl Into<Option<Token>>) -> Self {
        let mut client = self.clone();
        client.sender.token = token.into();
        client
    }

    /// Returns the same client, which also sends its token over plain `http` to another machine.
    #[must_use]
    pub fn exposing_token(&self) -> Self {
        let mut client = self.clone();
        client.sender.http = client.sender.http.exposing_tokens();
        client
    }

    /// Returns the same client with a different timeout: how long a call may take, with all its attempts.
    #[must_use]
    pub fn with_timeout(&self, timeout: Span) -> Self {
        let mut client = self.clone();
        client.sender.timeout = timeout;
        client
    }

    /// Returns the same client, which calls `observer` before it sends a change: from then on the change may have arrived.
    #[must_use]
    pub fn on_sending(self, observer: impl Fn() + Send + Sync + 'static) -> Self {
        Self { on_sending: Some(Arc::new(observer)), ..self }
    }

    /// Returns the same client, which calls `observer` with each state of an event that it receives.
    #[must_use]
    pub fn on_state(self, observer: impl Fn(&ServerUrl, &StateBody) + Send + Sync + 'static) -> Self {
        Self { on_state: Some(Arc::new(observer)), ..self }
    }

    /// Returns the same client, which calls `observer` with each anchor of a log that it receives.
    #[must_use]
    pub fn on_anchor(self, observer: impl Fn(&ServerUrl, &Anchor) + Send + Sync + 'static) -> Self {
        Self { on_anchor: Some(Arc::new(observer)), ..self }
    }

    /// Returns the server's address.
    pub const fn url(&self) -> &ServerUrl {
        &self.sender.url
    }

    /// Returns the URL of a route.
    pub fn url_of(&self, route: &Route) -> String {
        self.sender.url_of(route)
    }

    /// Returns what the token allows.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn grant(&self) -> Result<Grant, ApiError> {
        self.read_body(&Call::get(Route::Token).authorized()).await
    }

    /// Returns the events of the server, those in `scope`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn events(&self, scope: EventScope) -> Result<EventList, ApiError> {
        let query = match scope {
            EventScope::Current => String::new(),
            EventScope::All => format!("?{}", route::ALL),
        };
        self.read_body(&Call { query, ..Call::get(Route::Events) }.authorized()).await
    }

    /// Deletes an event with all that the server stores for it; returns what was deleted. `None` if it does not exist: it was
    /// deleted before, or by an earlier attempt of this call.
    ///
    /// # Errors
    /// [`ApiError`]: a conflict if the event is under way or has viewers, unless `guard` is [`DeletionGuard::Forced`].
    pub async fn delete_event(&self, event: &EventName, guard: DeletionGuard) -> Result<Option<Deletion>, ApiError> {
        self.notify_sending();
        let query = match guard {
            DeletionGuard::Checked => String::new(),
            DeletionGuard::Forced => format!("?{}", route::FORCE),
        };
        let call = Call { method: Method::DELETE, query, ..Call::get(Route::Event(event.clone())).authorized() };
        match self.read_body(&call).await {
            Ok(deletion) => Ok(Some(deletion)),
            Err(error) if error.is(Code::UnknownEvent) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns a page of the log, the newest entry first: at most `limit` entries before `before`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn log(&self, event: &EventName, before: Option<Rev>, limit: u32) -> Result<LogPage, ApiError> {
        let before = before.map(|rev| format!("&before={rev}")).unwrap_or_default();
        let call = Call { query: format!("?limit={limit}{before}"), ..Call::get(Route::Log(event.clone())) };
        let page: LogPage = self.read_body(&call.authorized()).await?;
        self.notify_anchor(page.anchor.as_ref());
        Ok(page)
    }

    /// Returns the public keys that the server's anchors are signed with.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn anchor_keys(&self) -> Result<KeySet, ApiError> {
        self.read_body(&Call::get(Route::Key)).await
    }

    /// Returns how many viewers are connected, and where.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn audience(&self, event: &EventName) -> Result<Audience, ApiError> {
        self.read_body(&Call::get(Route::Audience(event.clone())).authorized()).await
    }

    /// Returns how many viewers were connected, minute by minute.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn audience_history(&self, event: &EventName) -> Result<AudienceHistory, ApiError> {
        self.read_body(&Call::get(Route::AudienceHistory(event.clone())).authorized()).await
    }

    /// Creates the event, or changes its configuration. If a repeated request finds its own change, that is a success and
    /// no conflict.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn configure(
        &self,
        event: &EventName,
        wanted: &Configuration,
        actor: &str,
    ) -> Result<Response<StateBody>, ApiError> {
        self.notify_sending();
        let body = configuration::body(wanted, actor).to_string().into_bytes();
        let answer = self.sender.send(&Call::sending(Method::PUT, Route::Event(event.clone()), body)).await?;
        let is_repeated = answer.is_repeated;
        match self.parse_state(answer) {
            Err(error) if is_repeated && error.is(Code::Stale) => {
                let response = self.state(event).await?;
                if is_configured(&response.body, wanted) { Ok(response) } else { Err(error) }
            }
            parsed => parsed,
        }
    }

    /// Begins a new epoch of an event whose storage was restored from an older copy, and returns its state.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn restore(&self, event: &EventName, actor: &str) -> Result<Response<StateBody>, ApiError> {
        self.notify_sending();
        let body = configuration::body(&Configuration::default(), actor).to_string().into_bytes();
        let query = format!("?{}", route::RESTORED);
        self.read_state(&Call { query, ..Call::sending(Method::PUT, Route::Event(event.clone()), body) }).await
    }

    /// Puts the event back to before its start, which is `reset.starts_at` if that is given, in a new epoch that replaces `epoch`, and
    /// returns its state. If a repeated request finds its own change, that is a success and no conflict.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn reset(
        &self,
        event: &EventName,
        reset: &Reset,
        epoch: &Epoch,
        actor: &str,
    ) -> Result<Response<StateBody>, ApiError> {
        self.notify_sending();
        let Reset { starts_at, if_rev, reason } = reset.clone();
        let wanted = Configuration { starts_at, if_rev, reason, ..Configuration::default() };
        let body = configuration::body(&wanted, actor).to_string().into_bytes();
        let query = format!("?{}", route::RESET);
        let call = Call { query, ..Call::sending(Method::PUT, Route::Event(event.clone()), body) };
        let answer = self.sender.send(&call).await?;
        let is_repeated = answer.is_repeated;
        match self.parse_state(answer) {
            Err(error) if is_repeated && error.is(Code::Stale) => {
                let response = self.state(event).await?;
                if response.body.replaces.as_ref() == Some(epoch) { Ok(response) } else { Err(error) }
            }
            parsed => parsed,
        }
    }

    /// Sends a command. A command with an id that the event knows changes nothing, so it is safe to repeat.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn command(&self, event: &EventName, request: &Request) -> Result<Response<CommandAnswer>, ApiError> {
        self.notify_sending();
        let call = command_call(event, request);
        let response = self.read(&call, |answer: &CommandAnswer| answer.state.server_time).await?;
        self.notify_state(&response.body.state);
        self.notify_anchor(response.body.anchor.as_ref());
        Ok(response)
    }

    /// Returns what a command would do. Nothing changes, and its id is not used up.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn preview(&self, event: &EventName, request: &Request) -> Result<CommandAnswer, ApiError> {
        let query = format!("?{}", command::DRY_RUN);
        self.read_body(&Call { query, ..command_call(event, request) }).await
    }

    /// Delivers a state that was signed in an emergency. Its signature is the authority: no token is sent.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn emergency(
        &self,
        event: &EventName,
        document: &EmergencyDocument,
    ) -> Result<Response<StateBody>, ApiError> {
        self.notify_sending();
        let body = document.to_json().into_bytes();
        let call = Call::sending(Method::POST, Route::Emergency(event.clone()), body);
        self.read_state(&Call { authorized: false, ..call }).await
    }

    /// Returns the bytes of a rundown.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn rundown(&self, event: &EventName, digest: Digest) -> Result<Vec<u8>, ApiError> {
        let call = Call { bytes_max: FILE_BYTES_MAX, ..Call::get(Route::Rundown(event.clone(), digest)) };
        let answer = self.sender.send(&call).await?;
        answer.accepted().map(|answer| answer.bytes)
    }

    /// Stores a rundown. Returns whether it is new.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn put_rundown(&self, event: &EventName, digest: Digest, bytes: Vec<u8>) -> Result<bool, ApiError> {
        let call = Call::sending(Method::PUT, Route::Rundown(event.clone(), digest), bytes);
        self.sender.send(&call).await?.accepted().map(|answer| answer.is_created())
    }

    /// Stores a rundown in a given place of the server. Returns whether it is new there.
    ///
    /// # Errors
    /// [`ApiError`]: a bad request if the server has no bucket and `store` is [`RundownStore::Bucket`].
    pub async fn put_rundown_in(
        &self,
        store: RundownStore,
        event: &EventName,
        digest: Digest,
        bytes: Vec<u8>,
    ) -> Result<bool, ApiError> {
        let query = format!("?{}={}", route::STORE, store.as_str());
        let call = Call { query, ..Call::sending(Method::PUT, Route::Rundown(event.clone(), digest), bytes) };
        self.sender.send(&call).await?.accepted().map(|answer| answer.is_created())
    }

    /// Returns every rundown that is stored for the event, where the server stores new ones.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn rundowns(&self, event: &EventName) -> Result<Vec<StoredRundown>, ApiError> {
        self.list_rundowns(event, "").await
    }

    /// Returns every rundown that is stored for the event in a given place of the server.
    ///
    /// # Errors
    /// [`ApiError`]: a bad request if the server has no bucket and `store` is [`RundownStore::Bucket`].
    pub async fn rundowns_in(&self, store: RundownStore, event: &EventName) -> Result<Vec<StoredRundown>, ApiError> {
        self.list_rundowns(event, &format!("&{}={}", route::STORE, store.as_str())).await
    }

    async fn list_rundowns(&self, event: &EventName, parameter: &str) -> Result<Vec<StoredRundown>, ApiError> {
        let mut rundowns: Vec<StoredRundown> = Vec::new();
        loop {
            let after = rundowns.last().map(|last| format!("after={}", last.rundown)).unwrap_or_default();
            let query = format!("?{after}{parameter}");
            let call = Call { query, ..Call::get(Route::Rundowns(event.clone())) };
            let page: RundownPage = self.read_body(&call.authorized()).await?;
            // An empty page leads no further, and would be requested forever.
            let is_stuck = page.rundowns.is_empty();
            rundowns.extend(page.rundowns);
            if !page.more || is_stuck {
                return Ok(rundowns);
            }
        }
    }

    /// Deletes a rundown if it is still the version that was listed. Deleting a missing one is a success.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn delete_rundown(&self, event: &EventName, stored: &StoredRundown) -> Result<(), ApiError> {
        self.notify_sending();
        let call = Call {
            method: Method::DELETE,
            if_match: Some(stored.version.clone()),
            ..Call::get(Route::Rundown(event.clone(), stored.rundown)).authorized()
        };
        match self.sender.send(&call).await?.accepted() {
            Err(error) if !error.is(Code::UnknownRundown) => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns the version that the server says it has, whether or not the event exists.
    ///
    /// # Errors
    /// [`ApiError`] if there is no answer.
    pub async fn version(&self, event: &EventName) -> Result<Option<String>, ApiError> {
        Ok(self.sender.send(&Call::get(Route::Event(event.clone()))).await?.version)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        call: &Call,
        server_time: impl Fn(&T) -> ServerTime,
    ) -> Result<Response<T>, ApiError> {
        parse(self.sender.send(call).await?, server_time)
    }

    async fn read_state(&self, call: &Call) -> Result<Response<StateBody>, ApiError> {
        self.parse_state(self.sender.send(call).await?)
    }

    /// Parses a state, and the anchor that comes with it if it was changed.
    pub(crate) fn parse_state(&self, answer: Answer) -> Result<Response<StateBody>, ApiError> {
        let extras = answer.body::<StateExtras>().unwrap_or_default();
        let mut response = parse(answer, |state: &StateBody| state.server_time)?;
        // It was about the request, and is no part of the state that is kept and printed.
        response.body.t1 = None;
        self.notify_state(&response.body);
        self.notify_anchor(extras.anchor.as_ref());
        Ok(response)
    }

    pub(crate) async fn read_body<T: DeserializeOwned>(&self, call: &Call) -> Result<T, ApiError> {
        self.sender.send(call).await?.accepted()?.body()
    }

    pub(crate) fn notify_sending(&self) {
        if let Some(observer) = &self.on_sending {
            observer();
        }
    }

    fn notify_anchor(&self, anchor: Option<&Anchor>) {
        if let (Some(observer), Some(anchor)) = (&self.on_anchor, anchor) {
            observer(self.url(), anchor);
        }
    }

    fn notify_state(&self, state: &StateBody) {
        if let Some(observer) = &self.on_state {
            observer(self.url(), state);
        }
    }
}

fn command_call(event: &EventName, request: &Request) -> Call {
    let body = command::body(request).to_string().into_bytes();
    Call::sending(Method::POST, Route::Commands(event.clone()), body)
}

pub(crate) fn parse<T: DeserializeOwned>(
    answer: Answer,
    server_time: impl Fn(&T) -> ServerTime,
) -> Result<Response<T>, ApiError> {
    let answer = answer.accepted()?;
    let body = answer.body()?;
    let clock = answer.clock(server_time(&body));
    Ok(Response { body, clock })
}

/// Returns whether an event is configured as `wanted`.
fn is_configured(state: &StateBody, wanted: &Configuration) -> bool {
    fn same<T: PartialEq>(wanted: Option<&T>, actual: &T) -> bool {
        wanted.is_none_or(|wanted| wanted == actual)
    }
    same(wanted.starts_at.as_ref(), &state.starts_at)
        && same(wanted.duration.as_ref(), &state.duration)
        && same(wanted.title.as_ref(), &state.title)
        && same(wanted.locale.as_ref(), &state.locale)
        && wanted.hubs.is_none_or(|hubs| hubs == state.hub_count())
        && same(wanted.resync.as_ref(), &state.resync)
        && same(wanted.emergency.as_ref(), &state.emergency)
        && same(wanted.archived.as_ref(), &state.archived)
}
