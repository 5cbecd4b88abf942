//! What an import understood of a table, for people to look at before it is written.

/// What was understood of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// The worksheet that was read; `None` in files without worksheets.
    pub worksheet: Option<String>,
    /// The worksheets that were not read.
    pub other_worksheets: Vec<String>,
    /// The line of the header.
    pub header_line: usize,
    /// The columns, in their order; those without a name and content are left out.
    pub columns: Vec<UnderstoodColumn>,
    /// The rows that are no cues, in their order.
    pub skipped: Vec<SkippedRow>,
    /// The rows that begin when the one before ends, since they have no time of their own.
    pub soft_starts: Vec<usize>,
    /// The rows that the file hides, and which were read all the same.
    pub hidden: Vec<usize>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderstoodColumn {
    /// Its name in the header.
    pub name: String,
    /// The field of a cue that it became; `None` if it was left out.
    pub field: Option<String>,
    /// What is in its first row that has something there.
    pub example: String,
}

/// A row that is no cue, or several blank ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedRow {
    /// Its line in the file.
    pub line: usize,
    /// The last line of those that are skipped together, as several blank ones are.
    pub last_line: usize,
    /// Why it is no cue.
    pub reason: SkipReason,
    /// Its first cell.
    pub text: String,
}

/// Why a row is no cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It comes before the header.
    BeforeHeader,
    /// It has nothing in it.
    Blank,
    /// It is the heading of the rows below, whose `group` it became.
    Heading,
    /// It is a sum of others.
    Total,
    /// It is the header again.
    Header,
}

impl SkipReason {
    /// Returns it in a few words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeHeader => "before the header",
            Self::Blank => "blank",
            Self::Heading => "a heading, the group of the rows below",
            Self::Total => "a total",
            Self::Header => "the header again",
        }
    }
}
