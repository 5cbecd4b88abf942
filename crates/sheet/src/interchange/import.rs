//! The cues read from a file, and the sheet that they become.

use downbeat_core::Position;
use std::collections::BTreeMap;

use super::exchange::{FormatOptions, Imported, Remark};
use super::header::Header;
use super::ids::id_from;
use super::row::Row;
use super::rows::{self, counted, name_rows};
use super::understood::Understood;
use crate::compile::compile;
use crate::diagnostic::{Diagnostic, Level};
use crate::format::format;
use crate::rundown::{Kind, Rundown, TITLE_CHARS_MAX, clock};

/// An import in progress: the cues and remarks so far.
#[derive(Debug, Default)]
pub(super) struct Import {
    pub(super) title: Option<String>,
    /// What was understood of a table.
    pub(super) understood: Option<Understood>,
    rows: Vec<Row>,
    errors: Vec<Remark>,
    remarks: Vec<Remark>,
}

impl Import {
    /// Adds a cue.
    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Returns the line of the last cue if that does not say when it ends; `None` if there is no cue.
    pub(super) fn line_before_without_end(&self) -> Option<Option<usize>> {
        let last = self.rows.last()?;
        let ends = last.field("until").is_some() || last.field("duration").is_some();
        Some((!ends).then_some(last.line))
    }

    /// Notes that a cue begins when the one before it ends.
    pub(super) fn soft_start(&mut self, line: usize) {
        self.understood.get_or_insert_default().soft_starts.push(line);
    }

    /// Returns the action of a line that says `given`; if that is empty, the action for all such lines, or an error.
    pub(super) fn action(&mut self, line: usize, given: &str, options: &FormatOptions) -> Option<String> {
        let action = Some(given).filter(|given| !given.is_empty()).or(options.action.as_deref());
        if action.is_none() {
            let remedy = "name it, or give an action for all lines without one (--action)";
            self.refuse(line, "it does not say what to do", remedy);
        }
        action.map(str::to_owned)
    }

    /// Reports an error in a line.
    pub(super) fn refuse(&mut self, line: usize, problem: impl Into<String>, remedy: impl Into<String>) {
        self.errors.push(Remark::line(line, problem, remedy));
    }

    /// Reports an error of the whole file.
    pub(super) fn refuse_file(&mut self, error: Remark) {
        self.errors.push(error);
    }

    /// Reports what its author should check.
    pub(super) fn remark(&mut self, remark: Remark) {
        self.remarks.push(remark);
    }

    /// Makes the sheet, and compiles it to check it.
    pub(super) fn into_sheet(mut self, options: &FormatOptions) -> Result<Imported, Vec<Remark>> {
        if self.rows.is_empty() && self.errors.is_empty() {
            let remedy = "check that it is the right file, and its format";
            self.errors.push(Remark::file("there is no cue in the file", remedy));
        }
        name_rows(&mut self.rows);
        let title = self.title.take().or_else(|| options.name.clone());
        let header = Header {
            schema: options.schema.clone(),
            id: options.name.as_deref().map(id_from).filter(|id| !id.is_empty()),
            title: title.map(|title| title_from(&title)).filter(|title| !title.is_empty()),
            actions: kinds(&self.rows, &mut self.errors),
            ..Header::default()
        };
        let written = header.write(&self.rows);
        let sheet = format(&written).unwrap_or(written);
        let compiled = compile(&sheet);
        for diagnostic in &compiled.diagnostics {
            let remark = self.at_its_line(diagnostic);
            match diagnostic.level() {
                Level::Error => self.errors.push(remark),
                Level::Warning => self.remarks.push(remark),
            }
        }
        if let (Some(rundown), Some(start)) = (&compiled.rundown, &options.start) {
            self.remark_before(rundown, start);
        }
        self.errors.sort_by_key(|error| error.line);
        self.remarks.sort_by_key(|remark| remark.line);
        match compiled.rundown {
            Some(rundown) if self.errors.is_empty() => {
                Ok(Imported { sheet, rundown, remarks: self.remarks, understood: self.understood })
            }
            _ => Err(self.errors),
        }
    }

    /// Says which cues come before the event begins, where the file's times do not say so.
    fn remark_before(&mut self, rundown: &Rundown, start: &str) {
        let before = rundown.cues().iter().take_while(|cue| cue.time() < Position::START).count();
        if before > 0 && before == rundown.cues().len() {
            let problem = format!("every cue comes before the event begins at {start}");
            self.refuse_file(Remark::file(problem, "begin it earlier (--start)"));
        } else if before > 0 {
            let first = clock(rundown.cues()[0].time());
            let problem = format!(
                "{}, the first at {first}",
                counted(before, "cue comes before the event begins", "cues come before the event begins")
            );
            let remedy = format!("if they do not, begin the event earlier than {start} (--start)");
            self.remark(Remark::file(problem, remedy));
        }
    }

    /// Returns a diagnostic about the sheet as a remark about the line of the cue in question.
    fn at_its_line(&self, diagnostic: &Diagnostic) -> Remark {
        let number = diagnostic.pointer().strip_prefix("/cues/").and_then(|rest| rest.split('/').next()?.parse().ok());
        let row = number.and_then(|number: usize| self.rows.get(number));
        let hint = diagnostic.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
        Remark {
            line: row.map(|row| row.line),
            problem: diagnostic.problem().to_owned(),
            remedy: format!("{}{hint}", diagnostic.remedy()),
        }
    }
}

/// Returns the lines of a text, which end in LF, CRLF, or CR alone.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    // The line end between CR and LF is not one of its own.
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Returns the kinds of all actions, if they have to be declared. Lines that contradict each other are errors.
fn kinds(rows: &[Row], errors: &mut Vec<Remark>) -> Option<BTreeMap<String, Option<Kind>>> {
    let actions = rows::kinds(rows)?;
    for row in rows {
        let action = row.text("action");
        let declared = actions.get(action).copied().flatten();
        if let (Some(kind), Some(other)) = (row.kind, declared)
            && kind != other
        {
            let (kind, other) = (kind.as_str(), other.as_str());
            let problem = format!("the action {action:?} is a {kind} here and a {other} elsewhere");
            errors.push(Remark::line(row.line, problem, "an action has one kind, make it the same in all lines"));
        }
    }
    Some(actions)
}

/// Returns a text as a title: one line, not longer than titles may be.
fn title_from(text: &str) -> String {
    let one_line: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    one_line.trim().chars().take(TITLE_CHARS_MAX).collect::<String>().trim_end().to_owned()
}
