//! `cues publish` and `cues plan`: compiles a sheet, stores its rundown, and points the event at it; or says how.

use crate::cli::{PlanArgs, PublishArgs};
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::publish::release::{self, Offer};
use crate::publish::worker;
use crate::sheets;

use downbeat_sheet::Options;

/// Publishes a sheet.
pub(crate) async fn run(context: &Context, args: &PublishArgs) -> Result<Box<dyn Report>, Error> {
    const QUESTION: &str = "Publish it?";
    let offer = compile(context, &args.sheet)?;
    let (release, attribution) = (&args.release, &args.options.attribution);
    if let Some(store) = release::store(context, &release.to)? {
        let release = release::Release::prepare(context, release, attribution, &store, offer).await?;
        return Ok(Box::new(release.carry_out(&args.options, QUESTION).await?));
    }
    let server = context.operator()?;
    let reading = server.state(&context.settings.event).await?;
    let release = worker::Release::prepare(context, release, attribution, &server, reading, offer).await?;
    Ok(Box::new(release.carry_out(&args.options, QUESTION).await?))
}

/// Says what publishing a sheet would do.
pub(crate) async fn plan(context: &Context, args: &PlanArgs) -> Result<Box<dyn Report>, Error> {
    let offer = compile(context, &args.sheet)?;
    if let Some(store) = release::store(context, &args.release.to)? {
        let release = release::Release::prepare(context, &args.release, &args.attribution, &store, offer).await?;
        return Ok(Box::new(release.shown(false)));
    }
    let server = context.operator()?;
    let reading = server.state(&context.settings.event).await?;
    let release = worker::Release::prepare(context, &args.release, &args.attribution, &server, reading, offer).await?;
    Ok(Box::new(release.shown(false)))
}

/// Compiles a sheet, and says what is wrong with it.
fn compile(context: &Context, path: &std::path::Path) -> Result<Offer, Error> {
    let sheet = sheets::read(path, &Options::default())?;
    if !context.output.json {
        context.output.remark(&sheet.report());
    }
    Offer::of(&sheet)
}
