//! The report for people.

use std::fmt;

use super::{LoadReport, latencies, thousands};
use crate::commands::load::latencies::LatencyTable;
use crate::text;
use downbeat_viewer::load::{Awareness, CueSpread, Delivery, Summary};

impl LoadReport {
    pub(super) fn write_screen(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { summary, .. } = self;
        let mut screen = self.screen.clone();
        screen.line("viewers", self.sockets());
        for delivery in &summary.deliveries {
            screen.line(if self.pause_of(delivery).is_some() { "pause" } else { "change" }, received(delivery));
        }
        if let Some(pause) = self.pause.as_ref().filter(|pause| self.delivery_of(pause).is_none()) {
            screen.line("pause", format!("rev {}: no viewer received it through a socket", pause.sent.answer.rev));
        }
        if let Some(late) = self.pause.as_ref().map(|pause| pause.timing.late).filter(|late| *late > 0) {
            screen.line("", format!("{} received it after it took effect", thousands(late)));
        }
        if let Some(pause) = &self.pause {
            screen.line("known to", known(&pause.awareness));
        }
        screen.line("at the end", last_states(summary));
        screen.line("cues", self.cues());
        screen.line("lost", lost(summary));
        if summary.reconnecting.is_some() || summary.disconnected > 0 {
            screen.line("reconnected", reconnected(summary));
        }
        screen.line("traffic", traffic(summary));
        if let Some(memory) = self.memory {
            let each = memory / u64::from(self.plan.viewers.max(1)) / 1_024;
            screen.line("memory", format!("{} MiB at most, {each} KiB per viewer", memory >> 20));
        }
        writeln!(f, "{screen}\n{}", self.latencies())?;
        if self.pause.is_some() {
            writeln!(f, "the event is paused now; resume it with: {}", self.resume)?;
        }
        Ok(())
    }

    /// Writes how many viewers had a socket at the end.
    pub(super) fn sockets(&self) -> String {
        let summary = &self.summary;
        let hubs = summary.by_hub.iter().map(|(hub, count)| format!("hub {hub}: {}", thousands(*count)));
        let hubs: Vec<String> = hubs.collect();
        format!(
            "{} of {} connected at the end, {} after the start; {}",
            thousands(summary.open_sockets()),
            thousands(self.plan.viewers as usize),
            text::span(self.arrived_within + self.plan.duration),
            if hubs.is_empty() { "no hub".to_owned() } else { hubs.join(", ") }
        )
    }

    fn cues(&self) -> String {
        let CueSpread { fired, apart } = self.spread;
        let at = if self.following < self.plan.viewers as usize {
            format!(" at the {} viewers that follow cues", thousands(self.following))
        } else {
            String::new()
        };
        let twice = match self.summary.counts.fired_twice {
            0 => String::new(),
            count => format!("; {} for the second time at the same viewer", text::thousands(count)),
        };
        match apart {
            Some(apart) => {
                let several = text::count(apart.count, "cue");
                format!("{} fired{at}; {several} at more than one viewer{twice}", thousands(fired))
            }
            None if fired > 0 => format!("{} fired{at}{twice}", thousands(fired)),
            None => "none fired".to_owned(),
        }
    }

    fn latencies(&self) -> LatencyTable {
        let mut table = LatencyTable::new();
        if let Some(joining) = &self.summary.joining {
            table.line("from arriving to the first socket", joining);
        }
        if let Some(connecting) = &self.summary.connecting {
            table.line("connecting", connecting);
        }
        if let Some((pause, after)) = self.pause.as_ref().and_then(|pause| Some((pause, pause.awareness.after?))) {
            table.line(format!("rev {} known, after it was sent", pause.sent.answer.rev), &after);
        }
        for delivery in &self.summary.deliveries {
            let rev = delivery.version.rev;
            match self.pause_of(delivery) {
                Some(pause) => {
                    for (_, label, from) in pause.origins() {
                        table.line(format!("rev {rev} {label}"), &latencies(delivery, from));
                    }
                }
                None => table.line(format!("rev {rev} after the first viewer"), &delivery.after_first),
            }
        }
        if let Some(apart) = &self.spread.apart {
            table.line("the same cue apart", apart);
        }
        if let Some(reconnecting) = &self.summary.reconnecting {
            table.line("reconnecting", reconnecting);
        }
        table
    }
}

/// Writes how many viewers learned of the pause, and how.
fn known(awareness: &Awareness) -> String {
    let Awareness { by_socket, by_request, unaware, .. } = *awareness;
    let unaware = match unaware {
        0 => String::new(),
        unaware => format!("; {} never learned of it", text::count(unaware, "viewer")),
    };
    let all = text::count(by_socket + by_request, "viewer");
    format!("{all}: {} through a socket, {} by polling{unaware}", thousands(by_socket), thousands(by_request))
}

/// Writes how a change reached the viewers.
fn received(delivery: &Delivery) -> String {
    let Delivery { version, expected, received, missed, cut_off, duplicates, out_of_order, .. } = delivery;
    let mut text = format!("rev {}: received by {} of {}", version.rev, thousands(*received), thousands(*expected));
    let counts =
        [(missed, "missed"), (cut_off, "disconnected before"), (duplicates, "twice"), (out_of_order, "out of order")];
    for (count, what) in counts {
        text.push_str(&format!(", {} {what}", thousands(*count)));
    }
    text
}

fn last_states(summary: &Summary) -> String {
    let went_back = match summary.counts.went_back {
        0 => "no state went back".to_owned(),
        count => format!("states went back {} times", text::thousands(count)),
    };
    match summary.behind {
        0 => format!("every viewer has the newest state; {went_back}"),
        behind => format!("{} without the newest state; {went_back}", text::count(behind, "viewer")),
    }
}

fn lost(summary: &Summary) -> String {
    let closes = summary.closes.iter().map(|(reason, count)| format!("{} {reason}", thousands(*count)));
    let closes: Vec<String> = closes.collect();
    if closes.is_empty() { "no connection".to_owned() } else { closes.join(", ") }
}

fn reconnected(summary: &Summary) -> String {
    let reconnected = summary.reconnecting.map_or(0, |reconnecting| reconnecting.count);
    let missing = match summary.disconnected {
        0 => String::new(),
        disconnected => format!("; {} not yet", thousands(disconnected)),
    };
    format!(
        "{}, at most {} within a second{missing}",
        thousands(reconnected),
        thousands(summary.reconnects_per_second_max)
    )
}

fn traffic(summary: &Summary) -> String {
    let counts = summary.counts;
    let [requests, failures, pings, pongs, acks] =
        [counts.requests, counts.failures, counts.pings, counts.pongs, counts.acks].map(text::thousands);
    format!("{requests} requests ({failures} failed), {pings} pings ({pongs} answered), {acks} acks")
}
