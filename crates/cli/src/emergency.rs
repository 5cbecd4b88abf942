//! The last resort: pausing an event whose server cannot be reached, by a signed state beside the store's pointer.
//!
//! | file | what it decides or does |
//! | --- | --- |
//! | `key` | the private half: making it, keeping it, signing with it, showing nothing of it |
//! | `beside` | putting a signed state beside what was published, and taking it away |
//! | `glass` | the way it goes: look, show, ask, sign, write, see it arrive, hand it to the server |
//!
//! What never happens here: anything that was published changes; a key is printed; a state is signed that viewers of the
//! event would not believe.

#[path = "../../publish/src/emergency.rs"]
pub(crate) mod beside;
#[path = "commands/emergency/break_glass.rs"]
pub(crate) mod glass;
#[path = "../../publish/src/emergency/key.rs"]
pub(crate) mod key;
