//! Doing what is due, and telling the shell what has changed.

use super::dispute::Channel;
use super::line::Knowledge;
use super::loading::Fetch;
use super::{Ack, Connection, Effect, Failure, Lack, NoPush, Request, Session};
use crate::clock::{Due, Reading};
use crate::name::Rev;
use crate::order::earliest;
use crate::time::{LocalTime, ServerTime, Span};

/// The greatest bound that is told: a minute. A clock that may be as wrong as this, or more, is of no use to anyone.
const BOUND_MAX: Span = Span::from_millis(60_000);

impl Session {
    /// Returns the next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop().or_else(|| self.cueing.poll_effect().map(Effect::Cue))
    }

    /// Returns the instant at which to tick next; a past one means now.
    pub fn next_deadline(&self) -> LocalTime {
        let changes = self.sent.valid.and_then(|(_, until)| until);
        let ack = self.ack.filter(|(_, ack)| *ack == Ack::Known).and(self.snapshot.effective_at);
        let server = earliest(&[self.cueing.next_deadline(), changes, ack]);
        let local = server.and_then(|instant| self.local_time(instant));
        let request = self.schedule.deadline();
        let question = self.snapshot.reports.deadline();
        earliest(&[local, self.loading.deadline(), self.line.deadline(), question, Some(request)]).unwrap_or(request)
    }

    /// Does whatever is due: requests, fetches, cues, and reporting changes to the shell.
    pub(super) fn advance(&mut self, now: LocalTime) {
        self.clock.handle_reading(now);
        if self.snapshot.reports.poll(now) {
            self.schedule.handle_doubt(now);
            self.line.socket.handle_doubt(now);
        }
        let asks_time = self.line.advance(now, &mut self.effects);
        if asks_time && self.schedule.in_flight().is_none() {
            self.schedule.handle_doubt(now);
        }
        // The status is polled while there is no socket.
        let closed = if self.line.socket.is_open() { Channel::Status } else { Channel::Socket };
        self.snapshot.reports.close(closed);
        self.request_time(now);
        // A change that has taken effect is acknowledged through the socket that asked for it, if that is still open.
        self.ack = self.ack.filter(|_| self.line.socket.is_open());
        if let Some(Fetch { digest, failures }) = self.loading.poll(now) {
            self.effects.push(Effect::LoadRundown { digest, failures });
        }
        self.choose_clock(now);
        let reading = self.reading(now);
        if let Some(reading) = reading {
            self.follow(reading, now);
        }
        let knowledge = match (reading, &self.snapshot.news) {
            (Some(_), Some(_)) if self.is_unverified() => Knowledge::Unverified,
            (Some(_), Some(_)) => Knowledge::Complete,
            _ => Knowledge::Incomplete,
        };
        let connection = match self.line.connection(knowledge).lacking(self.lack()) {
            Connection::Live | Connection::Polling(_) | Connection::Lacking(..)
                if self.snapshot.reports.shows_dispute(now) =>
            {
                Connection::Polling(NoPush::Disputed)
            }
            connection => connection,
        };
        if self.sent.connection != connection {
            self.sent.connection = connection;
            self.effects.push(Effect::Connection(connection));
        }
    }

    /// Returns what is missing although changes are received.
    fn lack(&self) -> Option<Lack> {
        let lacks_rundown = self.loading.has_failed().then_some(Lack::Rundown);
        self.line.is_time_stale.then_some(Lack::Time).or(lacks_rundown)
    }

    /// Sends the request for the time that is due, or aborts the one that got no answer.
    fn request_time(&mut self, now: LocalTime) {
        match self.schedule.poll(now) {
            Some(Due::RequestTime { .. }) => {
                let lacks = self.missed || self.snapshot.lacks_details() || self.snapshot.reports.is_disputed();
                self.effects.push(Effect::Request(if lacks { Request::State } else { Request::Time }));
            }
            Some(Due::AbortRequest) => {
                self.line.fail(Request::Time, Failure::Timeout, now);
                self.snapshot.reports.close(Channel::Time);
                self.effects.push(Effect::AbortRequest);
            }
            None => {}
        }
    }

    /// Follows the event to the server's time: status, message, cues, and the acknowledgement of a change in effect.
    fn follow(&mut self, reading: Reading, now: LocalTime) {
        self.refresh_status(reading.time);
        self.cueing.handle_tick(reading.time, reading.bound);
        self.acknowledge(reading, now);
    }

    /// Acknowledges a change that has taken effect, or says once that another state is followed.
    fn acknowledge(&mut self, reading: Reading, now: LocalTime) {
        let takes_effect = self.snapshot.effective_at.is_none_or(|effective_at| effective_at <= reading.time);
        let rev = match self.ack {
            Some((rev, Ack::Known)) if takes_effect => {
                self.ack = None;
                rev
            }
            Some((rev, Ack::Disputed)) if self.snapshot.reports.shows_dispute(now) => {
                self.ack = Some((rev, Ack::Told));
                Rev::default()
            }
            _ => return,
        };
        let (applied_at, bound) = (reading.time, reading.bound.min(BOUND_MAX));
        self.effects.push(Effect::Ack { rev, applied_at, bound, lacks_rundown: self.loading.has_failed() });
    }

    /// Reports status and message to the shell if they changed by `at`.
    fn refresh_status(&mut self, at: ServerTime) {
        let Some(news) = &self.snapshot.news else { return };
        let covers =
            |(since, until): (ServerTime, Option<ServerTime>)| since <= at && until.is_none_or(|until| at < until);
        if self.sent.valid.is_some_and(covers) {
            return;
        }
        let is_new = self.sent.valid.is_none();
        let changed_at = self.sent.valid.and_then(|(_, until)| until);
        self.sent.valid = Some((at, news.next_change(at)));
        let (status, message) = (news.status(at), news.message(at));
        // An index means another message in another state, so a new state reports it again; a short one has no
        // messages. It comes before the status: a page that leaves when the event is paused has seen why.
        if news.details.is_some() && (core::mem::replace(&mut self.sent.message, message) != message || is_new) {
            self.effects.push(Effect::Message(message));
        }
        let before = self.sent.status.replace(status);
        if before != Some(status) {
            let late = changed_at.map_or(self.lateness, |changed_at| at - changed_at);
            let lateness = before.map_or(Span::ZERO, |_| late.max(Span::ZERO));
            self.effects.push(Effect::Status { status, lateness });
        }
    }
}
