//! Publishing to a store and rolling back in it, as a command goes: look, plan, ask, do, see it arrive.

use downbeat_core::{Digest, EventName, Rev, Span};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::Publication;
use downbeat_wire::publication::{pointer_key, rundown_key};
use serde_json::{Map, Value, json};

use super::freeze::{Freeze, Show};
use super::look::{Look, look};
use super::plan::{self, Plan, PlanKind, Present, Shown, Stored, changes};
use super::public::{self, PublicUrl};
use super::published::{Finished, Published};
use super::purge::{self, Zone};
use super::steps::{self, Signature, Wanted, fault};
use super::store::Store;
use super::target::Target;
use crate::cli::{Attribution, CommandOptions, ReleaseArgs, TargetArgs};
use crate::clock;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::edge::Seen;
use crate::error::Error;
use crate::instant;
use crate::output::{Output, Report, members};
use crate::sheets;
use crate::text;
use crate::zone;

/// What is to be released: a rundown, and where it comes from.
pub(crate) struct Offer {
    pub(crate) wanted: Wanted,
    pub(crate) rundown: Rundown,
    /// For the screen.
    pub(crate) source: String,
}

impl Offer {
    /// Offers what a sheet was compiled to.
    pub(crate) fn of(sheet: &sheets::Sheet) -> Result<Self, Error> {
        let rundown = sheet.rundown()?.clone();
        let wanted = Wanted { digest: rundown.digest(), bytes: rundown.to_bytes() };
        let source = format!("{}: {}", sheet.name, sheets::summary(&rundown));
        Ok(Self { wanted, rundown, source })
    }
}

/// Returns where a command goes: what the flag says, else the environment, else the profile, else the worker.
pub(crate) fn target(context: &Context, args: &TargetArgs) -> Target {
    args.target.clone().or_else(|| context.settings.publishing.target.clone()).unwrap_or_default()
}

/// Returns the store a command goes to; nothing for the worker.
pub(crate) fn store(context: &Context, args: &TargetArgs) -> Result<Option<Store>, Error> {
    Ok(Store::open(&target(context, args), context.settings.timeout)?)
}

/// Where viewers see what is published, and whose copies are purged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outlet {
    pub(crate) url: Option<PublicUrl>,
    pub(crate) zone: Option<Zone>,
    origin: Option<String>,
}

impl Outlet {
    /// Returns what the flags say, else the profile. What the profile says of its own target does not hold for another.
    pub(crate) fn of(context: &Context, args: &ReleaseArgs) -> Self {
        let publishing = &context.settings.publishing;
        let own = args.to.target.is_none() || args.to.target == publishing.target;
        let url = args.public_url.clone().or_else(|| publishing.public_url.clone().filter(|_| own));
        let zone = args.purge_zone.clone().or_else(|| publishing.purge_zone.clone().filter(|_| own));
        Self { url, zone, origin: args.origin.clone() }
    }

    /// Checks, as a page would, that a rundown can be loaded from `url`.
    pub(crate) async fn check(&self, url: &str, wanted: &Wanted) -> Result<Vec<String>, Error> {
        public::check(url, wanted.digest, self.origin.as_deref()).await
    }

    /// Has the copies of the pointer forgotten, where anybody keeps some; what goes wrong is no more than a remark.
    pub(crate) async fn purge(&self, plan: &Plan, output: Output) -> Option<Result<(), String>> {
        let purged = purge::purge(self.zone.as_ref()?, plan.public.as_ref()?).await;
        if let Err(why) = &purged {
            output.remark(&format!("warning: Cloudflare's copies were not purged: {why}\n"));
        }
        Some(purged)
    }
}

/// Judges whether the rundown may be changed now. `duration` says how long the event lasts where no server knows.
pub(crate) async fn freeze(
    context: &Context,
    args: &ReleaseArgs,
    duration: Option<Span>,
) -> Result<(Freeze, downbeat_core::ServerTime), Error> {
    let Some(lead) = args.freeze.or(context.settings.publishing.freeze) else {
        return Ok((Freeze::Off, clock::wall()));
    };
    if let Some(given) = &args.starts_at {
        let now = clock::wall();
        let starts_at = instant::parse(given, zone::Zone::Local, now)?;
        let show = Show { starts_at, ends_at: duration.map(|duration| starts_at + duration) };
        return Ok((Freeze::of(show, lead, now), now));
    }
    if context.settings.server().is_err() {
        return Err(Error::usage(
            "--freeze needs to know when the event starts, and nothing says so",
            "give --starts-at TIME, or the server that has the event (--server, or a profile of downbeat.toml)",
        ));
    }
    let reading = context.reader()?.state(&context.settings.event).await?;
    let now = reading.clock.now();
    let show = Show { starts_at: reading.body.starts_at, ends_at: reading.body.ended_at };
    Ok((Freeze::of(show, lead, now), now))
}

/// Refuses what a freeze does not allow.
pub(crate) fn respect(plan: &Plan, args: &ReleaseArgs) -> Result<(), Error> {
    if !matches!(plan.freeze, Freeze::Frozen { .. }) || args.override_freeze || plan.changes_nothing() {
        return Ok(());
    }
    let error = Error::refused(
        "frozen",
        format!("the rundown of {} is {}", plan.event, plan.freeze.told(plan.now)),
        "wait until it opens, or give --override-freeze with --reason TEXT",
    );
    Err(error.with("freeze", json!(plan.freeze.json())))
}

/// A release that was looked at and planned.
pub(crate) struct Release<'a> {
    context: &'a Context,
    args: &'a ReleaseArgs,
    store: &'a Store,
    look: Look,
    offer: Offer,
    outlet: Outlet,
    plan: Plan,
}

impl<'a> Release<'a> {
    /// Looks at the store and plans what to do.
    ///
    /// # Errors
    /// [`Error::refused`] if the pointer is no longer at `--if-rev`.
    pub(crate) async fn prepare(
        context: &'a Context,
        args: &'a ReleaseArgs,
        attribution: &Attribution,
        store: &'a Store,
        offer: Offer,
    ) -> Result<Self, Error> {
        let event = &context.settings.event;
        let outlet = Outlet::of(context, args);
        if outlet.zone.is_some() && outlet.url.is_none() {
            return Err(Error::usage(
                "purging needs the URL to purge, and nothing says where viewers see the pointer",
                "give --public-url URL as well, or publicUrl in the profile",
            ));
        }
        let look = look(store, event).await?;
        stale(event, &look, attribution.if_rev)?;
        let before = match look.rundown() {
            Some(digest) => store.read(&rundown_key(digest)).await?.and_then(|found| Rundown::parse(&found.bytes).ok()),
            None => None,
        };
        let present = look.present.as_ref().map(|present| &present.publication);
        let (freeze, now) =
            freeze(context, args, offer.rundown.duration().or(before.as_ref().and_then(Rundown::duration))).await?;
        let found = store.read(&rundown_key(offer.wanted.digest)).await?;
        let there = present.is_some_and(|present| present.rundown == offer.wanted.digest);
        let plan = Plan {
            target: store.name().to_owned(),
            environment: context.settings.profile.clone(),
            event: event.clone(),
            source: offer.source.clone(),
            rundown: offer.wanted.digest,
            bytes: offer.wanted.bytes.len(),
            cues: offer.rundown.cues().len(),
            present: present.map(|present| Present {
                rundown: Some(present.rundown),
                summary: before.as_ref().map(sheets::summary),
                rev: present.rev,
                by: Some((present.actor.clone(), present.at)),
            }),
            next: (!there).then(|| look.next_rev()),
            stored: match fault(store, found.as_ref(), &offer.wanted) {
                None => Stored::There,
                Some(_) if found.is_none() => Stored::Missing,
                Some(why) => Stored::Wrong(why),
            },
            heals: look.present.as_ref().filter(|present| !present.in_history).map(|present| present.publication.rev),
            changes: changes(before.as_ref(), &offer.rundown),
            under_way: None,
            freeze,
            now,
            public: outlet.url.as_ref().map(|url| url.of(&pointer_key(event))),
            purge: outlet.zone.as_ref().map(ToString::to_string),
            kind: if store.keeps_headers() { PlanKind::Bucket } else { PlanKind::Folder },
        };
        Ok(Self { context, args, store, look, offer, outlet, plan })
    }

    /// Returns only the plan.
    pub(crate) fn shown(self, dry_run: bool) -> plan::Shown {
        Shown { plan: self.plan, dry_run }
    }

    /// Asks, and carries it out.
    pub(crate) async fn carry_out(self, options: &CommandOptions, question: &str) -> Result<Published, Error> {
        let Self { context, args, store, ref look, ref plan, ref offer, ref outlet } = self;
        if context.dry_run {
            return Ok(Published::Planned(Box::new(self.shown(true))));
        }
        if options.at.is_some() {
            return Err(Error::usage("a store's pointer moves at once; it knows no --at", "run it at that time"));
        }
        respect(plan, args)?;
        let event = &context.settings.event;
        let gate = Gate::new(context.yes, context.settings.confirm, false, event);
        let check = async || match &outlet.url {
            Some(url) => outlet.check(&url.of(&rundown_key(offer.wanted.digest)), &offer.wanted).await,
            None => Ok(Vec::new()),
        };
        let present = look.present.as_ref().map(|present| &present.publication);
        if let (Some(present), Some(id)) = (present, &options.id)
            && present.nonce == *id
            && !plan.changes_nothing()
        {
            return Err(Error::invalid(
                format!("--id {id} is that of rev {}, which published another rundown", present.rev),
                "leave --id out, or give a new one",
            ));
        }
        if let Some(present) = present.filter(|_| plan.changes_nothing()) {
            if plan.heals.is_some() || plan.stored != Stored::There {
                confirm::pass(&gate, &plan.screen(), "Finish it?", context.output)?;
            }
            let (healed, put) = steps::finish(store, event, look, &offer.wanted).await?;
            let seen = self.seen(present).await;
            let finished = Finished { rundown: present.rundown, rev: present.rev, healed, put, seen: seen.clone() };
            return self.judged(Published::Already { finished, place: self.place() }, present.rev, seen.as_ref(), None);
        }
        confirm::pass(&gate, &plan.screen(), question, context.output)?;
        let signature = Signature {
            nonce: match &options.id {
                Some(id) => id.clone(),
                None => downbeat_api::new_id()?,
            },
            actor: context::actor(options.attribution.actor.as_deref()),
            reason: options.attribution.reason.clone(),
        };
        let done = steps::publish(store, event, look, &offer.wanted, &signature, check).await?;
        for warning in &done.warnings {
            context.output.remark(&format!("warning: {warning}\n"));
        }
        let purged = outlet.purge(plan, context.output).await;
        let seen = self.seen(&done.publication).await;
        let (rev, undo) = (done.publication.rev, self.undo(&done.publication));
        let published = Published::Pointed {
            stored: plan.stored == Stored::Missing,
            cues: plan.cues,
            public: plan.public.clone(),
            done: Box::new(done),
            purged,
            seen: seen.clone(),
            undo: undo.clone(),
            place: self.place(),
        };
        self.judged(published, rev, seen.as_ref(), undo)
    }

    /// Waits until viewers see a publication, if anything says where.
    async fn seen(&self, publication: &Publication) -> Option<Seen> {
        let url = self.plan.public.as_ref()?;
        Some(public::wait(url, publication, self.context.settings.timeout).await)
    }

    /// Turns what viewers do not see into the failure that it is.
    fn judged(
        &self,
        published: Published,
        rev: Rev,
        seen: Option<&Seen>,
        undo: Option<String>,
    ) -> Result<Published, Error> {
        let (Some(seen), Some(url)) = (seen.filter(|seen| !seen.seen), &self.plan.public) else { return Ok(published) };
        let last = match seen.rev {
            Some(last) => format!("it shows rev {last}"),
            None => "it shows no pointer".to_owned(),
        };
        let undo = undo.map(|undo| format!("\ntake it back with: {undo}")).unwrap_or_default();
        let error = Error::unseen(
            format!("the pointer is moved to rev {rev}, but not seen at {url} after {}: {last}", text::span(seen.ms)),
            format!(
                "check that the public URL leads to the target, and what caches it on the way; the same command looks again{undo}"
            ),
        );
        Err(error.with_more(published.json()))
    }

    /// Returns the command line that goes back to the rundown before.
    fn undo(&self, publication: &Publication) -> Option<String> {
        let to = text::short(publication.previous?);
        let rev = publication.rev.to_string();
        let target = self.args.to.target.as_ref().map(ToString::to_string);
        let mut words = vec!["cues", "rollback", "--to", &to, "--if-rev", &rev];
        if let Some(target) = &target {
            words.extend(["--target", target]);
        }
        let url = self.args.public_url.as_ref().map(ToString::to_string);
        if let Some(url) = &url {
            words.extend(["--public-url", url]);
        }
        Some(self.context.command_line(&words))
    }

    fn place(&self) -> Map<String, Value> {
        place(self.context, self.store)
    }
}

/// Says where a command went, as members of a JSON object.
pub(crate) fn place(context: &Context, store: &Store) -> Map<String, Value> {
    members(json!({ "profile": context.settings.profile, "target": store.name(), "event": context.settings.event }))
}

/// Refuses what was decided at another revision than the one that is there.
fn stale(event: &EventName, look: &Look, if_rev: Option<Rev>) -> Result<(), Error> {
    let Some(if_rev) = if_rev.filter(|if_rev| look.rev() != Some(*if_rev)) else { return Ok(()) };
    let Some(present) = &look.present else {
        return Err(Error::refused(
            "stale",
            format!("the rundown of {event} is not at rev {if_rev}: there is no pointer"),
            "\"downbeat cues history\" shows what was published",
        ));
    };
    Err(steps::moved(event, &format!("at rev {if_rev}"), &present.publication))
}

/// Reads a rundown that is to be published again.
///
/// # Errors
/// [`Error::differs`] if it is not there or not what its name says.
pub(crate) async fn load(store: &Store, digest: Digest) -> Result<(Wanted, Rundown), Error> {
    let key = rundown_key(digest);
    let gone = |why: String| {
        super::differs(
            format!("{key} in {} cannot be published again: {why}", store.name()),
            "publish its sheet instead; \"downbeat cues verify\" shows what else is missing",
        )
    };
    let found = store.read(&key).await?.ok_or_else(|| gone("it is not there, a gc may have deleted it".to_owned()))?;
    if digest_of(&found.bytes) != digest {
        return Err(gone("its bytes have another SHA-256".to_owned()));
    }
    let rundown = Rundown::parse(&found.bytes).map_err(|error| gone(error.to_string()))?;
    Ok((Wanted { digest, bytes: found.bytes }, rundown))
}
