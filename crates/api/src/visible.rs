//! Reading the public URL back until viewers can see a change.

use downbeat_core::{Epoch, EventName, Rev, ServerTime, Span};
use downbeat_wire::StatusWord;
use serde::Serialize;

use crate::client::Client;
use crate::clock::ServerClock;
use crate::polling::Polling;

/// What the public URL showed of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Visibility {
    /// How long after the call began the change was seen, or waiting for it ended.
    pub ms: Span,
    /// The revision seen last; `None` if none was seen.
    pub rev: Option<Rev>,
    /// The status seen last; `None` if none was seen, or where it is not asked for.
    pub status: Option<StatusWord>,
    /// Whether the change was seen.
    pub seen: bool,
    /// The clock to which viewers are aligned, by the last answer.
    #[serde(skip)]
    pub clock: Option<ServerClock>,
}

/// What is to be seen of a change.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The epoch of the event.
    pub epoch: &'a Epoch,
    /// The revision that the change has made. A later one is somebody else's, and counts as well.
    pub rev: Rev,
    /// The status that the event has with it; `None` for any.
    pub status: Option<StatusWord>,
}

impl Visibility {
    /// Returns what was seen by one who asked neither for the status nor for the time.
    pub const fn of_rev(ms: Span, rev: Option<Rev>, seen: bool) -> Self {
        Self { ms, rev, status: None, seen, clock: None }
    }

    /// Returns how much later than it should a change takes effect, by the clock that viewers have, whose answer arrived
    /// when `answer` says. It is to take effect `lead` after the server received it, or at `asked` if that is later.
    /// Negative or zero for a change that is on time; `None` without a clock.
    pub fn lateness(
        &self,
        effective_at: ServerTime,
        asked: Option<ServerTime>,
        lead: Span,
        answer: &ServerClock,
    ) -> Option<Span> {
        let latest = self.clock?.latest_at(answer.received().local) + lead;
        Some(effective_at - asked.map_or(latest, |asked| asked.max(latest)))
    }
}

impl Expected<'_> {
    fn is_shown(&self, epoch: Option<&Epoch>, rev: Rev, status: StatusWord) -> bool {
        let is_status = self.status.is_none_or(|expected| expected == status);
        epoch == Some(self.epoch) && self.rev.is_valid() && (rev > self.rev || rev == self.rev && is_status)
    }
}

impl Client {
    /// Requests the event's time until it shows `rev` or a later revision of `epoch`, for `timeout` at most.
    pub async fn wait_until_visible(&self, event: &EventName, epoch: &Epoch, rev: Rev, timeout: Span) -> Visibility {
        self.wait_until_shown(event, Expected { epoch, rev, status: None }, timeout).await
    }

    /// Requests the event's time until it shows what is `expected`, for `timeout` at most.
    pub async fn wait_until_shown(&self, event: &EventName, expected: Expected<'_>, timeout: Span) -> Visibility {
        let mut polling = Polling::new(timeout);
        let mut seen = Visibility::of_rev(Span::ZERO, None, false);
        loop {
            if let Ok(response) = self.with_timeout(polling.left()).time(event).await {
                let time = response.body;
                seen.rev = Some(time.rev);
                seen.status = Some(time.status);
                seen.clock = Some(response.clock);
                seen.seen = expected.is_shown(time.epoch.as_ref(), time.rev, time.status);
            }
            seen.ms = polling.elapsed();
            if seen.seen || !polling.pause().await {
                return Visibility { ms: polling.elapsed(), ..seen };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use downbeat_core::LocalTime;

    const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn ms(ms: i64) -> Span {
        Span::from_millis(ms)
    }

    fn clock(server: ServerTime, sent: i64, received: i64) -> ServerClock {
        let moment = |ms: i64| Moment { local: LocalTime::from_micros(ms * 1_000), wall: NOW };
        ServerClock::new(server, moment(sent), moment(received))
    }

    #[test]
    fn a_pause_that_takes_effect_in_an_hour_is_late_by_an_hour() {
        // The command was answered 1 s ago; the public URL has just answered, within 40 ms.
        let seen = Visibility { clock: Some(clock(NOW, 960, 1_000)), ..Visibility::of_rev(ms(0), None, true) };
        let lateness = |effective_at, asked| {
            // What the answer says of the time does not count: it is what may be wrong.
            seen.lateness(effective_at, asked, ms(500), &clock(NOW + ms(3_600_000), -20, 0)).unwrap().as_millis()
        };
        assert_eq!(lateness(NOW - ms(500), None), -40);
        assert_eq!(lateness(NOW - ms(500) + ms(3_600_000), None), 3_600_000 - 40);
        assert_eq!(lateness(NOW + ms(600_000), Some(NOW + ms(600_000))), 0);
        assert_eq!(Visibility::of_rev(ms(0), None, true).lateness(NOW, None, ms(0), &clock(NOW, 0, 0)), None);
    }

    #[test]
    fn a_revision_alone_is_not_the_status() {
        let epoch: Epoch = "k3v9x2m4".parse().unwrap();
        let expected = Expected { epoch: &epoch, rev: Rev::new(5), status: Some(StatusWord::Paused) };
        let is_shown = |rev, status| expected.is_shown(Some(&epoch), Rev::new(rev), status);
        assert!(is_shown(5, StatusWord::Paused) && !is_shown(5, StatusWord::Running));
        assert!(!is_shown(4, StatusWord::Paused) && is_shown(6, StatusWord::Running));
        assert!(!expected.is_shown(Some(&"other".parse().unwrap()), Rev::new(6), StatusWord::Paused));
        assert!(!expected.is_shown(None, Rev::new(6), StatusWord::Paused));
    }
}
