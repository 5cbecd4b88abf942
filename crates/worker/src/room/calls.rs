//! The calls that a room's object answers. The worker has hashed the invitation, and says whether an operator calls.

use downbeat_core::room::Role;
use downbeat_core::{Digest, EventState};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::room::{Invitation, InvitationTexts, parse_invitation_roles, parse_room, room_problem};
use downbeat_wire::{RoomAudience, Route, json};
use worker::{Response, Result, WebSocketPair};

use super::Room;
use crate::event::TOKEN_HEADER;
use crate::reply::{Readers, Reply, unavailable};
use crate::request::{Target, body};
use crate::rooms::{INVITATION_HEADER, INVITATIONS_HEADER, unknown_room};
use crate::runtime::{random, random_hex};
use crate::sockets::{self, Socket};
use crate::{clock, ice};

/// The most sockets of a room: its members, and some that have not said hello yet.
const SOCKETS_MAX: u32 = 256;

impl Room {
    /// Answers a request of the worker.
    pub(crate) async fn fetch(&self, request: web_sys::Request) -> Result<Response> {
        let url = request.url();
        let target = Target::of(&url);
        let (method, route) = (request.method(), Route::parse(target.path));
        if !self.handle_call_time(&request) {
            return respond(Ok(Reply::json(clock::CALL_AGAIN, clock::now().as_millis().to_string())));
        }
        match (method.as_str(), route) {
            ("GET", Some(Route::Live(_))) => self.open(),
            (method, Some(route)) => respond(self.answer(method, route, request).await),
            (_, None) => respond(Err(unknown_room(&self.name))),
        }
    }

    async fn answer(
        &self,
        method: &str,
        route: Route,
        request: web_sys::Request,
    ) -> core::result::Result<Reply, Problem> {
        let header = |name: &str| request.headers().get(name).ok().flatten();
        let invitation = header(INVITATION_HEADER).and_then(|text| text.parse::<Digest>().ok());
        let token = header(TOKEN_HEADER);
        match (method, route) {
            ("PUT", Route::Event(_)) => {
                let digests = header(INVITATIONS_HEADER).unwrap_or_default();
                self.create(&digests, token, &body(request).await?)
            }
            ("DELETE", Route::Event(_)) => {
                if token.is_none() {
                    self.check(invitation, Role::Owner)?;
                } else if self.state.borrow().is_none() {
                    return Err(unknown_room(&self.name));
                }
                self.delete().await?;
                Ok(Reply::empty(204))
            }
            ("GET", Route::Event(_) | Route::Status(_)) => {
                self.check(invitation, Role::Viewer)?;
                Ok(Reply::json(200, self.body().map(|body| json::text(&body)).unwrap_or_default()))
            }
            ("GET", Route::Audience(_)) => {
                let digest = self.check(invitation, Role::Viewer)?;
                let state = self.state.borrow();
                let room = state.as_ref().and_then(EventState::room).ok_or_else(|| unknown_room(&self.name))?;
                let role = room.role(&digest).unwrap_or(Role::Viewer);
                let presence = self.members.borrow().presence();
                Ok(Reply::json(200, json::text(&RoomAudience::new(role, presence, room))))
            }
            ("POST", Route::Invitations(_)) => {
                let by = self.check(invitation, Role::Owner)?;
                let roles = parse_invitation_roles(&body(request).await?)?;
                self.replace(&by, &roles)
            }
            ("GET", Route::Ice(_)) => {
                self.check(invitation, Role::Viewer)?;
                let has_token = self.store.has_token().map_err(|error| unavailable("the room's store", &error))?;
                Ok(Reply::json(200, ice::servers(&self.env, &self.name, has_token, self.now()).await?))
            }
            _ => Err(unknown_room(&self.name)),
        }
    }

    /// Compares this object's clock with the worker's; returns whether a call may be decided.
    fn handle_call_time(&self, request: &web_sys::Request) -> bool {
        let header = request.headers().get(clock::TIME_HEADER).ok().flatten();
        let Some(call) = header.as_deref().and_then(clock::parse_call_time) else { return true };
        let mut compared = self.clock.get();
        let decision = compared.handle_call(call, clock::now());
        self.clock.set(compared);
        decision.inspect(|decision| self.decision.set(*decision)).is_some()
    }

    /// Checks that an invitation is one of this room, and of `needed` or more; returns its digest.
    fn check(&self, invitation: Option<Digest>, needed: Role) -> core::result::Result<Digest, Problem> {
        let state = self.state.borrow();
        let room = state.as_ref().and_then(EventState::room).ok_or_else(|| unknown_room(&self.name))?;
        let refused = |error| room_problem(&error, &self.name, None, self.now());
        let known = invitation.and_then(|digest| Some((digest, room.role(&digest)?)));
        match known {
            Some((digest, role)) if role >= needed => Ok(digest),
            Some((_, role)) => Err(refused(downbeat_core::room::RoomRefusal::Role { role, needed })),
            None => Err(refused(downbeat_core::room::RoomRefusal::Invitation)),
        }
    }

    /// Makes the room.
    fn create(&self, digests: &str, token: Option<String>, body: &[u8]) -> core::result::Result<Reply, Problem> {
        if self.state.borrow().is_some() {
            return Err(Problem::new(Code::Conflict, "there is a room of this name already; make another"));
        }
        let digests: Vec<Digest> = digests.split(',').filter_map(|digest| digest.parse().ok()).collect();
        let digests = digests.try_into().map_err(|_| Problem::new(Code::BadRequest, "a room has three invitations"))?;
        let (new, now) = (parse_room(body, digests)?, self.now());
        let epoch = random_hex().parse().map_err(|error| Problem::new(Code::Internal, format!("{error}")))?;
        let state = EventState::create_room(new, epoch, token.as_deref().unwrap_or_default(), now)
            .map_err(|error| room_problem(&error, &self.name, None, now))?;
        self.store.create(&state, token).map_err(|error| unavailable("the room's store", &error))?;
        *self.state.borrow_mut() = Some(state);
        self.set_pings();
        self.set_alarm();
        Ok(Reply::empty(201))
    }

    /// Replaces the invitations of `roles`, and disconnects all who came by the old ones.
    fn replace(&self, by: &Digest, roles: &[(Role, Option<Digest>)]) -> core::result::Result<Reply, Problem> {
        let (now, mut texts) = (self.now(), InvitationTexts::default());
        let mut state = self.state.borrow().clone().ok_or_else(|| unknown_room(&self.name))?;
        // The owner's comes last: the others are replaced by whoever has it.
        for (role, digest) in roles {
            let digest = digest.unwrap_or_else(|| {
                let drawn = Invitation::new(random());
                texts = core::mem::take(&mut texts).with(*role, &drawn);
                drawn.sha256()
            });
            let done = state.handle_invitation(by, "", *role, digest, now);
            done.map_err(|error| room_problem(&error, &self.name, None, now))?;
        }
        if !self.save(state.clone(), None) {
            return Err(Problem::new(Code::Unavailable, "the room cannot save this; try again in a moment"));
        }
        self.announce(&state);
        self.perform();
        Ok(Reply::json(200, json::text(&texts)))
    }

    /// Opens a socket, which is to say hello.
    fn open(&self) -> Result<Response> {
        if self.state.borrow().is_none() {
            return respond(Err(unknown_room(&self.name)));
        }
        if sockets::all(&self.object).length() >= SOCKETS_MAX {
            let detail = "the room has as many sockets as it can; try again in a moment";
            return respond(Err(Problem::new(Code::RoomFull, detail)));
        }
        let pair = WebSocketPair::new()?;
        self.object.accept_web_socket(&pair.server);
        let now = self.now();
        self.members.borrow_mut().handle_opened(Socket::of(&pair.server), now);
        self.set_pings();
        self.set_alarm();
        Response::from_websocket(pair.client)
    }
}

fn respond(reply: core::result::Result<Reply, Problem>) -> Result<Response> {
    Ok(reply.unwrap_or_else(Reply::from).into_response(Readers::Operators, false).into())
}
