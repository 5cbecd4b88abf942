//! `GET /time` in the usual way: `Router`, serde, `Response::from_json`.
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use worker::{Context, Date, Env, Request, Response, Result, Router, event};

#[derive(Clone, Deserialize, Serialize)]
struct Time {
    #[serde(default, rename = "serverTime")]
    server_time: u64,
    status: String,
    message: Option<String>,
    epoch: String,
    rev: u64,
    timeline: Vec<Segment>,
    rundown: Option<String>,
    resync: u64,
}

#[derive(Clone, Deserialize, Serialize)]
struct Segment {
    from: u64,
    position: i64,
    rate: serde_json::Number,
}

static REST: OnceLock<Time> = OnceLock::new();

#[event(fetch)]
async fn fetch(req: Request, env: Env, _ctx: Context) -> Result<Response> {
    Router::new()
        .get("/time", |_req, ctx| {
            let rest = match REST.get() {
                Some(rest) => rest,
                None => {
                    let rest = serde_json::from_str(&ctx.env.var("REST")?.to_string())?;
                    REST.get_or_init(|| rest)
                }
            };
            let time = Time {
                server_time: Date::now().as_millis(),
                ..rest.clone()
            };
            let mut response = Response::from_json(&time)?;
            let headers = response.headers_mut();
            headers.set("cache-control", "no-store")?;
            headers.set("access-control-allow-origin", "*")?;
            headers.set("timing-allow-origin", "*")?;
            Ok(response)
        })
        .run(req, env)
        .await
}
