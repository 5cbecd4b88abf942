//! `load`: many viewers at once, and what they measure.

mod latencies;
mod memory;
mod plan;
mod report;
pub(crate) mod room;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use downbeat_api::{Client, ServerUrl, clock};
use downbeat_core::cueing::CueKey;
use downbeat_core::{Command, EventName, Request, Seed, Span};
use downbeat_sheet::Rundown;
use downbeat_viewer::EventClient;
use downbeat_viewer::load::{self, LoadTest, SentPause};
use downbeat_wire::StateBody;
use serde_json::{Map, Value, json};

use crate::cli::{Global, LoadArgs};
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::{Output, Report};
use crate::profile::{Flags, Settings};
use crate::text::{self, Table};
use plan::LoadPlan;
use report::{LoadReport, Measured, Place};

/// A load test, done or (with `--dry-run`) only shown.
pub(crate) struct Load(Outcome);

enum Outcome {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value>, plan: LoadPlan },
    /// Done.
    Done(Box<LoadReport>),
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
            format!("{url} is not this machine, and {} would load it", text::count(args.viewers() as usize, "viewer")),
            "give --i-own-this if it is yours to load",
        ));
    }
    let plan = LoadPlan::new(&args)?;
    let state = context.reader()?.state(&context.settings.event).await?.body;
    if state.live_url.is_none() {
        return Err(Error::invalid(
            format!("{url} does not push: its state has no liveUrl"),
            "deploy the worker of the same release as this program",
        ));
    }
    let rundown = rundown(&context, &state).await?;
    let cues = rundown.as_ref().map_or(0, |rundown| rundown.cues().len());
    let mut screen = context.screen(Some(&state));
    plan.show(&mut screen, cues);
    if context.dry_run {
        return Ok(Load(Outcome::Planned { screen, place: context.place(), plan }));
    }
    let pause = planned_pause(&context, &plan, &screen)?;

    let seed = Seed::from_parts(&[&downbeat_api::random::<16>()?]);
    let measured = measure(&url, &context, &plan, plan.for_viewers(cues, seed), pause).await?;
    let place = Place {
        json: context.place(),
        screen: context.screen(Some(&state)),
        resume: context.command_line(&["resume"]),
    };
    Ok(Load(Outcome::Done(Box::new(LoadReport::new(place, plan, measured, &jittered(rundown.as_ref()))))))
}

/// Returns the event's rundown, if it has one.
async fn rundown(context: &Context, state: &StateBody) -> Result<Option<Rundown>, Error> {
    let Some(digest) = state.rundown else { return Ok(None) };
    let bytes = context.reader()?.rundown(&context.settings.event, digest).await?;
    Ok(Rundown::parse(&bytes).ok())
}

/// Returns the cues that viewers spread on purpose.
fn jittered(rundown: Option<&Rundown>) -> BTreeSet<CueKey> {
    let cues = rundown.into_iter().flat_map(Rundown::cues);
    cues.filter(|cue| cue.jitter() > Span::ZERO).map(downbeat_sheet::rundown::Cue::key).collect()
}

/// A pause, ready to be sent.
struct PlannedPause {
    after: Span,
    server: Client,
    event: EventName,
    request: Request,
}

/// Asks for a yes if the event is to be paused, and returns the pause; otherwise only shows the screen.
fn planned_pause(context: &Context, plan: &LoadPlan, screen: &Table) -> Result<Option<PlannedPause>, Error> {
    let Some(after) = plan.pause_after else {
        if !context.output.quiet && !context.output.json {
            context.output.show(screen);
        }
        return Ok(None);
    };
    let event = context.settings.event.clone();
    let gate = Gate::new(context.yes, context.settings.confirm, true, &event);
    confirm::pass(&gate, screen, "Load it, and pause the event?", context.output)?;
    let request = Request {
        id: downbeat_api::new_id()?,
        command: Command::Pause { message: None },
        actor: context::actor(None),
        reason: Some("downbeat load".to_owned()),
        if_rev: None,
        at: None,
    };
    Ok(Some(PlannedPause { after, server: context.operator()?, event, request }))
}

impl PlannedPause {
    async fn send(self) -> Result<SentPause, Error> {
        let Self { server, event, request, .. } = self;
        let sent = clock::monotonic();
        let answer = server.command(&event, &request).await?.body;
        Ok(SentPause { sent, answered: clock::monotonic(), answer })
    }
}

/// Runs the load test.
async fn measure(
    url: &ServerUrl,
    context: &Context,
    plan: &LoadPlan,
    viewers: load::Plan,
    pause: Option<PlannedPause>,
) -> Result<Measured, Error> {
    let client = Arc::new(EventClient::connect(url, context.settings.event.clone()).await?);
    let test = LoadTest::start(&client, &viewers).await?;
    let started = clock::monotonic();
    let (connected, arrived_within) = (test.connected(), test.arrived_within());
    context.output.remark(&format!(
        "{} of {} viewers connected after {}\n",
        text::thousands(connected as u64),
        text::thousands(u64::from(plan.viewers)),
        text::span(arrived_within)
    ));
    let mut sent_pause = None;
    if let Some(pause) = pause {
        tokio::time::sleep_until(clock::instant(started + pause.after)).await;
        let sent = pause.send().await?;
        let after = text::fine(sent.answered - sent.sent);
        context.output.remark(&format!("paused (rev {}) after {after}\n", sent.answer.rev));
        sent_pause = Some(sent);
    }
    tokio::time::sleep_until(clock::instant(started + plan.duration)).await;
    let following = test.following();
    Ok(Measured { recording: test.finish().await, arrived_within, following, pause: sent_pause })
}

impl Report for Load {
    fn json(&self) -> Map<String, Value> {
        match &self.0 {
            Outcome::Planned { place, plan, .. } => {
                let mut json = place.clone();
                json.insert("dryRun".to_owned(), json!(true));
                json.extend(plan.json());
                json
            }
            Outcome::Done(report) => report.json(),
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Outcome::Planned { screen, .. } => writeln!(f, "{screen}dry run: no viewer was started"),
            Outcome::Done(report) => report.human(f),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Outcome::Planned { .. } => self.human(f),
            Outcome::Done(report) => report.quiet(f),
        }
    }

    fn failure(&self) -> Option<crate::output::Failure> {
        match &self.0 {
            Outcome::Planned { .. } => None,
            Outcome::Done(report) => report.failure(),
        }
    }
}
