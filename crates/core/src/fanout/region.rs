//! The regions in which hubs can be.

use serde::{Deserialize, Serialize};

/// A part of the world in which an object can be created: Cloudflare's location hints.
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

/// The regions of hubs, by their number: the largest audiences first, and every part of the world within the first 14.
///
/// Four hubs cover western Europe, both coasts of North America, and Asia; that is where most of the web's audiences are.
const ORDER: [Region; 16] = [
    Region::WestEurope,
    Region::EastNorthAmerica,
    Region::AsiaPacific,
    Region::WestNorthAmerica,
    Region::EastEurope,
    Region::SouthAmerica,
    Region::WestEurope,
    Region::EastNorthAmerica,
    Region::AsiaPacific,
    Region::Oceania,
    Region::WestEurope,
    Region::MiddleEast,
    Region::WestNorthAmerica,
    Region::Africa,
    Region::EastEurope,
    Region::EastNorthAmerica,
];

impl Region {
    /// After how many hubs the regions repeat.
    pub(super) const ORDER_LEN: u16 = ORDER.len() as u16;

    /// Returns the region of the hub with this number. It is the same for every event and never changes: an object stays
    /// where it was created.
    pub const fn of_hub(hub: u16) -> Self {
        ORDER[hub as usize % ORDER.len()]
    }

    /// Returns how many hubs with a lower number are in the same region.
    pub(super) fn rank_of_hub(hub: u16) -> u16 {
        let region = Self::of_hub(hub);
        let (round, place) = (hub / Self::ORDER_LEN, usize::from(hub % Self::ORDER_LEN));
        let before = ORDER[..place].iter().filter(|other| **other == region).count() as u16;
        round * region.hubs_a_round() + before
    }

    /// Returns the hub of this region with this rank.
    pub(super) fn nth_hub(self, rank: u16) -> u16 {
        let (round, place) = (rank / self.hubs_a_round(), usize::from(rank % self.hubs_a_round()));
        let is_here = |(place, region): (usize, &Self)| (*region == self).then_some(place as u16);
        round * Self::ORDER_LEN + ORDER.iter().enumerate().filter_map(is_here).nth(place).unwrap_or_default()
    }

    /// Returns how many of the hubs until the regions repeat are in this one: at least one.
    fn hubs_a_round(self) -> u16 {
        ORDER.iter().filter(|region| **region == self).count() as u16
    }

    /// Returns the region of a viewer on this continent (two letters, as GeoNames has them) at this longitude in whole
    /// degrees.
    /// `None` for an unknown continent: then no region is nearer than another.
    pub fn of_place(continent: &str, longitude: i16) -> Option<Self> {
        Some(match continent {
            // About halfway between the data centres on both sides.
            "NA" if longitude < -100 => Self::WestNorthAmerica,
            "NA" => Self::EastNorthAmerica,
            "SA" => Self::SouthAmerica,
            "EU" if longitude < 15 => Self::WestEurope,
            "EU" => Self::EastEurope,
            "AS" if longitude < 65 => Self::MiddleEast,
            "AS" => Self::AsiaPacific,
            "OC" | "AN" => Self::Oceania,
            "AF" => Self::Africa,
            _ => return None,
        })
    }

    /// Returns the distance to `other`, as a rank: 0 for itself, 1 for a neighbour, more for regions further away.
    pub const fn distance(self, other: Self) -> u8 {
        // Coarse on purpose: cables do not follow the globe, and only the order matters.
        const FAR: [[u8; 9]; 9] = [
            // wnam enam sam weur eeur apac oc afr me
            [0, 1, 3, 3, 4, 2, 3, 5, 5],
            [1, 0, 2, 2, 3, 4, 4, 4, 4],
            [2, 1, 0, 3, 4, 5, 5, 4, 5],
            [4, 2, 4, 0, 1, 5, 6, 3, 3],
            [4, 3, 5, 1, 0, 4, 6, 3, 2],
            [2, 4, 5, 4, 4, 0, 1, 5, 3],
            [2, 3, 4, 5, 5, 1, 0, 5, 4],
            [5, 3, 4, 1, 2, 4, 5, 0, 2],
            [5, 4, 6, 2, 1, 2, 5, 3, 0],
        ];
        FAR[self as usize][other as usize]
    }

    /// Returns the location hint.
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Region; 9] = [
        Region::WestNorthAmerica,
        Region::EastNorthAmerica,
        Region::SouthAmerica,
        Region::WestEurope,
        Region::EastEurope,
        Region::AsiaPacific,
        Region::Oceania,
        Region::Africa,
        Region::MiddleEast,
    ];

    #[test]
    fn the_first_fourteen_hubs_are_everywhere() {
        for region in ALL {
            assert!((0..14).any(|hub| Region::of_hub(hub) == region), "{region:?}");
        }
        assert_eq!(Region::of_hub(16), Region::of_hub(0));
    }

    #[test]
    fn the_hubs_of_a_region_are_counted_by_their_numbers() {
        for region in ALL {
            let here: Vec<u16> = (0..200).filter(|hub| Region::of_hub(*hub) == region).collect();
            for (rank, hub) in here.into_iter().enumerate() {
                assert_eq!((Region::rank_of_hub(hub), region.nth_hub(rank as u16)), (rank as u16, hub));
            }
        }
    }

    #[test]
    fn nothing_is_nearer_than_the_place_itself() {
        for here in ALL {
            assert!(ALL.iter().all(|there| (here.distance(*there) == 0) == (here == *there)), "{here:?}");
        }
    }

    #[test]
    fn places_are_where_people_say_they_are() {
        for (city, continent, longitude, region) in [
            ("Lyon", "EU", 4, "weur"),
            ("Warsaw", "EU", 21, "eeur"),
            ("Austin", "NA", -97, "enam"),
            ("Seattle", "NA", -122, "wnam"),
            ("Dubai", "AS", 55, "me"),
            ("Osaka", "AS", 135, "apac"),
            ("Perth", "OC", 115, "oc"),
            ("Lima", "SA", -77, "sam"),
            ("Lagos", "AF", 3, "afr"),
        ] {
            assert_eq!(Region::of_place(continent, longitude).unwrap().as_str(), region, "{city}");
        }
        assert_eq!(Region::of_place("", 0), None);
    }
}
