//! What `cues join` says and what a viewer gets who joins, from sheet to effects.

use downbeat_core::cueing::{Cueing, Effect};
use downbeat_core::{EventTimeline, Position, Rate, Seed, Segment, ServerTime, Span, Timeline};
use downbeat_sheet::{Kind, Outcome, Rundown, compile};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);

fn any_late() -> impl Strategy<Value = Option<Value>> {
    let within = (0..9_000_u32).prop_map(|ms| json!({ "within": format!("{ms}ms") }));
    prop::option::of(prop_oneof![Just(json!("skip")), Just(json!("resume")), Just(json!("latest")), within])
}

/// Cues that often begin, end and repeat at the same times.
fn any_rundown() -> impl Strategy<Value = Rundown> {
    let cue = (0..40_u32, prop::option::of(1..20_u32), 0..3_usize, any_late(), any::<bool>());
    vec(cue, 0..20).prop_map(|cues| {
        let cues = cues.into_iter().enumerate().map(|(index, (time, length, track, late, is_state))| {
            let action = if is_state { "scene" } else { "burst" };
            let mut cue = json!({ "id": format!("cue-{index}"), "time": time / 2, "action": action });
            let track = ["a", "b", ""][track];
            if !track.is_empty() {
                cue["track"] = track.into();
            }
            if let Some(length) = length {
                cue["duration"] = (length / 2 + 1).into();
            }
            if let Some(late) = late {
                cue["late"] = late;
            }
            cue
        });
        let actions = json!({ "scene": { "kind": "state" }, "burst": { "kind": "moment" } });
        let sheet = json!({ "version": 1, "id": "any", "actions": actions, "cues": cues.collect::<Vec<_>>() });
        let compiled = compile(&sheet.to_string());
        compiled.rundown.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
    })
}

/// What somebody gets who joins where the event is at `position`: the cue, and from where in it.
fn joined(rundown: &Rundown, position: Position) -> Vec<(usize, Span)> {
    let segment = Segment { from: NOW, position, rate: Rate::NORMAL };
    let mut cueing = Cueing::new(None);
    cueing.handle_rundown(rundown.cue_list(&Seed::new(7)), |_, _| true);
    let timeline = Timeline::from_segments(vec![segment]).unwrap();
    cueing.handle_timeline(EventTimeline { timeline, ..EventTimeline::starting_at(NOW) });
    cueing.handle_tick(NOW, Span::from_millis(20));
    let mut begun: Vec<(usize, Span)> = std::iter::from_fn(|| cueing.poll_effect())
        .filter_map(|effect| match effect {
            Effect::Fire { cue, into, .. } => Some((cue.index, into)),
            Effect::Enter { cue, into, .. } => Some((cue.index, into)),
            _ => None,
        })
        .collect();
    begun.sort_unstable();
    begun
}

proptest! {
    #[test]
    fn a_viewer_who_joins_gets_what_was_said_they_get(rundown in any_rundown(), ms in 0..32_000_i64) {
        for position in [Position::from_millis(ms), Position::from_millis(ms / 500 * 500)] {
            let said: Vec<(usize, Span)> = rundown
                .join(position)
                .into_iter()
                .enumerate()
                .filter_map(|(index, joined)| match joined.outcome {
                    Outcome::Fires => Some((index, Span::ZERO)),
                    Outcome::Resumes(elapsed) => Some((index, elapsed)),
                    Outcome::Missed => None,
                })
                .collect();
            prop_assert_eq!(joined(&rundown, position), said, "at {:?} of {:?}", position, rundown);
        }
    }

    #[test]
    fn a_viewer_who_watches_has_the_states_that_are_active(rundown in any_rundown(), until in 0..32_000_i64) {
        let mut cueing = Cueing::new(None);
        cueing.handle_rundown(rundown.cue_list(&Seed::new(7)), |_, _| true);
        cueing.handle_timeline(EventTimeline::starting_at(NOW));
        let last = NOW + Span::from_millis(until);
        let mut now = NOW - Span::from_millis(1);
        loop {
            cueing.handle_tick(now, Span::from_millis(20));
            match cueing.next_deadline() {
                Some(deadline) if deadline <= last => now = deadline,
                _ => break,
            }
        }
        let position = Position::from_millis(until);
        let mut active: Vec<usize> = cueing.active().map(|cue| cue.index).collect();
        active.sort_unstable();
        let cues = rundown.cues();
        let said = rundown.active(position);
        prop_assert_eq!(active.iter().map(|index| &cues[*index]).collect::<Vec<_>>(), said);
        prop_assert!(active.iter().all(|index| cues[*index].kind() == Kind::State));
    }
}

fn rundown(cues: &str) -> Rundown {
    let sheet = format!(
        r##"{{ "version": 1, "id": "x", "actions": {{ "scene": {{ "kind": "state" }}, "burst": {{ "kind": "moment" }} }}, "cues": [{cues}] }}"##
    );
    compile(&sheet).rundown.expect("the sheet is right")
}

/// What a running viewer is told when one rundown takes the place of another, 15 s in.
fn replaced(before: &str, after: &str) -> Vec<Effect> {
    let mut cueing = Cueing::new(None);
    let (before, after) = (rundown(before), rundown(after));
    cueing.handle_rundown(before.cue_list(&Seed::new(7)), |_, _| true);
    cueing.handle_timeline(EventTimeline::starting_at(NOW));
    let bound = Span::from_millis(20);
    cueing.handle_tick(NOW + Span::from_millis(15_000), bound);
    while cueing.poll_effect().is_some() {}
    let is_same = |old: usize, new: usize| before.cues()[old].says_the_same(&after.cues()[new]);
    cueing.handle_rundown(after.cue_list(&Seed::new(7)), is_same);
    cueing.handle_tick(NOW + Span::from_millis(15_050), bound);
    std::iter::from_fn(|| cueing.poll_effect()).collect()
}

#[test]
fn a_new_rundown_begins_anew_the_states_that_it_changed_and_no_others() {
    let scene = |params: &str| format!(r#"{{ "id": "one", "time": 10, "action": "scene", "duration": 60, {params} }}"#);
    let red = scene(r#""params": { "color": "red", "steps": [1, {"a": null}] }"#);
    assert_eq!(replaced(&red, &red), []);
    let later = format!(r#"{red}, {{ "id": "two", "time": 30, "action": "scene", "duration": 5 }}"#);
    assert_eq!(replaced(&red, &later), [], "what is still to come changes nothing now");
    for other in [
        r#""params": { "color": "rad", "steps": [1, {"a": null}] }"#,
        r#""params": { "color": "red", "steps": [1, {"a": 0}] }"#,
        r#""params": { "color": "red", "steps": [1, {"b": null}] }"#,
        r#""params": { "color": "red", "steps": [1] }"#,
        r#""track": "fx", "params": { "color": "red", "steps": [1, {"a": null}] }"#,
        r#""message": "red", "params": { "color": "red", "steps": [1, {"a": null}] }"#,
        r#""note": "no params""#,
    ] {
        let effects = replaced(&red, &scene(other));
        assert!(matches!(effects[..], [Effect::Leave { .. }, Effect::Enter { .. }]), "{other}: {effects:?}");
    }
}

#[test]
fn what_a_cue_needs_decides_what_an_uncertain_viewer_gets() {
    let cues = r#"{ "id": "exact", "time": 10, "action": "burst", "needs": { "bound": "50ms" }, "late": { "within": "5s" } },
        { "id": "marked", "time": 10, "action": "burst", "needs": { "bound": "50ms", "otherwise": "fire" } }"#;
    let rundown = rundown(cues);
    let mut cueing = Cueing::new(None);
    cueing.handle_rundown(rundown.cue_list(&Seed::new(7)), |_, _| true);
    cueing.handle_timeline(EventTimeline::starting_at(NOW));
    let mut told = |ms: i64, bound: i64| -> Vec<(String, &str)> {
        cueing.handle_tick(NOW + Span::from_millis(ms), Span::from_millis(bound));
        let said = std::iter::from_fn(|| cueing.poll_effect()).map(|effect| match effect {
            Effect::Withhold { cue, .. } => (cue, "withheld"),
            Effect::Fire { cue, timing, .. } => (cue, if timing.certain { "certain" } else { "uncertain" }),
            other => panic!("{other:?}"),
        });
        said.map(|(cue, what)| (rundown.cues()[cue.index].id().to_owned(), what)).collect()
    };
    assert_eq!(told(9_000, 20), []);
    assert_eq!(told(10_000, 51), [("exact".to_owned(), "withheld"), ("marked".to_owned(), "uncertain")]);
    assert_eq!(told(12_000, 50), [("exact".to_owned(), "certain")]);
}

#[test]
fn a_state_that_a_new_rundown_moves_goes_on_from_elsewhere() {
    let scene = |time: u32| format!(r#"{{ "id": "one", "time": {time}, "action": "scene", "duration": 60 }}"#);
    let effects = replaced(&scene(10), &scene(12));
    let [Effect::Adjust { into, .. }] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(into, Span::from_millis(3_050));
}
