//! `room …`: rooms, and the links that let people in.

mod close;
mod create;
mod links;
mod show;

use std::fmt;

use downbeat_api::ApiError;
use downbeat_core::EventName;
use downbeat_core::room::Role;
use downbeat_wire::room::Invitation;
use downbeat_wire::{Code, MemberBody, RoomAudience};
use serde_json::{Map, Value, json};

use crate::cli::{Global, RoomArg, RoomTask};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Output, Report};
use crate::profile::Settings;
use crate::room_link::{self, RoomLink};
use crate::text;

/// Runs a command about rooms.
pub(super) async fn run(task: RoomTask, global: &Global, output: Output) -> Result<Box<dyn Report>, Error> {
    Ok(match task {
        RoomTask::Create(args) => Box::new(create::run(&super::context(global, output)?, *args).await?),
        RoomTask::Show(arg) => {
            let (context, link) = place(arg, global, output)?;
            Box::new(show::run(&context, &link).await?)
        }
        RoomTask::Links(args) => {
            let (context, link) = place(args.room, global, output)?;
            Box::new(links::run(&context, &link, args.page).await?)
        }
        RoomTask::Close(arg) => {
            let (context, link) = place(arg, global, output)?;
            Box::new(close::run(&context, &link).await?)
        }
    })
}

/// Returns the room that is asked about, and the context of a command that goes there.
fn place(arg: RoomArg, global: &Global, output: Output) -> Result<(Context, RoomLink), Error> {
    let link = RoomLink::find(arg.room, arg.invitation)?;
    let settings = Settings::load(&link.flags(global.flags()))?;
    Ok((Context { settings, output, yes: global.yes, dry_run: global.dry_run }, link))
}

/// The three links of a room, which are shown once.
struct Links([(Role, String); 3]);

impl Links {
    /// Returns the links that open `page`, by default the server's own page for rooms.
    fn new(context: &Context, page: Option<String>, room: &EventName, invitations: [&str; 3]) -> Result<Self, Error> {
        let page = match page {
            Some(page) => page,
            None => room_link::page(context.settings.server()?),
        };
        let [view, control, own] = invitations.map(|invitation| room_link::link(&page, room, invitation));
        Ok(Self([(Role::Viewer, view), (Role::Controller, control), (Role::Owner, own)]))
    }

    fn json(&self) -> Value {
        Value::Object(self.0.iter().map(|(role, link)| (word(*role).to_owned(), json!(link))).collect())
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (role, link) in &self.0 {
            writeln!(f, "{}\n  {link}", may(*role))?;
        }
        writeln!(
            f,
            "Keep them now: they are shown this once, and the server knows only their SHA-256. Whoever has a link has what it"
        )?;
        writeln!(f, "allows; \"downbeat room links\" replaces all three.")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(_, link)| writeln!(f, "{link}"))
    }
}

/// Returns the word for the link of a role, as the API has it.
const fn word(role: Role) -> &'static str {
    match role {
        Role::Viewer => "view",
        Role::Controller => "control",
        Role::Owner => "own",
    }
}

/// Says what the link of a role lets its holder do.
const fn may(role: Role) -> &'static str {
    match role {
        Role::Viewer => "view: watch with the others",
        Role::Controller => "control: also play, pause, seek, and choose what is played",
        Role::Owner => "own: also replace the links, and close the room; keep it to yourself",
    }
}

/// Says who is in a room.
fn who(audience: &RoomAudience) -> String {
    if let Some(counts) = audience.counts {
        return format!("{} members, {} buffering", counts.members, counts.buffering);
    }
    let members = audience.members.as_deref().unwrap_or_default();
    let one = |member: &MemberBody| {
        let name = if member.name.is_empty() { "somebody without a name" } else { &member.name };
        format!("{name} ({}, {})", member.role, readiness(member))
    };
    let named: Vec<String> = members.iter().map(one).collect();
    if named.is_empty() {
        return "nobody".to_owned();
    }
    format!("{}: {}", text::count(named.len(), "member"), named.join(", "))
}

fn readiness(member: &MemberBody) -> String {
    serde_json::to_value(member.readiness)
        .ok()
        .and_then(|word| word.as_str().map(|word| word.replace("awaited-buffering", "buffering, awaited")))
        .unwrap_or_default()
}

/// Returns the members of JSON that say which room.
fn room_json(context: &Context, link: &RoomLink) -> Map<String, Value> {
    let mut json = context.place();
    json.remove("event");
    json.insert("room".to_owned(), json!(link.room));
    json
}

/// Turns the refusal of a call into what the one who asked can do.
fn refused(error: ApiError, link: &RoomLink) -> Error {
    let is = |code| error.is(code);
    let hint = if is(Code::UnknownEvent) {
        Some(
            "a room deletes itself some time after the last member left, and its owner may close it; make another with \"downbeat room create\"",
        )
    } else if is(Code::InvalidInvitation) && link.invitation.is_some() {
        Some("check that the link is whole, from \"https\" to its last letter; else ask its owner for a new one")
    } else if is(Code::NotAllowed) {
        Some("it takes the owner's link")
    } else {
        None
    };
    match hint {
        Some(hint) => Error::from(error).with_hint(hint),
        None => error.into(),
    }
}

/// Draws three invitations.
fn draw() -> Result<[Invitation; 3], Error> {
    Ok([downbeat_api::random()?, downbeat_api::random()?, downbeat_api::random()?].map(Invitation::new))
}
