//! Ctrl-C: says whether anything had been sent, and leaves with 130.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::watch;

static SENT: AtomicBool = AtomicBool::new(false);

/// Notes that from here on a change may have reached the server.
pub(crate) fn something_was_sent() {
    SENT.store(true, Ordering::SeqCst);
}

/// Takes Ctrl-C (and SIGTERM, SIGHUP) over.
#[expect(clippy::disallowed_methods, reason = "the main thread waits for a person or a server and cannot be told")]
pub(crate) fn install(output: Output) {
    let handler = move || {
        watch::restore();
        // The terminal echoed ^C behind a question.
        if std::io::stderr().is_terminal() {
            output::err("\n");
        }
        output.error(&Error::Interrupted { sent: SENT.load(Ordering::SeqCst) });
        std::process::exit(i32::from(Exit::Interrupted.code()));
    };
    // Without a handler Ctrl-C ends the process all the same, only with fewer words.
    let _ = ctrlc::set_handler(handler);
}
