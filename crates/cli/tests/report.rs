//! `report`: what it says of a show, of a server that is as small as it can be.

mod harness;

use harness::{Directory, Fake, Mood, downbeat, operate};
use serde_json::json;

#[test]
fn a_report_says_who_watched_and_what_went_wrong() {
    let fake = Fake::start(Mood::Honest);
    let message = "<script>alert(1)</script>|Back soon";
    assert_eq!(operate(&fake, &["pause", "--yes", "--message", message]).code, 0);
    let run = operate(&fake, &["report"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for words in [
        "# main: how it went",
        "**900** viewers connected at the same moment, at most",
        "**80 ms** until 95 of 100 sampled viewers had a change, at worst",
        "Of the viewers who were asked, 40 of 42 had applied a change by the next minute's count.",
        "Of 40 answers, 100 % came from pages that know the time to within 50 ms, for certain.",
        "| within 5 ms | 30 | 75.0 % |",
        "The event was paused once",
        "saying \"\\<script\\>alert(1)\\</script\\>\\|Back soon\"",
    ] {
        assert!(run.out.contains(words), "{words}\n{}", run.out);
    }
    let found = operate(&fake, &["report", "main", "--json"]).json();
    assert_eq!((&found["mostSockets"], found["samples"].as_array().unwrap().len()), (&json!(900), 10));
    assert_eq!(found["incidents"].as_array().unwrap().len(), 1);
}

#[test]
fn a_report_is_written_as_a_page_and_as_markdown() {
    let fake = Fake::start(Mood::Honest);
    let directory = Directory::new();
    let (md, html) = (directory.path("report.md"), directory.path("report.html"));
    let files = ["--md", md.to_str().unwrap(), "--html", html.to_str().unwrap()];
    assert_eq!(operate(&fake, &["pause", "--yes", "--message", "<script>alert(1)</script>"]).code, 0);
    let run = operate(&fake, &[&["report"][..], &files].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let (md, html) = (std::fs::read_to_string(md).unwrap(), std::fs::read_to_string(html).unwrap());
    assert!(md.contains("| still paused |"), "{md}");
    assert!(!html.contains("<script"), "what was said to viewers is text");
    assert!(html.contains("alert(1)") && html.matches("<svg ").count() == 4 && html.contains("still paused"));
}

#[test]
fn a_report_needs_a_token_and_an_event() {
    let fake = Fake::start(Mood::Honest);
    assert_eq!(downbeat(&["report", "--server", &fake.url]).code, 7);
    assert_eq!(operate(&fake, &["report", "gala"]).code, 3);
}
