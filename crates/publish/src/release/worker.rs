//! Publishing to the event's own server: the same steps, with the server as the store and its revision as the pointer's.

use std::fmt;

use downbeat_core::{Command, Digest, Rev};
use downbeat_sheet::Rundown;
use downbeat_wire::{Route, StateBody};
use serde_json::{Map, Value, json};

use super::plan::{Plan, PlanKind, Present, Shown, Stored, changes};
use super::release::{Offer, Outlet, freeze, respect};
use crate::change::{self, Change, Wish};
use crate::cli::{Attribution, CommandOptions, ReleaseArgs};
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::{Afterword, Report, members};
use crate::preview::Standing;
use crate::server::{Reading, Server};
use crate::sheets;

/// A release that was looked at and planned.
pub(crate) struct Release<'a> {
    context: &'a Context,
    args: &'a ReleaseArgs,
    server: &'a Server,
    state: StateBody,
    offer: Offer,
    outlet: Outlet,
    plan: Plan,
}

impl<'a> Release<'a> {
    /// Plans what to do, from the state of the event.
    ///
    /// # Errors
    /// [`Error`] if the event is no longer at `--if-rev`.
    pub(crate) async fn prepare(
        context: &'a Context,
        args: &'a ReleaseArgs,
        attribution: &Attribution,
        server: &'a Server,
        reading: Reading<StateBody>,
        offer: Offer,
    ) -> Result<Self, Error> {
        let Reading { body: state, clock } = reading;
        let event = &context.settings.event;
        if let Some(if_rev) = attribution.if_rev.filter(|if_rev| *if_rev != state.rev) {
            let last = change::last_change(server, context).await;
            return Err(change::stale(if_rev, &state, last.as_ref(), server.url().to_string()));
        }
        if args.public_url.is_some() {
            return Err(Error::usage(
                "the server is its own public URL; --public-url is for stores",
                "leave it out, or name a store with --target",
            ));
        }
        let outlet = Outlet::of(context, args);
        let before = match state.rundown {
            Some(digest) => read(context, server, digest).await,
            None => None,
        };
        let there = match server.rundown(event, offer.wanted.digest).await {
            Ok(bytes) => bytes == offer.wanted.bytes,
            Err(error) if error.is(downbeat_wire::Code::UnknownRundown) => false,
            Err(error) => return Err(error.into()),
        };
        let (freeze, now) = freeze(context, args, None).await?;
        let standing = Standing::of(&state, clock.now()).map_err(|error| context::broken(server, &error))?;
        let plan = Plan {
            target: "worker:".to_owned(),
            environment: Some(context.environment()),
            event: event.clone(),
            source: offer.source.clone(),
            rundown: offer.wanted.digest,
            bytes: offer.wanted.bytes.len(),
            cues: offer.rundown.cues().len(),
            present: Some(Present {
                rundown: state.rundown,
                summary: before.as_ref().map(sheets::summary),
                rev: state.rev,
                by: None,
            }),
            next: (state.rundown != Some(offer.wanted.digest)).then(|| state.rev.next()),
            stored: if there { Stored::There } else { Stored::Missing },
            heals: None,
            changes: changes(before.as_ref(), &offer.rundown),
            under_way: standing.under_way(),
            freeze,
            now,
            public: Some(server.url_of(&Route::RundownPointer(event.clone()))),
            purge: outlet.zone.as_ref().map(ToString::to_string),
            kind: PlanKind::Worker,
        };
        Ok(Self { context, args, server, state, offer, outlet, plan })
    }

    /// Returns only the plan.
    pub(crate) fn shown(self, dry_run: bool) -> Shown {
        Shown { plan: self.plan, dry_run }
    }

    /// Asks, and carries it out: store the rundown, load it as a page does, point the event at it.
    pub(crate) async fn carry_out(self, options: &CommandOptions, question: &str) -> Result<Published, Error> {
        let Self { context, args, server, ref state, ref plan, ref offer, ref outlet } = self;
        if context.dry_run {
            return Ok(Published::Planned(Box::new(self.shown(true))));
        }
        let (event, digest) = (&context.settings.event, offer.wanted.digest);
        if plan.changes_nothing() {
            let repaired = plan.stored == Stored::Missing;
            if repaired {
                server.put_rundown(event, digest, offer.wanted.bytes.clone()).await?;
            }
            return Ok(Published::Already { rundown: digest, repaired, place: context.place() });
        }
        respect(plan, args)?;
        let gate = Gate::new(context.yes, context.settings.confirm, false, event);
        confirm::pass(&gate, &plan.screen(), question, context.output)?;
        let stored = server.put_rundown(event, digest, offer.wanted.bytes.clone()).await?;
        let warnings = outlet.check(&server.url_of(&Route::Rundown(event.clone(), digest)), &offer.wanted).await?;
        for warning in warnings {
            context.output.remark(&format!("warning: {warning}\n"));
        }
        let change = point(context, options, digest, state.rev).await?;
        let purged = outlet.purge(plan, context.output).await;
        Ok(Published::Pointed { rundown: digest, bytes: plan.bytes, cues: plan.cues, stored, purged, change })
    }
}

/// Points the event at a rundown, without asking: that was done.
async fn point(context: &Context, options: &CommandOptions, digest: Digest, rev: Rev) -> Result<Change, Error> {
    let wish = Wish {
        name: "rundown",
        question: "",
        command: &|_| Ok(Command::Rundown { rundown: Some(digest) }),
        lines: Vec::new(),
        undo: None,
    };
    let attribution = Attribution { if_rev: Some(rev), ..options.attribution.clone() };
    let options = CommandOptions { attribution, ..options.clone() };
    change::carry_out(&context.assured(), &options, &wish).await
}

/// Reads a rundown of the event, if it can be had.
async fn read(context: &Context, server: &Server, digest: Digest) -> Option<Rundown> {
    server.rundown(&context.settings.event, digest).await.ok().and_then(|bytes| Rundown::parse(&bytes).ok())
}

/// What became of a release.
pub(crate) enum Published {
    /// `--dry-run`.
    Planned(Box<Shown>),
    /// The event has it already.
    Already {
        rundown: Digest,
        /// The rundown was missing, and put again.
        repaired: bool,
        place: Map<String, Value>,
    },
    /// The event is pointed at it.
    Pointed {
        rundown: Digest,
        bytes: usize,
        cues: usize,
        /// It was not there before.
        stored: bool,
        purged: Option<Result<(), String>>,
        change: Change,
    },
}

impl Report for Published {
    fn json(&self) -> Map<String, Value> {
        match self {
            Self::Planned(shown) => shown.json(),
            Self::Already { rundown, repaired, place } => {
                let mut json = place.clone();
                json.extend(members(json!({ "changed": false, "rundown": rundown, "repaired": repaired })));
                json
            }
            Self::Pointed { rundown, bytes, cues, stored, purged, change } => {
                let purged =
                    purged.as_ref().map(|purged| json!({ "done": purged.is_ok(), "why": purged.as_ref().err() }));
                let mut json = change.json();
                json.extend(members(json!({
                    "changed": true, "rundown": rundown, "bytes": bytes, "cues": cues, "stored": stored, "purged": purged,
                })));
                json
            }
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned(shown) => shown.human(f),
            Self::Already { rundown, repaired: true, .. } => writeln!(f, "put rundown {rundown} again: it was missing"),
            Self::Already { rundown, .. } => writeln!(f, "nothing to change: the event has rundown {rundown} already"),
            Self::Pointed { rundown, stored, purged, change, .. } => {
                let note = if *stored { "" } else { " (it was there)" };
                writeln!(f, "stored rundown {rundown}{note}")?;
                if let Some(Ok(())) = purged {
                    writeln!(f, "Cloudflare's copies of the pointer are purged")?;
                }
                change.human(f)
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned(shown) => shown.quiet(f),
            Self::Already { rundown, .. } | Self::Pointed { rundown, .. } => writeln!(f, "{rundown}"),
        }
    }

    fn afterword(&self) -> Option<Afterword<'_>> {
        match self {
            Self::Pointed { change, .. } => change.afterword(),
            Self::Planned(_) | Self::Already { .. } => None,
        }
    }
}
