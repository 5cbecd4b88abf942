//! `cues list`: the cues on paper, in a table, or as the event runs.

mod written;

use std::collections::HashMap;

use downbeat_api::clock;
use downbeat_core::{Position, ServerTime, Span};
use downbeat_sheet::list::List;
use downbeat_sheet::{Crew, CrewNote, Cue, Rundown};
use downbeat_wire::{CueNotes, Notes};

use super::live::Live;
use crate::cli::{ListArgs, Listed};
use crate::commands::watch::Watched;
use crate::context::Context;
use crate::error::Error;
use crate::files;
use crate::instant;
use crate::output::{Output, Report};
use crate::profile::ProfileError;
use crate::sheets;
use crate::text;
use crate::time_zone::TimeZone;
use written::Written;

/// How long the server may take to say when the event starts, for a sheet that can be listed without: 3 s.
const START_TIMEOUT: Span = Span::from_millis(3_000);

/// Half a second, for rounding to seconds.
const HALF_SECOND: Span = Span::from_millis(500);

/// The remedy where it is unknown when the event starts.
const REMEDY: &str = "give --start TIME, and --zone ZONE for another zone than this machine's";

/// Lists the cues, or follows them with `--watch`.
pub(crate) async fn run(
    args: &ListArgs,
    context: &dyn Fn() -> Result<Context, ProfileError>,
    dry_run: bool,
    output: Output,
) -> Result<Box<dyn Report>, Error> {
    let sheet = match &args.sheet {
        Some(path) => {
            let sheet = sheets::compiled(path, output)?;
            Some((sheet.name.clone(), sheet.rundown()?.clone(), sheet.crew(), sheet.files()))
        }
        None => None,
    };
    if args.watch {
        let context = context()?;
        let notes = match sheet {
            Some((_, rundown, crew, _)) => Some((rundown, crew)),
            None => said_of_event(&context).await,
        };
        return Ok(Box::new(Watched::of_cues(&context, args.at_most, notes).await?));
    }
    let zone = args.zone.unwrap_or(TimeZone::Local);
    let given = args.start.as_deref().map(|start| instant::parse(start, zone, clock::wall())).transpose()?;
    let (name, rundown, crew, made_of, start) = match sheet {
        Some((name, rundown, crew, files)) => {
            let start = match given {
                Some(start) => Ok(start),
                None => start_of_event(&context()?).await,
            };
            (name, rundown, crew, files, start)
        }
        None => {
            let context = context()?;
            let live = Live::read(&context).await?;
            let start = Ok(given.unwrap_or(live.starts_at));
            let rundown = live.rundown()?.clone();
            let crew = crew(&rundown, live.notes(&context).await);
            (live.name.clone(), rundown, crew, Vec::new(), start)
        }
    };
    if let Err(why) = &start {
        output.remark(&format!("times of day are left out, because {why}; {REMEDY}\n"));
    }
    let list = list(&rundown, &crew, start.clone().ok(), zone);
    let form = args.format.or_else(|| args.out.as_deref().and_then(Listed::of_name));
    let text = match form {
        Some(Listed::Html) => Some(list.html()),
        Some(Listed::Md) => Some(list.markdown()),
        Some(Listed::Csv) => {
            let csv = list.csv();
            if csv.guarded > 0 {
                let cells = text::count(csv.guarded, "cell");
                output.remark(&format!("{cells} begin like a formula, so a ' is put before the text\n"));
            }
            Some(csv.text)
        }
        None if args.out.is_some() => {
            return Err(Error::usage("nothing says in which form to write", "give --format html, md or csv"));
        }
        None => None,
    };
    let out = files::named(args.out.as_deref());
    if let (Some(out), Some(text)) = (out.as_ref().filter(|_| !dry_run), &text) {
        files::write(out, text.as_bytes(), &made_of)?;
    }
    Ok(Box::new(Written { name, rundown, list, start, zone, text, out, dry_run }))
}

/// Asks when the event starts.
///
/// # Errors
/// Why that is unknown, in words.
async fn start_of_event(context: &Context) -> Result<ServerTime, String> {
    if context.settings.server().is_err() {
        return Err("nothing says when the event starts".to_owned());
    }
    let asked = async {
        let server = context.reader()?.with_timeout(context.settings.timeout.min(START_TIMEOUT));
        Ok::<_, Error>(server.state(&context.settings.event).await?.body.starts_at)
    };
    asked.await.map_err(|error| format!("the server does not say when the event starts: {error}"))
}

/// Returns the event's rundown with what its server has for the crew; `None` if they cannot be read just now.
async fn said_of_event(context: &Context) -> Option<(Rundown, Crew)> {
    let live = Live::read(context).await.ok()?;
    let rundown = live.rundown().ok()?.clone();
    let crew = crew(&rundown, live.notes(context).await);
    Some((rundown, crew))
}

/// Puts what is said about cues in the order of the rundown's.
fn crew(rundown: &Rundown, notes: Notes) -> Crew {
    let mut said: HashMap<String, CueNotes> = notes.cues.into_iter().map(|said| (said.cue.clone(), said)).collect();
    let of = |cue: &Cue| {
        let CueNotes { note, owner, group, flags, .. } = said.remove(cue.id())?;
        Some(CrewNote { note, owner, group, flags })
    };
    Crew { notes: rundown.cues().iter().map(of).map(Option::unwrap_or_default).collect(), ..Crew::default() }
}

/// Makes the list, with times of day if it is known when the event starts.
fn list(rundown: &Rundown, crew: &Crew, start: Option<ServerTime>, zone: TimeZone) -> List {
    let list = List::new(rundown, crew, |position| start.map(|start| time_of_day(start, position, zone)));
    match start {
        Some(start) => {
            let at = zone.at(start).format("%Y-%m-%d %H:%M:%S %:z");
            list.with_fact(format!("starts {at} ({})", zone.name()))
        }
        None => list,
    }
}

/// Returns the time of day at which a position is reached if nobody holds the event, to the nearest second; with how many days
/// later than the start it is, as `00:15:00 +1`.
fn time_of_day(start: ServerTime, position: Position, zone: TimeZone) -> String {
    let at = zone.at(start + (position - Position::START) + HALF_SECOND);
    let days = (at.date_naive() - zone.at(start).date_naive()).num_days();
    let time = at.format("%H:%M:%S");
    if days == 0 { time.to_string() } else { format!("{time} {days:+}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_those_of_the_zone_and_count_days() {
        let berlin: TimeZone = "Europe/Berlin".parse().unwrap();
        // 2024-03-30 23:30 in Berlin; at 2:00 the clocks go to 3:00.
        let start = ServerTime::from_millis(1_711_837_800_000);
        let at = |ms| time_of_day(start, Position::from_millis(ms), berlin);
        assert_eq!(at(0), "23:30:00");
        assert_eq!(at(1_499), "23:30:01");
        assert_eq!(at(1_500), "23:30:02");
        assert_eq!(at(-1_800_000), "23:00:00");
        assert_eq!(at(30 * 60_000), "00:00:00 +1");
        assert_eq!(at(150 * 60_000), "03:00:00 +1");
        assert_eq!(at(25 * 3_600_000), "01:30:00 +2");
        assert_eq!(time_of_day(start, Position::START, "UTC".parse().unwrap()), "22:30:00");
    }
}
