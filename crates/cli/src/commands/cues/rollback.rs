//! `cues rollback`: points the event at the rundown before the present one, or at one that is named.

use downbeat_core::Digest;
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::Publication;

use crate::cli::{RollbackArgs, begins_with};
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::publish::release::{self, Offer};
use crate::publish::steps::Wanted;
use crate::publish::worker;
use crate::publish::{self, look};
use crate::server::Server;
use crate::sheets;
use crate::text;

use super::history::{self, Known};

/// Points the event at an earlier rundown.
pub(crate) async fn run(context: &Context, args: &RollbackArgs) -> Result<Box<dyn Report>, Error> {
    const QUESTION: &str = "Roll back?";
    let event = &context.settings.event;
    let (release, attribution) = (&args.release, &args.options.attribution);
    if let Some(store) = release::store(context, &release.to)? {
        let look = look::look(&store, event).await?;
        let revisions = look::history(&store, event, &look).await?;
        let known = history::of_revisions(&revisions);
        let digest = match (&look.present, &revisions[..], &args.to_rundown) {
            (Some(present), [before @ .., last], None) if !present.in_history && is_rollback(before, last) => {
                last.rundown
            }
            _ => choose(&known, look.rundown(), args.to_rundown.as_deref())?,
        };
        let (wanted, rundown) = release::load(&store, digest).await?;
        let source = back_to(&known, digest, &rundown);
        let offer = Offer { wanted, rundown, source };
        let release = release::Release::prepare(context, release, attribution, &store, offer).await?;
        return Ok(Box::new(release.carry_out(&args.options, QUESTION).await?));
    }
    let server = context.operator()?;
    let reading = server.state(event).await?;
    let known = history::of_log(context, &server, reading.body.rundown).await?;
    let digest = choose(&known, reading.body.rundown, args.to_rundown.as_deref())?;
    let (wanted, rundown) = load(context, &server, digest).await?;
    let source = back_to(&known, digest, &rundown);
    let offer = Offer { wanted, rundown, source };
    let release = worker::Release::prepare(context, release, attribution, &server, reading, offer).await?;
    Ok(Box::new(release.carry_out(&args.options, QUESTION).await?))
}

/// Returns whether `last` is what going back from the revisions before it gives: then it is finished if it was interrupted,
/// and not done once more.
fn is_rollback(before: &[Publication], last: &Publication) -> bool {
    let present = before.last().map(|before| before.rundown);
    choose(&history::of_revisions(before), present, None).is_ok_and(|digest| digest == last.rundown)
}

/// Says what is gone back to.
fn back_to(known: &[Known], digest: Digest, rundown: &Rundown) -> String {
    let rev = known.iter().find(|known| known.rundown == digest).map(|known| format!(" of rev {}", known.rev));
    format!("the rundown{}: {}", rev.unwrap_or_default(), sheets::summary(rundown))
}

/// Reads a rundown of the event that is to be published again.
async fn load(context: &Context, server: &Server, digest: Digest) -> Result<(Wanted, Rundown), Error> {
    let bytes = server.rundown(&context.settings.event, digest).await?;
    let strange = |why: String| {
        publish::differs(format!("rundown {digest} cannot be published again: {why}"), "publish its sheet instead")
    };
    if digest_of(&bytes) != digest {
        return Err(strange("its bytes have another SHA-256".to_owned()));
    }
    let rundown = Rundown::parse(&bytes).map_err(|error| strange(error.to_string()))?;
    Ok((Wanted { digest, bytes }, rundown))
}

/// Chooses the rundown that begins with `to`, or the one published before the present one.
fn choose(publications: &[Known], present: Option<Digest>, to: Option<&str>) -> Result<Digest, Error> {
    let list = "\"downbeat cues history\" shows those there are; choose one with --to SHA256";
    if let Some(to) = to {
        let found: Vec<Digest> =
            publications.iter().map(|one| one.rundown).filter(|digest| begins_with(digest, to)).collect();
        return match found[..] {
            // Also the present one: whoever was interrupted runs it again.
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
    use serde_json::json;

    fn digest(byte: u8) -> Digest {
        Digest::from_bytes([byte; 32])
    }

    fn publications() -> Vec<Known> {
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
        history::in_order(&entries, None)
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
