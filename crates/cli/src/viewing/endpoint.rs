//! Where a server is, and connections to it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use ureq::http::Uri;

use crate::error::Error;
use crate::server::{ServerError, ServerUrl};

/// How many connections leave from one loopback address before the next is taken: 20,000, of the 28,000 ports
/// that Linux gives out.
const PER_SOURCE: usize = 20_000;

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Where a server is.
pub(crate) struct Endpoint {
    /// Host and port as requests name them.
    authority: String,
    /// The path beneath which the API lies; empty if it is the root.
    beneath: String,
    address: SocketAddr,
    encryption: Option<(TlsConnector, ServerName<'static>)>,
    opened: AtomicUsize,
}

impl Endpoint {
    /// Looks the server up.
    ///
    /// # Errors
    /// [`ServerError::Unreachable`] if its name is unknown.
    pub(crate) async fn look_up(url: &ServerUrl) -> Result<Self, Error> {
        let text = url.to_string();
        let unreachable = |why: String| ServerError::Unreachable { url: text.clone(), why };
        let uri: Uri = text.parse().map_err(|error: ureq::http::uri::InvalidUri| unreachable(error.to_string()))?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let encrypted = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let mut found =
            tokio::net::lookup_host((host.clone(), port)).await.map_err(|error| unreachable(error.to_string()))?;
        let address = found.next().ok_or_else(|| unreachable("its name has no address".to_owned()))?;
        let encryption = match encrypted {
            true => {
                let name = ServerName::try_from(host).map_err(|error| unreachable(error.to_string()))?;
                Some((connector()?, name))
            }
            false => None,
        };
        Ok(Self {
            authority: uri.authority().map(ToString::to_string).unwrap_or_default(),
            beneath: uri.path().trim_end_matches('/').to_owned(),
            address,
            encryption,
            opened: AtomicUsize::new(0),
        })
    }

    /// Returns host and port as requests name them.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns what a request asks for to get `path` of the API.
    pub(crate) fn target(&self, path: &str) -> String {
        format!("{}{path}", self.beneath)
    }

    /// Opens a connection.
    pub(crate) async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let socket = if self.address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(source) = self.source() {
            socket.bind(SocketAddr::new(source, 0))?;
        }
        let stream = socket.connect(self.address).await?;
        // What viewers send is short and waits for nothing.
        stream.set_nodelay(true)?;
        Ok(match &self.encryption {
            Some((connector, name)) => Box::new(connector.connect(name.clone(), stream).await?),
            None => Box::new(stream),
        })
    }

    /// Returns the address to leave from. Towards one address there are not enough ports for 50,000 viewers, but the
    /// loopback network has many addresses.
    fn source(&self) -> Option<IpAddr> {
        let nth = self.opened.fetch_add(1, Ordering::Relaxed) / PER_SOURCE;
        let last = u8::try_from(nth % 250 + 1).expect("it is at most 250");
        (nth > 0 && self.address.ip() == Ipv4Addr::LOCALHOST).then_some(Ipv4Addr::new(127, 0, 0, last).into())
    }
}

fn connector() -> Result<TlsConnector, Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Internal(format!("the encryption has no version of TLS: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
