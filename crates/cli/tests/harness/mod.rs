//! Runs the binary as a shell would, and a server that is as small as it can be: core's own event behind one socket.

#![allow(dead_code, reason = "each test program uses its part")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use downbeat_core::{Configuration, EventName, EventState, Outcome, Receipt, Refusal, Rev, ServerTime, Span};
use downbeat_wire::{
    Code, CommandAnswer, DeliveryReport, LastChange, LogEntry, LogPage, Problem, Route, StateBody, TimeBody, command,
    configuration, log,
};
use serde_json::{Value, json};

/// 2024-01-01T00:00:00Z, when the event of these tests begins.
pub(crate) const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// A token by the rule; the fake server knows no other.
pub(crate) const TOKEN: &str = "dbt_maria_0123456789abcdef";

/// What the fake server does besides serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Honest,
    /// It carries out the first change but hangs up without an answer.
    LosesFirstAnswer,
    /// The event was held after a minute, and its rate set to 1.25 since.
    HeldAndFaster,
    /// It hangs up on every question what a command would do.
    NeverPreviews,
    /// It hangs up on every change.
    NeverAnswersChanges,
    /// Somebody else changes the event before each change arrives.
    SomebodyElse,
    /// The public URL shows what was there in the beginning.
    FrozenEdge,
    /// The state of the event cannot be read.
    CannotRead,
    /// From the second time on it gives another rundown than the one asked for.
    SpoilsRundowns,
    /// It is not Downbeat at all.
    Elsewhere,
    /// Every `of`th text in its answers, from the one with the number `part` on, is [`HOSTILE`]; so is a name in each
    /// object.
    Hostile {
        part: usize,
        of: usize,
    },
}

/// A text that moves the cursor, clears the screen, reorders what follows, hides, begins a line, and contains a token.
pub(crate) const HOSTILE: &str =
    "x\u{1b}[2J\u{202e}y\u{9b}8m\u{200b}\nerror: FAKE\r\u{2066}\u{1b}]0;t\u{7} dbt_otto_s3cretS3cretS3cret z";

struct Event {
    state: EventState,
    receipts: BTreeMap<String, Receipt>,
    log: Vec<LogEntry>,
    rundowns: BTreeMap<String, String>,
    readings: usize,
    /// How often the time was asked for since the last change.
    times: usize,
    lost: bool,
}

/// A server that lives as long as the test.
pub(crate) struct Fake {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<(String, Value)>>>,
}

/// The instant at which the fake server always is: ten minutes into the event.
fn now() -> ServerTime {
    START + Span::from_millis(600_000)
}

impl Fake {
    /// Starts a server with the event "main".
    pub(crate) fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let start = Configuration { starts_at: Some(START), ..Configuration::default() };
        let state = EventState::create(start, "e1".parse().unwrap(), "maria", START).unwrap();
        let mut event = Event {
            state,
            receipts: BTreeMap::new(),
            log: Vec::new(),
            rundowns: BTreeMap::new(),
            readings: 0,
            times: 0,
            lost: false,
        };
        event.write("create", "maria", json!({}));
        if mood == Mood::HeldAndFaster {
            let commands =
                [json!({"command": "pause", "id": "a"}), json!({"command": "rate", "id": "b", "rate": 1.25})];
            for (command, s) in commands.iter().zip([60, 120]) {
                let request = command::parse(command.to_string().as_bytes(), "maria").unwrap();
                event.state.handle_command(&request, None, START + Span::from_millis(s * 1_000)).unwrap();
            }
        }
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), mood, &mut event, &seen);
            }
        });
        Self { url, requests }
    }

    /// Returns the changes that arrived, as method and body.
    pub(crate) fn changes(&self) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .filter(|(method, _)| method != "GET" && method != "PREVIEW")
            .map(|(_, body)| body.clone())
            .collect()
    }
}

impl Fake {
    /// Returns how often it was asked what a command would do.
    pub(crate) fn previews(&self) -> usize {
        self.requests.lock().unwrap().iter().filter(|(method, _)| method == "PREVIEW").count()
    }
}

impl Event {
    fn write(&mut self, name: &str, actor: &str, body: Value) {
        let entry = LogEntry {
            rev: self.state.rev(),
            at: now(),
            effective_at: now(),
            actor: actor.to_owned(),
            token: "maria".to_owned(),
            name: name.to_owned(),
            body,
            prev: self.log.last().map_or(log::CHAIN_START, |last| last.hash.unwrap()),
            hash: None,
        };
        self.log.push(entry.sealed());
        self.times = 0;
    }

    fn command(&mut self, body: &[u8]) -> Result<CommandAnswer, Box<Problem>> {
        let request = command::parse(body, "maria")?;
        let id = request.id.as_str().to_owned();
        let outcome = self.state.handle_command(&request, self.receipts.get(&id), now());
        let (rev, effective_at, replaced) = match outcome {
            Ok(Outcome::Applied { rev, effective_at, replaced }) => {
                self.write(request.command.name(), &request.actor, serde_json::from_slice(body).unwrap());
                let receipt = Receipt { id: request.id.clone(), command: request.command, rev, effective_at };
                self.receipts.insert(id, receipt);
                (rev, effective_at, replaced)
            }
            Ok(Outcome::Repeated(receipt)) => (receipt.rev, receipt.effective_at, false),
            Err(refusal) => return Err(self.refused(&refusal)),
        };
        Ok(CommandAnswer {
            rev,
            effective_at,
            replaced,
            unchanged: self.state.is_unchanged(),
            reverted: self.state.last_change().reverted().cloned(),
            state: self.body(),
            delivery: DeliveryReport::default(),
            clock: None,
            anchor: None,
        })
    }

    fn preview(&self, body: &[u8]) -> Result<CommandAnswer, Box<Problem>> {
        let request = command::parse(body, "maria")?;
        let (after, outcome) =
            self.state.preview_command(&request, None, now()).map_err(|refusal| self.refused(&refusal))?;
        let replaced = matches!(outcome, Outcome::Applied { replaced: true, .. });
        Ok(CommandAnswer::new(&"main".parse().unwrap(), &after, replaced, now()))
    }

    fn refused(&self, refusal: &Refusal) -> Box<Problem> {
        let problem = Problem::new(Code::Stale, refusal.to_string())
            .with("state", json!(self.body()))
            .with("lastChange", json!(LastChange::from(self.state.last_change())));
        Box::new(problem)
    }

    fn body(&self) -> StateBody {
        StateBody::new(&"main".parse::<EventName>().unwrap(), &self.state, now())
    }

    /// Somebody else sets a new title.
    fn meddle(&mut self) {
        let title = Some(format!("by rev {}", self.state.rev()));
        let reason = Some("typo".to_owned());
        let change = Configuration { title, reason, ..Configuration::default() };
        self.state.handle_configuration(change, "otto@desk", now()).unwrap();
        self.write("configure", "otto@desk", json!({ "reason": "typo" }));
    }
}

fn serve(mut stream: TcpStream, mood: Mood, event: &mut Event, seen: &Mutex<Vec<(String, Value)>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => token = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let previews = target.ends_with("?dryRun");
    let noted = if previews { "PREVIEW".to_owned() } else { method.clone() };
    seen.lock().unwrap().push((noted, serde_json::from_slice(&body).unwrap_or(Value::Null)));

    let change = method != "GET" && !previews;
    if mood == Mood::NeverPreviews && previews {
        return;
    }
    if mood == Mood::NeverAnswersChanges && change {
        return;
    }
    let (status, mut text) = answer(&method, &target, &token, &body, mood, event);
    if let (Mood::Hostile { part, of }, Ok(mut value)) = (mood, serde_json::from_str(&text)) {
        spoil(&mut value, part, of, &mut 0);
        text = value.to_string();
    }
    // As the server does, which shows that no cache answers: the time here stands still.
    if let (Some((_, t1)), Ok(mut value)) = (target.split_once("?t1="), serde_json::from_str::<Value>(&text))
        && value.get("serverTime").is_some()
    {
        value["t1"] = json!(t1);
        text = value.to_string();
    }
    if mood == Mood::LosesFirstAnswer && change && !std::mem::replace(&mut event.lost, true) {
        return;
    }
    // What pages need to load a rundown.
    let headers = "content-type: application/json\r\naccess-control-allow-origin: *\r\n\
                   cache-control: public, max-age=31536000, immutable\r\nconnection: close";
    let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n{headers}\r\n\r\n", text.len());
    let _ = stream.write_all((head + &text).as_bytes());
}

fn answer(method: &str, target: &str, token: &str, body: &[u8], mood: Mood, event: &mut Event) -> (u16, String) {
    let refused = |problem: Problem| (problem.status, problem.to_json());
    let to_text = |value: Value| (200, value.to_string());
    let path = target.split('?').next().unwrap();
    let authorized = token == format!("Bearer {TOKEN}");
    if mood == Mood::Elsewhere {
        return (200, "<html>It works!</html>".to_owned());
    }
    match (method, Route::parse(path).unwrap()) {
        ("GET", Route::Event(_)) if mood == Mood::CannotRead => refused(Problem::new(Code::Unavailable, "asleep")),
        ("GET", Route::Event(name)) if name.as_str() == "main" => to_text(json!(event.body())),
        ("GET", Route::Event(_)) => refused(Problem::new(Code::UnknownEvent, "there is no such event")),
        ("GET", Route::Time | Route::EventTime(_)) => {
            // The change has taken effect by the time somebody asks again.
            let at = if event.times > 0 { now().max(event.state.last_change().effective_at()) } else { now() };
            event.times += 1;
            let mut time = TimeBody::new(&event.state, at);
            if mood == Mood::FrozenEdge {
                time.rev = Rev::FIRST;
            }
            (200, time.to_json())
        }
        ("GET", Route::Rundown(_, digest)) if event.rundowns.contains_key(&digest.to_string()) => {
            event.readings += 1;
            let spoilt = mood == Mood::SpoilsRundowns && event.readings > 1;
            (200, if spoilt { "{}".to_owned() } else { event.rundowns[&digest.to_string()].clone() })
        }
        ("GET", Route::Rundown(..)) => refused(Problem::new(Code::UnknownRundown, "there is no such rundown")),
        _ if !authorized => refused(Problem::new(Code::Unauthorized, "no valid token")),
        ("GET", Route::Log(_)) => {
            let entries: Vec<LogEntry> = event.log.iter().rev().cloned().collect();
            to_text(json!(LogPage { entries, more: false, anchor: None }))
        }
        ("GET", Route::AudienceHistory(_)) => (200, audience_history()),
        ("POST", Route::Commands(_)) if target.ends_with("?dryRun") => match event.preview(body) {
            Ok(answer) => to_text(json!(answer)),
            Err(problem) => refused(*problem),
        },
        ("POST", Route::Commands(_)) => {
            if mood == Mood::SomebodyElse {
                event.meddle();
            }
            match event.command(body) {
                Ok(answer) => to_text(json!(answer)),
                Err(problem) => refused(*problem),
            }
        }
        ("PUT", Route::Rundown(_, digest)) => {
            event.rundowns.insert(digest.to_string(), String::from_utf8(body.to_vec()).unwrap());
            (201, json!({}).to_string())
        }
        ("PUT", Route::Event(_)) => {
            let (wanted, _) = configuration::parse(body).unwrap();
            match event.state.handle_configuration(wanted, "maria", now()) {
                Ok(_) => to_text(json!(event.body())),
                Err(refusal) => refused(Problem::new(Code::Stale, refusal.to_string())),
            }
        }
        _ => refused(Problem::new(Code::UnknownPath, "the fake has nothing here")),
    }
}

/// Returns the audience of the first ten minutes: 100 viewers more in each, of whom a sample applied the first change.
fn audience_history() -> String {
    let sample = |minute: i64| {
        let bounds =
            json!([{ "within": 5, "viewers": 30 }, { "within": 50, "viewers": 10 }, { "within": null, "viewers": 0 }]);
        let acks = json!({ "rev": 2, "asked": 42, "applied": 40, "median": 12, "p95": 80, "bounds": bounds });
        let at = (START + Span::from_millis(minute * 60_000)).as_millis();
        json!({ "at": at, "audience": { "rev": 2, "hubs": 4, "answered": 4, "sockets": minute * 100, "byHub": [], "acks": acks } })
    };
    json!({ "samples": (0..10).map(sample).collect::<Vec<_>>() }).to_string()
}

/// Puts the hostile text in the place of some texts.
fn spoil(value: &mut Value, part: usize, of: usize, count: &mut usize) {
    match value {
        Value::String(text) => {
            if *count % of == part {
                HOSTILE.clone_into(text);
            }
            *count += 1;
        }
        Value::Array(values) => values.iter_mut().for_each(|value| spoil(value, part, of, count)),
        Value::Object(members) => {
            members.values_mut().for_each(|value| spoil(value, part, of, count));
            members.insert(HOSTILE.to_owned(), json!(1));
        }
        _ => {}
    }
}

/// What a run of the binary gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Returns standard output, which has to be one JSON object.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {:?}", self.out))
    }
}

/// A directory for one test alone, gone when the test is over. It lies outside the checkout, where no `downbeat.toml`
/// is above it.
pub(crate) struct Directory(PathBuf);

impl Directory {
    /// Makes it.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("downbeat-cli-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }

    /// Returns the path of a file in it.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the binary in an empty directory, with no terminal and nothing of this machine's settings.
pub(crate) fn downbeat(arguments: &[&str]) -> Run {
    run(arguments, &[])
}

/// Runs the binary against a server, with the token.
pub(crate) fn operate(fake: &Fake, arguments: &[&str]) -> Run {
    run(arguments, &[("DOWNBEAT_SERVER", &fake.url), ("DOWNBEAT_TOKEN", TOKEN)])
}

/// Runs the binary with these variables.
pub(crate) fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    run_in(&Directory::new(), arguments, variables, b"")
}

/// Runs the binary in a directory, with this on its standard input.
pub(crate) fn run_in(directory: &Directory, arguments: &[&str], variables: &[(&str, &str)], input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_downbeat"))
        .args(arguments)
        .current_dir(&directory.0)
        .env_clear()
        .env("TZ", "UTC")
        .env("DOWNBEAT_ACTOR", "maria@desk")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // Beside the reading of what it prints, so that neither waits for the other; it may end without reading.
    let writing = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    writing.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}
