//! What became of a release, for people and for programs.

use std::fmt;

use downbeat_api::Visibility;
use downbeat_core::{Digest, Rev};
use downbeat_publish::release::{NotesResult, PlanKind};
use downbeat_wire::{Publication, StoredNotes};
use serde_json::{Map, Value, json};

use crate::change::ChangeReport;
use crate::output::{Afterword, Report, members};
use crate::text;

/// What became of a release.
pub(crate) enum Published {
    /// The event had the rundown already; what an interrupted run left is finished.
    Finished {
        kind: PlanKind,
        rundown: Digest,
        rev: Rev,
        /// A revision that was missing from the history.
        healed: Option<Rev>,
        /// The rundown was missing or damaged, and put again.
        put: bool,
        notes: NotesResult,
        /// What should be fixed, but stops nobody.
        warnings: Vec<String>,
        seen: Option<Visibility>,
        place: Map<String, Value>,
    },
    /// The pointer of a store names the rundown now.
    Pointed {
        publication: Box<Publication>,
        /// The rundown was not stored before.
        stored: bool,
        cues: usize,
        /// Where viewers find the pointer.
        public: Option<String>,
        healed: Option<Rev>,
        warnings: Vec<String>,
        purged: Option<Result<(), String>>,
        seen: Option<Visibility>,
        undo: Option<String>,
        place: Map<String, Value>,
    },
    /// The event's server has the command.
    Commanded {
        rundown: Digest,
        bytes: usize,
        cues: usize,
        /// The rundown was not stored before.
        stored: bool,
        warnings: Vec<String>,
        notes: NotesResult,
        purged: Option<Result<(), String>>,
        change: ChangeReport,
    },
}

/// What became of a release to the event's server and a store.
pub(crate) struct PublishedBoth {
    pub(crate) event: Published,
    pub(crate) beside: Beside,
}

/// What became of the part of a release that went to the store.
pub(crate) struct Beside {
    /// The store's name.
    pub(crate) store: String,
    pub(crate) published: Published,
}

impl Report for PublishedBoth {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.event.json();
        let mut store = self.beside.published.json();
        store.retain(|name, _| !matches!(name.as_str(), "profile" | "event" | "undo"));
        json.insert("store".to_owned(), Value::Object(store));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Beside { store, published } = &self.beside;
        writeln!(f, "{store}: {}", published.summary())?;
        published.write_details(f)?;
        self.event.human(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.quiet(f)
    }

    fn afterword(&self) -> Option<Afterword<'_>> {
        self.event.afterword()
    }
}

impl Published {
    /// Returns what a store has now, in one line.
    pub(crate) fn summary(&self) -> String {
        match self {
            Self::Pointed { publication, .. } => {
                format!(
                    "rundown {} is stored, and the pointer names it (rev {})",
                    text::short(publication.rundown),
                    publication.rev
                )
            }
            Self::Finished { rundown, rev, .. } => {
                format!("rundown {} is stored, and the pointer named it already (rev {rev})", text::short(*rundown))
            }
            Self::Commanded { rundown, .. } => format!("rundown {} is stored", text::short(*rundown)),
        }
    }

    /// Writes what else became of the pointer of a store.
    fn write_details(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointed { healed, purged, seen, .. } => {
                write_healed(f, *healed)?;
                write_purged(f, purged.as_ref())?;
                write_seen(f, seen.as_ref())
            }
            Self::Finished { healed, seen, .. } => {
                write_healed(f, *healed)?;
                write_seen(f, seen.as_ref())
            }
            Self::Commanded { .. } => Ok(()),
        }
    }

    const fn rundown(&self) -> Digest {
        match self {
            Self::Finished { rundown, .. } | Self::Commanded { rundown, .. } => *rundown,
            Self::Pointed { publication, .. } => publication.rundown,
        }
    }
}

impl Report for Published {
    fn json(&self) -> Map<String, Value> {
        let purged_json = |purged: &Option<Result<(), String>>| {
            purged.as_ref().map(|purged| json!({ "done": purged.is_ok(), "why": purged.as_ref().err() }))
        };
        let (mut json, more) = match self {
            Self::Finished { kind: PlanKind::Worker, rundown, put, notes, warnings, place, .. } => (
                place.clone(),
                json!({
                    "changed": false, "rundown": rundown, "repaired": put, "warnings": warnings,
                    "notes": notes_json(notes.as_ref()),
                }),
            ),
            Self::Finished { rundown, rev, healed, put, seen, place, .. } => (
                place.clone(),
                json!({
                    "changed": false, "rundown": rundown, "rev": rev, "healed": healed, "repaired": put, "seen": seen,
                }),
            ),
            Self::Pointed { publication, stored, cues, public, healed, warnings, purged, seen, undo, place } => {
                let Publication { epoch, rev, rundown, bytes, nonce, at, previous, .. } = &**publication;
                (
                    place.clone(),
                    json!({
                        "changed": true, "rundown": rundown, "bytes": bytes, "cues": cues, "stored": stored,
                        "epoch": epoch, "rev": rev, "nonce": nonce, "at": at, "previous": previous, "healed": healed,
                        "warnings": warnings, "publicUrl": public, "purged": purged_json(purged), "seen": seen,
                        "undo": undo,
                    }),
                )
            }
            Self::Commanded { rundown, bytes, cues, stored, warnings, notes, purged, change } => (
                change.json(),
                json!({
                    "changed": true, "rundown": rundown, "bytes": bytes, "cues": cues, "stored": stored,
                    "warnings": warnings, "notes": notes_json(notes.as_ref()), "purged": purged_json(purged),
                }),
            ),
        };
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        match self {
            Self::Finished { kind: PlanKind::Worker, rundown, put, notes, .. } => match (put, notes) {
                (true, _) => {
                    writeln!(f, "put rundown {rundown} again: it was missing")?;
                    write_notes(f, notes.as_ref())
                }
                (false, Some(Ok(StoredNotes { cues, changed: true }))) => {
                    let about = text::count(*cues as usize, "cue");
                    writeln!(
                        f,
                        "notes changed: the crew has notes about {about}; the event has rundown {rundown} already"
                    )
                }
                (false, _) => writeln!(f, "nothing to change: the event has rundown {rundown} already"),
            },
            Self::Finished { rundown, rev, healed, put, seen, .. } => {
                if *put {
                    writeln!(f, "put rundown {rundown} again: it was missing or wrong")?;
                }
                write_healed(f, *healed)?;
                if !put && healed.is_none() {
                    writeln!(f, "nothing to change: the event has rundown {rundown} already (rev {rev})")?;
                }
                write_seen(f, seen.as_ref())
            }
            Self::Pointed { publication, stored, healed, purged, seen, undo, .. } => {
                write_stored(f, publication.rundown, *stored)?;
                write_healed(f, *healed)?;
                writeln!(
                    f,
                    "{green}pointer{green:#}: the store's names it from now on (rev {}); the event was not told",
                    publication.rev
                )?;
                write_purged(f, purged.as_ref())?;
                write_seen(f, seen.as_ref())?;
                match undo {
                    Some(undo) => writeln!(f, "undo with: {undo}"),
                    None => Ok(()),
                }
            }
            Self::Commanded { rundown, stored, notes, purged, change, .. } => {
                write_stored(f, *rundown, *stored)?;
                write_notes(f, notes.as_ref())?;
                write_purged(f, purged.as_ref())?;
                change.human(f)
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.rundown())
    }

    fn afterword(&self) -> Option<Afterword<'_>> {
        match self {
            Self::Commanded { change, .. } => change.afterword(),
            Self::Finished { .. } | Self::Pointed { .. } => None,
        }
    }
}

fn write_stored(f: &mut fmt::Formatter<'_>, rundown: Digest, is_new: bool) -> fmt::Result {
    writeln!(f, "stored rundown {rundown}{}", if is_new { "" } else { " (it was there)" })
}

fn write_notes(f: &mut fmt::Formatter<'_>, notes: Option<&Result<StoredNotes, String>>) -> fmt::Result {
    match notes {
        Some(Ok(StoredNotes { cues, changed: true })) => {
            writeln!(f, "stored notes about {}; only operators get them", text::count(*cues as usize, "cue"))
        }
        // That they could not be stored was a warning.
        _ => Ok(()),
    }
}

fn notes_json(notes: Option<&Result<StoredNotes, String>>) -> Value {
    match notes {
        None => Value::Null,
        Some(Ok(stored)) => json!(stored),
        Some(Err(why)) => json!({ "changed": false, "why": why }),
    }
}

fn write_healed(f: &mut fmt::Formatter<'_>, healed: Option<Rev>) -> fmt::Result {
    match healed {
        Some(rev) => writeln!(f, "history: rev {rev} was missing after an interruption; it is there now"),
        None => Ok(()),
    }
}

fn write_purged(f: &mut fmt::Formatter<'_>, purged: Option<&Result<(), String>>) -> fmt::Result {
    match purged {
        Some(Ok(())) => writeln!(f, "Cloudflare's copies of the pointer are purged"),
        _ => Ok(()),
    }
}

fn write_seen(f: &mut fmt::Formatter<'_>, seen: Option<&Visibility>) -> fmt::Result {
    match seen {
        Some(seen) => writeln!(f, "seen at the public URL after {}", text::fine(seen.ms)),
        None => writeln!(f, "not checked whether viewers see it: nothing says where they look (--public-url)"),
    }
}
