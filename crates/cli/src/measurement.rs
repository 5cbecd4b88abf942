//! How far this machine's clock is from a server's, as several exchanges prove it.

use downbeat_core::clock::{Change, Envelope, Estimate, Estimator, Exchange, Spread};
use downbeat_core::{LocalTime, Span};

use crate::clock;
use crate::server::{Server, ServerError};

/// What several exchanges say of this machine's clock and the line; there is at least one.
pub(crate) struct Measurement {
    /// How often the server was asked.
    pub(crate) asked: u16,
    pub(crate) exchanges: Vec<Exchange>,
    /// How far the server's clock is ahead of this machine's after the last exchange.
    pub(crate) estimate: Estimate,
    pub(crate) spread: Spread,
    /// A clock jumped meanwhile; what counts came after it.
    pub(crate) jumped: bool,
}

/// An offset and its bound as they are shown: the interval they make holds the one that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// How far the server's clock is ahead.
    pub(crate) offset: Span,
    pub(crate) bound: Span,
}

impl Measurement {
    /// Asks the server `probes` times, at least once, with `pause` in between.
    ///
    /// # Errors
    /// [`ServerError`] if it does not answer once.
    pub(crate) async fn take(server: &Server, probes: u16, pause: Span) -> Result<Self, ServerError> {
        // The first question pays for name, connection and encryption, and is not counted.
        server.clock().await?;
        let asked = probes.max(1);
        let (mut exchanges, mut failed) = (Vec::new(), None);
        for probe in 0..asked {
            if probe > 0 {
                clock::sleep(pause).await;
            }
            match ask(server).await {
                Ok(exchange) => exchanges.push(exchange),
                Err(error) => failed = Some(error),
            }
        }
        Self::of(asked, exchanges).ok_or_else(|| failed.expect("each probe answers or fails, and there is one"))
    }

    /// Returns what `exchanges` say, the earliest first; nothing if there are none.
    fn of(asked: u16, exchanges: Vec<Exchange>) -> Option<Self> {
        let (mut envelope, mut jumped) = (Envelope::new(), false);
        for exchange in &exchanges {
            jumped |= envelope.handle_exchange(exchange) == Change::Flush;
        }
        let estimate = envelope.estimate(exchanges.last()?.t4())?;
        let spread = Spread::of(&exchanges)?;
        Some(Self { asked, exchanges, estimate, spread, jumped })
    }

    /// Returns offset and bound in whole multiples of `step`.
    pub(crate) fn rounded(&self, step: Span) -> Shown {
        let step = step.as_micros();
        let down = |us: i64| us - us.rem_euclid(step);
        let offset = self.estimate.offset.as_micros();
        let shown = down(offset.saturating_add(step / 2));
        let bound = self.estimate.bound + Span::from_micros((offset - shown).abs() + step - 1);
        Shown { offset: Span::from_micros(shown), bound: Span::from_micros(down(bound.as_micros())) }
    }
}

impl Shown {
    /// Says on which side of the server's this machine's clock is, with spans as `written`.
    pub(crate) fn side(&self, written: impl Fn(Span) -> String) -> String {
        match self.offset.as_micros() {
            0 => "agrees with the server".to_owned(),
            1.. => format!("{} behind the server", written(self.offset)),
            _ => format!("{} ahead of the server", written(-self.offset)),
        }
    }
}

/// Asks once. It is this machine's wall clock that is measured, so here it stands for the local one.
async fn ask(server: &Server) -> Result<Exchange, ServerError> {
    let wall = || LocalTime::from_micros(clock::wall().as_micros());
    let t1 = wall();
    let time = server.clock().await?.body;
    let t4 = wall();
    let t2 = time.received_at.unwrap_or(time.server_time);
    Exchange::new(t1, t2, time.server_time, t4).map_err(|error| ServerError::Strange {
        url: server.url().to_string(),
        status: 200,
        why: error.to_string(),
    })
}

/// Returns a measurement of no exchange, for the tests of those who tell it.
#[cfg(test)]
pub(crate) fn measured(offset: Span, bound: Span) -> Measurement {
    use downbeat_core::ServerTime;
    use downbeat_core::clock::{Offset, Skew};

    let offset = Offset::between(ServerTime::from_millis(0) + offset, LocalTime::from_micros(0));
    Measurement {
        asked: 1,
        exchanges: Vec::new(),
        estimate: Estimate { offset, bound, skew: Skew::ZERO },
        spread: Spread { delay_least: Span::ZERO, delay_median: Span::ZERO, jitter: Span::ZERO },
        jumped: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::ServerTime;

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
    fn what_is_shown_holds_what_was_measured() {
        for (offset, bound, side, within) in [
            (0, 1_000, "agrees with the server", 1_000),
            (12_345, 1_001, "12300 behind the server", 1_100),
            (-12_345, 1_001, "12300 ahead of the server", 1_100),
            (-49, 1_001, "agrees with the server", 1_100),
        ] {
            let measured = measured(Span::from_micros(offset), Span::from_micros(bound));
            let shown = measured.rounded(Span::from_micros(100));
            assert_eq!(shown.side(|span| span.as_micros().to_string()), side);
            assert_eq!(shown.bound.as_micros(), within, "{offset} ±{bound}");
            assert!(shown.offset.as_micros() - shown.bound.as_micros() <= offset - bound);
            assert!(shown.offset.as_micros() + shown.bound.as_micros() >= offset + bound);
        }
    }
}
