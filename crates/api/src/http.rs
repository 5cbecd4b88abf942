//! Plain HTTP: one request, once, and what its failure means.

use std::error::Error;
use std::fmt;
use std::io;

use ::http::{HeaderValue, Method, Request, Response, header};
use downbeat_core::{Span, words};
use downbeat_wire::emergency::DOCUMENT_BYTES_MAX;
use downbeat_wire::log::PAGE_MAX;
use reqwest::redirect::Policy;

use crate::address::is_loopback;
use crate::clock::{self, Moment};
use crate::tls;

/// How long opening a connection may take: 3 s, one lost packet and its repetition.
const CONNECT_TIMEOUT: Span = Span::from_millis(3_000);

/// How long an idle connection is kept: 15 s, less than servers and routers keep theirs.
const IDLE_MAX: Span = Span::from_millis(15_000);

/// The longest answer of the API that is read: 16 MiB, a page of the log with 200 of the longest entries.
pub const ANSWER_BYTES_MAX: usize = 16 << 20;

// The longest is a page of the log, each of whose entries is a signed state.
const _: () = assert!(PAGE_MAX as usize * (DOCUMENT_BYTES_MAX + 16_384) < ANSWER_BYTES_MAX);

/// The longest rundown, or other file, that is read: 64 MiB, more than the longest rundown.
pub const FILE_BYTES_MAX: usize = 64 << 20;

/// How much of a response is waited for. Nothing is read without both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the request may take, with its whole response.
    pub timeout: Span,
    /// The longest body, in bytes.
    pub bytes: usize,
}

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
    /// Its token could be read on the way, over plain `http` to another machine: nothing left this machine.
    WouldExposeToken,
    /// The response is longer than the limit; the rest was not read.
    TooLong {
        /// The HTTP status.
        status: u16,
        /// The limit.
        bytes_max: usize,
    },
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(why) | Self::Lost(why) => f.write_str(why),
            Self::ConnectTimedOut => f.write_str("no connection in time"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::WouldExposeToken => f.write_str("the token would go unencrypted to another machine"),
            Self::TooLong { bytes_max, .. } => {
                write!(f, "the answer is longer than {}, so the rest was not read", words::bytes(*bytes_max))
            }
        }
    }
}
impl Error for HttpError {}

/// Sends requests, and keeps their connections open. Clones share them.
///
/// A token goes neither unencrypted to another machine nor on to another address: see [`HttpClient::exposing_tokens`].
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    encryption: Encryption,
}

/// When requests with a token have to be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    /// On the way to another machine.
    Required,
    /// Never: the caller knows the network.
    Optional,
}

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
        let client = client.build().expect("only TLS and a resolver can fail to be set up, and both are given");
        Self { client, encryption: Encryption::Required }
    }

    /// Returns the same client, which also sends tokens over plain `http` to other machines.
    #[must_use]
    pub fn exposing_tokens(&self) -> Self {
        Self { encryption: Encryption::Optional, ..self.clone() }
    }

    /// Sends one request, once. A response with any status is a response.
    ///
    /// # Errors
    /// [`HttpError`] if no response arrives within `limits`.
    pub async fn send(&self, request: Request<Vec<u8>>, limits: Limits) -> Result<Response<Vec<u8>>, HttpError> {
        self.exchange(request, limits).await.map(|exchanged| exchanged.response)
    }

    /// Does the same, and notes when.
    pub(crate) async fn exchange(&self, request: Request<Vec<u8>>, limits: Limits) -> Result<Exchanged, HttpError> {
        if self.encryption == Encryption::Required && exposes_token(&request) {
            return Err(HttpError::WouldExposeToken);
        }
        let mut request = request.map(reqwest::Body::from);
        let is_empty = request.body().as_bytes().is_some_and(<[u8]>::is_empty);
        if is_empty && matches!(*request.method(), Method::PUT | Method::POST) {
            // These methods have a body even if it is empty, and some servers insist on its length.
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = reqwest::Request::try_from(request).map_err(HttpError::from)?;
        *request.timeout_mut() = Some(clock::duration(limits.timeout));
        let sent = Moment::now();
        let answer = self.client.execute(request).await.map_err(HttpError::from)?;
        let received = Moment::now();
        let mut response = Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = body(answer, limits.bytes).await?;
        Ok(Exchanged { response, sent, received })
    }
}

/// Returns whether a token in the request could be read on the way. Signatures, which stores use, give no secret away.
fn exposes_token(request: &Request<Vec<u8>>) -> bool {
    let authorization = request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let has_token = authorization.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"Bearer "));
    let is_plain = request.uri().scheme_str() != Some("https");
    has_token && is_plain && !request.uri().host().is_some_and(is_loopback)
}

/// Reads the body of a response, at most `bytes_max` of it. A response that says it is longer is not read at all.
async fn body(mut answer: reqwest::Response, bytes_max: usize) -> Result<Vec<u8>, HttpError> {
    let too_long = HttpError::TooLong { status: answer.status().as_u16(), bytes_max };
    let fits = |length: u64| usize::try_from(length).is_ok_and(|length| length <= bytes_max);
    if !answer.content_length().is_none_or(fits) {
        return Err(too_long);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(HttpError::from)? {
        if body.len() + chunk.len() > bytes_max {
            return Err(too_long);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
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
