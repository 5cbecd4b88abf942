//! The TLS of everything that speaks to servers: one implementation, one set of trusted certificates.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// Creates a TLS configuration: ring, TLS 1.2 and 1.3, and the certificate authorities that Mozilla trusts.
///
/// It names its implementation, so no default has to be installed for the process.
pub fn config() -> ClientConfig {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports every version of TLS that rustls has")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
