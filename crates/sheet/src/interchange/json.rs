//! A plain JSON sheet with everything resolved, for programs that read sheets but do not compile them.

use super::exchange::{Exported, FormatOptions, Remark};
use super::format::Format;
use super::header::Header;
use super::rows;
use crate::format::format;
use crate::rundown::Rundown;
use crate::source::Crew;

/// The format of resolved sheets.
pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "a sheet without comments, includes, vars, repeats and references",
    loses: "",
    import: None,
    export: Some(export),
};

fn export(rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
    options.refuse_timecode()?;
    let rows = rows::rows_of(rundown, crew);
    let written = Header { actions: rows::kinds(&rows), ..Header::from_rundown(rundown) }.write(&rows);
    let text = format(&written).map_err(|diagnostic| Remark::file(diagnostic.problem(), diagnostic.remedy()))?;
    Ok(Exported { text, remarks: rows::changed_ids(&rows).into_iter().collect() })
}
