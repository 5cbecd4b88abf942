//! Asking over HTTP, with connections that are kept.

use std::sync::{Arc, Mutex};

use downbeat_core::LocalTime;
use downbeat_core::session::Failure;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::sync::Semaphore;
use ureq::http::{Request, header};

use super::endpoint::Endpoint;
use crate::clock;

/// How many questions are on their way at once: 64.
///
/// Reason: browsers have connections of their own, which would take as many descriptors again as the sockets. A
/// question counts from when it leaves, so waiting for a connection does not blur the clock.
const AT_ONCE: usize = 64;

/// How long an answer may be: 64 MiB, as long as the longest rundown and more.
const BYTES_MAX: usize = 64 << 20;

type Connection = SendRequest<Empty<Bytes>>;

/// An answer that the server gave, whatever it says.
pub(crate) struct Answer {
    /// When the question left.
    pub(crate) left: LocalTime,
    /// When the answer began to arrive.
    pub(crate) arrived: LocalTime,
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Asks one server, for all viewers.
pub(crate) struct Questions {
    endpoint: Arc<Endpoint>,
    idle: Mutex<Vec<Connection>>,
    at_once: Semaphore,
}

impl Questions {
    pub(crate) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { endpoint, idle: Mutex::default(), at_once: Semaphore::new(AT_ONCE) }
    }

    /// Asks for `path` of the API.
    ///
    /// # Errors
    /// [`Failure`] if the server cannot be reached, or says no.
    pub(crate) async fn ask(&self, path: &str) -> Result<Answer, Failure> {
        let _permit = self.at_once.acquire().await.map_err(|_| Failure::Unreachable)?;
        // A kept connection may have been closed by the other side meanwhile: then a new one decides.
        if let Some(kept) = self.kept()
            && let Ok(answer) = self.ask_on(kept, path).await
        {
            return judged(answer);
        }
        let stream = self.endpoint.connect().await.map_err(|_| Failure::Unreachable)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Unreachable)?;
        tokio::spawn(connection);
        judged(self.ask_on(sender, path).await.map_err(|_| Failure::Unreachable)?)
    }

    async fn ask_on(&self, mut connection: Connection, path: &str) -> Result<Answer, Lost> {
        let request = Request::get(self.endpoint.target(path))
            .header(header::HOST, self.endpoint.authority())
            .header(header::USER_AGENT, concat!("downbeat/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())
            .map_err(|_| Lost)?;
        connection.ready().await.map_err(|_| Lost)?;
        let left = clock::monotonic();
        let response = connection.send_request(request).await.map_err(|_| Lost)?;
        let arrived = clock::monotonic();
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), BYTES_MAX).collect().await.map_err(|_| Lost)?;
        self.lock().push(connection);
        Ok(Answer { left, arrived, status, body: body.to_bytes().to_vec() })
    }

    fn kept(&self) -> Option<Connection> {
        let mut idle = self.lock();
        while let Some(connection) = idle.pop() {
            if !connection.is_closed() {
                return Some(connection);
            }
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().expect("nothing panics while it holds the connections")
    }
}

/// The connection was lost before the answer was there.
struct Lost;

fn judged(answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        200..=299 => Ok(answer),
        404 => Err(Failure::UnknownEvent),
        _ => Err(Failure::NoAnswer),
    }
}
