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
//! | `lines` | a view that writes lines, for pipes and programs |
//! | `terminal` | a view on the whole terminal, and its keys |
//! | `screen` | draws the model |
//! | `cues`, `cue_lines`, `cue_screen` | the cues as the event runs, for `cues list --watch` |
//! | `words` | how both views write what they have in common |

mod cue_lines;
mod cue_screen;
mod cues;
mod follow;
mod lines;
mod model;
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
pub(crate) use cues::Notes;
pub(crate) use follow::follow;
pub(crate) use lines::LineView;
pub(crate) use model::Model;
pub(crate) use terminal::{Shows, TerminalView};
pub(crate) use view::View;
