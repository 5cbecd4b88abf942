//! The report for programs.

use serde_json::{Map, Value, json};

use super::{LoadReport, latencies};
use crate::commands::load::latencies::json as distribution;
use crate::output::members;
use downbeat_viewer::load::{Awareness, Delivery};

impl LoadReport {
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let Self { summary, spread, plan, .. } = self;
        let counts = summary.counts;
        let deliveries: Vec<Value> = summary.deliveries.iter().map(|delivery| self.delivery_json(delivery)).collect();
        let hubs = summary.by_hub.iter().map(|(hub, sockets)| json!({ "hub": hub, "sockets": sockets }));
        let closes = summary.closes.iter().map(|(reason, count)| (reason.to_string(), json!(count)));
        let mut json = self.place.clone();
        json.extend(members(json!({
            "viewers": plan.viewers,
            "arrival": plan.arrival,
            "settled": self.arrived_within,
            "duration": plan.duration,
            "churn": plan.churn,
            "sockets": summary.open_sockets(),
            "byHub": hubs.collect::<Vec<_>>(),
            "attempts": summary.attempts,
            "joined": summary.joining.as_ref().map(distribution),
            "allJoined": self.all_joined_within,
            "connected": summary.connecting.as_ref().map(distribution),
            "changes": deliveries,
            "pause": self.pause.as_ref().map(|pause| awareness(&pause.awareness)),
            "behind": summary.behind,
            "wentBack": counts.went_back,
            "cues": {
                "followed": self.following, "fired": spread.fired, "twice": counts.fired_twice,
                "apart": spread.apart.as_ref().map(distribution),
            },
            "reconnects": {
                "lost": closes.collect::<Map<_, _>>(), "back": summary.reconnecting.as_ref().map(distribution),
                "busiestSecond": summary.reconnects_per_second_max, "away": summary.disconnected,
            },
            "questions": counts.requests,
            "failures": counts.failures,
            "pings": counts.pings,
            "pongs": counts.pongs,
            "acks": counts.acks,
            "memory": self.memory,
            "undo": self.pause.as_ref().map(|_| &self.resume),
        })));
        json
    }

    fn delivery_json(&self, delivery: &Delivery) -> Value {
        let mut json = members(json!({
            "rev": delivery.version.rev,
            "epoch": delivery.version.epoch,
            "expected": delivery.expected,
            "heard": delivery.received,
            "missed": delivery.missed,
            "cutOff": delivery.cut_off,
            "duplicate": delivery.duplicates,
            "outOfOrder": delivery.out_of_order,
            "afterFirst": distribution(&delivery.after_first),
        }));
        if let Some(pause) = self.pause_of(delivery) {
            json.extend(members(json!({
                "command": "pause", "delivery": pause.sent.answer.delivery, "afterItsEffect": pause.timing.late,
            })));
            let origins = pause.origins();
            json.extend(origins.map(|(name, _, from)| (name.to_owned(), distribution(&latencies(delivery, from)))));
        }
        json.into()
    }
}

fn awareness(awareness: &Awareness) -> Value {
    let Awareness { after, by_socket, by_request, unaware } = awareness;
    let after = after.as_ref().map(distribution);
    json!({ "knownAfter": after, "bySocket": by_socket, "byRequest": by_request, "unaware": unaware })
}
