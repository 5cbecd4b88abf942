//! A sheet with nothing left to work out: plain JSON for programs that read sheets but do not compile them.

use super::row::{self, Header};
use super::{Exported, Format, Remark, Terms};
use crate::format;
use crate::rundown::Rundown;

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "a sheet without comments, includes, vars, repeats and references",
    loses: "",
    import: None,
    export: Some(export),
};

fn export(rundown: &Rundown, _: &Terms) -> Result<Exported, Remark> {
    let rows = row::of_rundown(rundown);
    let written = Header { actions: row::kinds(&rows), ..Header::of(rundown) }.write(&rows);
    let text = format(&written).map_err(|problem| Remark::file(problem.message()))?;
    Ok(Exported { text, remarks: Vec::new() })
}
