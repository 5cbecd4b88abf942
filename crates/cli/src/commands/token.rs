//! `token …`, a file per command.

mod add;
mod handing;
mod list;
mod new;
mod output_file;
mod revoke;
mod rotate;
mod sign_in;

use downbeat_api::clock;
use downbeat_core::ServerTime;
use downbeat_wire::keyring::ListedToken;
use downbeat_wire::{pattern, scope};

use crate::cli::{ExpiryArgs, Global, TokenTask};
use crate::confirm::Gate;
use crate::context::Context;
use crate::error::Error;
use crate::instant;
use crate::output::{Output, Report};
use crate::text;
use crate::time_zone::TimeZone;

/// Runs one of the commands. Making a token for the secret needs no context.
pub(super) async fn run(task: TokenTask, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    let context = || super::context(global, output);
    Ok(match task {
        TokenTask::New(args) => Box::new(new::run(args)?),
        TokenTask::Add(args) => Box::new(add::run(&context()?, args).await?),
        TokenTask::List(args) => Box::new(list::run(&context()?, &args).await?),
        TokenTask::Rotate(args) => Box::new(rotate::run(&context()?, &args).await?),
        TokenTask::Revoke(args) => Box::new(revoke::run(&context()?, &args).await?),
    })
}

/// Returns the instant that `--expires` names; `None` for never.
fn expiry(args: &ExpiryArgs) -> Result<Option<ServerTime>, Error> {
    let Some(given) = &args.expires else { return Ok(None) };
    let zone = args.tz.unwrap_or(TimeZone::Local);
    // "90d" can only be meant from now on; what is no span may be an instant.
    let is_span = crate::given::span(given).is_ok();
    let expires = instant::parse(&if is_span { format!("+{given}") } else { given.clone() }, zone, clock::wall())?;
    if expires <= clock::wall() {
        return Err(Error::invalid(
            format!("--expires {given:?} is past, by this machine's clock"),
            "give a later time",
        ));
    }
    Ok(Some(expires))
}

/// Returns the confirmation that a change of tokens requires: no event's name, since it is about none.
fn gate(context: &Context) -> Gate {
    if context.yes { Gate::Open } else { Gate::Yes }
}

/// Describes what a token allows in one line.
fn told(token: &ListedToken) -> String {
    let events = token.events.as_deref().map(|events| format!(", for the events {}", pattern::listed(events)));
    let expires = match token.expires {
        Some(at) => format!(", until {}", text::when(at, TimeZone::Local, clock::wall())),
        None => ", without expiry".to_owned(),
    };
    let maker = token.made_by.as_ref().filter(|_| token.device);
    let device = maker.map(|maker| format!(", a device of {maker}")).unwrap_or_default();
    format!("{}{}{expires}{device}", scope::listed(&token.scopes), events.unwrap_or_default())
}
