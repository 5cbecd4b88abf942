//! `token add`: makes a token that works at once, without a deployment.

use downbeat_wire::keyring::{ListedToken, NewToken, TokenSource};

use super::handing::Handing;
use super::sign_in::Handover;
use super::{expiry, told};
use crate::cli::TokenAddArgs;
use crate::context::Context;
use crate::error::Error;

/// Shows what the token will allow, asks, and adds it.
pub(super) async fn run(context: &Context, args: TokenAddArgs) -> Result<Handing, Error> {
    let expires = expiry(&args.expiry)?;
    let handover = Handover::draw(&args.id, &args.handover)?;
    let TokenAddArgs { id, scopes, events, .. } = args;
    let wanted = NewToken { id, scopes, events, expires, credential: handover.credential(), device: false };
    let lines = [
        ("adds", format!("token \"{}\"", wanted.id)),
        ("for", told(&ListedToken::new(wanted.grant(), TokenSource::Worker))),
    ];
    let handing = Handing::begin(context, "added", lines, &handover)?;
    handing.carry_out(context, "Add it?", handover, async |server| server.add_token(&wanted).await).await
}
