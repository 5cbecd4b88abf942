//! `simulate` and `plan`: what they print without a server.

mod harness;

use harness::{Directory, downbeat};
use serde_json::json;

#[test]
fn the_same_audience_gives_the_same_figures() {
    let arguments = ["simulate", "--viewers", "150", "--duration", "20m", "--pause-at", "10m", "--json"];
    let (one, two) = (downbeat(&arguments), downbeat(&arguments));
    assert_eq!((one.code, &one.out), (0, &two.out), "{}", one.err);
    let found = one.json();
    assert_eq!((&found["hubs"], &found["outsideBound"], &found["pause"]["unaware"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!(found["pause"]["latency"]["count"], json!(150));
    let other = downbeat(&[&arguments[..], &["--seed", "2"]].concat()).json();
    assert_ne!(found["error"], other["error"]);
}

#[test]
fn moments_of_a_sheet_fire_for_every_viewer() {
    let directory = Directory::new();
    let sheet = directory.path("sheet.json");
    std::fs::write(&sheet, r#"[{"time": 60, "action": "flash"}, {"time": 120, "action": "burst"}]"#).unwrap();
    let sheet = sheet.to_str().unwrap();
    let run = downbeat(&["simulate", "--viewers", "40", "--duration", "5m", "--sheet", sheet, "--json"]);
    assert_eq!((run.code, &run.json()["cues"]["count"]), (0, &json!(80)), "{}", run.err);
}

#[test]
fn a_report_is_one_page_in_which_a_sheet_is_no_markup() {
    let directory = Directory::new();
    let sheet = directory.path("a&b'<script>alert(1)<");
    let title = "</title><script>alert(2)</script>";
    let cues = r#"[{"time": 60, "action": "flash"}]"#;
    std::fs::write(
        &sheet,
        format!(r#"{{"version": 1, "id": "hostile", "title": "{title}", "duration": "5m", "cues": {cues}}}"#),
    )
    .unwrap();
    let report = directory.path("report.html");
    let (sheet, report) = (sheet.to_str().unwrap(), report.to_str().unwrap());
    let arguments = [
        "simulate",
        "--viewers",
        "60",
        "--duration",
        "5m",
        "--pause-at",
        "3m",
        "--sheet",
        sheet,
        "--html",
        report,
        "--json",
    ];
    let run = downbeat(&arguments);
    assert_eq!((run.code, &run.json()["html"]), (0, &json!(report)), "{}", run.err);
    let page = std::fs::read_to_string(report).unwrap();
    assert!(!page.contains("<script"), "the sheet's title and name are text");
    assert_eq!((page.matches("alert(2)").count(), page.matches("</title>").count()), (2, 1));
    for (what, count) in [("<svg ", 12), ("role=\"img\"", 6), ("<html lang=\"en\">", 1), ("<h1>", 1), ("<h2>", 8)] {
        assert_eq!(page.matches(what).count(), count, "{what}");
    }
    // Nothing from elsewhere: the only address is the name of SVG's elements.
    assert_eq!(page.matches("://").count(), page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
    assert_eq!((page.matches("url(").count(), page.matches("src=").count(), page.matches("href=").count()), (0, 0, 0));
    // The command that it shows makes the same page.
    assert!(page.contains("downbeat simulate --viewers 60 --duration 5m --arrive 2m "));
    assert!(downbeat(&arguments).code == 0 && std::fs::read_to_string(report).unwrap() == page);
    let lost = downbeat(&["simulate", "--viewers", "1", "--duration", "1m", "--sheet", sheet, "--html", sheet]);
    assert_eq!(lost.code, 2, "{}", lost.err);
}

#[test]
fn a_plan_over_its_budget_fails() {
    let plan = ["plan", "--viewers", "50000", "--duration", "1h", "--json"];
    let run = downbeat(&plan);
    let found = run.json();
    let total = found["total"].as_f64().unwrap();
    assert_eq!((run.code, &found["hubs"], &found["fitsFreePlan"]), (0, &json!(42), &json!(false)));
    assert!(total > 5.0, "the plan alone costs so much");
    let over = downbeat(&[&plan[..], &["--budget", "5"]].concat());
    assert_eq!((over.code, &over.json()["error"]["code"]), (4, &json!("over-budget")));
    assert_eq!(downbeat(&[&plan[..], &["--budget", &format!("{:.2}", total + 1.0)]].concat()).code, 0);
}

#[test]
fn what_is_no_audience_says_what_is() {
    for (arguments, says) in [
        (&["simulate", "--mix", "wifi=60"][..], "the percentages add up to 60; make it 100"),
        (&["simulate", "--mix", "5g=100"], "there is no network \"5g\""),
        (&["simulate", "--duration", "10m", "--pause-at", "10m"], "give an earlier --pause-at or a longer --duration"),
        (&["plan", "--duration", "30h"], "give 24h or less"),
        (&["plan", "--budget", "much"], "give dollars, such as 20 or 7.50"),
    ] {
        let run = downbeat(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.err.contains(says), "{}", run.err);
    }
}
