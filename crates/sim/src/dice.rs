//! Random distributions from a seed.

use downbeat_core::{Seed, Span};

/// Random numbers and delays.
#[derive(Clone, Debug)]
pub struct Dice(Seed);

impl Dice {
    /// Creates dice that fall the same way for the same seed.
    pub const fn new(seed: Seed) -> Self {
        Self(seed)
    }

    /// Returns a number in [0, 1), in steps of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns `true` with the probability `share`, 0 to 1.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Returns a span from `least` up to, but not including, `most`.
    pub fn between(&mut self, least: Span, most: Span) -> Span {
        least + self.0.span_below(most - least)
    }

    /// Returns a number from `-reach` to `reach`.
    pub fn around_zero(&mut self, reach: f64) -> f64 {
        (2.0 * self.unit() - 1.0) * reach
    }

    /// Returns an exponentially distributed span: `mean` on average, mostly shorter, rarely several times as long.
    pub fn exponential(&mut self, mean: Span) -> Span {
        // The platform's logarithm has other last digits on each.
        let draw = -libm::log(1.0 - self.unit());
        Span::from_micros((mean.as_micros() as f64 * draw) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_has_its_mean_and_its_tail() {
        let mut dice = Dice::new(Seed::new(1));
        let drawn: Vec<i64> = (0..20_000).map(|_| dice.exponential(Span::from_millis(10)).as_micros()).collect();
        let mean = drawn.iter().sum::<i64>() / 20_000;
        assert!((9_700..10_300).contains(&mean), "{mean}");
        let beyond = drawn.iter().filter(|us| **us > 30_000).count();
        assert!((850..1_150).contains(&beyond), "e^-3 of 20,000 is 996, not {beyond}");
    }
}
