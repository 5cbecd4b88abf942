//! How a token gets to its holder: by a link that is opened once, in a file, or on the screen.

use std::fmt;
use std::path::PathBuf;

use downbeat_api::{ApiError, clock, random};
use downbeat_core::EventName;
use downbeat_wire::keyring::{Credential, ListedToken, SignInCode};
use downbeat_wire::{Token, TokenId, pattern};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::{Map, Value, json};

use super::output_file;
use crate::cli::HandoverArgs;
use crate::context::Context;
use crate::error::Error;
use crate::text;
use crate::time_zone::TimeZone;

/// How a token gets to its holder.
pub(super) enum Handover {
    /// Whoever opens this link first makes the token, which then is on that device only.
    Link(SignInCode),
    /// Made here, and written into a file.
    File(Token, PathBuf),
    /// Made here, and printed once.
    Shown(Token),
}

impl Handover {
    /// Draws the token, or the code of the link.
    pub(super) fn draw(id: &TokenId, args: &HandoverArgs) -> Result<Self, Error> {
        let token = || -> Result<Token, Error> { Ok(Token::new(id.clone(), random()?)) };
        Ok(match &args.out {
            Some(out) => Self::File(token()?, out.clone()),
            None if args.show => Self::Shown(token()?),
            None => Self::Link(SignInCode::new(id.clone(), random()?)),
        })
    }

    /// Returns what the server gets to know.
    pub(super) fn credential(&self) -> Credential {
        match self {
            Self::Link(code) => Credential::Code(code.sha256()),
            Self::File(token, _) | Self::Shown(token) => Credential::Secret(token.sha256()),
        }
    }

    /// Says how the token gets to its holder, before anything is sent.
    pub(super) fn plan(&self) -> String {
        match self {
            Self::Link(_) => "by a link and a QR code that work once, for 10 minutes".to_owned(),
            Self::File(_, out) => format!("in the file {}", out.display()),
            Self::Shown(_) => "shown once, here".to_owned(),
        }
    }

    /// Writes the file, if there is to be one: before the token is sent, so that no valid token is lost.
    pub(super) fn prepare(&self) -> Result<(), Error> {
        match self {
            Self::File(token, out) => output_file::write(out, token),
            Self::Link(_) | Self::Shown(_) => Ok(()),
        }
    }

    /// Removes the file if the server has refused the token.
    pub(super) fn handle_failure(&self, error: &ApiError) {
        if let (Self::File(_, out), false) = (self, error.may_have_arrived()) {
            output_file::remove(out);
        }
    }
}

/// A token on its way to its holder, as it is reported.
pub(super) struct Handed {
    pub(super) token: ListedToken,
    pub(super) handover: Handover,
    /// The link, if there is one.
    link: Option<String>,
}

impl Handed {
    pub(super) fn new(context: &Context, token: ListedToken, handover: Handover) -> Result<Self, Error> {
        let link = match &handover {
            Handover::Link(code) => Some(link(context, &token, code)?),
            Handover::File(..) | Handover::Shown(_) => None,
        };
        Ok(Self { token, handover, link })
    }

    pub(super) fn json(&self) -> Map<String, Value> {
        let mut json = Map::from_iter([("token".to_owned(), json!(self.token))]);
        match &self.handover {
            Handover::Link(_) => json.insert("link".to_owned(), json!(self.link)),
            Handover::File(_, out) => json.insert("out".to_owned(), json!(out)),
            Handover::Shown(token) => json.insert("secret".to_owned(), json!(token.expose())),
        };
        json
    }

    pub(super) fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.handover {
            Handover::Link(_) => writeln!(f, "{}", self.link.as_deref().unwrap_or_default()),
            Handover::File(..) => Ok(()),
            Handover::Shown(token) => writeln!(f, "{}", token.expose()),
        }
    }

    pub(super) fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.handover {
            Handover::File(_, out) => {
                writeln!(f, "in {}, which only you can read. The server knows the token's SHA-256 only.", out.display())
            }
            Handover::Shown(token) => {
                writeln!(f, "{}", token.expose())?;
                writeln!(f, "Keep it now: it is shown this once, and the server knows its SHA-256 only.")
            }
            Handover::Link(_) => self.show_link(f),
        }
    }

    fn show_link(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = self.link.as_deref().unwrap_or_default();
        writeln!(f, "{link}")?;
        // A link that is too long for a QR code would still be a link.
        if let Ok(code) = QrCode::with_error_correction_level(link, EcLevel::L) {
            // Terminals are dark: what is light in the code is drawn.
            let mut drawn = code.render::<Dense1x2>();
            let drawn = drawn.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
            writeln!(f, "{drawn}")?;
        }
        let id = &self.token.id;
        let until = self.token.code_until.map(|at| text::when(at, TimeZone::Local, clock::wall()));
        writeln!(f, "It signs one device in, once, until {}.", until.unwrap_or_default())?;
        writeln!(f, "Send it to nobody but \"{id}\": whoever opens it first has the token. If somebody else did, the")?;
        writeln!(f, "console says so, and \"downbeat token revoke {id}\" ends it.")?;
        if link.starts_with("http://") {
            writeln!(f, "Browsers sign in over https only, except on this machine itself.")?;
        }
        Ok(())
    }
}

/// Returns the link that signs a console in. The code is in the fragment, which no server and no log gets.
fn link(context: &Context, token: &ListedToken, code: &SignInCode) -> Result<String, Error> {
    let server = context.settings.server()?;
    let event = event(&context.settings.event, token).map(|event| format!("?event={event}")).unwrap_or_default();
    Ok(format!("{server}/console{event}#sign-in={}", code.expose()))
}

/// Returns the event whose console the link opens: the one of the settings, or one that the token is for.
fn event(preferred: &EventName, token: &ListedToken) -> Option<EventName> {
    if pattern::includes(token.events.as_deref(), preferred) {
        return Some(preferred.clone());
    }
    token.events.iter().flatten().find_map(|pattern| pattern.as_str().parse().ok())
}
