//! The steps of every change: read the state, show one screen, ask, send, read back, say how to undo it.

mod effects;
mod failure;
mod plan;
mod preview;
mod report;
mod screen;

use downbeat_api::{ApiError, Client, Expected, Response, Visibility};
use downbeat_core::object_clock::TOLERANCE;
use downbeat_core::{Command, Request, Rev, ServerTime, Span};
use downbeat_wire::{CommandAnswer, StateBody};

use crate::cli::CommandOptions;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::instant;
use crate::past;
use crate::standing::Standing;
use plan::Plan;
use preview::Preview;

pub(crate) use failure::{Unseen, last_change, stale, unseen};
pub(crate) use plan::CommandSpec;
pub(crate) use report::{AcceptedChange, ChangeReport};

/// How long a pause waits for the event's state, and any command for its preview, before it goes ahead without: 3 s.
///
/// Reason: the emergency command must not depend on a server being able to read.
const READ_TIMEOUT: Span = Span::from_millis(3_000);

/// The longest wait for a change to take effect: 5 s, more than every lead. What is scheduled for later is not waited for.
const SOON: Span = Span::from_millis(5_000);

/// Carries out the command that `spec` describes.
///
/// # Errors
/// [`Error`]; its text always says whether anything was sent.
pub(crate) async fn carry_out(
    context: &Context,
    options: &CommandOptions,
    spec: &CommandSpec<'_>,
) -> Result<ChangeReport, Error> {
    let server = context.operator()?;
    let plan = plan(context, options, &server, spec).await?;
    if let (Some(if_rev), Some(state)) = (plan.if_rev, plan.state())
        && !spec.is_pause()
    {
        require_rev(context, &server, state, if_rev).await?;
    }

    let planned = plan.request()?;
    let preview = match &plan.reading {
        Some(reading) => preview(context, &server, spec, reading, &planned).await?,
        None => None,
    };
    let screen = screen::build(context, &server, &plan, &planned, preview.as_ref()).await?;
    if context.dry_run {
        let request = downbeat_wire::command::body(&planned);
        return Ok(ChangeReport::Planned { screen, place: context.place(), request, preview });
    }
    let gate = Gate::new(context.yes, context.settings.confirm, spec.is_pause(), &context.settings.event);
    confirm::pass(&gate, &screen, spec.question, context.output)?;

    // Time has passed since the question was asked.
    let request = meant_for(plan.request()?, preview.as_ref());
    let answer = server.command(&context.settings.event, &request).await.map_err(|error| {
        failure::uncertain(context, spec.name, &request.id, plan.state().map(|state| state.rev), error)
    })?;
    read_back(context, &server, spec, request, answer).await
}

/// Returns an undo or a redo as one of the change that was shown, so that nothing else is undone.
fn meant_for(mut request: Request, preview: Option<&Preview>) -> Request {
    if let Command::Undo { rev } | Command::Redo { rev } = &mut request.command {
        let shown = preview.and_then(Preview::answer).and_then(|answer| answer.reverted.as_ref());
        *rev = rev.or(shown.map(|shown| shown.rev));
    }
    request
}

/// Reads the state and gathers what goes into the request.
async fn plan<'a>(
    context: &Context,
    options: &CommandOptions,
    server: &Client,
    spec: &'a CommandSpec<'a>,
) -> Result<Plan<'a>, Error> {
    let reading = read_state(context, server, spec).await?;
    let requested_at = match &options.at {
        // At once, however long the question is read.
        Some(at) if at.trim() == "now" => None,
        Some(at) => {
            let now = now(reading.as_ref(), server).await?;
            let instant = instant::parse(at, options.zone(), now)?;
            past::check("--at", at, instant, spec.past_max(), options.zone(), now)?;
            Some(instant)
        }
        None => None,
    };
    let id = match &options.id {
        Some(id) => id.clone(),
        None => downbeat_api::new_id()?,
    };
    Ok(Plan {
        spec,
        reading,
        id,
        actor: context::actor(options.attribution.actor.as_deref()),
        reason: options.attribution.reason.clone(),
        if_rev: options.attribution.if_rev,
        requested_at,
    })
}

/// Reads the event's state. A pause goes ahead without it if the server can be reached but does not return it in time, or a cache
/// returns an old one.
async fn read_state(
    context: &Context,
    server: &Client,
    spec: &CommandSpec<'_>,
) -> Result<Option<Response<StateBody>>, Error> {
    let event = &context.settings.event;
    if !spec.is_pause() {
        return Ok(Some(server.state(event).await?));
    }
    match server.with_timeout(context.settings.timeout.min(READ_TIMEOUT)).state(event).await {
        Ok(reading) => Ok(Some(reading)),
        Err(error @ ApiError::Unreachable { .. }) => Err(error.into()),
        Err(ApiError::Cached { .. }) => Ok(None),
        Err(error) if error.may_have_arrived() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn now(reading: Option<&Response<StateBody>>, server: &Client) -> Result<ServerTime, Error> {
    Ok(match reading {
        Some(reading) => reading.clock.now(),
        None => server.clock().await?.clock.now(),
    })
}

/// Checks that the event is still at the revision given with `--if-rev`.
///
/// # Errors
/// The server's refusal, with the last change if the token may read the log.
pub(crate) async fn require_rev(
    context: &Context,
    server: &Client,
    state: &StateBody,
    if_rev: Rev,
) -> Result<(), Error> {
    if if_rev == state.rev {
        return Ok(());
    }
    let last = last_change(server, context).await;
    Err(stale(if_rev, state, last.as_ref(), server.url().to_string()))
}

/// Returns what a command would do; `None` if nobody will see it.
///
/// The emergency never waits for a preview: a pause is previewed by core's rule on the state that was just read, and the
/// server is asked only for `--dry-run`.
async fn preview(
    context: &Context,
    server: &Client,
    spec: &CommandSpec<'_>,
    last: &Response<StateBody>,
    request: &Request,
) -> Result<Option<Preview>, Error> {
    let is_shown = !context.yes || !(context.output.quiet || context.output.json);
    Ok(match (context.dry_run, spec.is_pause()) {
        (false, _) if !is_shown => None,
        (false, true) => Some(Preview::of_last_state(last, request)),
        _ => {
            let server = server.with_timeout(context.settings.timeout.min(READ_TIMEOUT));
            Some(Preview::ask(&server, last, request).await?)
        }
    })
}

/// Waits until the public URL shows what the server has accepted: its revision and, if it takes effect soon, its status.
async fn read_back(
    context: &Context,
    server: &Client,
    spec: &CommandSpec<'_>,
    request: Request,
    answer: Response<CommandAnswer>,
) -> Result<ChangeReport, Error> {
    let (visibility, unseen) = watch_effect(context, server, &request, &answer).await;
    let change = AcceptedChange::new(context, server, spec.name, request.id, answer, visibility, spec.undo.clone());
    change.or_unseen(context, server, unseen)
}

/// Watches the public URL until a change has taken effect there, if it does so soon. Returns what was seen, and what was not.
async fn watch_effect(
    context: &Context,
    server: &Client,
    request: &Request,
    answer: &Response<CommandAnswer>,
) -> (Visibility, Option<Unseen>) {
    let CommandAnswer { state, rev, effective_at, .. } = &answer.body;
    let (event, timeout) = (&context.settings.event, context.settings.timeout);
    let mut expected = Expected { epoch: &state.epoch, rev: *rev, status: None };
    let written = server.wait_until_shown(event, expected, timeout).await;
    let Some(clock) = written.clock.filter(|_| written.seen) else { return (written, Some(Unseen::Revision)) };
    let late = written.lateness(*effective_at, request.at, request.command.lead(), &answer.clock);
    if let Some(late) = late.filter(|late| *late > TOLERANCE) {
        return (Visibility { seen: false, ..written }, Some(Unseen::Late(late)));
    }
    let ahead = (*effective_at - clock.now()).max(Span::ZERO);
    let Some(status) = Standing::of(state, *effective_at).ok().map(|then| then.status).filter(|_| ahead <= SOON) else {
        return (written, None);
    };
    expected.status = Some(status);
    let seen = server.wait_until_shown(event, expected, ahead + timeout).await;
    let unseen = (!seen.seen).then_some(Unseen::Status(status));
    (Visibility { ms: written.ms + seen.ms, clock: written.clock, ..seen }, unseen)
}
