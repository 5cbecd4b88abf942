//! What viewers see of a store: whether pages may load a rundown, and when a change arrives.

use std::fmt;
use std::str::FromStr;

use downbeat_core::{Digest, Span};
use downbeat_sheet::digest_of;
use downbeat_wire::{Publication, RundownPointer};

use super::{IMMUTABLE, differs};
use crate::clock;
use crate::edge::Seen;
use crate::error::Error;
use crate::server::ServerUrl;
use crate::web::{Silence, Web};

/// The origin asked for where none is named: any page may load it, or this one may not either.
const ANY_ORIGIN: &str = "https://downbeat.invalid";

/// The pause before the second look; it doubles up to [`LOOK_MAX`].
const LOOK_FIRST: Span = Span::from_millis(50);

/// The longest pause between two looks: a quarter of what a pointer may be kept (2 s).
const LOOK_MAX: Span = Span::from_millis(500);

/// How long one look may take.
const LOOK: Span = Span::from_millis(4_000);

/// How often a rundown is loaded at most before it counts as not loadable.
const LOOKS_MAX: usize = 3;

/// How many redirects are followed, as browsers do on the way to a CDN.
const REDIRECTS_MAX: u32 = 5;

/// Where viewers find what lies beneath a store's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl(ServerUrl);

impl PublicUrl {
    /// Returns where viewers find an object.
    pub(crate) fn of(&self, key: &str) -> String {
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
            format!("{text:?} is no public URL; give where the prefix is seen, such as https://cdn.example.com/shows")
        })
    }
}

/// Loads a rundown as a page of `origin` does, and checks what comes. Returns what ought to be mended, but hinders nobody.
///
/// # Errors
/// [`Error::differs`] if pages could not load it.
pub(crate) async fn check(url: &str, digest: Digest, origin: Option<&str>) -> Result<Vec<String>, Error> {
    let asked = origin.unwrap_or(ANY_ORIGIN);
    let web = Web::new(REDIRECTS_MAX);
    let mut answer = get(&web, url, Some(asked), LOOK).await;
    for _ in 1..LOOKS_MAX {
        // What is on the way may have a bad moment.
        if answer.as_ref().is_ok_and(|answer| !answer.status().is_server_error()) {
            break;
        }
        clock::sleep(LOOK_MAX).await;
        answer = get(&web, url, Some(asked), LOOK).await;
    }
    let not_loadable = |why: String, hint: &str| {
        differs(format!("viewers could not load the rundown from {url}: {why}; the pointer was not moved"), hint)
    };
    let answer = answer.map_err(|silence| not_loadable(silence.to_string(), "check the public URL"))?;
    let header = |name: http::HeaderName| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    if answer.status() != 200 {
        let hint =
            "check that the public URL leads to the target's prefix, and that what lies there may be read by everyone";
        return Err(not_loadable(format!("it answers {}", answer.status()), hint));
    }
    if digest_of(answer.body()) != digest {
        return Err(not_loadable(
            "what comes has another SHA-256".to_owned(),
            "check that nothing on the way alters it",
        ));
    }
    let kind = header(http::header::CONTENT_TYPE);
    if kind.split(';').next().map(str::trim) != Some(IMMUTABLE.content_type) {
        return Err(not_loadable(format!("its Content-Type is {kind:?}"), "let it be served as application/json"));
    }
    let allowed = header(http::header::ACCESS_CONTROL_ALLOW_ORIGIN);
    if allowed != "*" && allowed != asked {
        let named = origin.unwrap_or("any origin");
        return Err(not_loadable(
            format!("pages of {named} may not (Access-Control-Allow-Origin is {allowed:?})"),
            "allow GET from every origin in the store's CORS rules, or name the page's own with --origin",
        ));
    }
    let cache = header(http::header::CACHE_CONTROL);
    Ok(if cache == IMMUTABLE.cache_control {
        Vec::new()
    } else {
        vec![format!("{url} has Cache-Control {cache:?} instead of {:?}", IMMUTABLE.cache_control)]
    })
}

/// Asks for the pointer until it shows `publication` or a later one, at most for `patience`.
pub(crate) async fn wait(url: &str, publication: &Publication, patience: Span) -> Seen {
    let web = Web::new(REDIRECTS_MAX);
    let began = clock::monotonic();
    let mut pause = LOOK_FIRST;
    let mut last = None;
    loop {
        let spent = || clock::monotonic() - began;
        let left = (patience - spent()).max(LOOK_FIRST).min(LOOK);
        let answer = get(&web, url, None, left).await.ok().filter(|answer| answer.status() == 200);
        if let Some(pointer) = answer.and_then(|answer| serde_json::from_slice::<RundownPointer>(answer.body()).ok()) {
            last = Some(pointer.rev);
            if pointer.epoch == publication.epoch && pointer.rev >= publication.rev {
                return Seen { ms: spent(), rev: last, seen: true };
            }
        }
        if spent() + pause >= patience {
            return Seen { ms: spent(), rev: last, seen: false };
        }
        clock::sleep(pause).await;
        pause = (pause + pause).min(LOOK_MAX);
    }
}

async fn get(web: &Web, url: &str, origin: Option<&str>, timeout: Span) -> Result<http::Response<Vec<u8>>, Silence> {
    let mut request = http::Request::get(url);
    if let Some(origin) = origin {
        request = request.header(http::header::ORIGIN, origin);
    }
    web.send(request.body(Vec::new()).map_err(|error| Silence::NotSent(error.to_string()))?, timeout).await
}
