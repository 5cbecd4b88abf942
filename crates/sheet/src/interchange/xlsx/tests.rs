use super::*;
use crate::interchange::exchange::Imported;
use crate::rundown::Cue;

const ORDER: &[u8] = include_bytes!("../../../tests/workbooks/running-order.xlsx");
const TYPED: &[u8] = include_bytes!("../../../tests/workbooks/typed.xlsx");
const DATED: &[u8] = include_bytes!("../../../tests/workbooks/dated.xlsx");
const UNCACHED: &[u8] = include_bytes!("../../../tests/workbooks/uncached.xlsx");
const HEADLESS: &[u8] = include_bytes!("../../../tests/workbooks/headless.xlsx");

fn imported(bytes: &[u8], options: &FormatOptions) -> Imported {
    FORMAT.import_bytes(bytes, options).unwrap_or_else(|refusals| panic!("{refusals:#?}"))
}

fn cues(imported: &Imported) -> Vec<String> {
    let end = |cue: &Cue| cue.end().map(|end| format!("-{}", end.as_millis())).unwrap_or_default();
    imported
        .rundown
        .cues()
        .iter()
        .map(|cue| format!("{}{} {} {}", cue.time().as_millis(), end(cue), cue.id(), cue.action()))
        .collect()
}

fn refusal(bytes: &[u8], options: &FormatOptions) -> String {
    let refusals = FORMAT.import_bytes(bytes, options).expect_err("it is refused");
    let line = refusals[0].line.map(|line| format!("{line} ")).unwrap_or_default();
    format!("{line}{}", refusals[0].message())
}

fn start(start: &str) -> FormatOptions {
    FormatOptions { start: Some(start.to_owned()), ..FormatOptions::default() }
}

#[test]
fn a_running_order_is_read_with_its_types() {
    let order = imported(ORDER, &start("19:30"));
    assert_eq!(
        cues(&order),
        [
            "-1800000--300000 1 Doors",
            "0-270000 LX-2 Welcome",
            "270000-450000 3 Song 1",
            "450000-451500 3.5 Blackout",
            "16080000-16380000 4 Finale",
            "17100000 5 House lights",
        ]
    );
    let crew = crate::crew(&order.sheet, &|_| unreachable!("it includes nothing"));
    assert_eq!(crew.notes[1].note.as_deref(), Some("wait for the house lights"));
    assert_eq!(crew.notes[4].note.as_deref(), Some("=1+1 is text here"));
    assert_eq!((crew.notes[0].group.as_deref(), crew.notes[5].group.as_deref()), (None, Some("ACT TWO")));
    let understood = order.understood.unwrap();
    assert_eq!(
        (understood.worksheet.as_deref(), &*understood.other_worksheets),
        (Some("Show"), &["Read me".to_owned()][..])
    );
    assert_eq!((understood.header_line, &*understood.hidden, &*understood.soft_starts), (3, &[8][..], &[7, 8][..]));
    let skipped: Vec<_> = understood.skipped.iter().map(|row| (row.line, row.reason.as_str(), &*row.text)).collect();
    assert_eq!(
        skipped,
        [
            (1, "before the header", "Spring Gala 2026"),
            (5, "a heading, the group of the rows below", "ACT ONE"),
            (9, "blank", ""),
            (10, "a heading, the group of the rows below", "ACT TWO"),
            (13, "a total", "TOTAL"),
        ]
    );
    assert!(
        order.remarks[0]
            .message()
            .contains("the worksheet \"Show\" is read, the first with a header; there is also \"Read me\"")
    );
    let named = FormatOptions { worksheet: Some("show".to_owned()), ..start("19:30") };
    assert!(!imported(ORDER, &named).remarks.iter().any(|remark| remark.problem.contains("worksheet")));
}

#[test]
fn cells_of_every_type_are_what_they_show() {
    let typed = imported(TYPED, &FormatOptions::default());
    assert_eq!(cues(&typed), ["300 b@300 b", "560000 c@560000 c", "563125 a@563125 a"]);
    assert!(typed.sheet.contains(r#""params": { "n": 7, "on": true }"#), "{}", typed.sheet);
    assert_eq!(typed.sheet.matches(r#""group": "Act 1""#).count(), 3, "a cell that spans rows is in each");
    let dated = imported(DATED, &start("2026-12-24 19:30"));
    assert_eq!(cues(&dated), ["0 Evening@0 Evening", "52200000 Morning@52200000 Morning"]);
    assert!(
        refusal(DATED, &FormatOptions::default())
            .starts_with("2 column \"Start Time\": \"2026-12-24 19:30:00\" is a time of day")
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let plain = FormatOptions::default();
    assert!(
        refusal(UNCACHED, &plain)
            .starts_with("3 column \"time\": \"=A2+10\" is a formula without a value; open the workbook")
    );
    assert!(
        refusal(HEADLESS, &plain).starts_with("1 the header has no column \"time\""),
        "{}",
        refusal(HEADLESS, &plain)
    );
    let other = FormatOptions { worksheet: Some("Shows".to_owned()), ..FormatOptions::default() };
    assert_eq!(refusal(ORDER, &other), "the workbook has no worksheet \"Shows\"; it has \"Read me\", \"Show\"");
    assert!(refusal(b"time,action\n1,a\n", &plain).starts_with("it is not a workbook (.xlsx); import a text as csv"));
    assert!(refusal(b"\xd0\xcf\x11\xe0\xa1\xb1", &plain).starts_with("it is an old workbook"));
    assert!(refusal(b"PK\x03\x04 and nothing", &plain).starts_with("the workbook cannot be read"));
    assert!(refusal(&ORDER[..ORDER.len() / 2], &plain).starts_with("the workbook cannot be read"));
}

#[test]
fn a_damaged_workbook_is_read_or_refused() {
    for at in (0..ORDER.len()).step_by(7) {
        let mut damaged = ORDER.to_vec();
        damaged[at] ^= 0x55;
        let _ = FORMAT.import_bytes(&damaged, &start("19:30"));
    }
}
