//! What all emergency commands share: the store, the key, and where viewers look.

use std::path::Path;

use downbeat_core::{ServerTime, Span};
use downbeat_publish::emergency::key::{SigningKey, is_open_to_others};
use downbeat_publish::store::Store;
use downbeat_publish::target::Target;
use serde_json::{Map, Value, json};

use crate::commands::cues::release::open_store;
use crate::context::Context;
use crate::error::Error;
use crate::last_seen::Snapshot;
use crate::profile;
use crate::text;

/// The age from which a known state counts as old: 10 min. Somebody else may have changed the event since.
const OLD: Span = Span::from_millis(10 * 60_000);

/// Returns the store that a signed state goes to.
///
/// # Errors
/// [`Error::usage`] if nothing names one. The worker is not one: it is gone when its state is needed.
pub(crate) fn store(context: &Context, target: Option<&Target>) -> Result<Store, Error> {
    let target = target.or(context.settings.publishing.target.as_ref()).cloned().unwrap_or_default();
    open_store(context, &target)?.ok_or_else(|| {
        Error::usage(
            "a signed state goes beside a store's pointer, and nothing names a store",
            "give --target s3://BUCKET/PREFIX (or gs:, az:, file:), set DOWNBEAT_TARGET, or write target into the profile",
        )
    })
}

/// Reads the private key that the flag, the environment or the profile names.
pub(crate) fn key(context: &Context, file: Option<&Path>) -> Result<SigningKey, Error> {
    let file = file.or(context.settings.emergency_key_file.as_deref()).ok_or_else(|| {
        Error::usage(
            "this signs with a private key, and nothing says where that is",
            "give --key-file FILE, set DOWNBEAT_EMERGENCY_KEY_FILE, or write emergencyKeyFile into the profile; \"downbeat emergency init\" makes one",
        )
    })?;
    let key = SigningKey::read(file)?;
    if is_open_to_others(file) {
        context.output.remark(&format!("warning: others can read {}; chmod 600 it\n", file.display()));
    }
    Ok(key)
}

/// Describes how old the known state is, and where it comes from.
pub(crate) fn age(known: &Snapshot, wall: ServerTime) -> String {
    let age = wall - known.received_at;
    let note = if age > OLD { "; somebody may have changed the event since: then give --rev" } else { "" };
    format!("rev {} from {}, seen {}{note}", known.state.rev, known.server, text::relative(known.received_at, wall))
}

/// Asks Cloudflare to drop its copy of the pointer, if the profile names a zone.
pub(crate) async fn purge(context: &Context, url: &str) {
    let Some(zone) = &context.settings.publishing.purge_zone else { return };
    if let Err(why) = profile::purge(zone.clone()).run(url).await {
        context.output.remark(&format!("warning: Cloudflare's copies were not purged: {why}\n"));
    }
}

/// Returns where a command went, as members of a JSON object.
pub(crate) fn place(context: &Context, store: &Store) -> Map<String, Value> {
    let mut place = context.place();
    place.insert("target".to_owned(), json!(store.name()));
    place
}
