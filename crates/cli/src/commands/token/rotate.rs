//! `token rotate`: gives a token another secret, beside which the old one works for a while.

use downbeat_wire::keyring::{GRACE_MAX, Rotation};

use super::handing::Handing;
use super::sign_in::Handover;
use crate::cli::TokenRotateArgs;
use crate::context::Context;
use crate::error::Error;
use crate::text;

/// Shows what happens to the old secret, asks, and rotates.
pub(super) async fn run(context: &Context, args: &TokenRotateArgs) -> Result<Handing, Error> {
    if args.grace > GRACE_MAX {
        return Err(Error::invalid("--grace is longer than 30 days", "give 30d or less"));
    }
    let handover = Handover::draw(&args.id, &args.handover)?;
    let since = match handover {
        Handover::Link(_) => " from when the link is opened",
        Handover::File(..) | Handover::Shown(_) => "",
    };
    let old = match args.grace.as_millis() {
        0 => format!("ends at once{since}"),
        _ => format!("works for another {}{since}", text::span(args.grace)),
    };
    let lines = [("rotates", format!("token \"{}\"", args.id)), ("old secret", old.clone())];
    let rotation = Rotation { credential: handover.credential(), grace: args.grace };
    let handing = Handing::begin(context, "rotated", lines, &handover)?.with_old(old);
    let send = async |server: downbeat_api::Client| server.rotate_token(&args.id, &rotation).await;
    handing.carry_out(context, "Rotate it?", handover, send).await
}
