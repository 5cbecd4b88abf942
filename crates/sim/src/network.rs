//! Delays in each direction: a base, jitter, and what else happens on the line.

use downbeat_core::{ServerTime, Span};

use crate::Dice;

/// A kind of network. Every run over it draws its own bases, episodes and delays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A cable to the next room: a third of a millisecond each way.
    Lan,
    /// A busy home: 6 to 12 ms each way, jitter, and now and then a retransmission of tens of milliseconds.
    Wifi,
    /// A phone on the move: 20 to 45 ms, much jitter, and a base that moves with every handover.
    Mobile,
    /// Wi-Fi on which video is watched: every 4 to 6 s a segment fills the way back for half of that time.
    SegmentDownloads,
    /// Somebody downloads for minutes: the way back queues for 50 to 250 ms on average.
    LongBufferbloat,
    /// The way there always takes 25 ms longer than the way back, which no client can measure.
    Asymmetric,
}

/// One network: both directions, as functions of time and chance.
#[derive(Clone, Debug)]
pub struct Network {
    kind: Kind,
    dice: Dice,
    there: Span,
    back: Span,
    /// The mean delay that a download adds to the way back.
    busy: Span,
    /// When the download ends.
    busy_until: ServerTime,
    /// When the next episode begins: a download, or another base.
    next: ServerTime,
}

impl Kind {
    /// Every kind, in the order in which tables show them.
    pub const ALL: [Self; 6] =
        [Self::Lan, Self::Wifi, Self::Mobile, Self::SegmentDownloads, Self::LongBufferbloat, Self::Asymmetric];

    /// Returns the kind with this name; `lte` is the mobile one.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "lte" { Self::Mobile.name() } else { name };
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lan => "lan",
            Self::Wifi => "wifi",
            Self::Mobile => "mobile",
            Self::SegmentDownloads => "segment-downloads",
            Self::LongBufferbloat => "long-bufferbloat",
            Self::Asymmetric => "asymmetric",
        }
    }
}

impl Network {
    /// Creates a network of that kind, from `begin` on.
    pub fn new(kind: Kind, begin: ServerTime, mut dice: Dice) -> Self {
        let base = match kind {
            Kind::Lan => dice.between(us(250), us(400)),
            Kind::Wifi | Kind::SegmentDownloads | Kind::LongBufferbloat => dice.between(us(6_000), us(12_000)),
            Kind::Mobile => dice.between(us(20_000), us(45_000)),
            Kind::Asymmetric => us(5_000),
        };
        let there = if kind == Kind::Asymmetric { base + us(25_000) } else { base };
        Self { kind, dice, there, back: base, busy: Span::ZERO, busy_until: begin, next: begin }
    }

    /// Returns the delay of a request that leaves the device at `at`.
    pub fn there(&mut self, at: ServerTime) -> Span {
        self.advance(at);
        self.there + self.jitter()
    }

    /// Returns the delay of an answer that leaves the server at `at`.
    pub fn back(&mut self, at: ServerTime) -> Span {
        self.advance(at);
        let queue = if at < self.busy_until { self.dice.exponential(self.busy) } else { Span::ZERO };
        self.back + queue + self.jitter()
    }

    fn jitter(&mut self) -> Span {
        let dice = &mut self.dice;
        match self.kind {
            Kind::Lan => dice.exponential(us(60)),
            Kind::Mobile if dice.chance(0.1) => dice.between(us(20_000), us(200_000)),
            Kind::Mobile => dice.exponential(us(8_000)),
            _ if dice.chance(0.1) => dice.between(us(10_000), us(60_000)),
            _ => dice.exponential(us(2_500)),
        }
    }

    /// Lets all episodes until `at` begin and end.
    fn advance(&mut self, at: ServerTime) {
        while self.next <= at {
            let began = self.next;
            let dice = &mut self.dice;
            match self.kind {
                Kind::SegmentDownloads => {
                    let cycle = dice.between(us(4_000_000), us(6_000_000));
                    self.busy = us(60_000);
                    self.busy_until = began + us(cycle.as_micros() / 2);
                    self.next = began + cycle;
                }
                Kind::LongBufferbloat => {
                    let calm = dice.between(us(30_000_000), us(240_000_000));
                    let download = dice.between(us(60_000_000), us(240_000_000));
                    self.busy = dice.between(us(50_000), us(250_000));
                    self.busy_until = began + download;
                    self.next = began + download + calm;
                }
                Kind::Mobile => {
                    let base = dice.between(us(20_000), us(45_000));
                    (self.there, self.back) = (base, base);
                    self.next = began + dice.between(us(30_000_000), us(180_000_000));
                }
                Kind::Lan | Kind::Wifi | Kind::Asymmetric => self.next = began + us(3_600_000_000),
            }
        }
    }
}

const fn us(us: i64) -> Span {
    Span::from_micros(us)
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::Seed;

    const BEGIN: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    /// The mean delay there and back, in µs, over 10,000 questions, one a second.
    fn means(kind: Kind, seed: u64) -> (i64, i64) {
        let mut network = Network::new(kind, BEGIN, Dice::new(Seed::new(seed)));
        let mut sums = (0, 0);
        for second in 0..10_000 {
            let at = BEGIN + Span::from_millis(second * 1_000);
            sums.0 += network.there(at).as_micros();
            sums.1 += network.back(at).as_micros();
        }
        (sums.0 / 10_000, sums.1 / 10_000)
    }

    #[test]
    fn a_network_is_the_same_again_from_its_seed() {
        for kind in Kind::ALL {
            assert_eq!(means(kind, 3), means(kind, 3), "{}", kind.name());
            assert_ne!(means(kind, 3), means(kind, 4), "{}", kind.name());
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
    }

    #[test]
    fn each_kind_is_slow_in_the_direction_it_says() {
        let (there, back) = means(Kind::Lan, 1);
        assert!((250..500).contains(&there) && (250..500).contains(&back), "{there} {back}");
        let (there, back) = means(Kind::Wifi, 1);
        assert!((there - back).abs() < 1_000, "{there} {back}");
        let (there, back) = means(Kind::SegmentDownloads, 1);
        assert!(back - there > 20_000, "{there} {back}");
        let (there, back) = means(Kind::LongBufferbloat, 1);
        assert!(back - there > 30_000, "{there} {back}");
        let (there, back) = means(Kind::Asymmetric, 1);
        assert!((24_000..26_000).contains(&(there - back)), "{there} {back}");
    }
}
