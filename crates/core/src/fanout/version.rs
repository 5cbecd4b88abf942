//! Which state somebody has, in a few characters.

use core::fmt;
use core::str::FromStr;

use crate::name::{Epoch, NameError, Rev};

/// A state by its life and its revision; as text `<epoch>.<rev>`, which is what a ping is answered with.
///
/// ```
/// use downbeat_core::fanout::Version;
/// let [known, said]: [Version; 2] = ["k3v9x2m4.12".parse()?, "k3v9x2m4.13".parse()?];
/// assert!(said.outdates(&known) && !known.outdates(&said));
/// // Another life of the event has no order with this one: what it is has to be asked.
/// assert!("e2.1".parse::<Version>()?.outdates(&known));
/// # Ok::<(), downbeat_core::name::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The life of the event's counter.
    pub epoch: Epoch,
    /// The revision.
    pub rev: Rev,
}

impl Version {
    /// Returns whether who has `known` has to ask, hearing that there is this one: a higher revision or another life.
    pub fn outdates(&self, known: &Self) -> bool {
        self.epoch != known.epoch || self.rev > known.rev
    }
}

/// How a state somebody is told relates to the one they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is the first, or a higher revision.
    News,
    /// It is the same, or older: it came twice or late.
    Known,
    /// It is of another life of the event. Which of the two is over only the event itself can say.
    OtherLife,
}

impl Told {
    /// Judges the state `told`, having `known`.
    pub fn of(told: &Version, known: Option<&Version>) -> Self {
        match known {
            None => Self::News,
            Some(known) if known.epoch != told.epoch => Self::OtherLife,
            Some(known) if told.rev > known.rev => Self::News,
            Some(_) => Self::Known,
        }
    }
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
    fn a_version_is_read_back_as_it_was_written() {
        let version = Version { epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::new(13) };
        assert_eq!(version.to_string(), "k3v9x2m4.13");
        assert_eq!("k3v9x2m4.13".parse(), Ok(version));
    }

    #[test]
    fn only_a_higher_revision_of_the_same_life_is_news() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        let known = version("e1.5");
        for (told, judged) in
            [("e1.6", Told::News), ("e1.5", Told::Known), ("e1.4", Told::Known), ("e2.9", Told::OtherLife)]
        {
            assert_eq!(Told::of(&version(told), Some(&known)), judged, "{told}");
        }
        assert_eq!(Told::of(&known, None), Told::News);
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", ".", "e1", "e1.", ".1", "E1.1", "e1.-1", "e1.+1", "e1.1.1", "e1.99999999999999999999"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
