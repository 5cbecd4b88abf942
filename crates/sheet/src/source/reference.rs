//! Times that hang on another cue: `#song1.start+5s`.

use super::declare::is_id_char;
use super::time::{self, Problem};
use super::timecode::FrameRate;

/// A time as a distance from where another cue begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference<'s> {
    /// The id of the other cue.
    pub(super) id: &'s str,
    /// Which of its two times.
    pub(super) anchor: Anchor,
    /// How long after it; before it, negative.
    pub(super) offset_ms: i64,
}

/// One of the two times of a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// When it begins; the first time, where it is repeated.
    Start,
    /// When it ends; the last time, where it is repeated.
    End,
}

impl Anchor {
    /// Returns the word for it in a reference.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

/// Reads a reference. An id may itself contain `.start`, so the last one counts that fits.
pub(super) fn reference(written: &str, rate: Option<FrameRate>) -> Result<Reference<'_>, Problem> {
    let rest = written.strip_prefix('#').ok_or(Problem::BadReference)?;
    let anchors = [(".start", Anchor::Start), (".end", Anchor::End)];
    let found = anchors.into_iter().flat_map(|(word, anchor)| {
        let places = rest.match_indices(word).map(move |(at, _)| (at, at + word.len(), anchor));
        places.filter(|&(_, after, _)| rest[after..].is_empty() || rest[after..].starts_with(['+', '-']))
    });
    let (at, after, anchor) = found.max_by_key(|&(at, ..)| at).ok_or(Problem::BadReference)?;
    let id = &rest[..at];
    if id.is_empty() || !id.chars().all(is_id_char) {
        return Err(Problem::BadReference);
    }
    let (sign, distance) = match rest[after..].split_at_checked(1) {
        None => (1, 0),
        Some((sign, distance)) => {
            let reading = time::text(distance, rate).map_err(|problem| match problem {
                Problem::Negative | Problem::Unknown | Problem::Quoted | Problem::ReferenceHere => {
                    Problem::BadReference
                }
                other => other,
            })?;
            (if sign == "-" { -1 } else { 1 }, reading.ms)
        }
    };
    Ok(Reference { id, anchor, offset_ms: sign * distance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_a_cue_one_of_its_times_and_a_distance() {
        for (written, id, anchor, offset_ms) in [
            ("#song1.start", "song1", Anchor::Start, 0),
            ("#song1.start+5s", "song1", Anchor::Start, 5_000),
            ("#song1.end-500ms", "song1", Anchor::End, -500),
            ("#song-1.end-PT1M", "song-1", Anchor::End, -60_000),
            ("#a.start.end+00:00:01", "a.start", Anchor::End, 1_000),
            ("#é.start+00:00:00:12@25", "é", Anchor::Start, 480),
        ] {
            assert_eq!(reference(written, None), Ok(Reference { id, anchor, offset_ms }), "{written}");
        }
    }

    #[test]
    fn what_is_no_reference_is_refused_for_its_reason() {
        for (written, problem) in [
            ("#", Problem::BadReference),
            ("#song1", Problem::BadReference),
            ("#song1.middle", Problem::BadReference),
            ("#.start", Problem::BadReference),
            ("#a b.start", Problem::BadReference),
            ("#a.end+1.start", Problem::BadReference),
            ("#a.start5s", Problem::BadReference),
            ("#a.start+", Problem::BadReference),
            ("#a.start+5", Problem::BadReference),
            ("#a.start+-5s", Problem::BadReference),
            ("#a.start+#b.start+1s", Problem::BadReference),
            ("#a.start+00:75:00", Problem::Sixty),
            ("#a.start+0.1ms", Problem::TooFine),
            ("#a.start+é", Problem::BadReference),
        ] {
            assert_eq!(reference(written, None).map_err(|found| (written, found)), Err((written, problem)));
        }
    }
}
