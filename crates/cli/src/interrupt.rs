//! Ctrl-C: says whether anything had been sent, and exits with 130.

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::exit::Exit;
use crate::output::{self, Output};

static SENT: AtomicBool = AtomicBool::new(false);
static CLEANUP: OnceLock<fn()> = OnceLock::new();

/// Records that from here on a change may have reached the server.
pub(crate) fn something_was_sent() {
    SENT.store(true, Ordering::SeqCst);
}

/// Registers what to do before an interrupt ends the process. The first registration stays.
pub(crate) fn before_leaving(cleanup: fn()) {
    let _ = CLEANUP.set(cleanup);
}

/// Installs the handler of Ctrl-C, SIGTERM and SIGHUP.
#[expect(clippy::disallowed_methods, reason = "the main thread may be waiting for a person or a server")]
pub(crate) fn install(output: Output) {
    let handler = move || {
        if let Some(cleanup) = CLEANUP.get() {
            cleanup();
        }
        // The terminal echoed ^C behind a question.
        if std::io::stderr().is_terminal() {
            output::err("\n");
        }
        output.error(&interrupted(SENT.load(Ordering::SeqCst)));
        std::process::exit(i32::from(Exit::Interrupted.code()));
    };
    // Without a handler Ctrl-C still ends the process, only with fewer words.
    let _ = ctrlc::set_handler(handler);
}

fn interrupted(something_was_sent: bool) -> Error {
    let error = |message| Error::new(Exit::Interrupted, "interrupted", message);
    if something_was_sent {
        error("interrupted; the change may or may not have arrived").with_hint(
            "\"downbeat status\" and \"downbeat log\" show whether it did; publishing is finished by running it again",
        )
    } else {
        error("interrupted; nothing was sent")
    }
}
