//! `cues publish`: compiles a sheet, stores its rundown, and points the event at it.

use std::fmt;
use std::path::Path;

use downbeat_core::{Command, Digest};
use downbeat_sheet::Options;
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::Route;
use serde_json::{Map, Value, json};

use crate::change::{self, Change, Wish};
use crate::cli::{Attribution, CommandOptions};
use crate::confirm::{self, Gate};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::server::{Server, ServerError};
use crate::sheets;

/// What became of a rundown.
pub(crate) enum Published {
    /// The event has it already.
    Already { rundown: Digest, place: Map<String, Value> },
    /// The event is pointed at it, or (with `--dry-run`) would be.
    Pointed { rundown: Digest, bytes: usize, cues: usize, stored: Option<bool>, change: Change },
}

/// Publishes a sheet.
pub(crate) fn run(context: &Context, path: &Path, options: &CommandOptions) -> Result<Published, Error> {
    let sheet = sheets::read(path, &Options::default())?;
    if !context.output.json {
        context.output.remark(&sheet.report());
    }
    let rundown = sheet.rundown()?;
    let (digest, bytes) = (rundown.digest(), rundown.to_bytes());

    let server = context.operator()?;
    let state = server.state(&context.settings.event)?.body;
    if state.rundown == Some(digest) {
        return Ok(Published::Already { rundown: digest, place: context.place() });
    }
    let lines = vec![
        ("sheet", format!("{}: {}", sheet.name, sheets::summary(rundown))),
        ("rundown", format!("{} → {}", present(context, &server, state.rundown), sheets::short(digest))),
    ];
    let size = bytes.len();
    let mut stored = None;
    if !context.dry_run {
        // Asked before the bytes are stored: without a yes, nothing is sent.
        let mut screen = context.screen(Some(&state));
        for (label, value) in &lines {
            screen.line(label, value.clone());
        }
        let gate = Gate::new(context.yes, context.settings.confirm, false, &context.settings.event);
        confirm::pass(&gate, &screen, "Publish it?", context.output)?;
        stored = Some(server.put_rundown(&context.settings.event, digest, bytes)?);
        read_back(context, &server, digest)?;
    }
    let change = point(context, options, digest, lines, state.rev)?;
    Ok(Published::Pointed { rundown: digest, bytes: size, cues: rundown.cues().len(), stored, change })
}

/// Loads the rundown as a viewer does, before any viewer is sent there.
fn read_back(context: &Context, server: &Server, digest: Digest) -> Result<(), Error> {
    let bytes = server.rundown(&context.settings.event, digest)?;
    if digest_of(&bytes) == digest {
        return Ok(());
    }
    let url = server.url_of(&Route::Rundown(context.settings.event.clone(), digest));
    let why = "the rundown it gives back is not the one that was stored; the event was not pointed at it".to_owned();
    Err(ServerError::Strange { url, status: 200, why }.into())
}

/// Points the event at a rundown, without asking: that was done.
pub(crate) fn point(
    context: &Context,
    options: &CommandOptions,
    digest: Digest,
    lines: Vec<(&'static str, String)>,
    rev: downbeat_core::Rev,
) -> Result<Change, Error> {
    let wish = Wish {
        name: "rundown",
        question: "",
        command: &|_| Ok(Command::Rundown { rundown: Some(digest) }),
        lines,
        undo: None,
    };
    let if_rev = options.attribution.if_rev.or(Some(rev));
    let attribution = Attribution { if_rev, ..options.attribution.clone() };
    let options = CommandOptions { attribution, ..options.clone() };
    change::carry_out(&context.assured(), &options, &wish)
}

/// Says which rundown the event has, and what is in it as far as that can be read.
pub(crate) fn present(context: &Context, server: &Server, digest: Option<Digest>) -> String {
    let Some(digest) = digest else { return "none".to_owned() };
    let bytes = server.rundown(&context.settings.event, digest).ok();
    match bytes.and_then(|bytes| Rundown::parse(&bytes).ok()) {
        Some(rundown) => format!("{} ({})", sheets::short(digest), sheets::summary(&rundown)),
        None => sheets::short(digest),
    }
}

impl Report for Published {
    fn json(&self) -> Map<String, Value> {
        match self {
            Self::Already { rundown, place } => {
                let mut json = place.clone();
                json.extend(members(json!({ "changed": false, "rundown": rundown })));
                json
            }
            Self::Pointed { rundown, bytes, cues, stored, change } => {
                let mut json = change.json();
                json.extend(members(json!({
                    "changed": stored.is_some(), "rundown": rundown, "bytes": bytes, "cues": cues, "stored": stored,
                })));
                json
            }
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Already { rundown, .. } => writeln!(f, "nothing to change: the event has rundown {rundown} already"),
            Self::Pointed { rundown, stored, change, .. } => {
                if let Some(stored) = stored {
                    let note = if *stored { "" } else { " (it was there)" };
                    writeln!(f, "stored rundown {rundown}{note}")?;
                }
                change.human(f)
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Already { rundown, .. } | Self::Pointed { rundown, .. } => writeln!(f, "{rundown}"),
        }
    }
}
