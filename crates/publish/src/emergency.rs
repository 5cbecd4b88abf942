//! The last resort: pausing an event whose server cannot be reached, by a signed state beside the store's pointer.
//!
//! | file | what it decides or does |
//! | --- | --- |
//! | `key` | the private key: making it, keeping it, signing with it, showing nothing of it |
//! | `pause` | which state is signed, and whether viewers would believe it |
//! | `policy` | what a page may connect to, by its content security policy |
//! | `fitting` | what a signed pause leaves out so that it always fits |
//!
//! This file puts a signed state beside what was published, removes it, and waits until viewers see that.
//!
//! What never happens here: anything that was published changes; a key is printed; a state is signed that viewers of the
//! event would not believe.

pub mod fitting;
pub mod key;
pub mod pause;
pub mod policy;

use downbeat_core::{EventName, Span};
use downbeat_wire::pointer::{join, split};
use downbeat_wire::publication::{event_key, pointer_key};
use downbeat_wire::{EmergencyBody, EmergencyDocument, PublishedEvent};

use crate::error::{Foreign, PublishError};
use crate::headers::BRIEF;
use crate::history::Pointer;
use crate::public::{Page, poll};
use crate::store::{Store, Swap};

/// Attempts to swap the pointer before its state counts as unknown: 8; before each one the pointer was read again.
const SWAPS_MAX: usize = 8;

/// Puts `document` beside what was published, whatever that is by now, and reads it back; `None` removes a signed state.
/// What was published stays the same to the byte.
///
/// # Errors
/// [`PublishError::Uncertain`] if it is unknown whether it was written, [`PublishError::SignedStateMoved`] if somebody else
/// put another signed state meanwhile, [`PublishError::Foreign`] if the object is not a pointer of ours.
pub async fn put(store: &Store, event: &EventName, document: Option<&EmergencyDocument>) -> Result<(), PublishError> {
    let key = pointer_key(event);
    let mut why = "others change the pointer again and again".to_owned();
    let mut before = None;
    for _ in 0..SWAPS_MAX {
        let over = Pointer::read(store, event).await?;
        let signed = over.as_ref().and_then(|over| over.emergency.as_ref());
        if signed == document {
            return Ok(());
        }
        if *before.get_or_insert_with(|| signed.cloned()) != signed.cloned() {
            return Err(PublishError::SignedStateMoved { key, store: store.name().to_owned() });
        }
        if over.as_ref().is_some_and(|over| !is_ours(over)) {
            return Err(PublishError::Foreign { key, store: store.name().to_owned(), fault: Foreign::NoPointer });
        }
        let published = over.as_ref().map_or(&[][..], |over| &over.published);
        match (over.as_ref(), join(published, document)) {
            (None, bytes) if bytes.is_empty() => return Ok(()),
            // A pointer that had nothing but the signed state goes away with it.
            (Some(_), bytes) if bytes.is_empty() => store.delete(&key).await?,
            (over, bytes) => match store.swap(&key, &bytes, BRIEF, over.map(|over| &over.object)).await? {
                // The next round reads it back, as it does if the swap was refused or its answer was lost.
                Swap::Done | Swap::Refused => {}
                Swap::Unknown(error) => why = error.to_string(),
            },
        }
    }
    Err(PublishError::Uncertain { what: format!("{key} in {}", store.name()), why, id: None })
}

/// Returns whether a pointer is one that Downbeat wrote.
fn is_ours(pointer: &Pointer) -> bool {
    const MEMBER: &[u8] = br#""emergency""#;
    let published = &pointer.published;
    let is_object = || serde_json::from_slice::<serde_json::Map<_, serde_json::Value>>(published).is_ok();
    published.is_empty() || (is_object() && !published.windows(MEMBER.len()).any(|window| window == MEMBER))
}

/// Puts an event beside its pointer, for pages that never reached the worker.
///
/// # Errors
/// [`PublishError::Store`]
pub async fn put_event(store: &Store, event: &PublishedEvent) -> Result<(), PublishError> {
    let bytes = serde_json::to_vec(event).unwrap_or_default();
    Ok(store.put(&event_key(&event.event), &bytes, BRIEF).await?)
}

/// What viewers see at the pointer's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// The signed state beside the pointer.
    pub document: Option<EmergencyDocument>,
    /// There is a pointer.
    pub exists: bool,
    /// Pages of any origin may read it.
    pub open: bool,
}

/// Reads the pointer as a page does.
///
/// # Errors
/// A sentence if there is no response, or one without a pointer.
pub async fn read_public(page: &Page, url: &str, timeout: Span) -> Result<Public, String> {
    let response = page.pointer(url, timeout).await.map_err(|silence| silence.to_string())?;
    if response.status() == 404 {
        return Ok(Public { document: None, exists: false, open: false });
    }
    if response.status() != 200 {
        return Err(format!("it answers {}", response.status()));
    }
    Ok(Public { document: split(response.body()).1, exists: true, open: page.may_read(&response) })
}

/// What viewers saw.
pub struct SeenState {
    /// How long it took, or how long it was waited for.
    pub ms: Span,
    /// The result of the last read.
    pub last: Result<Public, String>,
    /// Viewers see what was waited for.
    pub seen: bool,
}

/// Reads the event beside the pointer at `url` as a page does; `None` if there is none.
///
/// # Errors
/// A sentence if there is no response, or one that is no event.
pub async fn read_published(page: &Page, url: &str, timeout: Span) -> Result<Option<PublishedEvent>, String> {
    let url = format!("{}event.json", &url[..=url.rfind('/').unwrap_or_default()]);
    let response = page.pointer(&url, timeout).await.map_err(|silence| silence.to_string())?;
    match response.status().as_u16() {
        200 => serde_json::from_slice(response.body()).map(Some).map_err(|error| error.to_string()),
        403 | 404 => Ok(None),
        status => Err(format!("{url} answers {status}")),
    }
}

/// Returns the `Content-Security-Policy` that a page is served with; `None` if there is no page.
///
/// # Errors
/// A sentence if there is no response.
pub async fn page_policy(url: &str, timeout: Span) -> Result<Option<String>, String> {
    let response = Page::new(None).pointer(url, timeout).await.map_err(|silence| silence.to_string())?;
    let policies = response.headers().get_all(http::header::CONTENT_SECURITY_POLICY);
    let policies: Vec<&str> = policies.iter().filter_map(|policy| policy.to_str().ok()).collect();
    Ok((response.status() == 200).then(|| policies.join(", ")))
}

/// Waits until viewers see `document`, for at most `patience`; `None` waits until they see no signed state.
pub async fn wait(url: &str, document: Option<&EmergencyDocument>, patience: Span) -> SeenState {
    let page = Page::new(None);
    let mut last = Err(String::new());
    let (ms, seen) = poll(patience, async |left| {
        last = read_public(&page, url, left).await;
        last.as_ref().is_ok_and(|public| public.document.as_ref() == document)
    })
    .await;
    SeenState { ms, last, seen }
}

/// Returns what a document says, without checking its signature.
pub fn unverified(document: &EmergencyDocument) -> Option<EmergencyBody> {
    serde_json::from_str(&document.state).ok()
}
