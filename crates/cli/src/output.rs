//! What is printed, and where: results on standard output, everything else on standard error.
//!
//! With `--json` standard output gets exactly one JSON object. Without, the text is the same whether a person or a
//! pipe reads it; only the colour goes.
//!
//! Everything passes [`printed`]: nothing that was printed moves the cursor, reorders text, hides, or gives a secret away.

use std::fmt;
use std::io::{IsTerminal as _, Write};
use std::pin::Pin;

use downbeat_core::words::redact;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::exit::Exit;
use crate::printed;

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

    /// Returns what [`Report::human`] and [`Report::quiet`] write.
    fn content(&self) -> Content {
        Content::Words
    }

    /// Returns how the command failed, if what it found out is that something is wrong.
    fn failure(&self) -> Option<Failure> {
        None
    }
}

/// What a report writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Words for people. Secrets are left out, and what hides in foreign text is made visible.
    Words,
    /// A file, byte for byte. Only on a terminal what hides in it is made visible.
    File,
    /// Words with a secret that was made just now, and is shown this once.
    Secret,
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
                more.insert("error".to_owned(), json!({ "code": code, "message": redact(&message) }));
            }
            self.envelope(exit, more);
        } else {
            let text = Human(report, self.quiet).to_string();
            match report.content() {
                Content::Words => out(&text),
                Content::Secret => write_out(&printed::visible(&text)),
                Content::File if std::io::stdout().is_terminal() => write_out(&printed::visible(&text)),
                Content::File => write_file(&text),
            }
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
            self.envelope(exit, printed::redacted(error.json()));
        } else {
            let red = anstyle::AnsiColor::Red.on_default().bold();
            let cyan = anstyle::AnsiColor::Cyan.on_default().bold();
            let mut text = format!("{red}error{red:#}: {}\n", indented(&error.to_string()));
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

    /// Makes a remark with a secret that was made just now and may be the only one that counts.
    pub(crate) fn secret_remark(self, text: &dyn fmt::Display) {
        let mut stderr = anstream::stderr().lock();
        let _ = stderr.write_all(printed::visible(&text.to_string()).as_bytes()).and_then(|()| stderr.flush());
    }

    fn envelope(self, exit: Exit, more: Map<String, Value>) {
        let envelope = Envelope { ok: exit == Exit::Done, code: exit.code(), more };
        let text = serde_json::to_string(&envelope).expect("an envelope has only text for keys");
        write_out(&(printed::json(&text) + "\n"));
    }
}

/// Writes a message so that only indented lines follow its first one: what comes from elsewhere fakes no line of ours.
fn indented(message: &str) -> String {
    let mut lines = message.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| text + if line.starts_with("  ") { "\n" } else { "⏎" } + line)
}

/// Writes words to standard output. A reader that has gone away (`| head`) is no error.
pub(crate) fn out(text: &str) {
    write_out(&printed::words(text));
}

fn write_out(text: &str) {
    let mut stdout = anstream::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes the bytes of a file to standard output.
fn write_file(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes a line of a result that comes bit by bit. Returns whether there is still a reader.
pub(crate) fn line(text: &str) -> bool {
    write_line(&printed::words(text))
}

/// Writes a JSON value as a line. Returns whether there is still a reader.
pub(crate) fn json_line(value: &Value) -> bool {
    write_line(&printed::json(&value.to_string()))
}

fn write_line(text: &str) -> bool {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).is_ok()
}

/// Writes words to standard error.
pub(crate) fn err(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(printed::words(text).as_bytes()).and_then(|()| stderr.flush());
}
