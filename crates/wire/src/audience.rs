//! The answer of `GET /v1/events/{event}/audience`: who is connected, and how far the last change got.

use downbeat_core::Rev;
use downbeat_core::fanout::{Region, Report};
use serde::{Deserialize, Serialize};

/// Who is connected, as the hubs report. Hubs that do not answer are not counted; `answered` is how many did.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Audience {
    /// The event's revision.
    #[serde(default)]
    pub rev: Rev,
    /// The number of hubs.
    pub hubs: u32,
    /// How many of them answered.
    #[serde(default)]
    pub answered: u32,
    /// The number of sockets they hold together.
    pub sockets: u64,
    /// The report of each hub, by its number.
    #[serde(default)]
    pub by_hub: Vec<HubAudience>,
    /// How many viewers have applied the last change; `null` if no viewer was asked to acknowledge it.
    #[serde(default)]
    pub acks: Option<Acks>,
}

/// The report of one hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HubAudience {
    /// Its number, from 0.
    pub hub: u16,
    /// The region it was created for.
    pub region: Region,
    /// The number of sockets it holds.
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

/// The acknowledgements of a sample of the viewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Acks {
    /// The revision they were asked about.
    pub rev: Rev,
    /// How many were asked.
    pub asked: u64,
    /// How many of them have acknowledged it.
    pub applied: u64,
    /// How late half of those applied it, in ms after its effect; `null` before the first answer.
    pub median: Option<u64>,
    /// How late 95 % of those applied it, in ms after its effect; `null` before the first answer.
    pub p95: Option<u64>,
}
