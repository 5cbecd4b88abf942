//! `emergency …` and `pause --break-glass`, a file per command.

pub(super) mod break_glass;
mod clear;
mod deliver;
mod findings;
mod init;
mod place;
mod reach;
mod rehearse;
mod status;

use downbeat_core::event::EmergencyChannel;
use downbeat_publish::emergency::key::is_signed;
use downbeat_publish::emergency::unverified;
use downbeat_wire::{EmergencyBody, EmergencyDocument};

use crate::cli::{EmergencyTask, Global};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Output, Report};
use crate::text;
use crate::time_zone::TimeZone;

/// Runs one of the commands. Making a key works without a context, too.
pub(super) async fn run(task: EmergencyTask, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    let context = || super::context(global, output);
    Ok(match task {
        EmergencyTask::Init(args) => Box::new(init::run(&args, global.dry_run, context().ok().as_ref()).await?),
        EmergencyTask::Status(args) => Box::new(status::run(&context()?, &args).await?),
        EmergencyTask::Rehearse(args) => Box::new(rehearse::run(&context()?, &args).await?),
        EmergencyTask::Deliver(args) => Box::new(deliver::run(&context()?, &args).await?),
        EmergencyTask::Clear(args) => Box::new(clear::run(&context()?, &args).await?),
    })
}

/// Describes a signed state in one line, and whether viewers accept it.
fn told(document: &EmergencyDocument, channel: Option<&EmergencyChannel>) -> String {
    let signature = match channel {
        Some(channel) if is_signed(document, &channel.key) => "the signature is valid",
        Some(_) => "but it was not signed with the event's key, so nobody accepts it",
        None => "the event's key is not known here",
    };
    match unverified(document) {
        Some(body) => format!("{}; {signature}", line(&body)),
        None => "something that is not a state".to_owned(),
    }
}

fn line(body: &EmergencyBody) -> String {
    let reason = body.reason.as_deref().map(|reason| format!(", because: {reason}")).unwrap_or_default();
    let at = text::instant(body.signed_at, TimeZone::Local);
    text::tame(&format!("rev {} of epoch {}, signed by {} at {at}{reason}", body.rev, body.epoch, body.actor))
}

/// Returns the command line of another of these commands for the same target.
fn command_line(context: &Context, words: &[&str], args: &crate::cli::EmergencyArgs) -> String {
    let target = args.target.as_ref().map(ToString::to_string);
    let flags = target.as_ref().map(|target| ["--target", target]);
    context.command_line(&[words, flags.as_ref().map_or(&[][..], |flags| &flags[..])].concat())
}
