//! Which server, which event, which token: from flags, then the environment, then the profile in `downbeat.toml`, which is the
//! file that `DOWNBEAT_CONFIG` names, or the nearest one.

mod error;
mod listed;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use downbeat_api::ServerUrl;
use downbeat_core::{EventName, Span};
use downbeat_publish::public::PublicUrl;
use downbeat_publish::purge::{self, Purge};
use downbeat_publish::store::Credentials;
use downbeat_publish::target::Target;
use downbeat_wire::Token;
use serde::Deserialize;

use crate::given;

pub(crate) use error::ProfileError;
pub(crate) use listed::ProfileFile;

/// The file with the profiles, looked for in the current directory and those above it.
pub(crate) const FILE: &str = "downbeat.toml";

/// How long a command may take altogether where nothing else is said: 10 s.
///
/// Reason: an operator in an emergency wants to know by then whether to pick up the phone.
pub(crate) const TIMEOUT_DEFAULT: Span = Span::from_millis(10_000);

/// The name of the event where nothing else is said.
const EVENT_DEFAULT: &str = "main";

/// A profile of this name asks for the event's name before a change, without having to say so.
const PRODUCTION: &str = "production";

/// What the flags say; nothing where a flag is not given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) profile: Option<String>,
    pub(crate) server: Option<ServerUrl>,
    pub(crate) event: Option<EventName>,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) timeout: Option<Span>,
    pub(crate) insecure: bool,
}

/// How a change is confirmed on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Confirm {
    /// With a yes.
    #[default]
    Ask,
    /// By typing the event's name; a pause still takes only a yes.
    Name,
}

/// The text of `downbeat.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct File {
    /// The profile used where none is named.
    default: Option<String>,
    #[serde(default)]
    profile: BTreeMap<String, Profile>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Profile {
    server: Option<String>,
    event: Option<EventName>,
    token_file: Option<PathBuf>,
    confirm: Option<Confirm>,
    target: Option<String>,
    public_url: Option<String>,
    freeze: Option<String>,
    purge_zone: Option<String>,
    emergency_key_file: Option<PathBuf>,
    #[serde(default)]
    utc: Vec<String>,
}

/// The settings for publishing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Publishing {
    /// The target; `None` if neither the environment nor the profile names one.
    pub(crate) target: Option<Target>,
    /// Where viewers see what is published to the profile's target.
    pub(crate) public_url: Option<PublicUrl>,
    /// How long before the start nothing is published any more.
    pub(crate) freeze: Option<Span>,
    /// The zone of Cloudflare whose copies of the profile's target are purged.
    pub(crate) purge_zone: Option<purge::Zone>,
    /// Sources of UTC for pages that reach no worker.
    pub(crate) utc: Vec<String>,
}

/// Where the token comes from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum TokenSource {
    /// `DOWNBEAT_TOKEN`.
    Environment(String),
    /// A file.
    File(PathBuf),
    /// Nowhere.
    None,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string())
    }
}
impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(_) => f.write_str("DOWNBEAT_TOKEN"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::None => f.write_str("no token"),
        }
    }
}

/// The settings of this call.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The profile in use.
    pub(crate) profile: Option<String>,
    /// The `downbeat.toml` that was read.
    pub(crate) file: Option<PathBuf>,
    server: Option<ServerUrl>,
    server_from_profile: bool,
    known_profiles: Vec<String>,
    /// The event.
    pub(crate) event: EventName,
    /// Where the token comes from.
    pub(crate) token: TokenSource,
    token_file_flag: Option<PathBuf>,
    /// `--insecure`: the token goes over plain http to other machines too.
    pub(crate) insecure: bool,
    /// How a change is confirmed.
    pub(crate) confirm: Confirm,
    /// How long each call may take.
    pub(crate) timeout: Span,
    /// The settings for publishing.
    pub(crate) publishing: Publishing,
    /// Where the private key is that signs when the server is gone.
    pub(crate) emergency_key_file: Option<PathBuf>,
}

impl Settings {
    /// Reads the environment and `downbeat.toml`, and puts them together with the flags.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub(crate) fn load(flags: &Flags) -> Result<Self, ProfileError> {
        let file = file();
        let text = match &file {
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .map_err(|error| ProfileError::Unreadable { file: path.clone(), why: error.to_string() })?,
            ),
            None => None,
        };
        Self::resolve(flags, &variable, file.as_deref().zip(text.as_deref()))
    }

    /// Puts flags, environment and file together: a flag wins over the environment, that over the profile.
    fn resolve(
        flags: &Flags,
        variable: &dyn Fn(&'static str) -> Option<String>,
        file: Option<(&Path, &str)>,
    ) -> Result<Self, ProfileError> {
        let parsed = match file {
            Some((path, text)) => read(path, text)?,
            None => File::default(),
        };
        let known: Vec<String> = parsed.profile.keys().cloned().collect();
        let server_given = match (&flags.server, variable("DOWNBEAT_SERVER")) {
            (Some(server), _) => Some(server.clone()),
            (None, Some(text)) => {
                Some(text.parse().map_err(|why| ProfileError::Variable { name: "DOWNBEAT_SERVER", why })?)
            }
            (None, None) => None,
        };

        let named = flags.profile.clone().or_else(|| variable("DOWNBEAT_PROFILE"));
        // A server that was named on its own gets no token from a profile nobody named.
        let only = (known.len() == 1).then(|| known[0].clone());
        let name = named.or_else(|| if server_given.is_none() { parsed.default.clone().or(only) } else { None });
        let profile = match &name {
            None => Profile::default(),
            Some(name) => parsed.profile.get(name).cloned().ok_or_else(|| ProfileError::Unknown {
                name: name.clone(),
                known: known.clone(),
                file: file.map(|(path, _)| path.to_owned()),
            })?,
        };

        let publishing = publishing(&profile, variable("DOWNBEAT_TARGET"), file.map(|(path, _)| path))?;
        let server_from_profile = server_given.is_none();
        let server = match (server_given, &profile.server, file) {
            (Some(server), ..) => Some(server),
            (None, Some(text), Some((path, _))) => Some(text.parse().map_err(|why: String| {
                ProfileError::Malformed { file: path.to_owned(), why: format!("server: {why}") }
            })?),
            _ => None,
        };
        let event = match (&flags.event, variable("DOWNBEAT_EVENT")) {
            (Some(event), _) => event.clone(),
            (None, Some(text)) => text.parse().map_err(|error: downbeat_core::name::NameError| {
                ProfileError::Variable { name: "DOWNBEAT_EVENT", why: error.to_string() }
            })?,
            (None, None) => profile
                .event
                .unwrap_or_else(|| EVENT_DEFAULT.parse().expect("the default event has a name by the rule")),
        };
        let timeout = match (flags.timeout, variable("DOWNBEAT_TIMEOUT")) {
            (Some(timeout), _) => timeout,
            (None, Some(text)) => {
                given::positive_span(&text).map_err(|why| ProfileError::Variable { name: "DOWNBEAT_TIMEOUT", why })?
            }
            (None, None) => TIMEOUT_DEFAULT,
        };
        // No shell reads downbeat.toml, so its ~ is put in here.
        let beside = |token_file: PathBuf| match (token_file.strip_prefix("~"), variable("HOME")) {
            (Ok(rest), Some(home)) => Path::new(&home).join(rest),
            _ => match file.and_then(|(path, _)| path.parent()) {
                Some(directory) => directory.join(token_file),
                None => token_file,
            },
        };
        let emergency_key_file = match variable("DOWNBEAT_EMERGENCY_KEY_FILE") {
            Some(file) => Some(file.into()),
            None => profile.emergency_key_file.map(beside),
        };
        let token = match (&flags.token_file, variable("DOWNBEAT_TOKEN"), variable("DOWNBEAT_TOKEN_FILE")) {
            (Some(file), ..) => TokenSource::File(file.clone()),
            (None, Some(text), _) => TokenSource::Environment(text),
            (None, None, Some(file)) => TokenSource::File(file.into()),
            (None, None, None) => profile.token_file.map_or(TokenSource::None, |file| TokenSource::File(beside(file))),
        };
        let production = name.as_deref() == Some(PRODUCTION);
        Ok(Self {
            confirm: profile.confirm.unwrap_or(if production { Confirm::Name } else { Confirm::Ask }),
            profile: name,
            file: file.map(|(path, _)| path.to_owned()),
            server,
            server_from_profile,
            known_profiles: known,
            event,
            token,
            token_file_flag: flags.token_file.clone(),
            insecure: flags.insecure,
            timeout,
            publishing,
            emergency_key_file,
        })
    }

    /// Returns the server.
    ///
    /// # Errors
    /// [`ProfileError::NoServer`].
    pub(crate) fn server(&self) -> Result<&ServerUrl, ProfileError> {
        self.server.as_ref().ok_or_else(|| ProfileError::NoServer { known: self.known_profiles.clone() })
    }

    /// Reads the token, if there is a source for one.
    ///
    /// # Errors
    /// [`ProfileError`] if the source does not have a token.
    pub(crate) fn read_token(&self) -> Result<Option<Token>, ProfileError> {
        let (place, text) = match &self.token {
            TokenSource::None => return Ok(None),
            TokenSource::Environment(text) => ("DOWNBEAT_TOKEN".to_owned(), text.clone()),
            TokenSource::File(file) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| ProfileError::TokenFile { file: file.clone(), why: error.to_string() })?;
                (file.display().to_string(), text)
            }
        };
        text.trim()
            .parse()
            .map(Some)
            .map_err(|why: downbeat_wire::token::TokenError| ProfileError::NotAToken { place, why: why.to_string() })
    }

    /// Returns what was said on the command line about where to go, so that another command goes there too.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--event".to_owned(), self.event.to_string()];
        let mut push = |flag: &str, value: String| arguments.extend([flag.to_owned(), value]);
        if let Some(profile) = &self.profile {
            push("--profile", profile.clone());
        }
        if let Some(server) = self.server.as_ref().filter(|_| !self.server_from_profile) {
            push("--server", server.to_string());
        }
        if let Some(file) = &self.token_file_flag {
            push("--token-file", file.display().to_string());
        }
        if self.insecure {
            arguments.push("--insecure".to_owned());
        }
        arguments
    }
}

/// Returns the file with the profiles: the one that `DOWNBEAT_CONFIG` names, or the nearest.
pub(crate) fn file() -> Option<PathBuf> {
    let nearest = || std::env::current_dir().ok().and_then(|directory| find(&directory));
    variable("DOWNBEAT_CONFIG").map(PathBuf::from).or_else(nearest)
}

/// Reads what the environment and the profile say about publishing. What the profile says of its own target does not
/// hold for another.
fn publishing(profile: &Profile, target: Option<String>, file: Option<&Path>) -> Result<Publishing, ProfileError> {
    fn value<T>(
        (name, text): (&str, Option<&String>),
        file: Option<&Path>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ProfileError> {
        let malformed = |why| ProfileError::Malformed { file: file.unwrap_or(Path::new(FILE)).to_owned(), why };
        text.map(|text| read(text).map_err(|why| malformed(format!("{name}: {why}")))).transpose()
    }
    let directory = file.and_then(Path::parent).unwrap_or(Path::new(""));
    let own = value(("target", profile.target.as_ref()), file, str::parse::<Target>)?.map(|own| own.beside(directory));
    let given = target
        .map(|text| text.parse().map_err(|why| ProfileError::Variable { name: "DOWNBEAT_TARGET", why }))
        .transpose()?;
    let target = given.or_else(|| own.clone());
    Ok(Publishing {
        freeze: value(("freeze", profile.freeze.as_ref()), file, given::span)?,
        public_url: value(("publicUrl", profile.public_url.as_ref()), file, str::parse)?.filter(|_| target == own),
        purge_zone: value(("purgeZone", profile.purge_zone.as_ref()), file, str::parse)?.filter(|_| target == own),
        utc: profile.utc.clone(),
        target,
    })
}

fn read(path: &Path, text: &str) -> Result<File, ProfileError> {
    let file: File = toml::from_str(text).map_err(|error| ProfileError::Malformed {
        file: path.to_owned(),
        why: error.to_string().trim_end().to_owned(),
    })?;
    if let Some(default) = file.default.as_ref().filter(|default| !file.profile.contains_key(*default)) {
        return Err(ProfileError::Malformed {
            file: path.to_owned(),
            why: format!("default = {default:?} names no profile of this file"),
        });
    }
    Ok(file)
}

/// Returns the nearest `downbeat.toml`, in `directory` or above it.
fn find(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().map(|directory| directory.join(FILE)).find(|file| file.is_file())
}

/// Reads a variable of the environment; an empty one is as good as none.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn variable(name: &'static str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the settings of the clouds that the environment has.
pub(crate) fn store_credentials() -> Credentials {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Returns what purging `zone` needs, with the token that the environment has.
pub(crate) fn purge(zone: purge::Zone) -> Purge {
    let base = variable("CLOUDFLARE_API_BASE_URL").unwrap_or_else(|| purge::API.to_owned());
    Purge { zone, token: variable("CLOUDFLARE_API_TOKEN"), base }
}

#[cfg(test)]
mod tests;
