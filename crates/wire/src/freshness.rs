//! Whether an answer with the server's time was made for the request that it answers.
//!
//! A cache between a client and the server may repeat an old answer, whose time is too early by as long as it was stored. Such
//! an answer is no evidence of the time. A request asks with a word of its own, the query parameter `t1`, which the server repeats.

use core::fmt;

use downbeat_core::{LocalTime, ServerTime, Span, words};

/// How far apart two requests must be for the same server time in both answers to prove a cache: 20 ms.
///
/// Reason: the server's time is in whole milliseconds, and it may read its clock once for requests that arrive together.
const MOVES: Span = Span::from_millis(20);

/// What shows that a cache gave an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheSign {
    /// The header `Age` says that the answer was stored.
    Age {
        /// How long ago the cache received it, in whole seconds.
        stored: Span,
    },
    /// The answer repeats the word of another request, or none although the server repeats them.
    OtherRequest,
    /// An answer to an earlier request has the same time, though this one was sent at least 20 ms after that answer had arrived;
    /// only where the server repeats no words.
    SameTime,
}

impl fmt::Display for CacheSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Age { stored } => write!(f, "its Age header says that it was stored {} ago", words::span(*stored)),
            Self::OtherRequest => f.write_str("it was made for another request"),
            Self::SameTime => f.write_str("its serverTime is that of an earlier answer"),
        }
    }
}

/// What is checked of an answer with the server's time.
#[derive(Clone, Copy, Debug)]
pub struct TimedAnswer<'a> {
    /// The word that the answer repeats.
    pub t1: Option<&'a str>,
    /// The value of the header `Age`, if the answer has one.
    pub age: Option<&'a str>,
    /// When the answer left the server, as it says.
    pub server_time: ServerTime,
    /// When the request was sent, by the monotonic clock of this machine.
    pub sent: LocalTime,
    /// When the answer arrived, by the same clock.
    pub arrived: LocalTime,
}

/// Checks the answers of one server, in the order in which they arrive. Requests may overlap.
///
/// ```
/// use downbeat_core::{LocalTime, ServerTime};
/// use downbeat_wire::freshness::{CacheSign, Freshness, TimedAnswer};
///
/// let mut freshness = Freshness::default();
/// let now = ServerTime::from_millis(1_704_067_200_000);
/// let (first, second) = (freshness.next_t1(now), freshness.next_t1(now));
/// let at = LocalTime::from_micros(0);
/// let answer = TimedAnswer { t1: Some(&first), age: None, server_time: now, sent: at, arrived: at };
/// assert_eq!(freshness.check(&first, &answer), Ok(()));
/// assert_eq!(freshness.check(&second, &answer), Err(CacheSign::OtherRequest));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Freshness {
    /// How many words were made.
    requests: u64,
    /// Whether the server has repeated a word. Servers before version 0.1 do not.
    repeats: bool,
    /// The time in the last fresh answer without a word, and when that arrived.
    last: Option<(ServerTime, LocalTime)>,
}

impl Freshness {
    /// Returns the `t1` of the next request: at most 24 letters, digits and dots, which no other request has. `wall` is this
    /// machine's wall clock, which may be wrong: it keeps the words of different runs apart.
    pub fn next_t1(&mut self, wall: ServerTime) -> String {
        let number = self.requests & 0xff_ffff;
        self.requests = self.requests.wrapping_add(1);
        format!("{:x}.{number:x}", wall.as_micros())
    }

    /// Checks an answer to the request that asked with `asked`.
    ///
    /// # Errors
    /// [`CacheSign`] if a cache gave it. The answer then says nothing about the time now.
    pub fn check(&mut self, asked: &str, answer: &TimedAnswer<'_>) -> Result<(), CacheSign> {
        // What is no number is from a cache too.
        let age = answer.age.map(|age| age.trim().parse::<u32>().unwrap_or(u32::MAX));
        if let Some(seconds) = age.filter(|seconds| *seconds > 0) {
            return Err(CacheSign::Age { stored: Span::from_millis(i64::from(seconds) * 1_000) });
        }
        match answer.t1 {
            Some(repeated) if repeated == asked => {
                // It was made for this request, whatever its time.
                self.repeats = true;
                return Ok(());
            }
            None if !self.repeats => {}
            _ => return Err(CacheSign::OtherRequest),
        }
        let last = self.last.filter(|(time, arrived)| *time == answer.server_time && answer.sent - *arrived >= MOVES);
        if last.is_some() {
            return Err(CacheSign::SameTime);
        }
        self.last = Some((answer.server_time, answer.arrived));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_t1;

    const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    /// An answer that left the server `server` ms after [`NOW`], to a request from `sent` to `arrived` ms of the local clock.
    fn answer(server: i64, sent: i64, arrived: i64) -> TimedAnswer<'static> {
        let local = |ms: i64| LocalTime::from_micros(ms * 1_000);
        let server_time = NOW + Span::from_millis(server);
        TimedAnswer { t1: None, age: None, server_time, sent: local(sent), arrived: local(arrived) }
    }

    #[test]
    fn each_request_has_a_word_that_the_server_repeats() {
        let mut freshness = Freshness { requests: u64::MAX - 1, ..Freshness::default() };
        let word = freshness.next_t1(ServerTime::from_millis(32_503_680_000_000));
        assert_eq!(parse_t1(&word), Some(word.as_str()));
        assert_ne!(freshness.next_t1(NOW), word);
    }

    #[test]
    fn an_age_is_from_a_cache_but_zero_is_from_now() {
        let mut freshness = Freshness::default();
        let aged = |age| TimedAnswer { age: Some(age), t1: Some("a"), ..answer(0, 0, 10) };
        assert_eq!(freshness.check("a", &aged("0")), Ok(()));
        let sign = freshness.check("a", &aged(" 90 ")).unwrap_err();
        assert_eq!(sign, CacheSign::Age { stored: Span::from_millis(90_000) });
        assert_eq!(sign.to_string(), "its Age header says that it was stored 1 min 30 s ago");
        assert!(freshness.check("a", &aged("a day")).is_err());
    }

    #[test]
    fn a_server_that_repeats_never_answers_without() {
        let mut freshness = Freshness::default();
        assert_eq!(freshness.check("a", &answer(0, 0, 10)), Ok(()), "a server of before does not repeat");
        let repeated = |t1| TimedAnswer { t1: Some(t1), ..answer(100, 100, 110) };
        assert_eq!(freshness.check("b", &repeated("b")), Ok(()));
        assert_eq!(freshness.check("c", &repeated("b")), Err(CacheSign::OtherRequest));
        assert_eq!(freshness.check("d", &answer(200, 200, 210)), Err(CacheSign::OtherRequest));
    }

    #[test]
    fn a_time_that_stands_while_this_machine_s_clock_runs_is_from_a_cache() {
        let mut freshness = Freshness::default();
        assert_eq!(freshness.check("a", &answer(0, 0, 10)), Ok(()));
        assert_eq!(freshness.check("b", &answer(0, 29, 31)), Ok(()), "both may have arrived in the same millisecond");
        assert_eq!(freshness.check("c", &answer(0, 40, 60)), Ok(()), "a request that overlaps says nothing");
        assert_eq!(freshness.check("d", &answer(0, 80, 82)), Err(CacheSign::SameTime));
        assert_eq!(freshness.check("e", &answer(90, 100, 110)), Ok(()));
    }
}
