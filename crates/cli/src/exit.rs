//! The exit codes: what a script decides by. They never change their meaning.

/// How a command ended, as the process says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// A fault of this program.
    Internal = 1,
    /// The command line or the settings are wrong; nothing was sent.
    Usage = 2,
    /// What was given is readable but not valid: a sheet with errors, a time that does not exist, an event nobody made.
    InvalidInput = 3,
    /// What was compared differs.
    Different = 4,
    /// The event's state does not allow it, or has moved on.
    Conflict = 5,
    /// It needed a yes and got none; nothing was sent.
    Unconfirmed = 6,
    /// The token is missing, unknown, expired, or not for this.
    Auth = 7,
    /// The server cannot be reached, does not answer, or failed.
    Network = 8,
    /// The change is written, but the public URL does not show it yet.
    Unseen = 9,
    /// Ctrl-C; 128 and the number of SIGINT, as shells have it.
    Interrupted = 130,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 11] = [
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
    1  internal error: a fault of this program
    2  usage: the command line or the settings are wrong
    3  invalid input: a sheet with errors, a time that does not exist, an unknown event
    4  differences found: what was compared differs
    5  conflict: the event has moved on, or does not allow it (says who changed what, and when)
    6  confirmation needed: nothing was sent
    7  auth: the token is missing, unknown, expired, or not for this
    8  network: the server cannot be reached, does not answer, or failed
    9  written, but not seen at the edge in time
  130  interrupted";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_each_code_once_and_in_order() {
        let listed: Vec<u8> =
            HELP.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect();
        assert_eq!(listed, Exit::ALL.map(Exit::code));
    }
}
