use super::*;
use crate::clock::offset::Offset;
use crate::time::ServerTime;

/// A device whose clock is exact; its offset is that of [`Envelope`]'s origin here.
fn server(ms: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ms)
}
fn local(ms: i64) -> LocalTime {
    LocalTime::from_micros(ms * 1_000)
}
/// Asked at `ms`, with so many ms there and back; the offset is `offset` above the origin's.
fn asked(ms: i64, there: i64, back: i64, offset: i64) -> Exchange {
    let answered = server(ms + there + offset);
    Exchange::new(local(ms), answered, answered, local(ms + there + back)).unwrap()
}
fn off_us(estimate: Estimate) -> i64 {
    (estimate.offset - Offset::between(server(0), local(0))).as_micros()
}

#[test]
fn it_knows_nothing_before_the_first_exchange() {
    assert_eq!(Envelope::new().estimate(local(0)), None);
    assert_eq!(Envelope::new().local_time(server(0)), None);
}

#[test]
fn the_best_way_there_and_the_best_way_back_may_come_from_two_exchanges() {
    let mut envelope = Envelope::new();
    envelope.handle_exchange(&asked(0, 10, 200, 0));
    envelope.handle_exchange(&asked(1_000, 200, 10, 0));
    let estimate = envelope.estimate(local(1_210)).unwrap();
    assert_eq!(off_us(estimate), 0);
    // 10 ms, two clocks of a millisecond, and a second of age.
    assert!(estimate.bound <= Span::from_micros(12_200), "{:?}", estimate.bound);
}

#[test]
fn what_is_asymmetric_for_ever_is_within_the_bound() {
    let mut envelope = Envelope::new();
    for second in 0..20 {
        envelope.handle_exchange(&asked(second * 1_000, 60, 10, 0));
    }
    let estimate = envelope.estimate(local(20_000)).unwrap();
    assert_eq!(off_us(estimate), 25_000);
    assert!(estimate.bound >= Span::from_millis(25));
}

#[test]
fn the_skew_is_found_and_followed_between_exchanges() {
    let mut envelope = Envelope::new();
    // The server's clock gains 40 ppm: 4 ms in 100 s.
    for step in 0..9 {
        envelope.handle_exchange(&asked(step * 100_000, 10, 10, step * 4));
    }
    let estimate = envelope.estimate(local(900_000)).unwrap();
    assert!((38_000..=41_000).contains(&estimate.skew.as_ppb()), "{:?}", estimate.skew);
    assert!((35_000..=37_000).contains(&off_us(estimate)), "{}", off_us(estimate));
}

#[test]
fn the_same_exchange_again_changes_nothing() {
    let mut envelope = Envelope::new();
    for step in 0..9 {
        envelope.handle_exchange(&asked(step * 100_000, 10 + step % 3, 10, step * 4));
    }
    let before = envelope.estimate(local(900_000));
    let again = asked(800_000, 12, 10, 32);
    assert_eq!(envelope.handle_exchange(&again), ClockChange::None);
    assert_eq!(envelope.handle_exchange(&again), ClockChange::None);
    assert_eq!(envelope.estimate(local(900_000)), before);
}

#[test]
fn what_contradicts_everything_known_is_a_jump() {
    let mut envelope = Envelope::new();
    for second in 0..10 {
        assert_eq!(envelope.handle_exchange(&asked(second * 1_000, 10, 10, 0)), ClockChange::None);
    }
    assert_eq!(envelope.handle_exchange(&asked(10_000, 10, 10, 60)), ClockChange::Flush);
    let estimate = envelope.estimate(local(10_020)).unwrap();
    assert_eq!(off_us(estimate), 60_000);
    assert!(estimate.bound < Span::from_millis(13));
    // What fits, if barely, is none.
    let mut envelope = Envelope::new();
    envelope.handle_exchange(&asked(0, 10, 10, 0));
    assert_eq!(envelope.handle_exchange(&asked(1_000, 10, 10, 21)), ClockChange::None);
}

#[test]
fn a_jump_forgets_the_bounds_and_remembers_the_skew() {
    let mut envelope = Envelope::new();
    for step in 0..9 {
        envelope.handle_exchange(&asked(step * 100_000, 10, 10, step * 4));
    }
    assert_eq!(envelope.handle_exchange(&asked(900_000, 10, 10, 5_036)), ClockChange::Flush);
    let skew = envelope.estimate(local(900_020)).unwrap().skew;
    assert!((38_000..=41_000).contains(&skew.as_ppb()), "{skew:?}");
}

#[test]
fn a_wall_clock_set_by_an_hour_changes_nothing() {
    let mut plain = Envelope::new();
    for second in 0..10 {
        plain.handle_exchange(&asked(second * 1_000, 10 + second % 3, 10, 0));
    }
    let mut doubtful = plain.clone();
    doubtful.handle_doubt(Span::from_millis(-3_600_000));
    assert_eq!(doubtful.estimate(local(9_500)), plain.estimate(local(9_500)));
    assert_eq!(doubtful.doubt(), Span::from_millis(-3_600_000));
    for envelope in [&mut plain, &mut doubtful] {
        assert_eq!(envelope.handle_exchange(&asked(10_000, 15, 15, 0)), ClockChange::None);
    }
    assert_eq!(doubtful.estimate(local(11_000)), plain.estimate(local(11_000)));
    assert_eq!(doubtful.doubt(), Span::ZERO);
}

#[test]
fn a_nap_too_short_to_contradict_anything_leaves_only_what_came_after_it() {
    let mut envelope = Envelope::new();
    envelope.handle_exchange(&asked(0, 80, 80, 0));
    // The local clock stood still for 60 ms, so the offset is 60 more; the line is as slow as before.
    envelope.handle_doubt(Span::from_millis(60));
    assert_eq!(envelope.handle_exchange(&asked(1_000, 80, 80, 60)), ClockChange::None);
    let estimate = envelope.estimate(local(1_160)).unwrap();
    assert_eq!(off_us(estimate), 60_000);
    assert!(estimate.bound >= Span::from_millis(80));
}

#[test]
fn after_a_gap_longer_than_the_window_the_new_exchange_counts() {
    let mut envelope = Envelope::new();
    envelope.handle_exchange(&asked(0, 10, 10, 0));
    // Two hours later and 100 ms further: possible at 100 ppm, so it is no jump.
    assert_eq!(envelope.handle_exchange(&asked(7_200_000, 10, 10, 100)), ClockChange::None);
    assert_eq!(off_us(envelope.estimate(local(7_200_020)).unwrap()), 100_000);
}
