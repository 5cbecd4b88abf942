//! A list as a table of GitHub's Markdown.

use downbeat_core::words::tame;

use super::List;
use super::line::Column;

pub(super) fn write(list: &List) -> String {
    let columns: Vec<Column> = list.columns().collect();
    let mut text = format!("# {}\n\n{}\n\n", escaped(&list.title), escaped(&list.facts.join(" · ")));
    let mut row = |cell: &dyn Fn(Column) -> String| {
        for column in &columns {
            text.push_str(&format!("| {} ", cell(*column)));
        }
        text.push_str("|\n");
    };
    row(&|column| column.heading().to_owned());
    row(&|_| "---".to_owned());
    for line in &list.lines {
        row(&|column| escaped(&line.cell(column)));
    }
    text
}

/// Returns a text for one line in which nothing is markup. Line breaks become elements, which tables of Markdown allow.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        escaped.push_str(if index == 0 { "" } else { "<br>" });
        for char in tame(line.trim()).chars() {
            // CommonMark takes a backslash before any of ASCII's punctuation. These can begin something.
            if matches!(
                char,
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '!' | '#' | '$' | '{' | '}'
            ) {
                escaped.push('\\');
            }
            escaped.push(char);
        }
    }
    escaped
}
