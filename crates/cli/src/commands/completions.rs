//! `completions`: a completion script for a shell.

use std::fmt;

use clap::CommandFactory;
use serde_json::{Map, Value, json};

use crate::cli::Cli;
use crate::output::{Content, Report, members};

/// A completion script.
pub(crate) struct Completions {
    shell: clap_complete::Shell,
    script: String,
}

/// Generates the completion script.
pub(crate) fn run(shell: clap_complete::Shell) -> Completions {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "downbeat", &mut script);
    Completions { shell, script: String::from_utf8_lossy(&script).into_owned() }
}

impl Report for Completions {
    fn json(&self) -> Map<String, Value> {
        members(json!({ "shell": self.shell.to_string(), "script": self.script }))
    }

    fn content(&self) -> Content {
        Content::File
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.script)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }
}
