//! The network address a viewer comes from.

use core::net::{IpAddr, SocketAddr};
use core::str::FromStr;

/// An address, as far as one visitor is told from another: all of an IPv4 address, the first 64 bits of an IPv6 address,
/// which is what one household or one phone is given (RFC 6177).
///
/// ```
/// use downbeat_core::fanout::Address;
/// let address = |text: &str| text.parse::<Address>().unwrap();
/// assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
/// assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
/// assert_eq!(address("203.0.113.7"), address("203.0.113.7:41980"));
/// assert_eq!(address("203.0.113.7"), address("::ffff:203.0.113.7"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(u64);

/// Not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAddress;

impl Address {
    /// Returns the address of a request.
    ///
    /// `peer` is who opened the connection. Who it `forwarded` for (the value of a header, the last hop last) counts
    /// only if the peer is one of `proxies`, a list separated by commas; a hop that is not in that list is the visitor.
    ///
    /// ```
    /// use downbeat_core::fanout::Address;
    /// let of = |peer, forwarded, proxies| Address::of_request(peer, forwarded, proxies);
    /// // Anyone can send the header, so it counts from the proxy only.
    /// assert_eq!(of("203.0.113.7:4711", "198.51.100.1", "10.0.0.1"), "203.0.113.7".parse().ok());
    /// assert_eq!(of("10.0.0.1:4711", "192.0.2.9, 198.51.100.1", "10.0.0.1"), "198.51.100.1".parse().ok());
    /// assert_eq!(of("10.0.0.1:4711", "198.51.100.1, 10.0.0.2", "10.0.0.1, 10.0.0.2"), "198.51.100.1".parse().ok());
    /// ```
    pub fn of_request(peer: &str, forwarded: &str, proxies: &str) -> Option<Self> {
        let is_proxy = |hop: &Self| proxies.split(',').any(|proxy| proxy.parse() == Ok(*hop));
        let peer: Self = peer.parse().ok()?;
        if !is_proxy(&peer) {
            return Some(peer);
        }
        let mut last = peer;
        for hop in forwarded.rsplit(',') {
            // What is no address was not written by a proxy of ours.
            let Ok(hop) = hop.parse() else { break };
            last = hop;
            if !is_proxy(&hop) {
                break;
            }
        }
        Some(last)
    }

    /// Returns it as a number, for [`Address::from_bits`].
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// Returns the address that [`Address::to_bits`] was called on.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            // The upper half is that of no IPv6 address in use (0000::/8 is reserved).
            IpAddr::V4(ip) => Self(ip.to_bits().into()),
            IpAddr::V6(ip) => Self((ip.to_bits() >> 64) as u64),
        }
    }
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim();
        let ip = text.parse().or_else(|_| text.parse().map(|address: SocketAddr| address.ip()));
        ip.map(Self::from).map_err(|_| NoAddress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_an_error() {
        for text in ["", "unix:/tmp/socket", "localhost", "1.2.3", "1.2.3.4.5", "999.1.1.1", "[::1", "::1%lo"] {
            assert_eq!(text.parse::<Address>(), Err(NoAddress), "{text}");
        }
        assert!("[2001:db8::1]:443".parse::<Address>().is_ok());
    }

    #[test]
    fn a_forged_header_moves_nobody_to_another_address() {
        let honest: Address = "203.0.113.7".parse().unwrap();
        for forged in ["", "192.0.2.1", "10.0.0.1", "192.0.2.1, 10.0.0.1", ",,,", "\u{0}"] {
            assert_eq!(Address::of_request("203.0.113.7:1", forged, "10.0.0.1"), Some(honest), "{forged}");
            assert_eq!(Address::of_request("203.0.113.7:1", forged, ""), Some(honest), "{forged}");
        }
        // Behind the proxy, only what the proxy itself appended counts.
        for forged in ["192.0.2.1, 203.0.113.7", "10.0.0.1, 203.0.113.7", "x, 203.0.113.7"] {
            assert_eq!(Address::of_request("10.0.0.1:1", forged, "10.0.0.1"), Some(honest), "{forged}");
        }
        assert_eq!(Address::of_request("10.0.0.1:1", "nonsense", "10.0.0.1"), "10.0.0.1".parse().ok());
        assert_eq!(Address::of_request("unix:", "203.0.113.7", "10.0.0.1"), None);
    }
}
