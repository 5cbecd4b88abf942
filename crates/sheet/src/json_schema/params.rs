//! The schema of an action's params for editors: anywhere in params, a var of the sheet may replace a value, as `${name}`.
//!
//! The value of the var is not known here, so it is valid whatever the author's schema says there. Schemas with the usual
//! keywords are widened place by place, and editors complete their content; if a schema has other keywords, params with a
//! var anywhere in them are left to the compiler.

use serde_json::{Map, Value, json};

/// The widening of one action's schema.
struct Widening<'a> {
    /// Its name among the definitions of the whole schema.
    name: &'a str,
    /// Its own definitions.
    defined: Option<&'a Map<String, Value>>,
}

/// Returns the definitions that every schema with params needs.
pub(super) fn definitions() -> [(&'static str, Value); 2] {
    let var = json!({ "type": "string", "pattern": "\\$\\{", "description": "A var of the sheet, such as ${brand}." });
    let with_var = json!({
        "anyOf": [
            { "$ref": "#/$defs/var" },
            { "type": "array", "contains": { "$ref": "#/$defs/withVar" } },
            { "type": "object", "not": { "additionalProperties": { "not": { "$ref": "#/$defs/withVar" } } } },
        ],
    });
    [("var", var), ("withVar", with_var)]
}

/// Returns the definition of params with this name, followed by those of its own definitions.
pub(super) fn widened(params: &Value, name: &str) -> Vec<(String, Value)> {
    let defined = params.get("$defs").and_then(Value::as_object);
    let widening = Widening { name, defined };
    let definitions = defined.into_iter().flatten().map(|(inner, schema)| (widening.name_of(inner), schema));
    let all = core::iter::once((Some(name.to_owned()), params)).chain(definitions);
    let all: Option<Vec<_>> = all.map(|(name, schema)| Some((name?, widening.schema(schema)?))).collect();
    all.unwrap_or_else(|| vec![(name.to_owned(), guarded(params, name))])
}

/// Returns a schema that accepts all params with a var, which are left to the compiler.
fn guarded(params: &Value, name: &str) -> Value {
    let mut params = params.clone();
    // References within it are relative to its own root.
    if let Some(fields) = params.as_object_mut() {
        fields.entry("$id").or_insert_with(|| format!("urn:downbeat:{name}").into());
    }
    json!({ "if": { "$ref": "#/$defs/withVar" }, "then": true, "else": params })
}

impl Widening<'_> {
    /// Returns a schema that accepts what `schema` accepts, and vars within it; `None` if that is not possible.
    fn schema(&self, schema: &Value) -> Option<Value> {
        let Value::Object(fields) = schema else { return Some(schema.clone()) };
        let mut wide = Map::new();
        for (keyword, value) in fields {
            let value = match keyword.as_str() {
                "$schema" => continue,
                // They are widened on their own.
                "$defs" if self.defined.is_some_and(|defined| Some(defined) == value.as_object()) => continue,
                "properties" | "patternProperties" => {
                    let inner = value.as_object()?.iter().map(|(name, inner)| Some((name.clone(), self.place(inner)?)));
                    inner.collect::<Option<Map<_, _>>>()?.into()
                }
                "additionalProperties" | "unevaluatedProperties" | "items" | "unevaluatedItems" => self.place(value)?,
                "prefixItems" => value.as_array()?.iter().map(|inner| self.place(inner)).collect::<Option<_>>()?,
                "allOf" | "anyOf" => value.as_array()?.iter().map(|inner| self.schema(inner)).collect::<Option<_>>()?,
                "$ref" => self.reference(value.as_str()?)?.into(),
                "enum" if value.as_array()?.iter().all(is_scalar) => value.clone(),
                "const" if is_scalar(value) => value.clone(),
                keyword if KEPT.contains(&keyword) || NOTES.contains(&keyword) => value.clone(),
                _ => return None,
            };
            wide.insert(keyword.clone(), value);
        }
        Some(wide.into())
    }

    /// Returns the schema of a value within params, which may also be a var.
    fn place(&self, schema: &Value) -> Option<Value> {
        let takes_any_text = match schema {
            Value::Object(fields) => fields.iter().all(|(keyword, value)| match keyword.as_str() {
                "type" => value == "string",
                keyword => NOTES.contains(&keyword),
            }),
            // `true` accepts a var already, and where `false` accepts nothing, a var is not accepted either.
            _ => true,
        };
        let wide = self.schema(schema)?;
        Some(if takes_any_text { wide } else { json!({ "anyOf": [wide, { "$ref": "#/$defs/var" }] }) })
    }

    /// Returns a reference of the author's schema as a reference of the whole schema.
    fn reference(&self, reference: &str) -> Option<String> {
        let name = match reference.strip_prefix("#/$defs/") {
            None if reference == "#" => self.name.to_owned(),
            None => return None,
            Some(inner) => self.name_of(inner)?,
        };
        Some(format!("#/$defs/{name}"))
    }

    /// Returns the name of a definition in the whole schema.
    fn name_of(&self, inner: &str) -> Option<String> {
        let number = self.defined?.keys().position(|known| known == inner)?;
        Some(format!("{}.{number}", self.name))
    }
}

/// The keywords that do not affect validity.
const NOTES: [&str; 8] =
    ["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"];

/// The keywords that need no change: they are independent of vars, or are about a value that may be a var anyway.
const KEPT: [&str; 19] = [
    "type",
    "required",
    "dependentRequired",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "contentEncoding",
];

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether params are valid by what an editor gets for an author's schema.
    fn takes(schema: &Value, params: &Value) -> bool {
        let mut defs: Map<String, Value> =
            definitions().into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
        defs.extend(widened(schema, "params0"));
        let whole = json!({ "$ref": "#/$defs/params0", "$defs": defs });
        assert!(jsonschema::draft202012::meta::is_valid(&whole));
        jsonschema::draft202012::new(&whole).unwrap().is_valid(params)
    }

    #[test]
    fn a_var_may_stand_anywhere_and_the_rest_is_checked() {
        let schema = json!({
            "type": "object", "required": ["song"], "additionalProperties": false,
            "properties": {
                "song": { "$ref": "#/$defs/n" }, "color": { "enum": ["red", "blue"] }, "note": { "type": "string" },
                "at": { "type": "array", "maxItems": 2, "items": { "type": "object", "properties": { "x": { "maximum": 1 } } } },
            },
            "$defs": { "n": { "type": "integer", "minimum": 1 } },
        });
        for (params, valid) in [
            (json!({ "song": 1 }), true),
            (json!({ "song": "${n}" }), true),
            (json!({ "song": "n" }), false),
            (json!({ "song": 0 }), false),
            (json!({}), false),
            (json!({ "song": 1, "sonq": "${n}" }), false),
            (json!({ "song": 1, "color": "${brand}", "note": "a ${n}" }), true),
            (json!({ "song": 1, "color": "green" }), false),
            (json!({ "song": 1, "at": [{ "x": "${n}" }, "${n}"] }), true),
            (json!({ "song": 1, "at": [{ "x": 2 }] }), false),
            (json!({ "song": "${n}", "color": "green" }), false),
        ] {
            assert_eq!(takes(&schema, &params), valid, "{params}");
        }
    }

    #[test]
    fn schemas_that_cannot_be_widened_accept_all_params_with_a_var() {
        for schema in [
            json!({ "properties": { "a": { "not": { "type": "string" } } } }),
            json!({ "properties": { "a": { "oneOf": [{ "type": "integer" }, { "const": "y" }] } } }),
            json!({ "properties": { "a": { "enum": [3, [1]] } } }),
            json!({ "properties": { "a": { "$ref": "#/properties/b" }, "b": { "type": "integer" } } }),
        ] {
            assert!(takes(&schema, &json!({ "a": "${n}" })), "{schema}");
            assert!(takes(&schema, &json!({ "a": "x", "c": [{ "d": "${n}" }] })), "{schema}");
            assert!(takes(&schema, &json!({ "a": 3 })) && !takes(&schema, &json!({ "a": "x" })), "{schema}");
        }
    }

    #[test]
    fn schemas_may_refer_to_themselves() {
        let schema = json!({ "properties": { "next": { "$ref": "#" }, "n": { "type": "integer" } } });
        assert!(takes(&schema, &json!({ "next": { "next": { "n": "${n}" } } })));
        assert!(!takes(&schema, &json!({ "next": { "next": { "n": "n" } } })));
    }
}
