//! `load --room`: many members of one room at once, and what they measure.

mod report;

use downbeat_api::{Client, ServerUrl, clock};
use downbeat_core::{Seed, Span};
use downbeat_viewer::room::{RoomPlan, RoomTest};
use downbeat_wire::room::Invitation;
use serde_json::{Map, Value, json};

use crate::cli::{Global, LoadArgs, LoadRoom};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Output, Report, members};
use crate::profile::{Flags, Settings};
use crate::room_link::RoomLink;
use crate::text::{self, Table};
use report::{Limits, RoomReport};

/// The members that come per second unless `--arrive` is given: 50.
const ARRIVALS_PER_SECOND: i64 = 50;

/// A load test of a room, done or (with `--dry-run`) only shown.
pub(crate) enum RoomLoad {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value> },
    /// Done.
    Done(Box<RoomReport>),
}

/// Has members come, act and leave, and measures.
pub(crate) async fn run(args: LoadArgs, global: &Global, output: Output) -> Result<RoomLoad, Error> {
    let links =
        args.room.iter().map(|LoadRoom(link)| RoomLink::find(link.clone(), None)).collect::<Result<Vec<_>, _>>()?;
    let first = links[0].clone();
    if let Some(other) = links.iter().find(|link| link.room != first.room) {
        return Err(Error::usage(
            format!("{} and {} are two rooms", first.room, other.room),
            "give links of one room; load each by a command of its own",
        ));
    }
    let invitations = links.iter().map(|link| link.invitation().cloned()).collect::<Result<Vec<Invitation>, _>>()?;
    let flags = global.flags();
    let flags = first.flags(Flags { server: args.url.clone().or(flags.server), ..flags });
    let settings = Settings::load(&flags)?;
    let context = Context { settings, output, yes: global.yes, dry_run: global.dry_run };
    let url = context.settings.server()?.clone();
    let count = args.members.unwrap_or_default();
    if !url.is_loopback() && !args.i_own_this {
        return Err(Error::usage(
            format!("{url} is not this machine, and {} would load it", text::count(count as usize, "member")),
            "give --i-own-this if it is yours to load",
        ));
    }
    let state = context.client()?.room(&first.room, &invitations[0]).await?.body;
    let seed = match args.seed {
        Some(seed) => seed,
        None => u64::from_le_bytes(downbeat_api::random()?),
    };
    let plan = RoomPlan {
        members: count,
        invitations,
        arrival: args.arrive.unwrap_or(Span::from_millis(i64::from(count) * 1_000 / ARRIVALS_PER_SECOND)),
        settle: args.settle,
        stalls_per_minute: args.stall,
        gestures_per_minute: args.gestures,
        leaves_per_second: args.churn,
        seed: Seed::new(seed),
    };
    let mut screen = context.screen(Some(&state));
    show(&mut screen, &plan, args.duration(), seed);
    let mut place = context.place();
    place.extend(members(json!({
        "members": count, "arrival": plan.arrival, "duration": args.duration(), "stall": args.stall,
        "gestures": args.gestures, "churn": args.churn, "seed": seed,
    })));
    if context.dry_run {
        return Ok(RoomLoad::Planned { screen, place });
    }
    if !output.quiet && !output.json {
        output.show(&screen);
    }
    let limits = Limits { members: count, wait: state.room.as_ref().and_then(|room| room.wait_max) };
    let report = measure(&context, &url, plan, args.duration(), limits, place).await?;
    Ok(RoomLoad::Done(Box::new(report)))
}

fn show(screen: &mut Table, plan: &RoomPlan, duration: Span, seed: u64) {
    screen.line("load", format!("{} members, who come over {}", plan.members, text::span(plan.arrival)));
    screen.line("duration", text::span(duration));
    let rates = format!(
        "{} stalls and {} gestures a minute, {} members leave a second",
        plan.stalls_per_minute, plan.gestures_per_minute, plan.leaves_per_second
    );
    screen.line("rates", rates);
    screen.line("seed", seed.to_string());
}

/// Runs the load test.
async fn measure(
    context: &Context,
    url: &ServerUrl,
    plan: RoomPlan,
    duration: Span,
    limits: Limits,
    place: Map<String, Value>,
) -> Result<RoomReport, Error> {
    let (room, invitation) = (context.settings.event.clone(), plan.invitations[0].clone());
    let client: Client = context.client()?;
    let test = RoomTest::start(url, &room, plan).await?;
    let arrived_within = test.arrived_within();
    context.output.remark(&format!(
        "{} of {} in the room after {}\n",
        test.present(),
        text::count(limits.members as usize, "member"),
        text::span(arrived_within)
    ));
    let controllers = test.controllers();
    tokio::time::sleep_until(clock::instant(clock::monotonic() + duration)).await;
    let summary = test.finish().await.summary();
    let state = client.room(&room, &invitation).await?.body;
    Ok(RoomReport { place, screen: context.screen(Some(&state)), limits, arrived_within, controllers, summary })
}

impl Report for RoomLoad {
    fn json(&self) -> Map<String, Value> {
        match self {
            Self::Planned { place, .. } => {
                let mut json = place.clone();
                json.insert("dryRun".to_owned(), json!(true));
                json
            }
            Self::Done(report) => report.json(),
        }
    }

    fn human(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: no member was started"),
            Self::Done(report) => report.human(f),
        }
    }

    fn quiet(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Planned { .. } => self.human(f),
            Self::Done(report) => report.quiet(f),
        }
    }

    fn failure(&self) -> Option<crate::output::Failure> {
        match self {
            Self::Planned { .. } => None,
            Self::Done(report) => report.failure(),
        }
    }
}
