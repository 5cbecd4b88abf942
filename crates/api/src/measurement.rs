//! How far this machine's wall clock is from the server's, as several exchanges prove it.

use downbeat_core::clock::{ClockChange, Envelope, Estimate, Estimator, Exchange, Spread};
use downbeat_core::{LocalTime, Span};

use crate::client::Client;
use crate::clock::{self, Moment};
use crate::error::ApiError;

/// What one or more exchanges show about this machine's clock and the network.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// How many requests were made; some may have failed.
    pub requests: u16,
    /// The exchanges, the earliest first.
    pub exchanges: Vec<Exchange>,
    /// The offset: how far the server's clock is ahead of this machine's wall clock after the last exchange.
    pub estimate: Estimate,
    /// The delays of the exchanges.
    pub spread: Spread,
    /// Whether a clock stepped in between; then only the exchanges after the step count.
    pub jumped: bool,
}

/// A rounded offset and its bound. Their interval contains the measured one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// How far the server's clock is ahead.
    pub offset: Span,
    /// How wrong the offset may be.
    pub bound: Span,
}

impl Measurement {
    /// Requests the server's time `probes` times, at least once, with `pause` in between.
    ///
    /// # Errors
    /// [`ApiError`] if no request is answered; [`ApiError::Cached`] if a cache gives one of the answers.
    pub async fn take(client: &Client, probes: u16, pause: Span) -> Result<Self, ApiError> {
        // The first request pays for the name, the connection and its encryption, and does not count.
        client.clock().await?;
        let requests = probes.max(1);
        let (mut exchanges, mut failed) = (Vec::new(), None);
        for probe in 0..requests {
            if probe > 0 {
                clock::sleep(pause).await;
            }
            match measure_once(client).await {
                Ok(exchange) => exchanges.push(exchange),
                Err(error @ ApiError::Cached { .. }) => return Err(error),
                Err(error) => failed = Some(error),
            }
        }
        Self::of(requests, exchanges)
            .ok_or_else(|| failed.expect("each request is answered or fails, and there is at least one"))
    }

    /// Evaluates `exchanges`, the earliest first; `None` if there are none.
    fn of(requests: u16, exchanges: Vec<Exchange>) -> Option<Self> {
        let (mut envelope, mut jumped) = (Envelope::new(), false);
        for exchange in &exchanges {
            jumped |= envelope.handle_exchange(exchange) == ClockChange::Flush;
        }
        let estimate = envelope.estimate(exchanges.last()?.t4())?;
        let spread = Spread::from_exchanges(&exchanges)?;
        Some(Self { requests, exchanges, estimate, spread, jumped })
    }

    /// Rounds offset and bound to multiples of `step`.
    pub fn rounded(&self, step: Span) -> Rounded {
        let step = step.as_micros();
        let down = |us: i64| us - us.rem_euclid(step);
        let offset = self.estimate.offset.as_micros();
        let shown = down(offset.saturating_add(step / 2));
        let bound = self.estimate.bound + Span::from_micros((offset - shown).abs() + step - 1);
        Rounded { offset: Span::from_micros(shown), bound: Span::from_micros(down(bound.as_micros())) }
    }
}

/// Measures one exchange. The wall clock is what is measured, so here it takes the place of the local one.
async fn measure_once(client: &Client) -> Result<Exchange, ApiError> {
    let response = client.clock().await?;
    let local = |moment: Moment| LocalTime::from_micros(moment.wall.as_micros());
    let (t1, t4) = (local(response.clock.sent()), local(response.clock.received()));
    let t3 = response.body.server_time;
    let t2 = response.body.received_at.unwrap_or(t3);
    Exchange::new(t1, t2, t3, t4).map_err(|error| ApiError::Unexpected {
        url: client.url().to_string(),
        status: 200,
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::ServerTime;
    use downbeat_core::clock::{Offset, Skew};

    fn exchange(left: i64, server: i64, arrived: i64) -> Exchange {
        let local = |us| LocalTime::from_micros(1_704_067_200_000_000 + us);
        let server = ServerTime::from_millis(1_704_067_200_000) + Span::from_micros(server);
        Exchange::new(local(left), server, server, local(arrived)).unwrap()
    }

    #[test]
    fn the_best_bounds_of_several_exchanges_count() {
        // The machine is 100 ms behind; one way there is quick in the first exchange, the way back in the second.
        let both = vec![exchange(1, 102_000, 22_001), exchange(50_001, 168_000, 70_001)];
        let measured = Measurement::of(2, both).unwrap();
        assert_eq!(measured.spread.delay_least, Span::from_millis(20));
        let shown = measured.rounded(Span::from_millis(1));
        assert_eq!((shown.offset.as_millis(), shown.bound.as_millis()), (100, 4));
        assert!(!measured.jumped);
    }

    #[test]
    fn a_jump_in_between_is_seen_and_what_came_before_forgotten() {
        let measured =
            Measurement::of(2, vec![exchange(1, 102_000, 4_001), exchange(50_001, 552_000, 54_001)]).unwrap();
        assert!(measured.jumped);
        assert_eq!(measured.rounded(Span::from_millis(1)).offset, Span::from_millis(500));
    }

    #[test]
    fn the_rounded_interval_contains_the_measured_one() {
        for (offset, bound, rounded, rounded_bound) in [
            (0, 1_000, 0, 1_000),
            (12_345, 1_001, 12_300, 1_100),
            (-12_345, 1_001, -12_300, 1_100),
            (-49, 1_001, 0, 1_100),
        ] {
            let estimate = Estimate {
                offset: Offset::between(
                    ServerTime::from_millis(0) + Span::from_micros(offset),
                    LocalTime::from_micros(0),
                ),
                bound: Span::from_micros(bound),
                skew: Skew::ZERO,
            };
            let spread = Spread { delay_least: Span::ZERO, delay_median: Span::ZERO, jitter: Span::ZERO };
            let measured = Measurement { requests: 1, exchanges: Vec::new(), estimate, spread, jumped: false };
            let shown = measured.rounded(Span::from_micros(100));
            assert_eq!(
                (shown.offset.as_micros(), shown.bound.as_micros()),
                (rounded, rounded_bound),
                "{offset} ±{bound}"
            );
            assert!(rounded - rounded_bound <= offset - bound && rounded + rounded_bound >= offset + bound);
        }
    }
}
