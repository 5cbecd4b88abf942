//! Rooms: a few people watch together, and some of them hold the controls.
//!
//! A room is an event whose controllers are its viewers: the same state, the same timeline, the same client. This module says
//! who may do what, and turns gestures and buffering into changes of that state. The work is shared between two objects:
//!
//! | who | keeps | decides |
//! | --- | --- | --- |
//! | the event's object | [`EventState`](crate::EventState) with its [`RoomState`], and the log | whether a gesture counts, whether the room waits and for how long, when it is deleted: whatever its hub says, the limits hold |
//! | the room's one hub | [`Members`]: sockets, names, who is buffering | who is let in, who may ask for what, what members learn of each other, how long a lead they need |
//!
//! **A wait is a hold whose resume is already scheduled** ([`Waits`]). No member can stop a room for longer than its `max`, a
//! member that stalls for ever costs the others that once, and nothing has to happen for the room to go on.
//!
//! ```
//! use downbeat_core::room::{Action, Gesture, NewRoom};
//! use downbeat_core::{Digest, EventState, ServerTime, Span, Status};
//! let now = ServerTime::from_millis(1_704_067_200_000);
//! let [view, control, own] = [1, 2, 3].map(|byte| Digest::from_bytes([byte; 32]));
//! let mut room = EventState::create_room(NewRoom::new([view, control, own]), "e1".parse()?, "maria", now)?;
//! assert_eq!(room.status(now), Status::Paused, "a room starts held at 0");
//! let gesture = |id: &str, action, invitation, at| Gesture {
//!     id: id.parse().unwrap(), action, invitation, actor: "Anna".into(), at: Some(at), bound: Span::ZERO,
//! };
//! // Anna pressed play 80 ms ago, and has the controls: everyone starts 200 ms from now.
//! let pressed = now + Span::from_millis(9_920);
//! let arrived = now + Span::from_millis(10_000);
//! let outcome = room.handle_gesture(&gesture("a1", Action::Resume, control, pressed), Span::ZERO, None, arrived)?;
//! assert_eq!(outcome.effective_at(), arrived + Span::from_millis(200));
//! // With the link that only views, nothing changes.
//! assert!(room.handle_gesture(&gesture("b1", Action::Pause, view, arrived), Span::ZERO, None, arrived).is_err());
//! // Somebody's video stalls: the room holds, and its resume is scheduled with the hold.
//! let stalled = now + Span::from_millis(60_000);
//! room.handle_buffering("Boris", Span::ZERO, stalled)?;
//! assert_eq!(room.status(stalled + Span::from_millis(200)), Status::Paused);
//! assert_eq!(room.status(stalled + Span::from_millis(10_000)), Status::Running);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod gesture;
mod invitation;
mod lead;
mod limits;
mod members;
mod no_wait;
mod refusal;
mod settings;
mod state;
mod waits;

pub use content::Content;
pub use gesture::{Action, GESTURE_AGE_MAX, Gesture, GestureOutcome, GestureReceipt};
pub use invitation::{Controls, Invitations, Role};
pub use lead::{LEAD, LEAD_MARGIN, LEAD_MAX, lead};
pub use limits::{KEEP, KEEP_MAX, KEEP_MIN, LEAD_SETTING_MAX, LEAD_SETTING_MIN};
pub use members::{
    Ask, COMMANDS, Closing, Effect, GestureError, HELLO_WAIT, Hello, HelloError, LISTED_MAX, MEMBERS_MAX, MemberId,
    MemberRecord, MemberView, Members, NAME_CHARS_MAX, Presence, RESUME_MAX, Readiness, ReadyReport, SIGNALS,
    SignalError,
};
pub use no_wait::NoWait;
pub use refusal::RoomRefusal;
pub use settings::{NewRoom, RoomSettings};
pub use state::{OCCUPIED_STEP, RoomState};
pub use waits::{PLAY_MIN, SEEK_GRACE, WAIT_BUDGET, WAIT_MAX, WAIT_MIN, WAIT_WINDOW, Wait, Waits};
