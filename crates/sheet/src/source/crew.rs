//! What a sheet says for those who run the show, and not for viewers.

use downbeat_core::Locale;

use super::origin::Origin;
use super::place::Place;
use super::timed::TimedCue;
use super::tree::{Array, Shape};

/// What a sheet says about a cue for the crew. It is not published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrewNote {
    /// What to know about the cue.
    pub note: Option<String>,
    /// Who is responsible for it.
    pub owner: Option<String>,
    /// What it belongs to, such as an act.
    pub group: Option<String>,
    /// Words to search for.
    pub flags: Vec<String>,
}

/// What a sheet says beside its rundown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crew {
    /// The notes of the rundown's cues, in their order; empty if the text is a rundown already.
    pub notes: Vec<CrewNote>,
    /// The number of cues that are disabled, and not in the rundown.
    pub disabled: usize,
    /// The first of the sheet's locales, in which its author thinks; `None` if it lists none.
    pub locale: Option<Locale>,
}

/// What reading a sheet leaves beside the rundown.
#[derive(Default)]
pub(crate) struct Trace {
    /// The origin of each of the rundown's cues, in their order.
    pub(crate) origins: Vec<Origin>,
    pub(crate) crew: Crew,
    /// Whether [`Self::timed`] is wanted.
    pub(crate) wants_times: bool,
    /// All cues of the sheet with their times, in the order of its files.
    pub(crate) timed: Vec<TimedCue>,
}

impl CrewNote {
    /// Returns what is said besides the note, in one line: owner, group and flags. Empty if nothing is.
    pub fn tags(&self) -> String {
        let tags = [self.owner.as_deref(), self.group.as_deref()].into_iter().flatten();
        tags.chain(self.flags.iter().map(String::as_str)).filter(|tag| !tag.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Reads what a cue says.
    pub(super) fn at(place: &Place<'_>) -> Self {
        let value = |name: &str| place.field(name).map(|field| field.value());
        let text = |name: &str| value(name).and_then(|value| value.text()).map(str::to_owned);
        let flags = match value("flags").map(|value| value.shape()) {
            Some(Shape::Array(flags)) => words(flags),
            _ => Vec::new(),
        };
        Self { note: text("note"), owner: text("owner"), group: text("group"), flags }
    }
}

fn words(array: Array<'_>) -> Vec<String> {
    array.elements().filter_map(|element| element.text()).map(str::to_owned).collect()
}
