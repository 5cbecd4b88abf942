//! The file that a token is written into.

use std::io::Write as _;
use std::path::Path;

use downbeat_wire::Token;

use crate::error::Error;

/// Writes the token into a new file that only its owner can read.
pub(super) fn write(path: &Path, token: &Token) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        writeln!(file, "{}", token.expose())?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::usage(
            format!("{} exists already; a token is never overwritten", path.display()),
            "give another --out, or remove that file first",
        ),
        _ => Error::file(path, error),
    })
}

/// Removes the file of a token that the server has refused, so that nobody takes it for one.
pub(super) fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}
