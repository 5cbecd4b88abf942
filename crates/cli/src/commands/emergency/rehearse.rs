//! `emergency rehearse`: everything that a signed pause takes, with an event that nobody watches.

use downbeat_api::{Client, Expected, clock, new_id};
use downbeat_core::event::EmergencyChannel;
use downbeat_core::{Command, Request};
use downbeat_publish::emergency;
use downbeat_publish::emergency::fitting::sign;
use downbeat_publish::emergency::key::SigningKey;
use downbeat_publish::emergency::pause::{Pause, base, channel, paused};
use downbeat_publish::history::Pointer;
use downbeat_publish::store::Store;
use downbeat_wire::{EmergencyDocument, StateBody, StatusWord};
use serde_json::json;

use super::findings::Findings;
use super::{place, reach};
use crate::cli::EmergencyArgs;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::members;
use crate::text::{self, Table};

/// What the steps share.
struct Stage<'a> {
    context: &'a Context,
    server: Client,
    store: Store,
    key: SigningKey,
    findings: Findings,
}

/// Goes through all of it.
pub(super) async fn run(context: &Context, args: &EmergencyArgs) -> Result<Findings, Error> {
    let event = &context.settings.event;
    let server = context.operator()?;
    let (key, store) = (place::key(context, args.key_file.as_deref())?, place::store(context, args.target.as_ref())?);
    let state = server.state(event).await?.body;
    let channel = channel(&state, &key)?.clone();
    refuse_watched(context, &server, &state).await?;

    let mut screen = context.screen(Some(&state));
    screen
        .line("rehearse", "sign a pause, write it, find it as pages do, deliver it, resume, remove it")
        .line("written", format!("into the pointer of {event} in {}", store.name()))
        .line("viewers read", channel.url.to_string());
    let mut place = place::place(context, &store);
    place.extend(members(json!({ "dryRun": context.dry_run })));
    if context.dry_run {
        screen.line("dry run", "nothing was signed");
        return Ok(Findings::new(screen, place));
    }
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, "Rehearse it?", context.output)?;

    let findings = Findings::new(Table::default(), place);
    let mut stage = Stage { context, server, store, key, findings };
    reach::pages(context, &channel, &mut stage.findings).await;
    reach::newcomers(context, &channel, &mut stage.findings).await;
    let document = stage.sign(&state, &channel).await?;
    let written = stage.write(&channel, &document).await;
    if written {
        stage.deliver(&document).await;
    }
    // Whatever went wrong before: nothing of the rehearsal stays.
    stage.clear(&channel).await;
    Ok(stage.findings.finish())
}

/// Refuses an event that somebody watches, or that has a signed state already.
async fn refuse_watched(context: &Context, server: &Client, state: &StateBody) -> Result<(), Error> {
    let event = &context.settings.event;
    let hint = format!(
        "make an event for it: downbeat event set --event {event}-rehearsal --starts-at +0s --emergency-key … --emergency-url …"
    );
    let audience = server.audience(event).await?;
    if audience.sockets > 0 {
        let watched = format!("{} watch {event}, and a rehearsal pauses it; nothing was signed", audience.sockets);
        return Err(Error::refused("watched", watched, hint));
    }
    if matches!(state.status, StatusWord::Ended) {
        return Err(Error::refused(
            "ended",
            format!("{event} is over, so it cannot be paused; nothing was signed"),
            hint,
        ));
    }
    Ok(())
}

impl Stage<'_> {
    async fn sign(&mut self, state: &StateBody, channel: &EmergencyChannel) -> Result<EmergencyDocument, Error> {
        let found = Pointer::read(&self.store, &state.event).await?;
        let (base, _) = base(state, found.as_ref(), channel)?;
        let pause = Pause {
            actor: context::actor(None),
            reason: Some("rehearsal of an outage".to_owned()),
            message: None,
            rev: None,
            epoch: None,
        };
        let signed = sign(&self.key, &paused(base, &pause, clock::wall())?, &state.locale);
        self.findings.line("signed", format!("{} bytes with the key {}", signed.document.to_json().len(), channel.key));
        Ok(signed.document)
    }

    /// Writes the document, and waits until viewers find it. Returns whether it was written.
    async fn write(&mut self, channel: &EmergencyChannel, document: &EmergencyDocument) -> bool {
        let (event, timeout) = (&self.context.settings.event, self.context.settings.timeout);
        if let Err(error) = emergency::put(&self.store, event, Some(document)).await {
            self.fault("written", Error::from(error).to_string());
            return false;
        }
        self.findings.line("written", format!("into {}", self.store.name()));
        place::purge(self.context, channel.url.as_str()).await;
        let seen = emergency::wait(channel.url.as_str(), Some(document), timeout).await;
        match &seen.last {
            Ok(public) if seen.seen && public.open => {
                self.findings.line(
                    "found",
                    format!("at {} after {}; pages of any site may read it", channel.url, text::fine(seen.ms)),
                );
            }
            Ok(_) if seen.seen => self.fault(
                "found",
                format!(
                    "at {}, but pages may not read it: allow GET from every origin in the store's CORS rules",
                    channel.url
                ),
            ),
            Ok(_) => self.fault("found", format!("not at {} within {}", channel.url, text::span(seen.ms))),
            Err(why) => self.fault("found", format!("not at {}: {why}", channel.url)),
        }
        true
    }

    /// Hands the document to the server, and resumes the event there.
    async fn deliver(&mut self, document: &EmergencyDocument) {
        let event = self.context.settings.event.clone();
        let state = match self.server.emergency(&event, document).await {
            Ok(answer) => answer.body,
            Err(error) => return self.fault("delivered", error.to_string()),
        };
        // The pause takes effect a moment after it was signed.
        let expected = Expected { epoch: &state.epoch, rev: state.rev, status: Some(StatusWord::Paused) };
        let shown = self.server.wait_until_shown(&event, expected, self.context.settings.timeout).await;
        if shown.seen {
            self.findings.line("delivered", format!("the server is at rev {}, paused", state.rev));
        } else {
            let status = shown.status.map_or("no answer", StatusWord::as_str);
            self.fault("delivered", format!("the server is at rev {}, but {status}", state.rev));
        }
        match self.resume().await {
            Ok(said) => self.findings.line("resumed", said),
            Err(error) => self.fault("resumed", error.to_string()),
        }
    }

    async fn resume(&self) -> Result<String, Error> {
        let request = Request {
            id: new_id()?,
            command: Command::Resume,
            actor: context::actor(None),
            reason: Some("end of the rehearsal".to_owned()),
            if_rev: None,
            at: None,
        };
        let answer = self.server.command(&self.context.settings.event, &request).await?.body;
        Ok(format!("rev {}", answer.rev))
    }

    async fn clear(&mut self, channel: &EmergencyChannel) {
        let (event, timeout) = (&self.context.settings.event, self.context.settings.timeout);
        if let Err(error) = emergency::put(&self.store, event, None).await {
            return self.fault("removed", Error::from(error).to_string());
        }
        place::purge(self.context, channel.url.as_str()).await;
        let seen = emergency::wait(channel.url.as_str(), None, timeout).await;
        if seen.seen {
            self.findings.line("removed", format!("after {}", text::fine(seen.ms)));
        } else {
            self.fault("removed", format!("{} still shows it after {}", channel.url, text::span(seen.ms)));
        }
    }

    fn fault(&mut self, step: &'static str, what: String) {
        let fault = format!("{step}: {what}");
        self.findings.fault(step, format!("FAILED: {what}"), fault);
    }
}
