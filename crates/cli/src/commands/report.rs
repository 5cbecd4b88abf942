//! `report`: a show that is over, for those who ran it: who watched, what went wrong, how soon changes arrived.

mod incidents;
mod sections;
mod show;

use std::fmt;
use std::path::PathBuf;

use downbeat_core::words::redact;
use downbeat_wire::{AudienceHistory, Code};
use serde_json::{Map, Value, json};

use crate::cli::ReportArgs;
use crate::context::Context;
use crate::error::Error;
use crate::files;
use crate::output::Report;
use crate::report_page::Page;
use crate::text::{self, Table};
use show::Show;

/// The report of a show.
pub(crate) struct ShowReport {
    show: Show,
    page: Page,
    /// The files that were written.
    md: Option<PathBuf>,
    html: Option<PathBuf>,
    place: Map<String, Value>,
}

/// Reads an event's state, log and audience, and writes what they say.
pub(super) async fn run(context: &Context, args: &ReportArgs) -> Result<ShowReport, Error> {
    let server = context.operator()?;
    let event = &context.settings.event;
    let state = server.state(event).await?.body;
    let (entries, _) = server.log_entries(event, None, None).await?;
    let history = match server.audience_history(event).await {
        // A server from before it counted.
        Err(error) if error.is(Code::UnknownPath) => AudienceHistory::default(),
        history => history?,
    };
    let show = Show::new(state, entries, history);
    let page = sections::page(&show, command(context, args));
    if let Some(md) = &args.md {
        files::write(md, page.markdown().as_bytes(), &[])?;
    }
    if let Some(html) = &args.html {
        files::write(html, redact(&page.html()).as_bytes(), &[])?;
    }
    Ok(ShowReport { show, page, md: args.md.clone(), html: args.html.clone(), place: context.place() })
}

/// Returns the command that makes the report again.
fn command(context: &Context, args: &ReportArgs) -> String {
    let mut words = vec!["report".to_owned()];
    for (option, file) in [("--md", &args.md), ("--html", &args.html)] {
        if let Some(file) = file {
            words.extend([option.to_owned(), file.display().to_string()]);
        }
    }
    context.command_line(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

impl Report for ShowReport {
    fn json(&self) -> Map<String, Value> {
        let show = &self.show;
        let incidents = show.incidents.iter().map(|incident| {
            let until = incident.until.map(|until| until.as_millis());
            json!({ "from": incident.from.as_millis(), "until": until, "actor": incident.actor, "what": incident.what })
        });
        let mut json = self.place.clone();
        json.extend([
            ("title".to_owned(), json!(show.state.title)),
            ("startsAt".to_owned(), json!(show.state.starts_at)),
            ("endedAt".to_owned(), json!(show.state.ended_at)),
            ("mostSockets".to_owned(), json!(show.most().map(|sample| sample.audience.sockets))),
            ("incidents".to_owned(), json!(incidents.collect::<Vec<_>>())),
            ("samples".to_owned(), json!(show.samples)),
            ("entries".to_owned(), json!(show.entries)),
            ("md".to_owned(), json!(self.md)),
            ("html".to_owned(), json!(self.html)),
        ]);
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.md.is_none() && self.html.is_none() {
            return f.write_str(&self.page.markdown());
        }
        let mut table = Table::default();
        for file in [&self.md, &self.html].into_iter().flatten() {
            table.line("wrote", file.display().to_string());
        }
        for figure in &self.page.figures {
            table.line("", format!("{} {}", figure.value, figure.meaning));
        }
        table.line("log", text::count(self.show.entries.len(), "change"));
        write!(f, "{table}")
    }
}
