//! A report as Markdown, for mails, wikis and issues.

use downbeat_core::words::redact;

use super::{Grid, Page, Part, Section};

impl Page {
    /// Writes the report as Markdown. In the place of a plot is what it shows.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n{}\n", escaped(&self.title), escaped(&self.lead));
        if !self.figures.is_empty() {
            text.push('\n');
        }
        for figure in &self.figures {
            text += &format!("- **{}** {}\n", escaped(&figure.value), escaped(&figure.meaning));
        }
        for section in &self.sections {
            text += &section.markdown();
        }
        text += &format!("\n## Make it again\n\n    {}\n", self.command.replace(char::is_control, " "));
        for words in &self.origin {
            text += &format!("\n{}\n", escaped(words));
        }
        text
    }
}

impl Section {
    fn markdown(&self) -> String {
        let mut text = format!("\n## {}\n\n{}\n", self.heading, escaped(&self.meaning));
        for part in &self.parts {
            match part {
                Part::Plot(plot) if plot.caption.is_empty() => {}
                Part::Plot(plot) => text += &format!("\n{}\n", escaped(&plot.caption)),
                Part::Table(grid) => text += &grid.markdown(),
                Part::Note(words) => text += &format!("\n{}\n", escaped(words)),
            }
        }
        text
    }
}

impl Grid {
    fn markdown(&self) -> String {
        let row = |cells: &mut dyn Iterator<Item = String>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
        let mut text = "\n".to_owned() + &row(&mut self.columns.iter().map(|name| (*name).to_owned()));
        let rule = |column| if column >= self.numbers_from { "---:" } else { "---" }.to_owned();
        text += &row(&mut (0..self.columns.len()).map(rule));
        for cells in &self.rows {
            text += &row(&mut cells.iter().map(|cell| escaped(cell)));
        }
        if let Some(total) = &self.total {
            text += &row(&mut total
                .iter()
                .map(|cell| if cell.is_empty() { String::new() } else { format!("**{}**", escaped(cell)) }));
        }
        text
    }
}

/// Writes a text so that Markdown takes it for text: no emphasis, link, code, table or HTML, no second line, and no token, which would
/// not be recognised afterwards.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in redact(text).chars() {
        match char {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '$' => {
                escaped.extend(['\\', char])
            }
            char if char.is_control() => escaped.push(' '),
            char => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report_page::Figure;

    #[test]
    fn a_report_is_read_as_it_was_meant() {
        let grid = Grid {
            columns: vec!["Who", "Calls"],
            numbers_from: 1,
            rows: vec![vec!["a|b\n# x".to_owned(), "3".to_owned()]],
            total: Some(vec!["all".to_owned(), "3".to_owned()]),
        };
        let page = Page {
            title: "<script>*Gala*".to_owned(),
            lead: "One\ntwo.".to_owned(),
            figures: vec![Figure { value: "22 ms".to_owned(), meaning: "apart".to_owned() }],
            sections: vec![Section {
                heading: "Calls",
                meaning: "Three.".to_owned(),
                parts: vec![Part::Table(grid), Part::Note("[x](y) dbt_otto_s3cretS3cretS3cret".to_owned())],
            }],
            command: "downbeat report".to_owned(),
            origin: vec!["Downbeat 1".to_owned()],
        };
        assert_eq!(
            page.markdown(),
            "# \\<script\\>\\*Gala\\*\n\nOne two.\n\n- **22 ms** apart\n\n## Calls\n\nThree.\n\n| Who | Calls |\n| --- | ---: |\n\
             | a\\|b \\# x | 3 |\n| **all** | **3** |\n\n\\[x\\](y) dbt\\_otto\\_…\n\n## Make it again\n\n    downbeat report\n\nDownbeat 1\n"
        );
    }
}
