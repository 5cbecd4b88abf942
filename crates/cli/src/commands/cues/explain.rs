//! `cues check --explain`: what a diagnostic's code means.

use std::fmt;

use downbeat_sheet::explain;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::output::{Report, members};

/// The meaning of a code.
pub(crate) struct Explanation {
    code: String,
    text: &'static str,
}

/// Looks up a code, in upper or lower case.
pub(crate) fn run(given: &str) -> Result<Explanation, Error> {
    let code = given.to_ascii_uppercase();
    match explain(&code) {
        Some(text) => Ok(Explanation { code, text }),
        None => Err(Error::usage(
            format!("{given:?} is not a code"),
            format!("the codes are {}", known().collect::<Vec<_>>().join(", ")),
        )),
    }
}

/// Returns all codes: DB and three digits.
fn known() -> impl Iterator<Item = String> {
    (100..1_000).map(|number| format!("DB{number}")).filter(|code| explain(code).is_some())
}

impl Report for Explanation {
    fn json(&self) -> Map<String, Value> {
        members(json!({ "explain": self.code, "text": self.text }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.code, self.text)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_small_letters_too() {
        assert_eq!(run("db204").unwrap().code, "DB204");
    }

    #[test]
    fn for_an_unknown_code_the_known_ones_are_named() {
        let Err(error) = run("DB999") else { panic!("it is known") };
        let hint = error.hint().unwrap();
        assert_eq!(error.to_string(), "\"DB999\" is not a code");
        assert!(hint.starts_with("the codes are DB101, DB102, ") && hint.contains("DB401"), "{hint}");
    }
}
