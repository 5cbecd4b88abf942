//! HTTP requests over connections that are kept open.

use std::sync::{Arc, Mutex, MutexGuard};

use downbeat_api::clock;
use downbeat_api::http::Limits;
use downbeat_core::LocalTime;
use downbeat_core::session::Failure;
use http::{Request, header};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::sync::Semaphore;

use crate::endpoint::Endpoint;

/// The most requests in flight at once: 64.
///
/// Reason: browsers have connections of their own; here they would need as many descriptors again as the sockets. A
/// request counts from when it is sent, so waiting for a connection does not make the clock less exact.
const IN_FLIGHT_MAX: usize = 64;

type Connection = SendRequest<Empty<Bytes>>;

/// A response with a status of success.
pub(super) struct Response {
    /// When the request was sent.
    pub(super) sent: LocalTime,
    /// When the response began to arrive.
    pub(super) arrived: LocalTime,
    /// The header `Age`, if there is one: how many seconds ago a cache received the response.
    pub(super) age: Option<String>,
    pub(super) body: Vec<u8>,
}

/// Sends requests to one server, for all viewers.
pub(super) struct Requests {
    endpoint: Arc<Endpoint>,
    idle: Mutex<Vec<Connection>>,
    in_flight: Semaphore,
}

impl Requests {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { endpoint, idle: Mutex::default(), in_flight: Semaphore::new(IN_FLIGHT_MAX) }
    }

    /// Requests `path` of the API.
    ///
    /// # Errors
    /// [`Failure`] if the server cannot be reached, answers with an error, or not within `limits`.
    pub(super) async fn get(&self, path: &str, limits: Limits) -> Result<Response, Failure> {
        let answered = tokio::time::timeout(clock::duration(limits.timeout), self.request(path, limits.bytes)).await;
        answered.unwrap_or(Err(Failure::Timeout))
    }

    async fn request(&self, path: &str, bytes_max: usize) -> Result<Response, Failure> {
        let _permit = self.in_flight.acquire().await.map_err(|_| Failure::Unreachable)?;
        // The server may have closed an idle connection meanwhile: then a new one decides.
        if let Some(idle) = self.idle_connection()
            && let Ok(response) = self.send(idle, path, bytes_max).await
        {
            return response;
        }
        let stream = self.endpoint.connect().await.map_err(|_| Failure::Unreachable)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Unreachable)?;
        tokio::spawn(connection);
        self.send(sender, path, bytes_max).await.unwrap_or(Err(Failure::Unreachable))
    }

    /// Sends a request through `connection`, and keeps the connection after the response.
    async fn send(
        &self,
        mut connection: Connection,
        path: &str,
        bytes_max: usize,
    ) -> Result<Result<Response, Failure>, ConnectionLost> {
        let request = Request::get(self.endpoint.target(path))
            .header(header::HOST, self.endpoint.authority())
            .header(header::USER_AGENT, concat!("downbeat/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())
            .map_err(|_| ConnectionLost)?;
        connection.ready().await.map_err(|_| ConnectionLost)?;
        let sent = clock::monotonic();
        let response = connection.send_request(request).await.map_err(|_| ConnectionLost)?;
        let arrived = clock::monotonic();
        let status = response.status().as_u16();
        let age = response.headers().get(header::AGE).map(|age| String::from_utf8_lossy(age.as_bytes()).into_owned());
        let body = match Limited::new(response.into_body(), bytes_max).collect().await {
            Ok(body) => body,
            // Through another connection it would be as long.
            Err(error) if error.is::<LengthLimitError>() => return Ok(Err(Failure::NoAnswer)),
            Err(_) => return Err(ConnectionLost),
        };
        self.idle().push(connection);
        Ok(match status {
            200..=299 => Ok(Response { sent, arrived, age, body: body.to_bytes().to_vec() }),
            404 => Err(Failure::UnknownEvent),
            _ => Err(Failure::NoAnswer),
        })
    }

    fn idle_connection(&self) -> Option<Connection> {
        let mut idle = self.idle();
        while let Some(connection) = idle.pop() {
            if !connection.is_closed() {
                return Some(connection);
            }
        }
        None
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().expect("nothing panics while it holds the connections")
    }
}

/// The connection was lost before the response was complete.
struct ConnectionLost;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use downbeat_api::ServerUrl;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    const LIMITS: Limits = Limits { timeout: downbeat_core::Span::from_millis(10_000), bytes: 1_000 };

    /// Serves requests under `/api` on this machine: `/api/404` is answered with that status, everything else with 200
    /// and its own path. Counts connections, and closes each after `per_connection` responses.
    async fn serve(per_connection: usize) -> (Requests, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: ServerUrl = format!("http://{}/api/", listener.local_addr().unwrap()).parse().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer(stream, per_connection));
            }
        });
        (Requests::new(Arc::new(Endpoint::resolve(&url).await.unwrap())), connections)
    }

    async fn answer(mut stream: TcpStream, count: usize) {
        for _ in 0..count {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap();
            let status = path.rsplit('/').next().filter(|name| name.len() == 3).unwrap_or("200");
            let length = if path.ends_with("/endless") { 9_000_000_000 } else { path.len() };
            let response = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n\r\n{path}");
            stream.write_all(response.as_bytes()).await.unwrap();
            while length > path.len() && stream.write_all(&[b'x'; 1 << 16]).await.is_ok() {}
        }
    }

    #[tokio::test]
    async fn connections_are_kept_and_paths_are_under_the_servers_path() {
        let (requests, connections) = serve(9).await;
        for path in ["/time", "/v1/events/gala"] {
            let response = requests.get(path, LIMITS).await.unwrap();
            assert_eq!(response.body, format!("/api{path}").into_bytes());
            assert!(response.sent <= response.arrived);
        }
        assert_eq!(connections.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_connection_that_the_server_closed_is_replaced() {
        let (requests, connections) = serve(1).await;
        for _ in 0..3 {
            assert!(requests.get("/time", LIMITS).await.is_ok());
        }
        assert_eq!(connections.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn an_endless_answer_is_read_once_and_up_to_the_limit() {
        let (requests, connections) = serve(9).await;
        assert!(requests.get("/time", LIMITS).await.is_ok());
        let answer = requests.get("/endless", LIMITS).await;
        assert_eq!(answer.map(|_| ()).unwrap_err(), Failure::NoAnswer);
        assert_eq!(connections.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn failures_say_whether_the_event_exists() {
        let (requests, _) = serve(9).await;
        let failure = async |path| requests.get(path, LIMITS).await.map(|_| ()).unwrap_err();
        assert_eq!(failure("/404").await, Failure::UnknownEvent);
        assert_eq!(failure("/503").await, Failure::NoAnswer);
        let nobody = Endpoint::resolve(&"http://127.0.0.1:1".parse().unwrap()).await.unwrap();
        let unreachable = Requests::new(Arc::new(nobody)).get("/time", LIMITS).await.map(|_| ()).unwrap_err();
        assert_eq!(unreachable, Failure::Unreachable);
    }
}
