//! Who may do what: roles, and the invitations that grant them.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

use crate::name::{Digest, NameError};

/// What a member may do: each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Role {
    /// Watches.
    Viewer,
    /// Also plays, pauses, seeks, sets the rate and the content.
    Controller,
    /// Also replaces invitations and closes the room.
    Owner,
}

/// Who has the controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Controls {
    /// Controllers and owners.
    #[default]
    Controllers,
    /// Every member.
    Everyone,
}

/// The SHA-256 digests of a room's three invitations: whoever has an invitation has its role, and nothing else gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitations {
    view: Digest,
    control: Digest,
    own: Digest,
}

impl Role {
    /// All roles, the one that may do least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Controller, Self::Owner];

    /// Returns its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Controller => "controller",
            Self::Owner => "owner",
        }
    }

    /// Returns whether it has the controls.
    pub fn may_control(self, controls: Controls) -> bool {
        controls == Controls::Everyone || self >= Self::Controller
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Controls {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        match text {
            "controllers" => Ok(Self::Controllers),
            "everyone" => Ok(Self::Everyone),
            _ => Err(NameError::new("\"controls\"", text, "use \"everyone\" or \"controllers\"")),
        }
    }
}

impl Invitations {
    /// Returns the invitations to view, to control and to own, by their digests; `None` if two are the same.
    pub fn new([view, control, own]: [Digest; 3]) -> Option<Self> {
        (view != control && view != own && control != own).then_some(Self { view, control, own })
    }

    /// Returns the role of somebody with the invitation of this digest; `None` if it is not, or no longer, one of this room.
    pub fn role(&self, invitation: &Digest) -> Option<Role> {
        Role::ALL.into_iter().find(|role| self.digest(*role) == invitation)
    }

    /// Replaces the invitation of `role`. Returns whether that was possible: an invitation that the room has already is refused,
    /// since a digest has one role.
    pub(crate) fn replace(&mut self, role: Role, invitation: Digest) -> bool {
        if self.role(&invitation).is_some() {
            return false;
        }
        match role {
            Role::Viewer => self.view = invitation,
            Role::Controller => self.control = invitation,
            Role::Owner => self.own = invitation,
        }
        true
    }

    const fn digest(&self, role: Role) -> &Digest {
        match role {
            Role::Viewer => &self.view,
            Role::Controller => &self.control,
            Role::Owner => &self.own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn digest(byte: u8) -> Digest {
        Digest::from_bytes([byte; 32])
    }

    #[test]
    fn an_invitation_has_one_role_until_it_is_replaced() {
        assert_eq!(Invitations::new([digest(1), digest(2), digest(1)]), None);
        let mut invitations = Invitations::new([1, 2, 3].map(digest)).unwrap();
        let roles = |invitations: &Invitations| [1, 2, 3, 4].map(|byte| invitations.role(&digest(byte)));
        assert_eq!(roles(&invitations), [Some(Role::Viewer), Some(Role::Controller), Some(Role::Owner), None]);
        assert!(!invitations.replace(Role::Owner, digest(1)), "the view link must not become the owner's");
        assert!(invitations.replace(Role::Controller, digest(4)));
        assert_eq!(roles(&invitations), [Some(Role::Viewer), None, Some(Role::Owner), Some(Role::Controller)]);
    }

    #[test]
    fn viewers_have_the_controls_only_where_everyone_has_them() {
        assert_eq!(Role::ALL.map(|role| role.may_control(Controls::Controllers)), [false, true, true]);
        assert_eq!(Role::ALL.map(|role| role.may_control(Controls::Everyone)), [true; 3]);
    }
}
