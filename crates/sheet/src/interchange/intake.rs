//! What was read of a file, and the sheet that it becomes.

use std::collections::BTreeMap;

use super::row::{self, Header, Row, id_from};
use super::{Imported, Remark, Terms};
use crate::diagnostic::{Diagnostic, Level};
use crate::rundown::{Kind, TITLE_CHARS_MAX};
use crate::{compile, format};

/// What was read of a file so far.
#[derive(Debug, Default)]
pub(super) struct Intake {
    pub(super) title: Option<String>,
    rows: Vec<Row>,
    refusals: Vec<Remark>,
    remarks: Vec<Remark>,
}

impl Intake {
    /// Adds a cue.
    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Returns the action of a line that says `given`: where that is empty, the one for all such lines, or it is refused.
    pub(super) fn action(&mut self, line: usize, given: &str, terms: &Terms) -> Option<String> {
        let action = Some(given).filter(|given| !given.is_empty()).or(terms.action.as_deref());
        if action.is_none() {
            self.refuse(
                line,
                "it does not say what is to be done; name it, or give an action for all that have none (--action)",
            );
        }
        action.map(str::to_owned)
    }

    /// Refuses a line.
    pub(super) fn refuse(&mut self, line: usize, message: impl Into<String>) {
        self.refusals.push(Remark { line: Some(line), message: message.into() });
    }

    /// Refuses the file.
    pub(super) fn refuse_file(&mut self, message: impl Into<String>) {
        self.refusals.push(Remark::file(message.into()));
    }

    /// Tells the author to look at a line.
    pub(super) fn remark(&mut self, line: usize, message: impl Into<String>) {
        self.remarks.push(Remark { line: Some(line), message: message.into() });
    }

    /// Tells the author something about the file.
    pub(super) fn remark_file(&mut self, message: impl Into<String>) {
        self.remarks.push(Remark::file(message.into()));
    }

    /// Makes the sheet of it, and lets the compiler judge that.
    pub(super) fn into_sheet(mut self, terms: &Terms) -> Result<Imported, Vec<Remark>> {
        if self.rows.is_empty() && self.refusals.is_empty() {
            self.refuse_file("there is no cue in the file; check that it is the one that was meant, and its format");
        }
        row::name_rows(&mut self.rows);
        let title = self.title.take().or_else(|| terms.name.clone());
        let header = Header {
            id: terms.name.as_deref().map(id_from).filter(|id| !id.is_empty()),
            title: title.map(|title| title_from(&title)).filter(|title| !title.is_empty()),
            actions: kinds(&self.rows, &mut self.refusals),
            ..Header::default()
        };
        let written = header.write(&self.rows);
        let sheet = format(&written).unwrap_or(written);
        let compiled = compile(&sheet);
        for diagnostic in &compiled.diagnostics {
            let said = self.on_its_line(diagnostic);
            match diagnostic.level() {
                Level::Error => self.refusals.push(said),
                Level::Warning => self.remarks.push(said),
            }
        }
        self.refusals.sort_by_key(|refusal| refusal.line);
        self.remarks.sort_by_key(|remark| remark.line);
        match compiled.rundown {
            Some(rundown) if self.refusals.is_empty() => Ok(Imported { sheet, rundown, remarks: self.remarks }),
            _ => Err(self.refusals),
        }
    }

    /// Returns what is said about the sheet as said about the line of the cue in question.
    fn on_its_line(&self, diagnostic: &Diagnostic) -> Remark {
        let number = diagnostic.pointer().strip_prefix("/cues/").and_then(|rest| rest.split('/').next()?.parse().ok());
        let row = number.and_then(|number: usize| self.rows.get(number));
        let hint = diagnostic.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
        Remark { line: row.map(|row| row.line), message: format!("{}{hint}", diagnostic.message()) }
    }
}

/// Returns the kinds of all actions, where they need to be declared, and refuses lines that contradict each other.
fn kinds(rows: &[Row], refusals: &mut Vec<Remark>) -> Option<BTreeMap<String, Option<Kind>>> {
    let actions = row::kinds(rows)?;
    for row in rows {
        let action = row.text("action");
        let declared = actions.get(action).copied().flatten();
        if let (Some(kind), Some(other)) = (row.kind, declared)
            && kind != other
        {
            let message = format!(
                "the action {action:?} is a {} here and a {} elsewhere; an action has one kind, make it the same in all lines",
                kind.as_str(),
                other.as_str()
            );
            refusals.push(Remark { line: Some(row.line), message });
        }
    }
    Some(actions)
}

/// Returns a text as a title: one line, no longer than titles are.
fn title_from(text: &str) -> String {
    let tame: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    tame.trim().chars().take(TITLE_CHARS_MAX).collect::<String>().trim_end().to_owned()
}
