//! Sheets as a JSON Schema (2020-12), for editors that complete and check while their users type.
//!
//! It finds fewer errors than the compiler, since a schema cannot follow references or add times. Every sheet that
//! compiles is valid.

mod params;

use serde_json::{Map, Value, json};

use crate::diagnostic::Diagnostic;
use crate::options::ReadIncluded;
use crate::rundown::{CUES_MAX, ID_CHARS_MAX, NAME_CHARS_MAX, NUMBER_MAX, Otherwise, TITLE_CHARS_MAX};
use crate::source::{self, DeclaredParams, Names};
use downbeat_core::message::TEXT_CHARS_MAX;

/// Returns the schema of sheets.
///
/// ```
/// let schema = downbeat_sheet::schema();
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// ```
pub fn schema() -> Value {
    of_names(&Names::default())
}

/// Returns the schema of the sheets of one project, with the actions, params, tracks and locales that `source` and the
/// files it includes declare. `read` is as in [`crate::compile_with`].
///
/// # Errors
/// The diagnostics, if these declarations cannot be read.
pub fn schema_for(source: &str, read: &ReadIncluded<'_>) -> Result<Value, Vec<Diagnostic>> {
    source::names(source, read).map(|names| of_names(&names))
}

fn of_names(names: &Names) -> Value {
    let mut schema = general(names);
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        let with_params: Vec<_> = actions_with_params(names).collect();
        if !with_params.is_empty() {
            definitions.extend(params::definitions().map(|(name, schema)| (name.to_owned(), schema)));
        }
        definitions
            .extend(with_params.into_iter().flat_map(|(key, _, declared)| params::widened(&declared.schema, &key)));
    }
    schema
}

/// Returns the actions that declare params: the name of the definition, the name of the action, and the params.
fn actions_with_params(names: &Names) -> impl Iterator<Item = (String, &str, &DeclaredParams)> {
    let declared = names.actions.iter().filter_map(|(name, declared)| Some((name.as_str(), declared.as_ref()?)));
    declared.enumerate().map(|(number, (name, declared))| (format!("params{number}"), name, declared))
}

fn general(names: &Names) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Downbeat cue sheet",
        "description": "A bare array of cues, or a sheet with \"version\": 1 and \"cues\".",
        "anyOf": [{ "$ref": "#/$defs/cues" }, { "$ref": "#/$defs/sheet" }],
        "$defs": {
            "sheet": sheet(),
            "cues": { "type": "array", "maxItems": CUES_MAX, "items": { "$ref": "#/$defs/cue" } },
            "cue": cue(names),
            "action": action(),
            "track": object(json!({
                "exclusive": { "type": "boolean", "description": "Its cues must not overlap." },
                "priority": { "type": "integer", "minimum": -1000, "maximum": 1000, "description": "Of two tracks that affect the same thing, the higher wins." },
            }), &[]),
            "preload": object(json!({
                "assets": { "type": "array", "minItems": 1, "maxItems": 256, "items": { "type": "string", "minLength": 1 }, "description": "The addresses to fetch." },
                "lead": length("How long before the cue viewers begin to fetch (default: 60 s)."),
                "spread": length("Over how long viewers spread their fetching (default: three quarters of the lead)."),
                "bytes": { "type": "integer", "minimum": 0, "maximum": NUMBER_MAX, "description": "The total size of the files." },
            }), &["assets"]),
            "repeat": object(json!({
                "every": length("The time from one repetition to the next."),
                "count": { "type": "integer", "minimum": 1, "maximum": CUES_MAX, "description": "The number of times." },
            }), &["every", "count"]),
            "late": {
                "description": "What happens when the cue is late (default: states resume, moments are skipped).",
                "anyOf": [
                    { "enum": ["skip", "resume", "latest"] },
                    object(json!({ "within": length("How late it may fire.") }), &["within"]),
                ],
            },
            "needs": object(json!({
                "bound": length("How wrong a viewer's clock may be at most, either way; 1 ms to 10 s."),
                "otherwise": { "enum": Otherwise::ALL.map(Otherwise::as_str), "description": "While the clock is less certain: leave the cue out (skip), or fire it anyway (fire)." },
            }), &["bound"]),
            "message": {
                "description": "The message for viewers: one text, or one per language tag.",
                "anyOf": [
                    { "$ref": "#/$defs/words" },
                    {
                        "type": "object", "minProperties": 1, "propertyNames": locale(names),
                        "additionalProperties": { "$ref": "#/$defs/words" },
                    },
                ],
            },
            // Vars are filled in later, so a long text may still be a short message.
            "words": { "type": "string", "minLength": 1, "description": format!("At most {TEXT_CHARS_MAX} characters.") },
            "time": {
                "description": "Seconds, \"00:09:20\", \"PT9M20S\", \"9m20s\", \"00:12:00:12@25\" or \"#song1.start+5s\"; with a minus, before the event begins.",
                "anyOf": [
                    { "type": "number", "minimum": -31_622_400, "maximum": 31_622_400 },
                    { "type": "string", "pattern": format!("^-?{TIME_PATTERN}$"), "examples": ["00:09:20", "9m20s", "PT9M20S", "-00:10:00"] },
                    { "type": "string", "pattern": "^#.+\\.(start|end)([+-].+)?$", "examples": ["#song1.start+5s"] },
                ],
            },
            "length": {
                "anyOf": [
                    { "type": "number", "minimum": 0, "maximum": 31_622_400 },
                    { "type": "string", "pattern": format!("^{TIME_PATTERN}$"), "examples": ["4s", "500ms", "PT3M30S"] },
                ],
            },
        },
    })
}

/// The form of a time as a text; the compiler checks it in detail.
const TIME_PATTERN: &str =
    "(P[0-9WDTHMS.,]+|[0-9]+([:;][0-9]+)+(\\.[0-9]+)?(@[0-9.]+)?|([0-9]+(\\.[0-9]+)?(d|h|ms|m|s))+)";

fn sheet() -> Value {
    object(
        json!({
            "$schema": { "type": "string", "description": "The place of this schema, for editors." },
            "version": { "const": 1 },
            "id": { "type": "string", "minLength": 1, "maxLength": NAME_CHARS_MAX, "description": "Names the sheet." },
            "title": { "type": "string", "minLength": 1, "maxLength": TITLE_CHARS_MAX, "description": "What viewers read." },
            "duration": length("How long the event is."),
            "locales": { "type": "array", "minItems": 1, "items": { "type": "string" }, "description": "Language tags, the default one first." },
            "frameRate": {
                "description": "The frames per second of timecode that does not name its rate.",
                "anyOf": [{ "type": "string" }, { "type": "number" }],
            },
            "expectedDrift": length("How far apart viewers' clocks may be (default: 500 ms)."),
            "vars": {
                "description": "The values of ${name} in params, messages and assets.",
                "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] },
            },
            "include": { "type": "array", "items": { "type": "string" }, "description": "Files in this folder or below it." },
            "actions": { "type": "object", "additionalProperties": { "$ref": "#/$defs/action" }, "description": "The actions of cues." },
            "tracks": { "type": "object", "additionalProperties": { "$ref": "#/$defs/track" }, "description": "The tracks of cues." },
            "cues": { "$ref": "#/$defs/cues" },
        }),
        &["version", "cues"],
    )
}

fn action() -> Value {
    object(
        json!({
            "kind": { "enum": ["state", "moment"], "description": "A state lasts, a moment is over at once." },
            "tolerance": { "enum": ["loose", "tight"], "description": "Whether people notice when it fires at different times." },
            "params": { "type": ["object", "boolean"], "description": "The JSON Schema of its params." },
            "maxPerSecond": { "type": "integer", "minimum": 1, "maximum": 1000, "description": "How often it may fire within a second." },
        }),
        &[],
    )
}

fn cue(names: &Names) -> Value {
    let mut cue = object(
        json!({
            "id": { "type": "string", "minLength": 1, "maxLength": NAME_CHARS_MAX, "description": format!("Names the cue (default: action@milliseconds). At most {ID_CHARS_MAX} with what a repeat adds.") },
            "time": {
                "description": "When it begins. Without it, or with \"next\", when the cue before it ends.",
                "anyOf": [{ "const": "next" }, { "$ref": "#/$defs/time" }],
            },
            "action": name(names.actions.iter().map(|(name, _)| name), "What the cue does."),
            "track": name(names.tracks.iter(), "The track of the cue."),
            "params": { "type": "object", "description": "The params of the action." },
            "until": { "$ref": "#/$defs/time", "description": "When it ends." },
            "duration": length("How long it lasts."),
            "late": { "$ref": "#/$defs/late" },
            "jitter": length("Over how long viewers spread the cue among themselves."),
            "needs": { "$ref": "#/$defs/needs", "description": "How certain a viewer's clock has to be." },
            "preload": { "$ref": "#/$defs/preload" },
            "message": { "$ref": "#/$defs/message" },
            "disabled": { "type": "boolean", "description": "Leaves the cue out." },
            "repeat": { "$ref": "#/$defs/repeat" },
            "flags": { "type": "array", "items": { "type": "string" }, "description": "Marks for people; not published." },
            "note": { "type": "string", "description": "For people; not published." },
            "owner": { "type": "string", "description": "The person in charge; not published." },
            "group": { "type": "string", "description": "The group of cues; not published." },
        }),
        &["action"],
    );
    let of_actions: Vec<Value> = actions_with_params(names)
        .map(|(key, name, declared)| {
            let required: &[&str] = if declared.required { &["params"] } else { &[] };
            json!({
                "if": { "properties": { "action": { "const": name } }, "required": ["action"] },
                "then": { "required": required, "properties": { "params": { "$ref": format!("#/$defs/{key}") } } },
            })
        })
        .collect();
    if let (false, Some(fields)) = (of_actions.is_empty(), cue.as_object_mut()) {
        fields.insert("allOf".to_owned(), of_actions.into());
    }
    cue
}

/// Returns the schema of an object with these fields and no others.
fn object(properties: Value, required: &[&str]) -> Value {
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if let (false, Some(fields)) = (required.is_empty(), schema.as_object_mut()) {
        fields.insert("required".to_owned(), required.into());
    }
    schema
}

fn length(description: &str) -> Value {
    json!({ "$ref": "#/$defs/length", "description": description })
}

/// Returns the schema of a name, which is one of these unless there are none.
fn name<'n>(names: impl Iterator<Item = &'n String>, description: &str) -> Value {
    let names: Vec<&String> = names.collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "string".into());
    schema.insert("description".to_owned(), description.into());
    if names.is_empty() {
        schema.insert("minLength".to_owned(), 1.into());
        schema.insert("maxLength".to_owned(), NAME_CHARS_MAX.into());
    } else {
        schema.insert("enum".to_owned(), json!(names));
    }
    schema.into()
}

fn locale(names: &Names) -> Value {
    if names.locales.is_empty() { json!({ "minLength": 2, "maxLength": 35 }) } else { json!({ "enum": names.locales }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(schema: &Value, sheet: &str) -> bool {
        let sheet: Value = serde_json::from_str(sheet).unwrap();
        jsonschema::draft202012::new(schema).unwrap().is_valid(&sheet)
    }

    #[test]
    fn the_general_schema_knows_every_field_and_no_other() {
        assert!(jsonschema::draft202012::meta::is_valid(&schema()));
        let full = r##"{"$schema":"./s.json","version":1,"id":"a","title":"A","duration":"PT1H","locales":["en"],"frameRate":"25",
            "expectedDrift":"500ms","vars":{"a":1},"include":["./b.json"],
            "actions":{"x":{"kind":"state","tolerance":"loose","params":{"type":"object"},"maxPerSecond":3}},
            "tracks":{"m":{"exclusive":true,"priority":1}},
            "cues":[{"id":"c","time":"#d.start+5s","action":"x","track":"m","params":{},"until":"00:12:00;12@29.97","late":{"within":"2s"},
                "jitter":"400ms","needs":{"bound":"50ms","otherwise":"fire"},"preload":{"assets":["/a"],"lead":"60s","spread":"45s","bytes":1},"message":{"en":"Hi"},
                "disabled":false,"repeat":{"every":1.5,"count":2},"flags":["f"],"note":"n","owner":"o","group":"g"}]}"##;
        assert!(is_valid(&schema(), full));
        let times = r#"[{"time":"9m20s","action":"a"},{"time":-600,"action":"a"},{"time":"-00:10:00","until":"-9m","action":"a"},
            {"time":"next","action":"a"},{"action":"a"}]"#;
        assert!(is_valid(&schema(), times));
        assert!(!is_valid(&schema(), r#"[{"time":1,"until":"next","action":"a"}]"#));
        assert!(!is_valid(&schema(), r#"[{"time":1,"duration":"-5s","action":"a"}]"#));
        for (from, to) in [
            (r#""title""#, r#""titel""#),
            (r#""jitter""#, r#""jiter""#),
            (r#""version":1"#, r#""version":2"#),
            (r#""tolerance":"loose""#, r#""tolerance":"lose""#),
            (r#""otherwise":"fire""#, r#""otherwise":"fires""#),
            (r#""bound":"50ms","#, ""),
            (r##""#d.start+5s""##, r#""soon""#),
            (r#""count":2"#, r#""count":0"#),
        ] {
            assert!(!is_valid(&schema(), &full.replacen(from, to, 1)), "{to}");
        }
    }

    #[test]
    fn a_projects_schema_knows_its_actions_tracks_locales_and_params() {
        let declarations = r#"{"version":1,"locales":["en"],"tracks":{"m":{}},"include":["actions.json"],"cues":[]}"#;
        let actions = r##"{"version":1,"actions":{"x":{"params":{"required":["song"],"properties":{"song":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"integer"}}}},"y":{}},"cues":[]}"##;
        let read = |_: &str| Ok(actions.to_owned());
        let schema = schema_for(declarations, &read).unwrap();
        assert!(jsonschema::draft202012::meta::is_valid(&schema));
        assert!(is_valid(
            &schema,
            r#"[{"time":1,"action":"x","track":"m","params":{"song":1},"message":{"en":"Hi"}}]"#
        ));
        for cue in [
            r#"{"time":1,"action":"z"}"#,
            r#"{"time":1,"action":"y","track":"n"}"#,
            r#"{"time":1,"action":"y","message":{"fr":"Salut"}}"#,
            r#"{"time":1,"action":"x","params":{"sonq":1}}"#,
            r#"{"time":1,"action":"x","params":{"song":"1"}}"#,
        ] {
            assert!(!is_valid(&schema, &format!("[{cue}]")), "{cue}");
        }
        let unreadable = schema_for(r#"{"version":1,"actions":7,"cues":[]}"#, &read).unwrap_err();
        assert_eq!(unreadable[0].code(), "DB104");
    }
}
