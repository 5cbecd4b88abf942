//! A list that is written or shown.

use std::fmt;
use std::path::PathBuf;

use downbeat_core::ServerTime;
use downbeat_sheet::Rundown;
use downbeat_sheet::list::{Column, List};
use serde_json::{Map, Value, json};

use crate::columns::Columns;
use crate::output::{Content, Report, members};
use crate::text;
use crate::time_zone::TimeZone;

/// A list that is written or shown.
pub(super) struct Written {
    /// The name of the sheet or of the event.
    pub(super) name: String,
    pub(super) rundown: Rundown,
    pub(super) list: List,
    /// When the event starts, or why that is unknown.
    pub(super) start: Result<ServerTime, String>,
    pub(super) zone: TimeZone,
    /// In the form that was asked for; `None` for the terminal.
    pub(super) text: Option<String>,
    pub(super) out: Option<PathBuf>,
    pub(super) dry_run: bool,
}

impl Report for Written {
    fn json(&self) -> Map<String, Value> {
        let cells = |line: &downbeat_sheet::list::Line| -> Map<String, Value> {
            Column::ALL.into_iter().map(|column| (column.name().to_owned(), json!(line.cell(column)))).collect()
        };
        let rows = self.list.lines().iter().zip(self.rundown.cues()).map(|(line, cue)| {
            let mut row = cells(line);
            row.extend([("time".to_owned(), json!(cue.time())), ("end".to_owned(), json!(cue.end()))]);
            row
        });
        members(json!({
            "file": self.name,
            "title": self.rundown.title(),
            "rundown": self.rundown.digest(),
            "startsAt": self.start.as_ref().ok(),
            "timesOfDay": self.start.as_ref().err().map_or_else(|| self.zone.name(), |why| format!("left out, because {why}")),
            "cues": rows.collect::<Vec<_>>(),
            "out": self.out,
            "dryRun": self.dry_run,
            "text": self.text.as_ref().filter(|_| self.out.is_none()),
        }))
    }

    fn content(&self) -> Content {
        if self.text.is_some() && self.out.is_none() { Content::File } else { Content::Words }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(out) = &self.out {
            let verb = if self.dry_run { "would write" } else { "wrote" };
            let cues = text::count(self.list.lines().len(), "cue");
            return writeln!(f, "{}", text::tame(&format!("{verb} {}: {cues}", out.display())));
        }
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        let shown: Vec<Column> = self.list.columns().collect();
        let cells = |of: &dyn Fn(Column) -> String| {
            Column::ALL.map(|column| if shown.contains(&column) { of(column) } else { String::new() })
        };
        let mut table = Columns::default();
        table.line(cells(&|column| column.heading().to_owned()));
        for line in self.list.lines() {
            table.line(cells(&|column| line.cell(column).into_owned()));
        }
        let bold = anstyle::Style::new().bold();
        writeln!(f, "{bold}{}{bold:#} ({})\n", text::tame(self.rundown.title()), text::tame(&self.name))?;
        write!(f, "{table}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.text, &self.out) {
            (Some(text), None) => f.write_str(text),
            _ => Ok(()),
        }
    }
}
