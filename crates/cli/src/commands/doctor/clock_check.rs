//! How wrong this machine's clock is, as an interval that holds whatever the network does.

use downbeat_api::ServerUrl;
use downbeat_api::measurement::Measurement;
use downbeat_core::Span;

use super::Finding;
use crate::text;

/// How often the server is asked: 8 times, of which the best bounds count.
pub(super) const PROBES: u16 = 8;

/// How wrong a clock may be before a remark: 2 s.
///
/// Reason: this machine's clock decides nothing but a token's expiry; further off, people compare times in vain.
const TOLERATED: Span = Span::from_millis(2_000);

/// Says how the server answers.
pub(super) fn server(measured: &Measurement, url: &ServerUrl) -> Finding {
    let answers = measured.exchanges.len();
    let found = format!("{url} answers in {} (best of {answers})", text::fine(measured.spread.delay_least));
    match usize::from(measured.requests) - answers {
        0 => Finding::ok("server", found),
        lost => Finding::warn(
            "server",
            format!("{found}; {} had no answer", text::count(lost, "question")),
            "run this again; if it stays so, look at the network and at the worker's log (wrangler tail)",
        ),
    }
}

/// Says how wrong this machine's clock is.
pub(super) fn clock(measured: &Measurement) -> Finding {
    if measured.jumped {
        return Finding::warn(
            "clock",
            "this machine's clock jumped while it was measured",
            "run this again; if it stays so, look at what sets the clock (NTP)",
        );
    }
    let shown = measured.rounded(Span::from_millis(1));
    let is = if shown.offset == Span::ZERO { "" } else { "is " };
    let found = format!("this machine {is}{}, ±{}", text::clock_side(shown, text::fine), text::fine(shown.bound));
    // Only what is certain is a reason to complain: the whole interval lies outside.
    let (offset, bound) = (Span::from_micros(measured.estimate.offset.as_micros()), measured.estimate.bound);
    if offset - bound > TOLERATED || offset + bound < -TOLERATED {
        let remedy = "set this machine's clock (NTP); events do not depend on it, times shown to you do";
        Finding::warn("clock", found, remedy)
    } else {
        Finding::ok("clock", found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;
    use downbeat_core::clock::{Estimate, Offset, Skew, Spread};
    use downbeat_core::{LocalTime, ServerTime};

    fn measured(offset_ms: i64, bound_ms: i64) -> Measurement {
        let offset =
            Offset::between(ServerTime::from_millis(0) + Span::from_millis(offset_ms), LocalTime::from_micros(0));
        Measurement {
            requests: 1,
            exchanges: Vec::new(),
            estimate: Estimate { offset, bound: Span::from_millis(bound_ms), skew: Skew::ZERO },
            spread: Spread { delay_least: Span::ZERO, delay_median: Span::ZERO, jitter: Span::ZERO },
            jumped: false,
        }
    }

    #[test]
    fn the_clock_is_told_with_its_bound() {
        assert_eq!(clock(&measured(100, 3)).found, "this machine is 100 ms behind the server, ±3 ms");
        assert_eq!(clock(&measured(0, 1)).found, "this machine agrees with the server, ±1 ms");
    }

    #[test]
    fn only_what_is_certain_is_a_warning() {
        assert_eq!(clock(&measured(2_250, 750)).verdict, Verdict::Ok);
        let ahead = clock(&measured(-3_000, 100));
        assert_eq!(
            (ahead.verdict, ahead.found.as_str()),
            (Verdict::Warn, "this machine is 3000 ms ahead of the server, ±100 ms")
        );
        let jumped = Measurement { jumped: true, ..measured(0, 1) };
        assert!(clock(&jumped).found.contains("jumped"));
    }

    #[test]
    fn questions_without_an_answer_are_told() {
        let url = "http://127.0.0.1:1".parse().unwrap();
        let lost = Measurement { requests: 2, ..measured(0, 1) };
        let found = server(&lost, &url).found;
        assert_eq!(found, "http://127.0.0.1:1 answers in 0 ms (best of 0); 2 questions had no answer");
    }
}
