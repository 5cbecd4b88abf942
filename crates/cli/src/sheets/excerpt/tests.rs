use super::super::sheet::Sheet;
use super::*;
use downbeat_sheet::compile;

/// Returns all that is shown of a sheet, without colour.
fn shown(source: &str) -> String {
    anstream::adapter::strip_str(&Sheet::compiled("gala.jsonc", source).report()).to_string()
}

/// Returns a line as it is shown, with what is marked in brackets.
fn bracketed(line: &str, mark: Range<usize>) -> String {
    let (shown, mark, _) = marked(line, mark);
    format!("{}[{}]{}", &shown[..mark.start], &shown[mark.clone()], &shown[mark.end..])
}

#[test]
fn each_mistake_is_shown_with_its_code_line_and_hint() {
    let source =
        "[\n  { \"time\": 1, \"action\": \"a\", \"nute\": \"x\" },\n  { \"time\": \"9:20\", \"action\": \"b\" }\n]\n";
    assert_eq!(
        shown(source),
        r#"error DB103

  × cue number 1 at 00:00:01 has "nute", which is not a field here; it takes FIELDS
   ╭─[gala.jsonc:2:31]
 1 │ [
 2 │   { "time": 1, "action": "a", "nute": "x" },
   ·                               ──────
 3 │   { "time": "9:20", "action": "b" }
   ╰────
  hint: did you mean "note"?

warning DB204

  ⚠ cue number 2 at 00:09:20 has "9:20" for "time", which is read as minutes and seconds, but might mean hours and minutes; write "00:09:20"
   ╭─[gala.jsonc:3:13]
 2 │   { "time": 1, "action": "a", "nute": "x" },
 3 │   { "time": "9:20", "action": "b" }
   ·             ──────
 4 │ ]
   ╰────

"#
        .replace("FIELDS", compile(source).diagnostics[0].remedy().strip_prefix("it takes ").unwrap())
    );
}

#[test]
fn tabs_wide_characters_and_windows_line_ends_keep_the_mark_in_its_place() {
    assert_eq!(
        shown("[\r\n\t{ \"time\": 1,\t\"action\": \"火🎆é\", \"time\": 2 }\r\n]"),
        r#"error DB102

  × cue number 1 at 00:00:01 has "time" twice; keep one of them
   ╭─[gala.jsonc:2:32]
 1 │ [
 2 │     { "time": 1,    "action": "火🎆é", "time": 2 }
   ·                                        ──────
 3 │ ]
   ╰────

"#
    );
}

#[test]
fn an_empty_sheet_has_a_place() {
    let shown = shown("");
    assert!(shown.starts_with("error DB101\n\n  × the sheet is empty; "), "{shown}");
    assert!(shown.ends_with("   ╭─[gala.jsonc:1:1]\n 1 │  \n   · ─\n   ╰────\n\n"), "{shown}");
}

#[test]
fn a_long_line_is_cut_around_the_mark() {
    let line = format!("{}<mark>{}", "a".repeat(5_000), "b".repeat(5_000));
    assert_eq!(bracketed(&line, 5_000..5_006), format!("…{}[<mark>]{}…", "a".repeat(30), "b".repeat(64)));
    assert_eq!(bracketed(&line, 2..4), format!("aa[aa]{}…", "a".repeat(96)));
    assert_eq!(bracketed(&line, 5_006..10_006), format!("…{}<mark>[{}]…", "a".repeat(24), "b".repeat(70)));
    assert_eq!(bracketed(&line, 10_006..10_006), format!("…{}[ ]", "b".repeat(30)));
    let wide = format!("{}<mark>{}", "火".repeat(500), "火".repeat(500));
    assert_eq!(bracketed(&wide, 1_500..1_506), format!("…{}[<mark>]{}…", "火".repeat(15), "火".repeat(32)));
}

#[test]
fn a_line_that_fits_is_whole() {
    let line = format!("{}<mark>", "a".repeat(94));
    assert_eq!(bracketed(&line, 94..100), format!("{}[<mark>]", "a".repeat(94)));
    assert_eq!(
        bracketed(&line, 94..400),
        format!("{}[<mark>]", "a".repeat(94)),
        "what goes on below ends with the line"
    );
}

#[test]
fn where_something_is_missing_one_column_is_marked() {
    assert_eq!(bracketed("", 0..0), "[ ]");
    assert_eq!(bracketed("[1", 2..2), "[1[ ]");
    assert_eq!(bracketed("é}", 0..0), "[é]}");
}

#[test]
fn what_a_terminal_would_obey_is_shown_instead() {
    assert_eq!(bracketed("\u{1b}[2J\u{7f}\u{9b}\u{202e}x\0\r", 0..1), "[␛][2J␡��x␀␍");
}

#[test]
fn of_very_many_the_worst_are_shown_and_the_rest_counted() {
    let warnings = "{ \"time\": \"9:20\", \"action\": \"w\" },\n".repeat(60);
    let shown = shown(&format!("[\n{warnings}{{ \"time\": \"x\", \"action\": \"a\" }}\n]"));
    assert_eq!(shown.matches("warning DB204\n").count(), 49);
    assert!(shown.contains("error DB201\n") && shown.contains("╭─[gala.jsonc:62:11]\n"), "{shown}");
    assert!(shown.ends_with("\n… and 11 more in gala.jsonc (11 warnings)\n\n"), "{shown}");
}

#[test]
fn whatever_the_sheet_the_mark_lies_in_the_excerpt() {
    let pieces =
        ["[", "{", "\"time\"", ":", "火", "\r\n", "\n", "\t", "\u{feff}", "\"9:20\"", ",", "}", "]", "\u{1b}", "1"];
    // Every text of up to four pieces: the drawing would panic if a mark were outside of its line.
    for number in 0..pieces.len().pow(4) {
        let text: String = (0..4).map(|digit| pieces[number / pieces.len().pow(digit) % pieces.len()]).collect();
        let sheet = Sheet::compiled("s", text);
        for finding in sheet.findings() {
            let Some(Excerpt { text, mark, .. }) = Excerpt::new(&finding) else { continue };
            assert!(!text[mark.clone()].is_empty() && !text[mark].contains('\n'), "{:?}", sheet.text());
        }
        if number % 7 == 0 {
            sheet.report();
        }
    }
}
