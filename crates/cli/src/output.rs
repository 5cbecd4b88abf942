//! What is printed, and where: results on standard output, everything else on standard error.
//!
//! With `--json` standard output gets exactly one JSON object. Without, the text is the same whether a person or a
//! pipe reads it; only the colour goes.

use std::fmt;
use std::io::Write;
use std::pin::Pin;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::exit::Exit;

/// What is known only a while later; `None` if nothing is.
pub(crate) type Afterword<'a> = Pin<Box<dyn Future<Output = Option<String>> + 'a>>;

/// What a command gives back to be printed.
pub(crate) trait Report {
    /// Returns the members of the JSON object, besides `ok` and `code`.
    fn json(&self) -> Map<String, Value>;

    /// Writes it for people.
    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Writes the least of it, for `--quiet`.
    fn quiet(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }

    /// Returns what is known only a while later. It is waited for when the rest is printed, and not at all for programs and
    /// with `--quiet`.
    fn afterword(&self) -> Option<Afterword<'_>> {
        None
    }

    /// Returns how the command failed, if what it found out is that something is wrong.
    fn failure(&self) -> Option<Failure> {
        None
    }
}

/// What a command found to be wrong; its report says the details.
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// A word that programs can decide by.
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// How to print.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Output {
    /// One JSON object instead of text.
    pub(crate) json: bool,
    /// Only results, in few words, and errors.
    pub(crate) quiet: bool,
}

#[derive(Serialize)]
struct Envelope {
    ok: bool,
    code: u8,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// Returns a value as the members of a JSON object.
pub(crate) fn members(value: impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

struct Human<'a>(&'a dyn Report, bool);
impl fmt::Display for Human<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 { self.0.quiet(f) } else { self.0.human(f) }
    }
}

impl Output {
    /// Prints what a command gave back.
    pub(crate) async fn report(self, report: &dyn Report) -> Exit {
        let failure = report.failure();
        let exit = failure.as_ref().map_or(Exit::Done, |failure| failure.exit);
        if self.json {
            let mut more = report.json();
            if let Some(Failure { code, message, .. }) = failure {
                more.insert("error".to_owned(), json!({ "code": code, "message": message }));
            }
            self.envelope(exit, more);
        } else {
            out(&Human(report, self.quiet).to_string());
            if let Some(afterword) = (!self.quiet).then(|| report.afterword()).flatten()
                && let Some(afterword) = afterword.await
            {
                out(&(afterword + "\n"));
            }
        }
        exit
    }

    /// Prints why a command failed: what, where, and what to do next.
    pub(crate) fn error(self, error: &Error) -> Exit {
        let exit = error.exit();
        if self.json {
            self.envelope(exit, error.json());
        } else {
            let red = anstyle::AnsiColor::Red.on_default().bold();
            let cyan = anstyle::AnsiColor::Cyan.on_default().bold();
            let mut text = format!("{red}error{red:#}: {error}\n");
            if let Some(hint) = error.hint() {
                for line in hint.lines() {
                    text.push_str(&format!("{cyan}next{cyan:#}: {line}\n"));
                }
            }
            err(&text);
        }
        exit
    }

    /// Shows something before the result is there: what is about to happen, or a remark.
    pub(crate) fn show(self, text: &dyn fmt::Display) {
        if self.json { err(&text.to_string()) } else { out(&text.to_string()) }
    }

    /// Makes a remark beside the result.
    pub(crate) fn remark(self, text: &dyn fmt::Display) {
        if !self.quiet {
            err(&text.to_string());
        }
    }

    fn envelope(self, exit: Exit, more: Map<String, Value>) {
        let envelope = Envelope { ok: exit == Exit::Done, code: exit.code(), more };
        out(&(serde_json::to_string(&envelope).expect("an envelope has only text for keys") + "\n"));
    }
}

/// Writes to standard output. A reader that has gone away (`| head`) is no error.
pub(crate) fn out(text: &str) {
    let mut stdout = anstream::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes a line of a result that comes bit by bit. Says whether there is still a reader.
pub(crate) fn line(text: &str) -> bool {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).is_ok()
}

/// Writes to standard error.
pub(crate) fn err(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
