//! A report for people who run a show, as one page of HTML: sentences, figures, plots and tables.
//!
//! The page loads nothing and has no script, which its policy also forbids. All text is escaped where it is written. The same
//! report makes the same bytes.

mod axis;
mod drawing;
mod markdown;
mod plot;

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(crate) use axis::{Axis, round_up};
pub(crate) use plot::{Ink, Layer, Plot};

const STYLE: &str = include_str!("report_page/style.css");

/// What browsers do with the page: nothing but show it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) title: String,
    /// What it is about, in one or two sentences.
    pub(crate) lead: String,
    pub(crate) figures: Vec<Figure>,
    pub(crate) sections: Vec<Section>,
    /// The command that makes it again.
    pub(crate) command: String,
    /// What to know about that command, and about what the report is made of.
    pub(crate) origin: Vec<String>,
}

/// A figure that people remember.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// `22 ms`.
    pub(crate) value: String,
    /// What it means: `99 of 100 viewers are within this of each other`.
    pub(crate) meaning: String,
}

/// A part of a report about one question.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) heading: &'static str,
    /// What it means for the show, in one plain sentence.
    pub(crate) meaning: String,
    pub(crate) parts: Vec<Part>,
}

/// What a section shows.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Plot(Box<Plot>),
    Table(Grid),
    /// What else there is to say.
    Note(String),
}

/// A table. Of each row the first cell is its name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    pub(crate) columns: Vec<&'static str>,
    /// From which column on there are numbers, which are aligned at their ends.
    pub(crate) numbers_from: usize,
    pub(crate) rows: Vec<Vec<String>>,
    /// The last row, if it sums the others up.
    pub(crate) total: Option<Vec<String>>,
}

impl Page {
    /// Writes the page.
    pub(crate) fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content="downbeat";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (self.title) }
                        p.lead { (self.lead) }
                    }
                    main {
                        @if !self.figures.is_empty() {
                            ul.figures aria-label="In short" {
                                @for figure in &self.figures {
                                    li { strong { (figure.value) } span { (figure.meaning) } }
                                }
                            }
                        }
                        @for section in &self.sections { (section.markup()) }
                        section {
                            h2 { "Make it again" }
                            pre tabindex="0" aria-label="Command" { code { (self.command) } }
                            @for words in &self.origin { p.note { (words) } }
                        }
                    }
                }
            }
        };
        page.into_string() + "\n"
    }
}

impl Section {
    fn markup(&self) -> Markup {
        html! {
            section {
                h2 { (self.heading) }
                p.meaning { (self.meaning) }
                @for part in &self.parts {
                    @match part {
                        Part::Plot(plot) => (figure(plot)),
                        Part::Table(grid) => (grid.markup()),
                        Part::Note(words) => p.note { (words) },
                    }
                }
            }
        }
    }
}

/// Writes a plot, drawn for wide screens and for phones; a style sheet shows one of them.
fn figure(plot: &Plot) -> Markup {
    html! {
        figure {
            @if !plot.key.is_empty() {
                ul.key {
                    @for (ink, words) in &plot.key { li class=(ink.class()) { (words) } }
                }
            }
            div.plot role="img" aria-label=(plot.label) {
                @for size in drawing::SIZES {
                    div class=(size.class) aria-hidden="true" { (PreEscaped(drawing::svg(plot, size))) }
                }
            }
            @if !plot.caption.is_empty() { figcaption { (plot.caption) } }
        }
    }
}

impl Grid {
    fn markup(&self) -> Markup {
        let class = |column: usize| (column >= self.numbers_from).then_some("number");
        html! {
            div.table tabindex="0" role="region" aria-label=(self.columns[0]) {
                table {
                    thead { tr {
                        @for (column, name) in self.columns.iter().enumerate() { th scope="col" class=[class(column)] { (name) } }
                    } }
                    tbody { @for row in &self.rows { (self.row(row)) } }
                    @if let Some(total) = &self.total { tfoot { (self.row(total)) } }
                }
            }
        }
    }

    fn row(&self, cells: &[String]) -> Markup {
        html! {
            tr {
                @for (column, cell) in cells.iter().enumerate() {
                    @if column == 0 { th scope="row" { (cell) } }
                    @else { td class=[(column >= self.numbers_from).then_some("number")] { (cell) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_is_markup() {
        let hostile = "</title><script>alert(1)</script>\"'&";
        let plot = Plot {
            label: hostile.to_owned(),
            caption: hostile.to_owned(),
            x: Axis::linear(hostile, 0.0, 1.0, |x| x.to_string()),
            y: Axis::linear(hostile, 0.0, 1.0, |x| x.to_string()),
            layers: vec![Layer::Moment { x: 0.5, words: hostile.to_owned() }],
            key: vec![(Ink::First, hostile.to_owned())],
        };
        let page = Page {
            title: hostile.to_owned(),
            lead: hostile.to_owned(),
            figures: vec![Figure { value: hostile.to_owned(), meaning: hostile.to_owned() }],
            sections: vec![Section {
                heading: "Plot",
                meaning: hostile.to_owned(),
                parts: vec![
                    Part::Plot(Box::new(plot)),
                    Part::Table(Grid {
                        columns: vec!["a"],
                        rows: vec![vec![hostile.to_owned()]],
                        total: Some(vec![hostile.to_owned()]),
                        ..Grid::default()
                    }),
                    Part::Note(hostile.to_owned()),
                ],
            }],
            command: hostile.to_owned(),
            origin: vec![hostile.to_owned()],
        };
        let html = page.html();
        assert!(!html.contains("<script") && !html.contains("</script"), "{html}");
        assert_eq!(html.matches("</title>").count(), 1);
        // Title and heading, lead, a figure's two, the section's, key, label, caption, three texts in both sizes of the plot,
        // three in the table and the note, the command and its remark.
        assert_eq!(html.matches("alert(1)").count(), 2 + 1 + 2 + 1 + 3 + 6 + 3 + 2, "{html}");
    }
}
