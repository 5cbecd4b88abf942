use super::*;

fn at(ms: i64) -> LocalTime {
    LocalTime::from_micros(ms * 1_000)
}

/// A socket that was opened at 0 and heard of its hub, number 2, at 100 ms.
fn open() -> Socket {
    let mut socket = Socket::new(Seed::new(1), at(0));
    assert!(!socket.set_offered(true, at(0)));
    assert_eq!(socket.poll(Load::Normal, at(0)), Some(Due::Open { not: None }));
    socket.handle_push(2, at(100));
    assert!(socket.is_open());
    socket
}

#[test]
fn it_is_pinged_every_15_seconds_from_anywhere_within_the_first() {
    let mut socket = open();
    let first = socket.deadline().unwrap();
    assert!(at(100) <= first && first < at(15_100), "{first:?}");
    assert_eq!(socket.poll(Load::Normal, first - Span::from_micros(1)), None);
    assert_eq!(socket.poll(Load::Normal, first), Some(Due::Ping));
    assert_eq!(socket.poll(Load::Normal, first + Span::from_millis(2_999)), None);
    let answered = first + Span::from_millis(40);
    socket.handle_pong(answered);
    assert_eq!(socket.deadline(), Some(answered + Span::from_millis(15_000)));
}

#[test]
fn one_that_does_not_answer_for_3_seconds_is_closed_and_another_hub_asked() {
    let mut socket = open();
    let pinged = socket.deadline().unwrap();
    socket.poll(Load::Normal, pinged);
    assert_eq!(socket.poll(Load::Normal, pinged + Span::from_millis(3_000)), Some(Due::Close));
    assert!(socket.is_lost());
    let again = socket.deadline().unwrap();
    assert!(again - pinged < Span::from_millis(13_000));
    assert_eq!(socket.poll(Load::Normal, again), Some(Due::Open { not: Some(2) }));
    socket.handle_push(3, again);
    socket.handle_closed(again);
    let next = socket.deadline().unwrap();
    assert_eq!(socket.poll(Load::Normal, next), Some(Due::Open { not: Some(3) }));
}

#[test]
fn one_through_which_nothing_comes_is_given_up_after_10_seconds_and_later_after_more() {
    let mut socket = Socket::new(Seed::new(1), at(0));
    socket.set_offered(true, at(0));
    let turns = [(10_000, 10_000), (20_000, 20_000), (40_000, 40_000), (40_000, 60_000), (40_000, 60_000)];
    for (patience, longest) in turns.map(|(patience, longest)| (Span::from_millis(patience), longest)) {
        let opened = socket.deadline().unwrap();
        assert_eq!(socket.poll(Load::Normal, opened), Some(Due::Open { not: None }));
        assert_eq!(socket.poll(Load::Normal, opened + patience - Span::from_millis(1)), None);
        assert_eq!(socket.poll(Load::Normal, opened + patience), Some(Due::Close));
        let wait = socket.deadline().unwrap() - opened - patience;
        assert!(wait < Span::from_millis(longest), "{wait:?}");
    }
}

#[test]
fn while_the_server_is_overloaded_nobody_gives_up_a_place_in_its_queue() {
    let mut socket = Socket::new(Seed::new(1), at(0));
    socket.set_offered(true, at(0));
    socket.poll(Load::Normal, at(0));
    assert_eq!(socket.poll(Load::Heavy, at(10_000)), None);
    assert_eq!(socket.poll(Load::Heavy, at(39_999)), None);
    let mut calm = socket.clone();
    assert_eq!(calm.poll(Load::Normal, calm.deadline().unwrap()), Some(Due::Close));
    assert_eq!(socket.poll(Load::Heavy, socket.deadline().unwrap()), Some(Due::Close), "there is an end to it");
    // A pong may take longer then, too.
    let mut socket = open();
    let pinged = socket.deadline().unwrap();
    socket.poll(Load::Heavy, pinged);
    assert_eq!(socket.poll(Load::Heavy, pinged + Span::from_millis(9_999)), None);
    assert_eq!(socket.poll(Load::Heavy, pinged + Span::from_millis(10_000)), Some(Due::Close));
}

#[test]
fn a_server_without_room_is_tried_again_when_it_says_and_the_next_failure_waits_no_longer_for_it() {
    let (mut least, mut most) = (at(100_000), at(0));
    for viewer in 0..500 {
        let mut socket = Socket::new(Seed::new(viewer), at(0));
        socket.set_offered(true, at(0));
        for _ in 0..3 {
            let opened = socket.deadline().unwrap();
            socket.poll(Load::Normal, opened);
            socket.handle_refused(Span::from_millis(20_000), at(0));
        }
        // Neither a page that is shown again nor a server that is back makes it sooner.
        socket.handle_doubt(at(0));
        socket.handle_return(at(0));
        assert!(socket.is_lost() && socket.is_offered());
        let next = socket.deadline().unwrap();
        (least, most) = (least.min(next), most.max(next));
        assert_eq!(socket.poll(Load::Normal, next), Some(Due::Open { not: None }));
        socket.handle_closed(next);
        assert!(socket.deadline().unwrap() - next < Span::from_millis(10_000));
    }
    assert!(at(20_000) <= least && least < at(20_200) && at(29_800) < most && most <= at(30_000), "{least:?} {most:?}");
}

#[test]
fn who_broke_the_protocol_waits_longest() {
    let mut longest = Span::ZERO;
    for viewer in 0..500 {
        let mut socket = Socket::new(Seed::new(viewer), at(0));
        socket.set_offered(true, at(0));
        socket.poll(Load::Normal, at(0));
        socket.handle_fault(at(0));
        longest = longest.max(socket.deadline().unwrap() - at(0));
    }
    assert!(longest > Span::from_millis(59_000) && longest < Span::from_millis(60_000), "{longest:?}");
}

#[test]
fn a_server_that_asks_for_a_wait_puts_off_the_next_socket_but_not_the_one_being_opened() {
    let mut socket = Socket::new(Seed::new(1), at(0));
    socket.set_offered(true, at(0));
    socket.handle_wait(at(4_000));
    let opened = socket.deadline().unwrap();
    assert_eq!(opened, at(4_000));
    socket.poll(Load::Normal, opened);
    let before = socket.deadline();
    socket.handle_wait(at(60_000));
    assert_eq!(socket.deadline(), before);
}

#[test]
fn who_slept_over_the_pong_asks_once_more() {
    let mut socket = open();
    let pinged = socket.deadline().unwrap();
    socket.poll(Load::Normal, pinged);
    let woke = pinged + Span::from_millis(30_000);
    assert_eq!(socket.poll(Load::Normal, woke), Some(Due::Ping));
    assert!(socket.is_open());
    // However late the next look is: it was asked twice.
    assert_eq!(socket.poll(Load::Normal, woke + Span::from_millis(30_000)), Some(Due::Close));
}

#[test]
fn doubt_pings_or_opens_at_once() {
    let mut socket = open();
    let now = at(200).min(socket.deadline().unwrap());
    socket.handle_doubt(now);
    assert_eq!(socket.poll(Load::Normal, now), Some(Due::Ping));
    socket.handle_doubt(now);
    assert_eq!(socket.poll(Load::Normal, now), None, "a ping is on its way already");
    socket.handle_closed(now);
    socket.handle_doubt(now);
    assert_eq!(socket.poll(Load::Normal, now), Some(Due::Open { not: Some(2) }));
}

#[test]
fn when_the_server_is_back_it_is_tried_within_10_seconds() {
    for viewer in 0..100 {
        let mut socket = Socket::new(Seed::new(viewer), at(0));
        socket.set_offered(true, at(0));
        let mut now = at(0);
        for _ in 0..6 {
            socket.poll(Load::Normal, now);
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
        socket.poll(Load::Normal, at(0));
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
    assert_eq!((socket.deadline(), socket.poll(Load::Normal, at(500))), (None, None));
    assert!(!socket.set_offered(false, at(600)));
    // What it still says changes nothing.
    socket.handle_push(2, at(700));
    socket.handle_pong(at(700));
    socket.handle_closed(at(700));
    assert_eq!(socket.deadline(), None);
}
