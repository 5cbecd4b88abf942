//! `seek`: goes to a position.

use downbeat_core::Command;

use crate::change::{self, ChangeReport, CommandSpec};
use crate::cli::CommandOptions;
use crate::context::Context;
use crate::error::Error;
use crate::given::Destination;
use crate::standing;

/// Goes to a position: an absolute one, or one relative to the event's position when the seek takes effect.
pub(crate) async fn run(
    context: &Context,
    destination: Destination,
    options: &CommandOptions,
) -> Result<ChangeReport, Error> {
    let spec = CommandSpec {
        name: "seek",
        question: "Seek?",
        command: &|state| {
            let position = match (destination, state) {
                (Destination::To(position), _) => position,
                (Destination::By(distance), Some((state, at))) => {
                    standing::seek_by(state, distance, at).map_err(Error::internal)?
                }
                (Destination::By(_), None) => unreachable!("only a pause goes on without the state"),
            };
            Ok(Command::Seek { position })
        },
        lines: Vec::new(),
        undo: None,
    };
    change::carry_out(context, options, &spec).await
}
