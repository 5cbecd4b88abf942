//! `emergency init`: makes a key pair. It needs no server: the event gets only the public half.

use std::fmt;
use std::path::PathBuf;

use downbeat_core::event::EmergencyKey;
use downbeat_publish::emergency::key::SigningKey;
use serde_json::{Map, Value, json};

use crate::cli::EmergencyInitArgs;
use crate::context::program;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;

/// A new key pair; its private half is in the file and nowhere else.
pub(crate) struct New {
    public: EmergencyKey,
    out: PathBuf,
    dry_run: bool,
}

/// Makes a key pair.
pub(super) fn run(args: &EmergencyInitArgs, dry_run: bool) -> Result<New, Error> {
    let key = SigningKey::random()?;
    let out = args.out.clone();
    if !dry_run {
        key.write(&out).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::usage(
                format!("{} exists already; a key is never overwritten", out.display()),
                "give another --out, or remove that file first",
            ),
            _ => Error::file(&out, error),
        })?;
    }
    Ok(New { public: key.public(), out, dry_run })
}

impl Report for New {
    fn json(&self) -> Map<String, Value> {
        if self.dry_run {
            return members(json!({ "dryRun": true, "out": self.out }));
        }
        members(json!({ "key": self.public, "out": self.out }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            return writeln!(f, "dry run: nothing was written into {}", self.out.display());
        }
        let (key, program) = (self.public, program());
        let out = text::shell(&self.out.display().to_string());
        writeln!(f, "private  in {}, which only you can read", self.out.display())?;
        writeln!(f, "public   {key}")?;
        writeln!(f)?;
        writeln!(
            f,
            "Keep the file out of the repository, and where the operator on duty can reach it. Give the event the"
        )?;
        writeln!(f, "public half, and the URL at which viewers find the store's pointer:")?;
        writeln!(f, "  {program} event set --emergency-key {key} --emergency-url https://…/events/NAME/current.json")?;
        writeln!(
            f,
            "and this machine the private half: emergencyKeyFile = {out:?} in downbeat.toml, or --key-file {out}."
        )?;
        writeln!(f, "Then check that everything is ready: {program} emergency status")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run { Ok(()) } else { writeln!(f, "{}", self.public) }
    }
}
