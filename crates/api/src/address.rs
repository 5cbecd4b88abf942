//! Where a server is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;

/// The address of a server: `http` or `https`, a host, and optionally the path that the API is under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl {
    /// Without a slash at the end.
    text: String,
    encrypted: bool,
    host: String,
}

impl ServerUrl {
    /// Returns whether a token sent there could be read on the way: over plain `http`, to another machine.
    pub fn exposes_tokens(&self) -> bool {
        !self.encrypted && !self.is_loopback()
    }

    /// Returns whether it names this machine: `localhost`, or a loopback address.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Returns the address as a URI.
    pub fn uri(&self) -> Uri {
        self.text.parse().expect("it was parsed before")
    }
}

/// Returns whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ServerUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("{text:?} is not a server; give its address, such as https://downbeat.example.com");
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refused()),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(refused)?;
        if uri.query().is_some() || authority.host().is_empty() {
            return Err(refused());
        }
        Ok(Self { text: text.trim_end_matches('/').to_owned(), encrypted, host: authority.host().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_an_address_without_query_user_or_slash_at_the_end() {
        let read = |text: &str| text.parse::<ServerUrl>();
        assert_eq!(read("http://127.0.0.1:8787/").unwrap().to_string(), "http://127.0.0.1:8787");
        assert_eq!(read("https://example.com/show/").unwrap().to_string(), "https://example.com/show");
        for bad in ["", "example.com", "ftp://example.com", "https://", "https://me:pw@example.com", "http://a?b=c"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn plain_http_to_another_machine_exposes_tokens() {
        let exposes = |text: &str| text.parse::<ServerUrl>().unwrap().exposes_tokens();
        assert!(exposes("http://192.168.1.7:8787"));
        assert!(!exposes("http://127.0.0.1:8787") && !exposes("http://localhost:1") && !exposes("http://[::1]:1"));
        assert!(!exposes("https://downbeat.example.com"));
    }

    #[test]
    fn a_name_that_looks_like_loopback_is_none() {
        let is_loopback = |text: &str| text.parse::<ServerUrl>().unwrap().is_loopback();
        assert!(["http://127.9.8.7", "http://[::1]:80", "https://LOCALHOST"].into_iter().all(is_loopback));
        assert!(
            !["http://127.example.com", "http://localhost.example.com", "http://[::2]"].into_iter().any(is_loopback)
        );
    }
}
