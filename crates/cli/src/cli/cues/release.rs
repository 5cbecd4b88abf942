//! What the commands take that publish: where to, how, and what is kept.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use downbeat_core::Span;
use downbeat_publish::garbage::AGE_MIN;
use downbeat_publish::public::PublicUrl;
use downbeat_publish::purge;
use downbeat_publish::target::Target;

use crate::cli::options::{Attribution, CommandOptions};
use crate::given;

pub(super) const PUBLISH: &str = "\
Targets:
  worker:                                   the event's server (the default)
  s3://BUCKET/PREFIX?endpoint=URL&region=…  Amazon S3, Cloudflare R2, MinIO, SeaweedFS, …
  gs://BUCKET/PREFIX                        Google Cloud Storage
  az://CONTAINER/PREFIX?account=NAME        Azure Blob Storage
  file:FOLDER                               a folder that a web server serves

Credentials come from the environment, as the clouds' own tools take them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, \
GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY.

If it is interrupted at any point, the same command finishes the work. Viewers never see a pointer to a rundown that \
does not exist.

Examples:
  downbeat cues publish gala.json                          shows the change, and asks
  downbeat cues publish gala.json --yes --json             from CI, with DOWNBEAT_SERVER and DOWNBEAT_TOKEN
  downbeat cues publish gala.json --target s3://shows/2026 --public-url https://cdn.example.com/2026
  downbeat cues publish gala.json --freeze 15m             refuses from 15 minutes before the start until the end";

/// Where rundowns are published to.
#[derive(Clone, Debug, Args)]
pub(crate) struct TargetArgs {
    /// The target: worker:, s3://…, gs://…, az://… or file:…; by default worker: [env: DOWNBEAT_TARGET]
    #[arg(long, value_name = "URL")]
    pub(crate) target: Option<Target>,
}

/// The options of publishing and rolling back.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    pub(crate) to: TargetArgs,

    /// Leave the event as it is: the rundown is stored, but viewers do not get it
    #[arg(long)]
    pub(crate) store_only: bool,

    /// Where viewers load from the target; it is polled until it shows the change
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,

    /// The origin of the pages that may load it (CORS); by default any
    #[arg(long, value_name = "URL")]
    pub(crate) origin: Option<String>,

    /// Purge Cloudflare's cached copies of the pointer, with the token in CLOUDFLARE_API_TOKEN
    #[arg(long, value_name = "ID")]
    pub(crate) purge_zone: Option<purge::Zone>,

    /// Refuse from this long before the event's start until its end
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) freeze: Option<Span>,

    /// Publish in spite of --freeze; give a --reason
    #[arg(long, requires = "reason")]
    pub(crate) override_freeze: bool,

    /// When the event starts, for --freeze; by default the server is asked
    #[arg(long, value_name = "TIME")]
    pub(crate) starts_at: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// The cue sheet; - is standard input
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: PathBuf,
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,
    #[command(flatten)]
    pub(crate) options: CommandOptions,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The cue sheet; - is standard input
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: PathBuf,
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,
    #[command(flatten)]
    pub(crate) attribution: Attribution,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// The rundown's SHA-256, or the beginning of it (8 digits or more)
    #[arg(long = "to", value_name = "SHA256", value_parser = digest_prefix)]
    pub(crate) to_rundown: Option<String>,
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,
    #[command(flatten)]
    pub(crate) options: CommandOptions,
}

#[derive(Debug, Args)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) to: TargetArgs,

    /// Keep the rundowns of this many newest revisions of each event
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub(crate) keep: usize,

    /// Keep rundowns that are younger than this: 1h or more
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = age)]
    pub(crate) older_than: Span,
}

#[derive(Debug, Args)]
pub(crate) struct CopyArgs {
    /// Where to: the events' own storage, or the bucket that is bound to the server
    #[arg(long, value_name = "STORE")]
    pub(crate) to: StoreArg,

    /// Copy those of all events of the server
    #[arg(long)]
    pub(crate) all: bool,
}

/// Where a server stores rundowns.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StoreArg {
    Event,
    Bucket,
}

pub(super) const COPY: &str = "\
A server stores rundowns in a bucket if one is bound to it, and otherwise with their event. Before a bucket is unbound, \
its rundowns must be copied. After one is bound they need not be: what is stored with an event is found as before.

Examples:
  downbeat cues copy --to bucket --all           after a bucket was bound
  downbeat cues copy --to event --all            before the bucket is unbound

Copying needs a bucket that is bound. Nothing is deleted.";

/// Reads an age at which something may be deleted.
fn age(given: &str) -> Result<Span, String> {
    match given::span(given)? {
        span if span >= AGE_MIN => Ok(span),
        _ => Err("give 1h or more: a rundown that is being published right now must stay".to_owned()),
    }
}

pub(super) const GC: &str = "\
Rundowns are kept if an event's pointer or one of its newest revisions names them, or if they are younger than the \
age. The history itself is never deleted.

Examples:
  downbeat cues gc --target s3://shows/gala --dry-run              what would be deleted, and how many bytes
  downbeat cues gc --keep 3 --older-than 7d --yes";

/// Reads the beginning of a digest.
fn digest_prefix(given: &str) -> Result<String, String> {
    let plausible =
        matches!(given.len(), 8..=64) && given.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if plausible {
        Ok(given.to_owned())
    } else {
        Err(format!(
            "{given:?} is not a SHA-256; give 8 to 64 digits of 0-9 and a-f, as \"downbeat cues history\" shows them"
        ))
    }
}
