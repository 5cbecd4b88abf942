//! `cues rollback`: points the event at the rundown before the present one, or at one that is named.

use downbeat_core::Digest;

use crate::change::Change;
use crate::cli::{CommandOptions, begins_with};
use crate::confirm::{self, Gate};
use crate::context::Context;
use crate::error::Error;
use crate::sheets;

use super::list::{self, Publication};
use super::publish::{point, present};

/// Points the event at an earlier rundown.
pub(crate) fn run(context: &Context, to: Option<&str>, options: &CommandOptions) -> Result<Change, Error> {
    let server = context.operator()?;
    let state = server.state(&context.settings.event)?.body;
    let publications = list::publications(context, &server, state.rundown)?;
    let digest = choose(&publications, state.rundown, to)?;
    let (was, will_be) = (present(context, &server, state.rundown), present(context, &server, Some(digest)));
    let lines = vec![("rundown", format!("{was} → {will_be}"))];
    if !context.dry_run {
        let mut screen = context.screen(Some(&state));
        for (label, value) in &lines {
            screen.line(label, value.clone());
        }
        let gate = Gate::new(context.yes, context.settings.confirm, false, &context.settings.event);
        confirm::pass(&gate, &screen, "Roll back?", context.output)?;
    }
    point(context, options, digest, lines, state.rev)
}

/// Chooses the rundown that begins with `to`, or the one published before the present one.
fn choose(publications: &[Publication], present: Option<Digest>, to: Option<&str>) -> Result<Digest, Error> {
    let list = "\"downbeat cues list\" shows those there are; choose one with --to SHA256";
    if let Some(to) = to {
        let found: Vec<Digest> =
            publications.iter().map(|one| one.rundown).filter(|digest| begins_with(digest, to)).collect();
        return match found[..] {
            [one] if Some(one) == present => {
                Err(Error::invalid(format!("the event has rundown {} already", sheets::short(one)), list))
            }
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
            format!("there is no rundown before {}: it is the first one published", sheets::short(present)),
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

    fn publications() -> Vec<Publication> {
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
        list::in_order(&entries, None)
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
        assert!(choose(&list, Some(digest(3)), Some("03030303")).unwrap_err().to_string().contains("already"));
    }
}
