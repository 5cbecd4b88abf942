//! The JSON Schema of an action's `params`, and how params violate it.

use core::ops::Range;
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{Draft, ReferencingError, ValidationError, Validator};
use serde_json::{Map, Value};

use super::tree::{Field, Shape};
use super::words::{listed, quoted};
use crate::diagnostic::pointer_step;

/// The number of violations reported for one cue's params: 8. A schema of alternatives can find hundreds in one value.
const VIOLATIONS_MAX: usize = 8;

/// The characters of the validator's message that are shown: 160. It repeats the value it is about.
const PROBLEM_CHARS_MAX: usize = 160;

/// The params that an action declares.
#[derive(Clone, Debug)]
pub(crate) struct DeclaredParams {
    pub(crate) schema: Value,
    /// Whether a cue must have params.
    pub(crate) required: bool,
}

/// The JSON Schema of an action's params.
pub(super) struct ParamsSchema {
    schema: Value,
    validator: Validator,
}

/// A part of params that their schema forbids, or of a schema that JSON Schema forbids.
pub(super) struct Violation {
    /// The keys and indices that lead to it.
    path: Vec<Step>,
    /// The validator's message.
    pub(super) problem: String,
}

/// A key, or an index in an array.
enum Step {
    Key(String),
    Index(usize),
}

impl ParamsSchema {
    /// Prepares a schema, or returns why it is not valid. Nothing is fetched: a reference elsewhere is an error.
    pub(super) fn new(schema: &Value) -> Result<Self, Violation> {
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let validator = options.build(schema).map_err(|error| invalid_schema(&error))?;
        Ok(Self { schema: schema.clone(), validator })
    }

    /// Returns the schema, and whether it requires params.
    pub(super) fn into_declared(self) -> DeclaredParams {
        let required = !self.violations(&Map::new()).is_empty();
        DeclaredParams { schema: self.schema, required }
    }

    /// Returns the first violations in params.
    pub(super) fn violations(&self, params: &Map<String, Value>) -> Vec<Violation> {
        let value = Value::Object(params.clone());
        if self.validator.is_valid(&value) {
            return Vec::new();
        }
        let first = self.validator.iter_errors(&value).take(VIOLATIONS_MAX);
        first.map(|error| Violation::new(&error, &error.to_string())).collect()
    }
}

impl Violation {
    fn new(error: &ValidationError<'_>, problem: &str) -> Self {
        Self { path: steps(error.instance_path()), problem: shortened(problem) }
    }

    /// Returns the steps that lead to it from a cue or an action, as far as they exist, and its span. Without `params` it
    /// is at `opening`.
    pub(super) fn locate(&self, params: Option<Field<'_>>, opening: Range<usize>) -> (Vec<String>, Range<usize>) {
        let Some(params) = params else { return (Vec::new(), opening) };
        let mut steps = vec![params.name().to_owned()];
        let mut value = params.value();
        for step in &self.path {
            let next = match (step, value.shape()) {
                (Step::Key(key), Shape::Object(object)) => object.field(key).map(|prop| (key.clone(), prop.value())),
                (Step::Index(index), Shape::Array(array)) => {
                    array.elements().nth(*index).map(|element| (index.to_string(), element))
                }
                _ => None,
            };
            let Some((step, inner)) = next else { break };
            steps.push(step);
            value = inner;
        }
        // If an object lacks a field, pointing at its opening brace is enough.
        let span = match value.shape() {
            Shape::Object(object) => object.opening(),
            _ => value.span(),
        };
        (steps, span)
    }

    /// Returns where it is within the params or the schema, for a message: ` at "/song"`, or nothing for the whole.
    pub(super) fn inside(&self) -> String {
        let pointer = self.path.iter().map(|step| match step {
            Step::Key(key) => pointer_step(key),
            Step::Index(index) => format!("/{index}"),
        });
        match pointer.collect::<String>() {
            whole if whole.is_empty() => whole,
            pointer => format!(" at {}", quoted(&pointer)),
        }
    }
}

/// Returns why a schema is not valid, in an author's words where the validator uses its own.
fn invalid_schema(error: &ValidationError<'_>) -> Violation {
    let problem = match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, .. }) => {
            format!("it refers to {}, which is never fetched (put it under \"$defs\")", quoted(uri))
        }
        // The value of "type" is the one choice among schemas that authors get wrong.
        ValidationErrorKind::AnyOf { .. } if error.instance_path().as_str().ends_with("/type") => {
            format!("{} is not one of the types {}", error.instance(), listed(&TYPES))
        }
        _ => error.to_string(),
    };
    Violation::new(error, &problem)
}

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

fn steps(location: &Location) -> Vec<Step> {
    let step = |segment| match segment {
        LocationSegment::Property(name) => Step::Key(name.into_owned()),
        LocationSegment::Index(index) => Step::Index(index),
    };
    location.iter().map(step).collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(PROBLEM_CHARS_MAX) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}
