//! The WebSocket that changes come through.

use std::fmt;

use downbeat_core::fanout::Version;
use downbeat_wire::live::PING;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use ureq::http::Uri;

use super::endpoint::{Endpoint, Stream};

/// The buffer for what comes: 2 KiB, twice a state; with thousands of sockets it is most of what they take.
const BUFFER: usize = 2 << 10;

/// How long a frame may be: 1 MiB, far more than a state.
const FRAME_BYTES_MAX: usize = 1 << 20;

/// A socket that is open.
pub(crate) struct Socket(Box<WebSocketStream<Box<dyn Stream>>>);

/// What comes through a socket.
#[derive(Debug)]
pub(crate) enum Frame {
    /// The answer to a ping.
    Pong(Version),
    /// Anything else.
    Text(Utf8Bytes),
    /// It is over.
    End(Loss),
}

/// Why a socket is not there any more, or never was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    /// The server would not have it, with this status.
    Refused(u16),
    /// The connection could not be made.
    Unreachable,
    /// The server closed it, with this code.
    Closed(u16),
    /// The connection broke.
    Broken,
    /// It did not answer in time.
    Silent,
    /// It was dropped here, on purpose.
    Dropped,
}

impl Socket {
    /// Opens a socket at `path` of the API.
    ///
    /// # Errors
    /// [`Loss`].
    pub(crate) async fn open(endpoint: &Endpoint, path: &str) -> Result<Self, Loss> {
        let uri: Uri =
            format!("ws://{}{}", endpoint.authority(), endpoint.target(path)).parse().map_err(|_| Loss::Unreachable)?;
        let request = uri.into_client_request().map_err(|_| Loss::Unreachable)?;
        let stream = endpoint.connect().await.map_err(|_| Loss::Unreachable)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        match tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await {
            Ok((socket, _)) => Ok(Self(Box::new(socket))),
            Err(tungstenite::Error::Http(response)) => Err(Loss::Refused(response.status().as_u16())),
            Err(_) => Err(Loss::Unreachable),
        }
    }

    /// Waits for the next frame. Nothing is lost if it is no longer waited for.
    pub(crate) async fn next(&mut self) -> Frame {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    return text.parse().map_or_else(|_| Frame::Text(text), Frame::Pong);
                }
                Some(Ok(Message::Close(close))) => {
                    return Frame::End(Loss::Closed(close.map_or(1_005, |close| close.code.into())));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Frame::End(Loss::Broken),
            }
        }
    }

    /// Sends the ping.
    pub(crate) async fn ping(&mut self) -> Result<(), Loss> {
        self.send(PING.into()).await
    }

    /// Sends a frame.
    pub(crate) async fn send(&mut self, text: String) -> Result<(), Loss> {
        self.0.send(Message::text(text)).await.map_err(|_| Loss::Broken)
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "refused with status {status}"),
            Self::Unreachable => f.write_str("no connection"),
            Self::Closed(code) => write!(f, "closed by the server with code {code}"),
            Self::Broken => f.write_str("connection broken"),
            Self::Silent => f.write_str("no answer in time"),
            Self::Dropped => f.write_str("dropped on purpose"),
        }
    }
}
