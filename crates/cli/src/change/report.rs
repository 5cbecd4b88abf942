//! The result of a change, and how it is printed.

use std::fmt;

use downbeat_api::{Client, Response, Visibility};
use downbeat_core::{CommandId, Rev};
use downbeat_wire::{ClockReport, CommandAnswer, DeliveryReport};
use serde_json::{Map, Value, json};

use super::failure::{self, Unseen};
use super::preview::Preview;
use crate::applied::Applied;
use crate::audience;
use crate::context::{self, Context};
use crate::error::Error;
use crate::message::VisibleMessage;
use crate::output::{Afterword, Report, members};
use crate::standing::Standing;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// The result of a command that changes the event.
pub(crate) enum ChangeReport {
    /// `--dry-run`: nothing was sent.
    Planned { screen: Table, place: Map<String, Value>, request: Value, preview: Option<Preview> },
    /// The server has accepted it.
    Accepted(Box<AcceptedChange>),
}

/// A change that the server has accepted.
pub(crate) struct AcceptedChange {
    name: &'static str,
    id: CommandId,
    place: Map<String, Value>,
    answer: CommandAnswer,
    standing: Option<Standing>,
    message: VisibleMessage,
    /// When it takes effect, for the screen.
    takes_effect: String,
    visibility: Visibility,
    /// The command line that reverts it; `None` if it changed nothing.
    undo: Option<String>,
    applied: Applied,
}

impl Report for ChangeReport {
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
            Self::Accepted(accepted) => accepted.json(),
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned { screen, .. } => writeln!(f, "{screen}dry run: nothing was sent"),
            Self::Accepted(accepted) => accepted.human(f),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned { .. } => self.human(f),
            Self::Accepted(accepted) => accepted.headline(f),
        }
    }

    fn afterword(&self) -> Option<Afterword<'_>> {
        match self {
            Self::Accepted(accepted) if accepted.has_viewers() => Some(Box::pin(accepted.applied.wait())),
            Self::Accepted(_) | Self::Planned { .. } => None,
        }
    }
}

impl AcceptedChange {
    /// Creates the report on a change from the server's answer and on whether the public URL shows it. Without a command line
    /// in `undo`, the command `undo` reverts it.
    pub(crate) fn new(
        context: &Context,
        server: &Client,
        name: &'static str,
        id: CommandId,
        answer: Response<CommandAnswer>,
        visibility: Visibility,
        undo: Option<String>,
    ) -> Self {
        let Response { body: answer, clock: answered } = answer;
        // The answer comes from the event, the public URL's from the worker, whose clock viewers have.
        let clock = visibility.clock.unwrap_or(answered);
        let undo = undo.unwrap_or_else(|| {
            let back = if name == "undo" { "redo" } else { "undo" };
            let rev = answer.reverted.as_ref().map_or(answer.rev, |reverted| reverted.rev);
            context.command_line(&[back, &rev.to_string()])
        });
        // Undoing what changed nothing would undo something else.
        let undo = Some(undo).filter(|_| !answer.unchanged);
        Self {
            name,
            id,
            place: context.place(),
            standing: Standing::of(&answer.state, answer.effective_at).ok(),
            message: VisibleMessage::at(&answer.state, answer.effective_at),
            takes_effect: text::when(answer.effective_at, TimeZone::Local, clock.at(answered.received().local)),
            applied: Applied {
                server: server.with_timeout(context.settings.timeout),
                event: context.settings.event.clone(),
                rev: answer.rev,
                effective_at: answer.effective_at,
                was_partial: audience::untold(&answer.delivery.untold, None).is_some(),
                clock,
            },
            answer,
            visibility,
            undo,
        }
    }

    /// Returns whether anybody is to be sent it through a socket.
    const fn has_viewers(&self) -> bool {
        self.answer.delivery.sockets > 0 || self.applied.was_partial
    }

    /// Returns the change, or an error if the public URL does not show it, or not its effect.
    pub(crate) fn or_unseen(
        self,
        context: &Context,
        server: &Client,
        unseen: Option<Unseen>,
    ) -> Result<ChangeReport, Error> {
        let Some(unseen) = unseen else { return Ok(ChangeReport::Accepted(Box::new(self))) };
        let (rev, seen, undo) = (self.answer.rev, &self.visibility, &self.undo);
        Err(failure::ineffective(context, server, rev, seen, unseen, undo.as_deref(), self.json()))
    }

    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({
            "command": self.name,
            "id": self.id,
            "rev": self.answer.rev,
            "effectiveAt": self.answer.effective_at,
            "replaced": self.answer.replaced,
            "unchanged": self.answer.unchanged,
            "reverted": self.answer.reverted,
            "then": self.standing.as_ref().map(context::standing_json),
            "state": self.answer.state,
            "delivery": self.answer.delivery,
            "seen": self.visibility,
            "clock": self.answer.clock,
            "undo": self.undo,
        })));
        json
    }

    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = anstyle::AnsiColor::Green.on_default().bold();
        let rev = self.answer.rev;
        match (self.name, &self.standing) {
            ("announce" | "clear", _) => {
                writeln!(
                    f,
                    "{green}{}{green:#}: viewers see {} from {} (rev {rev})",
                    self.name, self.message, self.takes_effect
                )
            }
            ("rundown", _) => writeln!(f, "{green}rundown{green:#}: viewers get it from now on (rev {rev})"),
            (_, Some(standing)) => {
                writeln!(f, "{green}{}{green:#}: {standing} from {} (rev {rev})", self.name, self.takes_effect)
            }
            (_, None) => writeln!(f, "{green}{}{green:#}: from {} (rev {rev})", self.name, self.takes_effect),
        }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        if self.answer.unchanged {
            writeln!(f, "it was so already: nothing is different from before")?;
        }
        if self.answer.replaced {
            writeln!(f, "what had been scheduled for later is replaced")?;
        }
        if self.answer.delivery.hubs > 0 {
            writeln!(f, "{}", describe_delivery(&self.answer.delivery))?;
        }
        if let Some(viewers) = audience::polling(self.answer.delivery.polling) {
            writeln!(f, "polling: {viewers}{}", audience::POLLED_WITHIN)?;
        }
        if let Some(clock) = self.answer.clock {
            writeln!(f, "{}", describe_clocks(clock))?;
        }
        writeln!(f, "{}", describe_visibility(self.answer.rev, &self.visibility))?;
        match (&self.undo, self.name) {
            (Some(undo), "undo") => writeln!(f, "redo with: {undo}"),
            (Some(undo), _) => writeln!(f, "undo with: {undo}"),
            (None, _) => Ok(()),
        }
    }
}

/// Describes when the public URL showed the change `rev`: `seen at the edge after 312 ms`. A later revision, which has the
/// change in it, is named.
fn describe_visibility(rev: Rev, visibility: &Visibility) -> String {
    let seen = format!("seen at the edge after {}", text::fine(visibility.ms));
    match visibility.rev {
        Some(later) if later != rev => format!("{seen}, with rev {later}, which came after it"),
        _ => seen,
    }
}

/// Describes the clock of an event that is wrong, and which one counted.
fn describe_clocks(clock: ClockReport) -> String {
    let side = if clock.object > clock.worker { "ahead of" } else { "behind" };
    let difference = (clock.object - clock.worker).max(clock.worker - clock.object);
    format!(
        "the event's clock is {} {side} the worker's; the worker's counts, as viewers have it",
        text::span(difference)
    )
}

/// Describes who was told of a change: `all told: 8,000 sockets · hubs 4/4 · 312 ms`, or
/// `not told yet: 1,240 of 20,431 sockets (enam 1,240) · hubs 3/4 · 1,000 ms; told again until they answer: enam 1`.
fn describe_delivery(delivery: &DeliveryReport) -> String {
    let DeliveryReport { hubs, acked, sockets, ms, ref missing, ref untold, .. } = *delivery;
    let noun = if sockets == 1 { "socket" } else { "sockets" };
    let which = if acked >= hubs { "all told" } else { "told" };
    let who = match audience::untold(untold, Some(sockets)) {
        Some(untold) => format!("not told yet: {untold}"),
        None => format!("{which}: {} {noun}", text::thousands(sockets)),
    };
    let reached = format!("{who} · hubs {acked}/{hubs} · {} ms", text::thousands(ms));
    if acked >= hubs {
        return reached;
    }
    let mut names: Vec<String> = missing.iter().map(|name| format!("{} {}", name.region.as_str(), name.hub)).collect();
    let unnamed = u64::from(hubs - acked).saturating_sub(names.len() as u64);
    match (names.is_empty(), unnamed) {
        (true, _) => return format!("{reached}; the others are told again until they answer"),
        (false, 0) => {}
        (false, more) => names.push(format!("{} more", text::thousands(more))),
    }
    format!("{reached}; told again until they answer: {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::fanout::Region;
    use downbeat_wire::HubName;
    use downbeat_wire::audience::Untold;

    #[test]
    fn a_revision_is_not_called_seen_when_it_was_another() {
        let describe = |rev| {
            let visibility = Visibility::of_rev(downbeat_core::Span::from_millis(312), Some(Rev::new(rev)), true);
            describe_visibility(Rev::new(13), &visibility)
        };
        assert_eq!(describe(13), "seen at the edge after 312 ms");
        assert_eq!(describe(14), "seen at the edge after 312 ms, with rev 14, which came after it");
    }

    #[test]
    fn a_wrong_clock_is_named_with_the_one_that_counts() {
        let hour = downbeat_core::Span::from_millis(3_600_000);
        let worker = downbeat_core::ServerTime::from_millis(1_704_067_200_000);
        let told = |object| describe_clocks(ClockReport { worker, object });
        assert_eq!(
            told(worker + hour),
            "the event's clock is 1 h ahead of the worker's; the worker's counts, as viewers have it"
        );
        assert!(told(worker + -hour).contains("is 1 h behind the worker's"));
    }

    #[test]
    fn delivery_mentions_hubs_that_have_not_acknowledged() {
        let report = |hubs, acked, sockets, ms, missing: &[u16], untold: &[(Region, u64)]| {
            let name = |hub: &u16| HubName { hub: *hub, region: Region::of_hub(*hub) };
            let missing = missing.iter().map(name).collect();
            let untold = untold.iter().map(|(region, sockets)| Untold {
                region: *region,
                hubs: 1,
                sockets: *sockets,
                unknown: 0,
            });
            let untold = untold.collect();
            describe_delivery(&DeliveryReport { hubs, acked, sockets, ms, missing, untold, polling: 0 })
        };
        assert_eq!(report(4, 4, 8_000, 312, &[], &[]), "all told: 8,000 sockets · hubs 4/4 · 312 ms");
        assert_eq!(
            report(4, 3, 19_191, 1_000, &[1], &[(Region::EastNorthAmerica, 1_240)]),
            "not told yet: 1,240 of 20,431 sockets (enam 1,240) · hubs 3/4 · 1,000 ms; told again until they answer: enam 1"
        );
        // Nobody is on the silent hub.
        assert_eq!(
            report(4, 3, 19_191, 1_000, &[1], &[(Region::EastNorthAmerica, 0)]),
            "told: 19,191 sockets · hubs 3/4 · 1,000 ms; told again until they answer: enam 1"
        );
        // A worker from before they were named.
        assert_eq!(
            report(4, 3, 1, 1_000, &[], &[]),
            "told: 1 socket · hubs 3/4 · 1,000 ms; the others are told again until they answer"
        );
        assert_eq!(
            report(700, 688, 41_000, 1_000, &[22, 138], &[]),
            "told: 41,000 sockets · hubs 688/700 · 1,000 ms; told again until they answer: weur 22, weur 138, 10 more"
        );
    }
}
