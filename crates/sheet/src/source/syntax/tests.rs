//! The tree and the errors of texts without one, compared with jsonc-parser's own.

use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, ast, parse_to_ast};
use proptest::prelude::*;

use super::super::tree::{Shape, Value};
use super::Parser;

/// Everything off except what a sheet allows.
const JSONC: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Checks that a text means the same, or is refused in the same words at the same place.
fn check(text: &str) {
    let mut parser = Parser::new(text);
    let read = parser.parse();
    match (read, parse_to_ast(text, &CollectOptions::default(), &JSONC)) {
        (Ok(()), Ok(theirs)) => match (parser.tree.root(), &theirs.value) {
            (None, None) => {}
            (Some(ours), Some(theirs)) => same(ours, theirs),
            (ours, theirs) => panic!("{} {theirs:?} in {text:?}", ours.is_some()),
        },
        (Err(ours), Err(theirs)) => {
            let theirs = (theirs.kind().to_string(), theirs.range().start..theirs.range().end);
            assert_eq!((ours.problem, ours.span), theirs, "{text:?}");
        }
        (ours, theirs) => panic!("{:?} {:?} in {text:?}", ours.err().map(|fault| fault.problem), theirs.err()),
    }
}

fn same(ours: Value<'_>, theirs: &ast::Value<'_>) {
    let range = theirs.range();
    assert_eq!(ours.span(), range.start..range.end);
    match (ours.shape(), theirs) {
        (Shape::Text(ours), ast::Value::StringLit(theirs)) => assert_eq!(ours, theirs.value),
        (Shape::Number(ours), ast::Value::NumberLit(theirs)) => assert_eq!(ours, theirs.value),
        (Shape::Boolean(ours), ast::Value::BooleanLit(theirs)) => assert_eq!(ours, theirs.value),
        (Shape::Null, ast::Value::NullKeyword(_)) => {}
        (Shape::Array(ours), ast::Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.elements.len());
            ours.elements().zip(&theirs.elements).for_each(|(ours, theirs)| same(ours, theirs));
        }
        (Shape::Object(ours), ast::Value::Object(theirs)) => {
            assert_eq!(ours.fields().count(), theirs.properties.len());
            for (ours, theirs) in ours.fields().zip(&theirs.properties) {
                let range = theirs.name.range();
                assert_eq!((ours.name(), ours.key_span()), (theirs.name.as_str(), range.start..range.end));
                same(ours.value(), &theirs.value);
            }
        }
        _ => panic!("not the same kind of value as {theirs:?}"),
    }
}

#[test]
fn every_error_is_reported_alike() {
    for text in [
        "",
        " ",
        "//",
        "/*",
        "/**/ 1 /**/ // ",
        "[",
        "[1",
        "[1,",
        "[1,2",
        "[,",
        "[1,,",
        "[1,]",
        "[1 2]",
        "[1 x ]",
        "[1 :",
        "[1 }",
        "[}",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,",
        "{:",
        "{]",
        "{[",
        "{1:2}",
        "{a:1}",
        "{a }",
        "{true:1}",
        "{\"a\" 1}",
        "{\"a\":}",
        "{\"a\":,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1 2}",
        "{\"a\":1 b }",
        "{\"a\":1 [",
        "{\"a\":1 :",
        "{\"a\":1]",
        "{\"a\":\n",
        "1 2",
        "[] {}",
        "]",
        "}",
        ",",
        ":",
        "x",
        "'a'",
        "\"a",
        "\"\\u12",
        "\"\\ud800\"",
        "\"\\x41\"",
        "-",
        "0x1",
        "1.",
        ".1",
        "01",
        "1e",
        "1e+",
        "[\"\\\"\\u00e9\\n\", \"é\"]",
        "{\"\\u0061\":{\"b\":[{}, [], null, true, false, -1.5e3]}}",
        "é",
        "[é]",
        "\u{a0}[1]",
        "[1]\u{0}",
    ] {
        check(text);
    }
}

#[test]
fn the_deepest_is_as_deep() {
    for opening in ["[", "{\"a\":", "[{\"a\":", "{\"a\":["] {
        for count in 120..520 {
            check(&opening.repeat(count));
        }
    }
    check(&format!("{}{}", "[".repeat(512), "]".repeat(512)));
    check(&format!("{}1{}", "{\"a\":".repeat(256), "}".repeat(256)));
    // A hundred thousand deep takes neither long nor a stack.
    for opening in ["[", "{\"a\":"] {
        assert!(Parser::new(&opening.repeat(100_000)).parse().is_err());
    }
}

/// A sheet with every field there is.
const GALA: &str = include_str!("../../../../../cues/good/gala.json");
/// One with comments.
const MARATHON: &str = include_str!("../../../../../cues/good/marathon.jsonc");

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn damaged_sheets_are_read_alike(
        which in any::<bool>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, "[\\[\\]{}:,\"\\\\/*u0-9.eE+\\-é\u{a0}\n]{0,3}"), 0..4),
    ) {
        let mut text = if which { GALA } else { MARATHON }.to_owned();
        for (place, length, inserted) in damage {
            let start = text.floor_char_boundary(place.index(text.len()));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &inserted);
        }
        check(&text);
    }

    #[test]
    fn any_sequence_of_tokens_is_read_alike(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\n\"", "1", "-2.5e3", "true", "null", "x", "\"", "\\", "'", "//", "\n", "/*", "*/", " ", "é", "\u{b}",
        ]), 0..24),
    ) {
        check(&tokens.concat());
    }

    #[test]
    fn any_text_is_read_alike(text in any::<String>()) {
        check(&text);
    }
}
