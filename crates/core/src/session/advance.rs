//! What a session does on its own: it applies news, and emits what is due.

use super::Session;
use super::connection::Failure;
use super::effect::{Effect, Question};
use super::news::{News, Verdict};
use crate::clock::Due;
use crate::cueing::CueList;
use crate::time::{LocalTime, ServerTime, Span};

impl Session {
    /// Applies a state that an answer or a push brought, unless it is old.
    pub(super) fn apply_news(&mut self, news: News, now: LocalTime) {
        self.hand_in(&news, now);
        let is_first = self.known.news.is_none();
        let verdict = self.known.take(news);
        let reading = self.clock.reading(now);
        let Some(news) = self.known.news.as_ref().filter(|_| verdict != Verdict::Old) else { return };
        if verdict == Verdict::NewLife && !is_first {
            self.cueing.forget();
        }
        self.cueing.handle_timeline(news.timeline.clone());
        self.media.handle_timeline(&news.timeline);
        if self.loading.want(news.rundown, is_first, now) && news.rundown.is_none() {
            self.cueing.handle_rundown(CueList::default(), |_, _| false);
        }
        if let Some(details) = &news.details
            && self.line.socket.offer(details.pushes, now)
        {
            self.effects.push(Effect::CloseSocket);
        }
        if verdict != Verdict::Completes {
            let late = reading.zip(self.known.effective_at).map(|(reading, effective_at)| reading.time - effective_at);
            self.lateness = late.unwrap_or(Span::ZERO).max(Span::ZERO);
            self.ack = None;
        }
        self.last_sent.checked = None;
        self.effects.push(Effect::State { lateness: self.lateness });
    }

    /// Emits the effects that are due: requests, fetches, cues, and what changed for the shell.
    pub(super) fn advance(&mut self, now: LocalTime) {
        match self.schedule.poll(now) {
            Some(Due::Ask { .. }) => {
                let lacks = self.missed || self.known.lacks_details();
                let question = if lacks { Question::State } else { Question::Time };
                self.effects.push(Effect::Ask(question));
            }
            Some(Due::GiveUp) => {
                self.line.fail(Question::Time, Failure::Timeout);
                self.effects.push(Effect::GiveUp);
            }
            None => {}
        }
        self.line.advance(now, &mut self.effects);
        // A change is acknowledged through the socket that asked for it, if that is still open.
        self.ack = self.ack.filter(|_| self.line.socket.is_open());
        if let Some(digest) = self.loading.poll(now) {
            self.effects.push(Effect::LoadRundown(digest));
        }
        let reading = self.clock.reading(now);
        if let Some(reading) = reading {
            self.refresh_status(reading.time);
            self.cueing.handle_tick(reading.time, reading.bound);
            let takes_effect = self.known.effective_at.is_none_or(|effective_at| effective_at <= reading.time);
            if let Some(rev) = self.ack.take_if(|_| takes_effect) {
                self.effects.push(Effect::Ack { rev, applied_at: reading.time });
            }
        }
        let connection = self.line.connection(reading.is_some() && self.known.news.is_some());
        if self.last_sent.connection != connection {
            self.last_sent.connection = connection;
            self.effects.push(Effect::Connection(connection));
        }
    }

    /// Emits status and message if they changed by `at`.
    fn refresh_status(&mut self, at: ServerTime) {
        let Some(news) = &self.known.news else { return };
        let stays =
            |(since, until): (ServerTime, Option<ServerTime>)| since <= at && until.is_none_or(|until| at < until);
        if self.last_sent.checked.is_some_and(stays) {
            return;
        }
        let is_new = self.last_sent.checked.is_none();
        let turned = self.last_sent.checked.and_then(|(_, until)| until);
        self.last_sent.checked = Some((at, news.next_change(at)));
        let (status, message) = (news.status(at), news.message(at));
        let before = self.last_sent.status.replace(status);
        if before != Some(status) {
            let late = turned.map_or(self.lateness, |turned| at - turned);
            let lateness = before.map_or(Span::ZERO, |_| late.max(Span::ZERO));
            self.effects.push(Effect::Status { status, lateness });
        }
        // An index of a message belongs to its state, so a new state emits it again; a short answer has no messages.
        if news.details.is_none() {
            return;
        }
        if core::mem::replace(&mut self.last_sent.message, message) != message || is_new {
            self.effects.push(Effect::Message(message));
        }
    }
}
