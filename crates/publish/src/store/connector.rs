//! The stores' HTTP, spoken by the client the rest of the terminal uses: one TLS, one set of trusted certificates.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use chrono::DateTime;
use downbeat_core::{ServerTime, Span};
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};

use crate::web::{Silence, Web};

/// How long one attempt may take before the next begins: 4 s, several of the slowest honest round trips.
pub(super) const ATTEMPT: Span = Span::from_millis(4_000);

/// How slow the way up may be before an attempt counts as lost: 50 bytes per ms, half a megabit per second.
const BYTES_PER_MS_MIN: i64 = 50;

/// Calls the stores, and notes what their answers tell besides.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    web: Web,
    attempt: Span,
    seen: Arc<Seen>,
}

/// What the answers told.
#[derive(Debug, Default)]
struct Seen {
    /// There was an answer.
    answered: AtomicBool,
    /// The `Date` of the last answer, in ms; 0 if there was none.
    date: AtomicI64,
}

impl Connector {
    /// Returns one whose attempts take no longer than `timeout`.
    pub(super) fn new(timeout: Span) -> Self {
        Self { web: Web::new(0), attempt: ATTEMPT.min(timeout), seen: Arc::default() }
    }

    /// Returns the store's clock as its last answer told it, to the second.
    pub(super) fn date(&self) -> Option<ServerTime> {
        let ms = self.seen.date.load(Ordering::Relaxed);
        if ms == 0 { None } else { ServerTime::try_from_millis(ms) }
    }

    fn note(&self, answer: &http::Response<Vec<u8>>) {
        self.seen.answered.store(true, Ordering::Relaxed);
        let date = answer.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
            self.seen.date.store(date.timestamp_millis(), Ordering::Relaxed);
        }
    }

    /// Says what may be tried again. What nobody ever answered is not tried again: it is a wrong address, more likely
    /// than a bad moment.
    fn kind(&self, silence: &Silence) -> HttpErrorKind {
        match silence {
            Silence::NotSent(_) | Silence::ConnectTimedOut if !self.seen.answered.load(Ordering::Relaxed) => {
                HttpErrorKind::Unknown
            }
            Silence::NotSent(_) | Silence::ConnectTimedOut => HttpErrorKind::Connect,
            Silence::TimedOut => HttpErrorKind::Timeout,
            Silence::Lost(_) => HttpErrorKind::Interrupted,
        }
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait::async_trait]
impl HttpService for Connector {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes().to_vec();
        let timeout =
            self.attempt + Span::from_millis(i64::try_from(body.len()).unwrap_or(i64::MAX) / BYTES_PER_MS_MIN);
        match self.web.send(http::Request::from_parts(parts, body), timeout).await {
            Ok(answer) => {
                self.note(&answer);
                Ok(answer.map(Into::into))
            }
            Err(silence) => Err(HttpError::new(self.kind(&silence), silence)),
        }
    }
}
