//! Responses, with the headers that each kind of answer has.

use downbeat_wire::problem::{self, Code, Problem};
use downbeat_wire::route::VERSION_HEADER;
use js_sys::Uint8Array;
use std::rc::Rc;
use web_sys::{Headers, Response, ResponseInit};

/// How long caches may keep an answer.
#[derive(Clone, Copy)]
pub(crate) enum CachePolicy {
    /// Not at all.
    NoStore,
    /// 2 s: the state for viewers who poll.
    Short,
    /// For a year, without asking again: its name is the hash of its bytes.
    Immutable,
}

/// Who may read an answer from another site's page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Everyone.
    Public,
    /// Nobody: operators use a terminal, or pages of this site.
    Operators,
}

enum Body {
    Text(String),
    Bytes(Rc<[u8]>),
    None,
}

/// An answer before it becomes a `Response`.
pub(crate) struct Reply {
    status: u16,
    content_type: &'static str,
    cache: CachePolicy,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

impl CachePolicy {
    const fn header(self) -> &'static str {
        match self {
            Self::NoStore => "no-store",
            Self::Short => "public, max-age=2",
            Self::Immutable => "public, max-age=31536000, immutable",
        }
    }
}

impl Reply {
    /// Returns an answer of JSON text that no cache keeps.
    pub(crate) fn json(status: u16, text: String) -> Self {
        Self {
            status,
            content_type: "application/json",
            cache: CachePolicy::NoStore,
            headers: Vec::new(),
            body: Body::Text(text),
        }
    }

    /// Returns an answer of JSON bytes.
    pub(crate) fn bytes(bytes: Rc<[u8]>) -> Self {
        Self { body: Body::Bytes(bytes), ..Self::json(200, String::new()) }
    }

    /// Returns an answer of plain text that no cache keeps.
    pub(crate) fn plain(text: String) -> Self {
        Self { content_type: "text/plain", ..Self::json(200, text) }
    }

    /// Returns an answer of bytes that are no text, which no cache keeps.
    pub(crate) fn binary(bytes: &[u8]) -> Self {
        Self { content_type: "application/octet-stream", ..Self::bytes(bytes.into()) }
    }

    /// Returns an answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { body: Body::None, ..Self::json(status, String::new()) }
    }

    /// Returns the status.
    pub(crate) const fn status(&self) -> u16 {
        self.status
    }

    /// Sets how long caches may keep the answer.
    pub(crate) fn cached(mut self, policy: CachePolicy) -> Self {
        self.cache = policy;
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the media type of an answer that is no error.
    pub(crate) fn of_type(mut self, content_type: &'static str) -> Self {
        if self.status < 400 {
            self.content_type = content_type;
        }
        self
    }

    /// Marks the body as a problem.
    pub(crate) fn into_problem(mut self) -> Self {
        self.content_type = problem::CONTENT_TYPE;
        self
    }

    /// Makes the response; with `head` without its body.
    pub(crate) fn into_response(self, readers: Readers, head: bool) -> Response {
        let headers = Headers::new().expect(HEADERS);
        let set = |name: &str, value: &str| headers.set(name, value).expect(HEADERS);
        if !matches!(self.body, Body::None) {
            set("content-type", self.content_type);
        }
        set("cache-control", self.cache.header());
        set("x-content-type-options", "nosniff");
        set("strict-transport-security", HSTS);
        // An answer that a browser is made to show as a page loads nothing, and no site frames it.
        set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
        set(VERSION_HEADER, env!("CARGO_PKG_VERSION"));
        if readers == Readers::Public {
            set("access-control-allow-origin", "*");
            set("access-control-expose-headers", EXPOSED);
            set("timing-allow-origin", "*");
        }
        set("cross-origin-resource-policy", readers.resource_policy());
        for (name, value) in &self.headers {
            set(name, value);
        }
        let init = ResponseInit::new();
        init.set_status(self.status);
        init.set_headers(&headers);
        let response = match self.body {
            Body::Text(text) if !head => Response::new_with_opt_str_and_init(Some(&text), &init),
            Body::Bytes(bytes) if !head => {
                Response::new_with_opt_js_u8_array_and_init(Some(&Uint8Array::from(&*bytes)), &init)
            }
            _ => Response::new_with_opt_str_and_init(None, &init),
        };
        response.expect("statuses are ours, and an empty body goes with each of them")
    }
}

/// The headers that pages of other sites may read: whether a cache answered, and when to try again.
pub(crate) const EXPOSED: &str = "Age, Retry-After";

/// How long browsers use nothing but HTTPS for this host: a year. Other hosts of the domain are not this worker's to decide on.
const HSTS: &str = "max-age=31536000";

impl Readers {
    /// Returns whose pages may load the answer without asking, as an image or a script would be.
    const fn resource_policy(self) -> &'static str {
        match self {
            Self::Public => "cross-origin",
            Self::Operators => "same-origin",
        }
    }
}

const HEADERS: &str = "header names and values are ours: ASCII without line breaks";

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        let reply = Self::json(problem.status, problem.to_json()).into_problem();
        match problem.status {
            401 => reply.header("www-authenticate", "Bearer realm=\"downbeat\""),
            429 | 503 => reply.header("retry-after", "1"),
            _ => reply,
        }
    }
}

/// Returns the problem of `what` this worker needs and has no answer from, and logs the `error`.
pub(crate) fn unavailable(what: &str, error: &worker::Error) -> Problem {
    worker::console_error!("{what}: {error}");
    Problem::new(Code::Unavailable, format!("{what} does not answer; try again in a moment"))
}
