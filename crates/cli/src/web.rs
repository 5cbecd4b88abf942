//! Plain HTTP: one call, once, and what its failure means.

use std::io;

use downbeat_core::Span;
use ureq::http;

use crate::clock;

/// How long making a connection may take: 3 s, one lost packet and its repetition.
const CONNECT: Span = Span::from_millis(3_000);

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Nothing left this machine.
    NotSent(String),
    /// There was no answer in time.
    Late,
    /// The request or its answer was lost on the way.
    Lost(String),
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotSent(why) | Self::Lost(why) => f.write_str(why),
            Self::Late => f.write_str("no answer in time"),
        }
    }
}
impl std::error::Error for Silence {}

/// Makes calls, and keeps their connections.
#[derive(Clone, Debug)]
pub(crate) struct Web(ureq::Agent);

impl Web {
    /// Returns one that follows at most `redirects`.
    pub(crate) fn new(redirects: u32) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(redirects)
            .timeout_connect(Some(clock::duration(CONNECT)))
            .user_agent(concat!("downbeat/", env!("CARGO_PKG_VERSION")));
        Self(config.build().new_agent())
    }

    /// Makes one call, once; any status is an answer.
    ///
    /// # Errors
    /// [`Silence`] if there is none within `timeout`.
    pub(crate) async fn call(
        &self,
        request: http::Request<Vec<u8>>,
        timeout: Span,
    ) -> Result<http::Response<Vec<u8>>, Silence> {
        let timeout = Some(clock::duration(timeout));
        let (parts, body) = request.into_parts();
        // A body, be it empty, belongs to these methods and to no other.
        let carries_body = matches!(parts.method, http::Method::PUT | http::Method::POST);
        let agent = self.0.clone();
        blocking(move || {
            let response = if carries_body {
                let request = http::Request::from_parts(parts, &body[..]);
                agent.run(agent.configure_request(request).timeout_global(timeout).build())
            } else {
                let request = http::Request::from_parts(parts, ());
                agent.run(agent.configure_request(request).timeout_global(timeout).build())
            };
            let (parts, body) = response.map_err(silence)?.into_parts();
            let bytes = body.into_with_config().limit(u64::MAX).read_to_vec().map_err(silence)?;
            Ok(http::Response::from_parts(parts, bytes))
        })
        .await
    }
}

/// Runs a call that blocks on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(call).await.expect("a call does not panic, and is not cancelled before it runs")
}

/// Tells what never left this machine from what may have arrived.
pub(crate) fn silence(error: ureq::Error) -> Silence {
    let not_sent = |why: &str| Silence::NotSent(why.to_owned());
    match &error {
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => not_sent("no connection in time"),
        ureq::Error::Timeout(_) => Silence::Late,
        ureq::Error::HostNotFound => not_sent("there is no host of this name"),
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => not_sent("nothing listens there (connection refused)"),
            io::ErrorKind::NetworkUnreachable => not_sent("there is no network that leads there"),
            io::ErrorKind::HostUnreachable => not_sent("the host does not answer"),
            // The encryption could not be agreed on, or the certificate is not one to trust.
            io::ErrorKind::InvalidData => Silence::NotSent(format!("no encrypted connection: {error}")),
            // A name that cannot be resolved has no kind of its own.
            _ if error.to_string().contains("lookup") => not_sent("there is no host of this name"),
            _ => Silence::Lost(error.to_string()),
        },
        ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::Http(_)
        | ureq::Error::InvalidProxyUrl => Silence::NotSent(error.to_string()),
        _ => Silence::Lost(error.to_string()),
    }
}
