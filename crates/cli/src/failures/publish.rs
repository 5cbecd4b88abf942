//! How failures of publishing, of the stores and of signing end a command.

use downbeat_publish::emergency::pause::SignError;
use downbeat_publish::error::{NotLoadable, PublishError};
use downbeat_publish::store::StoreError;
use downbeat_publish::target::Kind;
use serde_json::json;

use crate::error::Error;
use crate::exit::Exit;
use crate::freeze_text;
use crate::text;

/// What to do when an object of another program is where one of ours belongs.
const CHECK_PREFIX: &str = "check that the target and its prefix are right; \"downbeat cues verify\" shows more";

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let (exit, code, hint) = match &error {
            StoreError::Settings { kind, .. } | StoreError::NoCredentials { kind, .. } => {
                (Exit::Auth, "no-credentials", credentials(*kind))
            }
            StoreError::Unreachable { .. } => (Exit::Network, "unreachable", "check the endpoint and the network"),
            StoreError::ClockSkewed { .. } => {
                (Exit::Auth, "clock-skewed", "set this machine's clock, and let it be kept by NTP; then run it again")
            }
            StoreError::SessionOver { .. } => (
                Exit::Auth,
                "session-over",
                "sign in again and set all of the new credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
                 AWS_SESSION_TOKEN belong together); unset AWS_SESSION_TOKEN if the key is a permanent one",
            ),
            StoreError::OtherRegion { region: Some(region), .. } => {
                let hint = format!(
                    "give region={region} in the target (s3://BUCKET/PREFIX?region={region}) or set AWS_REGION={region}; an \
                     endpoint in the target must be that region's too"
                );
                return Self::new(Exit::Usage, "other-region", error.to_string()).with_hint(hint);
            }
            StoreError::OtherRegion { region: None, .. } => (
                Exit::Usage,
                "other-region",
                "give the bucket's region in the target (s3://BUCKET/PREFIX?region=NAME) or set AWS_REGION",
            ),
            StoreError::NotImplemented { .. } => {
                (Exit::Usage, "not-implemented", "use another store, or the event's server (--target worker:)")
            }
            StoreError::NoAnswer { .. } => (Exit::Network, "no-answer", "run it again: it finishes what was begun"),
            StoreError::Denied { .. } => (
                Exit::Auth,
                "denied",
                "check the credentials in the environment, and what they allow in this bucket: reading, writing and listing \
                 (without the right to list, S3 calls forbidden what is only missing), and deleting for a gc",
            ),
            StoreError::NoBucket { .. } => {
                (Exit::InvalidInput, "no-bucket", "check its name and region, or make it with the cloud's own tools")
            }
            StoreError::Strange { .. } => {
                (Exit::Network, "strange-answer", "check that the endpoint is a store of this kind")
            }
            StoreError::Folder { .. } => (Exit::Usage, "file", "check the path and its permissions"),
        };
        Self::new(exit, code, error.to_string()).with_hint(hint)
    }
}

/// Returns where a kind of store takes its credentials from.
const fn credentials(kind: Kind) -> &'static str {
    match kind {
        Kind::S3 => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for those that expire); \"aws configure \
             export-credentials --format env\" prints those of a profile"
        }
        Kind::Google => "set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account, or log in with gcloud",
        Kind::Azure => "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or those of a service principal",
    }
}

impl From<SignError> for Error {
    fn from(error: SignError) -> Self {
        let message = error.to_string();
        match error {
            SignError::OtherKey { .. } => Self::refused(
                "other-key",
                message,
                "give the right --key-file; \"downbeat emergency status\" shows which it has to be",
            ),
            SignError::NoChannel { .. } => Self::refused(
                "no-emergency-key",
                message,
                "once the server is back: \"downbeat emergency init\", then \"downbeat event set --emergency-key KEY --emergency-url URL\"",
            ),
            SignError::Refused(_) => {
                Self::refused("conflict", message, "an event that is over stands still for everyone")
            }
            SignError::NotAState(_) => Self::invalid(message, "give another --state"),
            SignError::RevTooLow { .. } => {
                Self::invalid(format!("--{message}"), "leave --rev out, or give a higher one")
            }
            SignError::RevTooHigh { .. } => {
                Self::invalid(format!("--{message}"), "leave --rev out, or give a lower one")
            }
        }
    }
}

impl From<PublishError> for Error {
    fn from(error: PublishError) -> Self {
        let message = error.to_string();
        match error {
            PublishError::Store(error) => error.into(),
            PublishError::Server(error) => error.into(),
            PublishError::Randomness(error) => error.into(),
            PublishError::Foreign { .. } => Self::differs(message, CHECK_PREFIX),
            PublishError::HistoryDiffers { .. } => Self::differs(
                message,
                "somebody changed one of them by hand; \"downbeat cues verify\" shows what is wrong",
            ),
            PublishError::HistoryTaken { .. } => Self::differs(message, "\"downbeat cues verify\" shows what is wrong"),
            PublishError::Altered { .. } => Self::differs(
                message,
                "something between here and the store alters what passes, or the store does not keep headers",
            ),
            PublishError::NoConditionalWrites { .. } => Self::new(Exit::Usage, "no-conditional-writes", message).with_hint(
                "check that no proxy before the store drops If-Match and If-None-Match; otherwise use a store that has \
                 conditional writes (Amazon S3, Cloudflare R2, Google Cloud Storage, Azure, MinIO, SeaweedFS), or the event's \
                 server (--target worker:)",
            ),
            PublishError::NotLoadable { why, .. } => Self::differs(message, not_loadable(&why)),
            PublishError::NotRepublishable { in_store: true, .. } => {
                Self::differs(message, "publish its sheet instead; \"downbeat cues verify\" shows what else is missing")
            }
            PublishError::NotRepublishable { in_store: false, .. } => {
                Self::differs(message, "publish its sheet instead")
            }
            PublishError::Incomplete { .. } => Self::differs(
                message,
                "check that the credentials may list all of it, and that the store knows delimiters in listings",
            ),
            PublishError::Tombstone { .. } => Self::refused(
                "condemned",
                message,
                "run it again; if a gc was interrupted, run \"downbeat cues gc\" first, which finishes it",
            ),
            PublishError::Moved { theirs, .. } => Self::refused(
                "stale",
                format!("{message}\n  last change: {}", text::last_publication(&theirs)),
                "look at what they did (\"downbeat cues history\"), then run it again",
            )
            .with("present", json!(theirs)),
            PublishError::NoPointer { .. } => {
                Self::refused("stale", message, "\"downbeat cues history\" shows what was published")
            }
            PublishError::SignedStateMoved { .. } => {
                Self::refused("stale", message, "look at it with \"downbeat emergency status\", then decide again")
            }
            PublishError::Uncertain { id, .. } => {
                let error = Self::new(Exit::Network, "uncertain", message)
                    .with_hint("run the same command again: it finishes, or finds it done");
                if let Some(id) = id { error.with("id", json!(id)) } else { error }
            }
            PublishError::Frozen { event, freeze, now } => Self::refused(
                "frozen",
                format!("the rundown of {event} is {}", freeze_text::text(&freeze, now)),
                "wait until it opens, or give --override-freeze with --reason TEXT",
            )
            .with("freeze", freeze_text::json(&freeze)),
            PublishError::IdTaken { id, rev } => Self::invalid(
                format!("--id {id} is that of rev {rev}, which published another rundown"),
                "leave --id out, or give a new one",
            ),
            PublishError::File { path, why } => Self::file(&path, why),
            PublishError::NoKey { .. } => Self::usage(message, "give the file that \"downbeat emergency init\" wrote"),
        }
    }
}

/// Returns what to do if pages could not load a rundown.
const fn not_loadable(why: &NotLoadable) -> &'static str {
    match why {
        NotLoadable::NoAnswer(_) => "check the public URL",
        NotLoadable::Status(_) => {
            "check that the public URL leads to the target's prefix, and that what lies there may be read by everyone"
        }
        NotLoadable::Altered => "check that nothing on the way alters it",
        NotLoadable::ContentType(_) => "let it be served as application/json",
        NotLoadable::Origin { .. } => {
            "allow GET from every origin in the store's CORS rules, or name the page's own with --origin"
        }
    }
}
