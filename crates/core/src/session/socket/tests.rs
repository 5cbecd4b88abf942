use super::*;

fn at(ms: i64) -> LocalTime {
    LocalTime::from_micros(ms * 1_000)
}

/// A socket that was opened at 0 and heard of its hub, number 2, at 100 ms.
fn open() -> Socket {
    let mut socket = Socket::new(Seed::new(1), at(0));
    assert!(!socket.set_offered(true, at(0)));
    assert_eq!(socket.poll(at(0)), Some(Due::Open { not: None }));
    socket.handle_push(2, at(100));
    assert!(socket.is_open());
    socket
}

#[test]
fn it_is_pinged_every_15_seconds_from_anywhere_within_the_first() {
    let mut socket = open();
    let first = socket.deadline().unwrap();
    assert!(at(100) <= first && first < at(15_100), "{first:?}");
    assert_eq!(socket.poll(first - Span::from_micros(1)), None);
    assert_eq!(socket.poll(first), Some(Due::Ping));
    assert_eq!(socket.poll(first + Span::from_millis(2_999)), None);
    let answered = first + Span::from_millis(40);
    socket.handle_pong(answered);
    assert_eq!(socket.deadline(), Some(answered + Span::from_millis(15_000)));
}

#[test]
fn one_that_does_not_answer_for_3_seconds_is_closed_and_another_hub_asked() {
    let mut socket = open();
    let pinged = socket.deadline().unwrap();
    socket.poll(pinged);
    assert_eq!(socket.poll(pinged + Span::from_millis(3_000)), Some(Due::Close));
    assert!(socket.is_waiting());
    let again = socket.deadline().unwrap();
    assert!(again - pinged < Span::from_millis(13_000));
    assert_eq!(socket.poll(again), Some(Due::Open { not: Some(2) }));
    socket.handle_push(3, again);
    socket.handle_closed(again);
    let next = socket.deadline().unwrap();
    assert_eq!(socket.poll(next), Some(Due::Open { not: Some(3) }));
}

#[test]
fn one_through_which_nothing_comes_for_10_seconds_is_given_up() {
    let mut socket = Socket::new(Seed::new(1), at(0));
    socket.set_offered(true, at(0));
    for longest in [10_000, 20_000, 40_000, 60_000, 60_000] {
        let opened = socket.deadline().unwrap();
        assert_eq!(socket.poll(opened), Some(Due::Open { not: None }));
        assert_eq!(socket.poll(opened + Span::from_millis(9_999)), None);
        assert_eq!(socket.poll(opened + Span::from_millis(10_000)), Some(Due::Close));
        let wait = socket.deadline().unwrap() - opened;
        assert!(wait < Span::from_millis(10_000 + longest), "{wait:?}");
    }
}

#[test]
fn who_slept_over_the_pong_asks_once_more() {
    let mut socket = open();
    let pinged = socket.deadline().unwrap();
    socket.poll(pinged);
    let woke = pinged + Span::from_millis(30_000);
    assert_eq!(socket.poll(woke), Some(Due::Ping));
    assert!(socket.is_open());
    // However late the next look is: it was asked twice.
    assert_eq!(socket.poll(woke + Span::from_millis(30_000)), Some(Due::Close));
}

#[test]
fn doubt_pings_or_opens_at_once() {
    let mut socket = open();
    let now = at(200).min(socket.deadline().unwrap());
    socket.handle_doubt(now);
    assert_eq!(socket.poll(now), Some(Due::Ping));
    socket.handle_doubt(now);
    assert_eq!(socket.poll(now), None, "a ping is on its way already");
    socket.handle_closed(now);
    socket.handle_doubt(now);
    assert_eq!(socket.poll(now), Some(Due::Open { not: Some(2) }));
}

#[test]
fn when_the_server_is_back_it_is_tried_within_10_seconds() {
    for viewer in 0..100 {
        let mut socket = Socket::new(Seed::new(viewer), at(0));
        socket.set_offered(true, at(0));
        let mut now = at(0);
        for _ in 0..6 {
            socket.poll(now);
            socket.handle_closed(now);
            now = socket.deadline().unwrap();
        }
        let before = socket.deadline().unwrap();
        let now = at(0);
        socket.handle_return(now);
        let after = socket.deadline().unwrap();
        assert!(after <= before && after - now < Span::from_millis(10_000), "{after:?}");
    }
    // One that is open stays as it is.
    let mut socket = open();
    let before = socket.deadline();
    socket.handle_return(at(200));
    assert_eq!(socket.deadline(), before);
}

#[test]
fn a_crowd_that_lost_its_hub_returns_within_10_seconds_and_evenly() {
    let mut seconds = [0; 10];
    for viewer in 0..2_000 {
        let mut socket = Socket::new(Seed::new(viewer), at(0));
        socket.set_offered(true, at(0));
        socket.poll(at(0));
        socket.handle_push(0, at(0));
        socket.handle_closed(at(0));
        seconds[usize::try_from((socket.deadline().unwrap() - at(0)).as_millis() / 1_000).unwrap()] += 1;
    }
    assert!(seconds.iter().all(|count| (150..250).contains(count)), "{seconds:?}");
}

#[test]
fn a_server_that_no_longer_pushes_is_left_in_peace() {
    let mut socket = open();
    assert!(socket.set_offered(false, at(500)));
    assert_eq!((socket.deadline(), socket.poll(at(500))), (None, None));
    assert!(!socket.set_offered(false, at(600)));
    // What it still says changes nothing.
    socket.handle_push(2, at(700));
    socket.handle_pong(at(700));
    socket.handle_closed(at(700));
    assert_eq!(socket.deadline(), None);
}
