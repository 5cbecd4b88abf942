//! Measures what a session costs a viewer: each tick of a long rundown, and how often it sends a request.
//!
//! `cargo run --release -p downbeat-sheet --example session_speed`
//!
//! "idle" is a tick at which nothing is due, and the call for the next deadline; "due" is one at a deadline, with its
//! effects; both are medians. The requests are counted in a world of literal times, without a clock.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the crate has no clock; measuring needs one")]

use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::session::{Details, Effect, News};
use downbeat_core::{Digest, EventTimeline, LocalTime, Rev, Seed, ServerTime, Session, Span};
use downbeat_sheet::Rundown;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

const DAY: Span = Span::from_millis(24 * 3_600_000);
const STARTS_AT: ServerTime = ServerTime::from_millis(1_704_067_200_000);
const DIGEST: Digest = Digest::from_bytes([7; 32]);
const VIEWER: Seed = Seed::new(17);

fn main() {
    println!("native:        cues      join      idle       due");
    for count in [100, 1_000, 10_000, 100_000] {
        let rundown = rundown(count);
        let join = median(21, || _ = black_box(World::joining(&rundown)));
        let mut world = World::joining(&rundown);
        let idle = median(201, || (0..1_000).for_each(|_| world.look())) / 1_000;
        let due = median(501, || world.step());
        println!("{count:>19} {join:>9.2?} {idle:>9.2?} {due:>9.2?}");
    }
    let mut world = World::joining(&rundown(100));
    for hour in ["first", "second"] {
        let before = world.asked;
        let until = world.now + Span::from_millis(3_600_000);
        while world.session.next_deadline() < until {
            world.step();
        }
        println!("requests of a viewer in the {hour} hour: {}", world.asked - before);
    }
}

/// A viewer in the middle of a day, and a server that answers in 20 ms each way.
struct World {
    session: Session,
    now: LocalTime,
    asked: u32,
}

impl World {
    fn joining(rundown: &Rundown) -> Self {
        let now = LocalTime::from_micros(1_000_000_250);
        let mut world = Self { session: Session::new(VIEWER, None, now), now, asked: 0 };
        while world.session.state().is_none() {
            world.step();
        }
        world.session.handle_rundown(DIGEST, rundown.cue_list(&VIEWER), |_, _| true, world.now);
        world.serve();
        world
    }

    /// Ticks where nothing is due.
    fn look(&mut self) {
        self.session.handle_tick(self.now, self.wall());
        black_box((self.session.poll_effect(), self.session.next_deadline()));
    }

    /// Advances to the next deadline and handles what is due.
    fn step(&mut self) {
        self.now = self.now.max(self.session.next_deadline());
        self.session.handle_tick(self.now, self.wall());
        self.serve();
    }

    fn serve(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            if matches!(effect, Effect::Request(_)) {
                self.asked += 1;
                self.answer();
            }
        }
    }

    fn answer(&mut self) {
        let (t1, way) = (self.now, Span::from_millis(20));
        self.now = t1 + way + way;
        let began = LocalTime::from_micros(1_000_000_250);
        let server = STARTS_AT + Span::from_micros(DAY.as_micros() / 2) + (t1 + way - began);
        let server = ServerTime::from_millis(server.as_millis());
        let exchange = Exchange::new(t1, server, server, self.now).expect("time goes forward");
        let news = News {
            epoch: "a".parse().expect("a letter is an epoch"),
            rev: Rev::FIRST,
            timeline: EventTimeline::starting_at(STARTS_AT),
            rundown: Some(DIGEST),
            details: Some(Details { messages: vec![], pushes: false, replaces: None, confirmed: None }),
        };
        self.session.handle_answer(&exchange, Some(news), None, self.now);
    }

    fn wall(&self) -> WallTime {
        WallTime::from_millis(self.now.as_micros() / 1_000)
    }
}

/// Returns a rundown of a day: half of its cues are states that end each other, every tenth has jitter and a preload.
fn rundown(count: usize) -> Rundown {
    let mut sheet = String::from(
        r#"{"version":1,"id":"day","actions":{"light":{"kind":"state"},"flash":{"kind":"moment"}},"cues":["#,
    );
    let day = DAY.as_millis().unsigned_abs();
    let at = |index: usize| day * index as u64 / count as u64;
    for index in 0..count {
        let comma = if index == 0 { "" } else { "," };
        let (time, span) = (at(index), at(index + 2) - at(index));
        _ = write!(sheet, r#"{comma}{{"id":"cue{index}","time":{}.{:03}"#, time / 1_000, time % 1_000);
        _ = match index % 2 {
            0 => write!(sheet, r#","action":"light","track":"light","duration":"{span}ms""#),
            _ => write!(sheet, r#","action":"flash""#),
        };
        if index % 10 == 0 {
            sheet.push_str(r#","jitter":"200ms""#);
        }
        sheet.push('}');
    }
    sheet.push_str("]}");
    let compiled = downbeat_sheet::compile(&sheet);
    compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics.first()))
}

fn median(rounds: usize, mut what: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let began = Instant::now();
            what();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[rounds / 2]
}
