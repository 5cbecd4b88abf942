//! `watch`: one event, followed until somebody leaves.
//!
//! | file | contents |
//! | --- | --- |
//! | `follow` | gathers updates and passes them to the view |
//! | `observer` | updates from a viewer of our own |
//! | `poll` | updates from an operator's requests: the audience and the log |
//! | `update` | what an update says |
//! | `model` | what is known of the event, and what follows from it at an instant |
//! | `view` | what shows a model |
//! | `lines`, `line_writer` | a view that writes lines, for pipes and programs |
//! | `terminal` | a view on the whole terminal, and its keys |
//! | `screen` | draws the model |
//! | `cues`, `cue_lines`, `cue_screen` | the cues as the event runs, for `cues list --watch` |
//! | `notes` | what the crew should know about the cues |
//! | `words` | how both views write what they have in common |

mod cue_lines;
mod cue_screen;
mod cues;
mod follow;
mod line_writer;
mod lines;
mod model;
mod notes;
mod observer;
mod poll;
mod screen;
mod terminal;
mod update;
mod view;
mod words;

#[cfg(test)]
mod example;

pub(crate) use cue_lines::CueLines;
pub(crate) use follow::follow;
pub(crate) use lines::LineView;
pub(crate) use model::Model;
pub(crate) use notes::Notes;
pub(crate) use terminal::{Shows, TerminalView};
pub(crate) use view::View;
