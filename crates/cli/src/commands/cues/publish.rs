//! `cues publish` and `cues plan`: compiles a sheet, stores its rundown, and points the event at it; or says how.

use std::path::Path;

use downbeat_publish::release::Offer;
use downbeat_sheet::Options;

use super::release::{Job, Kind, Places, Sourced};
use crate::cli::{PlanArgs, PublishArgs};
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::sheets;

/// Publishes a sheet.
pub(crate) async fn run(context: &Context, args: &PublishArgs) -> Result<Box<dyn Report>, Error> {
    let sourced = compile(context, &args.sheet)?;
    let places = Places::new(context, &args.release)?;
    let survey = places.main().survey(&context.settings.event).await?;
    let job = Job { context, args: &args.release, places: &places, kind: Kind::Publish };
    job.run(survey, sourced, &args.options).await
}

/// Shows what publishing a sheet would do.
pub(crate) async fn plan(context: &Context, args: &PlanArgs) -> Result<Box<dyn Report>, Error> {
    let sourced = compile(context, &args.sheet)?;
    let places = Places::new(context, &args.release)?;
    let survey = places.main().survey(&context.settings.event).await?;
    let job = Job { context, args: &args.release, places: &places, kind: Kind::Publish };
    job.plan(survey, sourced, &args.attribution).await
}

/// Compiles a sheet, and prints what is wrong with it.
fn compile(context: &Context, path: &Path) -> Result<Sourced, Error> {
    let sheet = sheets::read(path, &Options::default())?;
    if !context.output.json {
        context.output.remark(&sheet.report());
    }
    let offer = Offer::new(sheet.rundown()?.clone()).with_notes(sheet.notes());
    let source = format!("{}: {}", sheet.name, sheets::summary(&offer.rundown));
    Ok(Sourced { offer, source })
}
