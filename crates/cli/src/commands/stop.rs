//! `stop`: which may mean two things, so it asks.

use std::io::{BufRead as _, IsTerminal as _, stdin};

use crate::again;
use crate::change::ChangeReport;
use crate::cli::{CommandOptions, MessageArgs};
use crate::context::Context;
use crate::error::Error;
use crate::output;

use super::{end, pause};

/// Asks whether the event is to be paused or ended, and does that.
pub(super) async fn run(
    context: &Context,
    message: &MessageArgs,
    options: &CommandOptions,
) -> Result<ChangeReport, Error> {
    if context.yes || !stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(ambiguous());
    }
    output::err("\"stop\" may mean two things: [p]ause the event, so that it can go on from there, or [e]nd it? ");
    let mut line = String::new();
    let _ = stdin().lock().read_line(&mut line);
    match line.trim().to_ascii_lowercase().as_str() {
        "p" | "pause" => pause::run(context, message, options).await,
        "e" | "end" => end::run(context, message, options).await,
        _ => Err(ambiguous()),
    }
}

fn ambiguous() -> Error {
    let instead =
        |word: &str| again::line(|argument| if argument == "stop" { vec![word.to_owned()] } else { vec![argument] });
    Error::unconfirmed(
        "\"stop\" may mean to pause the event, so that it can go on from there, or to end it",
        format!("to pause it: {}\nto end it: {}", instead("pause"), instead("end")),
    )
}
