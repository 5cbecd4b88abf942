//! The stores' HTTP, over the client that everything else uses: one TLS, one set of trusted certificates.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use chrono::DateTime;
use downbeat_api::clock;
use downbeat_api::http::{self as api, FILE_BYTES_MAX, HttpClient, Limits};
use downbeat_core::{ServerTime, Span};
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{self, HttpConnector, HttpErrorKind, HttpRequest, HttpResponse, HttpService};

use super::refusal::Refused;

/// How long one attempt may take before the next begins: 4 s, several of the slowest honest round trips.
pub(super) const ATTEMPT: Span = Span::from_millis(4_000);

/// How slow an upload may be before an attempt counts as lost: 50 bytes per ms, half a megabit per second.
const BYTES_PER_MS_MIN: i64 = 50;

/// Calls a store, and notes what its responses say besides.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    http: HttpClient,
    attempt: Span,
    noted: Arc<Noted>,
}

/// What the responses said.
#[derive(Debug, Default)]
struct Noted {
    /// There was a response.
    answered: AtomicBool,
    /// The `Date` of the last response, in ms; 0 if there was none.
    date: AtomicI64,
}

impl Connector {
    /// Creates a connector whose attempts take no longer than `timeout`.
    pub(super) fn new(timeout: Span) -> Self {
        Self { http: HttpClient::new(0), attempt: ATTEMPT.min(timeout), noted: Arc::default() }
    }

    /// Returns the store's clock as its last response showed it, to the second.
    pub(super) fn date(&self) -> Option<ServerTime> {
        let ms = self.noted.date.load(Ordering::Relaxed);
        if ms == 0 { None } else { ServerTime::try_from_millis(ms) }
    }

    fn note(&self, date: Option<ServerTime>) {
        self.noted.answered.store(true, Ordering::Relaxed);
        if let Some(date) = date {
            self.noted.date.store(date.as_millis(), Ordering::Relaxed);
        }
    }

    /// Returns how `object_store` treats a failure: it retries a connection only to an address that has answered before.
    /// One that never answered is more likely wrong than down for a moment.
    fn kind(&self, error: &api::HttpError) -> HttpErrorKind {
        match error {
            api::HttpError::NotSent(_) | api::HttpError::ConnectTimedOut
                if !self.noted.answered.load(Ordering::Relaxed) =>
            {
                HttpErrorKind::Unknown
            }
            api::HttpError::NotSent(_) | api::HttpError::ConnectTimedOut => HttpErrorKind::Connect,
            api::HttpError::TimedOut => HttpErrorKind::Timeout,
            api::HttpError::Lost(_) => HttpErrorKind::Interrupted,
            api::HttpError::WouldExposeToken => HttpErrorKind::Unknown,
            // A second time it would be as long.
            api::HttpError::TooLong { .. } => HttpErrorKind::Unknown,
        }
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<client::HttpClient> {
        Ok(client::HttpClient::new(self.clone()))
    }
}

#[async_trait::async_trait]
impl HttpService for Connector {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, client::HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes().to_vec();
        let upload = Span::from_millis(i64::try_from(body.len()).unwrap_or(i64::MAX) / BYTES_PER_MS_MIN);
        let limits = Limits { timeout: self.attempt + upload, bytes: FILE_BYTES_MAX };
        match self.http.send(http::Request::from_parts(parts, body), limits).await {
            Ok(response) => {
                let date = date(&response);
                self.note(date);
                match Refused::of(&response, date, clock::wall()) {
                    // It is not retried.
                    Some(refused) => Err(client::HttpError::new(HttpErrorKind::Unknown, refused)),
                    None => Ok(response.map(Into::into)),
                }
            }
            Err(error) => Err(client::HttpError::new(self.kind(&error), error)),
        }
    }
}

/// Returns the `Date` of a response.
fn date(response: &http::Response<Vec<u8>>) -> Option<ServerTime> {
    let date = response.headers().get(http::header::DATE)?.to_str().ok()?;
    ServerTime::try_from_millis(DateTime::parse_from_rfc2822(date).ok()?.timestamp_millis())
}
