//! A deliberately naive event: it walks from millisecond to millisecond and does what is due.
//!
//! It knows no segments and no formula. To take a change back it keeps a second world in which that change never came,
//! and lets it walk alongside. For a million histories it also leaps over the milliseconds in which nothing is due.

use std::collections::BTreeMap;

/// How the reference moves through time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Gait {
    /// From millisecond to millisecond.
    Steps,
    /// At once to the next millisecond in which something is due.
    Leaps,
}

/// What happens to the movement in a millisecond that was decided for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    Hold,
    Go,
    /// To this position, in milliseconds.
    Jump(i64),
    /// To this rate, in thousandths.
    Pace(i64),
    /// What an undo does: move by so many microseconds, then be held or not, at this rate.
    Restore {
        jump_us: i64,
        held: bool,
        pace: i64,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct World {
    now: i64,
    position_us: i64,
    held: bool,
    pace: i64,
    ends_at: Option<i64>,
    agenda: BTreeMap<i64, Step>,
}

impl World {
    /// A world in the millisecond `now`, whose event starts at `starts_at`.
    pub(crate) fn new(now: i64, starts_at: i64) -> Self {
        let position_us = (now - starts_at) * 1_000;
        Self { now, position_us, held: false, pace: 1_000, ends_at: None, agenda: BTreeMap::new() }
    }

    pub(crate) fn position_us(&self) -> i64 {
        self.position_us
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ends_at.is_some_and(|ends_at| ends_at <= self.now)
    }

    pub(crate) fn status(&self) -> &'static str {
        match self {
            _ if self.has_ended() => "ended",
            Self { held: true, .. } => "paused",
            Self { position_us: ..0, .. } => "scheduled",
            _ => "running",
        }
    }

    fn moves(&self) -> bool {
        !self.held && !self.has_ended()
    }

    /// What a viewer can see of the movement.
    fn movement(&self) -> (i64, i64) {
        (self.position_us, if self.moves() { self.pace } else { 0 })
    }

    /// Only time passes, `count` milliseconds of it: a step of the agenda is not done yet.
    fn drift(&mut self, count: i64) {
        if self.moves() {
            self.position_us += self.pace * count;
        }
        self.now += count;
    }

    /// Returns the number of milliseconds from now in which nothing is due.
    fn quiet(&self) -> i64 {
        let due = self.agenda.range(self.now + 1..).next().map(|(at, _)| *at);
        let ends_at = self.ends_at.filter(|ends_at| *ends_at > self.now);
        due.into_iter().chain(ends_at).min().map_or(i64::MAX, |due| due - self.now - 1)
    }

    fn tick(&mut self) {
        let moved = self.moves();
        self.drift(1);
        if moved && self.has_ended() {
            self.position_us = whole_millis(self.position_us);
        }
        if let Some(step) = self.agenda.remove(&self.now).filter(|_| !self.has_ended()) {
            self.step(step);
        }
    }

    fn step(&mut self, step: Step) {
        let (position_us, held, pace) = match step {
            Step::Hold => (self.position_us, true, self.pace),
            Step::Go => (self.position_us, false, self.pace),
            Step::Jump(ms) => (ms * 1_000, self.held, self.pace),
            Step::Pace(pace) => (self.position_us, self.held, pace),
            Step::Restore { jump_us, held, pace } => (self.position_us + jump_us, held, pace),
        };
        let pace_shows = !held && !self.held && pace != self.pace;
        // What is decided is in whole milliseconds; what changes nothing is no decision.
        if whole_millis(position_us) != whole_millis(self.position_us) || held != self.held || pace_shows {
            self.position_us = whole_millis(position_us);
        }
        (self.held, self.pace) = (held, pace);
    }

    /// Decides for `from`; whatever was decided for later falls away.
    fn decide(&mut self, from: i64, step: Step) {
        self.agenda.split_off(&from);
        self.agenda.insert(from, step);
    }
}

fn whole_millis(us: i64) -> i64 {
    us.div_euclid(1_000) * 1_000
}

/// What a command asks of the movement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Order {
    Decide(Step),
    Reschedule(i64),
    End,
    Reopen,
    Undo,
    /// A message or a rundown: the movement is none of its business.
    Other,
}

/// The first difference between the world and the one without the last change.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Parting {
    jump_us: i64,
    held: bool,
    pace: i64,
}

/// The world as it is, and as it would be without the last change.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) world: World,
    without: Option<World>,
    parting: Option<Parting>,
    gait: Gait,
}

impl Reference {
    pub(crate) fn new(world: World, gait: Gait) -> Self {
        Self { world, without: None, parting: None, gait }
    }

    fn tick(&mut self) {
        let just_before = self.without.as_ref().map(|without| {
            let mut without = without.clone();
            without.drift(1);
            without
        });
        let held = self.without.as_ref().is_some_and(|without| !without.moves());
        let pace = self.without.as_ref().map_or(0, |without| without.pace);
        self.world.tick();
        let (Some(without), Some(just_before)) = (&mut self.without, just_before) else { return };
        without.tick();
        if self.parting.is_none() && without.movement() != self.world.movement() {
            let jump_us = just_before.position_us - self.world.position_us;
            self.parting = Some(Parting { jump_us, held, pace });
        }
    }

    /// Walks on to the millisecond `until`.
    pub(crate) fn walk(&mut self, until: i64) {
        while self.world.now < until {
            match self.leap(until - self.world.now) {
                0 => self.tick(),
                count => {
                    self.world.drift(count);
                    self.without.iter_mut().for_each(|without| without.drift(count));
                }
            }
        }
    }

    /// Returns how far to leap, at most `most` milliseconds: up to where something is due in one of the worlds. The first
    /// difference of the two must not be missed.
    fn leap(&self, most: i64) -> i64 {
        let may_part = |without: &World| self.parting.is_none() && without.movement() != self.world.movement();
        if self.gait == Gait::Steps || self.without.as_ref().is_some_and(may_part) {
            return 0;
        }
        self.without.as_ref().map_or(i64::MAX, World::quiet).min(self.world.quiet()).min(most)
    }

    /// Returns whether an order that takes effect at `from` has to be refused.
    pub(crate) fn refuses(&self, order: Order, from: i64) -> bool {
        let now = self.world.now;
        let ended = self.world.ends_at.is_some_and(|ends_at| ends_at <= from);
        match order {
            Order::Decide(_) => ended,
            // An end so near that nobody could be told in time is as good as past.
            Order::End => ended && self.world.ends_at < Some(now + 2_000),
            Order::Reopen => self.world.ends_at.is_none(),
            Order::Reschedule(starts_at) => ended || self.world.position_us >= 0 || starts_at <= now,
            Order::Undo => self.without.is_none(),
            Order::Other => false,
        }
    }

    /// Carries out an order that takes effect at `from`.
    pub(crate) fn order(&mut self, order: Order, from: i64) {
        let before = self.world.clone();
        match order {
            Order::Decide(step) => self.world.decide(from, step),
            Order::Reschedule(starts_at) => self.world = World::new(self.world.now, starts_at),
            Order::End => self.world.ends_at = Some(from),
            Order::Reopen => self.reopen(from),
            Order::Undo => self.undo(from),
            Order::Other => {}
        }
        self.without = Some(before);
        self.parting = None;
    }

    fn reopen(&mut self, from: i64) {
        let Some(ended_at) = self.world.ends_at.filter(|ends_at| *ends_at <= from) else {
            self.world.ends_at = None;
            return;
        };
        self.world.agenda.split_off(&ended_at);
        if self.world.has_ended() {
            self.world.held = true;
        } else {
            self.world.agenda.insert(ended_at, Step::Hold);
        }
        self.world.ends_at = None;
    }

    fn undo(&mut self, from: i64) {
        let without = self.without.clone().expect("an undo with nothing to undo is refused");
        // What will be by then decides.
        let mut then = self.clone();
        then.walk(from - 1);
        let Some(parting) = then.parting else {
            self.world = without;
            return;
        };
        let is_over = |world: &World| world.ends_at.is_some_and(|ends_at| ends_at <= from);
        match (is_over(&without), is_over(&self.world)) {
            (true, true) => {}
            (true, false) => self.world.ends_at = Some(from),
            (false, was_over) => {
                if was_over {
                    self.reopen(from);
                }
                self.world.ends_at = without.ends_at;
                let Parting { jump_us, held, pace } = parting;
                self.world.decide(from, Step::Restore { jump_us, held, pace });
            }
        }
    }
}
