//! `cues at`: what is on, and what comes next.

use std::fmt;

use downbeat_sheet::{Cue, Kind};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use crate::cli::AtArgs;
use crate::columns::Columns;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Output, Report};
use crate::profile::ProfileError;
use crate::text;

/// What is on at a position, and what comes next.
pub(crate) struct At {
    asked: Asked,
    next: usize,
}

/// Looks.
pub(crate) async fn run(
    args: &AtArgs,
    context: &dyn Fn() -> Result<Context, ProfileError>,
    output: Output,
) -> Result<At, Error> {
    Ok(At { asked: Asked::find(args.time, args.sheet.as_deref(), context, output).await?, next: args.next })
}

impl At {
    /// Returns what is on: the states, and the moments that take time.
    fn on(&self) -> Vec<&Cue> {
        let Asked { rundown, position, .. } = &self.asked;
        let mut on = rundown.active(*position);
        let moments = rundown.cues().iter().take_while(|cue| cue.time() <= *position);
        on.extend(moments.filter(|cue| cue.kind() == Kind::Moment && cue.is_on_at(*position)));
        on.sort_by_key(|cue| cue.time());
        on
    }

    fn coming(&self) -> &[Cue] {
        self.asked.rundown.next(self.asked.position)
    }
}

impl Report for At {
    fn json(&self) -> Map<String, Value> {
        let position = self.asked.position;
        let mut json = self.asked.json();
        let with = |cue: &Cue, name: &str, value: Value| {
            let mut json = self.asked.cue_json(cue);
            json[name] = value;
            json
        };
        let on: Vec<Value> =
            self.on().into_iter().map(|cue| with(cue, "left", json!(cue.end().map(|end| end - position)))).collect();
        let next: Vec<Value> =
            self.coming().iter().take(self.next).map(|cue| with(cue, "in", json!(cue.time() - position))).collect();
        json.extend([("on".to_owned(), json!(on)), ("next".to_owned(), json!(next))]);
        json.insert("coming".to_owned(), json!(self.coming().len()));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.asked.position;
        let bold = anstyle::Style::new().bold();
        writeln!(f, "{}", self.asked.heading())?;
        let mut on = Columns::default();
        for cue in self.on() {
            let left = cue.end().map_or_else(
                || "stays".to_owned(),
                |end| format!("{} left, to {}", text::span(end - position), text::position(end)),
            );
            on.line([
                text::position(cue.time()),
                name(cue.track()),
                cue.id().to_owned(),
                cue.action().to_owned(),
                left,
                self.asked.gist(cue),
            ]);
            on.note(self.asked.crew(cue));
        }
        writeln!(f, "\n{bold}on{bold:#}")?;
        if self.on().is_empty() {
            writeln!(f, "  nothing")?;
        }
        write!(f, "{on}")?;

        let coming = self.coming();
        let mut next = Columns::default();
        for cue in coming.iter().take(self.next) {
            let until = format!("in {}", text::span(cue.time() - position));
            next.line([
                text::position(cue.time()),
                name(cue.track()),
                cue.id().to_owned(),
                cue.action().to_owned(),
                until,
                self.asked.gist(cue),
            ]);
            next.note(self.asked.crew(cue));
        }
        writeln!(f, "\n{bold}next{bold:#}")?;
        match coming.len() {
            0 => writeln!(f, "  nothing more")?,
            count if count > self.next => writeln!(f, "{next}  … and {} more", count - self.next)?,
            _ => write!(f, "{next}")?,
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.on().iter().try_for_each(|cue| writeln!(f, "on {}", text::tame(cue.id())))?;
        self.coming()
            .iter()
            .take(self.next)
            .try_for_each(|cue| writeln!(f, "{} {}", text::position(cue.time()), text::tame(cue.id())))
    }
}

/// Returns a track's name, or a placeholder for cues without a track.
fn name(track: Option<&str>) -> String {
    track.unwrap_or("-").to_owned()
}
