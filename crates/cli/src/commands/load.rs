//! `load`: many viewers at once, and what they measure.

mod report;

use std::collections::BTreeSet;
use std::fmt;

use downbeat_core::cueing::CueKey;
use downbeat_core::{Command, Request, Span};
use downbeat_sheet::Rundown;
use downbeat_wire::StateBody;
use serde_json::{Map, Value, json};

use crate::change;
use crate::cli::{Global, LoadArgs};
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::load::{Crowd, Plan};
use crate::output::{Output, Report, members};
use crate::profile::{Flags, Settings};
use crate::text::{self, Table};
use report::Loaded;

/// How many viewers come in a second where nothing else is said: 1,000.
const ARRIVALS: i64 = 1_000;

/// How long a pause is watched at least: 3 s, until it has taken effect and every ack is there.
const AFTER_PAUSE: Span = Span::from_millis(3_000);

/// A run, done or (with `--dry-run`) only shown.
pub(crate) enum Load {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value>, plan: Plan },
    /// Done.
    Done(Box<Loaded>),
}

/// Opens viewers and measures.
pub(crate) async fn run(args: LoadArgs, global: &Global, output: Output) -> Result<Load, Error> {
    let flags = global.flags();
    let flags = Flags { server: args.url.clone().or(flags.server), ..flags };
    let settings = Settings::load(&flags)?;
    let context = Context { settings, output, yes: global.yes, dry_run: global.dry_run };
    let url = context.settings.server()?.clone();
    if !url.is_loopback() && !args.i_own_this {
        return Err(Error::usage(
            format!("{url} is another machine, and {} would load it", text::count(args.viewers as usize, "viewer")),
            "give --i-own-this if it is yours to load",
        ));
    }
    let plan = plan(&args)?;
    let state = context.reader()?.state(&context.settings.event).await?.body;
    if state.live_url.is_none() {
        return Err(Error::invalid(
            format!("{url} does not push: its state names no liveUrl"),
            "deploy the worker anew, from the same release as this program",
        ));
    }
    let rundown = rundown(&context, &state).await?;
    let screen = screen(&context, &state, &plan, rundown.as_ref());
    if context.dry_run {
        return Ok(Load::Planned { screen, place: context.place(), plan });
    }
    let pause = pause(&context, &plan, &screen)?;

    let cues = rundown.as_ref().map_or(0, |rundown| rundown.cues().len());
    let jittered: BTreeSet<CueKey> = rundown
        .iter()
        .flat_map(Rundown::cues)
        .filter(|cue| cue.jitter() > Span::ZERO)
        .map(downbeat_sheet::rundown::Cue::key)
        .collect();
    let crowd = Crowd::gather(plan, &url, &context.settings.event, cues, output, pause).await?;
    let resume = context.command_line(&["resume"]);
    Ok(Load::Done(Box::new(Loaded::of(crowd, &jittered, context.place(), context.screen(Some(&state)), resume))))
}

fn plan(args: &LoadArgs) -> Result<Plan, Error> {
    if let Some(after) = args.pause_after.filter(|after| *after + AFTER_PAUSE > args.duration) {
        return Err(Error::usage(
            format!("a pause after {} would hardly be seen in {}", text::span(after), text::span(args.duration)),
            format!("give --duration {}s or more", (after + AFTER_PAUSE).as_millis().div_euclid(1_000) + 1),
        ));
    }
    let arrival = args.arrive.unwrap_or(Span::from_millis(i64::from(args.viewers) * 1_000 / ARRIVALS));
    Ok(Plan {
        viewers: args.viewers,
        arrival,
        duration: args.duration,
        pause_after: args.pause_after,
        churn: args.churn,
    })
}

/// Returns the event's rundown, if it has one.
async fn rundown(context: &Context, state: &StateBody) -> Result<Option<Rundown>, Error> {
    let Some(digest) = state.rundown else { return Ok(None) };
    let bytes = context.reader()?.rundown(&context.settings.event, digest).await?;
    Ok(Rundown::parse(&bytes).ok())
}

fn screen(context: &Context, state: &StateBody, plan: &Plan, rundown: Option<&Rundown>) -> Table {
    let mut screen = context.screen(Some(state));
    let viewers = text::thousands(u64::from(plan.viewers));
    screen.line("load", format!("{viewers} viewers, who come over {}", text::span(plan.arrival)));
    screen.line("they watch for", text::span(plan.duration));
    let cues = rundown.map_or(0, |rundown| rundown.cues().len());
    screen.line("rundown", text::count(cues, "cue"));
    if plan.churn > 0.0 {
        screen.line("churn", format!("{} connections are dropped in a second", plan.churn));
    }
    if let Some(after) = plan.pause_after {
        screen.line("pause", format!("after {}: the event is held for everybody who watches it", text::span(after)));
    }
    screen
}

/// Asks, if the event is to be paused, and gives what does it.
fn pause(
    context: &Context,
    plan: &Plan,
    screen: &Table,
) -> Result<impl Future<Output = Result<downbeat_wire::CommandAnswer, Error>> + Send + 'static, Error> {
    let server = match plan.pause_after {
        Some(_) => {
            let gate = Gate::new(context.yes, context.settings.confirm, true, &context.settings.event);
            confirm::pass(&gate, screen, "Load it, and pause the event?", context.output)?;
            Some(context.operator()?)
        }
        None => {
            if !context.output.quiet && !context.output.json {
                context.output.show(screen);
            }
            None
        }
    };
    let event = context.settings.event.clone();
    let request = Request {
        id: change::new_id()?,
        command: Command::Pause { message: None },
        actor: context::actor(None),
        reason: Some("downbeat load".to_owned()),
        if_rev: None,
        at: None,
    };
    Ok(async move {
        let server = server.ok_or_else(|| Error::Internal("a pause that was not planned".to_owned()))?;
        Ok(server.command(&event, &request).await?.body)
    })
}

impl Report for Load {
    fn json(&self) -> Map<String, Value> {
        match self {
            Self::Planned { place, plan, .. } => {
                let Plan { viewers, arrival, duration, pause_after, churn } = plan;
                let mut json = place.clone();
                json.extend(members(json!({
                    "dryRun": true, "viewers": viewers, "arrival": arrival, "duration": duration,
                    "pauseAfter": pause_after, "churn": churn,
                })));
                json
            }
            Self::Done(loaded) => loaded.json(),
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was opened"),
            Self::Done(loaded) => loaded.human(f),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned { .. } => self.human(f),
            Self::Done(loaded) => loaded.quiet(f),
        }
    }

    fn failure(&self) -> Option<crate::output::Failure> {
        match self {
            Self::Planned { .. } => None,
            Self::Done(loaded) => loaded.failure(),
        }
    }
}
