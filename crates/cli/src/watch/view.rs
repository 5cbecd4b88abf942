//! What shows a model.

use std::ops::ControlFlow;

use super::model::Model;
use super::update::Update;

/// Shows a model as it changes.
pub(crate) trait View {
    /// Handles an update, which `model` contains already.
    fn handle_update(&mut self, update: &Update, model: &Model);

    /// Shows the passing of time, several times a second. `Break` ends the command.
    fn handle_tick(&mut self, model: &Model) -> ControlFlow<()>;
}
