//! The object that lists the events. An event is registered here before it is made, and removed after it is deleted, so
//! that what is not listed does not exist.
//!
//! Earlier versions added an event after it was made, and went on if that failed. Where they ran, the list says for a
//! week that it is partial; meanwhile every event's object that runs registers itself.

use downbeat_core::{EventName, ServerTime, Span};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::route::ALL;
use downbeat_wire::{EventList, ListedEvent, Route, json};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use worker::{DurableObject, Env, Request, Response, Result, SqlStorage, SqlStorageValue, State, durable_object};

use crate::catalog::{Entry, NAMES_PATH};
use crate::clock;
use crate::log_key;
use crate::names::{Coverage, LIST_MAX};
use crate::reply::{Readers, Reply, unavailable};
use crate::request::Target;
use crate::runtime::random_hex;
use crate::store::integer;

/// How long the list of a server that ran an earlier version stays partial: 7 days.
///
/// Reason: in a week an event that is still in use is asked for, be it by its operators, and registers itself.
const BACKFILL: Span = Span::from_millis(7 * 24 * 3_600_000);

/// `events` are those that were made; `reserved` those that are about to be; `archived` those that are not in the list.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS events (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS reserved (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS archived (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS complete (one INTEGER PRIMARY KEY CHECK (one = 1), since INTEGER NOT NULL);
";

/// The names of all events.
#[durable_object(fetch)]
pub struct CatalogDo {
    sql: SqlStorage,
    /// This object's life, and how often the list has changed in it: the version of the names.
    life: String,
    changes: Cell<u64>,
    /// The names as they are sent; `None` after a change.
    names: RefCell<Option<Rc<Names>>>,
}

/// All names, as they are sent.
struct Names {
    count: usize,
    /// A line for each name; empty if there are too many.
    text: String,
}

impl DurableObject for CatalogDo {
    fn new(state: State, _env: Env) -> Self {
        let sql = state.storage().sql();
        Self { sql, life: random_hex(), changes: Cell::default(), names: RefCell::default() }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let request = request.inner();
        let url = request.url();
        let target = Target::of(&url);
        if (request.method().as_str(), target.path) == ("GET", log_key::KEY_PATH) {
            return Ok(log_key::stored(&self.sql).await?.into_response(Readers::Operators, false).into());
        }
        let reply = match (request.method().as_str(), Route::parse(target.path)) {
            ("GET", None) if target.path == NAMES_PATH => self.names(target.parameter("have").unwrap_or_default()),
            ("GET", Some(Route::Event(event))) => self.find(&event),
            ("PUT", Some(Route::Event(event))) => self.add(&event, Entry::of(&target)),
            ("DELETE", Some(Route::Event(event))) => self.remove(&event),
            ("GET", Some(Route::Events)) => self.list(target.has(ALL)),
            _ => Ok(Problem::new(Code::UnknownPath, "the catalog has nothing at this path").into()),
        };
        let reply = reply.unwrap_or_else(|error| unavailable("the store of the list of events", &error).into());
        Ok(reply.into_response(Readers::Operators, false).into())
    }
}

impl CatalogDo {
    /// Returns whether an event was ever registered. Otherwise there is no table, and reading makes none.
    fn is_empty(&self) -> Result<bool> {
        Ok(!self.has_table("events")? && !self.has_table("complete")?)
    }

    fn has_table(&self, name: &str) -> Result<bool> {
        let tables = self.sql.exec("SELECT name FROM sqlite_master WHERE name = ?", vec![name.into()])?;
        Ok(tables.raw().next().is_some())
    }

    /// Makes the tables that are missing, and notes from when on the list is complete.
    fn make_tables(&self) -> Result<()> {
        if self.has_table("complete")? {
            return Ok(());
        }
        // A list without this note is one of an earlier version.
        let since = if self.is_empty()? { clock::now() } else { clock::now() + BACKFILL };
        self.sql.exec(TABLES, None)?;
        self.sql.exec("INSERT INTO complete (one, since) VALUES (1, ?)", vec![since.as_millis().into()])?;
        Ok(())
    }

    fn add(&self, event: &EventName, entry: Entry) -> Result<Reply> {
        self.make_tables()?;
        let has_changed = match entry {
            Entry::Reserved => self.insert("reserved", event)?,
            Entry::Made => self.insert("events", event)? | self.delete("archived", event)?,
            Entry::Archived => self.insert("events", event)? | self.insert("archived", event)?,
        };
        if has_changed {
            self.handle_change();
        }
        Ok(Reply::empty(204))
    }

    fn remove(&self, event: &EventName) -> Result<Reply> {
        self.make_tables()?;
        for table in ["events", "reserved", "archived"] {
            self.delete(table, event)?;
        }
        self.handle_change();
        Ok(Reply::empty(204))
    }

    fn insert(&self, table: &str, event: &EventName) -> Result<bool> {
        let query = format!("INSERT INTO {table} VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING name");
        let bindings = vec![event.as_str().into(), clock::now().as_millis().into()];
        Ok(self.sql.exec(&query, bindings)?.raw().next().is_some())
    }

    fn delete(&self, table: &str, event: &EventName) -> Result<bool> {
        let query = format!("DELETE FROM {table} WHERE name = ? RETURNING name");
        Ok(self.sql.exec(&query, vec![event.as_str().into()])?.raw().next().is_some())
    }

    fn handle_change(&self) {
        self.changes.set(self.changes.get() + 1);
        self.names.take();
    }

    /// Returns 200 if there is an event of this name, otherwise 404 with what that is worth.
    fn find(&self, event: &EventName) -> Result<Reply> {
        let names = "SELECT name FROM events WHERE name = ?1 UNION SELECT name FROM reserved WHERE name = ?1";
        let exists = !self.is_empty()? && {
            self.make_tables()?;
            self.sql.exec(names, vec![event.as_str().into()])?.raw().next().is_some()
        };
        Ok(Reply::json(if exists { 200 } else { 404 }, self.coverage()?.as_str().to_owned()))
    }

    /// Returns all names, for isolates; 204 if they are those of the version `have`.
    fn names(&self, have: &str) -> Result<Reply> {
        let cached = self.names.borrow().clone();
        let names = match cached {
            Some(names) => names,
            None => self.names.borrow_mut().insert(Rc::new(self.read_names()?)).clone(),
        };
        let coverage = if names.count > LIST_MAX { Coverage::TooMany } else { self.coverage()? };
        // What the list is worth changes by itself, and is therefore part of its version.
        let version = format!("{}.{}.{}", self.life, self.changes.get(), coverage.as_str());
        if version == have {
            return Ok(Reply::empty(204));
        }
        Ok(Reply::json(200, format!("{version} {}\n{}", coverage.as_str(), names.text)))
    }

    fn read_names(&self) -> Result<Names> {
        let mut names = Names { count: 0, text: String::new() };
        if self.is_empty()? {
            return Ok(names);
        }
        self.make_tables()?;
        let query = format!("SELECT name FROM events UNION SELECT name FROM reserved LIMIT {}", LIST_MAX + 1);
        for row in self.sql.exec(&query, None)?.raw() {
            if let [SqlStorageValue::String(name)] = row?.as_slice() {
                names.count += 1;
                names.text.extend([name, "\n"]);
            }
        }
        if names.count > LIST_MAX {
            names.text.clear();
        }
        Ok(names)
    }

    /// Returns what it means that a name is not listed.
    fn coverage(&self) -> Result<Coverage> {
        if self.is_empty()? {
            return Ok(Coverage::Complete);
        }
        self.make_tables()?;
        let row = self.sql.exec("SELECT since FROM complete", None)?.raw().next().transpose()?;
        let since = row.as_deref().and_then(<[_]>::first).map(integer).map(ServerTime::from_millis);
        Ok(if since.is_some_and(|since| since <= clock::now()) { Coverage::Complete } else { Coverage::Partial })
    }

    /// Returns the events that were made, with those that are archived if `all` are wanted.
    fn list(&self, all: bool) -> Result<Reply> {
        let mut list = EventList::default();
        if !self.is_empty()? {
            self.make_tables()?;
            let query = "SELECT name, events.created_at, archived.created_at FROM events LEFT JOIN archived USING (name) ORDER BY name";
            for row in self.sql.exec(query, None)?.raw() {
                if let [SqlStorageValue::String(name), created_at, archived] = row?.as_slice() {
                    let archived = !matches!(archived, SqlStorageValue::Null);
                    let created_at = ServerTime::from_millis(integer(created_at));
                    let listed = name.parse().map(|name| ListedEvent { name, created_at, archived });
                    list.events.extend(listed.into_iter().filter(|event| all || !event.archived));
                }
            }
        }
        Ok(Reply::json(200, json::text(&list)))
    }
}
