//! What `emergency status` and `emergency rehearse` find, step by step, and whether a signed pause would work.

use std::fmt::{self, Display as _};

use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::output::{Failure, Report, members};
use crate::text::{Table, count};

/// What each step found.
pub(crate) struct Findings {
    screen: Table,
    faults: Vec<String>,
    json: Map<String, Value>,
}

impl Findings {
    /// Begins with the lines of `screen`, and with members of the JSON object.
    pub(super) fn new(screen: Table, json: Map<String, Value>) -> Self {
        Self { screen, faults: Vec::new(), json }
    }

    /// Adds what a step found.
    pub(super) fn line(&mut self, step: &'static str, found: impl Into<String>) {
        self.screen.line(step, found);
    }

    /// Adds what a step found, and what is wrong about it. The screen lists faults at its end.
    pub(super) fn fault(&mut self, step: &'static str, found: impl Into<String>, fault: impl Into<String>) {
        self.line(step, found);
        self.faults.push(fault.into());
    }

    /// Adds members to the JSON object.
    pub(super) fn add(&mut self, more: Value) {
        self.json.extend(members(more));
    }

    /// Ends with whether everything is ready, and each fault on a line.
    pub(super) fn finish(mut self) -> Self {
        self.line("ready", if self.faults.is_empty() { "yes" } else { "NO" });
        for fault in &self.faults {
            self.screen.line("fault", fault);
        }
        self
    }
}

impl Report for Findings {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.json.clone();
        json.extend(members(json!({ "ready": self.faults.is_empty(), "faults": self.faults })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))
    }

    fn failure(&self) -> Option<Failure> {
        (!self.faults.is_empty()).then(|| Failure {
            exit: Exit::Different,
            code: "not-ready",
            message: format!("{}: {}", count(self.faults.len(), "fault"), self.faults.join("; ")),
        })
    }
}
