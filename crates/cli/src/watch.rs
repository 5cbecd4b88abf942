//! One event as it goes, for as long as somebody looks.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `follow` | what is heard: from a viewer of our own, and from an operator's calls |
//! | `observer` | the viewer, telling what it hears |
//! | `model` | what is known, and what it comes to at an instant |
//! | `screen` | the scene, drawn |
//! | `terminal` | the terminal that it is drawn on, and its keys |
//! | `lines` | the scene as lines, for pipes and programs |

mod follow;
mod lines;
mod model;
mod observer;
mod screen;
mod terminal;

pub(crate) use follow::follow;
pub(crate) use lines::Lines;
pub(crate) use model::Scene;
pub(crate) use terminal::Terminal;
