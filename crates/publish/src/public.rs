//! What viewers get from a public URL: whether pages may load a rundown, and when a new pointer arrives.

mod keeping;

use std::fmt;
use std::str::FromStr;

use downbeat_api::clock;
use downbeat_api::http::{FILE_BYTES_MAX, HttpClient, HttpError, Limits};
use downbeat_api::{Polling, ServerUrl, Visibility};
use downbeat_core::{Digest, Span};
use downbeat_sheet::digest_of;
use downbeat_wire::emergency::DOCUMENT_BYTES_MAX;
use downbeat_wire::{Publication, RundownPointer};

use crate::error::{NotLoadable, PublishError};
use crate::headers::IMMUTABLE;

pub use keeping::Keeping;

/// The origin that a request names where no page's origin is given: either any page may load the rundown, or this one
/// may not.
const ANY_ORIGIN: &str = "https://downbeat.invalid";

/// The pause between two attempts to load a rundown.
const PAUSE: Span = Span::from_millis(500);

/// The least time that a request gets, even if the patience is over: 50 ms.
const REQUEST_MIN: Span = Span::from_millis(50);

/// How long one request may take.
const REQUEST: Span = Span::from_millis(4_000);

/// The longest pointer: 256 KiB. What was published, with a signed state of at most 65 KiB, has a third of that.
const POINTER_BYTES_MAX: usize = 256 << 10;

// A signed state is a member of it.
const _: () = assert!(2 * DOCUMENT_BYTES_MAX < POINTER_BYTES_MAX);

/// Attempts to load a rundown before it counts as not loadable.
const LOADS_MAX: usize = 3;

/// The redirects that are followed, as browsers do on the way to a CDN.
const REDIRECTS_MAX: u32 = 5;

/// Where viewers find what is stored under a store's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(ServerUrl);

impl PublicUrl {
    /// Returns where viewers find an object.
    pub fn of(&self, key: &str) -> String {
        format!("{}/{key}", self.0)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PublicUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!("{text:?} is not a public URL; give the URL of the prefix, such as https://cdn.example.com/shows")
        })
    }
}

/// Loads what is public as a page does.
#[derive(Clone, Debug)]
pub struct Page {
    http: HttpClient,
    origin: Option<String>,
}

impl Page {
    /// Creates a page of `origin`; `None` stands for a page of any origin.
    pub fn new(origin: Option<String>) -> Self {
        Self { http: HttpClient::new(REDIRECTS_MAX), origin }
    }

    /// Requests the pointer at `url` once.
    ///
    /// # Errors
    /// [`HttpError`], also if it is longer than any pointer.
    pub async fn pointer(&self, url: &str, timeout: Span) -> Result<http::Response<Vec<u8>>, HttpError> {
        self.get(url, Limits { timeout: timeout.min(REQUEST), bytes: POINTER_BYTES_MAX }).await
    }

    async fn get(&self, url: &str, limits: Limits) -> Result<http::Response<Vec<u8>>, HttpError> {
        let request = http::Request::get(url).header(http::header::ORIGIN, self.named_origin());
        let request = request.body(Vec::new()).map_err(|error| HttpError::NotSent(error.to_string()))?;
        self.http.send(request, limits).await
    }

    /// Returns whether the page may read a response of `url`: a page of the same origin may read everything.
    fn may_read_from(&self, url: &str, response: &http::Response<Vec<u8>>) -> bool {
        self.origin.as_deref().is_some_and(|origin| is_origin_of(origin, url)) || self.may_read(response)
    }

    /// Returns whether a page of another origin may read a response.
    pub fn may_read(&self, response: &http::Response<Vec<u8>>) -> bool {
        let allowed = header(response, http::header::ACCESS_CONTROL_ALLOW_ORIGIN);
        allowed == "*" || allowed == self.named_origin()
    }

    fn named_origin(&self) -> &str {
        self.origin.as_deref().unwrap_or(ANY_ORIGIN)
    }

    /// Loads a rundown and checks the response. Returns a warning about what should be fixed but stops nobody.
    ///
    /// # Errors
    /// [`PublishError::NotLoadable`] if the page could not load it.
    pub async fn check(&self, url: &str, digest: Digest) -> Result<Option<String>, PublishError> {
        let limits = Limits { timeout: REQUEST, bytes: FILE_BYTES_MAX };
        let mut response = self.get(url, limits).await;
        for _ in 1..LOADS_MAX {
            // A CDN may fail for a moment.
            if response.as_ref().is_ok_and(|response| !response.status().is_server_error()) {
                break;
            }
            clock::sleep(PAUSE).await;
            response = self.get(url, limits).await;
        }
        let checked = match response {
            Ok(response) => self.judge(url, &response, digest),
            Err(silence) => Err(NotLoadable::NoAnswer(silence.to_string())),
        };
        let cache = checked.map_err(|why| PublishError::NotLoadable { url: url.to_owned(), why })?;
        let wanted = IMMUTABLE.cache_control;
        Ok((cache != wanted).then(|| format!("{url} has Cache-Control {cache:?} instead of {wanted:?}")))
    }

    /// Returns the `Cache-Control` of a response that the page can use as the rundown.
    fn judge(&self, url: &str, response: &http::Response<Vec<u8>>, digest: Digest) -> Result<String, NotLoadable> {
        if response.status() != 200 {
            return Err(NotLoadable::Status(response.status().to_string()));
        }
        if digest_of(response.body()) != digest {
            return Err(NotLoadable::Altered);
        }
        let kind = header(response, http::header::CONTENT_TYPE);
        if kind.split(';').next().map(str::trim) != Some(IMMUTABLE.content_type) {
            return Err(NotLoadable::ContentType(kind));
        }
        if !self.may_read_from(url, response) {
            let allowed = header(response, http::header::ACCESS_CONTROL_ALLOW_ORIGIN);
            return Err(NotLoadable::Origin { origin: self.origin.clone(), allowed });
        }
        Ok(header(response, http::header::CACHE_CONTROL))
    }

    /// Loads the pointer at `url`, if there is one already, and returns how caches keep it if that makes viewers receive it late.
    ///
    /// # Errors
    /// [`PublishError::NotLoadable`] if the page could not read it.
    pub async fn check_pointer(&self, url: &str) -> Result<Option<Keeping>, PublishError> {
        let refused = |why| PublishError::NotLoadable { url: url.to_owned(), why };
        let response = match self.pointer(url, REQUEST).await {
            Ok(response) if response.status() == 200 => response,
            // The first publication makes it. Whether it then shows is checked anyway.
            _ => return Ok(None),
        };
        if !self.may_read_from(url, &response) {
            let allowed = header(&response, http::header::ACCESS_CONTROL_ALLOW_ORIGIN);
            return Err(refused(NotLoadable::Origin { origin: self.origin.clone(), allowed }));
        }
        Ok(Some(Keeping::of(response.headers())).filter(Keeping::is_late))
    }

    /// Polls the pointer at `url` until it shows `publication` or a later one, for at most `patience`. Returns also how caches
    /// keep the last response, if that makes viewers receive it late.
    pub async fn wait_for(
        &self,
        url: &str,
        publication: &Publication,
        patience: Span,
    ) -> (Visibility, Option<Keeping>) {
        let (mut rev, mut kept) = (None, None);
        let (ms, seen) = poll(patience, async |left| {
            let response = self.pointer(url, left).await.ok();
            kept = response.as_ref().map(|response| Keeping::of(response.headers())).or(kept.take());
            let response = response.filter(|response| response.status() == 200);
            let pointer = response.and_then(|response| serde_json::from_slice::<RundownPointer>(response.body()).ok());
            rev = pointer.as_ref().map(|pointer| pointer.rev).or(rev);
            pointer.is_some_and(|pointer| pointer.epoch == publication.epoch && pointer.rev >= publication.rev)
        })
        .await;
        (Visibility::of_rev(ms, rev, seen), kept.filter(Keeping::is_late))
    }
}

/// Calls `look` with the time that is left until it returns `true`, for at most `patience`. Returns how long that took,
/// and whether it did.
pub(crate) async fn poll(patience: Span, mut look: impl AsyncFnMut(Span) -> bool) -> (Span, bool) {
    let mut polling = Polling::new(patience);
    loop {
        let seen = look(polling.left().max(REQUEST_MIN)).await;
        if seen || !polling.pause().await {
            return (polling.elapsed(), seen);
        }
    }
}

/// Returns whether `url` has this origin: scheme, host and port.
fn is_origin_of(origin: &str, url: &str) -> bool {
    let (Ok(origin), Ok(url)) = (url::Url::parse(origin), url::Url::parse(url)) else { return false };
    origin.origin() == url.origin()
}

fn header(response: &http::Response<Vec<u8>>, name: http::HeaderName) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
