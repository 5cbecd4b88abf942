//! `downbeat`: the operator's terminal. All of it is in the library next to this file.

use std::process::ExitCode;

fn main() -> ExitCode {
    downbeat_cli::main()
}
