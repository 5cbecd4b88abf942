//! When a pause was sent, decided and effective, by this machine's clock.

use downbeat_core::{Command, LocalTime, ServerTime};
use downbeat_wire::CommandAnswer;

use super::run::Recording;

/// A pause that was sent while viewers watched.
#[derive(Clone, Debug)]
pub struct SentPause {
    /// When the command was sent, by [`clock::monotonic`](downbeat_api::clock::monotonic).
    pub sent: LocalTime,
    /// When the answer arrived.
    pub answered: LocalTime,
    /// The server's answer.
    pub answer: CommandAnswer,
}

/// When a pause was decided and took effect, and who received it late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseTiming {
    /// When the event decided; `None` if no viewer knows the server's time.
    pub decided: Option<LocalTime>,
    /// When it took effect; `None` if no viewer knows the server's time.
    pub effective: Option<LocalTime>,
    /// How often it was received after it took effect.
    pub late: usize,
}

impl Recording {
    /// Returns when `pause` was decided and effective by this machine's clock, as the viewer with the best clock knows it.
    pub fn pause_timing(&self, pause: &SentPause) -> PauseTiming {
        let clocks = self.viewers.iter().filter_map(|(session, _)| Some((session.reading(self.over)?.bound, session)));
        let best = clocks.min_by_key(|(bound, _)| *bound).map(|(_, session)| session);
        let local = |at: ServerTime| best.and_then(|session| session.local_time(at));
        let effective = local(pause.answer.effective_at);
        let rev = pause.answer.rev;
        let pushes = self.viewers.iter().flat_map(|(_, record)| &record.attempts).flat_map(|attempt| &attempt.pushes);
        let is_late = |at: LocalTime| effective.is_some_and(|effective| at > effective);
        let late = pushes.filter(|(version, at)| version.rev == rev && is_late(*at)).count();
        let decided = local(pause.answer.effective_at - Command::Pause { message: None }.lead());
        PauseTiming { decided, effective, late }
    }
}
