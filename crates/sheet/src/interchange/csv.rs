//! Tables: comma, semicolon or tab separated, with a header that names the columns.

mod columns;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use downbeat_core::Locale;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::row::{self, Row};
use super::{Exported, Format, Intake, Remark, Terms};
use crate::rundown::{Kind, Rundown};
use columns::{Column, Head, header};

pub(super) const FORMAT: Format = Format {
    name: "csv",
    about: "tables of spreadsheets, separated by commas, semicolons or tabs",
    loses: "",
    import: Some(import),
    export: Some(export),
};

fn import(text: &str, terms: &Terms, intake: &mut Intake) {
    // Excel says in a first line of its own what separates the columns.
    let (text, told, before) = match text.strip_prefix("sep=") {
        Some(rest) => {
            let told = rest.bytes().next().filter(|byte| b",;|\t".contains(byte));
            (rest.split_once('\n').map_or("", |(_, rest)| rest), told, 1)
        }
        None => (text, None, 0),
    };
    let delimiter = told.unwrap_or_else(|| delimiter(text));
    if let Some(line) = open_quote(text, delimiter) {
        let message = "a quote opens here and never closes, so the rest of the file is one cell; close it, or write two of them to mean the character";
        return intake.refuse(before + line, message);
    }
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut heads: Option<Vec<Option<Head>>> = None;
    let mut record = StringRecord::new();
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: before + 1 };
    while let Ok(true) = reader.read_record(&mut record) {
        let line = lines.of_record(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match &heads {
            None => match header(&record, line, terms, intake) {
                Some(read) => heads = Some(read),
                // What no line can say would be missed in each of them.
                None => return,
            },
            Some(heads) => self::line(&record, heads, line, terms, intake),
        }
    }
}

/// Counts lines up to where records begin.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// Returns the line of the record that the reader found at `byte`, which may still be among the ends of former lines.
    fn of_record(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(&here) = self.text.get(self.at).filter(|here| self.at < byte || b"\r\n".contains(here)) {
            self.line += usize::from(here == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Returns the line in which a quote opens that never closes.
fn open_quote(text: &str, delimiter: u8) -> Option<usize> {
    let mut line = 1;
    let mut opened = None;
    let mut cell_begins = true;
    for byte in text.bytes() {
        match (byte, opened) {
            (b'"', Some(_)) => opened = None,
            // Two of them mean the character: closed, and opened again.
            (b'"', None) if cell_begins => opened = Some(line),
            _ => {}
        }
        cell_begins = byte == delimiter || byte == b'\n' || byte == b'\r' || (byte == b'"' && opened.is_none());
        line += usize::from(byte == b'\n');
    }
    opened
}

/// Returns what separates the columns: what the first line has most of.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |byte: &u8| line.bytes().filter(|other| other == byte).count();
    // Of equals the last is taken.
    b"\t;,".iter().copied().max_by_key(count).unwrap_or(b',')
}

/// Reads a line into a cue.
fn line(record: &StringRecord, heads: &[Option<Head>], line: usize, terms: &Terms, intake: &mut Intake) {
    if record.iter().skip(heads.len()).any(|cell| !cell.trim().is_empty()) {
        let message = format!(
            "it has {} cells, the header has {}; put a cell that has the separator in it into quotes",
            record.len(),
            heads.len()
        );
        return intake.refuse(line, message);
    }
    let mut cells = Cells { row: Row::at_line(line), params: Map::new(), words: Map::new(), line, intake };
    for (head, cell) in heads.iter().zip(record) {
        if let Some(head) = head.as_ref().filter(|_| !cell.trim().is_empty()) {
            // Only where people read the cell's words are spaces at its ends part of them.
            let is_words = matches!(head.column, Column::Text("message") | Column::Message | Column::Param);
            cells.read(head, if is_words { cell } else { cell.trim() });
        }
    }
    cells.finish(terms);
}

/// A line while its cells are read.
struct Cells<'i> {
    row: Row,
    params: Map<String, Value>,
    words: Map<String, Value>,
    line: usize,
    intake: &'i mut Intake,
}

impl Cells<'_> {
    fn read(&mut self, head: &Head, cell: &str) {
        match head.column {
            Column::Id => self.row.set("id", cell),
            Column::Name => self.row.name = Some(cell.to_owned()),
            Column::Time(field) => self.time(field, cell),
            Column::Text(field) => self.row.set(field, cell),
            Column::Json(field) => match serde_json::from_str::<Map<String, Value>>(cell) {
                Ok(object) => self.row.set(field, object),
                Err(problem) => self.refuse(
                    head,
                    cell,
                    &format!("is not a JSON object ({problem}); write it such as {{\"song\": 1}}"),
                ),
            },
            Column::Param => {
                self.params.insert(head.rest().to_owned(), serde_json::from_str(cell).unwrap_or_else(|_| cell.into()));
            }
            Column::Message => {
                self.words.insert(head.rest().to_owned(), cell.into());
            }
            Column::Kind => match Kind::from_word(&cell.to_lowercase()) {
                Some(kind) => self.row.kind = Some(kind),
                None => self.refuse(head, cell, "is no kind; write state or moment"),
            },
            Column::Late => match cell.strip_prefix("within ") {
                Some(window) => self.row.set("late", json!({ "within": window.trim() })),
                None => self.row.set("late", cell),
            },
            Column::Needs => self.row.set("needs", needs(cell)),
            Column::Disabled => match &*cell.to_lowercase() {
                "true" | "yes" | "x" | "1" => self.row.set("disabled", true),
                "false" | "no" | "0" => {}
                _ => self.refuse(head, cell, "is neither yes nor no; write true or false"),
            },
            Column::Flags => self.row.set("flags", cell.split_whitespace().collect::<Vec<_>>()),
        }
    }

    fn refuse(&mut self, head: &Head, cell: &str, problem: &str) {
        let shown: String = cell.chars().take(60).collect();
        self.intake.refuse(self.line, format!("column {:?}: {shown:?} {problem}", head.name));
    }

    /// Reads a time as sheets write them. Plain seconds may have a comma, and minutes and seconds are told apart from
    /// hours and minutes.
    fn time(&mut self, field: &'static str, cell: &str) {
        let point = cell.replace(',', ".");
        let is_number =
            point.parse::<f64>().is_ok() && point.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let number = Some(point.as_str())
            .filter(|_| is_number)
            .and_then(|point| serde_json::from_str::<serde_json::Number>(point).ok());
        if let Some(number) = number {
            return self.row.set(field, Value::Number(number));
        }
        let two_parts = point.split_once(':').filter(|(minutes, seconds)| {
            let digits = |part: &str| matches!(part.len(), 1..=4) && part.bytes().all(|byte| byte.is_ascii_digit());
            digits(minutes) && seconds.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        });
        let clock = match two_parts.and_then(|(minutes, seconds)| Some((minutes.parse::<u32>().ok()?, seconds))) {
            Some((minutes, seconds)) => {
                let clock = format!("{:02}:{:02}:{seconds}", minutes / 60, minutes % 60);
                self.intake.remark(
                    self.line,
                    format!("{cell:?} is read as minutes and seconds, {clock}; write all three parts to be sure"),
                );
                clock
            }
            // A comma before the decimals of a clock, and no other.
            None if cell.contains(':') => point,
            None => cell.to_owned(),
        };
        self.row.set(field, clock);
    }

    fn finish(self, terms: &Terms) {
        let Self { mut row, params, words, line, intake } = self;
        for (field, parts) in [("params", params), ("message", words)] {
            if parts.is_empty() {
                continue;
            }
            if row.field(field).is_some() {
                return intake.refuse(
                    line,
                    format!("it has a {field:?} and parts of one ({field}.…); leave one of the two empty"),
                );
            }
            row.set(field, parts);
        }
        if row.field("time").is_none() {
            return intake.refuse(line, "it has no time; say when it fires, or delete the line");
        }
        let Some(action) = intake.action(line, row.text("action"), terms) else { return };
        row.set("action", action);
        intake.add(row);
    }
}

fn export(rundown: &Rundown, _: &Terms) -> Result<Exported, Remark> {
    let rows = row::of_rundown(rundown);
    let kinds = row::kinds(&rows).is_some();
    let used = |field: &str| rows.iter().any(|row| row.field(field).is_some());
    let locales: BTreeSet<&str> = rundown
        .cues()
        .iter()
        .filter_map(|cue| cue.message())
        .flat_map(|message| message.keys().map(Locale::as_str))
        .collect();
    let fields: Vec<&str> =
        ["id", "time", "duration", "action", "track", "params", "late", "jitter", "needs", "preload"]
            .into_iter()
            .filter(|field| matches!(*field, "time" | "action") || used(field))
            .collect();
    let mut header: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    header.extend(kinds.then(|| "kind".to_owned()));
    header.extend(locales.iter().map(|locale| format!("message.{locale}")));

    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let mut write =
        |cells: Vec<String>| writer.write_record(cells).map_err(|problem| Remark::file(problem.to_string()));
    write(header)?;
    for row in &rows {
        let mut cells: Vec<String> = fields.iter().map(|field| cell(row, field)).collect();
        cells.extend(kinds.then(|| row.kind.map_or("", Kind::as_str).to_owned()));
        let words =
            |locale: &&str| row.field("message").and_then(|message| message.get(locale)?.as_str()).unwrap_or_default();
        cells.extend(locales.iter().map(|locale| words(locale).to_owned()));
        write(cells)?;
    }
    let bytes = writer.into_inner().map_err(|problem| Remark::file(problem.to_string()))?;
    // It was written from texts.
    let text = String::from_utf8(bytes).map_err(|problem| Remark::file(problem.to_string()))?;
    Ok(Exported { text, remarks: Vec::new() })
}

/// Writes a field into its cell.
fn cell(row: &Row, field: &str) -> String {
    match row.field(field) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value @ Value::Object(_)) if field == "late" => format!("within {}", text_in(value, "within")),
        Some(value) if field == "needs" => format!("{} or {}", text_in(value, "bound"), text_in(value, "otherwise")),
        Some(other) => other.to_string(),
    }
}

fn text_in<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Reads `50ms`, `50ms or skip`, `50ms or fire`.
fn needs(cell: &str) -> Value {
    match cell.split_once(" or ") {
        Some((bound, otherwise)) => json!({ "bound": bound.trim(), "otherwise": otherwise.trim() }),
        None => json!({ "bound": cell }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::tests::{cues, refused};

    fn read(table: &str) -> Vec<String> {
        cues(&FORMAT, table, &Terms::default())
    }

    fn refusals(table: &str) -> Vec<String> {
        refused(&FORMAT, table, &Terms::default())
    }

    #[test]
    fn columns_may_come_in_any_order_under_their_names() {
        let table = "Action,Start,Track,ID,End,#who\r\n\
            startSong,00:09:20,music,song1,00:13:20.500,Maria\r\n\
            \r\n\
            applause,#song1.end+2s,,,,\r\n\
            particles,563.5,fx,,,\r\n";
        assert_eq!(
            read(table),
            [
                "560000-800500 song1 startSong music",
                "563500 particles@563500 particles fx",
                "802500 applause@802500 applause"
            ]
        );
    }

    #[test]
    fn what_separates_the_columns_is_found_out() {
        for table in [
            "time,action\n1.5,a b\n",
            "time;action\n1,5;a b\n",
            "time\taction\n1,5\ta b\n",
            "\u{feff}sep=;\r\ntime;action\r\n1.5;\"a b\"",
            "\n\ntime,action\n1.5,\"a b\"\n",
            "sep=\ntime;action\n1.5;a b\n",
        ] {
            assert_eq!(read(table), ["1500 a b@1500 a b"], "{table}");
        }
    }

    #[test]
    fn cells_say_all_that_cues_have() {
        let table = "time,action,kind,duration,params.song,params.title,late,jitter,needs,preload,message.en,message.fr,disabled,flags,note\n\
            1,a,moment,4s,7,\"First, \"\"light\"\"\",within 2s,400ms,250ms or fire,\"{\"\"assets\"\":[\"\"/a.ogg\"\"]}\",Sing!,\"Chantez\n !\",no,x y,n\n\
            2,b,,,,,,,,,,,yes,,\n";
        let imported = FORMAT.import(table, &Terms::default()).unwrap();
        let [cue] = imported.rundown.cues() else { panic!("{}", imported.sheet) };
        assert_eq!(cue.kind(), Kind::Moment);
        assert_eq!(cue.params().unwrap()["song"], 7);
        assert_eq!(cue.params().unwrap()["title"], "First, \"light\"");
        assert_eq!(cue.late(), crate::Late::Within(downbeat_core::Span::from_millis(2_000)));
        assert_eq!(cue.jitter().as_millis(), 400);
        let bound = downbeat_core::Span::from_millis(250);
        assert_eq!(cue.needs(), Some(crate::Needs { bound, otherwise: crate::Otherwise::Fire }));
        assert_eq!(cue.preload().unwrap().assets(), ["/a.ogg"]);
        assert_eq!(cue.message().unwrap().len(), 2);
        assert!(imported.sheet.contains(r#""flags": ["x", "y"]"#) && imported.sheet.contains("\"disabled\": true"));
    }

    #[test]
    fn every_line_that_is_wrong_is_told_with_its_number() {
        let table = "time,action,params,late,kind,disabled\n\
            soon,a,,,,\n\
            ,a,,,,\n\
            1,,,,,\n\
            1,a,{song},,,\n\
            1,\"a\nb\",,,,\n\
            1,a,,never,,\n\
            1,a,,,sometimes,\n\
            1,a,,,,perhaps\n\
            1,a,,,,,more\n\
            1.0005,a,,,,\n";
        assert_eq!(
            refusals(table),
            [
                "2 cue number 1: \"time\" \"soon\" is not a valid time",
                "3 it has no time",
                "4 it does not say what is to be done",
                "5 column \"params\": \"{song}\" is not a JSON object (key must be a string at line 1 column 2)",
                "6 cue number 3 at 00:00:01 has the action \"a\\nb\"",
                "8 cue number 4 at 00:00:01 has \"never\" for \"late\"",
                "9 column \"kind\": \"sometimes\" is no kind",
                "10 column \"disabled\": \"perhaps\" is neither yes nor no",
                "11 it has 7 cells",
                "12 cue number 7: \"time\" 1.0005 is finer than a millisecond",
            ]
        );
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for (table, line) in [
            ("time,action\r\n\r\n1,a\r\nsoon,b\r\n", "4"),
            ("time,action\n1,\"a\"\n2,\"x\"\n\n\nsoon,b", "6"),
            ("sep=,\ntime,action\nsoon,b", "3"),
            ("time,action\r\n1,a,\"\r\nb\"\r\n", "2"),
        ] {
            assert!(refusals(table)[0].starts_with(line), "{:?}", refusals(table));
        }
    }

    #[test]
    fn a_header_that_is_none_is_told_what_is_missing() {
        assert_eq!(
            refusals("1,a\n"),
            [
                "1 column 1 is called \"1\"",
                "1 column 2 is called \"a\"",
                "1 the header has no column \"time\"",
                "1 the header has no column \"action\"",
            ]
        );
        let misspelled = FORMAT.import("time,acton,start\n1,a,2\n", &Terms::default()).unwrap_err();
        assert!(misspelled[0].message.ends_with("did you mean \"action\"?"), "{}", misspelled[0].message);
        assert!(misspelled[1].message.contains("says the same as an earlier one"));
        assert_eq!(refusals(""), ["- there is no cue in the file"]);
        assert_eq!(refusals("time,action\n"), ["- there is no cue in the file"]);
        assert_eq!(refusals("time,action\n1,\"a\n2,b\n3,c\n"), ["2 a quote opens here and never closes"]);
        assert_eq!(read("time,action\n1,12\" disc\n"), ["1000 12\" disc@1000 12\" disc"]);
    }

    #[test]
    fn two_parts_are_minutes_and_seconds_and_that_is_told() {
        let imported = FORMAT.import("time,action\n9:20,a\n90:00.5,b\n", &Terms::default()).unwrap();
        let times: Vec<i64> = imported.rundown.cues().iter().map(|cue| cue.time().as_millis()).collect();
        assert_eq!(times, [560_000, 5_400_500]);
        let remarks: Vec<_> = imported.remarks.iter().map(|remark| remark.line).collect();
        assert_eq!(remarks, [Some(2), Some(3)]);
        assert!(imported.remarks[0].message.contains("\"9:20\" is read as minutes and seconds"));
    }

    #[test]
    fn a_hint_comes_along_and_no_text_stands_for_a_var() {
        let refusals = FORMAT.import("time,action,late\n1,a,skipp\n", &Terms::default()).unwrap_err();
        assert!(refusals[0].message.ends_with("; did you mean \"skip\"?"), "{}", refusals[0].message);
        let table = "time,action,params.a,message\n1,${a},${a},Give ${a}!\n";
        let imported = FORMAT.import(table, &Terms::default()).unwrap();
        let cue = &imported.rundown.cues()[0];
        assert_eq!((cue.action(), cue.params().unwrap()["a"].as_str()), ("${a}", Some("${a}")));
        assert_eq!(cue.message().unwrap().values().next().unwrap(), "Give ${a}!");
    }

    #[test]
    fn an_action_has_one_kind() {
        let table = "time,action,kind,end\n1,a,moment,3\n2,a,state,4\n";
        assert_eq!(refusals(table), ["3 the action \"a\" is a state here and a moment elsewhere"]);
    }
}
