//! Times that depend on another cue: `#song1.start+5s`.

use super::error::TimeError;
use super::frame_rate::FrameRate;
use super::text;
use crate::source::name::is_id_char;

/// A time relative to the beginning or the end of another cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) struct Reference<'s> {
    /// The id of the other cue.
    pub(in crate::source) id: &'s str,
    /// Its beginning or its end.
    pub(in crate::source) anchor: Anchor,
    /// The milliseconds after it; negative before it.
    pub(in crate::source) offset_ms: i64,
}

/// The beginning or the end of a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// When it begins; the first time, if it is repeated.
    Start,
    /// When it ends; the last time, if it is repeated.
    End,
}

impl Anchor {
    /// Returns its word in a reference.
    pub(in crate::source) fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

/// Reads a reference. An id may itself contain `.start`, so the last possible anchor counts.
pub(in crate::source) fn reference(written: &str, rate: Option<FrameRate>) -> Result<Reference<'_>, TimeError> {
    let rest = written.strip_prefix('#').ok_or(TimeError::BadReference)?;
    let anchors = [(".start", Anchor::Start), (".end", Anchor::End)];
    let found = anchors.into_iter().flat_map(|(word, anchor)| {
        let places = rest.match_indices(word).map(move |(at, _)| (at, at + word.len(), anchor));
        places.filter(|&(_, after, _)| rest[after..].is_empty() || rest[after..].starts_with(['+', '-']))
    });
    let (at, after, anchor) = found.max_by_key(|&(at, ..)| at).ok_or(TimeError::BadReference)?;
    let id = &rest[..at];
    if id.is_empty() || !id.chars().all(is_id_char) {
        return Err(TimeError::BadReference);
    }
    let (sign, distance) = match rest[after..].split_at_checked(1) {
        None => (1, 0),
        Some((sign, distance)) => {
            if distance.starts_with('-') {
                return Err(TimeError::BadReference);
            }
            let reading = text::text(distance, rate).map_err(|problem| match problem {
                TimeError::Dash | TimeError::Unknown | TimeError::Quoted | TimeError::ReferenceHere => {
                    TimeError::BadReference
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
    fn invalid_references_are_refused_for_their_reason() {
        for (written, problem) in [
            ("#", TimeError::BadReference),
            ("#song1", TimeError::BadReference),
            ("#song1.middle", TimeError::BadReference),
            ("#.start", TimeError::BadReference),
            ("#a b.start", TimeError::BadReference),
            ("#a.end+1.start", TimeError::BadReference),
            ("#a.start5s", TimeError::BadReference),
            ("#a.start+", TimeError::BadReference),
            ("#a.start+5", TimeError::BadReference),
            ("#a.start+-5s", TimeError::BadReference),
            ("#a.start+#b.start+1s", TimeError::BadReference),
            ("#a.start+00:75:00", TimeError::Sixty),
            ("#a.start+0.1ms", TimeError::TooFine),
            ("#a.start+é", TimeError::BadReference),
        ] {
            assert_eq!(reference(written, None).map_err(|found| (written, found)), Err((written, problem)));
        }
    }
}
