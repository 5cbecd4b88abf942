//! The last state of each event that this machine received, kept for a server outage.

use std::path::{Path, PathBuf};

use downbeat_api::{ServerUrl, clock};
use downbeat_core::{EventName, ServerTime};
use downbeat_wire::StateBody;
use serde::{Deserialize, Serialize};

use crate::state_folder::{self, folder, read, write};

/// The last state of an event that this machine received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    /// The server that sent it.
    pub(crate) server: String,
    /// When it arrived, by this machine's wall clock. Compared with the state's `serverTime`, it shows how wrong that clock is.
    #[serde(rename = "heardAt")]
    pub(crate) received_at: ServerTime,
    /// The state.
    pub(crate) state: StateBody,
}

impl Snapshot {
    /// Returns the server's time at `wall`, an instant by this machine's wall clock.
    pub(crate) fn server_time(&self, wall: ServerTime) -> ServerTime {
        self.state.server_time + (wall - self.received_at)
    }
}

/// Saves a state unless a newer one is saved already. A failure to save is ignored: the command itself succeeded.
pub(crate) fn remember(server: &ServerUrl, state: &StateBody) {
    let Some(file) = folder().map(|folder| file(&folder, server, &state.event)) else { return };
    let snapshot = Snapshot { server: server.to_string(), received_at: clock::wall(), state: state.clone() };
    if read(&file).is_none_or(|before: Snapshot| replaces(&snapshot.state, &before.state)) {
        let _ = write(&file, &snapshot);
    }
}

/// Returns the last state of an event; `None` if this machine never received one.
pub(crate) fn recall(server: &ServerUrl, event: &EventName) -> Option<Snapshot> {
    read(&file(&folder()?, server, event))
}

/// Returns whether a state replaces the saved one: a response may come from a copy that is behind.
fn replaces(state: &StateBody, before: &StateBody) -> bool {
    state.epoch != before.epoch || state.rev >= before.rev
}

/// Returns the file of an event's last state.
fn file(folder: &Path, server: &ServerUrl, event: &EventName) -> PathBuf {
    state_folder::file(folder, "known", server, event.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Rev, Span};

    fn state() -> StateBody {
        serde_json::from_str(include_str!("../../wire/fixtures/state.json")).unwrap()
    }
    fn snapshot(rev: u64) -> Snapshot {
        let state = StateBody { rev: Rev::new(rev), ..state() };
        let received_at = state.server_time - Span::from_millis(250);
        Snapshot { server: "https://downbeat.example.com".to_owned(), received_at, state }
    }

    #[test]
    fn a_saved_snapshot_is_read_back_and_its_time_goes_on_by_this_machines_clock() {
        let folder = std::env::temp_dir().join(format!("downbeat-known-{}", std::process::id()));
        let server = "https://downbeat.example.com".parse().unwrap();
        let file = file(&folder, &server, &state().event);
        assert_eq!(read::<Snapshot>(&file), None);
        write(&file, &snapshot(5)).unwrap();
        write(&file, &snapshot(6)).unwrap();
        let read: Snapshot = read(&file).unwrap();
        assert_eq!(read, snapshot(6));
        assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
        std::fs::remove_dir_all(&folder).unwrap();
        let minute = Span::from_millis(60_000);
        assert_eq!(read.server_time(read.received_at + minute), state().server_time + minute);
    }

    #[test]
    fn an_older_answer_does_not_take_the_place_of_a_newer_one() {
        let at = |rev| StateBody { rev: Rev::new(rev), ..state() };
        assert!(replaces(&at(6), &at(5)) && replaces(&at(5), &at(5)) && !replaces(&at(4), &at(5)));
        let anew = StateBody { epoch: "another".parse().unwrap(), ..at(1) };
        assert!(replaces(&anew, &at(5)));
    }

    #[test]
    fn servers_do_not_share_snapshots() {
        let file = |server: &str| file(Path::new("/s"), &server.parse().unwrap(), &"main".parse().unwrap());
        assert_ne!(file("http://127.0.0.1:1"), file("http://127.0.0.1:2"));
        assert!(file("http://127.0.0.1:1").ends_with("main.json"));
    }
}
