//! The server's address, and connections to it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use downbeat_api::{ServerUrl, tls};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::error::ViewerError;

/// The most connections from one loopback address before the next address is used: 20,000, of the 28,000 ports that
/// Linux hands out.
const CONNECTIONS_PER_SOURCE: usize = 20_000;

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A server whose name is resolved.
pub(super) struct Endpoint {
    /// Host and port, as requests name them.
    authority: String,
    /// The path of the API's root, without a slash at the end.
    base_path: String,
    address: SocketAddr,
    encryption: Option<(TlsConnector, ServerName<'static>)>,
    opened: AtomicUsize,
}

impl Endpoint {
    /// Resolves the server's name.
    ///
    /// # Errors
    /// [`ViewerError::UnknownHost`] if it has no address.
    pub(super) async fn resolve(url: &ServerUrl) -> Result<Self, ViewerError> {
        let unknown = |why: String| ViewerError::UnknownHost { url: url.to_string(), why };
        let url = url.uri();
        let host = url.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let is_encrypted = url.scheme_str() == Some("https");
        let port = url.port_u16().unwrap_or(if is_encrypted { 443 } else { 80 });
        let mut addresses =
            tokio::net::lookup_host((host.clone(), port)).await.map_err(|error| unknown(error.to_string()))?;
        let address = addresses.next().ok_or_else(|| unknown("its name has no address".to_owned()))?;
        let encryption = if is_encrypted {
            let name = ServerName::try_from(host).map_err(|error| unknown(error.to_string()))?;
            Some((TlsConnector::from(Arc::new(tls::config())), name))
        } else {
            None
        };
        Ok(Self {
            authority: url.authority().map(ToString::to_string).unwrap_or_default(),
            base_path: url.path().trim_end_matches('/').to_owned(),
            address,
            encryption,
            opened: AtomicUsize::new(0),
        })
    }

    /// Returns host and port, as requests name them.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns the request target for `path` of the API.
    pub(super) fn target(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// Opens a connection.
    pub(super) async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let socket = if self.address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(source) = self.source_address() {
            socket.bind(SocketAddr::new(source, 0))?;
        }
        let stream = socket.connect(self.address).await?;
        // What viewers send is short, and nothing follows that it could be sent with.
        stream.set_nodelay(true)?;
        Ok(match &self.encryption {
            Some((connector, name)) => Box::new(connector.connect(name.clone(), stream).await?),
            None => Box::new(stream),
        })
    }

    /// Returns the source address of the next connection; `None` leaves it to the operating system.
    ///
    /// One source address has too few ports for 50,000 viewers of one server, but the loopback network has many
    /// addresses.
    fn source_address(&self) -> Option<IpAddr> {
        let index = self.opened.fetch_add(1, Ordering::Relaxed) / CONNECTIONS_PER_SOURCE;
        let last = u8::try_from(index % 250 + 1).expect("it is at most 250");
        (index > 0 && self.address.ip() == Ipv4Addr::LOCALHOST).then_some(Ipv4Addr::new(127, 0, 0, last).into())
    }
}
