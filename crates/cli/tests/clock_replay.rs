//! `clock replay`: a line in, a line out, and what the lines say is true.

mod harness;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use downbeat_core::{Seed, Span};
use downbeat_sim::World;
use downbeat_sim::network::Kind;
use downbeat_sim::trace::Line;
use harness::{Directory, Run, downbeat};
use serde_json::{Value, json};

/// Replays a trace from a file.
fn replay(trace: &str, arguments: &[&str]) -> Run {
    let directory = Directory::new();
    let file = directory.path("trace.jsonl");
    std::fs::write(&file, trace).unwrap();
    downbeat(&[&["clock", "replay", file.to_str().unwrap()], arguments].concat())
}

/// Returns the lines that came out.
fn lines(run: &Run) -> Vec<Value> {
    assert_eq!(run.code, 0, "{}", run.err);
    run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An evening of a device: the trace, and the true offset in ms at the end of each exchange.
fn evening(kind: Kind, world: impl FnOnce(World) -> World) -> (String, Vec<f64>) {
    let mut world = world(World::new(kind, Seed::new(11)));
    let (mut trace, mut truth) = (String::new(), Vec::new());
    for count in 0..120 {
        trace.push_str(&format!("{}\n", Line(world.exchange())));
        truth.push(world.offset().as_micros() as f64 / 1e3);
        world.pass_until(world.local() + Span::from_millis(if count < 10 { 500 } else { 30_000 }));
    }
    (trace, truth)
}

fn number(line: &Value, name: &str) -> f64 {
    line[name].as_f64().unwrap_or_else(|| panic!("{name} is no number in {line}"))
}

#[test]
fn what_comes_out_is_true_within_its_bound_for_every_estimator_and_best_for_the_envelope() {
    for kind in [Kind::Wifi, Kind::SegmentDownloads] {
        for exact in [false, true] {
            let (trace, truth) = evening(kind, |world| if exact { world.with_exact_stamps() } else { world });
            let mut worst = Vec::new();
            for name in ["envelope", "median8", "ema", "min8", "single"] {
                let out = lines(&replay(&trace, &["--estimator", name]));
                assert_eq!(out.len(), truth.len());
                let errors = out.iter().zip(&truth).map(|(line, truth)| {
                    let error = (number(line, "offset") - truth).abs();
                    assert!(error <= number(line, "bound"), "{name}: off by {error} ms: {line}");
                    assert_eq!(line["event"], json!("none"));
                    error
                });
                worst.push(errors.skip(20).fold(0.0, f64::max));
            }
            assert!(worst[1..].iter().all(|other| worst[0] < *other), "{} {exact}: {worst:?}", kind.name());
            assert!(worst[0] < 10.0, "{worst:?}");
        }
    }
}

#[test]
fn a_server_that_is_set_is_a_flush_and_right_at_once() {
    let (trace, truth) = evening(Kind::Wifi, |world| world);
    // From the 61st line on the server's clock is a second ahead.
    let set = trace.lines().enumerate().map(|(index, line)| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if index >= 60 {
            line["t2"] = json!(number(&line, "t2") + 1_000.0);
            line["t3"] = json!(number(&line, "t3") + 1_000.0);
        }
        format!("{line}\n")
    });
    let set: String = set.collect();
    let out = lines(&replay(&set, &[]));
    let flushed: Vec<usize> = (0..out.len()).filter(|index| out[*index]["event"] == json!("flush")).collect();
    assert_eq!(flushed, [60]);
    for (index, (line, truth)) in out.iter().zip(&truth).enumerate() {
        let truth = if index < 60 { *truth } else { truth + 1_000.0 };
        assert!((number(line, "offset") - truth).abs() <= number(line, "bound"), "{index}: {line}");
    }
    let slow = lines(&replay(&set, &["--estimator", "median8"]));
    let events: Vec<&Value> = slow.iter().map(|line| &line["event"]).filter(|event| **event != json!("none")).collect();
    assert_eq!(events, [&json!("step")]);
}

#[test]
fn the_same_line_twice_and_a_gap_of_hours_change_no_truth() {
    let (trace, truth) = evening(Kind::Wifi, |world| world);
    let twice: String = trace.lines().map(|line| format!("{line}\n{line}\n")).collect();
    let (once, twice) = (lines(&replay(&trace, &[])), lines(&replay(&twice, &[])));
    assert!(twice.iter().step_by(2).eq(once.iter()) && twice.iter().skip(1).step_by(2).eq(once.iter()));
    let gap: String = trace.lines().enumerate().filter(|(index, _)| !(15..118).contains(index)).fold(
        String::new(),
        |mut text, (_, line)| {
            text.push_str(line);
            text.push('\n');
            text
        },
    );
    let after = &lines(&replay(&gap, &[]))[15];
    assert!((number(after, "offset") - truth[118]).abs() <= number(after, "bound"), "{after}");
}

#[test]
fn microseconds_come_out_as_they_went_in() {
    let trace = r#"{"t1":10.250,"t2":1704067200031,"t3":1704067200031,"t4":52.501}"#;
    let out = replay(trace, &["--estimator", "single"]).out;
    // The server's 31 may be up to 32, the local 52.501 up to 52.502: the middle of 32 − 10.25 and 31 − 52.502.
    let line = "{\"at\":52.501,\"offset\":1704067200000.124,\"bound\":22.626,\"skewPpm\":0.0,\"event\":\"none\"}\n";
    assert_eq!(out, line);
    let exact = lines(&replay(trace, &["--estimator", "single", "--quantum", "0"]));
    assert_eq!(number(&exact[0], "offset"), 1_704_067_199_999.624);
}

#[test]
fn a_bad_line_is_invalid_input_with_its_place_after_the_lines_before_it() {
    let good = r#"{"t1":1,"t2":5,"t3":5,"t4":9}"#;
    let run = replay(&format!("{good}\n\n{{\"t1\":1,\"t2\":5}}\n{good}\n"), &[]);
    assert_eq!((run.code, run.out.lines().count()), (3, 1));
    assert!(run.err.contains("trace.jsonl:3:15: missing field `t3`"), "{}", run.err);
    assert!(run.err.contains("next: write a line as"), "{}", run.err);
    let run = replay("{\"t1\":1,\"t2\":5,\"t3\":5,\"t4\":0}\n", &["--json"]);
    let json = run.json();
    assert_eq!((run.code, &json["code"], &json["error"]["code"]), (3, &json!(3), &json!("invalid")));
    assert_eq!(downbeat(&["clock", "replay", "no-such-file"]).code, 2);
    assert_eq!(replay(good, &["--estimator", "best"]).code, 2);
    assert_eq!(replay(good, &["--quantum", "1s"]).code, 2);
    assert_eq!((replay("", &[]).code, replay("", &[]).out.as_str()), (0, ""));
}

#[test]
fn in_a_pipe_a_line_comes_out_before_the_next_goes_in() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_downbeat"))
        .args(["clock", "replay", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut into, mut out) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for second in 0..3 {
        let (t1, t2, t4) = (second * 1_000, 500 + second * 1_000, second * 1_000 + 20);
        writeln!(into, r#"{{"t1":{t1},"t2":{t2},"t3":{t2},"t4":{t4}}}"#).unwrap();
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(number(&serde_json::from_str(&line).unwrap(), "at"), f64::from(t4));
    }
    // A reader that goes away ends it, though more is coming.
    drop(out);
    while writeln!(into, r#"{{"t1":1,"t2":2,"t3":2,"t4":3}}"#).is_ok() {}
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
