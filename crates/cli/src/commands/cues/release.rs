//! How `cues publish`, `plan` and `rollback` go: show the plan, ask, release, and say what became of it.

mod misfit;
mod places;
mod plan_screen;
mod published;

use downbeat_api::{Client, Response, Visibility, clock, new_id};
use downbeat_core::{Digest, Position, Rev, ServerTime, Span};
use downbeat_publish::BRIEF;
use downbeat_publish::destination::{Destination, Survey};
use downbeat_publish::emergency;
use downbeat_publish::freeze::{End, FreezeRule};
use downbeat_publish::public::Keeping;
use downbeat_publish::release::{Author, Offer, Options, Outcome, Plan, Pointing, Progress, Release, Released, Stored};
use downbeat_publish::store::Store;
use downbeat_publish::target::Target;
use downbeat_wire::publication::{event_key, rundown_key};
use downbeat_wire::{PublishedEvent, StateBody};
use serde_json::{Map, Value, json};

use crate::change::{self, AcceptedChange, Unseen};
use crate::cli::{Attribution, CommandOptions, ReleaseArgs, TargetArgs};
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Report, members};
use crate::profile;
use crate::standing::Standing;
use crate::time_zone::TimeZone;
use crate::{instant, interrupt, text};
use plan_screen::PlanScreen;
use published::{Beside, Published, PublishedBoth};

pub(crate) use places::Places;

/// How long the server may take to say what is written beside the pointer: 3 s. The rundown is published already.
const EVENT_TIMEOUT: Span = Span::from_millis(3_000);

/// Opens the store at `target`; `None` for the worker.
pub(crate) fn open_store(context: &Context, target: &Target) -> Result<Option<Store>, Error> {
    let store = Store::open(target, &profile::store_credentials(), context.settings.timeout)?;
    Ok(store.map(|store| store.before_writing(interrupt::something_was_sent)))
}

/// Returns where a command goes: what the flag says, otherwise the environment, otherwise the profile, otherwise the
/// event's server.
pub(crate) fn destination(context: &Context, args: &TargetArgs) -> Result<Destination, Error> {
    let target = args.target.clone().or_else(|| context.settings.publishing.target.clone()).unwrap_or_default();
    Ok(match open_store(context, &target)? {
        Some(store) => Destination::Store(store),
        None => Destination::Worker(context.operator()?),
    })
}

/// Returns where a command went, as members of a JSON object.
pub(crate) fn place(context: &Context, destination: &Destination) -> Map<String, Value> {
    match destination {
        Destination::Store(store) => members(json!({
            "profile": context.settings.profile, "target": store.name(), "event": context.settings.event,
        })),
        Destination::Worker(_) => context.place(),
    }
}

/// A rundown to release, with where it comes from, for the screen.
pub(crate) struct Sourced {
    pub(crate) offer: Offer,
    pub(crate) source: String,
}

/// What a release does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Publish,
    Rollback,
}

/// What a release needs besides the rundown.
pub(crate) struct Job<'a> {
    pub(crate) context: &'a Context,
    pub(crate) args: &'a ReleaseArgs,
    pub(crate) places: &'a Places,
    pub(crate) kind: Kind,
}

impl<'a> Job<'a> {
    /// Shows what a release would do.
    pub(crate) async fn plan(
        &self,
        survey: Survey,
        sourced: Sourced,
        attribution: &Attribution,
    ) -> Result<Box<dyn Report>, Error> {
        let source = sourced.source.clone();
        let release = self.prepare(survey, &sourced.offer, attribution, None).await?;
        let beside = self.prepare_beside(&sourced.offer).await?;
        Ok(Box::new(self.screen(&release, beside.as_ref(), &source)?.shown(release.plan(), false)))
    }

    /// Asks, and releases.
    pub(crate) async fn run(
        &self,
        survey: Survey,
        sourced: Sourced,
        options: &CommandOptions,
    ) -> Result<Box<dyn Report>, Error> {
        let Self { context, places, .. } = self;
        let at = self.asked_at(options, &survey)?;
        let source = sourced.source.clone();
        let release = self.prepare(survey, &sourced.offer, &options.attribution, at).await?;
        let beside = self.prepare_beside(&sourced.offer).await?;
        let screen = self.screen(&release, beside.as_ref(), &source)?;
        if context.dry_run {
            return Ok(Box::new(screen.shown(release.plan(), true)));
        }
        if options.at.is_some() && (beside.is_some() || matches!(places.main(), Destination::Store(_))) {
            return Err(Error::usage("a store's pointer moves at once; it knows no --at", "run it at that time"));
        }
        release.check(options.id.as_ref())?;
        if let Some(beside) = &beside {
            beside.check(options.id.as_ref())?;
        }
        let plan = release.plan();
        // A server puts a missing rundown without being asked: nothing that viewers see changes.
        let is_repair = plan.changes_nothing() && matches!(places.main(), Destination::Worker(_));
        let writes_beside = beside.as_ref().is_some_and(|beside| beside.plan().writes());
        if plan.writes() && !is_repair || writes_beside {
            let question = match (plan.changes_nothing(), self.kind) {
                (true, _) => "Finish it?",
                (false, Kind::Publish) => "Publish it?",
                (false, Kind::Rollback) => "Roll back?",
            };
            let gate = Gate::new(context.yes, context.settings.confirm, false, &context.settings.event);
            confirm::pass(&gate, &screen.table(plan), question, context.output)?;
        }
        let author = Author {
            id: match &options.id {
                Some(id) => id.clone(),
                None => new_id()?,
            },
            actor: context::actor(options.attribution.actor.as_deref()),
            reason: options.attribution.reason.clone(),
            is_rollback: self.kind == Kind::Rollback,
        };
        match beside {
            Some(beside) => self.carry_out_both(&release, &beside, author).await,
            None => {
                let outcome = release.carry_out(&author, &self.remarks()).await?;
                if let Destination::Store(store) = places.main() {
                    self.publish_event(store, plan.rundown).await;
                }
                let published = self.published(places.main(), outcome, plan, author)?;
                self.refuse_unpointed(published).map(|published| Box::new(published) as Box<dyn Report>)
            }
        }
    }

    /// Releases to the event and to the store beside it: the store has the rundown before the event names it, and the store's
    /// pointer, which only pages without a server read, follows last.
    async fn carry_out_both(
        &self,
        release: &Release<'_>,
        beside: &Release<'_>,
        author: Author,
    ) -> Result<Box<dyn Report>, Error> {
        let Some(Destination::Store(store)) = self.places.beside() else { unreachable!("a store is beside the event") };
        let plan = release.plan();
        let staged = beside.stage(&self.remarks()).await?;
        let outcome = release.carry_out(&author, &self.remarks()).await?;
        let event = self.published(self.places.main(), outcome, plan, author.clone())?;
        let pointed = async {
            let outcome = beside.carry_out_staged(staged, &author, &self.remarks()).await?;
            self.publish_event(store, plan.rundown).await;
            self.published(self.places.beside().expect("checked above"), outcome, beside.plan(), author)
        };
        match pointed.await {
            Ok(published) => {
                let beside = Beside { store: store.name().to_owned(), published };
                Ok(Box::new(PublishedBoth { event, beside }))
            }
            Err(error) => Err(error
                .after(&format!(
                    "viewers have the rundown, but {}, which pages without a server read, is not up to date",
                    store.name()
                ))
                .with_more(event.json())),
        }
    }

    /// Turns a release to a store alone into the failure that it is: no viewer gets it. The caller may have asked for that.
    fn refuse_unpointed(&self, published: Published) -> Result<Published, Error> {
        if self.args.store_only || matches!(self.places.main(), Destination::Worker(_)) {
            return Ok(published);
        }
        let remedy = "viewers run what their event's server says: name it with --server, DOWNBEAT_SERVER or \"server\" in a profile, \
                      and run the same command again; --store-only says that this was meant";
        let message = format!("{}; but no viewer gets it, since no server was told", published.summary());
        Err(Error::new(Exit::NotPointed, "not-pointed", message).with_hint(remedy).with_more(published.json()))
    }

    /// Prints what should be fixed, as it is found.
    fn remarks(&self) -> impl Fn(Progress<'_>) {
        |progress: Progress<'_>| {
            if let Progress::Warning(warning) = progress {
                self.context.output.remark(&format!("warning: {warning}\n"));
            }
        }
    }

    /// Writes the event beside its pointer, for pages that never reached the server. That it cannot is a remark: the rundown is
    /// published.
    async fn publish_event(&self, store: &Store, rundown: Digest) {
        let Self { context, .. } = self;
        if context.settings.server().is_err() {
            return;
        }
        let written = async {
            let server = context.reader()?.with_timeout(context.settings.timeout.min(EVENT_TIMEOUT));
            let state = server.state(&context.settings.event).await?.body;
            let utc = context.settings.publishing.utc.clone();
            emergency::put_event(store, &PublishedEvent::new(&state, rundown, utc)).await?;
            Ok::<(), Error>(())
        };
        if let Err(error) = written.await {
            let key = event_key(&context.settings.event);
            context
                .output
                .remark(&format!("{key} was not written; only pages need it that never reach the server: {error}\n"));
        }
    }

    /// Plans the release to the event's server, or to the store if there is no server.
    async fn prepare(
        &self,
        survey: Survey,
        offer: &Offer,
        attribution: &Attribution,
        at: Option<ServerTime>,
    ) -> Result<Release<'a>, Error> {
        let main = self.places.main();
        self.refuse_stale(&survey, attribution.if_rev).await?;
        let mut options = self.options(main, offer).await?;
        (options.if_rev, options.at) = (attribution.if_rev, at);
        Ok(Release::prepare(main, &self.context.settings.event, survey, offer.clone(), options).await?)
    }

    /// Plans the release to the store beside the event's server, if there is one.
    async fn prepare_beside(&self, offer: &Offer) -> Result<Option<Release<'a>>, Error> {
        let Some(store) = self.places.beside() else { return Ok(None) };
        let event = &self.context.settings.event;
        let options = self.options(store, offer).await?;
        let survey = store.survey(event).await?;
        Ok(Some(Release::prepare(store, event, survey, offer.clone(), options).await?))
    }

    async fn options(&self, destination: &Destination, offer: &Offer) -> Result<Options, Error> {
        let Self { context, args, .. } = self;
        let settings = &context.settings.publishing;
        // What the profile says about its own target does not apply to another one.
        let is_own = args.to.target.is_none() || args.to.target == settings.target;
        let public_url = args.public_url.clone().or_else(|| settings.public_url.clone().filter(|_| is_own));
        let zone = args.purge_zone.clone().or_else(|| settings.purge_zone.clone().filter(|_| is_own));
        let has_store = self.places.beside().is_some() || matches!(self.places.main(), Destination::Store(_));
        if has_store && zone.is_some() && public_url.is_none() {
            return Err(Error::usage(
                "purging needs the URL to purge, and nothing says where viewers see the pointer",
                "give --public-url URL as well, or publicUrl in the profile",
            ));
        }
        if !has_store && args.public_url.is_some() {
            return Err(Error::usage(
                "the server is its own public URL; --public-url is for stores",
                "leave it out, or name a store with --target",
            ));
        }
        let (freeze, now) = self.freeze().await?;
        let options = Options {
            origin: args.origin.clone(),
            freeze,
            override_freeze: args.override_freeze,
            ..Options::new(now, context.settings.timeout)
        };
        Ok(match destination {
            Destination::Store(_) => Options { public_url, purge: zone.map(profile::purge), ..options },
            Destination::Worker(_) if has_store => {
                let url = public_url.map(|url| url.of(&rundown_key(offer.digest)));
                let url = url.map(|url| url.parse()).transpose();
                let rundown_url = url.map_err(|error| {
                    Error::usage(
                        format!("viewers cannot load from the public URL: {error}"),
                        "give one that pages may load from",
                    )
                })?;
                Options { rundown_url, ..options }
            }
            Destination::Worker(_) => Options { purge: zone.map(profile::purge), ..options },
        })
    }

    /// Refuses a release that was decided at another revision of the event, and says who changed it.
    async fn refuse_stale(&self, survey: &Survey, if_rev: Option<Rev>) -> Result<(), Error> {
        let (Destination::Worker(server), Survey::Worker(reading)) = (self.places.main(), survey) else {
            return Ok(());
        };
        let Some(if_rev) = if_rev.filter(|if_rev| *if_rev != reading.body.rev) else { return Ok(()) };
        let last = change::last_change(server, self.context).await;
        Err(change::stale(if_rev, &reading.body, last.as_ref(), server.url().to_string()))
    }

    /// Returns when the rundown is frozen, and the current time by the same clock.
    async fn freeze(&self) -> Result<(Option<FreezeRule>, ServerTime), Error> {
        let Self { context, args, .. } = self;
        let wall = clock::wall();
        let Some(lead) = args.freeze.or(context.settings.publishing.freeze) else { return Ok((None, wall)) };
        if let Some(given) = &args.starts_at {
            let starts_at = instant::parse(given, TimeZone::Local, wall)?;
            return Ok((Some(FreezeRule { lead, starts_at, end: End::ByRundown }), wall));
        }
        if context.settings.server().is_err() {
            return Err(Error::usage(
                "--freeze needs to know when the event starts, and nothing says so",
                "give --starts-at TIME, or the server that has the event (--server, or a profile of downbeat.toml)",
            ));
        }
        let reading = context.reader()?.state(&context.settings.event).await?;
        let (starts_at, end) = (reading.body.starts_at, End::At(reading.body.ended_at));
        Ok((Some(FreezeRule { lead, starts_at, end }), reading.clock.now()))
    }

    /// Returns when the event gets the rundown, if the caller chose that.
    fn asked_at(&self, options: &CommandOptions, survey: &Survey) -> Result<Option<ServerTime>, Error> {
        let (Some(at), Survey::Worker(reading)) = (&options.at, survey) else { return Ok(None) };
        Ok(Some(instant::parse(at, options.zone(), reading.clock.now())?))
    }

    fn screen(&self, release: &Release<'_>, beside: Option<&Release<'_>>, source: &str) -> Result<PlanScreen, Error> {
        let Self { context, places, .. } = self;
        let purge = release.purge_zone().or_else(|| beside?.purge_zone()).map(ToString::to_string);
        Ok(match (places.main(), release.survey()) {
            (Destination::Worker(server), Survey::Worker(reading)) => PlanScreen {
                target: match places.beside() {
                    Some(Destination::Store(store)) => format!("worker: and {}", store.name()),
                    _ => "worker:".to_owned(),
                },
                environment: Some(context.environment()),
                source: source.to_owned(),
                warnings: misfit::warnings(context, release.plan()),
                under_way: under_way(server, reading)?,
                purge,
                store: beside.map(|beside| plan_screen::store_lines(beside.plan())),
            },
            (Destination::Store(store), _) => PlanScreen {
                target: store.name().to_owned(),
                environment: context.settings.profile.clone(),
                source: source.to_owned(),
                warnings: Vec::new(),
                under_way: None,
                purge,
                store: None,
            },
            (Destination::Worker(_), Survey::Store(_)) => unreachable!("a server is not surveyed through a store"),
        })
    }

    /// Turns the outcome into a report, or into the failure that it is if viewers do not see the change.
    fn published(
        &self,
        destination: &Destination,
        outcome: Outcome,
        plan: &Plan,
        author: Author,
    ) -> Result<Published, Error> {
        let place = place(self.context, destination);
        let (kind, mut warnings) = (plan.kind, misfit::warnings(self.context, plan));
        match outcome {
            Outcome::Finished { rev, healed, put, notes, seen, kept } => {
                let published = Published::Finished {
                    kind,
                    rundown: plan.rundown,
                    rev,
                    healed,
                    put,
                    notes,
                    warnings,
                    seen: seen.clone(),
                    place,
                };
                self.seen_or_failure(published, plan, rev, seen.as_ref().map(|seen| (seen, kept.as_ref())), None)
            }
            Outcome::Released(released) => {
                let Released { change, healed, warnings: found, notes, purged, seen, kept } = *released;
                warnings.extend(found);
                let (rundown, bytes, cues) = (plan.rundown, plan.bytes, plan.cues);
                let stored = plan.stored == Stored::Missing;
                match (change, destination) {
                    (Pointing::Command(answer), Destination::Worker(server)) => {
                        let seen = seen.unwrap_or(Visibility::of_rev(Span::ZERO, None, false));
                        let unseen = (!seen.seen).then_some(Unseen::Revision);
                        let undo = self.undo_both(plan, answer.body.rev);
                        let made = AcceptedChange::new(self.context, server, "rundown", author.id, *answer, seen, undo);
                        let change = made.or_unseen(self.context, server, unseen)?;
                        Ok(Published::Commanded { rundown, bytes, cues, stored, warnings, notes, purged, change })
                    }
                    (Pointing::Pointer(publication), _) => {
                        let (rev, undo) = (publication.rev, self.undo(publication.previous, publication.rev));
                        let published = Published::Pointed {
                            publication,
                            stored,
                            cues,
                            public: plan.public.clone(),
                            healed,
                            warnings,
                            purged,
                            seen: seen.clone(),
                            undo: undo.clone(),
                            place,
                        };
                        self.seen_or_failure(
                            published,
                            plan,
                            rev,
                            seen.as_ref().map(|seen| (seen, kept.as_ref())),
                            undo,
                        )
                    }
                    (Pointing::Command(_), Destination::Store(_)) => unreachable!("a store takes no command"),
                }
            }
        }
    }

    fn seen_or_failure(
        &self,
        published: Published,
        plan: &Plan,
        rev: Rev,
        seen: Option<(&Visibility, Option<&Keeping>)>,
        undo: Option<String>,
    ) -> Result<Published, Error> {
        let (Some((seen, kept)), Some(url)) = (seen.filter(|(seen, _)| !seen.seen), &plan.public) else {
            return Ok(published);
        };
        let last = match seen.rev {
            Some(last) => format!("it shows rev {last}"),
            None => "it shows no pointer".to_owned(),
        };
        let undo = undo.map(|undo| format!("\ntake it back with: {undo}")).unwrap_or_default();
        let remedy = match kept {
            Some(kept) => format!(
                "a cache on the way may answer with that for {} more ({kept}): purge its copy of the pointer (--purge-zone does that \
                 at Cloudflare), and let whatever serves it send Cache-Control {:?}",
                text::span(kept.left()),
                BRIEF.cache_control,
            ),
            None => "check that the public URL leads to the target, and what caches it on the way; purge the caches' copies of it".to_owned(),
        };
        Err(Error::unseen(
            format!("the pointer is moved to rev {rev}, but not seen at {url} after {}: {last}", text::span(seen.ms)),
            format!("{remedy}; the same command looks again{undo}"),
        )
        .with_more(published.json()))
    }

    /// Returns the command line that takes back a release to the event and a store; `None` where `undo` does.
    fn undo_both(&self, plan: &Plan, rev: Rev) -> Option<String> {
        self.places.beside()?;
        self.undo(plan.present.as_ref()?.rundown, rev)
    }

    /// Returns the command line that goes back to the rundown before.
    fn undo(&self, previous: Option<Digest>, rev: Rev) -> Option<String> {
        let to = text::short(previous?);
        let rev = rev.to_string();
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
}

/// Returns how far viewers have got, if the event is under way.
fn under_way(server: &Client, reading: &Response<StateBody>) -> Result<Option<Position>, Error> {
    let standing = Standing::of(&reading.body, reading.clock.now()).map_err(|error| context::broken(server, &error))?;
    Ok(standing.under_way())
}
