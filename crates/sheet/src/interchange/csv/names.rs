//! The names that a column may have.

use downbeat_core::Locale;

use super::column::Column;

/// The fields of a cue as a table names them; `--map` takes these.
pub(super) const FIELDS: [(&str, Column); 23] = [
    ("id", Column::Id),
    ("name", Column::Name),
    ("time", Column::Time("time")),
    ("end", Column::Time("until")),
    ("until", Column::Time("until")),
    ("duration", Column::Time("duration")),
    ("action", Column::Text("action")),
    ("label", Column::Label),
    ("track", Column::Text("track")),
    ("kind", Column::Kind),
    ("params", Column::Json("params")),
    ("late", Column::Late),
    ("jitter", Column::Time("jitter")),
    ("needs", Column::Needs),
    ("preload", Column::Json("preload")),
    ("message", Column::Text("message")),
    ("disabled", Column::Disabled),
    ("flags", Column::Flags),
    ("note", Column::Text("note")),
    ("owner", Column::Text("owner")),
    ("group", Column::Text("group")),
    ("params.…", Column::Param),
    ("message.…", Column::Message),
];

/// What running orders, cue lists and lists of markers call their columns.
const OTHERS: [(Column, &[&str]); 9] = [
    (
        Column::Time("time"),
        &[
            "start",
            "time start",
            "start time",
            "time in",
            "tc",
            "timecode",
            "tc in",
            "in",
            "in point",
            "record in",
            "rec in",
            "position",
            "cue time",
            "clock time",
        ],
    ),
    (
        Column::Time("until"),
        &["time end", "end time", "time out", "tc out", "out", "out point", "record out", "rec out", "finish"],
    ),
    (Column::Time("duration"), &["dur", "length", "len", "run time", "running time", "runtime", "planned duration"]),
    (Column::CueNumber, &["cue", "cue #", "cue#", "cue no", "cue number", "cue id", "q", "q #", "no", "nr", "number"]),
    (Column::Item, &["item", "title", "event", "what", "content", "cue name", "description of cue"]),
    (Column::Label, &["marker name"]),
    (Column::Text("note"), &["notes", "comment", "comments", "remarks", "description"]),
    (Column::Text("owner"), &["dept", "department", "who", "operator", "responsible", "crew"]),
    (Column::Text("group"), &["act", "section", "scene", "part", "segment"]),
];

/// Columns that say nothing about a cue, and are left out without a word: those of lists of markers.
const IDLE: [&str; 3] = ["marker type", "time format", "type"];

/// The columns of DaVinci Resolve's edit index that are about clips, also in the row of a marker. Its comments are a clip's, too, and a
/// marker's text is in the column of notes.
const OF_CLIPS: [&str; 15] = [
    "reel",
    "match",
    "v",
    "c",
    "source in",
    "source out",
    "record duration",
    "comments",
    "source start",
    "source end",
    "source duration",
    "codec",
    "source fps",
    "resolution",
    "edl clip name",
];

/// Returns whether a header is that of an edit index with markers.
pub(super) fn is_edit_index(header: &[&str]) -> bool {
    let has = |wanted: &str| header.iter().any(|name| plain(name) == wanted);
    has("source in") && has("record in") && has("notes")
}

/// Returns whether a column of an edit index is about clips, and says nothing about a marker.
pub(super) fn is_of_clips(name: &str) -> bool {
    OF_CLIPS.contains(&&*plain(name))
}

/// Returns a name as it is compared: in lower case, with single spaces, without a point or a colon at its end.
pub(super) fn plain(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").trim_end_matches([':', '.']).to_lowercase()
}

/// Returns the field with this name.
pub(super) fn field(name: &str) -> Option<Column> {
    match name.split_once('.') {
        Some(("params", rest)) if !rest.is_empty() => Some(Column::Param),
        Some(("message", rest)) if rest.parse::<Locale>().is_ok() => Some(Column::Message),
        _ => FIELDS.iter().find(|(known, _)| *known == name).map(|&(_, column)| column),
    }
}

/// Returns what a column with this name says, whichever program named it.
pub(super) fn known(name: &str) -> Option<Column> {
    let name = plain(name);
    field(&name).or_else(|| {
        if IDLE.contains(&&*name) {
            return Some(Column::Idle);
        }
        OTHERS.iter().find(|(_, names)| names.contains(&&*name)).map(|&(column, _)| column)
    })
}

/// Returns all names that are known, for suggestions.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let others = OTHERS.iter().flat_map(|(_, names)| names.iter().copied());
    FIELDS.iter().map(|(name, _)| *name).chain(others)
}
