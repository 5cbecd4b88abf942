//! The identity of a state: its epoch and its revision.

use core::fmt;
use core::str::FromStr;

use crate::name::{Epoch, NameError, Rev};

/// The epoch and the revision of a state; as text `<epoch>.<rev>`, which is the answer to a ping.
///
/// ```
/// use downbeat_core::Version;
/// let [current, received]: [Version; 2] = ["k3v9x2m4.12".parse()?, "k3v9x2m4.13".parse()?];
/// assert!(received.outdates(&current) && !current.outdates(&received));
/// // Two epochs have no order: the event has to be asked.
/// assert!("e2.1".parse::<Version>()?.outdates(&current));
/// # Ok::<(), downbeat_core::name::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The life of the event's revision counter.
    pub epoch: Epoch,
    /// The revision.
    pub rev: Rev,
}

impl Version {
    /// Returns whether a viewer who has `current` must ask for the state on learning of this one: it is a higher
    /// revision or another life of the event.
    pub fn outdates(&self, current: &Self) -> bool {
        self.freshness(Some(current)) != Freshness::NotNewer
    }

    /// Compares this version, just received, with the `current` one.
    pub fn freshness(&self, current: Option<&Self>) -> Freshness {
        match current {
            None => Freshness::Newer,
            Some(current) if current.epoch != self.epoch => Freshness::OtherEpoch,
            Some(current) if self.rev > current.rev => Freshness::Newer,
            Some(_) => Freshness::NotNewer,
        }
    }
}

/// How a received state relates to the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is the first, or a higher revision.
    Newer,
    /// It is the same revision or a lower one: it was repeated or delayed.
    NotNewer,
    /// It has another epoch. Only the event itself can say which of the two is over.
    OtherEpoch,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.rev)
    }
}

impl FromStr for Version {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let refused = || NameError::new("version of a state", text, "it is an epoch, a dot and a revision");
        let (epoch, rev) = text.split_once('.').ok_or_else(refused)?;
        let digits = !rev.is_empty() && rev.bytes().all(|byte| byte.is_ascii_digit());
        let rev = rev.parse().ok().filter(|_| digits).ok_or_else(refused)?;
        Ok(Self { epoch: epoch.parse()?, rev: Rev::new(rev) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_parsed_back_as_it_was_written() {
        let version = Version { epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::new(13) };
        assert_eq!(version.to_string(), "k3v9x2m4.13");
        assert_eq!("k3v9x2m4.13".parse(), Ok(version));
    }

    #[test]
    fn only_a_higher_revision_of_the_same_epoch_is_newer() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        let current = version("e1.5");
        for (received, expected) in [
            ("e1.6", Freshness::Newer),
            ("e1.5", Freshness::NotNewer),
            ("e1.4", Freshness::NotNewer),
            ("e2.9", Freshness::OtherEpoch),
        ] {
            assert_eq!(version(received).freshness(Some(&current)), expected, "{received}");
            assert_eq!(version(received).outdates(&current), expected != Freshness::NotNewer, "{received}");
        }
        assert_eq!(current.freshness(None), Freshness::Newer);
    }

    #[test]
    fn what_is_not_a_version_is_refused() {
        for text in ["", ".", "e1", "e1.", ".1", "E1.1", "e1.-1", "e1.+1", "e1.1.1", "e1.99999999999999999999"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
