//! `cues rollback`: points the event at what was live before the present rundown was published, or at a rundown that is named.

use downbeat_core::Digest;
use downbeat_publish::changes::{LiveStack, Previous, RundownChange};
use downbeat_publish::destination::Survey;
use downbeat_sheet::Rundown;

use super::release::{Job, Kind, Places, Sourced};
use crate::cli::{RollbackArgs, begins_with};
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::{sheets, text};

/// Points the event at an earlier rundown.
pub(crate) async fn run(context: &Context, args: &RollbackArgs) -> Result<Box<dyn Report>, Error> {
    let event = &context.settings.event;
    let places = Places::new(context, &args.release)?;
    let survey = places.main().survey(event).await?;
    let history = places.main().history(event, &survey).await?;
    let unfinished = match &survey {
        Survey::Store(snapshot) => snapshot.unfinished().filter(|last| last.is_rollback).map(|last| last.rundown),
        Survey::Worker(_) => None,
    };
    let digest = match (&args.to_rundown, unfinished) {
        (Some(to), _) => named(&history.changes, to)?,
        // An interrupted rollback is finished, and not done once more.
        (None, Some(rundown)) => rundown,
        (None, None) => previous(&history.live, survey.rundown())?,
    };
    let offer = places.main().offer(event, digest).await?;
    let source = back_to(&history.changes, digest, &offer.rundown);
    let job = Job { context, args: &args.release, places: &places, kind: Kind::Rollback };
    job.run(survey, Sourced { offer, source }, &args.options).await
}

/// Describes the rundown that the event goes back to.
fn back_to(changes: &[RundownChange], digest: Digest, rundown: &Rundown) -> String {
    let rev =
        changes.iter().find(|change| change.rundown == Some(digest)).map(|change| format!(" of rev {}", change.rev));
    format!("the rundown{}: {}", rev.unwrap_or_default(), sheets::summary(rundown))
}

const LIST: &str = "\"downbeat cues history\" shows those there are; choose one with --to SHA256";

/// Returns the rundown whose digest begins with `to`.
fn named(changes: &[RundownChange], to: &str) -> Result<Digest, Error> {
    let mut found: Vec<Digest> =
        changes.iter().filter_map(|change| change.rundown).filter(|digest| begins_with(digest, to)).collect();
    found.sort_unstable();
    found.dedup();
    match found[..] {
        // This may be the present one: after an interruption the same command runs again.
        [one] => Ok(one),
        [] => Err(Error::invalid(format!("no rundown of this event begins with {to}"), LIST)),
        _ => Err(Error::invalid(format!("several rundowns of this event begin with {to}"), "give more digits")),
    }
}

/// Returns what was live before the present rundown was published.
fn previous(live: &LiveStack, present: Option<Digest>) -> Result<Digest, Error> {
    match live.previous() {
        Previous::Rundown(rundown) => Ok(rundown),
        Previous::None { earlier } => {
            let remedy = earlier.map(|earlier| format!("; before that it had {}", text::short(earlier)));
            let message = format!("the event had no rundown before the present one{}", remedy.unwrap_or_default());
            Err(Error::invalid(message, LIST))
        }
        Previous::First => Err(Error::invalid(
            match present {
                Some(present) => {
                    format!("there is no rundown before {}: it is the first one published", text::short(present))
                }
                None => "the event has no rundown to go back from".to_owned(),
            },
            LIST,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Rev, ServerTime};
    use downbeat_publish::changes::ChangeKind;

    #[test]
    fn a_rundown_can_be_named_by_its_beginning() {
        let digest = |byte: u8| Digest::from_bytes([byte; 32]);
        let change = |byte: u8| RundownChange {
            rev: Rev::new(u64::from(byte) + 1),
            at: ServerTime::from_millis(0),
            actor: String::new(),
            reason: None,
            kind: ChangeKind::Published,
            rundown: Some(digest(byte)),
        };
        let changes = [change(1), change(2), change(3), change(1)];
        assert_eq!(named(&changes, "01010101").unwrap(), digest(1));
        assert!(named(&changes, "09090909").unwrap_err().to_string().contains("no rundown"));
        assert_eq!(named(&changes, "03030303").unwrap(), digest(3));
    }
}
