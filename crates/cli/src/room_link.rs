//! A room, as people name it: by its link, by what follows `#` in that, or by its name.

use std::str::FromStr;

use downbeat_api::ServerUrl;
use downbeat_core::EventName;
use downbeat_wire::room::Invitation;

use crate::error::Error;
use crate::exit::Exit;
use crate::profile::{self, Flags};

/// The page for rooms of every server. A link to it names the server, too.
const PAGE: &str = "/room";

/// A room, with as much as its link says. `Debug` does not show the invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoomLink {
    /// The server, if the link leads to its own page for rooms.
    pub(crate) server: Option<ServerUrl>,
    pub(crate) room: EventName,
    pub(crate) invitation: Option<Invitation>,
}

impl FromStr for RoomLink {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            "this is no room; give its whole link (…/room#r-….dbi_…), or its name, which is \"r-\" and 16 characters"
                .to_owned()
        };
        let (page, named) = text.split_once('#').map_or((None, text), |(page, named)| (Some(page), named));
        let (room, invitation) = named.split_once('.').map_or((named, None), |(room, text)| (room, Some(text)));
        let room: EventName = room.parse().map_err(|_| refused())?;
        if !room.is_room() {
            return Err(refused());
        }
        let invitation = invitation.map(str::parse::<Invitation>).transpose().map_err(|problem| problem.detail)?;
        let page = page.map(|page| page.split('?').next().unwrap_or_default());
        let server = page.and_then(|page| page.strip_suffix(PAGE)?.parse().ok());
        Ok(Self { server, room, invitation })
    }
}

impl RoomLink {
    /// Returns the room that `given` names, or else the variable `DOWNBEAT_ROOM`; the invitation may also be in
    /// `DOWNBEAT_INVITATION`, so that it stands in no argument list.
    ///
    /// # Errors
    /// [`Error`] if no room is given, or a variable contains something else.
    pub(crate) fn find(given: Option<Self>, invitation: Option<Invitation>) -> Result<Self, Error> {
        let variable = |name, why: String| Error::usage(format!("{name}: {why}"), "correct it, or remove it");
        let link = match (given, profile::variable("DOWNBEAT_ROOM")) {
            (Some(link), _) => link,
            (None, Some(text)) => text.parse().map_err(|why| variable("DOWNBEAT_ROOM", why))?,
            (None, None) => {
                return Err(Error::usage(
                    "which room?",
                    "give its link, or put that into the variable DOWNBEAT_ROOM, where no list of processes shows it",
                ));
            }
        };
        let invitation = match (link.invitation, invitation, profile::variable("DOWNBEAT_INVITATION")) {
            (Some(invitation), ..) | (None, Some(invitation), _) => Some(invitation),
            (None, None, Some(text)) => Some(
                text.trim()
                    .parse()
                    .map_err(|problem: downbeat_wire::Problem| variable("DOWNBEAT_INVITATION", problem.detail))?,
            ),
            (None, None, None) => None,
        };
        Ok(Self { invitation, ..link })
    }

    /// Returns the flags of a command about this room: the server of its link counts, unless one is named.
    pub(crate) fn flags(&self, flags: Flags) -> Flags {
        Flags { server: flags.server.or_else(|| self.server.clone()), event: Some(self.room.clone()), ..flags }
    }

    /// Returns the invitation.
    ///
    /// # Errors
    /// [`Error`] if there is none.
    pub(crate) fn invitation(&self) -> Result<&Invitation, Error> {
        self.invitation.as_ref().ok_or_else(|| {
            Error::new(Exit::Auth, "invalid-invitation", format!("it takes an invitation of {}", self.room)).with_hint(
                "give the room's whole link, or its invitation (dbi_…) in the variable DOWNBEAT_INVITATION; no operator's token opens \
                 a room",
            )
        })
    }
}

/// Returns the link of `room` with an invitation. It stands in the fragment, which no server and no log gets.
pub(crate) fn link(page: &str, room: &EventName, invitation: &str) -> String {
    format!("{page}#{room}.{invitation}")
}

/// Returns the page for rooms of a server.
pub(crate) fn page(server: &ServerUrl) -> String {
    format!("{server}{PAGE}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: &str = "r-abcdefghijklmnop";
    const INVITATION: &str = "dbi_-_v7-_v7-_v7-_v7-_v7-w";

    #[test]
    fn a_link_names_room_invitation_and_server() {
        let read = |text: &str| text.parse::<RoomLink>();
        let whole = read(&format!("https://example.com/show/room#{ROOM}.{INVITATION}")).unwrap();
        assert_eq!(whole.server.as_ref().unwrap().to_string(), "https://example.com/show");
        assert_eq!((whole.room.as_str(), whole.invitation.as_ref().unwrap().expose()), (ROOM, INVITATION));
        assert_eq!(
            link(&page(whole.server.as_ref().unwrap()), &whole.room, INVITATION),
            format!("https://example.com/show/room#{ROOM}.{INVITATION}")
        );
        // A page elsewhere says nothing of the server.
        assert_eq!(read(&format!("https://films.example/watch?a=1#{ROOM}.{INVITATION}")).unwrap().server, None);
        assert_eq!(read(&format!("{ROOM}.{INVITATION}")).unwrap().invitation, whole.invitation);
        assert_eq!(read(ROOM).unwrap(), RoomLink { server: None, room: ROOM.parse().unwrap(), invitation: None });
        for wrong in ["", "main", "https://example.com/room", "https://example.com/room#", "#main.dbi_x"] {
            assert!(read(wrong).unwrap_err().contains("whole link"), "{wrong}");
        }
        assert!(read(&format!("{ROOM}.dbi_short")).unwrap_err().contains("22 characters"));
        assert!(!format!("{whole:?}").contains("v7"));
    }
}
