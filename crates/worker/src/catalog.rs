//! Calls to the object that lists the events, and this isolate's copy of their names.
//!
//! No object of an event or of its hubs is called by a name that the list does not have: calling one makes it. The list
//! stands in nobody's way: an event whose state this isolate has needs none, and without an answer in time the event's
//! object is asked as if there were no list.

use downbeat_core::{EventName, Span};
use downbeat_wire::problem::Problem;
use downbeat_wire::{EventList, Route, json};
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use worker::{Env, Error};

use crate::clock;
use crate::names::{Coverage, Lookup, NameList, Names};
use crate::object::{self, Object, ObjectRequest};
use crate::reply::unavailable;
use crate::request::Target;
use crate::runtime::{Context, default_event, promise};

/// The path of all names at the catalog; no public path leads to it.
pub(crate) const NAMES_PATH: &str = "/names";

/// The longest wait for the catalog: 300 ms. Source: the design; then the event's object is asked.
const WAIT: Span = Span::from_millis(300);

/// The longest wait for a change of the catalog: 3 s. An operator waits for it before an event is made.
const CHANGE_WAIT: Span = Span::from_millis(3_000);

/// How often a request checks whether another one has received the names: every 10 ms.
const POLL: Span = Span::from_millis(10);

/// The only object of its class.
const CATALOG: Object<'_> = Object { binding: "CATALOG", name: "catalog", region: None };

/// What the catalog is told of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It is about to be made.
    Reserved,
    /// It was made, and is not archived.
    Made,
    /// It is archived.
    Archived,
}

impl Entry {
    const ALL: [Self; 3] = [Self::Made, Self::Reserved, Self::Archived];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Reserved => "reserved",
            Self::Archived => "archived",
        }
    }

    /// Returns the entry that a request to the catalog names.
    pub(crate) fn of(target: &Target<'_>) -> Self {
        Self::ALL.into_iter().find(|entry| target.has(entry.as_str())).unwrap_or(Self::Made)
    }
}

thread_local! {
    static NAMES: RefCell<Names> = RefCell::default();
}

/// Calls `work` with the names this isolate knows. It must not wait.
fn names<T>(work: impl FnOnce(&mut Names) -> T) -> T {
    NAMES.with_borrow_mut(work)
}

fn is_default(env: &Env, event: &EventName) -> bool {
    default_event(env, |default| default == event)
}

/// Returns whether this isolate knows that there is no such event. While it is asked for such names, it requests the list
/// again after the answer has left.
pub(crate) fn is_missing(env: &Env, ctx: &Context, event: &EventName) -> bool {
    let now = clock::now();
    let is_missing = names(|names| names.lookup(event, now)) == Lookup::Missing && !is_default(env, event);
    if is_missing && names(|names| names.start_refresh(now)) {
        drop(start_refresh(env, ctx));
    }
    is_missing
}

/// Returns whether a viewer's question about an event that this isolate has no state of may go to the event's objects.
///
/// # Errors
/// If neither the isolate nor the catalog knows, and too many such names were asked for in this second.
pub(crate) async fn admits(env: &Env, ctx: &Context, event: &EventName) -> worker::Result<bool> {
    if is_default(env, event) {
        return Ok(true);
    }
    match lookup_listed(env, ctx, event).await {
        Lookup::Exists => return Ok(true),
        Lookup::Missing => return Ok(false),
        Lookup::Unknown => {}
    }
    if !names(|names| names.admit_unlisted(clock::now())) {
        return Err(Error::RustError("the list of events does not say whether it exists".to_owned()));
    }
    if names(|names| names.coverage()) != Coverage::TooMany {
        return Ok(true);
    }
    Ok(find(env, event).await != Lookup::Missing)
}

/// Looks the name up in the list, for which it waits if this isolate has none that is recent.
async fn lookup_listed(env: &Env, ctx: &Context, event: &EventName) -> Lookup {
    let mut waited = Span::ZERO;
    loop {
        let now = clock::now();
        let found = names(|names| names.lookup(event, now));
        if found != Lookup::Unknown || waited >= WAIT {
            return found;
        }
        if names(|names| names.start_refresh(now)) {
            clock::within(WAIT - waited, start_refresh(env, ctx)).await;
            return names(|names| names.lookup(event, clock::now()));
        }
        if !names(|names| names.is_refreshing(now)) {
            return found;
        }
        clock::wait(POLL).await;
        waited = waited + POLL;
    }
}

/// Requests the names. This goes on when the request no longer waits for it, so that a late answer still counts.
fn start_refresh(env: &Env, ctx: &Context) -> JsFuture {
    let env = env.clone();
    let promise = promise(async move {
        let have = names(|names| names.version().to_owned());
        let list = request_names(&env, &have).await;
        let now = clock::now();
        match list {
            Ok(list) => names(|names| names.apply_list(list, now)),
            Err(error) => {
                worker::console_error!("the list of events does not answer: {error}");
                names(|names| names.handle_failure(now));
            }
        }
    });
    ctx.wait_until(&promise);
    JsFuture::from(promise)
}

async fn request_names(env: &Env, have: &str) -> worker::Result<Option<NameList>> {
    let path = format!("{NAMES_PATH}?have={have}");
    match object::send(env, CATALOG, ObjectRequest::get(&path)).await? {
        (200, text) => {
            NameList::parse(&text).map(Some).ok_or_else(|| Error::RustError("the names cannot be read".to_owned()))
        }
        (204, _) => Ok(None),
        (status, _) => Err(Error::RustError(format!("unexpected status {status}"))),
    }
}

/// Asks the catalog for one name, whatever this isolate knows; an operator's event may be a moment old.
pub(crate) async fn find(env: &Env, event: &EventName) -> Lookup {
    let path = Route::Event(event.clone()).path();
    let answer = clock::within(WAIT, object::send(env, CATALOG, ObjectRequest::get(&path))).await;
    let now = clock::now();
    match answer {
        Some(Ok((200, _))) => {
            names(|names| names.handle_found(event, now));
            Lookup::Exists
        }
        Some(Ok((404, coverage))) if coverage == Coverage::Complete.as_str() => {
            names(|names| names.handle_absent(event, now));
            Lookup::Missing
        }
        Some(Ok(_)) => Lookup::Unknown,
        Some(Err(error)) => {
            worker::console_error!("the list of events does not answer: {error}");
            Lookup::Unknown
        }
        None => {
            worker::console_error!("the list of events does not answer in time");
            Lookup::Unknown
        }
    }
}

/// Returns what is known of an operator's event: nothing is believed to be missing that the catalog was not just asked for.
pub(crate) async fn lookup(env: &Env, event: &EventName) -> Lookup {
    if is_default(env, event) || names(|names| names.lookup(event, clock::now())) == Lookup::Exists {
        return Lookup::Exists;
    }
    find(env, event).await
}

/// Notes that an event's object said that the event does not exist.
pub(crate) fn handle_missing(event: &EventName) {
    names(|names| names.handle_absent(event, clock::now()));
}

/// Tells the catalog of an event.
pub(crate) async fn put(env: &Env, event: &EventName, entry: Entry) -> worker::Result<()> {
    let path = format!("{}?{}", Route::Event(event.clone()).path(), entry.as_str());
    change(env, "PUT", &path).await?;
    names(|names| names.handle_found(event, clock::now()));
    Ok(())
}

/// Removes a deleted event.
pub(crate) async fn remove(env: &Env, event: &EventName) -> worker::Result<()> {
    change(env, "DELETE", &Route::Event(event.clone()).path()).await?;
    handle_missing(event);
    Ok(())
}

async fn change(env: &Env, method: &str, path: &str) -> worker::Result<()> {
    let request = ObjectRequest { method, ..ObjectRequest::get(path) };
    match clock::within(CHANGE_WAIT, object::send(env, CATALOG, request)).await {
        Some(Ok((204, _))) => Ok(()),
        Some(Ok((status, _))) => Err(Error::RustError(format!("unexpected status {status}"))),
        Some(Err(error)) => Err(error),
        None => Err(Error::RustError("no answer in time".to_owned())),
    }
}

/// Returns the list of events, with the `query` of the request for it.
pub(crate) async fn list(env: &Env, query: &str) -> Result<EventList, Problem> {
    let listed = object::send(env, CATALOG, ObjectRequest::get(&format!("{}?{query}", Route::Events.path()))).await;
    let read = listed.and_then(|(status, text)| match status {
        200 => Ok(json::read(text.as_bytes())?),
        _ => Err(Error::RustError(format!("unexpected status {status}"))),
    });
    read.map_err(|error| unavailable("the list of events", &error))
}
