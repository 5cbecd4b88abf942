//! Workbooks of Excel and of the programs that write the same files: the worksheet with a running order.

mod book;
mod cell;
mod hidden;
mod worksheet;

use calamine::{Reader, Sheet, SheetType, SheetVisible, open_workbook_from_rs};
use std::io::Cursor;

use super::csv::{has_header, read_table};
use super::exchange::{FormatOptions, Remark};
use super::format::{Format, Source};
use super::import::Import;
use super::table::Table;
use book::{UNPACKED_BYTES_MAX, Workbook, unreadable};
use hidden::HiddenRows;
use worksheet::rows;

/// The format of workbooks.
pub(super) const FORMAT: Format = Format {
    name: "xlsx",
    about: "worksheets of Excel, Numbers, LibreOffice and Google Sheets (.xlsx)",
    loses: "",
    import: Some(Source::Bytes(import)),
    export: None,
};

fn import(bytes: &[u8], options: &FormatOptions, import: &mut Import) {
    match table(bytes, options) {
        Ok(table) => {
            if let Some((name, others)) =
                table.worksheet.as_ref().filter(|(_, others)| !others.is_empty() && options.worksheet.is_none())
            {
                let problem = format!(
                    "the worksheet {name:?} is read, the first with a header; there is also {}",
                    listed(others)
                );
                import.remark(Remark::file(problem, "name another with --worksheet"));
            }
            read_table(table, options, import);
        }
        Err(error) => import.refuse_file(error),
    }
}

/// Returns the worksheet that was asked for, or else the first with a header.
fn table(bytes: &[u8], options: &FormatOptions) -> Result<Table, Remark> {
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Remark::file(
            "it is an old workbook (.xls), or one with a password",
            "save it as .xlsx without one",
        ));
    }
    if !bytes.starts_with(b"PK") {
        return Err(Remark::file("it is not a workbook (.xlsx)", "import a text as csv"));
    }
    let unpacked = hidden::unpacked_bytes(bytes).map_err(unreadable)?;
    if unpacked > UNPACKED_BYTES_MAX {
        let problem =
            format!("the workbook has {unpacked} bytes when unpacked, at most {UNPACKED_BYTES_MAX} (256 MiB) are read");
        return Err(Remark::file(problem, "save the worksheet alone"));
    }
    let mut book: Workbook<'_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let sheets: Vec<Sheet> =
        book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).cloned().collect();
    let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let chosen: Vec<&String> = match &options.worksheet {
        Some(wanted) => names.iter().filter(|name| name.to_lowercase() == wanted.to_lowercase()).take(1).collect(),
        None => {
            let visible = sheets.iter().zip(&names).filter(|(sheet, _)| sheet.visible == SheetVisible::Visible);
            visible.map(|(_, name)| name).collect()
        }
    };
    if let (Some(wanted), true) = (&options.worksheet, chosen.is_empty()) {
        let problem = format!("the workbook has no worksheet {wanted:?}");
        return Err(Remark::file(problem, format!("it has {}", listed(&names))));
    }
    let hidden = HiddenRows::new(bytes);
    let mut first = None;
    for name in chosen {
        let rows = rows(&mut book, name, &hidden)?;
        let others = names.iter().filter(|other| *other != name).cloned().collect();
        let is_table = has_header(&rows, options);
        let table = Table { rows, delimiter: None, worksheet: Some((name.clone(), others)) };
        if is_table {
            return Ok(table);
        }
        // Without any header, the first says what is missing.
        if first.is_none() && !table.rows.is_empty() {
            first = Some(table);
        }
    }
    first.ok_or_else(|| {
        Remark::file("the workbook has no worksheet with anything in it", "check that it is the right file")
    })
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().take(20).map(|name| format!("{name:?}")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests;
