//! What holds for the clock on any honest network, whatever the clocks show and whatever happens.

use downbeat_core::clock::comparison::{Median8, Min8, Single, Smoothed};
use downbeat_core::clock::{
    ClockChange, DisciplinedClock, Due, Envelope, Estimator, Exchange, Granularity, JumpWatch, Offset, Schedule,
    WallTime,
};
use downbeat_core::{LocalTime, Seed, ServerTime, Span};
use proptest::prelude::*;

const ORIGIN: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// Two clocks: when the local one has shown this many microseconds since zero, what the server's shows.
#[derive(Clone, Copy, Debug)]
struct Clocks {
    skew_ppb: i64,
    local_zero: i64,
    server_zero: i64,
}

impl Clocks {
    fn local(&self, us: i64) -> LocalTime {
        LocalTime::from_micros(self.local_zero + us)
    }
    fn server(&self, us: i64) -> ServerTime {
        let drift = (i128::from(us) * i128::from(self.skew_ppb)).div_euclid(1_000_000_000);
        ORIGIN + Span::from_micros(self.server_zero + us + i64::try_from(drift).unwrap())
    }
    fn offset(&self, us: i64) -> Offset {
        Offset::between(self.server(us), self.local(us))
    }
}

/// One question: how long after the last answer, and how long each part takes, in µs of the local clock.
#[derive(Clone, Copy, Debug)]
struct Asked {
    wait: i64,
    there: i64,
    dwell: i64,
    back: i64,
}

#[derive(Clone, Debug)]
struct Evening {
    clocks: Clocks,
    /// What each clock's stamps are rounded down to, in µs.
    quanta: (i64, i64),
    asked: Vec<Asked>,
}

impl Evening {
    /// Returns each exchange, and the local µs at which its answer came.
    fn exchanges(&self) -> Vec<(Exchange, i64)> {
        let mut now = 0;
        let floor = |us: i64, quantum: i64| us - us.rem_euclid(quantum);
        self.asked
            .iter()
            .map(|asked| {
                let left = now + asked.wait;
                let (received, answered) = (left + asked.there, left + asked.there + asked.dwell);
                now = answered + asked.back;
                let local = |us| LocalTime::from_micros(floor(self.clocks.local(us).as_micros(), self.quanta.0));
                let server = |us| {
                    let exact = self.clocks.server(us);
                    exact - Span::from_micros(exact.as_micros().rem_euclid(self.quanta.1))
                };
                (Exchange::new(local(left), server(received), server(answered), local(now)).unwrap(), now)
            })
            .collect()
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let wait = prop_oneof![0..2_000_000_i64, 20_000_000..400_000_000_i64, Just(4_000_000_000_i64)];
    let way = || prop_oneof![100..30_000_i64, 0..1_000_000_i64];
    (wait, way(), prop_oneof![Just(0_i64), 0..300_000_i64], way()).prop_map(|(wait, there, dwell, back)| Asked {
        wait,
        there,
        dwell,
        back,
    })
}

fn evening() -> impl Strategy<Value = Evening> {
    let quantum = || prop_oneof![Just(1_i64), Just(100_i64), Just(1_000_i64)];
    // 99.9 ppm of the local clock: the limit is meant, and this is the limit less what rounding takes.
    (-99_900..=99_900_i64, -1_000_000_000_000..1_000_000_000_000_i64, (quantum(), quantum())).prop_flat_map(
        |(skew_ppb, local_zero, quanta)| {
            let clocks = Clocks { skew_ppb, local_zero, server_zero: 0 };
            proptest::collection::vec(asked(), 1..40).prop_map(move |asked| Evening { clocks, quanta, asked })
        },
    )
}

fn estimators() -> [(&'static str, Box<dyn Estimator>); 5] {
    [
        ("envelope", Box::new(Envelope::new())),
        ("single", Box::new(Single::default())),
        ("min8", Box::new(Min8::default())),
        ("median8", Box::new(Median8::default())),
        ("smoothed", Box::new(Smoothed::default())),
    ]
}

fn size(span: Span) -> Span {
    span.max(-span)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_bound_holds_on_any_honest_network(evening in evening(), later in 0..10_000_000_000_i64) {
        for (name, mut estimator) in estimators() {
            for (exchange, now) in evening.exchanges() {
                let change = estimator.handle_exchange(&exchange);
                prop_assert!(change != ClockChange::Flush, "{}: nothing jumped", name);
                for now in [now, now + later] {
                    let estimate = estimator.estimate(evening.clocks.local(now)).unwrap();
                    let error = size(estimate.offset - evening.clocks.offset(now));
                    prop_assert!(error <= estimate.bound, "{}: off by {:?}, bound {:?}", name, error, estimate.bound);
                }
            }
        }
    }

    #[test]
    fn the_estimate_lies_in_the_interval_that_is_certain(evening in evening(), later in 0..10_000_000_000_i64) {
        let mut envelope = Envelope::new();
        for (exchange, now) in evening.exchanges() {
            envelope.handle_exchange(&exchange);
            let now = evening.clocks.local(now + later);
            let (estimate, interval) = (envelope.estimate(now).unwrap(), envelope.interval(now).unwrap());
            prop_assert!(interval.holds(estimate.offset));
            prop_assert!(estimate.bound == interval.reach(estimate.offset));
        }
    }

    #[test]
    fn shifting_both_clocks_changes_nothing(
        evening in evening(),
        local_ms in -1_000_000_000..1_000_000_000_i64,
        server_ms in -1_000_000_000..1_000_000_000_i64,
    ) {
        let clocks = Clocks {
            local_zero: evening.clocks.local_zero + local_ms * 1_000,
            server_zero: server_ms * 1_000,
            ..evening.clocks
        };
        let shifted = Evening { clocks, ..evening.clone() };
        let by = Span::from_millis(server_ms) - Span::from_millis(local_ms);
        for ((_, mut one), (name, mut other)) in estimators().into_iter().zip(estimators()) {
            for ((exchange, now), (moved, _)) in evening.exchanges().into_iter().zip(shifted.exchanges()) {
                prop_assert_eq!(one.handle_exchange(&exchange), other.handle_exchange(&moved));
                let plain = one.estimate(evening.clocks.local(now)).unwrap();
                let moved = other.estimate(shifted.clocks.local(now)).unwrap();
                // Halving an odd sum of negatives rounds the other way: a microsecond.
                let moved_by = (moved.offset - plain.offset) - by;
                prop_assert!(size(moved_by) <= Span::from_micros(1), "{}: {:?}", name, moved_by);
                prop_assert!(size(moved.bound - plain.bound) <= Span::from_micros(2), "{}", name);
                prop_assert_eq!(moved.skew, plain.skew);
            }
        }
    }

    #[test]
    fn the_shown_time_never_runs_back_while_slewing_and_its_bound_holds(
        evening in evening(),
        steps in proptest::collection::vec(1..2_000_i64, 50),
    ) {
        let mut clock = DisciplinedClock::new(Envelope::new());
        let mut shown: Option<ServerTime> = None;
        for (exchange, now) in evening.exchanges() {
            // What it showed at this instant just before, and shows just after.
            let acquiring = clock.is_acquiring(exchange.t4());
            let before = clock.reading(exchange.t4());
            let change = clock.handle_exchange(&exchange);
            let after = clock.reading(exchange.t4()).unwrap();
            if let Some(before) = before && !acquiring && change == ClockChange::None {
                prop_assert_eq!(before.time, after.time);
            } else {
                shown = None;
            }
            let mut at = now;
            for step in &steps {
                let reading = clock.reading(evening.clocks.local(at)).unwrap();
                prop_assert!(shown.is_none_or(|shown| shown <= reading.time), "{:?} after {:?}", reading.time, shown);
                let error = size(reading.time - evening.clocks.server(at));
                prop_assert!(error <= reading.bound, "off by {:?}, bound {:?}", error, reading.bound);
                shown = Some(reading.time);
                // Mostly single microseconds, where rounding could take one back.
                at += if step % 4 == 0 { *step } else { 1 };
                if clock.reading(evening.clocks.local(at)).unwrap().ahead == Span::ZERO {
                    break;
                }
            }
            shown = None;
        }
    }

    #[test]
    fn the_local_time_of_an_instant_shows_it(evening in evening(), later in 0..100_000_000_i64) {
        let mut clock = DisciplinedClock::new(Envelope::new());
        for (exchange, now) in evening.exchanges() {
            clock.handle_exchange(&exchange);
            let time = evening.clocks.server(now + later);
            let local = clock.local_time(time).unwrap();
            let shown = |local| clock.reading(local).unwrap().time;
            prop_assert!(shown(local) >= time && shown(local - Span::from_micros(1)) < time);
            let there = clock.estimator().local_time(time).unwrap();
            let back = clock.estimator().server_time(there).unwrap();
            prop_assert!(size(back - time) <= Span::from_micros(1));
        }
    }

    #[test]
    fn the_step_of_a_coarse_clock_is_never_taken_for_less_than_it_is(
        step_us in prop_oneof![Just(100.0), Just(1_000.0), Just(5_000.0), Just(50_000.0 / 3.0), Just(100_000.0), 20.0..200_000.0_f64],
        phase in 0.0..1.0_f64,
        waits in proptest::collection::vec(prop_oneof![0..200_i64, 0..50_000_i64, 0..2_000_000_i64, 0..300_000_000_i64], 2..200),
        early in any::<u64>(),
    ) {
        let (mut granularity, mut now) = (Granularity::new(), 0_i64);
        for wait in waits {
            now += wait;
            let exact = now as f64 / step_us + phase;
            let jitter = (Seed::new(early ^ exact.floor().to_bits()).next_u64() % 1_000) as f64 / 1_000.0;
            let steps = if exact.fract() >= jitter { exact.floor() + 1.0 } else { exact.floor() };
            granularity.handle_reading(LocalTime::from_micros((steps * step_us).round() as i64));
            let found = granularity.step().as_micros() as f64;
            prop_assert!(found >= step_us.floor() - 1.0, "{} for {}", found, step_us);
        }
    }

    #[test]
    fn the_step_of_a_fine_clock_is_found_to_be_short(waits in proptest::collection::vec(1_000..3_000_000_i64, 5)) {
        let (mut granularity, mut now) = (Granularity::new(), 0);
        for wait in waits {
            now += wait;
            granularity.handle_reading(LocalTime::from_micros(now));
            // What follows in the same turn.
            granularity.handle_reading(LocalTime::from_micros(now + 130));
        }
        prop_assert!(granularity.step() <= Span::from_micros(131), "{:?}", granularity.step());
    }

    #[test]
    fn no_numbers_make_it_panic(
        stamps in proptest::collection::vec((any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>()), 1..20),
        doubt in any::<i64>(),
        at in any::<i64>(),
    ) {
        for (_, mut estimator) in estimators() {
            for (t1, t2, t3, t4) in &stamps {
                let server = |us: i64| ServerTime::from_millis(0) + Span::from_micros(us);
                let local = LocalTime::from_micros;
                let stamps = (local(*t1.min(t4)), server(*t2.min(t3)), server(*t2.max(t3)), local(*t1.max(t4)));
                let exchange = Exchange::new(stamps.0, stamps.1, stamps.2, stamps.3).unwrap();
                estimator.handle_exchange(&exchange);
                estimator.handle_doubt(Span::from_micros(doubt));
                estimator.estimate(local(at));
                estimator.server_time(local(at));
                estimator.local_time(server(at));
                let _ = Exchange::new(local(*t1), server(*t2), server(*t3), local(*t4));
            }
        }
        let mut clock = DisciplinedClock::new(Envelope::new());
        let mut watch = JumpWatch::new();
        let mut schedule = Schedule::new(LocalTime::from_micros(at), Seed::new(1));
        for (t1, t2, t3, t4) in stamps {
            let server = |us: i64| ServerTime::from_millis(0) + Span::from_micros(us);
            let (left, arrived) = (LocalTime::from_micros(t1.min(t4)), LocalTime::from_micros(t1.max(t4)));
            let exchange = Exchange::new(left, server(t2.min(t3)), server(t2.max(t3)), arrived).unwrap();
            let change = clock.handle_exchange(&exchange);
            clock.reading(LocalTime::from_micros(at));
            clock.local_time(server(at));
            watch.handle_readings(arrived, WallTime::from_millis(t2));
            if schedule.poll(arrived) == Some(Due::RequestTime { cold: false }) {
                schedule.handle_answer(change, left);
            }
            schedule.handle_resync(Span::from_micros(doubt));
            schedule.handle_doubt(LocalTime::from_micros(at));
        }
    }
}
