//! `downbeat load`

use clap::Args;
use downbeat_api::ServerUrl;
use downbeat_core::Span;
use downbeat_viewer::room::RoomPlan;

use crate::given;
use crate::room_link::RoomLink;

/// The most viewers one process opens: 50,000.
const VIEWERS_MAX: i64 = 50_000;

/// The most members of a room: 200.
const MEMBERS_MAX: i64 = RoomPlan::MEMBERS_MAX as i64;

/// The longest run: 24 h.
const DURATION_MAX: Span = Span::from_millis(86_400_000);

/// The most connections that are dropped per second: 5,000.
const CHURN_MAX: f64 = 5_000.0;

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// The server; by default the one that every command uses
    #[arg(value_name = "URL")]
    pub(crate) url: Option<ServerUrl>,

    /// The number of viewers, 1 to 50000
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=VIEWERS_MAX), required_unless_present = "room")]
    pub(crate) viewers: Option<u32>,

    /// How long they watch once they have arrived, up to 24h
    #[arg(long, value_name = "SPAN", value_parser = duration, required_unless_present = "minutes")]
    pub(crate) duration: Option<Span>,

    /// The same in minutes, such as 2 or 0.5
    #[arg(long, value_name = "MINUTES", value_parser = minutes, conflicts_with = "duration")]
    pub(crate) minutes: Option<Span>,

    /// The time over which they arrive; by default 1,000 arrive per second
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) arrive: Option<Span>,

    /// How long to wait for those without a connection once the last one has arrived
    #[arg(long, value_name = "SPAN", value_parser = given::span, default_value = "15s")]
    pub(crate) settle: Span,

    /// Pause the event this long after they have arrived, and measure how the pause reaches them
    #[arg(long, value_name = "SPAN", value_parser = given::span, conflicts_with = "room")]
    pub(crate) pause_after: Option<Span>,

    /// Drop this many connections per second, as a bad network does, and measure how viewers reconnect; in a room, this many
    /// members leave and come back
    #[arg(long, value_name = "RATE", value_parser = churn, default_value = "0")]
    pub(crate) churn: f64,

    /// Load a room instead of an event: its link, by default that in DOWNBEAT_ROOM; repeat it with another link of the room to
    /// have members of both roles
    #[arg(long, value_name = "LINK", action = clap::ArgAction::Append, help_heading = "Rooms", conflicts_with = "viewers")]
    #[arg(num_args = 0..=1, default_missing_value = "", value_parser = room)]
    pub(crate) room: Vec<LoadRoom>,

    /// The number of members, 1 to 200
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=MEMBERS_MAX))]
    #[arg(help_heading = "Rooms", requires = "room", required_unless_present = "viewers")]
    pub(crate) members: Option<u32>,

    /// How many stalls a minute there are among all members; each lasts up to 8 s
    #[arg(long, value_name = "RATE", value_parser = churn, default_value = "5", help_heading = "Rooms")]
    pub(crate) stall: f64,

    /// How many times a minute somebody plays, pauses, seeks or changes the rate, as far as their role allows
    #[arg(long, value_name = "RATE", value_parser = churn, default_value = "20", help_heading = "Rooms")]
    pub(crate) gestures: f64,

    /// Have members do the same as in a run with this seed; by default a new one, which the report names
    #[arg(long, value_name = "NUMBER", help_heading = "Rooms", requires = "room")]
    pub(crate) seed: Option<u64>,

    /// Confirm that this server is yours and may be loaded; required for any server but this machine
    #[arg(long)]
    pub(crate) i_own_this: bool,
}

/// What `--room` gives: a link, or that the variable has it.
#[derive(Clone, Debug)]
pub(crate) struct LoadRoom(pub(crate) Option<RoomLink>);

fn room(given: &str) -> Result<LoadRoom, String> {
    if given.is_empty() { Ok(LoadRoom(None)) } else { given.parse().map(|link| LoadRoom(Some(link))) }
}

impl LoadArgs {
    /// Returns how long viewers watch.
    pub(crate) fn duration(&self) -> Span {
        self.duration.or(self.minutes).unwrap_or_default()
    }

    /// Returns the number of viewers.
    pub(crate) fn viewers(&self) -> u32 {
        self.viewers.unwrap_or_default()
    }
}

fn duration(given: &str) -> Result<Span, String> {
    match given::positive_span(given)? {
        span if span <= DURATION_MAX => Ok(span),
        _ => Err("give 24h or less".to_owned()),
    }
}

fn minutes(given: &str) -> Result<Span, String> {
    let wrong = || "give minutes, up to 1440, such as 2 or 0.5".to_owned();
    let minutes: f64 = given.parse().map_err(|_| wrong())?;
    let span = Span::from_millis((minutes * 60_000.0) as i64);
    if span > Span::ZERO && span <= DURATION_MAX { Ok(span) } else { Err(wrong()) }
}

fn churn(given: &str) -> Result<f64, String> {
    match given.parse::<f64>() {
        Ok(rate) if (0.0..=CHURN_MAX).contains(&rate) => Ok(rate),
        _ => Err(format!("give a rate, 0 to {CHURN_MAX}, such as 20 or 0.5")),
    }
}
