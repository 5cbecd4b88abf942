//! One viewer: does what its session decides.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use downbeat_core::clock::WallTime;
use downbeat_core::session::{Effect, Failure, Push, Question};
use downbeat_core::{Digest, LocalTime, Rev, Seed, ServerTime, Session};
use downbeat_sheet::Rundown;
use downbeat_wire::Ack;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::event_client::{Timed, Venue, cue_list};
use super::news::{Pushed, Told};
use super::socket::{Frame, Loss, Socket};
use crate::clock;

/// What happened to a viewer, for whoever watches.
pub(crate) enum Seen<'a> {
    /// A question was sent.
    Asked,
    /// A question had no answer.
    Failed,
    /// A whole state came as an answer.
    Answered(&'a Told),
    /// A socket is being opened.
    Opening,
    /// A state came through the socket.
    Pushed(&'a Told, u16),
    /// The socket is gone.
    Lost(&'a Loss),
    /// The socket was asked whether it is there.
    Pinged,
    /// It is.
    Ponged,
    /// A change was acknowledged.
    Acked,
    /// A rundown came.
    Rundown(&'a Arc<Rundown>),
    /// The session decided this.
    Effect(&'a Effect),
}

/// Watches a viewer.
pub(crate) trait Witness {
    /// Takes in what happened at `now`.
    fn witness(&mut self, seen: Seen<'_>, session: &Session, now: LocalTime);

    /// Waits for what is wanted of the viewer from outside. Nothing is lost if it is no longer waited for.
    fn wanted(&mut self, session: &Session) -> impl Future<Output = Act> + Send;
}

/// What may be wanted of a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Lose the connection as if the network broke.
    Drop,
    /// Look whether anything else is to be done by now.
    Look,
    /// Leave.
    Leave,
}

/// One viewer of one event.
pub(crate) struct Viewer {
    venue: Arc<Venue>,
    seed: Seed,
    session: Session,
    /// Whether the cues of the rundown fire here; they take memory.
    follows_cues: bool,
    socket: Option<Socket>,
    opening: Option<Opening>,
    replies: FuturesUnordered<Pin<Box<dyn Future<Output = Reply> + Send>>>,
    rundown: Option<Arc<Rundown>>,
    live_url: Option<String>,
}

type Opening = Pin<Box<dyn Future<Output = Result<Socket, Loss>> + Send>>;

enum Reply {
    Time(Result<Box<Timed>, Failure>),
    State(Result<Box<Timed>, Failure>),
    Status(Result<Box<Told>, Failure>),
    Rundown(Digest, Result<Arc<Rundown>, Failure>),
}

/// What a viewer waits for.
enum Turn {
    Act(Act),
    Frame(Frame),
    Opened(Result<Socket, Loss>),
    Reply(Reply),
    Tick,
}

impl Viewer {
    /// Returns a viewer who comes now. `seed` is their own.
    pub(crate) fn new(venue: Arc<Venue>, seed: Seed, follows_cues: bool) -> Self {
        let session = Session::new(seed.clone(), None, clock::monotonic());
        Self {
            venue,
            seed,
            session,
            follows_cues,
            socket: None,
            opening: None,
            replies: FuturesUnordered::new(),
            rundown: None,
            live_url: None,
        }
    }

    /// Watches until the witness wants to leave; gives what the session knew in the end.
    pub(crate) async fn run<W: Witness>(mut self, witness: &mut W) -> Session {
        let timer = tokio::time::sleep_until(clock::instant(self.session.next_deadline()));
        tokio::pin!(timer);
        loop {
            let deadline = clock::instant(self.session.next_deadline());
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            let turn = tokio::select! {
                biased;
                frame = next_frame(&mut self.socket) => Turn::Frame(frame),
                act = witness.wanted(&self.session) => Turn::Act(act),
                () = &mut timer => Turn::Tick,
                opened = next_opened(&mut self.opening) => Turn::Opened(opened),
                Some(reply) = self.replies.next(), if !self.replies.is_empty() => Turn::Reply(reply),
            };
            let now = clock::monotonic();
            match turn {
                Turn::Act(Act::Leave) => return self.session,
                Turn::Act(Act::Look) => {}
                Turn::Act(Act::Drop) if self.socket.is_some() => self.lose(Loss::Dropped, witness, now),
                Turn::Act(Act::Drop) => {}
                Turn::Frame(frame) => self.handle_frame(frame, witness, now),
                Turn::Opened(opened) => self.handle_opened(opened, witness, now),
                Turn::Reply(reply) => self.handle_reply(reply, witness, now),
                Turn::Tick => {
                    let wall = WallTime::from_millis(clock::wall().as_millis());
                    self.session.handle_tick(now, wall);
                }
            }
            self.act(witness).await;
        }
    }

    fn handle_frame<W: Witness>(&mut self, frame: Frame, witness: &mut W, now: LocalTime) {
        match frame {
            Frame::Pong(version) => {
                witness.witness(Seen::Ponged, &self.session, now);
                self.session.handle_pong(&version, now);
            }
            Frame::Text(text) => {
                // What later versions may say besides is none of this one's business.
                let Some(pushed) = self.venue.frames.read(&text) else { return };
                let Pushed { told, hub, ack } = &*pushed;
                witness.witness(Seen::Pushed(told, *hub), &self.session, now);
                self.live_url.clone_from(&told.state.live_url);
                self.session.handle_push(Push { news: told.news.clone(), hub: *hub, ack: *ack }, now);
            }
            Frame::End(loss) => self.lose(loss, witness, now),
        }
    }

    fn handle_opened<W: Witness>(&mut self, opened: Result<Socket, Loss>, witness: &mut W, now: LocalTime) {
        self.opening = None;
        match opened {
            Ok(socket) => self.socket = Some(socket),
            Err(loss) => self.lose(loss, witness, now),
        }
    }

    fn lose<W: Witness>(&mut self, loss: Loss, witness: &mut W, now: LocalTime) {
        (self.socket, self.opening) = (None, None);
        witness.witness(Seen::Lost(&loss), &self.session, now);
        self.session.handle_closed(now);
    }

    fn handle_reply<W: Witness>(&mut self, reply: Reply, witness: &mut W, now: LocalTime) {
        let (question, failure) = match reply {
            Reply::Time(Ok(timed)) | Reply::State(Ok(timed)) => {
                if let Some(told) = &timed.told {
                    witness.witness(Seen::Answered(told), &self.session, now);
                    self.live_url.clone_from(&told.state.live_url);
                }
                return self.session.handle_answer(&timed.exchange, timed.news, Some(timed.resync), now);
            }
            Reply::Status(Ok(told)) => {
                witness.witness(Seen::Answered(&told), &self.session, now);
                self.live_url.clone_from(&told.state.live_url);
                return self.session.handle_news(told.news, now);
            }
            Reply::Rundown(digest, Ok(rundown)) => {
                witness.witness(Seen::Rundown(&rundown), &self.session, now);
                return self.handle_rundown(digest, rundown, now);
            }
            Reply::Rundown(digest, Err(_)) => return self.session.handle_rundown_failure(digest, now),
            Reply::Time(Err(failure)) => (Question::Time, failure),
            Reply::State(Err(failure)) => (Question::State, failure),
            Reply::Status(Err(failure)) => (Question::Status, failure),
        };
        witness.witness(Seen::Failed, &self.session, now);
        self.session.handle_failure(question, failure, now);
    }

    fn handle_rundown(&mut self, digest: Digest, rundown: Arc<Rundown>, now: LocalTime) {
        let list = cue_list(&rundown, self.follows_cues.then_some(&self.seed));
        let before = self.rundown.as_deref().map_or(&[][..], Rundown::cues);
        let is_same = |index: usize, other: usize| match (before.get(index), rundown.cues().get(other)) {
            (Some(cue), Some(other)) => cue.says_the_same(other),
            _ => false,
        };
        if self.session.handle_rundown(digest, list, is_same, now) {
            self.rundown = Some(rundown);
        }
    }

    /// Does what the session says.
    async fn act<W: Witness>(&mut self, witness: &mut W) {
        while let Some(effect) = self.session.poll_effect() {
            let now = clock::monotonic();
            witness.witness(Seen::Effect(&effect), &self.session, now);
            match effect {
                Effect::Ask(question) => {
                    witness.witness(Seen::Asked, &self.session, now);
                    self.ask(question);
                }
                Effect::OpenSocket { not } => {
                    witness.witness(Seen::Opening, &self.session, now);
                    let (venue, live_url) = (Arc::clone(&self.venue), self.live_url.clone());
                    self.opening = Some(Box::pin(async move { venue.open(live_url, not).await }));
                }
                Effect::CloseSocket => {
                    (self.socket, self.opening) = (None, None);
                    witness.witness(Seen::Lost(&Loss::Silent), &self.session, now);
                }
                Effect::Ping => {
                    witness.witness(Seen::Pinged, &self.session, now);
                    self.send(None, witness).await;
                }
                Effect::Ack { rev, applied_at } => {
                    witness.witness(Seen::Acked, &self.session, now);
                    self.send(Some((rev, applied_at)), witness).await;
                }
                Effect::LoadRundown(digest) => {
                    let venue = Arc::clone(&self.venue);
                    self.replies.push(Box::pin(async move { Reply::Rundown(digest, venue.rundown(digest).await) }));
                }
                // An answer that was given up is fine if it comes all the same; signed states lie in stores, which this
                // is not to load.
                Effect::GiveUp
                | Effect::LookAside
                | Effect::HandIn
                | Effect::State { .. }
                | Effect::Status { .. }
                | Effect::Message(_)
                | Effect::Connection(_)
                | Effect::Clock(_)
                | Effect::Cue(_) => {}
            }
        }
    }

    fn ask(&mut self, question: Question) {
        let venue = Arc::clone(&self.venue);
        self.replies.push(match question {
            Question::Time => Box::pin(async move { Reply::Time(venue.time().await.map(Box::new)) }),
            Question::State => Box::pin(async move { Reply::State(venue.state().await.map(Box::new)) }),
            Question::Status => Box::pin(async move { Reply::Status(venue.status().await.map(Box::new)) }),
        });
    }

    /// Sends an acknowledgement, or the ping.
    async fn send<W: Witness>(&mut self, ack: Option<(Rev, ServerTime)>, witness: &mut W) {
        let Some(socket) = &mut self.socket else { return };
        let sent = match ack {
            None => socket.ping().await,
            Some((rev, applied_at)) => {
                let text = serde_json::to_string(&Ack::new(rev, applied_at)).expect("an ack has only text for keys");
                socket.send(text).await
            }
        };
        if let Err(loss) = sent {
            self.lose(loss, witness, clock::monotonic());
        }
    }
}

async fn next_frame(socket: &mut Option<Socket>) -> Frame {
    match socket {
        Some(socket) => socket.next().await,
        None => std::future::pending().await,
    }
}

async fn next_opened(opening: &mut Option<Opening>) -> Result<Socket, Loss> {
    match opening {
        Some(opening) => opening.await,
        None => std::future::pending().await,
    }
}
