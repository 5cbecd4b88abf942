//! The calls about rooms. Whoever has an invitation may make them; only making a room, and closing one, take a token instead.

use downbeat_core::EventName;
use downbeat_wire::room::{Invitation, invitations_body};
use downbeat_wire::{Code, RoomAnswer, RoomAudience, Route, StateBody};
use http::Method;
use serde_json::Value;

use crate::attempts::Call;
use crate::client::{Client, Response, parse};
use crate::error::ApiError;

impl Client {
    /// Makes a room; `settings` is the body as `docs/rooms.md` describes it. If it has to be repeated, there may be a second room,
    /// which deletes itself since nobody comes.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn create_room(&self, settings: &Value) -> Result<RoomAnswer, ApiError> {
        self.notify_sending();
        self.read_body(&Call::sending(Method::POST, Route::Rooms, settings.to_string().into_bytes())).await
    }

    /// Returns a room's state. It is for members only, so it is not among the states that
    /// [`on_state`](Client::on_state) is called with.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn room(&self, room: &EventName, invitation: &Invitation) -> Result<Response<StateBody>, ApiError> {
        let call = Call::get(Route::Event(room.clone())).invited(invitation);
        parse(self.sender.send(&call).await?, |state: &StateBody| state.server_time)
    }

    /// Returns who is in a room.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn room_audience(&self, room: &EventName, invitation: &Invitation) -> Result<RoomAudience, ApiError> {
        self.read_body(&Call::get(Route::Audience(room.clone())).invited(invitation)).await
    }

    /// Replaces all three invitations of a room by `drawn`, in the order to view, to control and to own; `owner` is the present
    /// owner's. The server gets hashes only. It is safe to repeat: if the old invitation no longer counts because an earlier
    /// attempt was carried out, that is a success.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn replace_invitations(
        &self,
        room: &EventName,
        owner: &Invitation,
        drawn: &[Invitation; 3],
    ) -> Result<(), ApiError> {
        self.notify_sending();
        let body = invitations_body(drawn).to_string().into_bytes();
        let call = Call::sending(Method::POST, Route::Invitations(room.clone()), body).invited(owner);
        let answer = self.sender.send(&call).await?;
        let is_repeated = answer.is_repeated;
        match answer.accepted() {
            Ok(_) => Ok(()),
            Err(error) if is_repeated && error.is(Code::InvalidInvitation) => {
                self.room_audience(room, &drawn[2]).await.map(|_| ()).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }

    /// Deletes a room with all that is stored for it: as its owner, or without an invitation by this client's token. Returns whether
    /// there was one; an earlier attempt of this call may have deleted it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn close_room(&self, room: &EventName, owner: Option<&Invitation>) -> Result<bool, ApiError> {
        self.notify_sending();
        let call = Call { method: Method::DELETE, ..Call::get(Route::Event(room.clone())).authorized() };
        let call = match owner {
            Some(owner) => call.invited(owner),
            None => call,
        };
        match self.sender.send(&call).await?.accepted() {
            Ok(_) => Ok(true),
            Err(error) if error.is(Code::UnknownEvent) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
