//! What a column of a table says about cues.

/// What the cells of a column say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    /// A number that becomes an id.
    CueNumber,
    Name,
    /// What happens, in words.
    Item,
    /// A cue as one line of text.
    Label,
    Time(&'static str),
    Text(&'static str),
    Json(&'static str),
    Kind,
    Late,
    Needs,
    Disabled,
    Flags,
    /// One of the params, named in the header after `params.`.
    Param,
    /// The message in one language, named in the header after `message.`.
    Message,
    /// Nothing about a cue.
    Idle,
}
