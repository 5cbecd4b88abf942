//! A list as a table for spreadsheets.

use csv::WriterBuilder;

use super::List;
use super::line::Column;
use crate::interchange::guarded;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    /// The table.
    pub text: String,
    /// How many cells begin like a formula, and got a `'` before them.
    pub guarded: usize,
}

pub(super) fn write(list: &List) -> Csv {
    let has_day_times = list.columns().any(|column| column == Column::DayTime);
    let columns: Vec<Column> =
        Column::ALL.into_iter().filter(|column| *column != Column::DayTime || has_day_times).collect();
    let mut guards = 0;
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let mut write =
        |cells: Vec<String>| writer.write_record(cells).expect("a Vec takes every record of the same length");
    write(columns.iter().map(|column| column.name().to_owned()).collect());
    for line in &list.lines {
        let cell = |column: &Column| {
            let text = line.cell(*column);
            match guarded(&text).filter(|_| column.is_written()) {
                Some(guarded) => {
                    guards += 1;
                    guarded
                }
                None => text.into_owned(),
            }
        };
        write(columns.iter().map(cell).collect());
    }
    let bytes = writer.into_inner().expect("a Vec is flushed");
    Csv { text: String::from_utf8(bytes).expect("the cells are texts"), guarded: guards }
}
