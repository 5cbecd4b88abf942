//! Which networks an audience has.

use core::fmt;
use core::str::FromStr;

use crate::Dice;
use crate::network::Kind;

/// How many of an audience have which network, in percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix(Vec<(Kind, u32)>);

/// Why a text is no mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadMix {
    /// A part is not `name=percent`.
    Part(String),
    /// There is no such network.
    Network(String),
    /// The percentages do not add up to 100 but to this.
    Sum(u64),
}

impl Mix {
    /// Returns the networks and their percentages.
    pub fn parts(&self) -> &[(Kind, u32)] {
        &self.0
    }

    /// Draws the network of one viewer.
    pub(super) fn draw(&self, dice: &mut Dice) -> Kind {
        let mut left = dice.unit() * 100.0;
        let drawn = self.0.iter().find(|(_, percent)| {
            left -= f64::from(*percent);
            left < 0.0
        });
        drawn.or(self.0.last()).expect("a mix has a part").0
    }
}

impl Default for Mix {
    /// A home audience: 40 % on Wi-Fi that also downloads the video, 25 % on other Wi-Fi, 25 % on phones, 10 % with somebody
    /// who downloads for minutes.
    fn default() -> Self {
        Self(vec![(Kind::SegmentDownloads, 40), (Kind::Wifi, 25), (Kind::Mobile, 25), (Kind::LongBufferbloat, 10)])
    }
}

impl FromStr for Mix {
    type Err = BadMix;

    /// Reads `wifi=60,lte=40`.
    fn from_str(text: &str) -> Result<Self, BadMix> {
        let mut parts = Vec::new();
        for part in text.split(',') {
            let bad = || BadMix::Part(part.to_owned());
            let (name, percent) = part.split_once('=').ok_or_else(bad)?;
            let kind = Kind::named(name.trim()).ok_or_else(|| BadMix::Network(name.trim().to_owned()))?;
            parts.push((kind, percent.trim().parse().map_err(|_| bad())?));
        }
        match parts.iter().map(|(_, percent)| u64::from(*percent)).sum() {
            100 => Ok(Self(parts)),
            sum => Err(BadMix::Sum(sum)),
        }
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (kind, percent)) in self.0.iter().enumerate() {
            write!(f, "{}{}={percent}", if place == 0 { "" } else { "," }, kind.name())?;
        }
        Ok(())
    }
}

impl fmt::Display for BadMix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => write!(f, "{part:?} is not NETWORK=PERCENT; write for example wifi=60,lte=40"),
            Self::Network(name) => {
                let names: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
                write!(f, "there is no network {name:?}; there are {} (also lte, the same as mobile)", names.join(", "))
            }
            Self::Sum(sum) => write!(f, "the percentages add up to {sum}; make it 100"),
        }
    }
}

impl core::error::Error for BadMix {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_is_read_and_written() {
        assert_eq!("wifi=60, lte=40".parse::<Mix>().unwrap().to_string(), "wifi=60,mobile=40");
        assert_eq!("wifi=60,lte=30".parse::<Mix>(), Err(BadMix::Sum(90)));
        assert_eq!("wifi".parse::<Mix>(), Err(BadMix::Part("wifi".to_owned())));
        assert_eq!("5g=100".parse::<Mix>(), Err(BadMix::Network("5g".to_owned())));
        assert_eq!(Mix::default().to_string().parse(), Ok(Mix::default()));
    }
}
