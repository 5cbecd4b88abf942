//! Whether a cue's `params` are what its action's JSON Schema asks for.

use jsonschema::paths::LocationSegment;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value};

use super::Declared;

/// Gives how many problems of one cue's params are told: 8. A schema of alternatives can find hundreds in one value.
const PROBLEMS_MAX: usize = 8;

/// Gives how much of what the validator says is shown, in characters: it repeats the value it speaks of.
const PROBLEM_CHARS_MAX: usize = 160;

/// The JSON Schema of an action's params.
pub(super) struct ParamsSchema {
    schema: Value,
    validator: Validator,
}

/// One thing that is wrong with params.
pub(super) struct ParamsProblem {
    /// The keys and indices that lead to it.
    pub(super) path: Vec<Step>,
    /// What is wrong.
    pub(super) problem: String,
}

/// A key, or an index in an array.
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl ParamsSchema {
    /// Makes a schema ready, or says why it is none. Nothing is fetched: a reference elsewhere is an error.
    pub(super) fn new(schema: &Value) -> Result<Self, String> {
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let validator = options.build(schema).map_err(|error| shortened(&error.to_string()))?;
        Ok(Self { schema: schema.clone(), validator })
    }

    /// Gives what is declared by it.
    pub(super) fn into_declared(self) -> Declared {
        let required = !self.problems(&Map::new()).is_empty();
        Declared { schema: self.schema, required }
    }

    /// Gives what is wrong with params; the first few.
    pub(super) fn problems(&self, params: &Map<String, Value>) -> Vec<ParamsProblem> {
        let value = Value::Object(params.clone());
        if self.validator.is_valid(&value) {
            return Vec::new();
        }
        let problems = self.validator.iter_errors(&value).take(PROBLEMS_MAX).map(|error| ParamsProblem {
            path: error
                .instance_path()
                .iter()
                .map(|step| match step {
                    LocationSegment::Property(name) => Step::Key(name.into_owned()),
                    LocationSegment::Index(index) => Step::Index(index),
                })
                .collect(),
            problem: shortened(&error.to_string()),
        });
        problems.collect()
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(PROBLEM_CHARS_MAX) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}
