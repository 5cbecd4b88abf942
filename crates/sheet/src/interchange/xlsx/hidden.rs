//! What the reader of workbooks does not tell: which rows are hidden, and how large a workbook is when unpacked.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;
use zip::result::ZipError;

use super::book::UNPACKED_BYTES_MAX;

/// The rows that people do not see, by worksheet, from 0.
#[derive(Debug, Default)]
pub(super) struct HiddenRows(BTreeMap<String, Vec<u32>>);

/// The hidden rows of a worksheet that are kept: 100,000.
const ROWS_MAX: usize = 100_000;

impl HiddenRows {
    /// Finds them. What is not found is as if it were not hidden, since no cue depends on it.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self::found(bytes).unwrap_or_default()
    }

    /// Returns those of a worksheet.
    pub(super) fn of(&self, worksheet: &str) -> impl Iterator<Item = u32> {
        self.0.get(worksheet).into_iter().flatten().copied()
    }

    fn found(bytes: &[u8]) -> Option<Self> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
        let mut targets: BTreeMap<String, String> = BTreeMap::new();
        each(&part(&mut archive, "xl/_rels/workbook.xml.rels")?, "Relationship", |relationship| {
            if let (Some(id), Some(target)) = (attribute(relationship, "Id"), attribute(relationship, "Target")) {
                targets.insert(id, target);
            }
        });
        let mut worksheets: Vec<(String, String)> = Vec::new();
        each(&part(&mut archive, "xl/workbook.xml")?, "sheet", |sheet| {
            let target = attribute(sheet, "r:id").and_then(|id| targets.get(&id).cloned());
            if let (Some(name), Some(target)) = (attribute(sheet, "name"), target) {
                let path = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("xl/{target}"),
                };
                worksheets.push((name, path));
            }
        });
        let mut hidden = BTreeMap::new();
        for (name, path) in worksheets {
            let (mut rows, mut row) = (Vec::new(), 0);
            each(&part(&mut archive, &path)?, "row", |element| {
                row = attribute(element, "r")
                    .and_then(|row| row.parse::<u32>().ok())
                    .map_or(row, |row| row.saturating_sub(1));
                if matches!(attribute(element, "hidden").as_deref(), Some("1" | "true")) && rows.len() < ROWS_MAX {
                    rows.push(row);
                }
                row = row.saturating_add(1);
            });
            hidden.insert(name, rows);
        }
        Some(Self(hidden))
    }
}

/// Returns how many bytes a workbook has when it is unpacked, as it says itself.
pub(super) fn unpacked_bytes(bytes: &[u8]) -> Result<u64, ZipError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut sum = 0_u64;
    for index in 0..archive.len() {
        sum = sum.saturating_add(archive.by_index_raw(index)?.size());
    }
    Ok(sum)
}

/// Returns the text of a part of a workbook.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, path: &str) -> Option<String> {
    let mut text = String::new();
    archive.by_name(path).ok()?.take(UNPACKED_BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Calls `visit` with each element of this name, as far as the text can be read.
fn each(text: &str, name: &str, mut visit: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) if element.local_name().as_ref() == name => {
                visit(&element)
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}
