//! Parsing the fields of a JSON object one by one, so that an error can point at the field.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// The fields of a body. Unknown ones are ignored.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Parses a body that must be a JSON object.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(body).map_err(|error| Problem::malformed_json(&error))? {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(Problem::invalid_field("", "the body is JSON but not an object; send {\"name\": value, …}")),
        }
    }

    /// Removes and returns the field `name` as it is; `None` if it is missing or null.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Parses the field `name`; `None` if it is missing or null.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        self.take(name).map(serde_json::from_value).transpose().map_err(|error| wrong(name, error))
    }

    /// Parses the field `name`; `None` if it is missing, `Some(None)` if it is null.
    pub(crate) fn nullable<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<Option<T>>, Problem> {
        let given = self.0.contains_key(name);
        Ok(self.optional(name)?.map(Some).or_else(|| given.then_some(None)))
    }

    /// Parses the required field `name`; `remedy` says what to send.
    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str, remedy: &str) -> Result<T, Problem> {
        self.optional(name)?
            .ok_or_else(|| Problem::invalid_field(&format!("/{name}"), format!("\"{name}\" is missing; {remedy}")))
    }

    /// Parses the text `name`, of at most `chars_max` characters.
    pub(crate) fn text(&mut self, name: &str, chars_max: usize) -> Result<Option<String>, Problem> {
        let text: Option<String> = self.optional(name)?;
        match text.as_ref().map_or(0, |text| text.chars().count()) {
            chars if chars > chars_max => Err(Problem::invalid_field(
                &format!("/{name}"),
                format!("\"{name}\" has {chars} characters, at most {chars_max} fit; shorten it"),
            )),
            _ => Ok(text),
        }
    }
}

fn wrong(name: &str, error: serde_json::Error) -> Problem {
    // The error echoes the input, which may be a megabyte long.
    let said: String = error.to_string().chars().take(200).collect();
    Problem::invalid_field(&format!("/{name}"), format!("\"{name}\" is wrong: {said}"))
}
