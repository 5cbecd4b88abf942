//! Plain HTTP: one request, once, and what its failure means.

use std::error::Error;
use std::fmt;
use std::io;

use ::http::{HeaderValue, Method, Request, Response, header};
use downbeat_core::Span;
use reqwest::redirect::Policy;

use crate::clock::{self, Moment};
use crate::tls;

/// How long opening a connection may take: 3 s, one lost packet and its repetition.
const CONNECT_TIMEOUT: Span = Span::from_millis(3_000);

/// How long an idle connection is kept: 15 s, less than servers and routers keep theirs.
const IDLE_MAX: Span = Span::from_millis(15_000);

/// Why a request has no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// No connection was opened: nothing left this machine. Trying again soon is unlikely to help.
    NotSent(String),
    /// No connection was opened in time: nothing left this machine, but a packet may have been lost.
    ConnectTimedOut,
    /// The request may have been carried out, but its response did not arrive in time.
    TimedOut,
    /// The request or its response was lost on the way.
    Lost(String),
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(why) | Self::Lost(why) => f.write_str(why),
            Self::ConnectTimedOut => f.write_str("no connection in time"),
            Self::TimedOut => f.write_str("no answer in time"),
        }
    }
}
impl Error for HttpError {}

/// Sends requests, and keeps their connections open. Clones share them.
#[derive(Clone, Debug)]
pub struct HttpClient(reqwest::Client);

/// A response, and when its exchange took place.
pub(crate) struct Exchanged {
    pub(crate) response: Response<Vec<u8>>,
    /// When the request was about to leave.
    pub(crate) sent: Moment,
    /// When the head of the response had arrived.
    pub(crate) received: Moment,
}

impl HttpClient {
    /// Creates a client that follows at most `redirects_max` redirects of one request.
    pub fn new(redirects_max: u32) -> Self {
        let redirects = if redirects_max == 0 { Policy::none() } else { Policy::limited(redirects_max as usize) };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config())
            .redirect(redirects)
            .referer(false)
            .connect_timeout(clock::duration(CONNECT_TIMEOUT))
            .pool_idle_timeout(clock::duration(IDLE_MAX))
            .user_agent(concat!("downbeat/", env!("CARGO_PKG_VERSION")));
        Self(client.build().expect("only TLS and a resolver can fail to be set up, and both are given"))
    }

    /// Sends one request, once. A response with any status is a response.
    ///
    /// # Errors
    /// [`HttpError`] if no response arrives within `timeout`.
    pub async fn send(&self, request: Request<Vec<u8>>, timeout: Span) -> Result<Response<Vec<u8>>, HttpError> {
        self.exchange(request, timeout).await.map(|exchanged| exchanged.response)
    }

    /// Does the same, and notes when.
    pub(crate) async fn exchange(&self, request: Request<Vec<u8>>, timeout: Span) -> Result<Exchanged, HttpError> {
        let mut request = request.map(reqwest::Body::from);
        let is_empty = request.body().as_bytes().is_some_and(<[u8]>::is_empty);
        if is_empty && matches!(*request.method(), Method::PUT | Method::POST) {
            // These methods have a body even if it is empty, and some servers insist on its length.
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = reqwest::Request::try_from(request).map_err(HttpError::from)?;
        *request.timeout_mut() = Some(clock::duration(timeout));
        let sent = Moment::now();
        let answer = self.0.execute(request).await.map_err(HttpError::from)?;
        let received = Moment::now();
        let mut response = Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = answer.bytes().await.map_err(HttpError::from)?.into();
        Ok(Exchanged { response, sent, received })
    }
}

impl From<reqwest::Error> for HttpError {
    /// Separates what never left this machine from what may have arrived.
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return if error.is_connect() { Self::ConnectTimedOut } else { Self::TimedOut };
        }
        if !error.is_connect() && !error.is_builder() {
            return Self::Lost(innermost(&error));
        }
        if causes(&error).any(|cause| cause.is::<rustls::Error>()) {
            // The encryption could not be agreed on, or the certificate is not trusted.
            return Self::NotSent(format!("no encrypted connection: {}", innermost(&error)));
        }
        if causes(&error).any(|cause| cause.to_string() == "dns error") {
            return Self::NotSent("there is no host of this name".to_owned());
        }
        let kinds = causes(&error).filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        Self::NotSent(match kinds.last() {
            Some(io::ErrorKind::ConnectionRefused) => "nothing listens there (connection refused)".to_owned(),
            Some(io::ErrorKind::NetworkUnreachable) => "there is no network that leads there".to_owned(),
            Some(io::ErrorKind::HostUnreachable) => "the host does not answer".to_owned(),
            _ => innermost(&error),
        })
    }
}

/// Returns an error and what caused it, the cause of all last.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().map(io::Error::get_ref) {
        // Asked for its source, it returns that of the error that it wraps.
        Some(Some(wrapped)) => Some(wrapped),
        _ => error.source(),
    })
}

/// Returns the text of the first cause. Those above it repeat the URL.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}
