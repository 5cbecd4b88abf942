//! The object that lists the events. No event depends on it.

use downbeat_core::{EventName, ServerTime};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{EventList, ListedEvent, Route, json};
use worker::{DurableObject, Env, Request, Response, Result, SqlStorage, SqlStorageValue, State, durable_object};

use crate::clock;
use crate::object::{self, Object, ObjectRequest};
use crate::reply::{Readers, Reply, unavailable};
use crate::request::Target;
use crate::store::integer;

/// The names of all events.
#[durable_object(fetch)]
pub struct CatalogDo {
    sql: SqlStorage,
}

impl DurableObject for CatalogDo {
    fn new(state: State, _env: Env) -> Self {
        Self { sql: state.storage().sql() }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let request = request.inner();
        let url = request.url();
        let reply = match (request.method().as_str(), Route::parse(Target::of(&url).path)) {
            ("PUT", Some(Route::Event(event))) => self.add(&event),
            ("GET", Some(Route::Events)) => self.list(),
            _ => Ok(Problem::new(Code::UnknownPath, "the catalog has nothing at this path").into()),
        };
        Ok(reply?.into_response(Readers::Operators, false).into())
    }
}

impl CatalogDo {
    fn add(&self, event: &EventName) -> Result<Reply> {
        self.sql
            .exec("CREATE TABLE IF NOT EXISTS events (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL)", None)?;
        self.sql.exec(
            "INSERT INTO events (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            vec![event.as_str().into(), clock::now().as_millis().into()],
        )?;
        Ok(Reply::empty(204))
    }

    fn list(&self) -> Result<Reply> {
        let tables = self.sql.exec("SELECT name FROM sqlite_master WHERE name = 'events'", None)?;
        let mut list = EventList::default();
        if tables.raw().next().is_some() {
            for row in self.sql.exec("SELECT name, created_at FROM events ORDER BY name", None)?.raw() {
                if let [SqlStorageValue::String(name), created_at] = row?.as_slice() {
                    let created_at = ServerTime::from_millis(integer(created_at));
                    list.events.extend(name.parse().map(|name| ListedEvent { name, created_at }));
                }
            }
        }
        Ok(Reply::json(200, json::text(&list)))
    }
}

/// The only object of its class.
const CATALOG: Object<'_> = Object { binding: "CATALOG", name: "catalog", region: None };

/// Adds an event that was just created. If that fails, the event exists all the same; it is only missing from the list.
pub(crate) async fn add(env: &Env, event: &EventName) {
    let path = Route::Event(event.clone()).path();
    if let Err(error) = object::send(env, CATALOG, ObjectRequest { method: "PUT", ..ObjectRequest::get(&path) }).await {
        worker::console_error!("event {event} is missing from the catalog: {error}");
    }
}

/// Returns the list of events.
pub(crate) async fn list(env: &Env) -> core::result::Result<Reply, Problem> {
    let listed = object::send(env, CATALOG, ObjectRequest::get(&Route::Events.path())).await;
    listed.map(|(_, text)| Reply::json(200, text)).map_err(|error| unavailable("the list of events", &error))
}
