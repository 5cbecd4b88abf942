//! The way every command goes: look, show one screen, ask, send, read back, say how to undo it.

use std::fmt;

use downbeat_api::clock::ServerClock;
use downbeat_api::{ApiError, Client, Response, Visibility};
use downbeat_core::{Command, CommandId, Request, Rev, ServerTime};
use downbeat_wire::{Code, CommandAnswer, DeliveryReport, LastChange, Problem, StateBody};
use serde_json::{Map, Value, json};

use crate::applied::Applied;
use crate::cli::CommandOptions;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::instant;
use crate::output::{Afterword, Report, members};
use crate::preview::{Preview, Standing, Told};
use crate::text::{self, Table};
use crate::zone::Zone;

/// How long a pause waits for the event's state, and any command for its preview, before it goes on without: 3 s.
///
/// Reason: the emergency command must not depend on a server being able to read.
const READ_TIMEOUT: downbeat_core::Span = downbeat_core::Span::from_millis(3_000);

/// Makes the command for a state and the instant at which it will take effect; nothing while nobody knows the state (a
/// pause only).
type Make<'a> = &'a dyn Fn(Option<(&StateBody, ServerTime)>) -> Result<Command, Error>;

/// What is wanted of the event.
pub(crate) struct CommandSpec<'a> {
    /// The command's name, as on the wire.
    pub(crate) name: &'static str,
    /// The question under the screen.
    pub(crate) question: &'a str,
    /// Makes the command.
    pub(crate) command: Make<'a>,
    /// More lines for the screen.
    pub(crate) lines: Vec<(&'static str, String)>,
    /// The command line that takes it back, if it is not `undo`.
    pub(crate) undo: Option<String>,
}

impl CommandSpec<'_> {
    fn is_pause(&self) -> bool {
        self.name == "pause"
    }
}

/// A change, made or (with `--dry-run`) only shown.
pub(crate) enum Change {
    /// `--dry-run`.
    Planned { screen: Table, place: Map<String, Value>, request: Value, preview: Option<Preview> },
    /// The server has it.
    Made(Box<Made>),
}

/// A change that the server has.
pub(crate) struct Made {
    name: &'static str,
    id: CommandId,
    place: Map<String, Value>,
    answer: CommandAnswer,
    standing: Option<Standing>,
    told: Told,
    effect: String,
    seen: Visibility,
    undo: String,
    applied: Applied,
}

/// Carries a wish out.
///
/// # Errors
/// [`Error`]; whatever it is, it says whether anything was sent.
pub(crate) async fn carry_out(
    context: &Context,
    options: &CommandOptions,
    wish: &CommandSpec<'_>,
) -> Result<Change, Error> {
    let server = context.operator()?;
    let look = look(context, &server, wish).await?;
    let state = look.as_ref().map(|reading| &reading.body);
    let asked_at = match &options.at {
        Some(at) => Some(instant::parse(at, options.zone(), now(look.as_ref(), &server).await?)?),
        None => None,
    };
    if let (Some(if_rev), Some(state)) = (options.attribution.if_rev.filter(|_| !wish.is_pause()), state)
        && if_rev != state.rev
    {
        let last = last_change(&server, context).await;
        return Err(stale(if_rev, state, last.as_ref(), server.url().to_string()));
    }

    // What is relative to where the event is (a seek by +30s) is made again once the question is answered.
    let make = || -> Result<(Command, Option<ServerTime>), Error> {
        let Some(reading) = &look else { return Ok(((wish.command)(None)?, None)) };
        let now = reading.clock.now();
        let lead = (wish.command)(Some((&reading.body, now)))?.lead();
        let effective_at = asked_at.unwrap_or(now).max(now + lead);
        Ok(((wish.command)(Some((&reading.body, effective_at)))?, Some(effective_at)))
    };
    let (command, effective_at) = make()?;
    let actor = context::actor(options.attribution.actor.as_deref());
    let id = match &options.id {
        Some(id) => id.clone(),
        None => downbeat_api::new_id()?,
    };
    let request = |command| Request {
        id: id.clone(),
        command,
        actor: actor.clone(),
        reason: options.attribution.reason.clone(),
        if_rev: if wish.is_pause() { None } else { options.attribution.if_rev.or(state.map(|state| state.rev)) },
        at: asked_at,
    };
    let planned = request(command);
    let preview = match &look {
        Some(reading) => preview(context, &server, wish, reading, &planned).await?,
        None => None,
    };
    let mut screen = context.screen(state);
    match (&look, &preview) {
        (Some(reading), Some(preview)) => {
            describe(&mut screen, &server, reading, preview)?;
            if planned.command == Command::Undo {
                let last = last_change(&server, context).await.map(|last| text::last_change(&last));
                screen.line("takes back", last.unwrap_or_else(|| "the last change".to_owned()));
            }
        }
        _ => {
            screen.line("now", "unknown: the server does not say in time");
            screen.line("then", "paused where it is when this takes effect");
        }
    }
    for (label, value) in &wish.lines {
        screen.line(label, value.clone());
    }
    let effective_at = preview.as_ref().and_then(Preview::answer).map(|answer| answer.effective_at).or(effective_at);
    let effect = match (&look, effective_at) {
        _ if matches!(planned.command, Command::Rundown { .. }) => "as soon as viewers ask".to_owned(),
        (Some(reading), Some(at)) => effect(at, &reading.clock),
        _ => "half a second after it arrives".to_owned(),
    };
    screen.line("takes effect", effect);

    if context.dry_run {
        let request = downbeat_wire::command::body(&planned);
        return Ok(Change::Planned { screen, place: context.place(), request, preview });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, wish.is_pause(), &context.settings.event);
    confirm::pass(&gate, &screen, wish.question, context.output)?;

    let request = request(make()?.0);
    let answer = server
        .command(&context.settings.event, &request)
        .await
        .map_err(|error| uncertain(context, wish.name, &request.id, state.map(|state| state.rev), error))?;
    made(context, &server, wish, request.id, answer).await
}

/// Looks where the event stands. A pause goes on without, if the server is there but cannot say.
async fn look(
    context: &Context,
    server: &Client,
    wish: &CommandSpec<'_>,
) -> Result<Option<Response<StateBody>>, Error> {
    let event = &context.settings.event;
    if !wish.is_pause() {
        return Ok(Some(server.state(event).await?));
    }
    match server.with_timeout(context.settings.timeout.min(READ_TIMEOUT)).state(event).await {
        Ok(reading) => Ok(Some(reading)),
        Err(error @ ApiError::Unreachable { .. }) => Err(error.into()),
        Err(error) if error.may_have_arrived() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn now(look: Option<&Response<StateBody>>, server: &Client) -> Result<ServerTime, Error> {
    Ok(match look {
        Some(reading) => reading.clock.now(),
        None => server.clock().await?.clock.now(),
    })
}

/// Returns the last change, where the token may read the log.
pub(crate) async fn last_change(server: &Client, context: &Context) -> Option<LastChange> {
    let page = server.log(&context.settings.event, None, 1).await.ok()?;
    let entry = page.entries.into_iter().next()?;
    let text = |name: &str| entry.body.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(LastChange {
        id: text("id").and_then(|id| id.parse().ok()),
        reason: text("reason"),
        name: entry.name,
        actor: entry.actor,
        at: entry.at,
        effective_at: entry.effective_at,
    })
}

/// Returns what a command would do; `None` where nobody will see it.
///
/// The emergency never waits for a preview: a pause is previewed by core's rule on the state that was just read, and the
/// server is asked only for `--dry-run`.
async fn preview(
    context: &Context,
    server: &Client,
    wish: &CommandSpec<'_>,
    last: &Response<StateBody>,
    request: &Request,
) -> Result<Option<Preview>, Error> {
    let is_shown = !context.yes || !(context.output.quiet || context.output.json);
    Ok(match (context.dry_run, wish.is_pause()) {
        (false, _) if !is_shown => None,
        (false, true) => Some(Preview::of_last_state(last, request)),
        _ => {
            let server = server.with_timeout(context.settings.timeout.min(READ_TIMEOUT));
            Some(Preview::ask(&server, last, request).await?)
        }
    })
}

/// Writes what is and what will be.
fn describe(
    screen: &mut Table,
    server: &Client,
    reading: &Response<StateBody>,
    preview: &Preview,
) -> Result<(), Error> {
    let state = &reading.body;
    let now = reading.clock.now();
    let broken = |error| context::broken(server, &error);
    screen.line("now", Standing::of(state, now).map_err(broken)?.to_string());
    let told = Told::of(state, now);
    match preview {
        Preview::Server(answer) | Preview::LastState(answer) => {
            let then = Standing::of(&answer.state, answer.effective_at).map_err(broken)?;
            screen.line("then", then.to_string());
            let told_then = Told::of(&answer.state, answer.effective_at);
            let seen = if told_then == told { told.to_string() } else { format!("{told_then} (now {told})") };
            screen.line("viewers see", seen);
            if answer.replaced {
                screen.line("replaces", "what is scheduled for later");
            }
        }
        Preview::Unknown(why) => _ = screen.line("then", format!("not known beforehand: {why}")),
    }
    Ok(())
}

/// Turns a failure after which nobody knows whether the command arrived into what to do then.
fn uncertain(context: &Context, name: &str, id: &CommandId, rev: Option<Rev>, error: ApiError) -> Error {
    if !error.may_have_arrived() {
        return error.into();
    }
    let status = context.command_line(&["status"]);
    let find_out = match rev {
        Some(rev) => format!("{status}   (it arrived if that shows rev {} or higher by you)", rev.next()),
        None => status,
    };
    Error::uncertain(
        &format!("\"{name}\" of {}", context.settings.event),
        error,
        format!("{find_out}\nor send it again with --id {id}: if it did arrive, that changes nothing"),
    )
    .with("id", json!(id))
}

/// Creates the server's own refusal for an event that has moved on from the revision given with `--if-rev`.
pub(crate) fn stale(if_rev: Rev, state: &StateBody, last: Option<&LastChange>, url: String) -> Error {
    let refusal = downbeat_core::Refusal::Stale { if_rev, rev: state.rev };
    let mut problem = Problem::new(Code::Stale, refusal.to_string()).with("state", json!(state));
    if let Some(last) = last {
        problem = problem.with("lastChange", json!(last));
    }
    ApiError::Problem { url, problem: Box::new(problem) }.into()
}

/// Writes when a change takes effect, by the server's clock.
fn effect(at: ServerTime, clock: &ServerClock) -> String {
    text::when(at, Zone::Local, clock.now())
}

/// Reads back what the server has done.
async fn made(
    context: &Context,
    server: &Client,
    wish: &CommandSpec<'_>,
    id: CommandId,
    answer: Response<CommandAnswer>,
) -> Result<Change, Error> {
    let CommandAnswer { state, rev, .. } = &answer.body;
    let seen = server.wait_until_visible(&context.settings.event, &state.epoch, *rev, context.settings.timeout).await;
    Made::new(context, server, wish.name, id, answer, seen, wish.undo.clone()).or_unseen(context, server)
}

/// Says that a change is written but cannot be seen.
pub(crate) fn unseen(
    context: &Context,
    server: &Client,
    rev: Rev,
    seen: &Visibility,
    undo: &str,
    change: Map<String, Value>,
) -> Error {
    let url = server.url_of(&downbeat_wire::Route::EventTime(context.settings.event.clone()));
    let last = match seen.rev {
        Some(last) => format!("it shows rev {last}"),
        None => "it does not answer".to_owned(),
    };
    Error::unseen(
        format!("the change is written as rev {rev}, but not seen at {url} after {}: {last}", text::span(seen.ms)),
        format!("{}\ntake it back with: {undo}", context.command_line(&["status"])),
    )
    .with_more(change)
}

/// Writes how far a change got: `hubs 4/4 · 8,000 sockets · 312 ms`.
fn delivered(delivery: DeliveryReport) -> String {
    let DeliveryReport { hubs, acked, sockets, ms } = delivery;
    let silent = if acked < hubs { "; the others are told again until they answer" } else { "" };
    let noun = if sockets == 1 { "socket" } else { "sockets" };
    let [sockets, ms] = [sockets, ms].map(text::thousands);
    format!("hubs {acked}/{hubs} · {sockets} {noun} · {ms} ms{silent}")
}

impl Report for Change {
    fn json(&self) -> Map<String, Value> {
        match self {
            Self::Planned { place, request, preview, .. } => {
                let answer = preview.as_ref().and_then(Preview::answer);
                let standing = answer.and_then(|answer| Standing::of(&answer.state, answer.effective_at).ok());
                let mut json = place.clone();
                json.extend(members(json!({
                    "dryRun": true,
                    "request": request,
                    "effectiveAt": answer.map(|answer| answer.effective_at),
                    "replaced": answer.map(|answer| answer.replaced),
                    "then": standing.as_ref().map(context::standing_json),
                })));
                json
            }
            Self::Made(made) => made.json(),
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was sent"),
            Self::Made(made) => made.human(f),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned { .. } => self.human(f),
            Self::Made(made) => made.headline(f),
        }
    }

    fn afterword(&self) -> Option<Afterword<'_>> {
        match self {
            Self::Made(made) if made.answer.delivery.sockets > 0 => Some(Box::pin(made.applied.wait())),
            Self::Made(_) | Self::Planned { .. } => None,
        }
    }
}

impl Made {
    /// Creates a change from the server's answer and what the public URL showed. Without a command line for `undo`, it is
    /// undone by `undo`.
    pub(crate) fn new(
        context: &Context,
        server: &Client,
        name: &'static str,
        id: CommandId,
        answer: Response<CommandAnswer>,
        seen: Visibility,
        undo: Option<String>,
    ) -> Self {
        let Response { body: answer, clock } = answer;
        let undo = undo.unwrap_or_else(|| context.command_line(&["undo", "--if-rev", &answer.rev.to_string()]));
        Self {
            name,
            id,
            place: context.place(),
            standing: Standing::of(&answer.state, answer.effective_at).ok(),
            told: Told::of(&answer.state, answer.effective_at),
            effect: effect(answer.effective_at, &clock),
            applied: Applied {
                server: server.with_timeout(context.settings.timeout),
                event: context.settings.event.clone(),
                rev: answer.rev,
                effective_at: answer.effective_at,
                clock,
            },
            answer,
            seen,
            undo,
        }
    }

    /// Returns the change, or the failure that it is if the public URL does not show it.
    pub(crate) fn or_unseen(self, context: &Context, server: &Client) -> Result<Change, Error> {
        if self.seen.seen {
            return Ok(Change::Made(Box::new(self)));
        }
        Err(unseen(context, server, self.answer.rev, &self.seen, &self.undo, self.json()))
    }

    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({
            "command": self.name,
            "id": self.id,
            "rev": self.answer.rev,
            "effectiveAt": self.answer.effective_at,
            "replaced": self.answer.replaced,
            "then": self.standing.as_ref().map(context::standing_json),
            "state": self.answer.state,
            "delivery": self.answer.delivery,
            "seen": self.seen,
            "undo": self.undo,
        })));
        json
    }

    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        let rev = self.answer.rev;
        match (self.name, &self.standing) {
            ("announce" | "clear", _) => {
                writeln!(f, "{green}{}{green:#}: viewers see {} from {} (rev {rev})", self.name, self.told, self.effect)
            }
            ("rundown", _) => writeln!(f, "{green}rundown{green:#}: viewers get it from now on (rev {rev})"),
            (_, Some(standing)) => {
                writeln!(f, "{green}{}{green:#}: {standing} from {} (rev {rev})", self.name, self.effect)
            }
            (_, None) => writeln!(f, "{green}{}{green:#}: from {} (rev {rev})", self.name, self.effect),
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        if self.answer.replaced {
            writeln!(f, "what had been scheduled for later is replaced")?;
        }
        if self.answer.delivery.hubs > 0 {
            writeln!(f, "{}", delivered(self.answer.delivery))?;
        }
        writeln!(f, "seen at the edge after {}", text::fine(self.seen.ms))?;
        writeln!(f, "undo with: {}", self.undo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_says_who_is_still_silent() {
        let report = |acked, sockets, ms| delivered(DeliveryReport { hubs: 4, acked, sockets, ms });
        assert_eq!(report(4, 8_000, 312), "hubs 4/4 · 8,000 sockets · 312 ms");
        assert_eq!(report(3, 1, 1_000), "hubs 3/4 · 1 socket · 1,000 ms; the others are told again until they answer");
    }
}
