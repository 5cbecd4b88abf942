//! The WebSocket through which the server pushes changes.

use std::fmt;

use downbeat_core::{Span, Version};
use downbeat_wire::live::PING;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, Uri, header};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};

use crate::endpoint::{Endpoint, Stream};

/// The read buffer: 2 KiB, twice the length of a state. With thousands of sockets it is most of their memory.
const READ_BUFFER_BYTES: usize = 2 << 10;

/// The longest frame: 1 MiB, far more than a state.
const FRAME_BYTES_MAX: usize = 1 << 20;

const _: () = assert!(downbeat_wire::live::STATE_FRAME_BYTES_MAX < FRAME_BYTES_MAX);

/// An open socket.
pub(super) struct Socket(Box<WebSocketStream<Box<dyn Stream>>>);

/// What a socket received.
#[derive(Debug)]
pub(super) enum Frame {
    /// The answer to a ping.
    Pong(Version),
    /// Any other text.
    Text(Utf8Bytes),
    /// The server closed the socket, with this code and reason.
    Closed(u16, Utf8Bytes),
    /// The connection broke.
    Broken,
}

/// A socket that was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: CloseReason,
    /// The wait that the server asks for.
    pub(super) wait: Option<Span>,
}

/// Why a socket closed, or was never opened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CloseReason {
    /// The server refused it with this HTTP status.
    Refused(u16),
    /// The server could not be reached.
    Unreachable,
    /// The server closed it with this WebSocket close code.
    Closed(u16),
    /// The connection broke.
    Broken,
    /// The server did not answer a ping in time.
    TimedOut,
    /// The viewer dropped it, as its observer instructed.
    Dropped,
}

impl Socket {
    /// Opens a socket at `path` of the API.
    ///
    /// # Errors
    /// [`Refusal`] with [`CloseReason::Refused`] or [`CloseReason::Unreachable`].
    pub(super) async fn open(endpoint: &Endpoint, path: &str) -> Result<Self, Refusal> {
        let unreachable = || Refusal { reason: CloseReason::Unreachable, wait: None };
        let uri = format!("ws://{}{}", endpoint.authority(), endpoint.target(path));
        let uri: Uri = uri.parse().map_err(|_| unreachable())?;
        let request = uri.into_client_request().map_err(|_| unreachable())?;
        let stream = endpoint.connect().await.map_err(|_| unreachable())?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        match tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await {
            Ok((socket, _)) => Ok(Self(Box::new(socket))),
            Err(tungstenite::Error::Http(response)) => Err(Refusal {
                reason: CloseReason::Refused(response.status().as_u16()),
                wait: retry_after(response.headers()),
            }),
            Err(_) => Err(unreachable()),
        }
    }

    /// Waits for the next frame. Cancel safe: no frame is lost if the future is dropped.
    pub(super) async fn next(&mut self) -> Frame {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    return text.parse().map_or_else(|_| Frame::Text(text), Frame::Pong);
                }
                Some(Ok(Message::Close(Some(close)))) => return Frame::Closed(close.code.into(), close.reason),
                Some(Ok(Message::Close(None))) => return Frame::Closed(NO_CLOSE_CODE, Utf8Bytes::default()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Frame::Broken,
            }
        }
    }

    /// Sends the ping.
    pub(super) async fn ping(&mut self) -> Result<(), CloseReason> {
        self.send(PING.into()).await
    }

    /// Sends a text frame.
    pub(super) async fn send(&mut self, text: String) -> Result<(), CloseReason> {
        self.0.send(Message::text(text)).await.map_err(|_| CloseReason::Broken)
    }
}

/// Returns the wait in seconds that a response's `Retry-After` names (RFC 9110, section 10.2.3); a date is ignored.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Span> {
    let seconds: u32 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Span::from_millis(i64::from(seconds) * 1_000))
}

/// The code of a close frame without a code (RFC 6455, section 7.4.1).
const NO_CLOSE_CODE: u16 = 1_005;

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "refused with status {status}"),
            Self::Unreachable => f.write_str("no connection"),
            Self::Closed(code) => write!(f, "closed by the server with code {code}"),
            Self::Broken => f.write_str("connection broken"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::Dropped => f.write_str("dropped on purpose"),
        }
    }
}
