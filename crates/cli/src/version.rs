//! What `--version` prints.

use std::sync::LazyLock;

/// The version, and the commit it was built from if the build was given it as `DOWNBEAT_COMMIT`. Builds do not ask git:
/// they work without it, and the same sources make the same bytes.
pub(crate) static LONG: LazyLock<String> = LazyLock::new(|| match option_env!("DOWNBEAT_COMMIT") {
    Some(commit) => format!("{} (commit {commit})", env!("CARGO_PKG_VERSION")),
    None => env!("CARGO_PKG_VERSION").to_owned(),
});
