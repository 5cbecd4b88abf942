//! The object that knows which events there are. Nothing an event needs depends on it.

use downbeat_core::{EventName, ServerTime};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{EventList, ListedEvent, Route};
use serde::Deserialize;
use worker::{
    DurableObject, Env, Method, Request, RequestInit, Response, Result, SqlStorage, State, Stub, durable_object,
};

use crate::clock;
use crate::public::TEXT_KEYS;
use crate::reply::{Readers, Reply, unavailable};
use crate::request::Target;

/// The names of all events.
#[durable_object(fetch)]
pub struct CatalogDo {
    sql: SqlStorage,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    created_at: f64,
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
        self.sql.exec("CREATE TABLE IF NOT EXISTS events (name TEXT PRIMARY KEY, created_at REAL NOT NULL)", None)?;
        self.sql.exec(
            "INSERT INTO events (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            vec![event.as_str().into(), (clock::now().as_millis() as f64).into()],
        )?;
        Ok(Reply::empty(204))
    }

    fn list(&self) -> Result<Reply> {
        let tables = self.sql.exec("SELECT name FROM sqlite_master WHERE name = 'events'", None)?;
        let mut list = EventList::default();
        if tables.raw().next().is_some() {
            let rows: Vec<Row> =
                self.sql.exec("SELECT name, created_at FROM events ORDER BY name", None)?.to_array()?;
            for row in rows {
                let created_at = ServerTime::from_millis(row.created_at as i64);
                list.events.extend(row.name.parse().map(|name| ListedEvent { name, created_at }));
            }
        }
        Ok(Reply::json(200, serde_json::to_string(&list).expect(TEXT_KEYS)))
    }
}

fn stub(env: &Env) -> Result<Stub> {
    env.durable_object("CATALOG")?.get_by_name("catalog")
}

/// Adds an event that was just made. If that fails the event exists all the same; it is only missing in the list.
pub(crate) async fn add(env: &Env, event: &EventName) {
    let added = async {
        let url = format!("https://catalog{}", Route::Event(event.clone()).path());
        let request = Request::new_with_init(&url, RequestInit::new().with_method(Method::Put))?;
        stub(env)?.fetch_with_request(request).await
    };
    if let Err(error) = added.await {
        worker::console_error!("event {event} is missing in the catalog: {error}");
    }
}

/// Gives the events there are.
pub(crate) async fn list(env: &Env) -> core::result::Result<Reply, Problem> {
    let listed = async {
        let url = format!("https://catalog{}", Route::Events.path());
        stub(env)?.fetch_with_str(&url).await?.text().await
    };
    listed.await.map(|text| Reply::json(200, text)).map_err(|error| unavailable("the list of events", &error))
}
