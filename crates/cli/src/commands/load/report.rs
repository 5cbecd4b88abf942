//! The figures of a run, as people and programs read them.

use std::collections::BTreeSet;
use std::fmt;

use downbeat_core::cueing::CueKey;
use downbeat_core::{Command, LocalTime, ServerTime, Session, Span};
use serde_json::{Map, Value, json};

use crate::columns::Columns;
use crate::exit::Exit;
use crate::load::cue_spread::Spread;
use crate::load::distribution::{Distribution, HEAD};
use crate::load::record::Record;
use crate::load::run::{Crowd, Paused, Plan};
use crate::load::summary::{Change, Judgement};
use crate::output::{Failure, Report, members};
use crate::text::{self, Table};

/// What a run found.
pub(crate) struct Loaded {
    place: Map<String, Value>,
    screen: Table,
    plan: Plan,
    settled: Span,
    judgement: Judgement,
    spread: Spread,
    following: usize,
    pause: Option<Pause>,
    /// The most memory that the process had, in bytes, where the system says.
    memory: Option<u64>,
    resume: String,
}

/// When a pause was sent, decided and effective, by this machine's clock.
struct Pause {
    paused: Paused,
    decided: Option<LocalTime>,
    effective: Option<LocalTime>,
    /// How many heard it after its effect.
    late: usize,
}

impl Loaded {
    /// Judges what a crowd saw. `screen` says where it was; `resume` takes the pause back.
    pub(crate) fn of(
        crowd: Crowd,
        jittered: &BTreeSet<CueKey>,
        place: Map<String, Value>,
        screen: Table,
        resume: String,
    ) -> Self {
        let records: Vec<&Record> = crowd.viewers.iter().map(|(_, record)| record).collect();
        let judgement = Judgement::of(&records, crowd.over);
        let spread = Spread::of(records.iter().copied(), jittered);
        let sessions = crowd.viewers.iter().map(|(session, _)| session);
        let best = sessions.min_by_key(|session| session.reading(crowd.over).map_or(FAR, |reading| reading.bound));
        let pause = crowd.paused.map(|paused| Pause::of(paused, best, &records));
        let Crowd { plan, settled, following, .. } = crowd;
        Self { place, screen, plan, settled, judgement, spread, following, pause, memory: memory(), resume }
    }

    fn everybody(&self) -> usize {
        self.plan.viewers as usize
    }

    /// Returns the change that the pause made.
    fn change_of(&self, pause: &Pause) -> Option<&Change> {
        let answer = &pause.paused.answer;
        let is_it = |change: &&Change| change.version.rev == answer.rev && change.version.epoch == answer.state.epoch;
        self.judgement.changes.iter().find(is_it)
    }

    fn is_pause(&self, change: &Change) -> bool {
        let pause = self.pause.as_ref().and_then(|pause| self.change_of(pause));
        pause.is_some_and(|paused| paused.version == change.version)
    }
}

/// Longer than any bound.
const FAR: Span = Span::from_micros(i64::MAX);

impl Pause {
    fn of(paused: Paused, clock: Option<&Session>, records: &[&Record]) -> Self {
        let local = |at: ServerTime| clock.and_then(|session| session.local_time(at));
        let effective_at = paused.answer.effective_at;
        let effective = local(effective_at);
        let rev = paused.answer.rev;
        let pushes = records.iter().flat_map(|record| &record.tries).flat_map(|one| &one.pushes);
        let is_late = |at: LocalTime| effective.is_some_and(|effective| at > effective);
        let late = pushes.filter(|(version, at)| version.rev == rev && is_late(*at)).count();
        let decided = local(effective_at - Command::Pause { message: None }.lead());
        Self { paused, decided, effective, late }
    }

    /// Returns what latencies count from, each with its name.
    fn origins(&self) -> impl Iterator<Item = (&'static str, &'static str, LocalTime)> {
        let sent = ("afterSent", "after it was sent", Some(self.paused.sent));
        let decided = ("afterDecided", "after the event decided", self.decided);
        let answered = ("afterAnswered", "after it was answered", Some(self.paused.answered));
        let effective = ("afterEffect", "after its effect", self.effective);
        [sent, decided, answered, effective].into_iter().filter_map(|(name, label, at)| Some((name, label, at?)))
    }
}

impl Report for Loaded {
    fn json(&self) -> Map<String, Value> {
        let Self { judgement, spread, plan, .. } = self;
        let counts = judgement.counts;
        let distribution = |of: Option<&Distribution>| of.map(Distribution::json);
        let changes: Vec<Value> = judgement.changes.iter().map(|change| self.change_json(change)).collect();
        let losses: Map<String, Value> =
            judgement.losses.iter().map(|(loss, count)| (loss.to_string(), json!(count))).collect();
        let mut json = self.place.clone();
        json.extend(members(json!({
            "viewers": plan.viewers,
            "arrival": plan.arrival,
            "settled": self.settled,
            "duration": plan.duration,
            "churn": plan.churn,
            "sockets": judgement.open(),
            "byHub": judgement.by_hub.iter().map(|(hub, sockets)| json!({ "hub": hub, "sockets": sockets })).collect::<Vec<_>>(),
            "connected": distribution(judgement.connected.as_ref()),
            "changes": changes,
            "behind": judgement.behind,
            "wentBack": counts.went_back,
            "cues": {
                "followed": self.following, "fired": spread.fired, "apart": distribution(spread.apart.as_ref()),
            },
            "reconnects": {
                "lost": losses, "back": distribution(judgement.back.as_ref()), "busiestSecond": judgement.busiest,
                "away": judgement.away,
            },
            "questions": counts.questions,
            "failures": counts.failures,
            "pings": counts.pings,
            "pongs": counts.pongs,
            "acks": counts.acks,
            "memory": self.memory,
            "undo": self.pause.as_ref().map(|_| &self.resume),
        })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let judgement = &self.judgement;
        let mut screen = self.screen.clone();
        screen.line("viewers", self.told_sockets());
        for change in &judgement.changes {
            screen.line(if self.is_pause(change) { "pause" } else { "change" }, told_change(change));
        }
        if let Some(pause) = self.pause.as_ref().filter(|pause| self.change_of(pause).is_none()) {
            screen.line("pause", format!("rev {}: nobody heard it through a socket", pause.paused.answer.rev));
        }
        if let Some(Pause { late, .. }) = self.pause.as_ref().filter(|pause| pause.late > 0) {
            screen.line("", format!("{} heard it after its effect", thousands(*late)));
        }
        screen.line("in the end", told_end(judgement));
        screen.line("cues", self.told_cues());
        screen.line("lost", told_losses(judgement));
        if judgement.back.is_some() || judgement.away > 0 {
            screen.line("came back", told_returns(judgement));
        }
        let counts = judgement.counts;
        screen.line(
            "besides",
            format!(
                "{} questions ({} without an answer), {} pings ({} answered), {} acks",
                thousands(counts.questions as usize),
                thousands(counts.failures as usize),
                thousands(counts.pings as usize),
                thousands(counts.pongs as usize),
                thousands(counts.acks as usize)
            ),
        );
        if let Some(memory) = self.memory {
            let each = memory / u64::from(self.plan.viewers.max(1)) / 1_024;
            screen.line("memory", format!("{} MiB at most, {each} KiB a viewer", memory >> 20));
        }
        writeln!(f, "{screen}\n{}", self.latencies())?;
        if self.pause.is_some() {
            writeln!(f, "the event is held now; go on with: {}", self.resume)?;
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = self.pause.as_ref().and_then(|pause| Some((pause, self.change_of(pause)?)));
        match change {
            Some((pause, change)) => {
                let [first, median, p99, last] = change.after_first.moved(change.first_at - pause.paused.sent).cells();
                let (heard, expected) = (thousands(change.heard), thousands(change.expected));
                writeln!(f, "{heard} of {expected} heard it after {first}, {median}, {p99}, {last}")
            }
            None => writeln!(f, "{}", self.told_sockets()),
        }
    }

    fn failure(&self) -> Option<Failure> {
        let missed: usize = self.judgement.changes.iter().map(|change| change.missed).sum();
        let message = match (self.judgement.faults(), self.judgement.connected) {
            (0, Some(_)) => return None,
            (0, None) => "no viewer got a socket".to_owned(),
            (_, _) if missed > 0 => format!("changes were missed {} times", thousands(missed)),
            (faults, _) => format!("states went back {} times", thousands(faults as usize)),
        };
        Some(Failure { exit: Exit::Network, code: "load", message })
    }
}

impl Loaded {
    fn change_json(&self, change: &Change) -> Value {
        let after = |from: LocalTime| change.after_first.moved(change.first_at - from).json();
        let mut json = members(json!({
            "rev": change.version.rev,
            "epoch": change.version.epoch,
            "expected": change.expected,
            "heard": change.heard,
            "missed": change.missed,
            "cutOff": change.cut_off,
            "duplicate": change.twice,
            "outOfOrder": change.out_of_order,
            "afterFirst": change.after_first.json(),
        }));
        if let Some(pause) = self.pause.as_ref().filter(|_| self.is_pause(change)) {
            json.extend(members(json!({
                "command": "pause", "delivery": pause.paused.answer.delivery, "afterItsEffect": pause.late,
            })));
            json.extend(pause.origins().map(|(name, _, from)| (name.to_owned(), after(from))));
        }
        json.into()
    }

    fn told_sockets(&self) -> String {
        let judgement = &self.judgement;
        let hubs: Vec<String> =
            judgement.by_hub.iter().map(|(hub, count)| format!("hub {hub}: {}", thousands(*count))).collect();
        format!(
            "{} of {} have a socket in the end, {} after the beginning; {}",
            thousands(judgement.open()),
            thousands(self.everybody()),
            text::span(self.settled + self.plan.duration),
            if hubs.is_empty() { "no hub".to_owned() } else { hubs.join(", ") }
        )
    }

    fn told_cues(&self) -> String {
        let Spread { fired, apart } = self.spread;
        let who = match self.following {
            following if following < self.everybody() => {
                format!(" at the {} viewers who followed them", thousands(following))
            }
            _ => String::new(),
        };
        match apart {
            Some(apart) => format!("{} fired{who}, {} of them together", thousands(fired), thousands(apart.count)),
            None if fired > 0 => format!("{} fired{who}", thousands(fired)),
            None => "none fired".to_owned(),
        }
    }

    /// Returns the table of what took how long.
    fn latencies(&self) -> Columns {
        let mut columns = Columns::default();
        let mut line = |label: String, cells: [String; 4]| {
            let [first, median, p99, last] = cells.map(|cell| format!("{cell:>WIDTH$}"));
            columns.line([label, first, median, p99, last]);
        };
        line(String::new(), HEAD.map(str::to_owned));
        let mut line = |label: String, of: &Distribution| line(label, of.cells());
        if let Some(connected) = &self.judgement.connected {
            line("connecting".to_owned(), connected);
        }
        for change in &self.judgement.changes {
            let rev = change.version.rev;
            match self.pause.as_ref().filter(|_| self.is_pause(change)) {
                Some(pause) => {
                    for (_, label, from) in pause.origins() {
                        line(format!("rev {rev} {label}"), &change.after_first.moved(change.first_at - from));
                    }
                }
                None => line(format!("rev {rev} after the first"), &change.after_first),
            }
        }
        if let Some(apart) = &self.spread.apart {
            line("the same cue apart".to_owned(), apart);
        }
        if let Some(back) = &self.judgement.back {
            line("back after a loss".to_owned(), back);
        }
        columns
    }
}

/// The width of a column of spans: `−−500.0 ms` fits.
const WIDTH: usize = 9;

fn told_change(change: &Change) -> String {
    let Change { version, expected, heard, missed, cut_off, twice, out_of_order, .. } = change;
    let mut told = format!("rev {}: heard by {} of {}", version.rev, thousands(*heard), thousands(*expected));
    for (count, what) in
        [(missed, "missed"), (cut_off, "cut off before"), (twice, "twice"), (out_of_order, "out of order")]
    {
        told.push_str(&format!(", {} {what}", thousands(*count)));
    }
    told
}

fn told_end(judgement: &Judgement) -> String {
    let back = match judgement.counts.went_back {
        0 => "no state ever went back".to_owned(),
        count => format!("states went back {} times", thousands(count as usize)),
    };
    match judgement.behind {
        0 => format!("everybody knows the newest state; {back}"),
        behind => format!("{} do not know the newest state; {back}", thousands(behind)),
    }
}

fn told_losses(judgement: &Judgement) -> String {
    let losses = judgement.losses.iter().map(|(loss, count)| format!("{} {loss}", thousands(*count)));
    let losses: Vec<String> = losses.collect();
    if losses.is_empty() { "no connection".to_owned() } else { losses.join(", ") }
}

fn told_returns(judgement: &Judgement) -> String {
    let back = judgement.back.map_or(0, |back| back.count);
    let away = match judgement.away {
        0 => String::new(),
        away => format!("; {} not yet", thousands(away)),
    };
    format!("{}, in the busiest second {}{away}", thousands(back), thousands(judgement.busiest))
}

fn thousands(count: usize) -> String {
    text::thousands(count as u64)
}

/// Returns the most memory this process had, in bytes; nothing where the system does not say.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
