//! How wrong this machine's clock is, as an interval that holds whatever the network does.

use downbeat_core::{ServerTime, Span};

use super::Finding;
use crate::clock;
use crate::server::{Server, ServerError, ServerUrl};
use crate::text;

/// Gives how often the server is asked: 8 times, of which the best bounds count.
const EXCHANGES: usize = 8;

/// Gives what the server's time is rounded to: 1 ms.
const RESOLUTION: Span = Span::from_millis(1);

/// Gives how wrong a clock may be before a remark: 2 s.
///
/// Reason: this machine's clock decides nothing but a token's expiry; further off, people compare times in vain.
const TOLERATED: Span = Span::from_millis(2_000);

/// One exchange: when the question left and the answer arrived by this machine, and what the server said it was.
#[derive(Clone, Copy, Debug)]
struct Exchange {
    left: ServerTime,
    received: ServerTime,
    answered: ServerTime,
    arrived: ServerTime,
}

/// What several exchanges tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    /// The server's time less this machine's is at least this …
    least: Span,
    /// … and at most this.
    most: Span,
    delay: Span,
}

/// Asks the server for the time, and bounds how wrong this machine's clock is.
pub(super) fn measure(server: &Server) -> Result<Measured, ServerError> {
    // The first exchange pays for name, connection and encryption, and is not counted.
    server.clock()?;
    let mut exchanges = Vec::new();
    for _ in 0..EXCHANGES {
        let left = clock::wall();
        let time = server.clock()?.body;
        let arrived = clock::wall();
        let received = time.received_at.unwrap_or(time.server_time);
        exchanges.push(Exchange { left, received, answered: time.server_time, arrived });
    }
    Ok(bound(&exchanges).unwrap_or(Measured { least: Span::ZERO, most: Span::ZERO, delay: Span::ZERO }))
}

/// Each exchange bounds the offset from both sides; the narrowest bounds of all count.
fn bound(exchanges: &[Exchange]) -> Option<Measured> {
    let least = exchanges.iter().map(|exchange| exchange.answered - exchange.arrived).max()?;
    let most = exchanges.iter().map(|exchange| exchange.received - exchange.left + RESOLUTION).min()?;
    let delay = exchanges.iter().map(|exchange| exchange.arrived - exchange.left).min()?;
    Some(Measured { least, most, delay })
}

impl Measured {
    /// Says how the server answers.
    pub(super) fn server(&self, url: &ServerUrl) -> String {
        format!("{url} answers in {} (best of {EXCHANGES})", text::fine(self.delay))
    }

    /// Says how wrong this machine's clock is.
    pub(super) fn finding(&self) -> Finding {
        if self.least > self.most {
            return Finding::warn(
                "clock",
                "this machine's clock jumped while it was measured",
                "run this again; if it stays so, look at what sets the clock (NTP)",
            );
        }
        // Rounded so that the interval that is shown holds the one that was measured.
        let middle = Span::from_micros(i64::midpoint(self.least.as_micros(), self.most.as_micros()));
        let middle = Span::from_millis(middle.as_millis());
        let half = -Span::from_millis((-magnitude(self.most - middle).max(magnitude(middle - self.least))).as_millis());
        let side = match middle.as_millis() {
            0 => "this machine agrees with the server".to_owned(),
            1.. => format!("this machine is {} behind the server", text::fine(middle)),
            _ => format!("this machine is {} ahead of the server", text::fine(-middle)),
        };
        let found = format!("{side}, ±{}", text::fine(half));
        // Only what is certain is a reason to complain: the whole interval lies outside.
        if self.least > TOLERATED || self.most < -TOLERATED {
            let remedy = "set this machine's clock (NTP); events do not depend on it, times shown to you do";
            Finding::warn("clock", found, remedy)
        } else {
            Finding::ok("clock", found)
        }
    }
}

fn magnitude(span: Span) -> Span {
    span.max(-span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    fn at(us: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000) + Span::from_micros(us)
    }

    fn exchange(left: i64, server: i64, arrived: i64) -> Exchange {
        Exchange { left: at(left), received: at(server), answered: at(server), arrived: at(arrived) }
    }

    #[test]
    fn the_best_bounds_of_several_exchanges_count() {
        // The machine is 100 ms behind; one way there is quick in the first exchange, the way back in the second.
        let measured = bound(&[exchange(0, 102_000, 22_000), exchange(50_000, 168_000, 70_000)]).unwrap();
        assert_eq!((measured.least, measured.most), (Span::from_millis(98), Span::from_millis(103)));
        assert_eq!(measured.delay, Span::from_millis(20));
        assert_eq!(measured.finding().found, "this machine is 100 ms behind the server, ±3 ms");
    }

    #[test]
    fn only_what_is_certain_is_a_warning() {
        let finding = |least, most| {
            Measured { least: Span::from_millis(least), most: Span::from_millis(most), delay: Span::ZERO }.finding()
        };
        assert_eq!(finding(1_500, 3_000).verdict, Verdict::Ok);
        let ahead = finding(-3_100, -2_900);
        assert_eq!(
            (ahead.verdict, ahead.found.as_str()),
            (Verdict::Warn, "this machine is 3000 ms ahead of the server, ±100 ms")
        );
        assert!(finding(10, -10).found.contains("jumped"));
    }
}
