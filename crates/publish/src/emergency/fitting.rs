//! What a signed pause leaves out so that it always fits: texts before the message, the message before the reason, and
//! never the pause.

use std::collections::BTreeMap;
use std::fmt;

use downbeat_core::command::LEAD_PAUSE;
use downbeat_core::event::EmergencyState;
use downbeat_core::message::{Draft, MESSAGE_BYTES_MAX, Words};
use downbeat_core::session::VALIDITY_MAX;
use downbeat_core::{Locale, Message, ServerTime, words};
use downbeat_wire::command::REASON_CHARS_MAX;
use downbeat_wire::emergency::DOCUMENT_BYTES_MAX;
use downbeat_wire::state::Announcement;
use downbeat_wire::{EmergencyBody, EmergencyDocument};

use super::key::SigningKey;

/// Something that a signed pause does not have, although the state or the operator had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// This many messages that viewers would not see during the pause.
    OtherMessages(usize),
    /// The message in these locales.
    Texts(Vec<Locale>),
    /// The message altogether.
    Message,
    /// What the last known state shows: it is no valid message here.
    KnownMessages,
    /// The end of the reason.
    EndOfReason,
    /// The reason.
    Reason,
    /// The segments of the timeline that were over before.
    History,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherMessages(count) => {
                write!(f, "{} for before or after the pause", words::count(*count, "message"))
            }
            Self::Texts(locales) => {
                let locales: Vec<String> = locales.iter().map(ToString::to_string).collect();
                write!(f, "the message in {}", locales.join(", "))
            }
            Self::Message => f.write_str("the message"),
            Self::KnownMessages => f.write_str("the messages of the last known state, which are not valid"),
            Self::EndOfReason => write!(f, "the end of the reason, of which {REASON_CHARS_MAX} characters fit"),
            Self::Reason => f.write_str("the reason"),
            Self::History => f.write_str("the timeline from before the pause"),
        }
    }
}

/// A signed pause, and what it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPause {
    /// The document.
    pub document: EmergencyDocument,
    /// What was left out, in this order.
    pub left_out: Vec<LeftOut>,
}

/// Returns the message of an operator, without the texts that no message can have. The event's own `locale` comes first.
pub fn message(draft: &Draft, locale: &Locale) -> (Option<Message>, Vec<LeftOut>) {
    let texts = match &draft.words {
        Words::Plain(text) => BTreeMap::from([(locale.clone(), text.clone())]),
        Words::PerLocale(texts) => texts.clone(),
    };
    let is_valid = |message: Message| message.bytes() <= MESSAGE_BYTES_MAX;
    let (kept, left_out) = keep(texts, locale, |texts| Message::new(texts.clone(), draft.severity).is_ok_and(is_valid));
    (Message::new(kept, draft.severity).ok(), left_out)
}

/// Adds texts one by one, that in `locale` first, as long as `fits` returns `true`.
fn keep(
    mut texts: BTreeMap<Locale, String>,
    locale: &Locale,
    fits: impl Fn(&BTreeMap<Locale, String>) -> bool,
) -> (BTreeMap<Locale, String>, Vec<LeftOut>) {
    let own = texts.remove_entry(locale);
    let (mut kept, mut missing) = (BTreeMap::new(), Vec::new());
    for (locale, text) in own.into_iter().chain(texts) {
        kept.insert(locale.clone(), text);
        if !fits(&kept) {
            kept.remove(&locale);
            missing.push(locale);
        }
    }
    let left_out = match (kept.is_empty(), missing.is_empty()) {
        (_, true) => Vec::new(),
        (true, _) => vec![LeftOut::Message],
        (false, _) => vec![LeftOut::Texts(missing)],
    };
    (kept, left_out)
}

/// Signs a pause. If the document would be longer than viewers read, it has less than the state: first without the messages
/// that viewers do not see during the pause, then without texts in other locales than the event's own, without the whole
/// message, without the reason, and without the timeline before the pause. What remains is a few hundred bytes.
///
/// It is valid for [`VALIDITY_MAX`] for viewers who never heard of the event from its server.
pub fn sign(key: &SigningKey, state: &EmergencyState, locale: &Locale) -> SignedPause {
    let signed = |body: &EmergencyBody| key.sign(body.to_json());
    let fits = |body: &EmergencyBody| signed(body).to_json().len() <= DOCUMENT_BYTES_MAX;
    let valid_until = Some(state.signed_at + VALIDITY_MAX);
    let (mut body, mut left_out) = (EmergencyBody { valid_until, ..EmergencyBody::from(state) }, Vec::new());
    if let Some(reason) = &mut body.reason
        && let Some((end, _)) = reason.char_indices().nth(REASON_CHARS_MAX)
    {
        reason.truncate(end);
        left_out.push(LeftOut::EndOfReason);
    }
    if !fits(&body) {
        let count = body.messages.len();
        body.messages = shown(body.messages, state.signed_at + LEAD_PAUSE);
        if count > body.messages.len() {
            left_out.push(LeftOut::OtherMessages(count - body.messages.len()));
        }
    }
    if !fits(&body) {
        left_out.extend(shorten(&mut body, locale, fits));
    }
    if !fits(&body) && body.reason.take().is_some() {
        left_out.push(LeftOut::Reason);
    }
    if !fits(&body) {
        let from = state.signed_at + LEAD_PAUSE;
        body.timeline.retain(|segment| segment.from >= from);
        left_out.push(LeftOut::History);
    }
    SignedPause { document: signed(&body), left_out }
}

/// Returns the message that viewers see at `at`.
fn shown(mut messages: Vec<Announcement>, at: ServerTime) -> Vec<Announcement> {
    let shown = messages.iter().rposition(|message| message.from <= at);
    shown.map(|shown| messages.swap_remove(shown)).filter(|message| message.text.is_some()).into_iter().collect()
}

/// Shortens the one message of `body` until that fits, or removes it.
fn shorten(body: &mut EmergencyBody, locale: &Locale, fits: impl Fn(&EmergencyBody) -> bool) -> Vec<LeftOut> {
    let Some(Announcement { text: Some(texts), from, severity }) = body.messages.pop() else { return Vec::new() };
    let with = |texts: &BTreeMap<Locale, String>| {
        let message = Announcement { from, text: Some(texts.clone()), severity };
        EmergencyBody { messages: vec![message], ..body.clone() }
    };
    let (kept, left_out) = keep(texts, locale, |texts| fits(&with(texts)));
    if !kept.is_empty() {
        *body = with(&kept);
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emergency::key::is_signed;
    use downbeat_core::{Configuration, EventState, Severity, Span, Status};

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);
    const NOW: ServerTime = ServerTime::from_millis(1_704_067_800_000);

    fn locale(tag: &str) -> Locale {
        tag.parse().unwrap()
    }

    /// 64 locales: `en`, and others that come before and after it.
    fn locales() -> Vec<Locale> {
        let letters = ('a'..='h').flat_map(|a| ('a'..='h').map(move |b| format!("{a}{b}")));
        letters.take(63).map(|tag| locale(&tag)).chain([locale("en")]).collect()
    }

    fn texts(chars: usize) -> BTreeMap<Locale, String> {
        // Quotes are escaped twice in a document: five bytes for one.
        locales().into_iter().map(|locale| (locale, "\"".repeat(chars))).collect()
    }

    fn paused(message: Option<Message>, reason: Option<String>) -> EmergencyState {
        let made = Configuration { starts_at: Some(START), ..Configuration::default() };
        let event = EventState::create(made, "e1".parse().unwrap(), "maria", START).unwrap();
        let mut state = EmergencyState::new(&"main".parse().unwrap(), &event, START);
        state.handle_pause(message, NOW).unwrap();
        EmergencyState { reason, actor: "\u{1F600}".repeat(100), ..state }
    }

    /// Signs, asserts that viewers and the server accept it, and returns what was left out with the message.
    fn sign_and_read(state: &EmergencyState) -> (Vec<LeftOut>, BTreeMap<Locale, String>) {
        let key = SigningKey::random().unwrap();
        let SignedPause { document, left_out } = sign(&key, state, &locale("en"));
        let bytes = document.to_json();
        assert!(bytes.len() <= DOCUMENT_BYTES_MAX, "{} bytes", bytes.len());
        let document = EmergencyDocument::parse(bytes.as_bytes()).unwrap();
        assert!(is_signed(&document, &key.public()));
        let read = document.state().unwrap();
        assert_eq!(read.timeline.status(NOW + LEAD_PAUSE), Status::Paused);
        assert_eq!(read.timeline.position(NOW + LEAD_PAUSE).as_millis(), 600_500);
        let message = read.notices.message(NOW + LEAD_PAUSE).map(|message| message.texts().clone());
        (left_out, message.unwrap_or_default())
    }

    #[test]
    fn what_fits_is_whole_and_valid_for_a_day() {
        let message = Message::new(BTreeMap::from([(locale("en"), "Back soon".to_owned())]), Severity::Major).unwrap();
        let state = paused(Some(message), Some("smoke".to_owned()));
        let (left_out, texts) = sign_and_read(&state);
        assert_eq!((left_out, texts.len()), (vec![], 1));
        let document = sign(&SigningKey::random().unwrap(), &state, &locale("en")).document;
        let body: EmergencyBody = serde_json::from_str(&document.state).unwrap();
        assert_eq!(body.valid_until, Some(NOW + Span::from_millis(86_400_000)));
    }

    #[test]
    fn a_pause_always_fits_and_texts_go_first() {
        // The state may have been made before messages were limited, so this goes around the limits.
        for (chars, reason) in [(20, 0), (200, 0), (500, 500), (500, 100_000)] {
            let mut state = paused(None, (reason > 0).then(|| "\\".repeat(reason)));
            let body = EmergencyBody::from(&state);
            for (index, from) in (0..30).map(|index| (index, START + Span::from_millis(index * 1_000))) {
                let _ = index;
                let message = Message::new(texts(chars.min(downbeat_core::message::TEXT_CHARS_MAX)), Severity::Info);
                let Ok(message) = message else { continue };
                let told = vec![(from, Some(message))];
                state.notices = downbeat_core::event::Notices::from_public(told, &state.timeline).unwrap();
            }
            let (left_out, texts) = sign_and_read(&state);
            assert_eq!(body.timeline, EmergencyBody::from(&state).timeline);
            if chars == 500 {
                assert!(texts.is_empty() || texts.contains_key(&locale("en")), "the event's own locale stays longest");
                assert!(!left_out.is_empty());
            }
        }
    }

    #[test]
    fn a_long_timeline_and_a_long_reason_do_not_stand_in_the_way() {
        let mut state = paused(None, Some("\u{1}".repeat(5_000)));
        let (left_out, _) = sign_and_read(&state);
        assert_eq!(left_out, [LeftOut::EndOfReason]);
        state.actor = "\u{1}".repeat(5_000);
        let document = sign(&SigningKey::random().unwrap(), &state, &locale("en")).document;
        assert!(!document.state.is_empty());
    }

    #[test]
    fn what_no_message_can_have_is_left_out_of_the_operators_own() {
        let draft = |words| Draft { words, severity: Severity::Info };
        let long = "x".repeat(501);
        let (message_of, left_out) = message(&draft(Words::Plain(long.clone())), &locale("en"));
        assert_eq!((message_of, left_out), (None, vec![LeftOut::Message]));
        let texts =
            BTreeMap::from([(locale("en"), "Back".to_owned()), (locale("fr"), long), (locale("de"), " ".to_owned())]);
        let (kept, left_out) = message(&draft(Words::PerLocale(texts)), &locale("en"));
        assert_eq!(kept.unwrap().texts().len(), 1);
        assert_eq!(left_out, [LeftOut::Texts(vec![locale("de"), locale("fr")])]);
        assert_eq!(left_out[0].to_string(), "the message in de, fr");
    }
}
