//! Gathers updates and passes them to the view.

use std::sync::Arc;

use downbeat_api::{Client, clock};
use downbeat_core::{Digest, EventName, Seed, Span};
use downbeat_viewer::{Cues, EventClient, Viewer};
use tokio::sync::{mpsc, watch};

use super::model::Model;
use super::notes::Notes;
use super::observer::UpdateSender;
use super::poll;
use super::update::Update;
use super::view::View;
use crate::error::Error;

/// The time between two ticks of the view: 100 ms.
const TICK: std::time::Duration = std::time::Duration::from_millis(100);

/// Follows `event` until the view ends it, or until `at_most` has passed. `operator` has a token: it is asked for the
/// audience, the log and the crew's notes.
///
/// # Errors
/// [`Error`] if the server's name is unknown.
pub(crate) async fn follow(
    server: &Client,
    operator: Option<Client>,
    event: &EventName,
    model: &mut Model,
    view: &mut dyn View,
    at_most: Option<Span>,
) -> Result<(), Error> {
    let (sender, mut updates) = mpsc::unbounded_channel();
    let (changed, changes) = watch::channel(());
    let client = Arc::new(EventClient::connect(server.url(), event.clone()).await?);
    let viewer = Viewer::new(client, Seed::from_parts(&[&downbeat_api::random::<16>()?]), Cues::Ignored);
    let mut observer = UpdateSender::new(sender.clone());
    tokio::spawn(async move { viewer.run(&mut observer).await });
    let operator = operator.map(Arc::new);
    let notes = operator.clone().map(|operator| (operator, sender.clone()));
    match operator {
        Some(operator) => {
            tokio::spawn(poll::AUDIENCE.run(Arc::clone(&operator), event.clone(), sender.clone(), changes.clone()));
            tokio::spawn(poll::LOG.run(operator, event.clone(), sender, changes));
        }
        None => {
            let why = "no token: who is connected and the log are for operators".to_owned();
            let _ = sender.send(Update::Audience(Err(why.clone())));
            let _ = sender.send(Update::Log(Err(why)));
        }
    }
    let until = at_most.map(|at_most| clock::monotonic() + at_most);
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            Some(update) = updates.recv() => {
                model.apply(update.clone());
                if matches!(update, Update::State { .. }) {
                    // Without an operator nobody receives it.
                    let _ = changed.send(());
                }
                if let (Update::Rundown(rundown), Some((operator, sender))) = (&update, &notes) {
                    tokio::spawn(read_notes(Arc::clone(operator), event.clone(), rundown.digest(), sender.clone()));
                }
                view.handle_update(&update, model);
            }
            _ = ticks.tick() => {
                if view.handle_tick(model).is_break() || until.is_some_and(|until| until <= clock::monotonic()) {
                    return Ok(());
                }
            }
        }
    }
}

/// Reads what the server has for the crew about a rundown. That a token may not read it, or that it cannot be read just now, is no
/// reason to say anything: the rest of what is shown does not depend on it.
async fn read_notes(operator: Arc<Client>, event: EventName, rundown: Digest, sender: mpsc::UnboundedSender<Update>) {
    if let Ok(notes) = operator.notes(&event, rundown).await {
        let _ = sender.send(Update::Notes(Notes::stored(rundown, notes)));
    }
}
