use super::*;

const ORIGIN: LocalTime = LocalTime::from_micros(0);

fn ms(ms: i64) -> Span {
    Span::from_millis(ms)
}

/// Asks as the schedule says until `end`, each answer after 40 ms; gives when.
fn asked(schedule: &mut Schedule, end: LocalTime) -> Vec<LocalTime> {
    let mut times = Vec::new();
    while schedule.deadline() < end {
        let now = schedule.deadline();
        assert!(matches!(schedule.poll(now), Some(Due::RequestTime { .. })));
        times.push(now);
        schedule.handle_answer(ClockChange::None, now + ms(40));
    }
    times
}

fn waits(times: &[LocalTime]) -> Vec<i64> {
    times.windows(2).map(|pair| (pair[1] - pair[0] - ms(40)).as_millis()).collect()
}

#[test]
fn it_asks_quickly_at_first_and_seldom_later() {
    let times = asked(&mut Schedule::new(ORIGIN, Seed::new(1)), ORIGIN + ms(3_600_000));
    let waits = waits(&times);
    // The warm-up, then five times 100 ms …
    assert!(waits[..5].iter().all(|wait| (80..=120).contains(wait)), "{waits:?}");
    assert!(waits[5..10].iter().all(|wait| (800..=1_200).contains(wait)), "{waits:?}");
    assert!((0..30_000).contains(&waits[10]), "{waits:?}");
    let settled = times.iter().position(|time| *time - ORIGIN >= SETTLED_AFTER).unwrap();
    assert!(waits[11..settled].iter().all(|wait| (24_000..=36_000).contains(wait)), "{waits:?}");
    assert!(waits[settled + 1..].iter().all(|wait| (240_000..=360_000).contains(wait)), "{waits:?}");
    assert!(times.len() < 40, "{} requests in the first hour", times.len());
}

#[test]
fn ten_thousand_who_come_at_once_do_not_ask_at_once() {
    let mut first = [0_u32; 500];
    let mut later = vec![0_u32; 1_200];
    for viewer in 0..10_000_u32 {
        let mut schedule = Schedule::new(ORIGIN, Seed::from_parts(&[b"gala", &viewer.to_be_bytes()]));
        let times = asked(&mut schedule, ORIGIN + ms(1_200_000));
        first[usize::try_from((times[0] - ORIGIN).as_millis()).unwrap()] += 1;
        for time in times {
            later[usize::try_from((time - ORIGIN).as_millis() / 1_000).unwrap()] += 1;
        }
    }
    assert!(first.iter().all(|count| *count < 45), "20 a millisecond on average, {:?} at most", first.iter().max());
    // 333 a second at the pace of 30 s, 33 a second at 5 min.
    assert!(later[20..300].iter().all(|count| *count < 600), "{:?}", later[20..300].iter().max());
    assert!(later[340..].iter().all(|count| *count < 100), "{:?}", later[340..].iter().max());
}

#[test]
fn the_servers_hint_counts_within_limits() {
    for (asked_for, least, most) in [(60_000, 48_000, 72_000), (1, 24_000, 36_000), (i64::MAX, 2_880_000, 4_320_000)] {
        let mut schedule = Schedule::new(ORIGIN, Seed::new(2));
        schedule.handle_resync(ms(asked_for));
        let waits = waits(&asked(&mut schedule, ORIGIN + ms(36_000_000)));
        let last = waits.last().unwrap();
        assert!((least..=most).contains(last), "{asked_for}: {last}");
    }
}

#[test]
fn a_jump_begins_the_quick_pace_again() {
    let mut schedule = Schedule::new(ORIGIN, Seed::new(3));
    asked(&mut schedule, ORIGIN + ms(600_000));
    let now = schedule.deadline();
    schedule.poll(now);
    schedule.handle_answer(ClockChange::Flush, now);
    let times = asked(&mut schedule, now + ms(8_000));
    // The answer that showed the jump is the first of the five.
    assert!(waits(&times)[..3].iter().all(|wait| (80..=120).contains(wait)), "{times:?}");
    assert!((9..=10).contains(&times.len()), "{times:?}");
}

#[test]
fn a_question_without_an_answer_is_given_up_and_asked_again_later_and_later() {
    let mut schedule = Schedule::new(ORIGIN, Seed::new(4));
    let mut now = schedule.deadline();
    for longest in [10_000, 20_000, 40_000, 60_000, 60_000] {
        assert_eq!(schedule.poll(now), Some(Due::RequestTime { cold: true }));
        assert_eq!(schedule.poll(now + ms(4_999)), None);
        now = schedule.deadline();
        assert_eq!(schedule.poll(now), Some(Due::AbortRequest));
        let wait = schedule.deadline() - now;
        assert!(wait < ms(longest), "{wait:?}");
        now = schedule.deadline();
    }
    schedule.poll(now);
    schedule.handle_answer(ClockChange::None, now + ms(40));
    assert!(schedule.deadline() - now < ms(200));
}

#[test]
fn doubt_asks_now_and_once() {
    let mut schedule = Schedule::new(ORIGIN, Seed::new(5));
    asked(&mut schedule, ORIGIN + ms(600_000));
    let now = schedule.deadline() - ms(10_000);
    assert_eq!(schedule.poll(now), None);
    schedule.handle_doubt(now);
    assert_eq!(schedule.poll(now), Some(Due::RequestTime { cold: false }));
    assert_eq!(schedule.poll(now), None);
    // Doubt while a question is on its way: that one may have left before the jump, so another follows.
    schedule.handle_doubt(now + ms(10));
    schedule.handle_answer(ClockChange::None, now + ms(40));
    assert_eq!(schedule.poll(now + ms(40)), Some(Due::RequestTime { cold: false }));
    schedule.handle_answer(ClockChange::None, now + ms(80));
    assert!(schedule.deadline() - now > ms(200_000));
}

#[test]
fn what_an_answer_left_open_is_asked_for_within_seconds() {
    let mut schedule = Schedule::new(ORIGIN, Seed::new(7));
    asked(&mut schedule, ORIGIN + ms(600_000));
    let mut now = schedule.deadline();
    for _ in 0..20 {
        schedule.poll(now);
        schedule.handle_gap(now);
        assert_eq!(schedule.deadline(), now + ANSWER_MAX, "a question on its way is not hurried");
        schedule.handle_answer(ClockChange::None, now);
        schedule.handle_gap(now);
        let wait = schedule.deadline() - now;
        assert!((ms(4_000)..=ms(6_000)).contains(&wait), "{wait:?}");
        now += wait;
    }
    // Who asks more quickly anyway is not slowed down.
    schedule.poll(now);
    schedule.handle_answer(ClockChange::Flush, now);
    schedule.handle_gap(now);
    assert!(schedule.deadline() - now <= ms(120));
}

#[test]
fn the_ends_of_time_are_times() {
    for end in [i64::MIN, i64::MAX] {
        let now = LocalTime::from_micros(end);
        let mut schedule = Schedule::new(now, Seed::new(6));
        for _ in 0..50 {
            schedule.poll(now);
            schedule.handle_answer(ClockChange::Flush, now);
            schedule.handle_failure(now);
            schedule.handle_gap(now);
            schedule.handle_doubt(now);
        }
    }
}
