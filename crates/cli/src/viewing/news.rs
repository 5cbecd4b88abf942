//! What the server says, as a session takes it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use downbeat_core::Timeline;
use downbeat_core::session::{Details, News};
use downbeat_wire::{StateBody, StateFrame, TimeBody};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// How many texts of frames are remembered: 32. A hub sends two texts for a change, and there are a few hubs.
const FRAMES_MAX: usize = 32;

/// A state that came whole.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) state: StateBody,
    pub(crate) news: News,
}

/// A state that came through a socket.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) told: Told,
    pub(crate) hub: u16,
    pub(crate) ack: bool,
}

impl Told {
    /// Returns what a whole state says; nothing if its timeline is broken.
    pub(crate) fn of(state: StateBody) -> Option<Self> {
        let details = Details {
            starts_at: state.starts_at,
            messages: state.messages.iter().map(|message| message.from).collect(),
            pushes: state.live_url.is_some(),
        };
        let news = News {
            epoch: state.epoch.clone(),
            rev: state.rev,
            timeline: state.timeline().ok()?,
            ended_at: state.ended_at,
            rundown: state.rundown,
            details: Some(details),
        };
        Some(Self { state, news })
    }
}

/// Returns what the short answer says of the state; nothing if it does not know it.
pub(crate) fn short(time: TimeBody) -> Option<News> {
    Some(News {
        epoch: time.epoch?,
        rev: time.rev,
        timeline: Timeline::from_segments(time.timeline).ok()?,
        ended_at: time.ended_at,
        rundown: time.rundown,
        details: None,
    })
}

/// Reads frames. A hub sends the same text to thousands, so it is read once.
#[derive(Default)]
pub(crate) struct Frames(Mutex<VecDeque<(Utf8Bytes, Option<Arc<Pushed>>)>>);

impl Frames {
    /// Returns what a frame says; nothing if it is no state.
    pub(crate) fn read(&self, text: &Utf8Bytes) -> Option<Arc<Pushed>> {
        let mut frames = self.0.lock().expect("nothing panics while it holds the frames");
        if let Some((_, pushed)) = frames.iter().find(|(known, _)| known == text) {
            return pushed.clone();
        }
        let pushed = read(text).map(Arc::new);
        frames.truncate(FRAMES_MAX - 1);
        frames.push_front((text.clone(), pushed.clone()));
        pushed
    }
}

fn read(text: &str) -> Option<Pushed> {
    let StateFrame { state, hub, ack, .. } = serde_json::from_str(text).ok()?;
    Some(Pushed { told: Told::of(state)?, hub, ack })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str = include_str!("../../../wire/fixtures/live-state.json");

    #[test]
    fn a_pushed_state_says_what_the_session_needs() {
        let frames = Frames::default();
        let text = Utf8Bytes::from(FRAME);
        let pushed = frames.read(&text).unwrap();
        assert_eq!(pushed.told.news.rev, pushed.told.state.rev);
        assert!(pushed.told.news.details.as_ref().unwrap().pushes);
        assert!(Arc::ptr_eq(&pushed, &frames.read(&text).unwrap()));
    }

    #[test]
    fn what_is_no_state_says_nothing() {
        for text in ["", "{}", "[1]", r#"{"type":"state"}"#] {
            assert!(Frames::default().read(&Utf8Bytes::from(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn an_answer_that_does_not_know_the_state_says_nothing() {
        let unknown = r#"{"serverTime":1704067200000,"status":"unknown","message":null}"#;
        assert_eq!(short(serde_json::from_str(unknown).unwrap()), None);
    }
}
