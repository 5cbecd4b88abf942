//! Which call needs which scope: the one place where that is decided.
//!
//! A call that names an event also needs a token that is for that event. Every list here names all of its kind, so that
//! a new path, command or setting does not compile until it is decided who may use it.

use downbeat_core::event::Undoable;
use downbeat_core::{Command, Configuration, EventName};

use crate::pattern;
use crate::problem::{Code, Problem};
use crate::route::Route;
use crate::scope::{self, Scope};
use crate::token::Grant;

/// Who may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone.
    Public,
    /// The holder of any valid token.
    Token,
    /// The holder of a token with one of these scopes. Where the body decides which one, the others are checked with it.
    OneOf(&'static [Scope]),
}

/// The scopes that some command needs.
const COMMANDS: Access = Access::OneOf(&[Scope::Hold, Scope::Operate, Scope::Publish, Scope::Emergency]);

/// Returns who may make a call. Methods that a path does not take are refused elsewhere.
pub fn access(method: &str, route: &Route) -> Access {
    let one = |scopes| match method {
        "OPTIONS" => Access::Public,
        _ => Access::OneOf(scopes),
    };
    let reading = matches!(method, "GET" | "HEAD" | "OPTIONS");
    match route {
        Route::Time
        | Route::Utc(_)
        | Route::Key
        | Route::EventTime(_)
        | Route::Status(_)
        | Route::Live(_)
        | Route::RundownPointer(_)
        // An invitation is the authority, or what the server says of who makes rooms.
        | Route::Rooms
        | Route::Invitations(_)
        | Route::Ice(_)
        // A signature is the authority.
        | Route::Emergency(_) => Access::Public,
        // `POST` redeems a code, which is the authority.
        Route::Token if matches!(method, "GET" | "HEAD") => Access::Token,
        Route::Token => Access::Public,
        // The key of a device may be added with any token, and each token may end itself; [`token`] checks the rest.
        Route::Tokens if method == "POST" => Access::Token,
        Route::OneToken(_) if method == "DELETE" => Access::Token,
        Route::Tokens | Route::OneToken(_) => one(&[Scope::Admin]),
        Route::Events
        | Route::Log(_)
        | Route::Audience(_)
        | Route::AudienceHistory(_)
        | Route::Metrics(_)
        | Route::Rundowns(_) => one(&[Scope::Read]),
        Route::Event(_) | Route::Rundown(..) if reading => Access::Public,
        Route::Event(_) if method == "PUT" => one(&[Scope::Operate, Scope::Emergency]),
        // Deleting destroys the log, too, which says who did what.
        Route::Event(_) => one(&[Scope::Admin]),
        Route::Notes(..) if reading => one(&[Scope::Read]),
        Route::Rundown(..) | Route::Notes(..) => one(&[Scope::Publish]),
        Route::Commands(_) if method == "OPTIONS" => Access::Public,
        Route::Commands(_) => COMMANDS,
    }
}

/// Returns the scope that a command needs; `None` for `undo` and `redo`, which need those of [`undo`].
pub const fn command(command: &Command) -> Option<Scope> {
    match command {
        Command::Pause { .. } | Command::Resume | Command::Announce { .. } | Command::Clear => Some(Scope::Hold),
        Command::Seek { .. }
        | Command::Rate { .. }
        | Command::Reschedule { .. }
        | Command::End { .. }
        | Command::Reopen => Some(Scope::Operate),
        Command::Rundown { .. } => Some(Scope::Publish),
        Command::Undo { .. } | Command::Redo { .. } => None,
    }
}

/// Returns the scopes that an undo or a redo needs: those of what it is about.
pub fn undo(undoable: &Undoable<'_>) -> Vec<Scope> {
    let mut scopes = vec![match undoable.change {
        "pause" | "resume" | "announce" | "clear" => Scope::Hold,
        "rundown" => Scope::Publish,
        // What a newer or an older version calls a change is not known here.
        _ => Scope::Operate,
    }];
    if undoable.rundown && !scopes.contains(&Scope::Publish) {
        scopes.push(Scope::Publish);
    }
    if undoable.emergency {
        scopes.push(Scope::Emergency);
    }
    scopes
}

/// Returns who may add or revoke a token.
pub const fn token(is_own: bool) -> Access {
    if is_own { Access::Token } else { Access::OneOf(&[Scope::Admin]) }
}

/// Returns the scopes that a configuration needs: `emergency` for the emergency key, `operate` for everything else.
pub fn configuration(wanted: &Configuration) -> Vec<Scope> {
    let Configuration {
        starts_at,
        duration,
        title,
        locale,
        hubs,
        resync,
        origins,
        emergency,
        archived,
        if_rev: _,
        reason: _,
    } = wanted;
    let others = starts_at.is_some()
        || duration.is_some()
        || title.is_some()
        || locale.is_some()
        || hubs.is_some()
        || resync.is_some()
        || origins.is_some()
        || archived.is_some();
    match (others, emergency.is_some()) {
        (true, true) => vec![Scope::Operate, Scope::Emergency],
        (false, true) => vec![Scope::Emergency],
        (_, false) => vec![Scope::Operate],
    }
}

impl Grant {
    /// Checks that the token has the scopes that `access` asks for.
    ///
    /// # Errors
    /// [`Problem`] that names the missing scope and those the token has.
    pub fn check_access(&self, access: Access) -> Result<(), Problem> {
        match access {
            Access::Public | Access::Token => Ok(()),
            Access::OneOf(scopes) if scopes.iter().any(|scope| scope.is_in(&self.scopes)) => Ok(()),
            Access::OneOf(scopes) => Err(forbidden(&self.id, &self.scopes, scopes[0])),
        }
    }

    /// Checks that the token is for `event`.
    ///
    /// # Errors
    /// [`Problem`] that names the event and those the token is for.
    pub fn check_event(&self, event: &EventName) -> Result<(), Problem> {
        match &self.events {
            Some(events) if !pattern::includes(Some(events), event) => {
                let detail = format!(
                    "token \"{}\" is not for the event \"{event}\"; it is for: {}",
                    self.id,
                    pattern::listed(events)
                );
                Err(Problem::new(Code::Forbidden, detail).with("event", event.as_str()))
            }
            _ => Ok(()),
        }
    }

    /// Returns who calls, for [`Caller::check`] behind the worker.
    pub fn caller(&self) -> Caller {
        Caller { id: self.id.as_str().to_owned(), scopes: self.scopes.clone() }
    }
}

/// Who makes a call: what an event's object is told of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's id.
    pub id: String,
    /// What the token allows.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// Parses what [`Display`](core::fmt::Display) writes. A text without scopes is of a worker that had none but
    /// `operate` for the calls that depend on them.
    pub fn parse(text: &str) -> Self {
        let (id, scopes) = text.split_once(' ').unwrap_or((text, Scope::Operate.as_str()));
        Self { id: id.to_owned(), scopes: scopes.split(',').filter_map(|word| word.parse().ok()).collect() }
    }

    /// Checks that the token has every one of `scopes`.
    ///
    /// # Errors
    /// [`Problem`] that names the missing scope and those the token has.
    pub fn check(&self, scopes: &[Scope]) -> Result<(), Problem> {
        match scopes.iter().find(|scope| !scope.is_in(&self.scopes)) {
            Some(missing) => Err(forbidden(&self.id, &self.scopes, *missing)),
            None => Ok(()),
        }
    }
}

impl core::fmt::Display for Caller {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.as_str()).collect();
        write!(f, "{} {}", self.id, scopes.join(","))
    }
}

fn forbidden(id: impl core::fmt::Display, has: &[Scope], missing: Scope) -> Problem {
    let why = match missing {
        Scope::Emergency => {
            "; the scope \"operate\" does not include it, because whoever sets an emergency key can pause without a token"
        }
        _ => "",
    };
    let has = scope::listed(has);
    let detail = format!("this needs a token with the scope \"{missing}\"; token \"{id}\" has: {has}{why}");
    Problem::new(Code::Forbidden, detail).with("scope", missing.as_str())
}

#[cfg(test)]
mod tests;
