//! What a room's object saves: its state, and the receipts of the newest gestures.

use downbeat_core::room::{GestureReceipt, MemberId, RESUME_MAX};
use downbeat_core::{CommandId, EventState, Rev, ServerTime};
use downbeat_wire::room::{action_text, parse_action};
use worker::{Error, Result, SqlStorage, SqlStorageValue, State};

use crate::store::integer;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS room (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        json TEXT NOT NULL,
        token TEXT -- the id of the token it was made with
    );
    CREATE TABLE IF NOT EXISTS receipts (
        place INTEGER PRIMARY KEY,
        id TEXT UNIQUE,
        action TEXT NOT NULL,
        rev INTEGER NOT NULL,
        effective_at INTEGER NOT NULL
    );
";

/// Who has been in the room, by id; apart from the others, since a room that an earlier version made has them already.
const MEMBERS: &str = "
    CREATE TABLE IF NOT EXISTS members (
        id TEXT PRIMARY KEY,
        left_at INTEGER -- NULL while in the room
    );
";

/// How many receipts are kept: 256. A repetition that comes after so many gestures of others is refused as stale: at five a
/// second they take longer than a gesture stays fresh.
const RECEIPTS_MAX: i64 = 256;

/// The SQLite database of one room. Every call is synchronous, and what is written between two waits is written as a whole.
pub(crate) struct RoomStore(SqlStorage);

impl RoomStore {
    pub(crate) fn new(state: &State) -> Self {
        Self(state.storage().sql())
    }

    /// Returns the state; `None` if the room was never made, or has been deleted. Reading writes nothing.
    pub(crate) fn state(&self) -> Result<Option<EventState>> {
        if self.row("SELECT name FROM sqlite_master WHERE name = 'room'", vec![])?.is_none() {
            return Ok(None);
        }
        match self.row("SELECT json FROM room", vec![])?.as_deref() {
            Some([SqlStorageValue::String(json)]) => {
                EventState::from_stored(json).map(Some).map_err(|error| Error::RustError(error.to_string()))
            }
            _ => Ok(None),
        }
    }

    /// Saves a room that was just made, with the id of the token it was made with.
    pub(crate) fn create(&self, state: &EventState, token: Option<String>) -> Result<()> {
        let json = serde_json::to_string(state)?;
        self.0.exec(TABLES, None)?;
        self.0.exec(MEMBERS, None)?;
        self.0.exec("INSERT INTO room (one, json, token) VALUES (1, ?, ?)", vec![json.into(), token.into()])?;
        Ok(())
    }

    /// Saves the state, with the receipt of the gesture that made it.
    pub(crate) fn save(&self, state: &EventState, receipt: Option<&GestureReceipt>) -> Result<()> {
        let json = serde_json::to_string(state)?;
        if let Some(GestureReceipt { id, action, rev, effective_at }) = receipt {
            self.0.exec(
                "INSERT INTO receipts (id, action, rev, effective_at) VALUES (?, ?, ?, ?)",
                vec![
                    id.as_str().into(),
                    action_text(action).into(),
                    SqlStorageValue::Integer(rev.number() as i64),
                    effective_at.as_millis().into(),
                ],
            )?;
            let kept = SqlStorageValue::Integer(RECEIPTS_MAX);
            self.0.exec("DELETE FROM receipts WHERE place <= (SELECT max(place) FROM receipts) - ?", vec![kept])?;
        }
        self.0.exec("UPDATE room SET json = ?", vec![json.into()])?;
        Ok(())
    }

    /// Returns the receipt of the gesture with this id, if it was applied lately.
    pub(crate) fn receipt(&self, id: &CommandId) -> Result<Option<GestureReceipt>> {
        let row = self.row("SELECT action, rev, effective_at FROM receipts WHERE id = ?", vec![id.as_str().into()])?;
        let Some([SqlStorageValue::String(action), rev, effective_at]) = row.as_deref() else { return Ok(None) };
        Ok(Some(GestureReceipt {
            id: id.clone(),
            action: parse_action(action).map_err(|problem| Error::RustError(problem.detail))?,
            rev: Rev::new(integer(rev).unsigned_abs()),
            effective_at: ServerTime::from_millis(integer(effective_at)),
        }))
    }

    /// Notes that members that are not among `present` have left, if that was not noted: the runtime ended with their sockets.
    pub(crate) fn restore_members(&self, present: &[MemberId], now: ServerTime) -> Result<()> {
        self.0.exec(MEMBERS, None)?;
        for row in self.0.exec("SELECT id FROM members WHERE left_at IS NULL", None)?.raw().collect::<Vec<_>>() {
            let id = match row?.into_iter().next() {
                Some(SqlStorageValue::String(id)) => id.parse::<MemberId>().ok(),
                _ => None,
            };
            if let Some(id) = id.filter(|id| !present.contains(id)) {
                self.note_left(id, now)?;
            }
        }
        Ok(())
    }

    /// Notes that a member has come, and forgets those that are not known again.
    pub(crate) fn note_come(&self, member: MemberId, now: ServerTime) -> Result<()> {
        self.0.exec("DELETE FROM members WHERE left_at < ?", vec![(now - RESUME_MAX).as_millis().into()])?;
        self.0.exec("INSERT OR REPLACE INTO members (id) VALUES (?)", vec![member.to_string().into()])?;
        Ok(())
    }

    /// Notes that a member has left.
    pub(crate) fn note_left(&self, member: MemberId, now: ServerTime) -> Result<()> {
        let bindings = vec![now.as_millis().into(), member.to_string().into()];
        self.0.exec("UPDATE members SET left_at = ? WHERE id = ?", bindings)?;
        Ok(())
    }

    /// Returns when a member left, if it did.
    pub(crate) fn left_at(&self, member: MemberId) -> Result<Option<ServerTime>> {
        let row = self.row("SELECT left_at FROM members WHERE id = ?", vec![member.to_string().into()])?;
        Ok(match row.as_deref() {
            Some([SqlStorageValue::Null]) | None => None,
            Some(row) => row.first().map(|at| ServerTime::from_millis(integer(at))),
        })
    }

    /// Returns whether the room was made with a token.
    pub(crate) fn has_token(&self) -> Result<bool> {
        Ok(matches!(self.row("SELECT token FROM room", vec![])?.as_deref(), Some([SqlStorageValue::String(_)])))
    }

    fn row(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<Vec<SqlStorageValue>>> {
        self.0.exec(query, bindings)?.raw().next().transpose()
    }
}
