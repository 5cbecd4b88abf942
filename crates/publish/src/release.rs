//! Releasing a rundown: plan, put, read back, point, append to the history, wait until viewers see it.
//!
//! The order lets nobody read a pointer to a rundown that does not exist. Each step may be the last one before the power
//! fails. The next run finds what an interrupted one left, and finishes it: a rundown that nothing names is harmless, and
//! a pointer that the history lacks is appended before it is replaced.

mod misfit;
mod plan;
mod reporter;
mod store;
mod worker;

use downbeat_api::Response;
use downbeat_api::Visibility;
use downbeat_api::clock;
use downbeat_core::event::PageUrl;
use downbeat_core::{Command, CommandId, EventName, Rev, ServerTime, Span};
use downbeat_sheet::Rundown;
use downbeat_wire::publication::{pointer_key, rundown_key};
use downbeat_wire::{CommandAnswer, Publication, Route, StoredNotes};

use crate::destination::{Destination, Survey};
use crate::error::PublishError;
use crate::freeze::{Freeze, FreezeRule};
use crate::headers::BRIEF;
use crate::probe;
use crate::public::{Keeping, Page, PublicUrl};
use crate::purge::{Purge, Zone};

pub use crate::offer::Offer;
pub use misfit::Misfit;
pub use plan::{NotesPlan, Plan, PlanKind, Present, Stored};
pub use reporter::{Progress, Reporter};

/// How long after it was put a rundown may be pointed at: 10 min.
///
/// Reason: a `gc` deletes nothing younger than an hour, so a rundown that was just put is safe for this long.
const FRESH: Span = Span::from_millis(10 * 60_000);

/// How a rundown is released.
#[derive(Clone, Debug)]
pub struct Options {
    /// The revision that the caller decided at. Any other is refused.
    pub if_rev: Option<Rev>,
    /// When viewers get the rundown; `None` for as soon as possible. Only a server can wait.
    pub at: Option<ServerTime>,
    /// Where viewers find what is in a store. Without it, nothing is loaded as a page does, and nobody waits until viewers
    /// see the pointer.
    pub public_url: Option<PublicUrl>,
    /// Where the event tells viewers to load the rundown from; `None` for the event's own server.
    pub rundown_url: Option<PageUrl>,
    /// The origin of the page that must be able to load the rundown; `None` for a page of any origin.
    pub origin: Option<String>,
    /// Whose copies of the pointer are purged.
    pub purge: Option<Purge>,
    /// When the rundown is frozen.
    pub freeze: Option<FreezeRule>,
    /// A freeze does not stop this release.
    pub override_freeze: bool,
    /// The current time, by the clock that dates the event's start.
    pub now: ServerTime,
    /// How long to wait until viewers see the change.
    pub patience: Span,
}

/// Who releases, and why.
#[derive(Clone, Debug)]
pub struct Author {
    /// The id of this release. Running it again with the same id changes nothing more.
    pub id: CommandId,
    /// Who releases.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// Whether this goes back to an earlier rundown.
    pub is_rollback: bool,
}

/// A release that was planned.
pub struct Release<'a> {
    destination: &'a Destination,
    survey: Survey,
    offer: Offer,
    options: Options,
    page: Page,
    plan: Plan,
}

/// What [`Release::stage`] did.
#[derive(Debug)]
pub struct Staged {
    healed: Option<Rev>,
    warnings: Vec<String>,
    notes: NotesResult,
    /// Whether one of the warnings says that caches keep the pointer for long.
    is_late: bool,
}

/// What became of the notes for the crew; `None` if none were sent. They are beside the show, so that they could not be stored
/// stops nothing.
pub type NotesResult = Option<Result<StoredNotes, String>>;

/// What became of a release.
#[derive(Debug)]
pub enum Outcome {
    /// The event had the rundown already; what an interrupted run left is finished.
    Finished {
        /// The revision that the event is at.
        rev: Rev,
        /// A revision that was missing from the history.
        healed: Option<Rev>,
        /// The rundown was missing or damaged, and put again.
        put: bool,
        /// What became of the notes for the crew.
        notes: NotesResult,
        /// When viewers saw the pointer, if that was checked.
        seen: Option<Visibility>,
        /// How caches keep the pointer, if that makes viewers receive it late.
        kept: Option<Keeping>,
    },
    /// The event has the rundown now.
    Released(Box<Released>),
}

/// A change of the event's rundown.
#[derive(Debug)]
pub struct Released {
    /// What changed.
    pub change: Pointing,
    /// A revision that was missing from the history.
    pub healed: Option<Rev>,
    /// What should be fixed, but stops nobody.
    pub warnings: Vec<String>,
    /// What became of the notes for the crew.
    pub notes: NotesResult,
    /// Whether the copies of the pointer were purged, if anybody keeps some.
    pub purged: Option<Result<(), String>>,
    /// When viewers saw the change, if that was checked.
    pub seen: Option<Visibility>,
    /// How caches keep the pointer, if that makes viewers receive it late.
    pub kept: Option<Keeping>,
}

/// What makes viewers run another rundown.
#[derive(Debug)]
pub enum Pointing {
    /// The pointer of a store.
    Pointer(Box<Publication>),
    /// A command to the event's server.
    Command(Box<Response<CommandAnswer>>),
}

impl Options {
    /// Creates the options of a release that nothing holds up, seen or purged nowhere.
    pub fn new(now: ServerTime, patience: Span) -> Self {
        Self {
            if_rev: None,
            at: None,
            public_url: None,
            rundown_url: None,
            origin: None,
            purge: None,
            freeze: None,
            override_freeze: false,
            now,
            patience,
        }
    }
}

impl Pointing {
    /// Returns the revision that the event has now.
    pub const fn rev(&self) -> Rev {
        match self {
            Self::Pointer(publication) => publication.rev,
            Self::Command(answer) => answer.body.rev,
        }
    }
}

impl<'a> Release<'a> {
    /// Plans a release. Nothing is written yet. `survey` is what the caller decided by.
    ///
    /// # Errors
    /// [`PublishError::Moved`] and [`PublishError::NoPointer`] if the event is not at [`Options::if_rev`].
    pub async fn prepare(
        destination: &'a Destination,
        event: &EventName,
        survey: Survey,
        offer: Offer,
        options: Options,
    ) -> Result<Self, PublishError> {
        let before = match survey.rundown() {
            Some(digest) => destination.rundown(event, digest).await?.and_then(|bytes| Rundown::parse(&bytes).ok()),
            None => None,
        };
        let duration = offer.rundown.duration().or(before.as_ref().and_then(Rundown::duration));
        let now = options.now;
        let freeze = options.freeze.map_or(Freeze::Off, |rule| Freeze::at(rule, duration, now));
        let changes = before.as_ref().map(|before| before.diff(&offer.rundown));
        let mut plan = Plan {
            event: event.clone(),
            rundown: offer.digest,
            bytes: offer.bytes.len(),
            cues: offer.rundown.cues().len(),
            present: None,
            next: None,
            stored: Stored::Missing,
            heals: None,
            changes,
            misfit: None,
            freeze,
            now,
            public: None,
            notes: NotesPlan::Stay,
            kind: PlanKind::Worker,
        };
        match (destination, &survey) {
            (Destination::Store(store), Survey::Store(snapshot)) => {
                store::refuse_stale(event, snapshot, options.if_rev)?;
                let present = snapshot.present.as_ref().map(|present| &present.publication);
                plan.kind = if store.keeps_headers() { PlanKind::Bucket } else { PlanKind::Folder };
                plan.notes = match offer.notes.as_ref().map_or(0, |notes| notes.cues.len()) {
                    0 => NotesPlan::Stay,
                    cues => NotesPlan::Withheld(cues),
                };
                plan.public = options.public_url.as_ref().map(|url| url.of(&pointer_key(event)));
                plan.stored = store::stored(store, &offer).await?;
                plan.heals = snapshot.unfinished().map(|unfinished| unfinished.rev);
                let has_it = present.is_some_and(|present| present.rundown == offer.digest);
                plan.next = (!has_it).then(|| snapshot.next_rev());
                plan.present = present.map(|present| Present {
                    rundown: Some(present.rundown),
                    content: before,
                    rev: present.rev,
                    by: Some((present.actor.clone(), present.at)),
                });
            }
            (Destination::Worker(client), Survey::Worker(reading)) => {
                let state = &reading.body;
                plan.misfit = Misfit::of(&offer.rundown, state);
                plan.public = Some(client.url_of(&Route::RundownPointer(event.clone())));
                plan.stored = match destination.rundown(event, offer.digest).await? {
                    Some(bytes) if bytes == offer.bytes => Stored::There,
                    _ => Stored::Missing,
                };
                plan.notes = worker::notes_plan(client, event, &offer, &plan.stored).await;
                let url = match &options.rundown_url {
                    Some(url) => url.to_string(),
                    None => Route::Rundown(event.clone(), offer.digest).path(),
                };
                let has_it = state.rundown == Some(offer.digest) && state.rundown_url.as_deref() == Some(&url);
                plan.next = (!has_it).then(|| state.rev.next());
                plan.present = Some(Present { rundown: state.rundown, content: before, rev: state.rev, by: None });
            }
            _ => unreachable!("the survey is one of this destination"),
        }
        let page = Page::new(options.origin.clone());
        Ok(Self { destination, survey, offer, options, page, plan })
    }

    /// Returns the plan.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the zone whose copies of the pointer are purged.
    pub fn purge_zone(&self) -> Option<&Zone> {
        self.options.purge.as_ref().map(|purge| &purge.zone)
    }

    /// Returns what the release was planned by.
    pub const fn survey(&self) -> &Survey {
        &self.survey
    }

    /// Checks what [`Release::carry_out`] would refuse before it writes anything. `id` is the one that the caller chose.
    ///
    /// # Errors
    /// [`PublishError::Frozen`], [`PublishError::IdTaken`]
    pub fn check(&self, id: Option<&CommandId>) -> Result<(), PublishError> {
        let Plan { event, freeze, now, .. } = &self.plan;
        if self.plan.changes_nothing() {
            return Ok(());
        }
        if matches!(freeze, Freeze::Frozen { .. }) && !self.options.override_freeze {
            return Err(PublishError::Frozen { event: event.clone(), freeze: *freeze, now: *now });
        }
        if let Survey::Store(snapshot) = &self.survey
            && let Some(present) = snapshot.present.as_ref().map(|present| &present.publication)
            && id == Some(&present.nonce)
        {
            return Err(PublishError::IdTaken { id: present.nonce.clone(), rev: present.rev });
        }
        Ok(())
    }

    /// Releases the rundown.
    ///
    /// # Errors
    /// [`PublishError::Moved`] if somebody else moved the pointer meanwhile; [`PublishError::Uncertain`] if it is unknown
    /// whether it was moved; those of [`Release::check`]; and what the destination says.
    pub async fn carry_out(&self, author: &Author, reporter: &impl Reporter) -> Result<Outcome, PublishError> {
        self.check(Some(&author.id))?;
        let staged = self.stage(reporter).await?;
        self.carry_out_staged(staged, author, reporter).await
    }

    /// Stores the rundown and checks that viewers can load it, without any viewer getting it yet: what comes before
    /// [`Release::carry_out_staged`]. A release to several destinations stages them all before it carries out the first.
    ///
    /// # Errors
    /// What the destination says, [`PublishError::NoConditionalWrites`] and [`PublishError::NotLoadable`].
    pub async fn stage(&self, reporter: &impl Reporter) -> Result<Staged, PublishError> {
        if let Destination::Store(store) = self.destination
            && self.plan.writes()
        {
            probe::check(store).await?;
        }
        let healed = self.heal().await?;
        if self.plan.changes_nothing() {
            if self.plan.stored != Stored::There {
                self.put().await?;
            }
            let notes = self.put_notes(reporter).await;
            return Ok(Staged { healed, warnings: Vec::new(), is_late: false, notes });
        }
        let (warnings, is_late) = self.put_and_check().await?;
        reporter.on_progress(Progress::Stored(self.offer.digest));
        for warning in &warnings {
            reporter.on_progress(Progress::Warning(warning));
        }
        let notes = self.put_notes(reporter).await;
        Ok(Staged { healed, warnings, is_late, notes })
    }

    /// Makes viewers get what was staged.
    ///
    /// # Errors
    /// Those of [`Release::carry_out`].
    pub async fn carry_out_staged(
        &self,
        Staged { healed, mut warnings, is_late, notes }: Staged,
        author: &Author,
        reporter: &impl Reporter,
    ) -> Result<Outcome, PublishError> {
        if self.plan.changes_nothing() {
            return self.finish(healed, notes).await;
        }
        let change = self.point(author).await?;
        reporter.on_progress(Progress::Pointed(change.rev()));
        let purged = match (&self.options.purge, &self.plan.public) {
            (Some(purge), Some(url)) => Some(purge.run(url).await),
            _ => None,
        };
        if let Some(Err(why)) = &purged {
            reporter.on_progress(Progress::Warning(&format!("Cloudflare's copies were not purged: {why}")));
        }
        let (seen, kept) = self.wait_until_seen(&change).await;
        // Before the first publication there was no pointer to load.
        if let (Some(kept), Some(url), false) = (&kept, &self.plan.public, is_late) {
            let warning = late(url, kept);
            reporter.on_progress(Progress::Warning(&warning));
            warnings.push(warning);
        }
        Ok(Outcome::Released(Box::new(Released { change, healed, warnings, notes, purged, seen, kept })))
    }

    /// Appends the revision that an interrupted run left out of the history.
    async fn heal(&self) -> Result<Option<Rev>, PublishError> {
        match (self.destination, &self.survey) {
            (Destination::Store(store), Survey::Store(snapshot)) => {
                store::heal(store, &self.plan.event, snapshot).await
            }
            _ => Ok(None),
        }
    }

    /// Reports that what an interrupted run left of a release of this rundown is finished.
    async fn finish(&self, healed: Option<Rev>, notes: NotesResult) -> Result<Outcome, PublishError> {
        let put = self.plan.stored != Stored::There;
        let (rev, (seen, kept)) = match &self.survey {
            Survey::Store(snapshot) => {
                let present = snapshot.present.as_ref().expect("a release without a pointer changes something");
                (present.publication.rev, self.wait_until_pointer_seen(&present.publication).await)
            }
            Survey::Worker(reading) => (reading.body.rev, (None, None)),
        };
        Ok(Outcome::Finished { rev, healed, put, notes, seen, kept })
    }

    /// Puts the rundown and loads it as a page does. Repeats both if the check took so long that a `gc` may delete it.
    async fn put_and_check(&self) -> Result<(Vec<String>, bool), PublishError> {
        loop {
            let began = clock::wall();
            self.put().await?;
            let (mut warnings, mut is_late) = (Vec::new(), false);
            if let Some(url) = self.rundown_url() {
                warnings.extend(self.page.check(&url, self.offer.digest).await?);
            }
            if let (Destination::Store(_), Some(url)) = (self.destination, &self.plan.public) {
                let kept = self.page.check_pointer(url).await?;
                is_late = kept.is_some();
                warnings.extend(kept.map(|kept| late(url, &kept)));
            }
            if clock::wall() - began < FRESH {
                return Ok((warnings, is_late));
            }
        }
    }

    /// Puts the rundown, even if it is stored, so that a `gc` does not delete it as old; then reads it back.
    async fn put(&self) -> Result<(), PublishError> {
        match self.destination {
            Destination::Store(store) => store::put(store, &self.offer).await,
            Destination::Worker(client) => worker::put(client, &self.plan.event, &self.offer).await,
        }
    }

    /// Puts the notes for the crew beside the rundown, if they differ.
    async fn put_notes(&self, reporter: &impl Reporter) -> NotesResult {
        let (Destination::Worker(client), Some(notes), true) =
            (self.destination, &self.offer.notes, self.plan.puts_notes())
        else {
            return None;
        };
        let stored = client.put_notes(&self.plan.event, self.offer.digest, notes).await;
        let stored = stored.map_err(|error| error.to_string());
        if let Err(why) = &stored {
            reporter.on_progress(Progress::Warning(&format!("the notes for the crew were not stored: {why}")));
        }
        Some(stored)
    }

    /// Returns where viewers load the rundown from, if that is known.
    fn rundown_url(&self) -> Option<String> {
        match self.destination {
            Destination::Store(_) => {
                self.options.public_url.as_ref().map(|url| url.of(&rundown_key(self.offer.digest)))
            }
            Destination::Worker(client) => {
                Some(client.url_of(&Route::Rundown(self.plan.event.clone(), self.offer.digest)))
            }
        }
    }

    /// Points the event at the rundown, and appends the change to the history.
    async fn point(&self, author: &Author) -> Result<Pointing, PublishError> {
        let (event, offer) = (&self.plan.event, &self.offer);
        match (self.destination, &self.survey) {
            (Destination::Store(store), Survey::Store(snapshot)) => store::point(store, event, snapshot, offer, author)
                .await
                .map(|publication| Pointing::Pointer(Box::new(publication))),
            (Destination::Worker(client), survey) => {
                let if_rev = self.options.if_rev.or(survey.rev());
                let command = Command::Rundown {
                    rundown: Some(offer.digest),
                    url: self.options.rundown_url.clone(),
                    is_rollback: author.is_rollback,
                };
                let answer = worker::point(client, event, command, author, if_rev, self.options.at).await?;
                Ok(Pointing::Command(Box::new(answer)))
            }
            _ => unreachable!("the survey is one of this destination"),
        }
    }

    /// Waits until viewers see the change, if it is known where they look.
    async fn wait_until_seen(&self, change: &Pointing) -> (Option<Visibility>, Option<Keeping>) {
        match (change, self.destination) {
            (Pointing::Pointer(publication), _) => self.wait_until_pointer_seen(publication).await,
            (Pointing::Command(answer), Destination::Worker(client)) => {
                let CommandAnswer { state, rev, .. } = &answer.body;
                let seen = client.wait_until_visible(&self.plan.event, &state.epoch, *rev, self.options.patience).await;
                (Some(seen), None)
            }
            (Pointing::Command(_), Destination::Store(_)) => unreachable!("a store takes no command"),
        }
    }

    async fn wait_until_pointer_seen(&self, publication: &Publication) -> (Option<Visibility>, Option<Keeping>) {
        let Some(url) = &self.plan.public else { return (None, None) };
        let (seen, kept) = self.page.wait_for(url, publication, self.options.patience).await;
        (Some(seen), kept)
    }
}

/// Says that caches keep the pointer for long.
fn late(url: &str, kept: &Keeping) -> String {
    format!(
        "{url} may be kept by caches for {} s ({kept}); pages that depend on it receive a change that late. Let whatever serves \
         it send Cache-Control {:?}, or give --purge-zone",
        kept.lifetime.as_millis() / 1_000,
        BRIEF.cache_control,
    )
}
