//! Draws viewers for `scripts/bench clock`, and runs our clock for each: what the network does at every instant, what the
//! device shows, and how wrong our clock is. Written as binary to the standard output, for `run.ts`.
//!
//! usage: `clock_viewers NETWORK DEVICE VIEWERS SEED SECONDS`; a device is `mixed`, `sleeps` or a skew in ppm.
//!
//! A viewer is, in little-endian order:
//! - `SECONDS + 1` × f64: what the monotonic clock shows at each second of true time, in µs;
//! - for each 50 ms, u32: the delay of a request sent then, in µs; then as many for the answers;
//! - for each of [`WAYS`]: u32 the number of requests, then `SECONDS` × (f64 error in ms, f64 bound in ms), at each half
//!   second between two seconds; not a number before the first answer.

use std::io::{BufWriter, Write, stdout};

use downbeat_core::clock::{DisciplinedClock, Due, Envelope, Exchange, JumpWatch, Schedule, WallTime};
use downbeat_core::{Seed, ServerTime, Span};
use downbeat_sim::network::{Kind, Network};
use downbeat_sim::world::BEGIN;
use downbeat_sim::{Device, Dice};

/// The time within which all requests meet the same network: 50 ms.
const SLOT_MS: i64 = 50;

/// The skews of the mixed devices in ppm; every eighth is an ordinary device, whose skew wanders.
const SKEWS_PPM: [f64; 7] = [0.0, 5.0, -5.0, 50.0, -50.0, 200.0, -200.0];

/// When and for how long a device sleeps that does: after 15 minutes, for a minute.
const NAP: (i64, i64) = (900, 60);

/// How our clock asks: as it ships, with the shortest `resync`, and the number of requests in the whole time.
const WAYS: [Way; 6] =
    [Way::Ships(300), Way::Ships(30), Way::Evenly(10), Way::Evenly(40), Way::Evenly(70), Way::Evenly(1_500)];

#[derive(Clone, Copy)]
enum Way {
    /// The schedule that ships, with this `resync` in seconds.
    Ships(i64),
    /// So many requests, evenly spread: the estimator without its schedule.
    Evenly(i64),
}

struct Viewer {
    device: Device,
    there: Vec<Span>,
    back: Vec<Span>,
}

impl Viewer {
    fn draw(kind: Kind, device: &str, number: u64, seed: u64, seconds: i64) -> Self {
        let mut seed = Seed::from_parts(&[kind.name().as_bytes(), &seed.to_be_bytes(), &number.to_be_bytes()]);
        let mut dice = Dice::new(Seed::new(seed.next_u64()));
        let ordinary = Device::ordinary(BEGIN, &mut dice);
        let device = match device {
            "mixed" => match SKEWS_PPM.get(number as usize % (SKEWS_PPM.len() + 1)) {
                Some(ppm) => ordinary.with_skew_ppm(*ppm),
                None => ordinary,
            },
            "sleeps" => ordinary.with_nap(after(NAP.0 * 1_000), Span::from_millis(NAP.1 * 1_000)),
            ppm => ordinary.with_skew_ppm(ppm.parse().expect("a device is mixed, sleeps or a number")),
        };
        let mut network = Network::new(kind, BEGIN, dice);
        let slots = (0..seconds * 1_000 / SLOT_MS).map(|slot| after(slot * SLOT_MS));
        let (there, back) = slots.map(|at| (network.there(at), network.back(at))).unzip();
        Self { device, there, back }
    }

    /// Asks at `at`. Returns the exchange and when the answer comes.
    fn ask(&self, at: ServerTime) -> (Exchange, ServerTime) {
        let came = at + delay(&self.there, at);
        let sent = came + Span::from_micros(150);
        let answered = sent + delay(&self.back, sent);
        let exchange = Exchange::new(self.device.local(at), whole(came), whole(sent), self.device.local(answered));
        (exchange.expect("neither clock runs back"), answered)
    }
}

/// Runs our clock, and writes what it showed.
fn run(way: Way, viewer: &Viewer, number: u64, seconds: i64, out: &mut impl Write) {
    let device = &viewer.device;
    let mut clock = DisciplinedClock::new(Envelope::new());
    let mut watch = JumpWatch::new();
    let mut schedule = Schedule::new(device.local(BEGIN), Seed::new(number));
    if let Way::Ships(resync) = way {
        schedule.handle_resync(Span::from_millis(resync * 1_000));
    }
    let (mut asked, mut answer) = (0_i64, None::<(Exchange, ServerTime)>);
    let mut shown = Vec::new();
    for second in 0..seconds {
        let look = after(second * 1_000 + 500);
        loop {
            let ask_at = match (answer, way) {
                (Some((_, answered)), _) => answered,
                (None, Way::Ships(_)) => device.when(schedule.deadline()),
                (None, Way::Evenly(count)) => after(asked * seconds * 1_000 / count),
            };
            if ask_at > look {
                break;
            }
            if let Some((exchange, answered)) = answer.take() {
                let change = clock.handle_exchange(&exchange);
                schedule.handle_answer(change, device.local(answered));
            } else if matches!(way, Way::Evenly(_))
                || matches!(schedule.poll(device.local(ask_at)), Some(Due::RequestTime { .. }))
            {
                answer = Some(viewer.ask(ask_at));
                asked += 1;
            }
        }
        let now = device.local(look);
        // While it sleeps nobody looks, and nothing runs.
        if now == device.local(look - Span::from_millis(1)) {
            shown.extend([f64::NAN; 2]);
            continue;
        }
        if let Some(doubt) = watch.handle_readings(now, WallTime::from_millis(device.wall(look).as_micros() / 1_000)) {
            clock.handle_doubt(doubt);
            schedule.handle_doubt(now);
        }
        let reading = clock.reading(now);
        shown.push(reading.map_or(f64::NAN, |reading| ms(reading.time - look)));
        shown.push(reading.map_or(f64::NAN, |reading| ms(reading.bound)));
    }
    let requests = u32::try_from(asked).expect("at most a few thousand");
    out.write_all(&requests.to_le_bytes()).expect("the pipe is open");
    for number in shown {
        out.write_all(&number.to_le_bytes()).expect("the pipe is open");
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [network, device, viewers, seed, seconds] = arguments.as_slice() else { panic!("five arguments are needed") };
    let kind = Kind::named(network).expect("a network of crates/sim");
    let [viewers, seed] = [viewers, seed].map(|text| text.parse::<u64>().expect("a number"));
    let seconds: i64 = seconds.parse().expect("a number of seconds");
    let mut out = BufWriter::with_capacity(1 << 20, stdout().lock());
    for number in 0..viewers {
        let viewer = Viewer::draw(kind, device, number, seed, seconds);
        for second in 0..=seconds {
            let local = viewer.device.local(after(second * 1_000)).as_micros() as f64;
            out.write_all(&local.to_le_bytes()).expect("the pipe is open");
        }
        for delay in viewer.there.iter().chain(&viewer.back) {
            let us = u32::try_from(delay.as_micros()).expect("less than an hour");
            out.write_all(&us.to_le_bytes()).expect("the pipe is open");
        }
        for way in WAYS {
            run(way, &viewer, number, seconds, &mut out);
        }
    }
    out.flush().expect("the pipe is open");
}

fn after(ms: i64) -> ServerTime {
    BEGIN + Span::from_millis(ms)
}

fn delay(delays: &[Span], at: ServerTime) -> Span {
    let slot = ((at - BEGIN).as_millis() / SLOT_MS) as usize;
    delays[slot.min(delays.len() - 1)]
}

/// Rounds down to what a worker's clock shows.
fn whole(at: ServerTime) -> ServerTime {
    at - Span::from_micros(at.as_micros().rem_euclid(1_000))
}

fn ms(span: Span) -> f64 {
    span.as_micros() as f64 / 1_000.0
}
