//! Reading the fields of a JSON object one by one, so that an error can point at the field.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// The fields of a body. Unknown ones are tolerated.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body that has to be a JSON object.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(body).map_err(|error| Problem::malformed_json(&error))? {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(Problem::invalid_field("", "the body is JSON but no object; give {\"name\": value, …}")),
        }
    }

    /// Takes the field `name` as it is; nothing if it is missing or null.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Takes the field `name`; nothing if it is missing or null.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        self.take(name).map(serde_json::from_value).transpose().map_err(|error| wrong(name, error))
    }

    /// Takes the field `name`; the outer nothing if it is missing, the inner if it is null.
    pub(crate) fn nullable<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<Option<T>>, Problem> {
        let given = self.0.contains_key(name);
        Ok(self.optional(name)?.map(Some).or_else(|| given.then_some(None)))
    }

    /// Takes the field `name`, which has to be there; `remedy` says what to give.
    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str, remedy: &str) -> Result<T, Problem> {
        self.optional(name)?
            .ok_or_else(|| Problem::invalid_field(&format!("/{name}"), format!("\"{name}\" is missing; {remedy}")))
    }

    /// Takes the text `name`, of at most `chars_max` characters.
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
    // The error echoes what was given, which may be a megabyte of somebody's mistake.
    let said: String = error.to_string().chars().take(200).collect();
    Problem::invalid_field(&format!("/{name}"), format!("\"{name}\" is wrong: {said}"))
}
