//! The client that all viewers of one event share.

use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use downbeat_api::http::{FILE_BYTES_MAX, HttpClient, Limits};
use downbeat_api::{ServerUrl, clock};
use downbeat_core::clock::Exchange;
use downbeat_core::session::{Failure, News};
use downbeat_core::{Digest, EventName, ServerTime, Span};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::freshness::{CacheSign, Freshness, TimedAnswer as Timed};
use downbeat_wire::{Route, StateBody, TimeBody};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::endpoint::Endpoint;
use crate::error::ViewerError;
use crate::news::{FrameCache, FullState, short_state};
use crate::requests::{Requests, Response};
use crate::socket::{Refusal, Socket};

/// What is read of a state: 1 MiB, far more than a state has, within 30 s; the session gives up earlier.
const STATE: Limits = Limits { timeout: Span::from_millis(30_000), bytes: 1 << 20 };

/// What is read of a rundown. It is loaded once for all viewers, so a slow network may take 60 s.
const RUNDOWN_LIMITS: Limits = Limits { timeout: Span::from_millis(60_000), bytes: FILE_BYTES_MAX };

/// The redirects that are followed on the way to a rundown outside the server, as browsers do on the way to a CDN.
const REDIRECTS_MAX: u32 = 5;

/// The client that all viewers of one event share: connections, frames that are parsed once, and one copy of the rundown.
pub struct EventClient {
    endpoint: Arc<Endpoint>,
    event: EventName,
    requests: Requests,
    /// For rundowns outside the server.
    elsewhere: HttpClient,
    pub(super) frames: FrameCache,
    /// The rundown that was loaded last.
    rundown: Mutex<Option<(Digest, Arc<Rundown>)>>,
    /// What tells the server's answers from those of a cache.
    freshness: StdMutex<Freshness>,
}

/// An answer that carries the server's time.
pub(super) struct TimedAnswer {
    pub(super) exchange: Exchange,
    /// The state; `None` if the server does not know it.
    pub(super) news: Option<News>,
    /// The whole state, if that was asked for.
    pub(super) state: Option<FullState>,
    pub(super) resync: Span,
    /// How long the server asks to wait before the next request.
    pub(super) retry_after: Option<Span>,
}

impl EventClient {
    /// Creates a client for `event` on the server at `url`. It resolves the server's name and sends nothing yet.
    ///
    /// # Errors
    /// [`ViewerError::UnknownHost`] if the server's name has no address.
    pub async fn connect(url: &ServerUrl, event: EventName) -> Result<Self, ViewerError> {
        let endpoint = Arc::new(Endpoint::resolve(url).await?);
        let requests = Requests::new(Arc::clone(&endpoint));
        Ok(Self {
            endpoint,
            event,
            requests,
            elsewhere: HttpClient::new(REDIRECTS_MAX),
            frames: FrameCache::default(),
            rundown: Mutex::default(),
            freshness: StdMutex::default(),
        })
    }

    /// Returns what the next request for the time asks with: a word of its own, which no cache has.
    fn t1(&self) -> String {
        self.freshness.lock().unwrap_or_else(PoisonError::into_inner).next_t1(clock::wall())
    }

    /// Checks that no cache answered the request that asked with `asked`.
    ///
    /// # Errors
    /// [`Failure::StaleTime`] if one did.
    fn check_fresh(
        &self,
        asked: &str,
        response: &Response,
        t1: Option<&str>,
        server_time: ServerTime,
    ) -> Result<(), Failure> {
        let Response { sent, arrived, .. } = *response;
        let answer = Timed { t1, age: response.age.as_deref(), server_time, sent, arrived };
        let mut freshness = self.freshness.lock().unwrap_or_else(PoisonError::into_inner);
        match freshness.check(asked, &answer) {
            // The session judges these: they also show that what the first answer with this time seemed to prove was from a cache.
            Ok(()) | Err(CacheSign::SameTime) => Ok(()),
            Err(CacheSign::Age { .. } | CacheSign::OtherRequest) => Err(Failure::StaleTime),
        }
    }

    /// Requests the time, with the short state.
    pub(super) async fn time(&self) -> Result<TimedAnswer, Failure> {
        let t1 = self.t1();
        let path = format!("{}?t1={t1}", Route::EventTime(self.event.clone()).path());
        let response = self.requests.get(&path, STATE).await?;
        let time: TimeBody = parse(&response)?;
        self.check_fresh(&t1, &response, time.t1.as_deref(), time.server_time)?;
        let received_at = time.received_at.unwrap_or(time.server_time);
        let exchange = Exchange::new(response.sent, received_at, time.server_time, response.arrived);
        let exchange = exchange.map_err(|_| Failure::NoAnswer)?;
        let (resync, retry_after) = (time.resync, time.retry_after);
        Ok(TimedAnswer { exchange, news: short_state(time), state: None, resync, retry_after })
    }

    /// Requests the whole state, which carries the time too.
    pub(super) async fn state(&self) -> Result<TimedAnswer, Failure> {
        let t1 = self.t1();
        let path = format!("{}?t1={t1}", Route::Event(self.event.clone()).path());
        let response = self.requests.get(&path, STATE).await?;
        let state = FullState::new(parse(&response)?).ok_or(Failure::NoAnswer)?;
        self.check_fresh(&t1, &response, state.body.t1.as_deref(), state.body.server_time)?;
        let StateBody { server_time, resync, retry_after, .. } = state.body;
        let exchange = Exchange::new(response.sent, server_time, server_time, response.arrived);
        let exchange = exchange.map_err(|_| Failure::NoAnswer)?;
        Ok(TimedAnswer { exchange, news: Some(state.news.clone()), state: Some(state), resync, retry_after })
    }

    /// Requests the whole state as caches have it, which may be some seconds old.
    pub(super) async fn status(&self) -> Result<FullState, Failure> {
        let response = self.requests.get(&Route::Status(self.event.clone()).path(), STATE).await?;
        FullState::new(parse(&response)?).ok_or(Failure::NoAnswer)
    }

    /// Opens a socket at the path that the state names, if possible not at the hub `avoid`.
    pub(super) async fn open_socket(&self, live_url: Option<String>, avoid: Option<u16>) -> Result<Socket, Refusal> {
        let path = live_url.unwrap_or_else(|| Route::Live(self.event.clone()).path());
        let query = avoid.map(|hub| format!("?not={hub}")).unwrap_or_default();
        Socket::open(&self.endpoint, &format!("{path}{query}")).await
    }

    /// Loads a rundown as a page does: from `url`, where the state says that it is, if that is outside the server; and otherwise,
    /// or if that fails, from the server, which has it too. The first viewer that needs it sends the request, and the others
    /// wait for the same copy. After `failures` it is requested under a URL that no cache on the way has.
    pub(super) async fn rundown(
        &self,
        digest: Digest,
        url: Option<&str>,
        failures: u32,
    ) -> Result<Arc<Rundown>, Failure> {
        let mut loaded = self.rundown.lock().await;
        if let Some((_, rundown)) = loaded.as_ref().filter(|(known, _)| *known == digest) {
            return Ok(Arc::clone(rundown));
        }
        let outside = match url.filter(|url| url.starts_with("http")) {
            Some(url) => self.rundown_outside(url, digest, failures).await,
            None => None,
        };
        let rundown = match outside {
            Some(rundown) => rundown,
            None => {
                let path = Route::Rundown(self.event.clone(), digest).path();
                let response = self.requests.get(&uncached(path, failures), RUNDOWN_LIMITS).await?;
                checked(&response.body, digest).ok_or(Failure::NoAnswer)?
            }
        };
        let rundown = Arc::new(rundown);
        *loaded = Some((digest, Arc::clone(&rundown)));
        Ok(rundown)
    }

    /// Loads a rundown from a URL outside the server; `None` if that fails, or has something else.
    async fn rundown_outside(&self, url: &str, digest: Digest, failures: u32) -> Option<Rundown> {
        let request = http::Request::get(uncached(url.to_owned(), failures)).body(Vec::new()).ok()?;
        let response = self.elsewhere.send(request, RUNDOWN_LIMITS).await.ok()?;
        if response.status().is_success() { checked(response.body(), digest) } else { None }
    }
}

/// Returns the URL of a rundown that was not loaded `failures` times: after the first, one that no cache has.
fn uncached(url: String, failures: u32) -> String {
    match failures {
        0 => url,
        _ => format!("{url}{}try={failures}", if url.contains('?') { '&' } else { '?' }),
    }
}

/// Reads a rundown; `None` if it is not the one with this digest.
fn checked(bytes: &[u8], digest: Digest) -> Option<Rundown> {
    if digest_of(bytes) == digest { Rundown::parse(bytes).ok() } else { None }
}

fn parse<T: DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    serde_json::from_slice(&response.body).map_err(|_| Failure::NoAnswer)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as StdMutex;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const RUNDOWN: &str = r#"{"checkpoints":[],"cues":[{"action":"a","id":"a@560500","kind":"moment","time":560500}],"format":"downbeat.rundown/1","id":"sheet","title":"sheet","tracks":{}}"#;

    /// Answers every request on this machine with `answer`; returns its URL, and the paths that were requested.
    async fn serve(status: u16, answer: &'static str) -> (String, Arc<StdMutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let paths = Arc::<StdMutex<Vec<String>>>::default();
        let seen = Arc::clone(&paths);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                seen.lock().unwrap().push(head.split(' ').nth(1).unwrap().to_owned());
                let length = answer.len();
                let response =
                    format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}");
                stream.write_all(response.as_bytes()).await.unwrap();
            }
        });
        (url, paths)
    }

    async fn client(server: &str) -> EventClient {
        EventClient::connect(&server.parse().unwrap(), "main".parse().unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_rundown_is_loaded_from_where_the_state_says_that_it_is() {
        let digest = digest_of(RUNDOWN.as_bytes());
        let (server, asked) = serve(200, RUNDOWN).await;
        let (store, stored) = serve(200, RUNDOWN).await;
        let client = client(&server).await;
        let url = format!("{store}/show.json?v=1");
        let loaded = client.rundown(digest, Some(&url), 1).await.unwrap();
        assert_eq!(loaded.digest(), digest);
        assert_eq!(
            (stored.lock().unwrap().clone(), asked.lock().unwrap().len()),
            (vec!["/show.json?v=1&try=1".to_owned()], 0)
        );
        // All viewers share it.
        client.rundown(digest, Some(&url), 0).await.unwrap();
        assert_eq!(stored.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn an_answer_for_another_request_is_not_the_time() {
        let cached = r#"{"serverTime":1704067200000,"t1":"abc.0","status":"running","message":null}"#;
        let (server, asked) = serve(200, cached).await;
        assert_eq!(client(&server).await.time().await.map(|_| ()).unwrap_err(), Failure::StaleTime);
        assert!(asked.lock().unwrap()[0].starts_with("/v1/events/main/time?t1="));
    }

    #[tokio::test]
    async fn the_server_is_the_way_back_from_what_is_missing_or_wrong() {
        let digest = digest_of(RUNDOWN.as_bytes());
        for (status, answer) in [(404, ""), (200, "[]"), (500, RUNDOWN)] {
            let (server, asked) = serve(200, RUNDOWN).await;
            let (store, stored) = serve(status, answer).await;
            let url = format!("{store}/show.json");
            assert!(client(&server).await.rundown(digest, Some(&url), 0).await.is_ok(), "{status}");
            let path = format!("/v1/events/main/rundowns/{digest}.json");
            assert_eq!((stored.lock().unwrap().len(), asked.lock().unwrap().clone()), (1, vec![path]), "{status}");
        }
        let (server, asked) = serve(200, RUNDOWN).await;
        let path = format!("/v1/events/main/rundowns/{digest}.json");
        assert!(client(&server).await.rundown(digest, Some(&path), 0).await.is_ok());
        assert_eq!(asked.lock().unwrap().clone(), [path]);
        let (server, _) = serve(200, "[]").await;
        assert_eq!(client(&server).await.rundown(digest, None, 0).await.unwrap_err(), Failure::NoAnswer);
    }
}
