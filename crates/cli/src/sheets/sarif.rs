//! Diagnostics as SARIF 2.1.0, which code scanners exchange.

use std::collections::BTreeMap;

use downbeat_sheet::explain;
use serde_json::{Map, Value, json};

use super::finding::Finding;
use super::sheet::Sheet;

/// Returns the log: one run, with the violated rules and all places.
pub(crate) fn log(sheets: &[Sheet]) -> Value {
    let findings: Vec<Finding<'_>> = sheets.iter().flat_map(Sheet::findings).collect();
    let broken: BTreeMap<&str, &str> =
        findings.iter().map(|finding| (finding.diagnostic.code(), finding.severity())).collect();
    let rules: Vec<Value> = broken.iter().map(|(code, severity)| rule(code, severity)).collect();
    let index: BTreeMap<&str, usize> = broken.keys().enumerate().map(|(index, code)| (*code, index)).collect();
    let results: Vec<Value> =
        findings.iter().map(|finding| result(finding, index[finding.diagnostic.code()])).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "downbeat", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            // Columns are counted in characters, as everywhere else here; SARIF's default is UTF-16.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &str, severity: &str) -> Value {
    let text = explain(code).unwrap_or_default();
    let short = text.split_inclusive(". ").next().unwrap_or_default().trim_end();
    json!({
        "id": code,
        "shortDescription": { "text": short },
        "fullDescription": { "text": text },
        "help": { "text": text },
        "defaultConfiguration": { "level": severity },
    })
}

fn result(finding: &Finding<'_>, rule: usize) -> Value {
    let diagnostic = finding.diagnostic;
    let hint = diagnostic.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    let mut physical = Map::from_iter([("artifactLocation".to_owned(), json!({ "uri": uri(finding.file()) }))]);
    if let (Some(from), Some(to)) = (finding.from, finding.to) {
        let region = json!({
            "startLine": from.line, "startColumn": from.column, "endLine": to.line, "endColumn": to.column,
        });
        physical.insert("region".to_owned(), region);
    }
    let mut location = Map::from_iter([("physicalLocation".to_owned(), Value::Object(physical))]);
    if !diagnostic.pointer().is_empty() {
        location.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": diagnostic.pointer() }]));
    }
    json!({
        "ruleId": diagnostic.code(),
        "ruleIndex": rule,
        "level": finding.severity(),
        "message": { "text": format!("{}{hint}", diagnostic.message()) },
        "locations": [location],
    })
}

/// Returns a path as a URI reference (RFC 3986); a relative one stays relative.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("./cues/été 1.json"), "cues/%C3%A9t%C3%A9%201.json");
        assert_eq!(uri(r"cues\a.json"), "cues/a.json");
        assert_eq!(uri("/a:b.json"), "file:///a%3Ab.json");
    }

    #[test]
    fn a_sheet_without_errors_is_a_run_without_results() {
        let log = log(&[Sheet::compiled("a.json", "[]")]);
        assert_eq!(log["runs"][0]["results"], json!([]));
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([]));
    }

    #[test]
    fn each_mistake_is_a_result_of_its_rule_with_its_region() {
        let source = "[{ \"time\": \"9:20\", \"action\": \"é\", \"action\": 1 }]";
        let log = log(&[Sheet::compiled("a b.json", source)]);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let named: Vec<_> = rules.iter().map(|rule| (&rule["id"], &rule["defaultConfiguration"]["level"])).collect();
        assert_eq!(named, [(&json!("DB102"), &json!("error")), (&json!("DB204"), &json!("warning"))]);
        assert_eq!(rules[1]["help"]["text"], explain("DB204").unwrap());
        assert_eq!(
            rules[1]["shortDescription"]["text"],
            "Some read 9:20 as minutes and seconds, others as hours and minutes."
        );
        assert_eq!(
            run["results"][1],
            json!({
                "ruleId": "DB102",
                "ruleIndex": 0,
                "level": "error",
                "message": { "text": "cue number 1 at 00:09:20 has \"action\" twice; keep one of them" },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": "a%20b.json" },
                        "region": { "startLine": 1, "startColumn": 35, "endLine": 1, "endColumn": 43 },
                    },
                    "logicalLocations": [{ "fullyQualifiedName": "/0/action" }],
                }],
            })
        );
    }
}
