//! `pause --break-glass`: read, show, ask, sign, write, wait until viewers see it, send it to the server.

use std::fmt;
use std::path::Path;

use downbeat_api::{ApiError, Client, clock};
use downbeat_core::Span;
use downbeat_core::command::LEAD_PAUSE;
use downbeat_publish::emergency::fitting::{self, LeftOut, SignedPause};
use downbeat_publish::emergency::pause::{Pause, base, channel, paused};
use downbeat_publish::emergency::{self, SeenState};
use downbeat_publish::history::Pointer;
use downbeat_publish::store::Store;
use downbeat_wire::publication::pointer_key;
use downbeat_wire::{EmergencyBody, EmergencyDocument, StateBody};
use serde_json::{Map, Value, json};

use super::place::{age, key, place, purge, store};
use crate::cli::{Attribution, GlassArgs, MessageArgs};
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::given;
use crate::last_seen::{self, Snapshot};
use crate::message::VisibleMessage;
use crate::output::{Report, members};
use crate::standing::Standing;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// How long the server may take to answer after all: 3 s, as for an ordinary pause.
const LOOK: Span = Span::from_millis(3_000);

/// A pause without the server: written, or (with `--dry-run`) only shown.
pub(crate) enum Glass {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value>, document: EmergencyDocument, left_out: Vec<String> },
    /// It was written where viewers read it.
    Broken(Box<Broken>),
}

/// A signed pause that was written where viewers read it.
pub(crate) struct Broken {
    place: Map<String, Value>,
    document: EmergencyDocument,
    left_out: Vec<String>,
    then: Then,
    target: String,
    url: String,
    seen: SeenState,
    /// Whether the server accepted it, or why not.
    delivered: Result<(), String>,
    deliver: String,
    resume: String,
    clear: String,
}

/// Pauses an event whose server cannot be reached.
pub(crate) async fn run(
    context: &Context,
    message: &MessageArgs,
    args: &GlassArgs,
    attribution: &Attribution,
) -> Result<Glass, Error> {
    let event = &context.settings.event;
    let key = key(context, args.key_file.as_deref())?;
    let store = store(context, args.target.as_ref())?;
    let server = context.reader().ok();
    let answer = ask(context, server.as_ref(), args.force).await?;
    let known = match (&args.state, answer.fresh) {
        (Some(file), _) => given(context, file)?,
        (None, Some(known)) => known,
        (None, None) => recall(context)?,
    };
    let channel = channel(&known.state, &key)?;
    let found = Pointer::read(&store, event).await?;
    let (base, mut omitted) = base(&known.state, found.as_ref(), channel).map(|(base, left_out)| {
        let left_out: Vec<LeftOut> = left_out.into_iter().collect();
        (base, left_out)
    })?;
    let locale = &known.state.locale;
    let draft =
        given::draft(&message.said, message.severity, locale).map_err(|error| Error::usage(error, "see --help"))?;
    // A text that no message can have stands in the way of no pause either.
    let message = draft.and_then(|draft| {
        let (message, left_out) = fitting::message(&draft, locale);
        omitted.extend(left_out);
        message
    });

    let pause = Pause {
        actor: context::actor(attribution.actor.as_deref()),
        reason: attribution.reason.clone(),
        message,
        rev: args.rev,
        epoch: args.epoch.clone(),
    };
    // Signed again after the confirmation: the event holds at its position of that moment.
    let make = || {
        let state = paused(base.clone(), &pause, known.server_time(clock::wall()))?;
        let SignedPause { document, left_out } = fitting::sign(&key, &state, locale);
        let left_out: Vec<String> = omitted.iter().chain(&left_out).map(ToString::to_string).collect();
        Ok::<_, Error>((preview(&known.state, &document)?, document, left_out))
    };
    let (then, document, left_out) = make()?;
    let mut screen = screen(context, &known, &then, &store, &answer.said);
    if !left_out.is_empty() {
        screen.line("left out", format!("{}; a signed state must be short", left_out.join("; ")));
    }
    if context.dry_run {
        return Ok(Glass::Planned { screen, place: place(context, &store), document, left_out });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, true, event);
    confirm::pass(&gate, &screen, "Break the glass?", context.output)?;
    let (then, document, left_out) = make()?;

    emergency::put(&store, event, Some(&document)).await?;
    purge(context, channel.url.as_str()).await;
    // One after the other, since the server is most likely down.
    let seen = emergency::wait(channel.url.as_str(), Some(&document), context.settings.timeout).await;
    let delivered = match &server {
        Some(server) => {
            let taken = server.with_timeout(context.settings.timeout.min(LOOK)).emergency(event, &document).await;
            taken.map(drop).map_err(|error| error.to_string())
        }
        None => Err("no server is configured".to_owned()),
    };
    let target = store.name().to_owned();
    let of = |words: &[&str]| {
        let target = args.target.as_ref().map(ToString::to_string);
        let flags = target.as_ref().map(|target| ["--target", target]);
        context.command_line(&[words, flags.as_ref().map_or(&[][..], |flags| &flags[..])].concat())
    };
    judged(Broken {
        place: place(context, &store),
        document,
        left_out,
        then,
        target,
        url: channel.url.to_string(),
        seen,
        delivered,
        deliver: of(&["emergency", "deliver"]),
        resume: context.command_line(&["resume"]),
        clear: of(&["emergency", "clear"]),
    })
}

/// What the server answered, if it did.
struct Asked {
    /// For the screen.
    said: String,
    /// The state, if the server sent it.
    fresh: Option<Snapshot>,
}

/// Refuses the signed pause if the server answers, unless `force`.
async fn ask(context: &Context, server: Option<&Client>, force: bool) -> Result<Asked, Error> {
    let Some(server) = server else { return Ok(Asked { said: "not configured".to_owned(), fresh: None }) };
    let answer = server.with_timeout(context.settings.timeout.min(LOOK)).state(&context.settings.event).await;
    let is_there = match &answer {
        Ok(_) => true,
        Err(error) => matches!(error, ApiError::Problem { problem, .. } if problem.status < 500),
    };
    if is_there && !force {
        let answered = answer.map_or_else(|error| format!("answers: {error}"), |_| "answers".to_owned());
        return Err(Error::refused(
            "reachable",
            format!("{} {answered}; nothing was signed", server.url()),
            format!("{}\nif that fails, run this command again with --force", context.command_line(&["pause"])),
        ));
    }
    Ok(match answer {
        Ok(reading) => Asked {
            said: "answers, but --force is given".to_owned(),
            fresh: Some(Snapshot {
                server: server.url().to_string(),
                received_at: clock::wall(),
                state: StateBody { server_time: reading.clock.now(), ..reading.body },
            }),
        },
        Err(error) => Asked { said: error.to_string(), fresh: None },
    })
}

/// Returns the last state that this machine saw.
fn recall(context: &Context) -> Result<Snapshot, Error> {
    let event = &context.settings.event;
    let known = context.settings.server().ok().and_then(|server| last_seen::recall(server, event));
    known.ok_or_else(|| {
        Error::usage(
            format!("this machine never saw {event}, so it does not know its state"),
            "give --state FILE with what \"downbeat event show --json\" printed elsewhere, or run this on a machine that has used downbeat with this event",
        )
    })
}

/// Reads a state that was printed elsewhere: the answer of a server, or what `event show --json` makes of it.
fn given(context: &Context, file: &Path) -> Result<Snapshot, Error> {
    let bytes = std::fs::read(file).map_err(|error| Error::file(file, error))?;
    let strange = |why: String| {
        Error::invalid(
            format!("{} does not contain the state of an event: {why}", file.display()),
            "give what \"downbeat event show --json\" printed",
        )
    };
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| strange(error.to_string()))?;
    let state = value.get("state").unwrap_or(&value).clone();
    let state: StateBody = serde_json::from_value(state).map_err(|error| strange(error.to_string()))?;
    if state.event != context.settings.event {
        return Err(strange(format!("it is the state of {}, not of {}", state.event, context.settings.event)));
    }
    // The server's clock is unknown here; the wall clocks of both machines replace it.
    let received_at = state.server_time;
    Ok(Snapshot { server: file.display().to_string(), received_at, state })
}

/// What viewers see once they have the signed state.
struct Then {
    body: EmergencyBody,
    standing: Standing,
    told: VisibleMessage,
}

/// Returns what viewers see once they have a signed document.
fn preview(known: &StateBody, document: &EmergencyDocument) -> Result<Then, Error> {
    let strange = |why: String| Error::internal(format!("what was signed is not a valid state: {why}"));
    let body = emergency::unverified(document).ok_or_else(|| strange("it cannot be read back".to_owned()))?;
    let state = StateBody {
        timeline: body.timeline.clone(),
        ended_at: body.ended_at,
        starts_at: body.starts_at,
        messages: body.messages.clone(),
        ..known.clone()
    };
    let effective_at = body.signed_at + LEAD_PAUSE;
    let standing = Standing::of(&state, effective_at).map_err(|error| strange(error.to_string()))?;
    Ok(Then { standing, told: VisibleMessage::at(&state, effective_at), body })
}

/// Returns the screen: the present, the result, and how it gets there.
fn screen(context: &Context, known: &Snapshot, then: &Then, store: &Store, server: &str) -> Table {
    let channel = known.state.emergency.as_ref();
    let (key, url) = channel.map(|channel| (channel.key.to_string(), channel.url.to_string())).unwrap_or_default();
    let mut screen = context.screen(Some(&known.state));
    screen
        .line("server", server)
        .line("known", age(known, clock::wall()))
        .line("then", then.standing.to_string())
        .line("viewers see", then.told.to_string())
        .line("signed", format!("rev {} of epoch {}, with the key {key}", then.body.rev, then.body.epoch))
        .line("written", format!("into the pointer {} in {}", pointer_key(&known.state.event), store.name()))
        .line("viewers read", format!("{url}, every 5 s, while they reach neither push nor server"))
        .line("valid", valid(&then.body))
        .line("afterwards", "the server accepts it when it is back; \"downbeat resume\" continues from there");
    screen
}

/// Describes until when pages accept it that are opened during the outage.
fn valid(body: &EmergencyBody) -> String {
    let until = body.valid_until.map(|until| text::instant(until, TimeZone::Local)).unwrap_or_default();
    format!("until {until} for pages opened during the outage; sign again if it lasts longer")
}

/// Returns the pause, or an error if neither the viewers' URL nor the server has it.
fn judged(broken: Broken) -> Result<Glass, Error> {
    // Viewers who reach the server get it from there.
    if broken.seen.seen || broken.delivered.is_ok() {
        return Ok(Glass::Broken(Box::new(broken)));
    }
    let last = match &broken.seen.last {
        Ok(public) if public.document.is_some() => "it shows another signed state".to_owned(),
        Ok(_) => "it shows no signed state".to_owned(),
        Err(why) => why.clone(),
    };
    let error = Error::unseen(
        format!(
            "the signed pause was written to {}, but {} did not show it within {}: {last}",
            broken.target,
            broken.url,
            text::span(broken.seen.ms)
        ),
        "check that this URL serves the target, and which caches are in between; \"downbeat emergency status\" checks again",
    );
    Err(error.with_more(Glass::Broken(Box::new(broken)).json()))
}

impl Report for Glass {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Planned { place, document, left_out, .. } => {
                (place, json!({ "dryRun": true, "document": document, "leftOut": left_out }))
            }
            Self::Broken(broken) => (
                &broken.place,
                json!({
                    "breakGlass": true, "rev": broken.then.body.rev, "epoch": broken.then.body.epoch,
                    "signedAt": broken.then.body.signed_at, "then": context::standing_json(&broken.then.standing),
                    "document": broken.document, "leftOut": broken.left_out, "url": broken.url,
                    "validUntil": broken.then.body.valid_until,
                    "seen": {
                        "ms": broken.seen.ms, "seen": broken.seen.seen,
                        "open": broken.seen.last.as_ref().ok().map(|public| public.open),
                    },
                    "delivered": broken.delivered.is_ok(), "why": broken.delivered.as_ref().err(),
                    "deliver": broken.deliver, "clear": broken.clear,
                }),
            ),
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quiet(f)?;
        let Self::Broken(broken) = self else { return Ok(()) };
        if !broken.left_out.is_empty() {
            writeln!(f, "left out, since a signed state must be short: {}", broken.left_out.join("; "))?;
        }
        match &broken.seen.last {
            Ok(public) if broken.seen.seen => {
                writeln!(f, "seen at {} after {}", broken.url, text::fine(broken.seen.ms))?;
                if !public.open {
                    writeln!(
                        f,
                        "warning: pages may not read it there: allow GET from every origin in the store's CORS rules"
                    )?;
                }
            }
            _ => writeln!(f, "warning: not seen at {}", broken.url)?,
        }
        match &broken.delivered {
            Ok(()) => {
                writeln!(f, "the server has it too: from now on it is an ordinary pause")?;
                writeln!(f, "continue with: {}", broken.resume)?;
            }
            Err(why) => {
                writeln!(f, "the server does not have it yet: {}", text::tame(why))?;
                writeln!(f, "when it is back, the first open page delivers it; or do so with: {}", broken.deliver)?;
                writeln!(f, "then continue with: {}", broken.resume)?;
            }
        }
        writeln!(f, "afterwards clean up with: {}", broken.clear)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was written"),
            Self::Broken(broken) => {
                let Then { body, standing, told } = &broken.then;
                writeln!(f, "{green}pause{green:#}: signed, {standing}, viewers see {told} (rev {})", body.rev)
            }
        }
    }
}
