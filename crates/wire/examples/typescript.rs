//! Prints `crates/web/ts/wire.ts`: the bodies and paths of this crate in TypeScript. `scripts/test types` compares.
//!
//! ```sh
//! cargo run --package downbeat-wire --features typescript --example typescript >crates/web/ts/wire.ts
//! ```

use downbeat_core::event::{EmergencyChannel, EmergencyKey, PageUrl, Reverted};
use downbeat_core::room::{Controls, MemberId, Readiness, Role};
use downbeat_core::{CommandId, fanout::Region, name::NameError};
use downbeat_core::{Digest, Epoch, EventName, Locale, Position, Rate, Rev, Segment, ServerTime, Severity, Span};
use downbeat_wire::audience::{Acks, BoundCount, HubAudience, RegionAudience, Untold};
use downbeat_wire::emergency::SIGNED_PREFIX;
use downbeat_wire::live::{AckKind, AckLack, StateKind};
use downbeat_wire::problem::Code;
use downbeat_wire::*;
use ts_rs::{Config, TS};

const HEAD: &str = "\
// What crosses the network. Made from the Rust types; do not edit:
//   cargo run --package downbeat-wire --features typescript --example typescript >crates/web/ts/wire.ts
";

/// What a name of core is on the wire, where its own documentation speaks of Rust or of microseconds.
const ON_THE_WIRE: [(&str, &str); 5] = [
    ("ServerTime", "An instant of the server's clock: whole milliseconds since 1970-01-01T00:00:00Z."),
    ("Span", "A length of time, in whole milliseconds."),
    ("Position", "A place in the event: whole milliseconds from its beginning; before it, negative (the countdown)."),
    ("Rate", "How fast the position moves: 1 is normal speed, 0 is held, 16 the fastest."),
    ("EventName", "An event's name as it stands in URLs: `[a-z0-9][a-z0-9-]{0,62}`."),
];

fn main() -> Result<(), NameError> {
    let config = Config::new().with_large_int("number");
    println!("{HEAD}");
    macro_rules! print_types {
        ($($name:ty),* $(,)?) => { $(println!("{}", declaration::<$name>(&config));)* };
    }
    print_types![
        ServerTime,
        Span,
        Position,
        Rate,
        Rev,
        Epoch,
        EventName,
        CommandId,
        Digest,
        Locale,
        Severity,
        Segment,
        StatusWord,
        TimeBody,
        Announcement,
        EmergencyKey,
        PageUrl,
        EmergencyChannel,
        AutoHubs,
        Role,
        Controls,
        RoomWait,
        LastChange,
        RoomBody,
        StateBody,
        EmergencyBody,
        EmergencyDocument,
        PublishedEvent,
        RundownPointer,
        StoredRundown,
        RundownPage,
        CueNotes,
        Notes,
        StoredNotes,
        Region,
        HubName,
        Untold,
        DeliveryReport,
        Anchor,
        ClockReport,
        Reverted,
        CommandAnswer,
        RegionAudience,
        HubAudience,
        BoundCount,
        Acks,
        Audience,
        AudienceSample,
        AudienceHistory,
        StateKind,
        StateFrame,
        AckKind,
        AckLack,
        Ack,
        InvitationTexts,
        RoomAnswer,
        RoomAudience,
        MemberId,
        Readiness,
        MemberBody,
        MemberCounts,
        Welcome,
        Refused,
        PresenceFrame,
        RoomCommandAnswer,
        SignalFrame,
        SignalRefused,
        Scope,
        Grant,
        ListedEvent,
        EventList,
        LogEntry,
        LogPage,
        Problem,
    ];
    print_codes();
    println!("/** What stands before the state in the bytes that are signed. */");
    println!("export const SIGNED_PREFIX = {SIGNED_PREFIX:?};\n");
    print_paths()
}

/// Returns `export type T = …;` as people lay it out, with its documentation.
fn declaration<T: TS + 'static>(config: &Config) -> String {
    let declared = T::decl(config);
    let name = T::ident(config);
    let docs = match ON_THE_WIRE.iter().find(|(ours, _)| *ours == name) {
        Some((_, docs)) => (*docs).to_owned(),
        None => T::docs().unwrap_or_default(),
    };
    let mut text = comment(&docs, "");
    let Some((head, members)) = declared.split_once(" = { \n") else {
        return text + "export " + &declared + "\n";
    };
    text += &format!("export {head} = {{\n");
    let members = members.strip_suffix(", };").expect("ts-rs ends a type's last member so");
    for member in members.split(", \n") {
        let (docs, member) = member.rsplit_once("*/\n").expect("every public member is documented");
        text += &comment(docs, "  ");
        text += &format!("  {member};\n");
    }
    text + "};\n"
}

/// Returns documentation as a comment, on one line where it has one.
fn comment(docs: &str, indent: &str) -> String {
    let lines: Vec<&str> = docs
        .lines()
        .map(|line| line.trim().trim_start_matches("/**").trim_start_matches("*/").trim_start_matches('*').trim())
        .collect();
    // Links of rustdoc lead nowhere in TypeScript.
    let lines = lines.join("\n").replace("[`", "`").replace("`]", "`");
    let lines: Vec<&str> = lines.trim().split('\n').collect();
    match lines[..] {
        [line] => format!("{indent}/** {line} */\n"),
        _ => {
            let body: String =
                lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n").collect();
            format!("{indent}/**\n{body}{indent} */\n")
        }
    }
}

fn print_codes() {
    println!("/** The stable codes of problems that this version knows. */");
    println!("export type ProblemCode =");
    let codes: Vec<String> = Code::ALL.iter().map(|code| format!("  | \"{code}\"")).collect();
    println!("{};\n", codes.join("\n"));
}

/// Prints the paths as functions, made from what [`Route`] writes for names that stand for any.
fn print_paths() -> Result<(), NameError> {
    let event: EventName = "any-event".parse()?;
    let digest = Digest::from_bytes([0xda; 32]);
    let routes = [
        ("token", Route::Token),
        ("events", Route::Events),
        ("rooms", Route::Rooms),
        ("time", Route::EventTime(event.clone())),
        ("event", Route::Event(event.clone())),
        ("status", Route::Status(event.clone())),
        ("live", Route::Live(event.clone())),
        ("commands", Route::Commands(event.clone())),
        ("emergency", Route::Emergency(event.clone())),
        ("invitations", Route::Invitations(event.clone())),
        ("ice", Route::Ice(event.clone())),
        ("log", Route::Log(event.clone())),
        ("audience", Route::Audience(event.clone())),
        ("audienceHistory", Route::AudienceHistory(event.clone())),
        ("rundownPointer", Route::RundownPointer(event.clone())),
        ("rundowns", Route::Rundowns(event.clone())),
        ("rundown", Route::Rundown(event.clone(), digest)),
        ("notes", Route::Notes(event.clone(), digest)),
    ];
    println!(
        "// The paths of the API, relative to the server. Each is a function of its own, so that bundlers drop those that nobody calls."
    );
    for (name, route) in routes {
        let path = route.path().replace(event.as_str(), "${event}").replace(&digest.to_string(), "${digest}");
        let arguments: Vec<&str> = [("event: EventName", "${event}"), ("digest: Digest", "${digest}")]
            .into_iter()
            .filter(|(_, place)| path.contains(place))
            .map(|(argument, _)| argument)
            .collect();
        println!("export const {name}Path = ({}): string => `{path}`;", arguments.join(", "));
    }
    Ok(())
}
