use roxmltree::{Document, Node};
use std::collections::BTreeSet;

use super::*;
use crate::options::{Options, Unread};

/// What a sheet is made of that tries to be more than text.
const HOSTILE: &str = r#"</script></title><img src=x onerror="alert('no')">&amp;]]>"#;

fn sketched(sheet: &str) -> Sketch {
    sketch(sheet, &Options::default(), &|_| Err(Unread::Because("no files here".to_owned())))
}

/// Draws a sheet as SVG and as HTML.
fn drawn(sheet: &str) -> (String, String) {
    let sketch = sketched(sheet);
    let remarks = sketch.remarks(|said| Some(format!("sheet.json{}", said.pointer())));
    let rundown = sketch.rundown().expect("the sheet has a cue that can be understood");
    let picture = Picture { name: "sheet.json", rundown, remarks: &remarks, crew: &sketch.crew().notes };
    (svg(&picture), html(&picture))
}

fn parsed(svg: &str) -> Document<'_> {
    Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"))
}

fn texts<'a>(document: &'a Document<'_>, class: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name("text") && node.attribute("class") == Some(class)).collect()
}

fn number(node: &Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// Returns a sheet of `cues` cues on `tracks` tracks within an hour, a third of them lasting, most in one minute.
fn crowded(cues: usize, tracks: usize) -> String {
    let mut seed = 7_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let cue = |_| {
        let ms = if draw(3) == 0 { 1_800_000 + draw(60_000) } else { draw(3_500_000) };
        let duration = if draw(3) == 0 { format!(r#","duration":"{}s""#, 1 + draw(90)) } else { String::new() };
        format!(
            r#"{{"time":{}.{:03},"action":"a{}","track":"track {}"{duration}}}"#,
            ms / 1_000,
            ms % 1_000,
            draw(5),
            draw(tracks as u64)
        )
    };
    let cues: Vec<String> = (0..cues).map(cue).collect();
    format!(r#"{{"version":1,"id":"crowd","duration":"1h","cues":[{}]}}"#, cues.join(","))
}

/// The boxes of the labels of a picture: from, to, top, bottom; as wide as they may be in any font.
fn label_boxes(document: &Document<'_>) -> Vec<(f64, f64, f64, f64)> {
    let label = |node: &Node<'_, '_>| {
        let (x, y) = (number(node, "x"), number(node, "y"));
        (x, x + text::width(node.text().unwrap(), layout::LABEL_SIZE), y - 11.0, y + 4.0)
    };
    texts(document, "label").iter().map(label).collect()
}

#[test]
fn one_cue_is_a_picture() {
    let (svg, _) = drawn(r#"[{ "time": 560, "action": "startSong1" }]"#);
    let document = parsed(&svg);
    assert_eq!(texts(&document, "h1")[0].text(), Some("sheet.json"));
    assert_eq!(texts(&document, "label")[0].text(), Some("startSong1"));
    let titles: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("title")).filter_map(|t| t.text()).collect();
    assert!(titles.contains(&"startSong1@560000\n00:09:20\nstartSong1 (moment)"), "{titles:?}");
    let ticks: BTreeSet<_> = texts(&document, "tick").iter().filter_map(Node::text).map(str::to_owned).collect();
    assert_eq!(ticks.first().map(String::as_str), Some("00:00:00"));
    assert!(ticks.contains("00:09:00"), "{ticks:?}");
}

#[test]
fn a_state_is_as_long_as_it_lasts() {
    let sheet = r#"{ "version": 1, "duration": "100s", "cues": [
        { "id": "half", "time": 50, "action": "light", "track": "light", "duration": "25s" } ] }"#;
    let (svg, _) = drawn(sheet);
    let document = parsed(&svg);
    let bar = document
        .descendants()
        .find(|node| node.attribute("class").is_some_and(|class| class.starts_with("bar")))
        .unwrap();
    let ticks = texts(&document, "tick");
    let at = |time: &str| number(ticks.iter().find(|tick| tick.text() == Some(time)).unwrap(), "x");
    let (start, end) = (at("00:00:00"), at("00:01:40"));
    assert!((number(&bar, "x") - (start + end) / 2.0).abs() < 0.2);
    // Less the hair between bars.
    assert!((number(&bar, "width") + 1.0 - (end - start) / 4.0).abs() < 0.2);
}

#[test]
fn texts_of_a_sheet_are_never_markup() {
    let name = serde_json::to_string(HOSTILE).unwrap();
    let sheet = format!(
        r#"{{ "version": 1, "id": "a", "title": {name}, "cues": [
            {{ "time": 1, "action": {name}, "track": {name}, "params": {{ {name}: {name} }}, "message": {{ "en": {name} }}, "note": {name}, "owner": {name} }},
            {{ "time": "0:02", "action": {name}, "track": "\u202e\u2028" }}, {{ "time": 3, "action": {name}, {name}: 1 }} ] }}"#
    );
    let (svg, html) = drawn(&sheet);
    let allowed = ["svg", "title", "style", "rect", "path", "circle", "text", "g"];
    let document = parsed(&svg);
    assert!(document.descendants().filter(Node::is_element).all(|node| allowed.contains(&node.tag_name().name())));
    assert_eq!(texts(&document, "h1")[0].text(), Some(HOSTILE));
    assert!(!html.contains("<img"));
    assert_eq!(html.matches("</script>").count(), 2, "one for what is shown, one for the script");
    assert_eq!(html.matches("</title>").count(), html.matches("<title").count());
    let data = html.split_once("id=\"shown\">").unwrap().1.split_once("</script>").unwrap().0;
    let shown: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(shown["cues"][0]["cells"][3], HOSTILE);
    assert_eq!(shown["cues"][0]["cells"][9], format!("{HOSTILE}\n{HOSTILE}"));
}

#[test]
fn notes_for_the_crew_have_a_column_where_there_are_some() {
    let sheet = |note: &str| format!(r#"[{{ "time": 1, "action": "a"{note} }}, {{ "time": 2, "action": "b" }}]"#);
    let (svg, html) = drawn(&sheet(r#", "note": "quiet", "owner": "Ana", "group": "act 1", "flags": ["new", "loud"]"#));
    assert!(html.contains("<th role=\"columnheader\" scope=\"col\">Notes</th>"));
    assert!(html.contains("data-column=\"Notes\">quiet\nAna · act 1 · new · loud</td>"), "{html}");
    assert!(html.contains("data-column=\"Notes\" class=\"none\"></td>"));
    assert!(svg.contains("quiet\nAna · act 1 · new · loud"), "the mark's title");
    let (_, without) = drawn(&sheet(""));
    assert!(!without.contains("data-column=\"Notes\""));
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let (svg, html) = drawn(
        r#"[{ "time": 1, "action": "a", "preload": { "assets": ["https://media.example/a.ogg"], "lead": "1s" } }]"#,
    );
    for text in [&svg, &html] {
        let names = text.replace("http://www.w3.org/2000/svg", "");
        for reach in ["http:", "https:", "url(http", "@import", "src=", "href="] {
            assert!(!names.contains(reach), "{reach}");
        }
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn labels_never_overlap_and_stay_within() {
    for (cues, tracks) in [(3, 1), (60, 2), (400, 4), (2_000, 12), (5_000, 40)] {
        let (svg, _) = drawn(&crowded(cues, tracks));
        let document = parsed(&svg);
        let boxes = label_boxes(&document);
        assert!(boxes.iter().all(|label| label.0 >= 190.0 && label.1 <= 1_360.0), "{cues} cues");
        for (index, a) in boxes.iter().enumerate() {
            for b in &boxes[index + 1..] {
                let apart = a.1 <= b.0 || b.1 <= a.0 || a.3 <= b.2 || b.3 <= a.2;
                assert!(apart, "{cues} cues: {a:?} and {b:?}");
            }
        }
        if cues < 1_000 {
            assert!(!boxes.is_empty(), "there is room for some");
        }
    }
}

#[test]
fn a_crowd_is_counted_and_the_picture_stays_small() {
    for (cues, tracks) in [(20_000, 40), (20_000, 1), (3_000, 200)] {
        let sheet = crowded(cues, tracks);
        let (svg, _) = drawn(&sheet);
        assert!(svg.len() < 1_500_000, "{cues} cues on {tracks} tracks: {} bytes", svg.len());
        let sketch = sketched(&sheet);
        let rundown = sketch.rundown().unwrap();
        let laid = layout::layout(rundown, &vec![None; cues], 0.0..1_000.0, 0.0..900.0);
        assert!(laid.lanes.len() <= LANES_MAX);
        let mut seen = BTreeSet::new();
        let mut pieces = 0;
        for lane in &laid.lanes {
            pieces += lane.bars.len() + lane.marks.len() + lane.columns.len();
            seen.extend(lane.bars.iter().map(|bar| bar.cue));
            seen.extend(lane.marks.iter().map(|mark| mark.cue));
            seen.extend(lane.columns.iter().flat_map(|column| column.cues.iter().copied()));
        }
        assert!(pieces <= PIECES_MAX, "{pieces}");
        assert_eq!(seen.len(), cues, "every cue is somewhere");
    }
}

#[test]
fn the_busiest_minute_is_the_one() {
    let sheet = r#"[{ "time": 30, "action": "a" }, { "time": 100, "action": "a" }, { "time": 130, "action": "a" },
        { "time": 159.999, "action": "a" }, { "time": 160, "action": "a" }]"#;
    let sketch = sketched(sheet);
    let (from, count) = crowd::busiest_minute(sketch.rundown().unwrap().cues()).unwrap();
    assert_eq!((from.as_millis(), count), (100_000, 3));
}

#[test]
fn a_sheet_with_errors_is_drawn_as_far_as_it_is_understood() {
    let sheet = r#"{ "version": 1, "duration": "1m", "cues": [
        { "id": "good", "time": 1, "action": "a" }, { "id": "bad", "time": "soon", "action": "a" },
        { "id": "two", "time": "0:05", "action": "a", "repeat": { "every": "5s", "count": 3 } },
        { "id": "odd", "time": 40, "action": "a", "colour": 1 } ] }"#;
    let sketch = sketched(sheet);
    let rundown = sketch.rundown().unwrap();
    let ids: Vec<_> = rundown.cues().iter().map(|cue| cue.id()).collect();
    assert_eq!(ids, ["good", "two", "two#2", "two#3", "odd"]);
    let remarks = sketch.remarks(|_| None);
    let about: Vec<_> = remarks.iter().map(|remark| (remark.code, remark.cues.clone())).collect();
    assert_eq!(about, [("DB201", vec![]), ("DB204", vec![1, 2, 3]), ("DB103", vec![4])]);
    let picture = Picture { name: "x.json", rundown, remarks: &remarks, crew: &[] };
    let levels = picture.levels();
    assert_eq!(levels, [None, Some(Level::Warning), Some(Level::Warning), Some(Level::Warning), Some(Level::Error)]);
    let svg = svg(&picture);
    assert!(svg.contains("not a rundown until its errors are fixed"));
    assert!(svg.contains("2 errors, 1 warning"));
    assert!(crate::compile(sheet).rundown.is_none(), "it is not a rundown to publish");
}

#[test]
fn remarks_find_the_cues_of_included_files() {
    let sheet =
        r#"{ "version": 1, "include": ["./a.json"], "cues": [{ "id": "own", "time": "0:01", "action": "a" }] }"#;
    let read = |_: &str| Ok(r#"[{ "id": "other", "time": "0:02", "action": "a" }]"#.to_owned());
    let sketch = sketch(sheet, &Options::default(), &read);
    let rundown = sketch.rundown().unwrap();
    let remarks = sketch.remarks(|said| said.file().map(str::to_owned));
    let about: Vec<_> =
        remarks.iter().map(|remark| (remark.place.as_deref(), rundown.cues()[remark.cues[0]].id())).collect();
    assert_eq!(about, [(None, "own"), (Some("a.json"), "other")]);
}

#[test]
fn a_sheet_without_cues_has_no_picture() {
    for sheet in ["{", "[{}]", "[1]"] {
        assert!(sketched(sheet).rundown().is_none(), "{sheet}");
    }
    assert!(sketched("[]").rundown().is_some(), "an empty sheet has nothing wrong");
    let (svg, html) = drawn("[]");
    parsed(&svg);
    assert!(html.contains("0 cues"));
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let sheet = crowded(500, 5);
    assert_eq!(drawn(&sheet), drawn(&sheet));
    // The order of what is written does not matter to what is drawn of it.
    let one = r#"[{ "time": 1, "action": "a" }, { "time": 2, "action": "b" }]"#;
    let other = r#"[{ "time": 2, "action": "b" }, { "time": 1, "action": "a" }]"#;
    assert_eq!(drawn(one), drawn(other));
}

#[test]
fn without_javascript_the_page_lists_the_first_thousand() {
    let (_, html) = drawn(&crowded(1_200, 3));
    assert_eq!(html.matches("<tr role=\"row\" class=\"\">").count(), ROWS_MAX);
    assert!(html.contains("the first 1,000 cues; 200 more with JavaScript"));
    assert!(html.contains("<svg xmlns"));
}
