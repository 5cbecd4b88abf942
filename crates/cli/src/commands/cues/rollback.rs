//! `cues rollback`: points the event at the rundown before the present one, or at one that is named.

use downbeat_core::Digest;
use downbeat_publish::destination::{FirstPublication, Survey, first_publications};
use downbeat_sheet::Rundown;
use downbeat_wire::Publication;

use super::release::{Job, Sourced, destination};
use crate::cli::{RollbackArgs, begins_with};
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::{sheets, text};

/// Points the event at an earlier rundown.
pub(crate) async fn run(context: &Context, args: &RollbackArgs) -> Result<Box<dyn Report>, Error> {
    let event = &context.settings.event;
    let destination = destination(context, &args.release.to)?;
    let survey = destination.survey(event).await?;
    let history = destination.history(event, &survey).await?;
    let digest = match (&survey, history.revisions.as_deref(), &args.to_rundown) {
        (Survey::Store(snapshot), Some([before @ .., last]), None)
            if snapshot.unfinished().is_some() && is_rollback(before, last) =>
        {
            last.rundown
        }
        _ => choose(&history.rundowns, survey.rundown(), args.to_rundown.as_deref())?,
    };
    let offer = destination.offer(event, digest).await?;
    let source = back_to(&history.rundowns, digest, &offer.rundown);
    let job = Job { context, args: &args.release, destination: &destination };
    job.run(survey, Sourced { offer, source }, &args.options, "Roll back?").await
}

/// Returns whether `last` went back from the revisions before it. If it was interrupted, it is then finished, and not done
/// once more.
fn is_rollback(before: &[Publication], last: &Publication) -> bool {
    let present = before.last().map(|before| before.rundown);
    choose(&first_publications(before), present, None).is_ok_and(|digest| digest == last.rundown)
}

/// Describes the rundown that the event goes back to.
fn back_to(known: &[FirstPublication], digest: Digest, rundown: &Rundown) -> String {
    let rev = known.iter().find(|known| known.rundown == digest).map(|known| format!(" of rev {}", known.rev));
    format!("the rundown{}: {}", rev.unwrap_or_default(), sheets::summary(rundown))
}

/// Chooses the rundown that begins with `to`, or the one published before the present one.
fn choose(publications: &[FirstPublication], present: Option<Digest>, to: Option<&str>) -> Result<Digest, Error> {
    let list = "\"downbeat cues history\" shows those there are; choose one with --to SHA256";
    if let Some(to) = to {
        let found: Vec<Digest> =
            publications.iter().map(|one| one.rundown).filter(|digest| begins_with(digest, to)).collect();
        return match found[..] {
            // This may be the present one: after an interruption the same command runs again.
            [one] => Ok(one),
            [] => Err(Error::invalid(format!("no rundown of this event begins with {to}"), list)),
            _ => Err(Error::invalid(format!("several rundowns of this event begin with {to}"), "give more digits")),
        };
    }
    let Some(present) = present else {
        return Err(Error::invalid("the event has no rundown to go back from", list));
    };
    let index = publications.iter().position(|one| one.rundown == present);
    match index.and_then(|index| index.checked_sub(1)) {
        Some(index) => Ok(publications[index].rundown),
        None => Err(Error::invalid(
            format!("there is no rundown before {}: it is the first one published", text::short(present)),
            list,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Rev, ServerTime};
    use downbeat_publish::destination::first_publications_in_log;
    use serde_json::json;

    fn digest(byte: u8) -> Digest {
        Digest::from_bytes([byte; 32])
    }

    fn publications() -> Vec<FirstPublication> {
        let entries: Vec<_> = [3_u8, 2, 1]
            .iter()
            .map(|&byte| downbeat_wire::LogEntry {
                rev: Rev::new(u64::from(byte) + 1),
                at: ServerTime::from_millis(0),
                effective_at: ServerTime::from_millis(0),
                actor: String::new(),
                token: String::new(),
                name: "rundown".to_owned(),
                body: json!({ "rundown": digest(byte) }),
                prev: downbeat_wire::log::CHAIN_START,
                hash: None,
            })
            .collect();
        first_publications_in_log(&entries, None)
    }

    #[test]
    fn going_back_twice_goes_back_further() {
        let list = publications();
        assert_eq!(choose(&list, Some(digest(3)), None).unwrap(), digest(2));
        assert_eq!(choose(&list, Some(digest(2)), None).unwrap(), digest(1));
        assert!(choose(&list, Some(digest(1)), None).unwrap_err().to_string().contains("the first one published"));
        assert!(choose(&list, None, None).unwrap_err().to_string().contains("no rundown to go back from"));
    }

    #[test]
    fn a_rundown_can_be_named_by_its_beginning() {
        let list = publications();
        assert_eq!(choose(&list, Some(digest(3)), Some("01010101")).unwrap(), digest(1));
        assert!(choose(&list, Some(digest(3)), Some("09090909")).unwrap_err().to_string().contains("no rundown"));
        assert_eq!(choose(&list, Some(digest(3)), Some("03030303")).unwrap(), digest(3));
    }
}
