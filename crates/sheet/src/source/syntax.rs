//! From text to a tree with places: JSON, comments and trailing commas, nothing else.

use jsonc_parser::ast::Value;
use jsonc_parser::errors::ParseError;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::diagnostic::{At, Code, Report};

/// Everything off except what a sheet allows.
const OPTIONS: ParseOptions = ParseOptions {
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

/// Gives the tree, or reports the first place where the text is none.
pub(crate) fn parse<'s>(text: &'s str, report: &mut Report) -> Option<Value<'s>> {
    let parsed = match parse_to_ast(text, &CollectOptions::default(), &OPTIONS) {
        Ok(parsed) => parsed,
        Err(error) => {
            refuse(&error, text, report);
            return None;
        }
    };
    if let Some(at) = stray(text) {
        let char = text[at..].chars().next().unwrap_or_default();
        let message = format!(
            "the character {} may not stand here as it is; in a text write it as {:?}, elsewhere use spaces and newlines",
            char.escape_unicode(),
            format!("\\u{:04x}", u32::from(char)),
        );
        report.say(Code::Syntax, &At::ROOT, at..at + char.len_utf8(), message);
        return None;
    }
    if parsed.value.is_none() {
        let message = "the sheet is empty; begin with [ for an array of cues, or { for a whole sheet".to_owned();
        report.say(Code::Syntax, &At::ROOT, 0..0, message);
    }
    parsed.value
}

fn refuse(error: &ParseError, text: &str, report: &mut Report) {
    // The span is brought between characters: whoever shows it will cut the text there.
    let start = text.floor_char_boundary(error.range().start);
    let end = text.ceil_char_boundary(error.range().end.max(start));
    let found = match text[start..].trim_start().chars().next() {
        None => "the end of the text".to_owned(),
        Some(char) => format!("{char:?}"),
    };
    let problem = error.kind().to_string();
    let mut letters = problem.chars();
    let problem: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    let message = format!("this is no JSON at {found}: {problem}; mend this place, what follows was not read");
    report.say(Code::Syntax, &At::ROOT, start..end, message);
}

/// Gives the first byte that the parser lets pass though JSON does not: a control character within a string, or white
/// space other than JSON's outside.
fn stray(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes.get(at).is_some_and(|&byte| byte != b'"') {
                    if bytes[at] < b' ' {
                        return Some(at);
                    }
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while bytes.get(at).is_some_and(|byte| !b"\r\n".contains(byte)) {
                    at += 1;
                }
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = bytes[at + 2..].windows(2).position(|pair| pair == b"*/");
                at += end.map_or(bytes.len(), |end| end + 3);
            }
            0x0b | 0x0c | 0x80.. => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}
