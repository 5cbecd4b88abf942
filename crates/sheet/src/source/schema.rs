//! Whether a cue's `params` are what its action's JSON Schema asks for, and whether that is one.

use core::ops::Range;
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{Draft, ReferencingError, ValidationError, Validator};
use serde_json::{Map, Value};

use super::fields::listed;
use super::tree::{Field, Shape};
use super::{Declared, quoted};

/// How many violations in one cue's params are told: 8. A schema of alternatives can find hundreds in one value.
const VIOLATIONS_MAX: usize = 8;

/// How much of what the validator says is shown, in characters: it repeats the value it speaks of.
const PROBLEM_CHARS_MAX: usize = 160;

/// The JSON Schema of an action's params.
pub(super) struct ParamsSchema {
    schema: Value,
    validator: Validator,
}

/// One thing that a schema forbids, in params or in a schema of them.
pub(super) struct Violation {
    /// The keys and indices that lead to it.
    path: Vec<Step>,
    /// What is wrong.
    pub(super) problem: String,
}

/// A key, or an index in an array.
enum Step {
    Key(String),
    Index(usize),
}

impl ParamsSchema {
    /// Makes a schema ready, or says why it is none. Nothing is fetched: a reference elsewhere is an error.
    pub(super) fn new(schema: &Value) -> Result<Self, Violation> {
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let validator = options.build(schema).map_err(|error| no_schema(&error))?;
        Ok(Self { schema: schema.clone(), validator })
    }

    /// Returns what is declared by it.
    pub(super) fn into_declared(self) -> Declared {
        let required = !self.violations(&Map::new()).is_empty();
        Declared { schema: self.schema, required }
    }

    /// Returns what is wrong with params; the first few.
    pub(super) fn violations(&self, params: &Map<String, Value>) -> Vec<Violation> {
        let value = Value::Object(params.clone());
        if self.validator.is_valid(&value) {
            return Vec::new();
        }
        let first = self.validator.iter_errors(&value).take(VIOLATIONS_MAX);
        first.map(|error| Violation::of(&error, error.to_string())).collect()
    }
}

impl Violation {
    fn of(error: &ValidationError<'_>, problem: String) -> Self {
        Self { path: steps(error.instance_path()), problem: shortened(&problem) }
    }

    /// Returns the steps to it from a cue or an action, as far as they can be followed, and its place; `opening` is the place
    /// of what has no params.
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
        // Of an object that lacks something its beginning is enough to point at.
        let place = match value.shape() {
            Shape::Object(object) => object.opening(),
            _ => value.span(),
        };
        (steps, place)
    }

    /// Returns where it is as a JSON pointer from the params or the schema, for a message; empty for the whole of it.
    pub(super) fn inside(&self) -> String {
        let pointer = self.path.iter().map(|step| match step {
            Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("/{index}"),
        });
        match pointer.collect::<String>() {
            whole if whole.is_empty() => whole,
            pointer => format!(" at {}", quoted(&pointer)),
        }
    }
}

/// Returns why a schema is none, in an author's words where the validator speaks of its own.
fn no_schema(error: &ValidationError<'_>) -> Violation {
    let problem = match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, .. }) => {
            format!("it refers to {}, which is never fetched (\"$defs\" has room for it)", quoted(uri))
        }
        // What "type" may be is the one choice among schemas that authors get wrong.
        ValidationErrorKind::AnyOf { .. } if error.instance_path().as_str().ends_with("/type") => {
            format!("{} is none of the types, which are {}", error.instance(), listed(&TYPES))
        }
        _ => error.to_string(),
    };
    Violation::of(error, problem)
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
