//! The server's answers and frames, read for the session.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use downbeat_core::session::{Details, News};
use downbeat_core::{EventTimeline, Timeline};
use downbeat_wire::{StateBody, StateFrame, TimeBody};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The most frames that are remembered: 32. A hub sends two texts for a change, and there are a few hubs.
const FRAMES_MAX: usize = 32;

/// A whole state: as the server sent it, and as the session reads it.
#[derive(Clone, Debug)]
pub struct FullState {
    /// The server's answer or frame.
    pub body: StateBody,
    /// The same for the session.
    pub news: News,
}

/// A state that came through a socket.
#[derive(Clone, Debug)]
pub(super) struct PushedState {
    pub(super) state: FullState,
    pub(super) hub: u16,
    /// Whether the hub asks for an acknowledgement.
    pub(super) ack: bool,
}

impl FullState {
    /// Reads a whole state; `None` if its timeline is invalid.
    pub(super) fn new(body: StateBody) -> Option<Self> {
        let details = Details {
            messages: body.messages.iter().map(|message| message.from).collect(),
            pushes: body.live_url.is_some(),
            replaces: body.replaces.clone(),
            confirmed: body.confirmed,
        };
        let news = News {
            epoch: body.epoch.clone(),
            rev: body.rev,
            timeline: body.timeline().ok()?,
            rundown: body.rundown,
            details: Some(details),
        };
        Some(Self { body, news })
    }
}

/// Reads the state in an answer of `/time`; `None` if the server does not know the state.
pub(super) fn short_state(time: TimeBody) -> Option<News> {
    Some(News {
        epoch: time.epoch?,
        rev: time.rev,
        timeline: EventTimeline::of_segments(Timeline::from_segments(time.timeline).ok()?, time.ended_at),
        rundown: time.rundown,
        details: None,
    })
}

/// Parses frames. A hub sends the same text to thousands of viewers, so each text is parsed once.
#[derive(Default)]
pub(super) struct FrameCache(Mutex<VecDeque<(Utf8Bytes, Option<Arc<PushedState>>)>>);

impl FrameCache {
    /// Returns the state in a frame; `None` if it contains no state.
    pub(super) fn parse(&self, text: &Utf8Bytes) -> Option<Arc<PushedState>> {
        let mut frames = self.0.lock().expect("nothing panics while it holds the frames");
        if let Some((_, pushed)) = frames.iter().find(|(known, _)| known == text) {
            return pushed.clone();
        }
        let pushed = parse(text).map(Arc::new);
        frames.truncate(FRAMES_MAX - 1);
        frames.push_front((text.clone(), pushed.clone()));
        pushed
    }
}

fn parse(text: &str) -> Option<PushedState> {
    let StateFrame { state, hub, ack, .. } = serde_json::from_str(text).ok()?;
    Some(PushedState { state: FullState::new(state)?, hub, ack })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str = include_str!("../../wire/fixtures/live-state.json");

    #[test]
    fn a_frame_contains_what_the_session_needs_and_is_parsed_once() {
        let frames = FrameCache::default();
        let text = Utf8Bytes::from(FRAME);
        let pushed = frames.parse(&text).unwrap();
        assert_eq!(pushed.state.news.rev, pushed.state.body.rev);
        assert!(pushed.state.news.details.as_ref().unwrap().pushes);
        assert!(Arc::ptr_eq(&pushed, &frames.parse(&text).unwrap()));
    }

    #[test]
    fn a_frame_without_a_state_is_ignored() {
        for text in ["", "{}", "[1]", r#"{"type":"state"}"#] {
            assert!(FrameCache::default().parse(&Utf8Bytes::from(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn frames_and_answers_of_version_1_are_read_as_the_state_that_they_say() {
        let pushed = FrameCache::default()
            .parse(&Utf8Bytes::from(include_str!("../../wire/fixtures/v1/answers/live-state.json")));
        let pushed = pushed.unwrap();
        let short = serde_json::from_str(include_str!("../../wire/fixtures/v1/answers/time-paused.json")).unwrap();
        let short = short_state(short).unwrap();
        for news in [&pushed.state.news, &short] {
            assert_eq!(news.rev.number(), 7);
            let held = news.timeline.segments().last().unwrap();
            assert_eq!((news.status(held.from).as_str(), news.position(held.from)), ("paused", held.position));
        }
        assert_eq!((pushed.hub, pushed.ack, short.rundown), (1, true, pushed.state.news.rundown));
    }

    #[test]
    fn an_answer_without_the_state_is_no_news() {
        let unknown = r#"{"serverTime":1704067200000,"status":"unknown","message":null}"#;
        assert_eq!(short_state(serde_json::from_str(unknown).unwrap()), None);
    }
}
