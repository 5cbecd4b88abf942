//! `cues join`: what a viewer who joins late sees, cue by cue, and why.

use std::fmt;

use downbeat_sheet::{Joined, Outcome};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use crate::cli::JoinArgs;
use crate::columns::Columns;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Output, Report};
use crate::profile::ProfileError;
use crate::text;

/// The most missed cues that are shown: the last ones, which somebody may ask about.
const MISSED_SHOWN: usize = 10;

/// What a viewer who joins at a position sees.
pub(crate) struct Join {
    asked: Asked,
    all: bool,
}

/// Looks.
pub(crate) async fn run(
    args: &JoinArgs,
    context: &dyn Fn() -> Result<Context, ProfileError>,
    output: Output,
) -> Result<Join, Error> {
    Ok(Join { asked: Asked::find(args.time, args.sheet.as_deref(), context, output).await?, all: args.all })
}

impl Join {
    /// Returns what the viewer sees, and what they miss.
    fn outcomes(&self) -> (Vec<Joined<'_>>, Vec<Joined<'_>>) {
        self.asked.rundown.join(self.asked.position).into_iter().partition(|joined| joined.outcome != Outcome::Missed)
    }
}

impl Report for Join {
    fn json(&self) -> Map<String, Value> {
        let one = |joined: &Joined<'_>| {
            let mut json = self.asked.cue_json(joined.cue);
            let (outcome, from) = match joined.outcome {
                Outcome::Fires => ("fires", None),
                Outcome::Resumes(elapsed) => ("resumes", Some(elapsed)),
                Outcome::Missed => ("missed", None),
            };
            json["outcome"] = json!(outcome);
            json["from"] = json!(from);
            json["why"] = json!(joined.why.to_string());
            json
        };
        let mut json = self.asked.json();
        let joined = self.asked.rundown.join(self.asked.position);
        json.insert("cues".to_owned(), joined.iter().map(one).collect());
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bold = anstyle::Style::new().bold();
        let (sees, misses) = self.outcomes();
        writeln!(f, "{}", self.asked.heading())?;
        writeln!(f, "\n{bold}sees{bold:#}")?;
        if sees.is_empty() {
            writeln!(f, "  nothing")?;
        }
        write!(f, "{}", self.columns(&sees))?;
        if misses.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n{bold}misses{bold:#}")?;
        let earlier = if self.all { 0 } else { misses.len().saturating_sub(MISSED_SHOWN) };
        if earlier > 0 {
            writeln!(f, "  … {earlier} earlier (--all shows them)")?;
        }
        write!(f, "{}", self.columns(&misses[earlier..]))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sees, _) = self.outcomes();
        sees.iter().try_for_each(|joined| writeln!(f, "{} {}", text::tame(joined.cue.id()), joined.outcome))
    }
}

impl Join {
    /// Returns a line per cue; those that are seen with their message.
    fn columns(&self, all: &[Joined<'_>]) -> Columns {
        let mut columns = Columns::default();
        for Joined { cue, outcome, why } in all {
            let track = cue.track().unwrap_or("-").to_owned();
            let message = self.asked.message(cue).filter(|_| *outcome != Outcome::Missed);
            let message = message.map(|words| format!("; {words}")).unwrap_or_default();
            let condition = match cue.condition() {
                Some(condition) if *outcome != Outcome::Missed => format!("; {condition}"),
                _ => String::new(),
            };
            // That they are missed stands above them.
            let outcome = if *outcome == Outcome::Missed { String::new() } else { outcome.to_string() };
            columns.line([
                text::position(cue.time()),
                track,
                cue.id().to_owned(),
                cue.action().to_owned(),
                outcome,
                format!("{why}{condition}{message}"),
            ]);
            columns.note(self.asked.crew(cue));
        }
        columns
    }
}
