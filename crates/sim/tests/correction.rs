//! What correction does to players as browsers have them, millisecond by millisecond.

use downbeat_core::correction::{AIMED, Action, Doing, Loops, Means, RELEASES};
use downbeat_core::{Position, Span};
use downbeat_sim::player::{Page, Player, START};
use proptest::collection::vec;
use proptest::prelude::*;

/// Returns whether a drift is `limit` or more, either way.
fn beyond(drift: Span, limit: Span) -> bool {
    drift >= limit || drift <= -limit
}

/// A page whose video has played along for 20 s.
fn playing(player: Player) -> Page {
    let mut page = Page::open(player, Means::Rates, 600_000);
    page.run(20_000);
    assert!(page.drift_ms().abs() < 50.0, "{} ms off: {:?}", page.drift_ms(), page.done);
    page
}

#[test]
fn a_video_that_joins_late_is_taken_to_where_the_event_is() {
    let mut page = Page::open(Player::new(), Means::Rates, 600_000);
    page.run(1_000);
    let [(_, Action::Play { seek: Some(to), rate: 1.0 })] = page.done[..] else { panic!("{:?}", page.done) };
    assert!((to - Span::from_millis(600_000)).as_millis() < 10, "{to:?}");
    page.run(5_000);
    assert!(page.drift_ms().abs() < 50.0);
}

#[test]
fn a_kick_of_150_ms_is_played_away_within_6_s_without_a_seek() {
    for kick in [150, -150, 149, 60, -290] {
        let mut page = playing(Player::new());
        page.kick(kick);
        let took = page.run_until_within(20.0, 12_000);
        assert!(took < if kick.abs() > 150 { 7_000 } else { 4_500 }, "{kick} ms: {took} ms, {:?}", page.done);
        assert_eq!(page.seeks(), 0, "{:?}", page.done);
        assert!(page.done.len() <= 3, "{:?}", page.done);
    }
}

#[test]
fn a_kick_of_400_ms_is_sought_away_within_2_s() {
    for (kick, seek_ms) in [(400, 60), (-400, 60), (400, 250), (-2_000, 250), (10_000, 400)] {
        let mut page = playing(Player { seek_ms, ..Player::new() });
        page.kick(kick);
        let took = page.run_until_within(50.0, 8_000);
        assert!(took < 2_000, "{kick} ms: {took} ms, {:?}", page.done);
        assert_eq!(page.seeks(), 1, "{:?}", page.done);
    }
}

#[test]
fn what_a_seek_takes_is_learned_from_the_first() {
    let mut page = Page::open(Player { seek_ms: 280, ..Player::new() }, Means::Rates, 600_000);
    page.run(1_000);
    assert!(page.drift_ms() < -200.0, "nobody could know: {}", page.drift_ms());
    page.run(10_000);
    page.change(2_000, Some(1_200_000), None);
    page.run(3_000);
    assert!(page.drift_ms().abs() < 20.0, "{}", page.drift_ms());
}

#[test]
fn a_hold_that_meets_a_seek_in_progress_stands_where_the_event_does() {
    for after_ms in [1, 50, 200] {
        let mut page = playing(Player { seek_ms: 280, ..Player::new() });
        page.change(2_000, Some(1_200_000), None);
        page.change(2_000 + after_ms, None, Some(0.0));
        page.run(6_000);
        assert!(page.player.paused && page.drift_ms().abs() < 20.0, "{after_ms}: {}", page.drift_ms());
    }
}

#[test]
fn a_small_drift_is_left_alone() {
    let mut page = playing(Player::new());
    page.run(5_000);
    page.kick(30);
    page.run(60_000);
    assert_eq!(page.done, []);
}

#[test]
fn held_the_video_stands_at_the_position_and_resumed_it_goes_on() {
    let mut page = playing(Player::new());
    page.change(500, None, Some(0.0));
    let held_at = page.timeline.segments().last().unwrap().position;
    page.run(3_000);
    assert!(page.player.paused);
    let standing = Span::from_micros(page.player.position_us as i64) - (held_at - Position::START);
    assert!(!beyond(standing, RELEASES), "{standing:?} off, after {:?}", page.done);
    assert!(page.done.len() <= 2, "{:?}", page.done);
    page.run(600_000);
    assert_eq!(page.done, []);
    page.change(2_000, None, Some(1.0));
    page.run(1_999);
    assert!(page.player.paused);
    page.run(200);
    assert!(!page.player.paused && page.drift_ms().abs() < 50.0, "{}", page.drift_ms());
}

#[test]
fn the_rate_of_the_event_is_the_rate_of_the_video() {
    let mut page = playing(Player::new());
    page.change(2_000, None, Some(1.5));
    page.run(3_000);
    assert_eq!(
        page.done.iter().filter(|(_, action)| *action == Action::Rate { rate: 1.5 }).count(),
        1,
        "{:?}",
        page.done
    );
    page.kick(120);
    page.run(8_000);
    assert!(page.drift_ms().abs() < 20.0, "{}", page.drift_ms());
    assert_eq!(page.player.rate, 1.5);
}

#[test]
fn before_the_start_the_video_waits_at_its_beginning() {
    let mut page = Page::open(Player::new(), Means::Rates, -3_000);
    page.run(2_999);
    assert_eq!((page.player.paused, page.done.len()), (true, 0));
    page.run(100);
    assert!(!page.player.paused);
    assert!(page.drift_ms().abs() < 50.0, "{}", page.drift_ms());
}

#[test]
fn after_its_end_the_video_stands_at_its_end() {
    let end = Some(Span::from_millis(610_000));
    let mut page = Page::open(Player { duration: end, ..Player::new() }, Means::Rates, 600_000);
    page.run(15_000);
    assert!(page.player.paused);
    page.run(60_000);
    assert_eq!(page.done, []);
}

#[test]
fn a_live_stream_is_told_of_and_never_touched() {
    let live = Player { live: true, paused: false, ..Player::new() };
    let mut page = Page::open(live, Means::Rates, 600_000);
    page.player.position_us = 592_000_000.0;
    page.run(5_000);
    page.change(500, None, Some(0.0));
    page.run(5_000);
    page.change(500, Some(0), Some(1.0));
    page.run(500);
    assert_eq!((page.correction.doing(), page.done.len()), (Doing::Live, 0));
    let mut page = Page::open(page.player, Means::Rates, 600_000);
    page.player.position_us = 592_000_000.0;
    page.run(5_000);
    let drift = page.correction.drift().unwrap();
    assert!(!beyond(drift + Span::from_millis(8_000), Span::from_millis(10)), "{drift:?}");
}

#[test]
fn where_rates_are_broken_only_seeks_are_used() {
    let mut page = Page::open(Player::new(), Means::Seeks, 600_000);
    page.run(20_000);
    page.kick(250);
    page.run(5_000);
    assert_eq!((page.seeks(), page.done.len()), (1, 1), "{:?}", page.done);
    assert!(page.drift_ms().abs() < 50.0);
}

#[test]
fn a_player_that_ignores_its_rate_is_found_out() {
    let mut page = playing(Player { obeys: false, seek_ms: 10, ..Player::new() });
    page.kick(150);
    page.run(20_000);
    assert_eq!(page.correction.means(), Means::Seeks);
    assert!(page.drift_ms().abs() < 50.0, "{}: {:?}", page.drift_ms(), page.done);
}

#[test]
fn a_player_that_cannot_hit_is_left_in_peace_more_and_more() {
    // Each seek takes another time than the last, so what was learned from that is wrong.
    let mut page = Page::open(Player { seek_ms: 1_900, ..Player::new() }, Means::Seeks, 600_000);
    let mut seeks = 0;
    for _ in 0..6_000 {
        page.run(100);
        if page.seeks() > 0 {
            seeks += page.seeks();
            page.player.seek_ms = 1_950 - page.player.seek_ms;
        }
    }
    // Without longer and longer rests they would be 300.
    assert!((10..20).contains(&seeks), "{seeks} seeks in ten minutes");
}

#[test]
fn where_rates_are_broken_a_jump_is_aimed_until_it_is_close() {
    // What playing takes to begin, and what a seek takes while it plays, are learned one after the other.
    for (seek_ms, play_ms) in [(80, 20), (180, 90), (350, 10), (60, 300)] {
        let mut page = Page::open(Player { seek_ms, play_ms, ..Player::new() }, Means::Seeks, 600_000);
        let took = page.run_until_within(AIMED.as_millis() as f64 + 5.0, 20_000);
        assert!(took < 8_000 && page.seeks() <= 3, "{seek_ms} ms: {took} ms, {:?}", page.done);
        page.run(60_000);
        assert_eq!(page.done, [], "and then it is left alone");
    }
}

#[test]
fn a_player_that_lands_on_key_frames_is_sought_once_and_paced() {
    let mut page = Page::open(Player { key_frames: Some(4_000), ..Player::new() }, Means::Rates, 603_000);
    page.run(1_000);
    assert!(page.drift_ms() < -2_900.0, "it landed on the frame before: {}", page.drift_ms());
    let took = page.run_until_within(50.0, 120_000);
    assert_eq!(page.seeks(), 0, "{:?}", page.done);
    assert!(took < 80_000, "{took} ms");
    page.change(1, Some(1_200_000), None);
    page.run(2_000);
    assert_eq!(page.seeks(), 1, "a jump of the event is followed again");
}

#[test]
fn media_that_cannot_be_sought_is_tried_once_and_then_told() {
    let mut page = Page::open(Player { restarts: true, ..Player::new() }, Means::Rates, 600_000);
    page.run(60_000);
    assert_eq!(page.seeks(), 1, "{:?}", page.done);
    assert!(page.correction.is_out_of_reach());
    let to = page.player.position_us as i64 / 1_000;
    page.change(1, Some(to), None);
    page.run(5_000);
    assert!(!page.correction.is_out_of_reach(), "the event came to where it is");
}

#[test]
fn a_loop_goes_round_by_itself_and_is_never_sought() {
    let length = Some(Span::from_millis(10_000));
    let mut page = Page::open(Player { duration: length, loops: true, ..Player::new() }, Means::Rates, 600_500);
    page.correction.handle_loops(Loops::Itself);
    page.run(8_000);
    page.run(60_000);
    assert_eq!(page.done, [], "six times round");
    assert!((page.drift_ms() % 10_000.0).abs() < 50.0, "{}", page.drift_ms());
    page.kick(-150);
    page.run(20_000);
    assert_eq!(page.seeks(), 0, "also where the ends meet: {:?}", page.done);
}

#[test]
fn a_loop_shorter_than_the_media_is_sent_back_in_time() {
    let length = Span::from_millis(10_000);
    let mut page = Page::open(Player { duration: Some(length + length), ..Player::new() }, Means::Rates, 605_000);
    page.correction.handle_loops(Loops::After(length));
    page.run(2_000);
    page.run(30_000);
    assert_eq!(page.seeks(), 3, "{:?}", page.done);
    let (at, _) = page.done.iter().find(|(_, action)| matches!(action, Action::Seek { .. })).unwrap();
    assert!((610_000..610_020).contains(at), "{at}");
}

#[test]
fn the_nudge_makes_the_video_play_ahead() {
    let mut page = playing(Player::new());
    page.correction.handle_nudge(Span::from_millis(120));
    page.run(8_000);
    assert!((page.drift_ms() - 120.0).abs() < 20.0, "{}", page.drift_ms());
    assert_eq!(page.seeks(), 0);
}

#[test]
fn autoplay_that_is_refused_is_asked_for_again_now_and_then() {
    let mut page = Page::open(Player::new(), Means::Rates, 600_000);
    let mut asked = 0;
    for _ in 0..10_000 {
        page.run(1);
        asked += page.done.len();
        page.player.paused = true;
    }
    assert!((5..=8).contains(&asked), "{asked} times in 10 s");
}

#[test]
fn around_a_change_nothing_is_corrected() {
    let mut page = playing(Player::new());
    page.change(1_000, None, Some(0.0));
    page.run(600);
    page.kick(150);
    page.run(399);
    assert_eq!(page.done, []);
}

/// What may happen to a page.
#[derive(Clone, Debug)]
enum Fate {
    Wait(i64),
    Kick(i64),
    Change(i64, Option<i64>, Option<f64>),
    Nudge(i64),
    Sleep(i64),
}

fn fates() -> impl Strategy<Value = Fate> {
    let rate = prop::option::of(prop_oneof![Just(0.0), Just(1.0), Just(1.0), Just(0.5), Just(2.0)]);
    prop_oneof![
        4 => (100..9_000_i64).prop_map(Fate::Wait),
        3 => (-2_000..2_000_i64).prop_map(Fate::Kick),
        2 => (-500..3_000_i64, prop::option::of(0..900_000_i64), rate).prop_map(|(ms, to, rate)| Fate::Change(ms, to, rate)),
        1 => (-300..300_i64).prop_map(Fate::Nudge),
        1 => (1_000..90_000_i64).prop_map(Fate::Sleep),
    ]
}

fn players() -> impl Strategy<Value = Player> {
    (0..400_i64, 0..120_i64, -300.0..300.0_f64, 0..15_i64).prop_map(|(seek_ms, play_ms, ppm, noise_ms)| Player {
        seek_ms,
        play_ms,
        ppm,
        noise_ms,
        ..Player::new()
    })
}

/// Lets `fate` happen to a page.
fn suffer(page: &mut Page, fate: &Fate) {
    match fate {
        Fate::Wait(ms) => page.run(*ms),
        Fate::Kick(ms) => page.kick(*ms),
        Fate::Change(ms, to, rate) => page.change(*ms, *to, *rate),
        Fate::Nudge(ms) => page.correction.handle_nudge(Span::from_millis(*ms)),
        Fate::Sleep(ms) => page.now += ms,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn rates_stay_within_their_bounds_and_seeks_have_a_reason(player in players(), fates in vec(fates(), 1..16)) {
        let mut page = Page::open(player, Means::Rates, 0);
        for fate in fates {
            page.done.clear();
            suffer(&mut page, &fate);
            for (ms, action) in &page.done {
                let base = page.timeline.rate(START + Span::from_millis(*ms)).as_factor();
                match action {
                    Action::Rate { rate } | Action::Play { rate, .. } | Action::Seek { rate, .. } => {
                        let share = rate / base - 1.0;
                        prop_assert!((-0.0501..=0.0501).contains(&share), "{} ms: {:?} while the event has {}", ms, action, base);
                    }
                    Action::Pause { .. } | Action::Nothing | Action::Load => {}
                }
                if let Action::Seek { to, .. } | Action::Play { seek: Some(to), .. } = action {
                    prop_assert!(*to >= Span::ZERO);
                }
            }
        }
    }

    #[test]
    fn left_alone_the_video_comes_back_and_then_nothing_is_done(player in players(), fates in vec(fates(), 1..10)) {
        let mut page = Page::open(player, Means::Rates, 0);
        for fate in fates {
            suffer(&mut page, &fate);
        }
        page.correction.handle_nudge(Span::ZERO);
        page.change(1, Some(300_000), Some(1.0));
        page.run(15_000);
        let mut worst = 0.0_f64;
        let mut done = 0;
        for _ in 0..600 {
            page.run(100);
            done += page.done.len();
            worst = worst.max(page.drift_ms().abs());
        }
        // 300 ppm for a minute are 18 ms: at most one correction, which is two changes of the rate.
        prop_assert!(worst < 75.0, "{} ms off", worst);
        prop_assert!(done <= 2, "{} things done in a quiet minute", done);
        prop_assert_eq!(page.seeks(), 0);
    }

    #[test]
    fn shifting_both_clocks_changes_nothing(player in players(), fates in vec(fates(), 1..10), shift_us in -1_000_000_000..1_000_000_000_i64) {
        let mut here = Page::open(player.clone(), Means::Rates, 0);
        let mut there = Page::open(player, Means::Rates, 0);
        there.shift_local(shift_us);
        for fate in fates {
            suffer(&mut here, &fate);
            suffer(&mut there, &fate);
            prop_assert_eq!(&here.done, &there.done);
        }
    }
}

#[test]
fn where_frames_are_told_the_screen_is_within_half_a_frame_a_second_after_a_seek() {
    // What is seen is what is reported, less what the screen takes, and half of its refreshes.
    let off = |page: &Page, late: i64| page.drift_ms() - late as f64 - 8.0;
    for (seed, (seek_ms, late)) in [(60, 20), (120, 50), (250, 35), (180, 5)].into_iter().enumerate() {
        let seed = downbeat_core::Seed::new(seed as u64);
        let player = Player { screen_ms: Some(late), seek_ms, seed, ..Player::new() };
        let mut page = Page::open(player, Means::Rates, 600_000);
        page.run(20_000);
        for round in 1..=5 {
            // The time that a seek takes varies.
            page.player.seek_ms = seek_ms + 15 * (round % 3);
            page.change(2_000, Some(600_000 + round * 100_000), None);
            page.run(3_200);
            assert!(round == 1 || off(&page, late).abs() < 20.0, "{late}, round {round}: {}", off(&page, late));
            page.run(8_000);
            assert!(off(&page, late).abs() < 20.0, "{late}, round {round}: {} {:?}", off(&page, late), page.done);
            page.run(60_000);
            assert!(page.done.len() <= 4, "it does not hunt: {:?}", page.done);
        }
    }
}
