//! `doctor`: what is wrong with this setup, and what to do about it. It changes nothing.

mod clock_check;
mod token_check;

use std::fmt;

use downbeat_api::measurement::Measurement;
use downbeat_api::{ApiError, Client};
use downbeat_core::Span;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::failures;
use crate::output::{Failure, Report, members};
use crate::profile::{FILE, ProfileError};
use crate::text;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    verdict: Verdict,
    what: &'static str,
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

impl Finding {
    fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, what, found: found.into(), remedy: None, exit: Exit::Done }
    }

    fn warn(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warn, remedy: Some(remedy.into()), ..Self::ok(what, found) }
    }

    fn fail(exit: Exit, what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, exit, ..Self::warn(what, found, remedy) }
    }

    /// Turns a failed call into a finding.
    fn failed(what: &'static str, error: ApiError) -> Self {
        let remedy = failures::remedy(&error).unwrap_or_default();
        let error = Error::from(error);
        let found = error.to_string().lines().next().unwrap_or_default().to_owned();
        Self::fail(error.exit(), what, found, remedy)
    }
}

/// All that was looked at.
pub(crate) struct Doctor {
    findings: Vec<Finding>,
    place: Map<String, Value>,
}

/// Says what is wrong with settings that cannot be read.
pub(crate) fn without_settings(error: &ProfileError) -> Doctor {
    let finding = Finding::fail(Exit::Usage, "settings", error.to_string(), error.hint());
    Doctor { findings: vec![version(), finding], place: Map::new() }
}

/// Looks at everything.
pub(crate) async fn run(context: &Context) -> Doctor {
    let mut findings = vec![version(), settings(context)];
    let public = match context.client() {
        Ok(client) => client,
        Err(error) => {
            let hint = error.hint().unwrap_or_default();
            findings.push(Finding::fail(error.exit(), "server", error.to_string(), hint));
            return Doctor { findings, place: context.place() };
        }
    };
    let server = public.url().clone();
    if server.exposes_tokens() {
        let found = if context.settings.insecure {
            "the token travels unencrypted to another machine (--insecure)"
        } else {
            "none to another machine, so no token is sent there"
        };
        findings.push(Finding::warn("encryption", found, "use https"));
    }
    match Measurement::take(&public, clock_check::PROBES, Span::ZERO).await {
        Ok(measured) => {
            findings.push(clock_check::server(&measured, &server));
            findings.push(clock_check::clock(&measured));
        }
        // There is a server behind it, of which the rest can be found out.
        Err(error @ ApiError::Cached { .. }) => findings.push(Finding::failed("cache", error)),
        Err(error) => {
            findings.push(Finding::failed("server", error));
            return Doctor { findings, place: context.place() };
        }
    }
    findings.extend(server_version(context, &public).await);
    findings.push(event(context, &public).await);
    findings.extend(token_check::look(context, &server).await);
    Doctor { findings, place: context.place() }
}

fn version() -> Finding {
    Finding::ok("version", concat!("downbeat ", env!("CARGO_PKG_VERSION"), ", wire version 1"))
}

/// Compares the server's version with this program's.
async fn server_version(context: &Context, server: &Client) -> Option<Finding> {
    let ours = env!("CARGO_PKG_VERSION");
    // What keeps it from answering is found by those who ask for more.
    let theirs = server.version(&context.settings.event).await.ok()?;
    Some(match theirs {
        Some(theirs) if theirs == ours => Finding::ok("versions", format!("the server has {theirs} too")),
        Some(theirs) => Finding::warn(
            "versions",
            format!("the server has {theirs}, this program {ours}"),
            "deploy the worker and install this program from the same release",
        ),
        None => Finding::warn(
            "versions",
            "the server does not say which it has",
            "check --server; if it is an old Downbeat, deploy it anew",
        ),
    })
}

fn settings(context: &Context) -> Finding {
    let settings = &context.settings;
    match (&settings.file, &settings.profile) {
        (Some(file), Some(profile)) => Finding::ok("settings", format!("profile {profile} of {}", file.display())),
        (Some(file), None) => {
            Finding::ok("settings", format!("no profile of {}; flags and environment", file.display()))
        }
        (None, _) => Finding::ok("settings", format!("flags and environment; no {FILE} here or above")),
    }
}

async fn event(context: &Context, server: &Client) -> Finding {
    let name = &context.settings.event;
    match server.state(name).await {
        Ok(reading) => match crate::standing::Standing::of(&reading.body, reading.clock.now()) {
            Ok(standing) => Finding::ok("event", format!("{name} is {standing} (rev {})", reading.body.rev)),
            Err(error) => Finding::fail(Exit::Network, "event", error.to_string(), "look at the worker's version"),
        },
        Err(error) if error.is(downbeat_wire::Code::UnknownEvent) => Finding::warn(
            "event",
            format!("there is no event {name} yet"),
            "make it with \"downbeat event set --starts-at …\", or check --event",
        ),
        Err(error) => Finding::failed("event", error),
    }
}

impl Report for Doctor {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({ "findings": self.findings })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.findings.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
        for Finding { verdict, what, found, remedy, .. } in &self.findings {
            let (style, word) = match verdict {
                Verdict::Ok => (anstyle::AnsiColor::Green.on_default(), "ok  "),
                Verdict::Warn => (anstyle::AnsiColor::Yellow.on_default().bold(), "warn"),
                Verdict::Fail => (anstyle::AnsiColor::Red.on_default().bold(), "fail"),
            };
            writeln!(f, "{style}{word}{style:#}  {what:width$}  {}", text::tame(found))?;
            for line in remedy.iter().flat_map(|remedy| remedy.lines()) {
                writeln!(f, "      {:width$}  {line}", "")?;
            }
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bad = self.findings.iter().filter(|finding| finding.verdict != Verdict::Ok);
        bad.into_iter().try_for_each(|finding| writeln!(f, "{}: {}", finding.what, text::tame(&finding.found)))
    }

    fn failure(&self) -> Option<Failure> {
        let first = self.findings.iter().find(|finding| finding.verdict == Verdict::Fail)?;
        Some(Failure { exit: first.exit, code: "doctor", message: format!("{}: {}", first.what, first.found) })
    }
}
