//! `downbeat room …`

use clap::{Args, Subcommand};
use downbeat_core::Span;
use downbeat_core::room::{Content, Controls};
use downbeat_wire::room::Invitation;

use crate::given;
use crate::room_link::RoomLink;

#[derive(Debug, Subcommand)]
pub(crate) enum RoomTask {
    /// Make a room, and print its three links: to watch, to control, to own
    #[command(after_help = "\
Examples:
  downbeat room create --title \"Film night\" --content https://cdn.example.com/film.mp4
  downbeat room create --controls everyone --wait off        everyone has the controls, and nobody is waited for
  downbeat room create --quiet | tail -1                     only the links; the owner's is the last
  downbeat room create --page https://films.example/watch    links to a page of your own

The links are shown this once: the server stores only their SHA-256. Where the server's variable ROOMS is \"operators\", it takes a \
token of scope rooms.")]
    Create(Box<RoomCreateArgs>),

    /// Show who is in a room, who has the controls, what it plays and when it deletes itself
    #[command(after_help = SHOW_HELP)]
    Show(RoomArg),

    /// Replace a room's three links: the old ones stop working, and everyone who came by them is disconnected
    #[command(after_help = LINKS_HELP)]
    Links(RoomLinksArgs),

    /// End a room and delete it, with all that the server stores for it
    #[command(after_help = CLOSE_HELP)]
    Close(RoomArg),
}

const SHOW_HELP: &str = "\
Examples:
  downbeat room show 'https://downbeat.example.com/room#r-….dbi_…'
  export DOWNBEAT_ROOM='https://…'; downbeat room show     no list of processes shows the link

Any of the room's links will do.";

const LINKS_HELP: &str = "\
Examples:
  downbeat room links 'https://downbeat.example.com/room#r-….dbi_…'          shows the room, asks, and replaces its links
  downbeat room links 'https://downbeat.example.com/room#r-….dbi_…' --yes    does not ask

It takes the owner's link, and cannot be undone. The new links are shown this once.";

const CLOSE_HELP: &str = "\
Examples:
  downbeat room close 'https://downbeat.example.com/room#r-….dbi_…'    as the owner
  downbeat room close r-abcdefghijklmnop                              as an operator, with a token of scope rooms or admin

It cannot be undone: members are disconnected, and all links stop working.";

#[derive(Debug, Args)]
pub(crate) struct RoomCreateArgs {
    /// The title, up to 200 characters
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,

    /// What to play: an https URL, or a path on the page's own origin
    #[arg(long, value_name = "URL")]
    pub(crate) content: Option<Content>,

    /// Who has the controls: "controllers" (those with that link, and owners) or "everyone"; by default controllers
    #[arg(long, value_name = "WHO", value_parser = controls)]
    pub(crate) controls: Option<Controls>,

    /// How long the room waits for members that buffer: 1s to 10s, or "off"; by default 10s
    #[arg(long, value_name = "SPAN", value_parser = wait)]
    pub(crate) wait: Option<WaitArg>,

    /// How long the room is kept after the last member left: 1m to 31 days (744h); by default 24h
    #[arg(long, value_name = "SPAN", value_parser = given::positive_span)]
    pub(crate) keep: Option<Span>,

    /// How far ahead changes take effect: 50ms to 5s; by default what members' delays ask for, 200ms to 1s
    #[arg(long, value_name = "SPAN", value_parser = given::positive_span)]
    pub(crate) lead: Option<Span>,

    /// The page that the links open; by default the server's own, /room
    #[arg(long, value_name = "URL", value_parser = page)]
    pub(crate) page: Option<String>,
}

/// Which room, and what lets one in.
#[derive(Debug, Args)]
pub(crate) struct RoomArg {
    /// The room: its whole link in quotes, or its name [env: DOWNBEAT_ROOM]
    pub(crate) room: Option<RoomLink>,

    /// The invitation, if the room is given by its name [env: DOWNBEAT_INVITATION]
    #[arg(long, value_name = "INVITATION", value_parser = invitation)]
    pub(crate) invitation: Option<Invitation>,
}

#[derive(Debug, Args)]
pub(crate) struct RoomLinksArgs {
    #[command(flatten)]
    pub(crate) room: RoomArg,

    /// The page that the links open; by default the server's own, /room
    #[arg(long, value_name = "URL", value_parser = page)]
    pub(crate) page: Option<String>,
}

/// What `--wait` gives: the longest wait, or that the room never waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WaitArg(pub(crate) Option<Span>);

fn wait(given: &str) -> Result<WaitArg, String> {
    // Which spans are allowed, the server says.
    if given == "off" { Ok(WaitArg(None)) } else { given::positive_span(given).map(|span| WaitArg(Some(span))) }
}

fn controls(given: &str) -> Result<Controls, String> {
    given.parse().map_err(|_| "use \"controllers\" or \"everyone\"".to_owned())
}

fn invitation(given: &str) -> Result<Invitation, String> {
    given.parse().map_err(|problem: downbeat_wire::Problem| problem.detail)
}

fn page(given: &str) -> Result<String, String> {
    match given.split_once("://") {
        Some(("http" | "https", rest)) if !rest.is_empty() && !given.contains('#') => Ok(given.to_owned()),
        _ => Err("give a page's whole address without \"#\", such as https://films.example/watch".to_owned()),
    }
}
