//! What an event costs, and which limit of the platform is nearest.
//!
//! Prices and limits are Cloudflare's, as listed in November 2026: <https://developers.cloudflare.com/workers/platform/pricing/>,
//! <https://developers.cloudflare.com/durable-objects/platform/pricing/> and `…/limits/`. Nothing that the paid plan includes is taken
//! off: other work of the same account may have used it.

use downbeat_core::Span;

use crate::audience::{Endpoint, Measures};

/// The paid plan, in dollars a month.
pub const PLAN: f64 = 5.0;

/// When the prices were read.
pub const PRICES_OF: &str = "November 2026";

/// How many pings count as one request to an object.
const PINGS_PER_REQUEST: u64 = 20;

/// How much memory an object is charged for while it works, in GB.
const OBJECT_GB: f64 = 0.128;

/// How many isolates ask the event for its state once a second: an assumption, of the order of data centres that an audience on several
/// continents comes through.
const ISOLATES: u64 = 100;

/// How often a hub compares its state with the event's: every 15 s.
const HUB_ALARM: Span = Span::from_millis(15_000);

/// What a request takes of the processor, in ms. Source: `scripts/bench time`, with room for slower machines.
const CPU_MS: f64 = 0.1;

/// The most sockets that an object holds.
pub const OBJECT_SOCKETS: u32 = 32_768;

/// How many requests a second an object takes.
const OBJECT_REQUESTS: u64 = 1_000;

/// How many requests a day the free plan has.
const FREE_REQUESTS: u64 = 100_000;

/// Something that is paid for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub name: &'static str,
    /// How much of it.
    pub amount: f64,
    /// Of which unit.
    pub unit: &'static str,
    /// What a million units cost, in dollars.
    pub price: f64,
}

impl Line {
    /// Returns what it costs, in dollars.
    pub fn cost(&self) -> f64 {
        self.amount * self.price / 1e6
    }
}

/// What an audience uses of the platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    /// What is paid for.
    pub lines: Vec<Line>,
    /// The limits, the nearest first.
    pub limits: Vec<Limit>,
    /// The most requests a second to the worker, over ten seconds.
    pub peak: f64,
}

/// A limit of the platform, and how near an audience comes to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// What is limited.
    pub name: &'static str,
    /// How much of it is used.
    pub used: f64,
    /// How much of it there is.
    pub most: u64,
}

impl Limit {
    /// Returns the share that is used; above 1 it is exceeded.
    pub fn share(&self) -> f64 {
        self.used / self.most as f64
    }
}

impl Bill {
    /// Returns what `viewers` use for an event of this length with so many hubs, who do what was measured of a sample of them.
    pub fn new(sample: &Measures, viewers: u32, length: Span, hubs: u16) -> Self {
        let times = f64::from(viewers) / sample.viewers.max(1) as f64;
        let total = |endpoint| sample.traffic.total(endpoint) as f64 * times;
        let seconds = length.as_millis() as f64 / 1e3;
        let per_second = sample.traffic.requests();
        let requests = per_second.iter().sum::<u64>() as f64 * times;
        let asks = requests.min(ISOLATES as f64 * seconds);
        let alarms = f64::from(hubs) * seconds * 1e3 / HUB_ALARM.as_millis() as f64;
        let pings = total(Endpoint::Ping) / PINGS_PER_REQUEST as f64;
        let object_requests = total(Endpoint::Live) + pings + asks + alarms;
        let lines = vec![
            Line { name: "requests to the worker", amount: requests, unit: "", price: 0.30 },
            Line { name: "processor time", amount: (requests + object_requests) * CPU_MS, unit: "ms", price: 0.02 },
            Line { name: "requests to objects", amount: object_requests, unit: "", price: 0.15 },
            Line {
                name: "objects at work",
                amount: f64::from(hubs + 1) * seconds * OBJECT_GB,
                unit: "GB-s",
                price: 12.50,
            },
        ];
        let joins = busiest(sample.traffic.per_second(Endpoint::Live).iter().map(|count| u64::from(*count)));
        let mut limits = vec![
            Limit { name: "sockets of a hub", used: f64::from(viewers) / f64::from(hubs), most: OBJECT_SOCKETS.into() },
            Limit { name: "joins of a hub in a second", used: joins * times / f64::from(hubs), most: OBJECT_REQUESTS },
            Limit { name: "requests to the event in a second", used: ISOLATES as f64, most: OBJECT_REQUESTS },
        ];
        limits.sort_by(|one, other| other.share().total_cmp(&one.share()));
        Self { lines, limits, peak: busiest(per_second.into_iter()) * times }
    }

    /// Returns what it costs besides the plan, in dollars.
    pub fn cost(&self) -> f64 {
        self.lines.iter().map(Line::cost).sum()
    }

    /// Returns whether the free plan's requests of a day suffice.
    pub fn fits_free_plan(&self) -> bool {
        [0, 2].iter().all(|line| self.lines[*line].amount <= FREE_REQUESTS as f64)
    }
}

/// Returns the most a second over any ten seconds: of a sample, single seconds are more uneven than of all.
fn busiest(per_second: impl Iterator<Item = u64>) -> f64 {
    let counts: Vec<u64> = per_second.collect();
    let most = counts.windows(10).map(|window| window.iter().sum::<u64>()).max();
    most.unwrap_or_else(|| counts.iter().sum()) as f64 / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::{Audience, Plan};

    #[test]
    fn twice_the_viewers_cost_twice_the_requests() {
        let length = Span::from_millis(1_200_000);
        let audience = Audience::new(Plan { viewers: 30, duration: length, ..Plan::default() });
        let sample = audience.simulate(0..30);
        let [one, two] = [30_000, 60_000].map(|viewers| Bill::new(&sample, viewers, length, 4));
        assert_eq!(two.lines[0].amount, 2.0 * one.lines[0].amount);
        assert_eq!(two.peak, 2.0 * one.peak);
        // 20 min: 10 first probes, 10 every 30 s, 3 or 4 every 5 min, and the state; a socket.
        let each = one.lines[0].amount / 30_000.0;
        assert!((23.0..30.0).contains(&each), "{each}");
        assert_eq!(one.limits[0].name, "sockets of a hub");
    }

    #[test]
    fn ten_seconds_are_evened_out() {
        assert_eq!(busiest([0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 50].into_iter()), 10.0);
        assert_eq!(busiest([20, 30].into_iter()), 5.0);
    }
}
