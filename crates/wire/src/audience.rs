//! The answer of `GET /v1/events/{event}/audience`: who is connected, and how far the last change got.

use downbeat_core::Rev;
use downbeat_core::fanout::{Region, Report};
use serde::{Deserialize, Serialize};

/// Who is connected, as the hubs say. Hubs that are silent are not counted: `answered` says how many did.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Audience {
    /// The revision the event is at.
    #[serde(default)]
    pub rev: Rev,
    /// How many hubs there are.
    pub hubs: u32,
    /// How many of them answered.
    #[serde(default)]
    pub answered: u32,
    /// How many sockets they hold together.
    pub sockets: u64,
    /// What each of them said, by its number.
    #[serde(default)]
    pub by_hub: Vec<HubAudience>,
    /// How many viewers have applied the last change; nothing if nobody was asked to acknowledge it.
    #[serde(default)]
    pub acks: Option<Acks>,
}

/// What one hub says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HubAudience {
    /// Its number, from 0.
    pub hub: u16,
    /// Where it was asked to be.
    pub region: Region,
    /// How many sockets it holds.
    pub sockets: u64,
    /// The revision it has.
    pub rev: Rev,
}

impl From<&Report> for HubAudience {
    fn from(report: &Report) -> Self {
        let Report { hub, rev, sockets, .. } = *report;
        Self { hub, region: Region::of_hub(hub), sockets: sockets.into(), rev }
    }
}

/// What a sample of the viewers said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Acks {
    /// The revision they were asked about.
    pub rev: Rev,
    /// How many were asked.
    pub asked: u64,
    /// How many of them have said that they applied it.
    pub applied: u64,
    /// How late half of those applied it, in ms after its effect; nothing before the first answer.
    pub median: Option<u64>,
    /// How late 95 % of those applied it, in ms after its effect; nothing before the first answer.
    pub p95: Option<u64>,
}
