//! Randomness that arrives as a number: the same seed, the same draws, on every machine.
//!
//! ```
//! use downbeat_core::{Seed, Span};
//! // Two viewers of one event wait differently, and each of them the same after a reload.
//! let wait = |viewer: &[u8]| Seed::from_parts(&[b"gala", viewer]).span_below(Span::from_millis(10_000));
//! assert_ne!(wait(b"anna"), wait(b"boris"));
//! assert_eq!(wait(b"anna"), wait(b"anna"));
//! ```
//!
//! It spreads load and jitters waits. It is not for secrets: those need the platform's generator.

use crate::time::Span;

/// The generator SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): 64 bits of state, each draw an addition and a mix.
///
/// Any seed is as good as any other, 0 too. The sequence repeats after 2^64 draws. A copy draws what the original
/// would have drawn, so it is not `Copy`: a clone is explicit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// Returns the generator that starts at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the generator for `parts`: the same parts yield the same draws, also in later versions.
    ///
    /// Parts are kept apart: `["ab", "c"]` and `["a", "bc"]` differ. (FNV-1a over each part's length and bytes,
    /// then mixed, since FNV alone leaves short names close together.)
    pub const fn from_parts(parts: &[&[u8]]) -> Self {
        let mut hash = FNV_OFFSET;
        let mut part = 0;
        while part < parts.len() {
            hash = fnv(fnv(hash, &(parts[part].len() as u64).to_le_bytes()), parts[part]);
            part += 1;
        }
        Self(mix(hash))
    }

    /// Returns the next 64 bits.
    // A call instead of inlined code keeps the browsers' module small.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }

    /// Returns the next span: `ZERO` or more and less than `limit`, each microsecond as likely as any other.
    ///
    /// For a `limit` of `ZERO` or less it returns `ZERO`, and still draws.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub const fn span_below(&mut self, limit: Span) -> Span {
        let draw = self.next_u64();
        let limit = if limit.as_micros() < 0 { 0 } else { limit.as_micros() as u64 };
        // The upper half of the product is draw/2^64 of the limit. For spans under a month no microsecond is more than
        // 2^-22 more likely than another.
        Span::from_micros(((draw as u128 * limit as u128) >> 64) as i64)
    }

    /// Returns the next span around `middle`: at most `percent` of it (0 to 100) shorter or longer.
    ///
    /// A `middle` of `ZERO` or less is returned as it is, and still draws.
    pub const fn span_around(&mut self, middle: Span, percent: u8) -> Span {
        let percent = if percent > 100 { 100 } else { percent as i64 };
        let reach = if middle.as_micros() < 0 { 0 } else { middle.as_micros() / 100 * percent };
        let above = self.span_below(Span::from_micros(reach.saturating_mul(2).saturating_add(1)));
        Span::from_micros(middle.as_micros().saturating_sub(reach).saturating_add(above.as_micros()))
    }
}

/// SplitMix64's increment: 2^64 divided by the golden ratio, odd.
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where 64-bit FNV-1a begins.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// What 64-bit FNV-1a multiplies by.
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// SplitMix64's finaliser: every bit of `state` moves about half of the bits that come out.
const fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Returns the 64-bit hash FNV-1a (Fowler, Noll and Vo) of `bytes`: the same on every machine and in later versions.
///
/// ```
/// assert_eq!(downbeat_core::seed::fnv_1a(*b"foobar"), 0x8594_4171_f739_67e8);
/// ```
pub fn fnv_1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(FNV_OFFSET, fnv_step)
}

const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut index = 0;
    while index < bytes.len() {
        hash = fnv_step(hash, bytes[index]);
        index += 1;
    }
    hash
}

const fn fnv_step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(FNV_PRIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_draws_what_splitmix64_draws() {
        // The first outputs of the reference implementation (Vigna's splitmix64.c) from the state 1234567.
        let mut seed = Seed::new(1_234_567);
        let drawn: Vec<u64> = (0..5).map(|_| seed.next_u64()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }

    #[test]
    fn what_belongs_to_a_name_stays_the_same_in_later_versions() {
        assert_eq!(Seed::from_parts(&[]).next_u64(), 16_539_421_115_465_412_304);
        assert_eq!(Seed::from_parts(&[b"gala", b"anna"]).next_u64(), 6_677_098_038_522_032_571);
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Seed::from_parts(&[b"ab", b"c"]), Seed::from_parts(&[b"a", b"bc"]));
        assert_ne!(Seed::from_parts(&[b"a"]), Seed::from_parts(&[b"a", b""]));
    }

    #[test]
    fn spans_fill_their_range_evenly() {
        let mut seed = Seed::new(0);
        let mut tenths = [0; 10];
        for _ in 0..10_000 {
            let span = seed.span_below(Span::from_millis(10));
            tenths[usize::try_from(span.as_millis()).unwrap()] += 1;
        }
        assert!(tenths.iter().all(|count| (900..1_100).contains(count)), "{tenths:?}");
    }

    #[test]
    fn names_that_differ_by_one_letter_spread_as_evenly() {
        let mut tenths = [0; 10];
        for viewer in 0..10_000_u32 {
            let span = Seed::from_parts(&[b"gala", &viewer.to_be_bytes()]).span_below(Span::from_millis(10));
            tenths[usize::try_from(span.as_millis()).unwrap()] += 1;
        }
        assert!(tenths.iter().all(|count| (900..1_100).contains(count)), "{tenths:?}");
    }

    #[test]
    fn a_range_of_nothing_gives_nothing() {
        assert_eq!(Seed::new(7).span_below(Span::ZERO), Span::ZERO);
        assert_eq!(Seed::new(7).span_below(Span::from_micros(i64::MIN)), Span::ZERO);
        assert!(Seed::new(7).span_below(Span::from_micros(i64::MAX)) > Span::ZERO);
    }

    #[test]
    fn around_reaches_both_ends_and_no_further() {
        let mut seed = Seed::new(1);
        let drawn: Vec<Span> = (0..1_000).map(|_| seed.span_around(Span::from_micros(1_000), 20)).collect();
        assert_eq!(drawn.iter().min(), Some(&Span::from_micros(800)));
        assert_eq!(drawn.iter().max(), Some(&Span::from_micros(1_200)));
        for extreme in [i64::MIN, -1, 0, 1, i64::MAX] {
            seed.span_around(Span::from_micros(extreme), 255);
        }
    }
}
