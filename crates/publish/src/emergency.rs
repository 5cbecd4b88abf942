//! Putting a signed state beside what was published, and taking it away: the one member of the pointer that changes.

use downbeat_core::{EventName, Span};
use downbeat_wire::pointer::{join, split};
use downbeat_wire::publication::pointer_key;
use downbeat_wire::{EmergencyBody, EmergencyDocument};

use crate::clock;
use crate::error::Error;
use crate::publish::look::{Pointer, pointer};
use crate::publish::store::{Store, Swap};
use crate::publish::{BRIEF, differs};
use crate::web::Web;

/// How often the pointer is swapped at most before nobody knows: each time it was read again.
const SWAPS_MAX: usize = 8;

/// The pause before the second look; it doubles up to [`LOOK_MAX`].
const LOOK_FIRST: Span = Span::from_millis(50);

/// The longest pause between two looks: a quarter of what a pointer may be kept (2 s).
const LOOK_MAX: Span = Span::from_millis(500);

/// How long one look may take.
const LOOK: Span = Span::from_millis(4_000);

/// How many redirects are followed, as browsers do on the way to a CDN.
pub(crate) const REDIRECTS_MAX: u32 = 5;

/// Puts `document` beside what was published, whatever that is by now, or takes a signed state away; then reads it back.
/// What was published stays as it is to the byte.
///
/// # Errors
/// [`Error::uncertain`] if nobody knows what became of it, [`Error::differs`] if something else is read back.
pub(crate) async fn put(store: &Store, event: &EventName, document: Option<&EmergencyDocument>) -> Result<(), Error> {
    let key = pointer_key(event);
    let mut why = "others change the pointer again and again".to_owned();
    let mut before = None;
    for _ in 0..SWAPS_MAX {
        let over = pointer(store, event).await?;
        let signed = over.as_ref().and_then(|over| over.emergency.as_ref());
        if signed == document {
            return Ok(());
        }
        if *before.get_or_insert_with(|| signed.cloned()) != signed.cloned() {
            return Err(theirs(store, &key));
        }
        if let Some(over) = &over {
            check_is_pointer(store, &key, over)?;
        }
        let published = over.as_ref().map_or(&[][..], |over| &over.published);
        match (over.as_ref(), join(published, document)) {
            (None, bytes) if bytes.is_empty() => return Ok(()),
            // A pointer that had nothing but the signed state is gone with it.
            (Some(_), bytes) if bytes.is_empty() => store.delete(&key).await?,
            (over, bytes) => match store.swap(&key, &bytes, BRIEF, over.map(|over| &over.object)).await? {
                // Read back by the next round, as is what was refused or whose answer was lost.
                Swap::Done | Swap::Refused => {}
                Swap::Unknown(error) => why = error.to_string(),
            },
        }
    }
    Err(Error::uncertain(
        &format!("{key} in {}", store.name()),
        why,
        "run the same command again: it finishes, or finds it done",
    ))
}

/// Says that somebody else was faster.
fn theirs(store: &Store, key: &str) -> Error {
    Error::refused(
        "stale",
        format!("somebody else put another signed state beside {key} in {} meanwhile", store.name()),
        "look at it with \"downbeat emergency status\", then decide again",
    )
}

/// Refuses to write over what is no pointer of ours.
fn check_is_pointer(store: &Store, key: &str, pointer: &Pointer) -> Result<(), Error> {
    let is_object = |bytes: &[u8]| serde_json::from_slice::<serde_json::Map<_, serde_json::Value>>(bytes).is_ok();
    let published = &pointer.published;
    if published.is_empty() || (is_object(published) && !contains(published, br#""emergency""#)) {
        return Ok(());
    }
    Err(differs(
        format!("{key} in {} is not what Downbeat writes there, and is left alone", store.name()),
        "check that the target and its prefix are right; \"downbeat cues verify\" shows more",
    ))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What viewers see at the pointer's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Public {
    /// The signed state there, if there is one; without a pointer there is none.
    pub(crate) document: Option<EmergencyDocument>,
    /// There is a pointer.
    pub(crate) there: bool,
    /// Pages of any origin may read it.
    pub(crate) open: bool,
}

/// Looks at the pointer as a page does.
///
/// # Errors
/// A sentence if there is no answer, or none with a pointer.
pub(crate) async fn look(web: &Web, url: &str, patience: Span) -> Result<Public, String> {
    let request = http::Request::get(url).header(http::header::ORIGIN, "https://downbeat.invalid");
    let request = request.body(Vec::new()).map_err(|error| error.to_string())?;
    let answer = web.send(request, patience.min(LOOK)).await.map_err(|silence| silence.to_string())?;
    if answer.status() == 404 {
        return Ok(Public { document: None, there: false, open: false });
    }
    if answer.status() != 200 {
        return Err(format!("it answers {}", answer.status()));
    }
    let allowed = answer.headers().get(http::header::ACCESS_CONTROL_ALLOW_ORIGIN);
    let open = allowed.is_some_and(|allowed| matches!(allowed.as_bytes(), b"*" | b"https://downbeat.invalid"));
    Ok(Public { document: split(answer.body()).1, there: true, open })
}

/// What became of waiting for viewers to see it.
pub(crate) struct Seen {
    pub(crate) ms: Span,
    /// What was seen, or why nothing was, the last time.
    pub(crate) last: Result<Public, String>,
    pub(crate) seen: bool,
}

/// Looks until viewers see `document`, at most for `patience`.
pub(crate) async fn wait(url: &str, document: Option<&EmergencyDocument>, patience: Span) -> Seen {
    let web = Web::new(REDIRECTS_MAX);
    let began = clock::monotonic();
    let mut pause = LOOK_FIRST;
    loop {
        let spent = || clock::monotonic() - began;
        let last = look(&web, url, (patience - spent()).max(LOOK_FIRST)).await;
        let seen = last.as_ref().is_ok_and(|public| public.document.as_ref() == document);
        if seen || spent() + pause >= patience {
            return Seen { ms: spent(), last, seen };
        }
        clock::sleep(pause).await;
        pause = (pause + pause).min(LOOK_MAX);
    }
}

/// Returns what a document says, without believing it.
pub(crate) fn said(document: &EmergencyDocument) -> Option<EmergencyBody> {
    serde_json::from_str(&document.state).ok()
}
