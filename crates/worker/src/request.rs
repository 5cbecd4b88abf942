//! Parts of a request: its path and query without the `url` crate, its body within a limit, its region.

use downbeat_core::event::STATE_BYTES_MAX;
use downbeat_core::fanout::{Address, Region};
use downbeat_wire::problem::{Code, Problem};
use futures_util::StreamExt as _;
use std::cell::OnceCell;
use worker::Env;

/// The greatest length of a request's body: 1 MiB.
pub(crate) const BODY_BYTES_MAX: usize = 1 << 20;

// A hub gets the state as a body.
const _: () = assert!(STATE_BYTES_MAX < BODY_BYTES_MAX);

/// The path and the query of a URL. The query has no `?`.
pub(crate) struct Target<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
}

impl<'a> Target<'a> {
    /// Parses an absolute URL, which the runtime's always are: `https://host/path?query`.
    pub(crate) fn of(url: &'a str) -> Self {
        let after_scheme = url.find("://").map_or(0, |at| at + 3);
        let path = url[after_scheme..].find('/').map_or("/", |at| &url[after_scheme + at..]);
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self { path, query }
    }

    /// Returns whether the query has a parameter of this name, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.query.split('&').any(|pair| pair.split('=').next() == Some(name))
    }

    /// Returns the value of a query parameter. Here such values need no unescaping.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'a str> {
        self.query
            .split('&')
            .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
    }
}

/// Reads the whole body, up to [`BODY_BYTES_MAX`].
pub(crate) async fn body(request: web_sys::Request) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        Problem::new(Code::TooLarge, "the body has more than 1 MiB (1,048,576 bytes); send less")
            .with("limit", BODY_BYTES_MAX)
    };
    body_within(request, BODY_BYTES_MAX, too_large).await
}

/// Reads the whole body, up to `bytes_max`; a longer one is the problem `too_large`.
pub(crate) async fn body_within(
    request: web_sys::Request,
    bytes_max: usize,
    too_large: fn() -> Problem,
) -> Result<Vec<u8>, Problem> {
    let announced =
        request.headers().get("content-length").ok().flatten().and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > bytes_max as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    if request.body().is_none() {
        return Ok(body);
    }
    let broken = |_| Problem::new(Code::BadRequest, "the body ended early; send it again");
    let mut stream = worker::Request::from(request).stream().map_err(broken)?;
    while let Some(chunk) = stream.next().await {
        body.extend(chunk.map_err(broken)?);
        if body.len() > bytes_max {
            return Err(too_large());
        }
    }
    Ok(body)
}

/// Returns the region a request comes from, if the runtime knows it.
pub(crate) fn region(request: &web_sys::Request) -> Option<Region> {
    let cf = js_sys::Reflect::get(request, &"cf".into()).ok()?;
    if !cf.is_object() {
        return None;
    }
    let text = |name: &str| js_sys::Reflect::get(&cf, &name.into()).ok()?.as_string();
    // Degrees with five decimals, of which none is needed.
    Region::of_place(&text("continent")?, text("longitude")?.split('.').next()?.parse().ok()?)
}

/// The variable that names the addresses of proxies whose `X-Forwarded-For` counts, separated by commas.
const PROXIES_VARIABLE: &str = "TRUSTED_PROXIES";

/// Returns the address a request comes from, if the runtime knows it.
///
/// The local runtime says who opened the connection, which nobody can forge. On Cloudflare there is no such field, and
/// the data centre sets `CF-Connecting-IP`, whatever the visitor sent.
pub(crate) fn address(request: &web_sys::Request, env: &Env) -> Option<Address> {
    thread_local! {
        static PROXIES: OnceCell<String> = const { OnceCell::new() };
    }
    let header = |name: &str| request.headers().get(name).ok().flatten().unwrap_or_default();
    let cf = js_sys::Reflect::get(request, &"cf".into()).ok()?;
    let peer = js_sys::Reflect::get(&cf, &"clientIp".into()).ok().and_then(|peer| peer.as_string());
    let Some(peer) = peer else { return header("cf-connecting-ip").parse().ok() };
    PROXIES.with(|proxies| {
        let proxies = proxies.get_or_init(|| env.var(PROXIES_VARIABLE).map(|it| it.to_string()).unwrap_or_default());
        // Without a proxy the header is not even read.
        let forwarded = if proxies.is_empty() { String::new() } else { header("x-forwarded-for") };
        Address::of_request(&peer, &forwarded, proxies)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_what_follows_the_host() {
        for (url, path, query) in [
            ("https://example.com/time", "/time", ""),
            ("http://127.0.0.1:8787/v1/events/main/log?before=7&limit=2", "/v1/events/main/log", "before=7&limit=2"),
            ("https://example.com", "/", ""),
            ("https://example.com/?a=/b", "/", "a=/b"),
            ("https://example.com/time#x", "/time", ""),
        ] {
            let target = Target::of(url);
            assert_eq!((target.path, target.query), (path, query), "{url}");
        }
        assert_eq!(Target::of("https://e/x?before=7&limit=2").parameter("limit"), Some("2"));
        assert_eq!(Target::of("https://e/x?unlimited=1").parameter("limit"), None);
        for (query, has) in [("?dryRun", true), ("?a=1&dryRun=false", true), ("?dry=dryRun", false), ("", false)] {
            assert_eq!(Target::of(&format!("https://e/x{query}")).has("dryRun"), has, "{query}");
        }
    }
}
