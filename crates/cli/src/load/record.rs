//! What one viewer saw.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use downbeat_core::cueing::{self, CueKey};
use downbeat_core::fanout::Version;
use downbeat_core::session::{Effect, News};
use downbeat_core::{LocalTime, Seed, Session, Span};
use tokio::sync::watch;

use super::run::Phase;
use crate::clock;
use crate::viewing::{Act, Loss, Seen, Witness};

/// How late a cue may be to count as fired together with others: 1 s. Later ones fire for those who join.
const TOGETHER: Span = Span::from_millis(1_000);

/// How many firings one viewer remembers: 2,000, so that long runs stay within memory.
const FIRED_MAX: usize = 2_000;

/// What one viewer saw, in the order of time.
pub(crate) struct Record {
    phase: watch::Receiver<Phase>,
    seed: Seed,
    /// How long it is from one loss on purpose to the next, on average.
    drops_every: Option<Span>,
    drop_at: Option<LocalTime>,
    joined: Arc<AtomicUsize>,
    /// Each try for a socket.
    pub(crate) tries: Vec<Try>,
    /// When which cue fired.
    pub(crate) fired: Vec<(CueKey, LocalTime)>,
    pub(crate) counts: Counts,
    /// The state that the session had last.
    pub(crate) known: Option<Version>,
}

/// One try for a socket, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Try {
    pub(crate) asked: LocalTime,
    /// The state that came on joining; nothing if none did.
    pub(crate) joined: Option<Joined>,
    /// What came after that.
    pub(crate) pushes: Vec<(Version, LocalTime)>,
    pub(crate) lost: Option<(LocalTime, Loss)>,
}

/// The first state through a socket.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    pub(crate) at: LocalTime,
    pub(crate) hub: u16,
    pub(crate) version: Version,
}

/// What is only counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) questions: u64,
    pub(crate) failures: u64,
    pub(crate) pings: u64,
    pub(crate) pongs: u64,
    pub(crate) acks: u64,
    /// How often the state went back to a lower revision of the same life, which must never happen.
    pub(crate) went_back: u64,
}

impl Record {
    /// Returns an empty record. `joined` counts the viewers who have a socket, all records together.
    pub(crate) fn new(
        phase: watch::Receiver<Phase>,
        drops_every: Option<Span>,
        seed: Seed,
        joined: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            phase,
            seed,
            drops_every,
            drop_at: None,
            joined,
            tries: Vec::new(),
            fired: Vec::new(),
            counts: Counts::default(),
            known: None,
        }
    }

    /// Returns the socket that is open in the end.
    pub(crate) fn open(&self) -> Option<&Joined> {
        self.tries.last().filter(|last| last.lost.is_none())?.joined.as_ref()
    }

    fn plan_drop(&mut self) {
        let wait = self.drops_every.map(|every| self.seed.span_below(every + every));
        self.drop_at = wait.map(|wait| clock::monotonic() + wait);
    }

    fn handle_push(&mut self, news: &News, hub: u16, now: LocalTime) {
        let version = Version { epoch: news.epoch.clone(), rev: news.rev };
        let Some(last) = self.tries.last_mut() else { return };
        if last.joined.is_none() {
            last.joined = Some(Joined { at: now, hub, version });
            self.joined.fetch_add(1, Ordering::Relaxed);
        } else {
            last.pushes.push((version, now));
        }
    }

    fn handle_loss(&mut self, loss: &Loss, now: LocalTime) {
        let Some(last) = self.tries.last_mut().filter(|last| last.lost.is_none()) else { return };
        last.lost = Some((now, loss.clone()));
        if last.joined.is_some() {
            self.joined.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn handle_state(&mut self, session: &Session) {
        let Some(news) = session.state() else { return };
        let version = Version { epoch: news.epoch.clone(), rev: news.rev };
        let is_back = |known: &Version| known.epoch == version.epoch && known.rev > version.rev;
        self.counts.went_back += u64::from(self.known.as_ref().is_some_and(is_back));
        self.known = Some(version);
    }

    fn handle_cue(&mut self, cue: &cueing::Effect, now: LocalTime) {
        let (cueing::Effect::Fire { cue, timing, .. } | cueing::Effect::Enter { cue, timing, .. }) = cue else {
            return;
        };
        if timing.lateness <= TOGETHER && self.fired.len() < FIRED_MAX {
            self.fired.push((cue.key, now));
        }
    }
}

impl Witness for Record {
    fn witness(&mut self, seen: Seen<'_>, session: &Session, now: LocalTime) {
        match seen {
            Seen::Asked => self.counts.questions += 1,
            Seen::Failed => self.counts.failures += 1,
            Seen::Opening => self.tries.push(Try { asked: now, joined: None, pushes: Vec::new(), lost: None }),
            Seen::Pushed(told, hub) => self.handle_push(&told.news, hub, now),
            Seen::Lost(loss) => self.handle_loss(loss, now),
            Seen::Pinged => self.counts.pings += 1,
            Seen::Ponged => self.counts.pongs += 1,
            Seen::Acked => self.counts.acks += 1,
            Seen::Effect(Effect::State { .. }) => self.handle_state(session),
            Seen::Effect(Effect::Cue(cue)) => self.handle_cue(cue, now),
            Seen::Effect(_) | Seen::Answered(_) | Seen::Rundown(_) => {}
        }
    }

    async fn wanted(&mut self, _: &Session) -> Act {
        let drop_at = self.drop_at.map(clock::instant);
        let time_to_drop = async {
            match drop_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let changed = tokio::select! {
            changed = self.phase.changed() => Some(changed),
            () = time_to_drop => None,
        };
        match changed.map(|changed| changed.map(|()| *self.phase.borrow_and_update())) {
            Some(Err(_) | Ok(Phase::Over)) => Act::Leave,
            Some(Ok(Phase::Watching)) => {
                self.plan_drop();
                Act::Look
            }
            Some(Ok(Phase::Arriving)) => Act::Look,
            None => {
                self.plan_drop();
                Act::Drop
            }
        }
    }
}

#[cfg(test)]
impl Record {
    /// Returns the record of a viewer who saw nothing but these.
    pub(crate) fn of_tries(tries: Vec<Try>) -> Self {
        let (_, phase) = watch::channel(Phase::Arriving);
        Self { tries, ..Self::new(phase, None, Seed::new(1), Arc::default()) }
    }
}
