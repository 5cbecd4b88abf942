//! What a member sends.

use downbeat_core::room::{Action, Gesture, Hello, MemberId, ReadyReport};
use downbeat_core::{CommandId, Digest, Span, base64url};
use serde_json::{Map, Value};

use super::invitation::{Invitation, digest, is_128_bits};
use crate::fields::Fields;
use crate::json::{self, value};
use crate::problem::{Code, Problem};

/// The longest frame of a member: 16 KiB (16,384 bytes). Descriptions of sessions with many codecs have about 8 KiB.
pub const FRAME_BYTES_MAX: usize = 16 * 1_024;

/// What commands there are.
const COMMANDS: &str = "\"pause\", \"resume\", \"seek\", \"rate\" or \"content\"";

/// A frame of a member.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientFrame {
    /// Who comes.
    Hello {
        /// The invitation.
        invitation: Invitation,
        /// The name to be shown.
        name: String,
        /// The secret by which the member is known again; `None` for one who comes for the first time.
        resume: Option<Resume>,
    },
    /// What a person did.
    Command {
        /// The id, which goes with the answer.
        id: CommandId,
        /// What, without invitation and name; or what is wrong with it.
        gesture: Result<Gesture, Problem>,
    },
    /// Whether the member can play.
    Ready(ReadyReport),
    /// A message for another member.
    Signal {
        /// For whom.
        to: MemberId,
        /// What.
        message: SignalMessage,
    },
    /// That a state was applied, as viewers of other events say; a room does not ask for it.
    Ack,
}

/// What a signal carries, as the sender wrote it: nothing here depends on it.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalMessage {
    /// A description of the session.
    Description(Value),
    /// A candidate; `null` after the last one.
    Candidate(Value),
}

/// The secret of a member: 128 random bits in base64url, 22 characters. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Resume(String);

impl Resume {
    /// Creates a secret from 16 random bytes, which the caller draws.
    pub fn new(random: [u8; 16]) -> Self {
        Self(base64url::encode(&random))
    }

    /// Returns its text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for Resume {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Resume(…)")
    }
}

impl ClientFrame {
    /// Parses a frame.
    ///
    /// # Errors
    /// [`Problem`] if it is not JSON, of no known type, or lacks what its type needs.
    pub fn parse(frame: &str) -> Result<Self, Problem> {
        let mut fields = Fields::parse(frame.as_bytes())?;
        let kind: String = fields.required("type", "send \"hello\", \"command\", \"ready\" or \"signal\"")?;
        match kind.as_str() {
            "hello" => hello(&mut fields),
            "command" => {
                let id = fields.required("id", "make one per command, so that sending it again changes nothing")?;
                Ok(Self::Command { gesture: gesture(&mut fields, &id), id })
            }
            "ready" => Ok(Self::Ready(ReadyReport {
                is_ready: fields.required("ready", "say true or false")?,
                delay: fields.optional("delay")?,
                bound: fields.optional("bound")?.unwrap_or(Span::ZERO),
            })),
            "signal" => signal(&mut fields),
            "ack" => Ok(Self::Ack),
            _ => Err(Problem::invalid_field("/type", "this type of frame is unknown to a room")),
        }
    }

    /// Returns the digest of the secret by which a member is known again.
    pub fn secret(resume: &Resume) -> Digest {
        digest(resume.expose())
    }

    /// Returns what core has to know of a hello; `drawn` is the secret of somebody who comes for the first time.
    pub fn hello(invitation: &Invitation, name: String, resume: &Resume) -> Hello {
        Hello { invitation: invitation.sha256(), name, secret: Self::secret(resume) }
    }
}

fn hello(fields: &mut Fields) -> Result<ClientFrame, Problem> {
    let text: String = fields.required("invitation", "send the room's invitation, \"dbi_…\"")?;
    let resume: Option<String> = fields.optional("resume")?;
    // A secret of another room, or of an older version, is none: the member gets a new one.
    let resume = resume.filter(|resume| is_128_bits(resume)).map(Resume);
    Ok(ClientFrame::Hello { invitation: text.parse()?, name: fields.optional("name")?.unwrap_or_default(), resume })
}

fn gesture(fields: &mut Fields, id: &CommandId) -> Result<Gesture, Problem> {
    let bound: Option<Span> = fields.optional("bound")?;
    Ok(Gesture {
        id: id.clone(),
        action: action(fields)?,
        invitation: Digest::from_bytes([0; 32]),
        actor: String::new(),
        at: fields.optional("at")?,
        bound: bound.unwrap_or(Span::ZERO),
    })
}

fn action(fields: &mut Fields) -> Result<Action, Problem> {
    let command: String = fields.required("command", &format!("name one of: {COMMANDS}"))?;
    Ok(match command.as_str() {
        "pause" => Action::Pause,
        "resume" => Action::Resume,
        "seek" => Action::Seek { position: fields.required("position", "give milliseconds from the beginning")? },
        "rate" => Action::Rate { rate: fields.required("rate", "give a factor such as 1 or 1.25")? },
        "content" => Action::Content { content: fields.optional("content")? },
        _ => return Err(Problem::new(Code::UnknownCommand, format!("a room takes the commands {COMMANDS}"))),
    })
}

/// Parses what [`action_text`] returned.
///
/// # Errors
/// [`Problem`] if it is something else.
pub fn parse_action(text: &str) -> Result<Action, Problem> {
    action(&mut Fields::parse(text.as_bytes())?)
}

/// Returns an action as the members of a frame, a JSON object.
pub fn action_text(action: &Action) -> String {
    let mut members = Map::new();
    members.insert("command".to_owned(), value(action.name()));
    match action {
        Action::Pause | Action::Resume => None,
        Action::Seek { position } => members.insert("position".to_owned(), value(position)),
        Action::Rate { rate } => members.insert("rate".to_owned(), value(rate)),
        Action::Content { content } => members.insert("content".to_owned(), value(content)),
    };
    json::text(&members)
}

fn signal(fields: &mut Fields) -> Result<ClientFrame, Problem> {
    let to = fields.required("to", "name the member it is for")?;
    let message = match (fields.take("description"), fields.nullable("candidate")?) {
        (Some(description), None) => SignalMessage::Description(description),
        (None, Some(candidate)) => SignalMessage::Candidate(candidate.unwrap_or(Value::Null)),
        _ => return Err(Problem::invalid_field("", "a signal has either \"description\" or \"candidate\"")),
    };
    Ok(ClientFrame::Signal { to, message })
}

impl SignalMessage {
    /// Adds it to the members of a frame.
    pub(super) fn put(self, members: &mut Map<String, Value>) {
        let (name, value) = match self {
            Self::Description(value) => ("description", value),
            Self::Candidate(value) => ("candidate", value),
        };
        members.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Position, Rate, ServerTime};

    fn parse(text: &str) -> Result<ClientFrame, String> {
        ClientFrame::parse(text).map_err(|problem| problem.code)
    }

    #[test]
    fn a_command_is_a_gesture_with_its_time() {
        let frame = r#"{"type":"command","id":"a-1","command":"seek","position":61000,"at":1704067200000,"bound":18}"#;
        let Ok(ClientFrame::Command { id, gesture: Ok(gesture) }) = parse(frame) else { panic!() };
        assert_eq!((id.as_str(), gesture.at), ("a-1", Some(ServerTime::from_millis(1_704_067_200_000))));
        assert_eq!(gesture.action, Action::Seek { position: Position::from_millis(61_000) });
        let rate = r#"{"type":"command","id":"a-2","command":"rate","rate":1.25}"#;
        let Ok(ClientFrame::Command { gesture: Ok(gesture), .. }) = parse(rate) else { panic!() };
        assert_eq!(gesture.action, Action::Rate { rate: Rate::from_thousandths(1_250).unwrap() });
        for wrong in [
            r#"{"type":"command","id":"a-3","command":"seek"}"#,
            r#"{"type":"command","id":"a-3","command":"end"}"#,
            r#"{"type":"command","id":"a-3","command":"content","content":"ftp://example.com/a"}"#,
            r#"{"type":"command","id":"a-3","command":"pause","at":"now"}"#,
        ] {
            assert!(matches!(parse(wrong), Ok(ClientFrame::Command { gesture: Err(_), .. })), "{wrong}");
        }
    }

    #[test]
    fn an_action_is_read_back() {
        for action in [
            Action::Pause,
            Action::Resume,
            Action::Seek { position: Position::from_millis(61_000) },
            Action::Rate { rate: Rate::from_thousandths(1_250).unwrap() },
            Action::Content { content: None },
            Action::Content { content: Some("/clips/a.mp4".parse().unwrap()) },
        ] {
            assert_eq!(parse_action(&action_text(&action)), Ok(action));
        }
    }

    #[test]
    fn a_signal_has_one_message() {
        let to = "00ff10e900ff10e900ff";
        let signal = |members: &str| parse(&format!(r#"{{"type":"signal","to":"{to}",{members}}}"#));
        let message = |frame| match frame {
            Ok(ClientFrame::Signal { message, .. }) => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(message(signal(r#""candidate":null"#)), SignalMessage::Candidate(Value::Null));
        assert!(matches!(message(signal(r#""description":{"type":"offer","sdp":""}"#)), SignalMessage::Description(_)));
        assert_eq!(signal(r#""candidate":null,"description":{}"#), Err("invalid-field".to_owned()));
        assert_eq!(signal(r#""x":1"#), Err("invalid-field".to_owned()));
    }

    #[test]
    fn what_is_no_frame_is_refused_with_a_reason() {
        for (frame, code) in [
            ("", "malformed-json"),
            ("p p", "malformed-json"),
            ("[]", "invalid-field"),
            ("{}", "invalid-field"),
            (r#"{"type":"state"}"#, "invalid-field"),
            (r#"{"type":"hello"}"#, "invalid-field"),
            (r#"{"type":"hello","invitation":"dbt_x_y"}"#, "invalid-invitation"),
            (r#"{"type":"ready"}"#, "invalid-field"),
            (r#"{"type":"signal","to":"m3","candidate":{}}"#, "invalid-field"),
        ] {
            assert_eq!(parse(frame), Err(code.to_owned()), "{frame}");
        }
    }

    #[test]
    fn a_secret_that_is_none_makes_a_new_member() {
        let hello = |resume: &str| {
            let text = format!(r#"{{"type":"hello","invitation":"dbi_-_v7-_v7-_v7-_v7-_v7-w","resume":"{resume}"}}"#);
            match parse(&text) {
                Ok(ClientFrame::Hello { resume, .. }) => resume,
                other => panic!("{other:?}"),
            }
        };
        let drawn = Resume::new([7; 16]);
        assert_eq!(hello(drawn.expose()), Some(drawn));
        assert_eq!(hello("short"), None);
    }
}
