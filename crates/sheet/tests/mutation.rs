//! The sheets in `cues/`, damaged in every way: whatever comes of it is compiled, drawn, laid out, imported and exported
//! or refused, and nothing panics.
//!
//! `PROPTEST_CASES=100000 cargo test --release -p downbeat-sheet --test mutation` looks for longer;
//! `PROPTEST_RNG_SEED` looks elsewhere.

use std::path::Path;
use std::sync::LazyLock;

use downbeat_core::Position;
use downbeat_sheet::interchange::{FORMATS, Format, FormatOptions};
use downbeat_sheet::preview::{self, Picture};
use downbeat_sheet::{Level, Options, Rundown, Unread, compile_with};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

/// All sheets there are, good and bad, with what they include; and the good ones compiled, and in other formats.
static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cues");
    let mut corpus = Vec::new();
    for folder in ["bad", "good", "project", "project/parts"] {
        let mut paths: Vec<_> = root.join(folder).read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.is_file() && !path.to_string_lossy().ends_with(".expected.json"));
        paths.sort();
        #[expect(clippy::disallowed_methods, reason = "the crate reads no files; its tests read the example sheets")]
        corpus.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the crate reads no files; its tests read workbooks that others wrote"
    )]
    corpus
        .extend(WORKBOOKS.map(|name| std::fs::read(root.join("../crates/sheet/tests/workbooks").join(name)).unwrap()));
    corpus.extend(TABLES.map(|table| table.as_bytes().to_vec()));
    let nothing = |_: &str| Err(Unread::Outside);
    for sheet in corpus.clone() {
        let compiled = compile_with(&String::from_utf8_lossy(&sheet), &Options::default(), &nothing);
        let Some(rundown) = compiled.rundown.filter(|rundown| rundown.cues().len() < 60) else { continue };
        corpus.push(rundown.to_bytes());
        let written = |format: &Format| Some(format.export(&rundown, &written_options(format)).ok()?.text.into_bytes());
        corpus.extend(FORMATS.iter().filter_map(written));
    }
    corpus
});

const WORKBOOKS: [&str; 3] = ["running-order.xlsx", "typed.xlsx", "uncached.xlsx"];

/// Tables as people have them.
const TABLES: [&str; 3] = [
    "Gala,,\n\nCue #,Time,Dur,Item,Dept,Notes\n1,19:00,25:00,Doors,FOH,\nACT ONE\n2,19:30,4:30,Welcome,LX,wait\n3,,3:00,Song,SND,\nTOTAL,,32:30\n",
    "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\ngo [fx] #a\tn\t00:00:10:00\t00:00:14:00\t00:00:04:00\tComment\n",
    "time;action;until\n-00:10:00;doors;-5m\n\u{2212}30;bells;\n0;open;1,5\n",
];

/// Values that stand somewhere in the corpus, for putting them where they do not belong.
static VALUES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut values = Vec::new();
    for text in CORPUS.iter() {
        if let Ok(value) = serde_json::from_slice(text) {
            within(&value, &mut values);
        }
    }
    values
});

fn within(value: &Value, values: &mut Vec<Value>) {
    let inner: Vec<&Value> = match value {
        Value::Array(array) => array.iter().take(8).collect(),
        Value::Object(object) => object.values().collect(),
        _ => Vec::new(),
    };
    // What is whole sheets would make ever larger ones.
    if value.to_string().len() < 400 {
        values.push(value.clone());
    }
    inner.into_iter().for_each(|value| within(value, values));
}

/// Returns options of which the format has use for each.
fn format_options(format: &Format) -> FormatOptions {
    let counts_frames = matches!(format.name(), "edl" | "csv");
    FormatOptions {
        frame_rate: if counts_frames { "25".parse().ok() } else { None },
        start: (format.name() == "csv").then(|| "19:30".to_owned()),
        clock_change: None,
        action: Some("mark".to_owned()),
        name: Some("any".to_owned()),
        ..FormatOptions::default()
    }
}

/// Returns options with which the format is written.
fn written_options(format: &Format) -> FormatOptions {
    let frame_rate = if format.name() == "edl" { "25".parse().ok() } else { None };
    FormatOptions { frame_rate, ..FormatOptions::default() }
}

/// What happens to a text.
#[derive(Clone, Debug)]
enum Damage {
    /// Bytes are put in place of others.
    Bytes(Index, usize, Vec<u8>),
    /// What a sheet is made of is put in place of other bytes.
    Token(Index, usize, &'static str),
    /// A part of it comes again elsewhere.
    Again(Index, usize, Index),
    /// A part of another text comes into it.
    Splice(Index, Index, Index, usize),
    /// It ends early.
    Cut(Index),
    /// Where it is JSON, one of its values becomes another one.
    Value(Index, Index),
    /// Where it is JSON, a field goes.
    Field(Index),
}

const TOKENS: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "//",
    "/*",
    "*/",
    "\n",
    "\u{feff}",
    "\u{0}",
    "null",
    "true",
    "-1",
    "1e999",
    "9007199254740993",
    "0.0001",
    "\"#song1.start\"",
    "\"#song1.end-99999d\"",
    "\"time\":",
    "\"until\":",
    "\"repeat\":",
    "{\"every\":\"1ms\",\"count\":3}",
    "\"23:59:59;29@29.97\"",
    "\"P1Y\"",
    "\"${brand}\"",
    "$${",
    "\"late\":",
    "\"include\":[\"./a.json\"],",
    "\"id\":\"song1\",",
    "\"params\":",
    "\"$ref\":\"#\"",
    "\"pattern\":\"(a+)+$\"",
    "\\ud800",
    "\"message\":",
    "\"jitter\":\"1ms\",",
    "\"preload\":",
];

fn any_damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        3 => (index(), 0..9_usize, prop::collection::vec(any::<u8>(), 0..6)).prop_map(|(at, length, bytes)| Damage::Bytes(at, length, bytes)),
        4 => (index(), 0..12_usize, prop::sample::select(&TOKENS[..])).prop_map(|(at, length, token)| Damage::Token(at, length, token)),
        1 => (index(), 0..200_usize, index()).prop_map(|(from, length, to)| Damage::Again(from, length, to)),
        1 => (index(), index(), index(), 0..200_usize).prop_map(|(at, other, from, length)| Damage::Splice(at, other, from, length)),
        1 => index().prop_map(Damage::Cut),
        8 => (index(), index()).prop_map(|(at, with)| Damage::Value(at, with)),
        2 => index().prop_map(Damage::Field),
    ]
}

/// A text of the corpus, damaged.
fn any_wreck() -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), prop::collection::vec(any_damage(), 1..5)).prop_map(|(text, damage)| {
        let mut text = text.get(&CORPUS).clone();
        damage.into_iter().for_each(|damage| damage.befall(&mut text));
        text
    })
}

impl Damage {
    fn befall(self, text: &mut Vec<u8>) {
        let place = |at: Index, length: usize, text: &[u8]| {
            let start = at.index(text.len() + 1);
            start..(start + length).min(text.len())
        };
        match self {
            Self::Bytes(at, length, bytes) => drop(text.splice(place(at, length, text), bytes)),
            Self::Token(at, length, token) => drop(text.splice(place(at, length, text), token.bytes())),
            Self::Again(from, length, to) => {
                let part = text[place(from, length, text)].to_vec();
                text.splice(place(to, 0, text), part);
            }
            Self::Splice(at, other, from, length) => {
                let other = other.get(&CORPUS);
                text.splice(place(at, 0, text), other[place(from, length, other)].iter().copied());
            }
            Self::Cut(at) => text.truncate(at.index(text.len() + 1)),
            Self::Value(at, with) => in_json(text, at, |value| *value = with.get(&VALUES).clone()),
            Self::Field(at) => in_json(text, at, |value| {
                if let Some(object) = value.as_object_mut()
                    && let Some(name) = object.keys().next().cloned()
                {
                    object.remove(&name);
                }
            }),
        }
    }
}

/// Changes one of a text's values; nothing where it is no JSON.
fn in_json(text: &mut Vec<u8>, at: Index, change: impl FnOnce(&mut Value)) {
    let Ok(mut value) = serde_json::from_slice::<Value>(text) else { return };
    let count = count(&value);
    if let Some(inner) = nth(&mut value, &mut at.index(count)) {
        change(inner);
    }
    *text = value.to_string().into_bytes();
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(array) => array.iter().map(count).sum(),
        Value::Object(object) => object.values().map(count).sum(),
        _ => 0,
    }
}

/// Returns the value with this number, counted from outside to inside.
fn nth<'v>(value: &'v mut Value, number: &mut usize) -> Option<&'v mut Value> {
    if *number == 0 {
        return Some(value);
    }
    *number -= 1;
    match value {
        Value::Array(array) => array.iter_mut().find_map(|inner| nth(inner, number)),
        Value::Object(object) => object.values_mut().find_map(|inner| nth(inner, number)),
        _ => None,
    }
}

proptest! {
    #[test]
    fn a_damaged_sheet_is_understood_or_refused(sheet in any_wreck(), included in any_wreck(), at in 0..90_000_000_i64) {
        let (sheet, included) = (String::from_utf8_lossy(&sheet), String::from_utf8_lossy(&included));
        let read = |path: &str| match path.len() % 4 {
            0 => Err(Unread::Outside),
            1 => Err(Unread::Because("no such file".to_owned())),
            _ => Ok(included.clone().into_owned()),
        };
        let options = Options { viewers: Some(20_000), required_locales: vec!["fr".parse().unwrap()], ..Options::default() };
        let compiled = compile_with(&sheet, &options, &read);
        let refused = compiled.diagnostics.iter().any(|said| said.level() == Level::Error);
        prop_assert_eq!(compiled.rundown.is_none(), refused);
        for said in &compiled.diagnostics {
            let text = compiled.included.iter().find(|file| Some(&*file.path) == said.file()).map_or(&*sheet, |file| &file.text);
            prop_assert!(said.line_column(text).is_some() && text.get(said.span().unwrap()).is_some());
            prop_assert!(!said.advice().is_empty() && said.message().len() < 1_000, "{}", said);
        }
        let sketch = preview::sketch(&sheet, &options, &read);
        if let Some(rundown) = sketch.rundown() {
            let remarks = sketch.remarks(|_| None);
            let picture = Picture { name: "any", rundown, remarks: &remarks, crew: &sketch.crew().notes };
            prop_assert!(preview::svg(&picture).ends_with("</svg>\n") && preview::html(&picture).ends_with("</html>\n"));
        }
        let _ = (downbeat_sheet::format(&sheet), downbeat_sheet::schema_for(&sheet, &read));
        if let Some(rundown) = compiled.rundown {
            let bytes = rundown.to_bytes();
            prop_assert_eq!(&Rundown::parse(&bytes).unwrap(), &rundown);
            let at = Position::from_millis(at);
            prop_assert!(rundown.join(at).len() + rundown.next(at).len() == rundown.cues().len() && rundown.diff(&rundown).is_empty());
            for format in FORMATS {
                let _ = format.export(&rundown, &written_options(format));
            }
        }
    }

    #[test]
    fn a_damaged_file_of_another_program_is_imported_or_refused(file in any_wreck()) {
        let _ = Rundown::parse(&file);
        let text = String::from_utf8_lossy(&file);
        for format in FORMATS {
            let file = if format.is_binary() { &*file } else { text.as_bytes() };
            for options in [format_options(format), FormatOptions::default()] {
                match format.import_bytes(file, &options) {
                    Ok(imported) => prop_assert!(downbeat_sheet::compile(&imported.sheet).rundown.is_some(), "{}", imported.sheet),
                    Err(remarks) => prop_assert!(!remarks.is_empty()),
                }
            }
        }
    }
}
