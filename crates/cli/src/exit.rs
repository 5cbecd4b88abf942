//! The exit codes, which scripts rely on: their meanings never change.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command succeeded.
    Done = 0,
    /// A bug in this program.
    Internal = 1,
    /// The command line or the settings are wrong; nothing was sent.
    Usage = 2,
    /// The input can be read but is not valid: a sheet with errors, a time that does not exist, an unknown event.
    InvalidInput = 3,
    /// A comparison found differences, or a plan costs more than its budget.
    Different = 4,
    /// The event's state does not allow the command, or has changed meanwhile.
    Conflict = 5,
    /// A confirmation was required and not given; nothing was sent.
    Unconfirmed = 6,
    /// The token is missing, unknown, expired, or does not allow the command.
    Auth = 7,
    /// The server cannot be reached, does not answer, or failed.
    Network = 8,
    /// The change was written, but the public URL does not show it yet.
    Unseen = 9,
    /// The rundown is stored, but no server was told, so viewers do not get it.
    NotPointed = 10,
    /// Ctrl-C: 128 plus the number of SIGINT, as in shells.
    Interrupted = 130,
}

impl Exit {
    /// All exit codes.
    pub const ALL: [Self; 12] = [
        Self::Done,
        Self::Internal,
        Self::Usage,
        Self::InvalidInput,
        Self::Different,
        Self::Conflict,
        Self::Unconfirmed,
        Self::Auth,
        Self::Network,
        Self::Unseen,
        Self::NotPointed,
        Self::Interrupted,
    ];

    /// Returns the number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// The end of `--help`: each code with its meaning.
pub const HELP: &str = "\
Exit codes:
    0  done
    1  internal error: a bug in this program
    2  usage: the command line or the settings are wrong
    3  invalid input: a sheet with errors, a time that does not exist or has
       passed, an unknown event
    4  differences found, or it costs more than the budget
    5  conflict: the event's state does not allow it, or somebody changed it
       meanwhile (says who, what and when)
    6  confirmation needed: nothing was sent
    7  auth: the token is missing, unknown, expired, or does not allow it
    8  network: the server cannot be reached, does not answer, or failed
    9  written, but not visible at the edge in time
   10  the rundown is stored, but viewers do not get it: no server was told
  130  interrupted";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_each_code_once_and_in_order() {
        let listed: Vec<u8> =
            HELP.lines().skip(1).filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
        assert_eq!(listed, Exit::ALL.map(Exit::code));
    }
}
