//! The operator's terminal of Downbeat: one command per decision, one screen before it, one undo after it.
//!
//! This crate is a shell: it exists because somebody has to read clocks, files, the environment and the terminal, and
//! it *forbids* that anywhere but in one place each (`clippy.toml` holds it). What a command means is decided by
//! `downbeat-core`; what travels is said by `downbeat-wire`; what a sheet is by `downbeat-sheet`.
//!
//! | start here | for |
//! | --- | --- |
//! | `cli` | what can be asked |
//! | `commands` | a file per command; each returns a report |
//! | `change` | the steps of every change: read, show, ask, send, read back |
//! | `output` | the only place that prints |
//! | [`exit`] | what the exit codes mean |

pub mod exit;

mod again;
mod anchors;
mod applied;
mod audience;
mod change;
mod cli;
mod columns;
mod commands;
mod confirm;
mod context;
mod error;
mod failures;
mod files;
mod freeze_text;
mod given;
mod instant;
mod interrupt;
mod last_seen;
mod log_words;
mod message;
mod near;
mod outcome;
mod output;
mod past;
mod printed;
mod profile;
mod progress;
mod report_page;
mod room_link;
mod sheets;
mod standing;
mod state_folder;
mod text;
mod time_zone;
mod version;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use cli::Cli;
use error::Error;
use exit::Exit;
use output::Output;

/// Runs the program and gives its exit code.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // These two hold for errors of the command line too, so they are looked for before it is read.
    let has = |flag: &str| arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == flag);
    if has("--no-color") {
        anstream::ColorChoice::Never.write_global();
    }
    let json = has("--json");
    let exit = match Cli::read(&arguments) {
        Ok(cli) => {
            let output = Output { json: cli.json(), quiet: cli.global.quiet };
            interrupt::install(output);
            run(cli, output)
        }
        Err(mut error) => {
            if let Some(command) = meant(&error) {
                let names = ContextValue::Strings(vec![command.to_owned()]);
                error.insert(ContextKind::SuggestedSubcommand, names);
            }
            not_understood(&error, Output { json, quiet: false })
        }
    };
    ExitCode::from(exit.code())
}

/// Runs the command on the one runtime of this program, which has one thread.
fn run(cli: Cli, output: Output) -> Exit {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.error(&Error::internal(format!("no runtime for sockets: {error}"))),
    };
    let exit = runtime.block_on(async {
        match commands::run(cli, output).await {
            Ok(report) => output.report(&*report).await,
            Err(error) => output.error(&error),
        }
    });
    // A call that is still in progress is not waited for.
    runtime.shutdown_background();
    exit
}

/// Prints help where it was asked for, and otherwise what is wrong with the command line.
fn not_understood(error: &clap::Error, output: Output) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output::out(&error.render().ansi().to_string());
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !output.json => {
            output::err(&error.render().ansi().to_string());
            Exit::Usage
        }
        _ if output.json => {
            let text = error.render().to_string();
            let message = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let tips: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("tip: ")).collect();
            let meant = meant(error).map(|command| format!("did you mean \"downbeat {command}\"?"));
            let hints: Vec<String> = meant.into_iter().chain(tips.into_iter().map(str::to_owned)).collect();
            output.error(&Error::usage(
                message,
                if hints.is_empty() { "see --help".to_owned() } else { hints.join("\n") },
            ))
        }
        _ => {
            output::err(&error.render().ansi().to_string());
            Exit::Usage
        }
    }
}

/// Returns the command that does what somebody means who used another word for it.
fn meant(error: &clap::Error) -> Option<&'static str> {
    match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) => near::command_for(word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_flag_says_what_it_is_for() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }

    #[test]
    fn the_help_names_every_command_and_exit_code() {
        let help = Cli::command().render_long_help().to_string();
        for word in
            ["event", "status", "pause", "undo", "cues", "token", "doctor", "DOWNBEAT_TOKEN", "Exit codes:", "130"]
        {
            assert!(help.contains(word), "{word} is not in\n{help}");
        }
    }
}
