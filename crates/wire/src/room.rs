//! Rooms: the body that makes one, its invitations, and the frames of its socket.
//!
//! | who | sends | when |
//! | --- | --- | --- |
//! | a member | [`ClientFrame::Hello`] | first, within 10 s |
//! | the room | [`Welcome`], or [`Refused`] and the end | in answer to that |
//! | a member | [`ClientFrame::Command`], answered with a [`RoomCommandAnswer`] | when a person acts |
//! | the room | [`StateFrame`](crate::StateFrame) | on each change, to all members |
//! | a member | [`ClientFrame::Ready`] | when its player can play on, or cannot |
//! | the room | [`PresenceFrame`] | when others come, leave, or buffer |
//! | a member | [`ClientFrame::Signal`] | to reach one other member, who gets a [`SignalFrame`] |
//!
//! The frame `p` is answered as in any event. `docs/rooms.md` has examples of all of them.

mod audience;
mod body;
mod client;
mod frames;
mod invitation;
mod refusal;

pub use audience::RoomAudience;
pub use body::{
    InvitationTexts, RoomAnswer, RoomBody, RoomWait, TITLE_CHARS_MAX, invitations_body, parse_invitation_roles,
    parse_room,
};
pub use client::{ClientFrame, FRAME_BYTES_MAX, Resume, SignalMessage, action_text, parse_action};
pub use frames::{
    FrameKind, MemberBody, MemberCounts, PresenceFrame, Refused, RoomCommandAnswer, SignalFrame, SignalRefused, Welcome,
};
pub use invitation::{INVITATION_PREFIX, Invitation, draw_name};
pub use refusal::{gesture_problem, hello_code, room_problem, signal_code};
