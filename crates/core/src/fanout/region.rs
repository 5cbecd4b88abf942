//! Where hubs can be.

use serde::{Deserialize, Serialize};

/// A part of the world in which an object can be asked to be: Cloudflare's location hints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Region {
    /// Western North America.
    #[serde(rename = "wnam")]
    WestNorthAmerica,
    /// Eastern North America.
    #[serde(rename = "enam")]
    EastNorthAmerica,
    /// South America.
    #[serde(rename = "sam")]
    SouthAmerica,
    /// Western Europe.
    #[serde(rename = "weur")]
    WestEurope,
    /// Eastern Europe.
    #[serde(rename = "eeur")]
    EastEurope,
    /// Asia and the Pacific.
    #[serde(rename = "apac")]
    AsiaPacific,
    /// Oceania.
    #[serde(rename = "oc")]
    Oceania,
    /// Africa.
    #[serde(rename = "afr")]
    Africa,
    /// The Middle East.
    #[serde(rename = "me")]
    MiddleEast,
}

impl Region {
    /// Gives the location hint.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WestNorthAmerica => "wnam",
            Self::EastNorthAmerica => "enam",
            Self::SouthAmerica => "sam",
            Self::WestEurope => "weur",
            Self::EastEurope => "eeur",
            Self::AsiaPacific => "apac",
            Self::Oceania => "oc",
            Self::Africa => "afr",
            Self::MiddleEast => "me",
        }
    }
}
