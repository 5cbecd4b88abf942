//! The help: commands in groups, and the global options once.

use std::ffi::OsString;

use clap::{Command, CommandFactory as _};

use super::Cli;

/// The commands in groups, for those who look for one.
const GROUPS: [(&str, &[&str]); 6] = [
    (
        "The show",
        &[
            "status", "watch", "pause", "resume", "seek", "rate", "announce", "clear", "end", "reopen", "undo", "redo",
            "log", "report",
        ],
    ),
    ("The event", &["event"]),
    ("Cue sheets", &["cues"]),
    ("Rooms", &["room"]),
    ("Operators and this machine", &["token", "profile", "completions", "man"]),
    ("Checks and outages", &["doctor", "clock", "load", "simulate", "plan", "emergency"]),
];

/// What stands at the end of the help of every command.
const GLOBAL: &str =
    "Global options, such as --event, --profile, --yes, --dry-run and --json, are in \"downbeat --help\".";

/// The width for which the list of commands is broken into lines.
const WIDTH: usize = 80;

/// The column in which the descriptions of commands begin.
const COLUMN: usize = 15;

/// Returns the command line with its help as people read it: that of a command that `arguments` name leaves the global
/// options out.
pub(super) fn command(arguments: &[OsString]) -> Command {
    let command = Cli::command();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}\n{}:\n{{options}}{{after-help}}",
        groups(&command),
        heading("Global options")
    );
    let is_named = |one: &Command| {
        arguments.iter().skip(1).any(|word| one.get_name_and_visible_aliases().iter().any(|name| word == name))
    };
    let names_one = command.get_subcommands().any(is_named);
    let command = command.help_template(template);
    if !names_one {
        return command;
    }
    let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    let command = command.mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_note))
}

/// Returns a command whose help, and that of its own commands, says where the global options are.
fn with_note(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_note));
    let after = command.get_after_help().map(|after| format!("{after}\n\n")).unwrap_or_default();
    command.after_help(format!("{after}{GLOBAL}"))
}

fn heading(text: &str) -> String {
    let style = anstyle::Style::new().bold().underline();
    format!("{style}{text}{style:#}")
}

/// Writes the commands in their groups, each with what it does.
fn groups(command: &Command) -> String {
    let bold = anstyle::Style::new().bold();
    let mut text = String::new();
    for (group, names) in GROUPS {
        text.push_str(&format!("{}:\n", heading(group)));
        for one in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = one.get_about().map(ToString::to_string).unwrap_or_default();
            let aliases: Vec<&str> = one.get_visible_aliases().collect();
            let about = if aliases.is_empty() { about } else { format!("{about} (also: {})", aliases.join(", ")) };
            let lines = wrapped(&about, WIDTH - COLUMN).join(&format!("\n{}", " ".repeat(COLUMN)));
            text.push_str(&format!("  {bold}{:<12}{bold:#} {lines}\n", one.get_name()));
        }
        text.push('\n');
    }
    text.pop();
    text
}

/// Breaks a text into lines of at most `width` characters, where it has spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(words: &[&str]) -> String {
        let arguments: Vec<OsString> = ["downbeat"].iter().chain(words).map(OsString::from).collect();
        let error = command(&arguments).try_get_matches_from(arguments).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::DisplayHelp);
        error.render().to_string()
    }

    #[test]
    fn every_command_is_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = Cli::command();
        let mut known: Vec<&str> = command
            .get_subcommands()
            .filter(|one| !one.is_hide_set() && one.get_name() != "help")
            .map(Command::get_name)
            .collect();
        grouped.sort_unstable();
        known.sort_unstable();
        assert_eq!(grouped, known);
    }

    #[test]
    fn global_options_are_in_the_first_help_only() {
        let first = help(&["--help"]);
        assert_eq!(first.matches("--token-file <FILE>").count(), 1, "{first}");
        for words in [&["pause", "--help"][..], &["hold", "-h"], &["event", "reset", "--help"], &["help", "undo"]] {
            let help = help(words);
            assert!(!help.contains("--token-file <FILE>") && help.trim_end().ends_with(GLOBAL), "{help}");
        }
        assert!(help(&["pause", "--help"]).contains("--message"));
    }

    #[test]
    fn the_list_of_commands_fits_80_columns() {
        let first = help(&["-h"]);
        let list = first.split("Global options").next().unwrap();
        assert!(list.lines().all(|line| line.chars().count() <= WIDTH), "{list}");
    }
}
