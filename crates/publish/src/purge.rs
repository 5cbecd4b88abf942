//! Telling Cloudflare to forget its copy of a pointer.

use std::fmt;

use downbeat_core::Span;
use serde_json::{Value, json};

use crate::profile;
use crate::text;
use crate::web::Web;

/// Where Cloudflare's API is, unless `CLOUDFLARE_API_BASE_URL` says otherwise.
const API: &str = "https://api.cloudflare.com/client/v4";

/// How long it may take: 5 s. Pointers are kept for 2 s anyway.
const PATIENCE: Span = Span::from_millis(5_000);

/// A zone of Cloudflare, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zone(String);

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

/// Purges `url` from Cloudflare's caches.
///
/// # Errors
/// A sentence with what went wrong; it is a warning, since the copy runs out by itself.
pub(crate) async fn purge(zone: &Zone, url: &str) -> Result<(), String> {
    let token = profile::variable("CLOUDFLARE_API_TOKEN").ok_or("CLOUDFLARE_API_TOKEN is not set")?;
    let base = profile::variable("CLOUDFLARE_API_BASE_URL").unwrap_or_else(|| API.to_owned());
    let request = http::Request::post(format!("{}/zones/{zone}/purge_cache", base.trim_end_matches('/')))
        .header(http::header::AUTHORIZATION, format!("Bearer {token}"))
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(json!({ "files": [url] }).to_string().into_bytes())
        .map_err(|_| "CLOUDFLARE_API_TOKEN or CLOUDFLARE_API_BASE_URL has characters that cannot be sent".to_owned())?;
    let answer = Web::new(0).send(request, PATIENCE).await.map_err(|silence| silence.to_string())?;
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    if answer.status().is_success() && body["success"] == json!(true) {
        return Ok(());
    }
    let said = body["errors"][0]["message"].as_str().unwrap_or("no reason given");
    Err(text::tame(&format!("it answered {}: {said}", answer.status())))
}
