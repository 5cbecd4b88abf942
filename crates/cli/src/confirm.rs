//! Confirmation: one screen that shows the change, and one question.

use std::io::{BufRead, IsTerminal, stdin};

use downbeat_core::EventName;

use crate::error::Error;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::profile::Confirm;
use crate::text::Table;

/// The confirmation that a change requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// None: `--yes`.
    Open,
    /// The answer yes.
    Yes,
    /// The event's name, typed in.
    Name(EventName),
}

impl Gate {
    /// Returns the confirmation that a change requires; for a pause, the emergency command, never more than yes.
    pub(crate) fn new(yes: bool, confirm: Confirm, is_pause: bool, event: &EventName) -> Self {
        match (yes, confirm, is_pause) {
            (true, ..) => Self::Open,
            (false, Confirm::Name, false) => Self::Name(event.clone()),
            (false, ..) => Self::Yes,
        }
    }
}

/// Shows the screen and asks `question`, on a terminal.
///
/// # Errors
/// [`Error::unconfirmed`] if the answer is a different one, or if there is no terminal to ask on.
pub(crate) fn pass(gate: &Gate, screen: &Table, question: &str, output: Output) -> Result<(), Error> {
    let alone = !stdin().is_terminal() || !std::io::stderr().is_terminal();
    if *gate == Gate::Open {
        if !output.quiet && !output.json {
            output.show(screen);
        }
        return Ok(());
    }
    if alone {
        return Err(Error::unconfirmed(
            "this asks for a yes, and there is no terminal to ask on",
            "look with --dry-run, then send it with --yes",
        ));
    }
    output.show(screen);
    output::err(&match gate {
        Gate::Name(event) => format!("{question} Type the event's name ({event}) to go ahead: "),
        _ => format!("{question} [y/N] "),
    });
    let mut line = String::new();
    let _ = stdin().lock().read_line(&mut line);
    if opens(gate, &line) {
        return Ok(());
    }
    let why = match gate {
        Gate::Name(_) => "that is not the event's name",
        _ => "the answer was no",
    };
    Err(Error::unconfirmed(why, "run it again when you are sure"))
}

/// Asks `question`, about a file, if there is a terminal to ask on; without one, goes ahead.
///
/// # Errors
/// [`Error::unconfirmed`] if the answer is not yes.
pub(crate) fn ask_if_possible(question: &str) -> Result<(), Error> {
    if !stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(());
    }
    output::err(&format!("{question} [y/N] "));
    let mut line = String::new();
    let _ = stdin().lock().read_line(&mut line);
    if opens(&Gate::Yes, &line) {
        Ok(())
    } else {
        let message = "nothing was written: the answer was no";
        Err(Error::new(Exit::Unconfirmed, "unconfirmed", message).with_hint("run it again when you are sure"))
    }
}

/// Returns whether an answer confirms the change. Anything but a clear yes is a no.
fn opens(gate: &Gate, answer: &str) -> bool {
    match gate {
        Gate::Open => true,
        Gate::Yes => matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"),
        Gate::Name(event) => answer.trim() == event.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        for yes in ["y\n", "yes", " YES \r\n"] {
            assert!(opens(&Gate::Yes, yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "no", "yep", "main"] {
            assert!(!opens(&Gate::Yes, no), "{no:?}");
        }
    }

    #[test]
    fn production_takes_the_events_name_except_for_a_pause() {
        let main: EventName = "main".parse().unwrap();
        let gate = Gate::new(false, Confirm::Name, false, &main);
        assert!(opens(&gate, "main\n") && !opens(&gate, "yes\n") && !opens(&gate, ""));
        assert_eq!(Gate::new(false, Confirm::Name, true, &main), Gate::Yes);
        assert_eq!(Gate::new(true, Confirm::Name, false, &main), Gate::Open);
        assert_eq!(Gate::new(false, Confirm::Ask, false, &main), Gate::Yes);
    }
}
