//! `downbeat simulate` and `downbeat plan`

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use downbeat_core::Span;
use downbeat_sim::audience::Mix;
use downbeat_sim::swarm::{CALM_AFTER, Fault};

use crate::given;

/// The most viewers: ten million.
const VIEWERS_MAX: i64 = 10_000_000;

/// The longest event: 24 h.
const DURATION_MAX: Span = Span::from_millis(86_400_000);

pub(super) const SIMULATE_HELP: &str = "\
Nothing is sent anywhere. Each viewer runs the session that pages run; networks, devices, browsers and the platform are models. The \
same options and the same version of this program give the same figures on every machine of the same kind.

Networks, in percent: lan, wifi, mobile (or lte), segment-downloads (Wi-Fi on which the video comes in segments), long-bufferbloat \
(somebody downloads for minutes), asymmetric (25 ms longer there than back).

Examples:
  downbeat simulate                                                  10,000 viewers for an hour
  downbeat simulate --viewers 100000 --duration 3h --pause-at 10m
  downbeat simulate --viewers 100000 --pause-at 10m --html premiere.html    a report with plots, to pass on
  downbeat simulate --mix wifi=60,lte=40 --sheet gala.json --json    and how exactly its moments fire
  downbeat simulate --swarm 1000                                     faults at random: does everything hold that must?";

pub(super) const PLAN_HELP: &str = "\
Requests are counted of a simulated sample, with the schedule that ships. Prices are list prices; nothing that a plan includes is \
taken off. With --budget the exit code is 4 if the event costs more, so that a pull request can fail.

Examples:
  downbeat plan --viewers 100000 --duration 3h
  downbeat plan --viewers 250000 --duration 2h --budget 20";

#[derive(Debug, Args)]
pub(crate) struct AudienceArgs {
    /// The number of viewers, 1 to 10000000
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=VIEWERS_MAX), default_value = "10000")]
    pub(crate) viewers: u32,

    /// How long the event is, up to 24h
    #[arg(long, value_name = "SPAN", value_parser = duration, default_value = "1h")]
    pub(crate) duration: Span,

    /// The time over which they arrive before it begins, up to 24h
    #[arg(long, value_name = "SPAN", value_parser = duration, default_value = "2m")]
    pub(crate) arrive: Span,

    /// Their networks, such as wifi=60,lte=40; by default those of people at home
    #[arg(long, value_name = "NETWORK=PERCENT,…", default_value_t = Mix::default(), hide_default_value = true)]
    pub(crate) mix: Mix,

    /// The number of hubs, 1 to 1024; by default as many as they need
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) hubs: Option<u16>,

    /// The seed: another one gives other viewers of the same kind
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    #[command(flatten)]
    pub(crate) audience: AudienceArgs,

    /// Pause the event this long after its beginning, and measure how the pause reaches them
    #[arg(long, value_name = "SPAN", value_parser = given::positive_span)]
    pub(crate) pause_at: Option<Span>,

    /// A cue sheet: measure how exactly its moments fire
    #[arg(long, value_name = "FILE")]
    pub(crate) sheet: Option<PathBuf>,

    /// Write a report for the people who run the show: a page with plots, which loads nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Instead of an audience: this many short runs in which faults come and go at random, from --seed on; exit code 1 if
    /// anything fails that must hold
    #[arg(long, value_name = "RUNS", conflicts_with_all = ["pause_at", "sheet", "html"])]
    pub(crate) swarm: Option<NonZeroU32>,

    /// The faults of a swarm, such as sleep,hub-restart, or none: with one run exactly these, otherwise some of these
    #[arg(long, value_name = "FAULT,…", value_parser = faults, requires = "swarm")]
    pub(crate) faults: Option<Faults>,

    /// How long after the beginning the faults of a swarm end, up to 30m
    #[arg(long, value_name = "SPAN", value_parser = calm, requires = "swarm")]
    pub(crate) calm_after: Option<Span>,
}

/// The faults of a swarm.
#[derive(Clone, Debug)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

#[derive(Debug, Args)]
pub(crate) struct AudiencePlanArgs {
    #[command(flatten)]
    pub(crate) audience: AudienceArgs,

    /// The most that it may cost, in dollars, with a month of the plan; exit code 4 if it costs more
    #[arg(long, value_name = "DOLLARS", value_parser = dollars)]
    pub(crate) budget: Option<f64>,
}

fn duration(given: &str) -> Result<Span, String> {
    match given::positive_span(given)? {
        span if span <= DURATION_MAX => Ok(span),
        _ => Err("give 24h or less".to_owned()),
    }
}

fn faults(given: &str) -> Result<Faults, String> {
    if given == "none" {
        return Ok(Faults(Vec::new()));
    }
    let named = |name| {
        Fault::named(name).ok_or_else(|| {
            let names: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
            format!("there is no fault {name}; there are {}", names.join(", "))
        })
    };
    given.split(',').map(named).collect::<Result<_, _>>().map(Faults)
}

fn calm(given: &str) -> Result<Span, String> {
    match given::positive_span(given)? {
        span if span <= CALM_AFTER => Ok(span),
        _ => Err("give 30m or less".to_owned()),
    }
}

fn dollars(given: &str) -> Result<f64, String> {
    match given.trim_start_matches('$').parse::<f64>() {
        Ok(dollars) if dollars.is_finite() && dollars >= 0.0 => Ok(dollars),
        _ => Err("give dollars, such as 20 or 7.50".to_owned()),
    }
}
