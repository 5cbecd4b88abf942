//! `downbeat emergency …`, and what `pause --break-glass` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use downbeat_core::{Epoch, Rev};
use downbeat_publish::target::Target;

use super::options::rev;

#[derive(Debug, Subcommand)]
pub(crate) enum EmergencyTask {
    /// Create a key pair: the private key in a file, the public key for the event
    #[command(after_help = INIT)]
    Init(EmergencyInitArgs),

    /// Check that everything is ready: the key, the last known state, what viewers find
    Status(EmergencyArgs),

    /// Go through all of it with an event that nobody watches: sign, write, find, deliver, resume, remove
    Rehearse(EmergencyArgs),

    /// Send the signed state beside the store's pointer to the server, once it answers again
    Deliver(EmergencyArgs),

    /// Remove the signed state from the store's pointer, once the server has it
    Clear(EmergencyClearArgs),
}

const INIT: &str = "\
Do this well before the event:
  downbeat emergency init --out ~/.config/downbeat/gala.key
  downbeat event set --emergency-key KEY --emergency-url https://cdn.example.com/2026/events/gala/current.json
  downbeat emergency status

The private key is never shown. Keep the file where only the operator on duty can read it.";

pub(crate) const BREAK_GLASS: &str = "\
When the server cannot be reached:
  downbeat pause --break-glass --message \"Back in a moment\"
signs the last state that this machine saw, paused, and puts it beside the store's pointer. Viewers who reach neither \
the push nor the server check there, and pause. It needs the store's credentials, the private key of \"downbeat emergency \
init\", and an event that was set up for it; \"downbeat emergency status\" checks beforehand that everything is ready.";

#[derive(Debug, Args)]
pub(crate) struct EmergencyInitArgs {
    /// Write the private key to this new file, which only you can read
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Where the signed state is, or goes.
#[derive(Debug, Args)]
pub(crate) struct EmergencyArgs {
    /// The store: s3://…, gs://…, az://… or file:…; by default the profile's [env: DOWNBEAT_TARGET]
    #[arg(long, value_name = "URL")]
    pub(crate) target: Option<Target>,

    /// The file with the private key; by default the profile's emergencyKeyFile [env: DOWNBEAT_EMERGENCY_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EmergencyClearArgs {
    #[command(flatten)]
    pub(crate) to: EmergencyArgs,

    /// Remove it even if the server does not have it: viewers who paused because of it may continue
    #[arg(long)]
    pub(crate) force: bool,
}

/// What `pause` takes for the hour in which the server is gone.
#[derive(Debug, Args)]
#[command(next_help_heading = "When the server cannot be reached")]
pub(crate) struct GlassArgs {
    /// Sign the pause and put it beside the store's pointer, where viewers check during an outage
    #[arg(long, conflicts_with_all = ["at", "id", "if_rev"])]
    pub(crate) break_glass: bool,

    /// The store: s3://…, gs://…, az://… or file:…; by default the profile's [env: DOWNBEAT_TARGET]
    #[arg(long, value_name = "URL", requires = "break_glass")]
    pub(crate) target: Option<Target>,

    /// The file with the private key; by default the profile's emergencyKeyFile [env: DOWNBEAT_EMERGENCY_KEY_FILE]
    #[arg(long, value_name = "FILE", requires = "break_glass")]
    pub(crate) key_file: Option<PathBuf>,

    /// Break the glass even if the server answers
    #[arg(long, requires = "break_glass")]
    pub(crate) force: bool,

    /// Start from this state, as "event show --json" printed it; by default the last one that this machine saw
    #[arg(long, value_name = "FILE", requires = "break_glass")]
    pub(crate) state: Option<PathBuf>,

    /// Sign this revision; by default the one after the last known
    #[arg(long, value_name = "REV", value_parser = rev, requires = "break_glass")]
    pub(crate) rev: Option<Rev>,

    /// Sign for this epoch of the event; by default the last known
    #[arg(long, value_name = "EPOCH", requires = "break_glass")]
    pub(crate) epoch: Option<Epoch>,
}
