//! A session in a world of literal times: a server whose clock is known, and ways that take as long as they say.

mod dispute;
mod emergency;
mod overload;
mod push;
mod unverified;

use super::*;
use crate::cueing::{self, CueKey, Kind, Late, ListedCue};
use crate::name::Rev;
use crate::timeline::{EventTimeline, Position, Rate, Segment, Timeline};

const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);
const RUNDOWN: Digest = Digest::from_bytes([7; 32]);

/// The server's clock shows `START` when the device's shows this.
const START_HERE: LocalTime = LocalTime::from_micros(60_000_000);

fn local(ms: i64) -> LocalTime {
    START_HERE + Span::from_millis(ms)
}

/// A viewer, and the world around: one server, a line that is up or down.
struct World {
    session: Session,
    now: LocalTime,
    wall_ms: i64,
    /// What the wall clock shows at the event's start.
    wall_begins_ms: i64,
    news: News,
    line_is_up: bool,
    state_is_known: bool,
    hubs: Hubs,
    /// Whether whole states in answers say that the event's object has just confirmed them.
    confirms: bool,
    /// How long an answer takes, both ways together.
    answers_in: Span,
    /// The wait that answers ask for.
    asks_for_wait: Option<Span>,
    cues: Vec<ListedCue>,
    rundowns_fail: bool,
    effects: Vec<(i64, Effect)>,
}

/// What becomes of sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hubs {
    Up,
    /// They take a socket, and then say nothing any more.
    Dumb,
    /// They refuse.
    Down,
}

impl World {
    /// A viewer who comes so many ms after the event's start.
    fn joining(ms: i64) -> Self {
        let news = News {
            epoch: "a".parse().unwrap(),
            rev: Rev::FIRST,
            timeline: EventTimeline::starting_at(START),
            rundown: Some(RUNDOWN),
            details: Some(Details { messages: vec![], pushes: false, replaces: None, confirmed: None }),
        };
        Self {
            session: Session::new(Seed::new(1), None, local(ms)),
            now: local(ms),
            wall_ms: 50_000,
            wall_begins_ms: 50_000,
            news,
            line_is_up: true,
            state_is_known: true,
            hubs: Hubs::Up,
            confirms: false,
            answers_in: Span::from_millis(40),
            asks_for_wait: None,
            cues: vec![moment("doors", 10_000), moment("burst", 20_000), state("song", 5_000, 60_000)],
            rundowns_fail: false,
            effects: vec![],
        }
    }

    /// Lets time pass until `ms` after the start, from deadline to deadline; answers take as long as they say, and nothing else happens meanwhile.
    fn run_until(&mut self, ms: i64) {
        loop {
            while let Some(effect) = self.session.poll_effect() {
                self.effects.push(((self.now - START_HERE).as_millis(), effect));
                self.serve(effect);
            }
            let next = self.session.next_deadline().max(self.now);
            if next > local(ms) {
                break;
            }
            self.pass(next - self.now);
            self.session.handle_tick(self.now, WallTime::from_millis(self.wall_ms));
        }
        self.pass(local(ms) - self.now);
    }

    fn pass(&mut self, span: Span) {
        self.now += span;
        // Rounded up, so that a thousand small steps stay together with the monotonic clock to a few ms.
        self.wall_ms = self.wall_begins_ms + (self.now - START_HERE).as_millis();
    }

    fn serve(&mut self, effect: Effect) {
        match effect {
            Effect::Request(request @ (Request::Time | Request::State)) if self.line_is_up => {
                let (t1, way) = (self.now, Span::from_micros(self.answers_in.as_micros() / 2));
                let server = START + ((t1 + way) - START_HERE);
                let server = ServerTime::from_millis(server.as_millis());
                self.pass(way + way);
                let exchange = Exchange::new(t1, server, server, self.now).unwrap();
                let mut details = self.news.details.clone().filter(|_| request == Request::State);
                if self.confirms {
                    details.iter_mut().for_each(|details| details.confirmed = Some(server));
                }
                let news = self.state_is_known.then(|| News { details, ..self.news.clone() });
                if let Some(wait) = self.asks_for_wait {
                    self.session.handle_wait(wait, self.now);
                }
                self.session.handle_answer(&exchange, news, None, self.now);
            }
            Effect::Request(Request::Status) if self.line_is_up && self.state_is_known => {
                self.session.handle_news(self.news.clone(), self.now);
            }
            Effect::Request(request) if self.line_is_up && !self.state_is_known => {
                self.session.handle_failure(request, Failure::NoAnswer, self.now);
            }
            Effect::Request(request) => self.session.handle_failure(request, Failure::Unreachable, self.now),
            Effect::LoadRundown { digest, .. } if self.line_is_up && !self.rundowns_fail => {
                let list = CueList::new(self.cues.clone().into_iter(), &Seed::new(1));
                self.session.handle_rundown(digest, list, |_, _| true, self.now);
            }
            Effect::LoadRundown { digest, .. } => self.session.handle_rundown_failure(digest, self.now),
            Effect::OpenSocket { not } => match self.hubs {
                Hubs::Up => self.session.handle_push(self.pushed(not.map_or(0, |not| (not + 1) % 4)), self.now),
                Hubs::Dumb => {}
                Hubs::Down => self.session.handle_closed(self.now),
            },
            Effect::Ping if self.hubs == Hubs::Up => {
                let version = Version { epoch: self.news.epoch.clone(), rev: self.news.rev };
                self.session.handle_pong(&version, self.now);
            }
            _ => {}
        }
    }

    fn pushed(&self, hub: u16) -> Push {
        Push { news: self.news.clone(), hub, ack: false }
    }

    fn change(&mut self, segment: Segment) {
        let mut segments = self.news.timeline.segments().to_vec();
        segments.push(segment);
        self.news.timeline.timeline = Timeline::from_segments(segments).unwrap();
        self.news.rev = self.news.rev.next();
    }

    /// The cues that fired or were entered: the key, and when on the device, in ms from the start.
    fn played(&self) -> Vec<(u64, i64)> {
        let played = self.effects.iter().filter_map(|(at, effect)| match effect {
            Effect::Cue(cueing::Effect::Fire { cue, .. } | cueing::Effect::Enter { cue, .. }) => {
                Some((cue.key.bits(), *at))
            }
            _ => None,
        });
        played.collect()
    }

    fn connections(&self) -> Vec<Connection> {
        let told = self.effects.iter().filter_map(|(_, effect)| match effect {
            Effect::Connection(connection) => Some(*connection),
            _ => None,
        });
        told.collect()
    }

    /// When the status was told, in ms from the start, and how late.
    fn turned(&self, wanted: Status) -> (i64, Span) {
        let told = self.effects.iter().find_map(|(at, effect)| match effect {
            Effect::Status { status, lateness } if *status == wanted => Some((*at, *lateness)),
            _ => None,
        });
        told.unwrap()
    }

    fn requests(&self, request: Request) -> usize {
        self.effects.iter().filter(|(_, effect)| *effect == Effect::Request(request)).count()
    }
}

fn key(name: &str) -> u64 {
    Seed::from_parts(&[name.as_bytes()]).next_u64()
}

fn moment(name: &str, ms: i64) -> ListedCue {
    ListedCue {
        key: CueKey::from_bits(key(name)),
        time: Position::from_millis(ms),
        end: None,
        kind: Kind::Moment,
        late: Late::Skip,
        lane: 0,
        jitter: Span::ZERO,
        preload: None,
        needs: None,
    }
}

fn state(name: &str, ms: i64, end_ms: i64) -> ListedCue {
    let end = Some(Position::from_millis(end_ms));
    ListedCue { end, kind: Kind::State, late: Late::Resume, lane: 1, ..moment(name, ms) }
}

fn held(at_ms: i64, position_ms: i64) -> Segment {
    let position = Position::from_millis(position_ms);
    Segment { from: START + Span::from_millis(at_ms), position, rate: Rate::HELD }
}

#[test]
fn cues_play_at_their_instants_as_the_device_has_them() {
    let mut world = World::joining(-5_000);
    world.run_until(25_000);
    // The clocks are read to the millisecond, and the two ways take equally long: at most 1 ms off.
    let played = world.played();
    assert_eq!(played.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [key("song"), key("doors"), key("burst")]);
    for ((_, at), due) in played.iter().zip([5_000, 10_000, 20_000]) {
        assert!((at - due).abs() <= 1, "{at} for {due}");
    }
}

#[test]
fn who_joins_late_gets_the_states_and_no_stale_moments() {
    let mut world = World::joining(15_000);
    world.run_until(18_000);
    assert_eq!(world.played().iter().map(|(key, _)| *key).collect::<Vec<_>>(), [key("song")]);
    assert_eq!(world.session.status(), Some(Status::Running));
    assert_eq!(world.session.countdown(world.now), Some(Span::ZERO));
}

#[test]
fn without_a_network_the_event_goes_on_with_a_bound_that_grows() {
    let mut world = World::joining(-20_000);
    world.run_until(0);
    let before = world.session.reading(world.now).unwrap().bound;
    world.line_is_up = false;
    world.run_until(70_000);
    assert_eq!(world.played().len(), 3);
    let held_over = world.session.reading(world.now).unwrap().bound;
    assert!(held_over > before && held_over - before <= Span::from_millis(20), "{before:?}, then {held_over:?}");
    assert_eq!(
        world.connections(),
        [Connection::Polling(NoPush::NoSocket), Connection::Holdover(Failure::Unreachable)]
    );
    world.line_is_up = true;
    world.run_until(200_000);
    assert_eq!(world.connections().last(), Some(&Connection::Polling(NoPush::NoSocket)));
    assert_eq!(world.played().len(), 3, "nothing fires twice");
}

#[test]
fn a_viewer_without_network_acquires_and_says_why() {
    let mut world = World::joining(0);
    world.line_is_up = false;
    world.run_until(10_000);
    assert_eq!(world.session.connection(), Connection::Acquiring(Wait::Failed(Failure::Unreachable)));
    assert_eq!((world.session.position(world.now), world.played()), (None, vec![]));
}

#[test]
fn while_the_server_knows_the_time_alone_the_event_goes_on_as_before() {
    let mut world = World::joining(-20_000);
    world.run_until(-10_000);
    world.state_is_known = false;
    world.run_until(40_000);
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::StateUnknown));
    assert_eq!(world.played().len(), 3);
    let mut stranger = World::joining(0);
    stranger.state_is_known = false;
    stranger.run_until(5_000);
    assert_eq!(stranger.session.connection(), Connection::Acquiring(Wait::State));
    assert!(stranger.session.reading(stranger.now).is_some(), "the time is known all the same");
}

#[test]
fn a_pause_takes_effect_at_its_instant_and_holds_the_cues() {
    let mut world = World::joining(0);
    world.run_until(11_000);
    world.change(held(15_000, 15_000));
    // The page is shown again: it asks at once.
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(60_000);
    let (at, lateness) = world.turned(Status::Paused);
    assert!((at - 15_000).abs() <= 1 && lateness <= Span::from_millis(1), "{at} {lateness:?}");
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(15_000)));
    assert!(!world.played().iter().any(|(played, _)| *played == key("burst")));
}

#[test]
fn a_new_revision_in_a_short_answer_is_followed_by_asking_for_the_whole_state() {
    let mut world = World::joining(0);
    world.run_until(9_000);
    let before = world.requests(Request::State);
    world.change(held(15_000, 15_000));
    world.news.details = Some(Details {
        messages: vec![START + Span::from_millis(15_000)],
        pushes: false,
        replaces: None,
        confirmed: None,
    });
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(16_000);
    assert_eq!(world.requests(Request::State), before + 1);
    let shown = world.effects.iter().rfind(|(_, effect)| matches!(effect, Effect::Message(_))).unwrap();
    assert!((shown.0 - 15_000).abs() <= 1 && shown.1 == Effect::Message(Some(0)), "{shown:?}");
    let place = |wanted: fn(&Effect) -> bool| world.effects.iter().rposition(|(_, effect)| wanted(effect)).unwrap();
    let [message, paused] = [
        place(|effect| matches!(effect, Effect::Message(_))),
        place(|effect| matches!(effect, Effect::Status { status: Status::Paused, .. })),
    ];
    assert!(message < paused, "who leaves when it is paused has seen why");
}

#[test]
fn the_wall_clock_stepping_back_an_hour_changes_nothing_but_a_question() {
    let mut world = World::joining(-20_000);
    world.run_until(0);
    let before = (world.session.reading(world.now).unwrap().time, world.effects.len());
    world.session.handle_tick(world.now, WallTime::from_millis(world.wall_ms - 3_600_000));
    assert_eq!(world.session.reading(world.now).unwrap().time, before.0);
    assert!(matches!(world.session.poll_effect(), Some(Effect::Request(_))));
}

#[test]
fn an_event_made_anew_begins_anew() {
    let mut world = World::joining(15_000);
    world.run_until(30_000);
    world.news = News {
        epoch: "b".parse().unwrap(),
        rev: Rev::FIRST,
        timeline: EventTimeline::starting_at(START + Span::from_millis(40_000)),
        details: Some(Details { messages: vec![], pushes: false, replaces: None, confirmed: None }),
        ..world.news
    };
    world.confirms = true;
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(65_000);
    let bursts = world.played().into_iter().filter(|(played, _)| *played == key("burst")).count();
    assert_eq!(bursts, 2, "what had fired in the former life fires in this one");
}

#[test]
fn a_viewer_who_stays_an_hour_asks_less_than_fifty_times() {
    let mut world = World::joining(0);
    world.run_until(3_600_000);
    let asked = world.requests(Request::Time) + world.requests(Request::State);
    // 11 at the quick paces, about 10 until the skew is known, 11 in the 55 minutes after.
    assert!((25..50).contains(&asked), "{asked}");
}
