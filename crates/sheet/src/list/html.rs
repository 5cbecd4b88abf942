//! A list as a page that prints well.

use core::fmt::{self, Write as _};

use super::List;
use super::line::{Column, Line};
use crate::preview::Escaped;

/// Styles for the screen and for paper.
const STYLE: &str = include_str!("page.css");

pub(super) fn write(list: &List) -> String {
    let mut page = String::new();
    write_page(&mut page, list).expect("a String takes every text");
    page
}

fn write_page(page: &mut String, list: &List) -> fmt::Result {
    let title = Escaped(&list.title);
    write!(page, "<!doctype html>\n<html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n")?;
    page.write_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")?;
    // Nothing is loaded and nothing runs, whatever the sheet says.
    page.write_str(
        "<meta http-equiv=\"content-security-policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
    )?;
    write!(page, "<style>\n{STYLE}</style>\n<h1 dir=\"auto\">{title}</h1>\n<p>")?;
    for (index, fact) in list.facts.iter().enumerate() {
        write!(page, "{}<span dir=\"auto\">{}</span>", if index == 0 { "" } else { " · " }, Escaped(fact))?;
    }
    // The group is a line of its own above its cues.
    let columns: Vec<Column> = list.columns().filter(|column| *column != Column::Group).collect();
    page.write_str("</p>\n<table>\n<thead><tr>")?;
    columns.iter().try_for_each(|column| {
        write!(page, "<th scope=\"col\" class=\"{}\">{}</th>", column.name(), column.heading())
    })?;
    page.write_str("</tr></thead>\n<tbody>\n")?;
    let mut group = String::new();
    for line in &list.lines {
        let own = line.cell(Column::Group);
        if own != group {
            group = own.into_owned();
            let shown = if group.is_empty() { "–" } else { &group };
            writeln!(
                page,
                "<tr class=\"group\"><th colspan=\"{}\" dir=\"auto\">{}</th></tr>",
                columns.len(),
                Escaped(shown)
            )?;
        }
        write_line(page, line, &columns)?;
    }
    page.write_str("</tbody>\n</table>\n</html>\n")
}

fn write_line(page: &mut String, line: &Line, columns: &[Column]) -> fmt::Result {
    page.write_str("<tr>")?;
    for column in columns {
        let direction = if column.is_written() { " dir=\"auto\"" } else { "" };
        write!(page, "<td class=\"{}\"{direction}>{}</td>", column.name(), Escaped(&line.cell(*column)))?;
    }
    page.write_str("</tr>\n")
}
