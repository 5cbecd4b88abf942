//! Asking Cloudflare to drop its copy of a pointer.

use std::fmt;

use downbeat_api::http::{ANSWER_BYTES_MAX, HttpClient, Limits};
use downbeat_core::Span;
use downbeat_core::words::tame;
use serde_json::{Value, json};

/// Where Cloudflare's API is, unless the caller names another address.
pub const API: &str = "https://api.cloudflare.com/client/v4";

/// How long a purge may take: 5 s. Caches keep pointers for 2 s anyway.
const PATIENCE: Span = Span::from_millis(5_000);

/// A Cloudflare zone, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(String);

impl std::str::FromStr for Zone {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let plausible = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if plausible {
            Ok(Self(text.to_owned()))
        } else {
            Err("a zone's id has 32 hexadecimal digits; the zone's overview shows it".to_owned())
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a purge needs.
#[derive(Clone)]
pub struct Purge {
    /// The zone whose copies are dropped.
    pub zone: Zone,
    /// An API token that may purge them; without one every purge fails.
    pub token: Option<String>,
    /// Where the API is: [`API`], or its stand-in.
    pub base: String,
}

impl fmt::Debug for Purge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purge").field("zone", &self.zone).field("base", &self.base).finish_non_exhaustive()
    }
}

impl Purge {
    /// Drops the copies of `url`.
    ///
    /// # Errors
    /// A sentence about what went wrong. It is only a warning, since every copy expires by itself.
    pub async fn run(&self, url: &str) -> Result<(), String> {
        let Self { zone, token, base } = self;
        let token = token.as_ref().ok_or("CLOUDFLARE_API_TOKEN is not set")?;
        let request = http::Request::post(format!("{}/zones/{zone}/purge_cache", base.trim_end_matches('/')))
            .header(http::header::AUTHORIZATION, format!("Bearer {token}"))
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(json!({ "files": [url] }).to_string().into_bytes())
            .map_err(|_| {
                "CLOUDFLARE_API_TOKEN or CLOUDFLARE_API_BASE_URL has characters that cannot be sent".to_owned()
            })?;
        let limits = Limits { timeout: PATIENCE, bytes: ANSWER_BYTES_MAX };
        let answer = HttpClient::new(0).send(request, limits).await.map_err(|silence| silence.to_string())?;
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if answer.status().is_success() && body["success"] == json!(true) {
            return Ok(());
        }
        let said = body["errors"][0]["message"].as_str().unwrap_or("no reason given");
        Err(tame(&format!("it answered {}: {said}", answer.status())))
    }
}
