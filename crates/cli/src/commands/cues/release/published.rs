//! What became of a release to a store, for people and for programs.

use std::fmt;

use downbeat_core::{Digest, Rev};
use downbeat_wire::Publication;
use serde_json::{Map, Value, json};

use super::plan::Shown;
use super::steps::Done;
use crate::edge::Seen;
use crate::output::{Report, members};
use crate::text;

/// What became of a release.
pub(crate) enum Published {
    /// `--dry-run`.
    Planned(Box<Shown>),
    /// The event has it already; what was left to do is done.
    Already { finished: Finished, place: Map<String, Value> },
    /// The event is pointed at it.
    Pointed {
        done: Box<Done>,
        /// It was not there before.
        stored: bool,
        cues: usize,
        /// Where viewers see the pointer.
        public: Option<String>,
        purged: Option<Result<(), String>>,
        seen: Option<Seen>,
        undo: Option<String>,
        place: Map<String, Value>,
    },
}

/// What was left to do.
pub(crate) struct Finished {
    pub(crate) rundown: Digest,
    pub(crate) rev: Rev,
    /// A revision that an interrupted run left out of the history.
    pub(crate) healed: Option<Rev>,
    /// The rundown was missing or wrong, and put again.
    pub(crate) put: bool,
    pub(crate) seen: Option<Seen>,
}

impl Report for Published {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Planned(shown) => return shown.json(),
            Self::Already { finished: Finished { rundown, rev, healed, put, seen }, place } => (
                place,
                json!({ "changed": false, "rundown": rundown, "rev": rev, "healed": healed, "repaired": put, "seen": seen }),
            ),
            Self::Pointed { done, stored, cues, public, purged, seen, undo, place } => {
                let Publication { epoch, rev, rundown, bytes, nonce, at, previous, .. } = &done.publication;
                let purged =
                    purged.as_ref().map(|purged| json!({ "done": purged.is_ok(), "why": purged.as_ref().err() }));
                (
                    place,
                    json!({
                        "changed": true, "rundown": rundown, "bytes": bytes, "cues": cues, "stored": stored,
                        "epoch": epoch, "rev": rev, "nonce": nonce, "at": at, "previous": previous,
                        "healed": done.healed, "warnings": done.warnings, "publicUrl": public, "purged": purged,
                        "seen": seen, "undo": undo,
                    }),
                )
            }
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        let healed = |f: &mut fmt::Formatter<'_>, healed: &Option<Rev>| match healed {
            Some(rev) => writeln!(f, "history: rev {rev} was missing after an interruption; it is there now"),
            None => Ok(()),
        };
        match self {
            Self::Planned(shown) => shown.human(f),
            Self::Already { finished: Finished { rundown, rev, healed: rev_healed, put, seen }, .. } => {
                if *put {
                    writeln!(f, "put rundown {rundown} again: it was missing or wrong")?;
                }
                healed(f, rev_healed)?;
                if !put && rev_healed.is_none() {
                    writeln!(f, "nothing to change: the event has rundown {rundown} already (rev {rev})")?;
                }
                write_seen(f, seen.as_ref())
            }
            Self::Pointed { done, stored, purged, seen, undo, .. } => {
                let note = if *stored { "" } else { " (it was there)" };
                writeln!(f, "stored rundown {}{note}", done.publication.rundown)?;
                healed(f, &done.healed)?;
                writeln!(f, "{green}rundown{green:#}: viewers get it from now on (rev {})", done.publication.rev)?;
                if let Some(Ok(())) = purged {
                    writeln!(f, "Cloudflare's copies of the pointer are purged")?;
                }
                write_seen(f, seen.as_ref())?;
                match undo {
                    Some(undo) => writeln!(f, "undo with: {undo}"),
                    None => Ok(()),
                }
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned(shown) => shown.quiet(f),
            Self::Already { finished, .. } => writeln!(f, "{}", finished.rundown),
            Self::Pointed { done, .. } => writeln!(f, "{}", done.publication.rundown),
        }
    }
}

fn write_seen(f: &mut fmt::Formatter<'_>, seen: Option<&Seen>) -> fmt::Result {
    match seen {
        Some(seen) => writeln!(f, "seen at the public URL after {}", text::fine(seen.ms)),
        None => writeln!(f, "not checked whether viewers see it: nothing says where they look (--public-url)"),
    }
}
