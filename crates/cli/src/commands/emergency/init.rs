//! `emergency init`: makes a key pair. The event gets only the public half, in a later step; here a server is only asked,
//! if there is one, whether the operator's token may take that step.

use std::fmt;
use std::path::PathBuf;

use downbeat_core::Span;
use downbeat_core::event::EmergencyKey;
use downbeat_publish::emergency::key::SigningKey;
use downbeat_wire::{Scope, TokenId};
use serde_json::{Map, Value, json};

use crate::cli::EmergencyInitArgs;
use crate::context::{Context, program};
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;

/// A new key pair; its private half is in the file and nowhere else.
pub(crate) struct New {
    public: EmergencyKey,
    out: PathBuf,
    dry_run: bool,
    /// The id of the operator's token, if that may not set the key.
    lacking: Option<TokenId>,
}

/// How long the server may take to say what the token allows: 3 s. Without an answer the key is made all the same.
const PATIENCE: Span = Span::from_millis(3_000);

/// Makes a key pair. `context` is of no more use than to look at the token.
pub(super) async fn run(args: &EmergencyInitArgs, dry_run: bool, context: Option<&Context>) -> Result<New, Error> {
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
    let lacking = match context {
        Some(context) => lacking(context).await,
        None => None,
    };
    Ok(New { public: key.public(), out, dry_run, lacking })
}

/// Returns the id of the operator's token if it lacks the scope that the next step needs.
async fn lacking(context: &Context) -> Option<TokenId> {
    let grant = context.operator().ok()?.with_timeout(PATIENCE).grant().await.ok()?;
    (!Scope::Emergency.is_in(&grant.scopes)).then_some(grant.id)
}

impl Report for New {
    fn json(&self) -> Map<String, Value> {
        if self.dry_run {
            return members(json!({ "dryRun": true, "out": self.out }));
        }
        members(
            json!({ "key": self.public, "out": self.out, "missingScope": self.lacking.as_ref().map(|_| Scope::Emergency) }),
        )
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
        match &self.lacking {
            Some(id) => {
                writeln!(
                    f,
                    "Your token \"{id}\" lacks the scope emergency, which that needs: operate does not include it. Ask for"
                )?;
                writeln!(
                    f,
                    "one from whoever has the scope admin: {program} token add NAME --scopes emergency --show"
                )?;
            }
            None => writeln!(f, "with a token of scope emergency (operate does not include it),")?,
        }
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
