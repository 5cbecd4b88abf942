//! One viewer: carries out what its session decides.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;

use downbeat_api::clock;
use downbeat_core::clock::WallTime;
use downbeat_core::cueing::CueList;
use downbeat_core::session::{Effect, Failure, Push, Request};
use downbeat_core::{Digest, LocalTime, Seed, Session, Span};
use downbeat_sheet::Rundown;
use downbeat_wire::{Ack, StateBody};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::event_client::{EventClient, TimedAnswer};
use crate::news::{FullState, PushedState};
use crate::observer::{Instruction, Observation, Observer};
use crate::socket::{CloseReason, Frame, Refusal, Socket};

/// Whether the cues of the rundown fire at a viewer. They take memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cues {
    /// They fire.
    Followed,
    /// The rundown is loaded, but no cue fires.
    Ignored,
}

/// One viewer of one event.
pub struct Viewer {
    client: Arc<EventClient>,
    seed: Seed,
    session: Session,
    cues: Cues,
    socket: Option<Socket>,
    opening: Option<Task<Result<Socket, Refusal>>>,
    /// The requests of which only the last counts, as in a page: for time or state, and for the status. A request that is
    /// aborted or replaced is dropped: what still waits for a connection is never sent.
    time_reply: Option<Task<Reply>>,
    status_reply: Option<Task<Reply>>,
    rundowns: FuturesUnordered<Task<Reply>>,
    rundown: Option<Arc<Rundown>>,
    live_url: Option<String>,
    rundown_url: Option<String>,
}

type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a request came to.
enum Reply {
    Time(Result<Box<TimedAnswer>, Failure>),
    State(Result<Box<TimedAnswer>, Failure>),
    Status(Result<Box<FullState>, Failure>),
    Rundown(Digest, Result<Arc<Rundown>, Failure>),
}

/// What a viewer waits for.
enum Wakeup {
    Instruction(Instruction),
    Frame(Frame),
    Opened(Result<Socket, Refusal>),
    Reply(Reply),
    Deadline,
}

impl Viewer {
    /// Creates a viewer that arrives now. `seed` must be its own: it spreads what many viewers do over time.
    pub fn new(client: Arc<EventClient>, seed: Seed, cues: Cues) -> Self {
        let session = Session::new(seed.clone(), None, clock::monotonic());
        Self {
            client,
            seed,
            session,
            cues,
            socket: None,
            opening: None,
            time_reply: None,
            status_reply: None,
            rundowns: FuturesUnordered::new(),
            rundown: None,
            live_url: None,
            rundown_url: None,
        }
    }

    /// Watches until the observer says [`Instruction::Leave`], and returns the session as it was then.
    pub async fn run<O: Observer>(mut self, observer: &mut O) -> Session {
        let timer = tokio::time::sleep_until(clock::instant(self.session.next_deadline()));
        tokio::pin!(timer);
        loop {
            let deadline = clock::instant(self.session.next_deadline());
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            let wakeup = tokio::select! {
                biased;
                frame = next_frame(&mut self.socket) => Wakeup::Frame(frame),
                instruction = observer.next_instruction() => Wakeup::Instruction(instruction),
                () = &mut timer => Wakeup::Deadline,
                opened = finished(&mut self.opening) => Wakeup::Opened(opened),
                reply = finished(&mut self.time_reply) => Wakeup::Reply(reply),
                reply = finished(&mut self.status_reply) => Wakeup::Reply(reply),
                Some(reply) = self.rundowns.next(), if !self.rundowns.is_empty() => Wakeup::Reply(reply),
            };
            let now = clock::monotonic();
            match wakeup {
                Wakeup::Instruction(Instruction::Leave) => return self.session,
                Wakeup::Instruction(Instruction::DropSocket) => {
                    if self.socket.is_some() {
                        self.handle_closed(CloseReason::Dropped, observer, now);
                    }
                }
                Wakeup::Frame(frame) => self.handle_frame(frame, observer, now),
                Wakeup::Opened(opened) => self.handle_opened(opened, observer, now),
                Wakeup::Reply(reply) => self.handle_reply(reply, observer, now),
                Wakeup::Deadline => self.session.handle_tick(now, wall_time()),
            }
            self.perform_effects(observer).await;
        }
    }

    fn handle_frame<O: Observer>(&mut self, frame: Frame, observer: &mut O, now: LocalTime) {
        match frame {
            Frame::Pong(version) => {
                observer.observe(Observation::Ponged, &self.session, now);
                self.session.handle_pong(&version, now);
            }
            Frame::Text(text) => {
                // Later versions of the server may send frames that this one does not know.
                let Some(pushed) = self.client.frames.parse(&text) else { return };
                let PushedState { state, hub, ack } = &*pushed;
                observer.observe(Observation::Pushed(state, *hub), &self.session, now);
                self.handle_urls(&state.body);
                self.session.handle_pushed_time(state.body.server_time, now);
                self.session.handle_push(Push { news: state.news.clone(), hub: *hub, ack: *ack }, now);
            }
            Frame::Closed(code, text) => {
                self.drop_socket(&CloseReason::Closed(code), observer, now);
                self.session.handle_close(code, &text, now);
            }
            Frame::Broken => self.handle_closed(CloseReason::Broken, observer, now),
        }
    }

    fn handle_opened<O: Observer>(&mut self, opened: Result<Socket, Refusal>, observer: &mut O, now: LocalTime) {
        match opened {
            Ok(socket) => self.socket = Some(socket),
            Err(Refusal { reason, wait }) => {
                self.drop_socket(&reason, observer, now);
                match wait {
                    Some(wait) => self.session.handle_refused(wait, now),
                    None => self.session.handle_closed(now),
                }
            }
        }
    }

    fn handle_closed<O: Observer>(&mut self, reason: CloseReason, observer: &mut O, now: LocalTime) {
        self.drop_socket(&reason, observer, now);
        self.session.handle_closed(now);
    }

    fn drop_socket<O: Observer>(&mut self, reason: &CloseReason, observer: &mut O, now: LocalTime) {
        (self.socket, self.opening) = (None, None);
        observer.observe(Observation::Closed(reason), &self.session, now);
    }

    fn handle_reply<O: Observer>(&mut self, reply: Reply, observer: &mut O, now: LocalTime) {
        let (request, failure) = match reply {
            Reply::Time(Ok(answer)) | Reply::State(Ok(answer)) => {
                if let Some(state) = &answer.state {
                    observer.observe(Observation::Answered(state), &self.session, now);
                    self.handle_urls(&state.body);
                }
                self.handle_wait(answer.retry_after, now);
                return self.session.handle_answer(&answer.exchange, answer.news, Some(answer.resync), now);
            }
            Reply::Status(Ok(state)) => {
                observer.observe(Observation::Answered(&state), &self.session, now);
                self.handle_urls(&state.body);
                self.handle_wait(state.body.retry_after, now);
                return self.session.handle_news(state.news, now);
            }
            Reply::Rundown(digest, Ok(rundown)) => {
                observer.observe(Observation::Rundown(&rundown), &self.session, now);
                return self.handle_rundown(digest, rundown, now);
            }
            Reply::Rundown(digest, Err(_)) => return self.session.handle_rundown_failure(digest, now),
            Reply::Time(Err(failure)) => (Request::Time, failure),
            Reply::State(Err(failure)) => (Request::State, failure),
            Reply::Status(Err(failure)) => (Request::Status, failure),
        };
        observer.observe(Observation::Failed, &self.session, now);
        self.session.handle_failure(request, failure, now);
    }

    fn handle_urls(&mut self, state: &StateBody) {
        self.live_url.clone_from(&state.live_url);
        self.rundown_url.clone_from(&state.rundown_url);
    }

    fn handle_wait(&mut self, wait: Option<Span>, now: LocalTime) {
        if let Some(wait) = wait {
            self.session.handle_wait(wait, now);
        }
    }

    fn handle_rundown(&mut self, digest: Digest, rundown: Arc<Rundown>, now: LocalTime) {
        let list = match self.cues {
            Cues::Followed => rundown.cue_list(&self.seed),
            Cues::Ignored => CueList::default(),
        };
        let before = self.rundown.as_deref().map_or(&[][..], Rundown::cues);
        let is_same = |index: usize, other: usize| match (before.get(index), rundown.cues().get(other)) {
            (Some(cue), Some(other)) => cue.says_the_same(other),
            _ => false,
        };
        if self.session.handle_rundown(digest, list, is_same, now) {
            self.rundown = Some(rundown);
        }
    }

    /// Carries out what the session decided.
    async fn perform_effects<O: Observer>(&mut self, observer: &mut O) {
        while let Some(effect) = self.session.poll_effect() {
            let now = clock::monotonic();
            self.session.handle_reading(now);
            observer.observe(Observation::Effect(&effect), &self.session, now);
            match effect {
                Effect::Request(request) => {
                    observer.observe(Observation::Requested, &self.session, now);
                    self.send_request(request);
                }
                Effect::OpenSocket { not } => {
                    observer.observe(Observation::Opening, &self.session, now);
                    let (client, live_url) = (Arc::clone(&self.client), self.live_url.clone());
                    self.opening = Some(Box::pin(async move { client.open_socket(live_url, not).await }));
                }
                Effect::CloseSocket => self.drop_socket(&CloseReason::TimedOut, observer, now),
                Effect::Ping => {
                    observer.observe(Observation::Pinged, &self.session, now);
                    self.send_ping(observer).await;
                }
                Effect::Ack { rev, applied_at, bound, lacks_rundown } => {
                    observer.observe(Observation::Acknowledged, &self.session, now);
                    // Of the emergency nothing is said: it is for pages, whom this viewer stands for or is not one of.
                    let ack = Ack::new(rev, applied_at).within(bound);
                    self.send_ack(if lacks_rundown { ack.without_rundown() } else { ack }, observer).await;
                }
                Effect::LoadRundown { digest, failures } => {
                    let (client, url) = (Arc::clone(&self.client), self.rundown_url.clone());
                    let load =
                        async move { Reply::Rundown(digest, client.rundown(digest, url.as_deref(), failures).await) };
                    self.rundowns.push(Box::pin(load));
                }
                Effect::AbortRequest => self.time_reply = None,
                // Signed states are in stores, and viewers that measure a server do not load those.
                Effect::CheckEmergency
                | Effect::SubmitEmergency
                | Effect::State { .. }
                | Effect::Status { .. }
                | Effect::Message(_)
                | Effect::Connection(_)
                | Effect::Clock(_)
                | Effect::Cue(_) => {}
            }
        }
    }

    fn send_request(&mut self, request: Request) {
        let client = Arc::clone(&self.client);
        let (slot, reply): (_, Task<Reply>) = match request {
            Request::Time => {
                (&mut self.time_reply, Box::pin(async move { Reply::Time(client.time().await.map(Box::new)) }))
            }
            Request::State => {
                (&mut self.time_reply, Box::pin(async move { Reply::State(client.state().await.map(Box::new)) }))
            }
            Request::Status => {
                (&mut self.status_reply, Box::pin(async move { Reply::Status(client.status().await.map(Box::new)) }))
            }
        };
        *slot = Some(reply);
    }

    async fn send_ping<O: Observer>(&mut self, observer: &mut O) {
        let Some(socket) = &mut self.socket else { return };
        if let Err(reason) = socket.ping().await {
            self.handle_closed(reason, observer, clock::monotonic());
        }
    }

    async fn send_ack<O: Observer>(&mut self, ack: Ack, observer: &mut O) {
        let Some(socket) = &mut self.socket else { return };
        let text = serde_json::to_string(&ack).expect("an ack has only text for keys");
        if let Err(reason) = socket.send(text).await {
            self.handle_closed(reason, observer, clock::monotonic());
        }
    }
}

/// Returns this machine's wall clock, which a session only watches for jumps.
fn wall_time() -> WallTime {
    WallTime::from_millis(clock::wall().as_millis())
}

async fn next_frame(socket: &mut Option<Socket>) -> Frame {
    match socket {
        Some(socket) => socket.next().await,
        None => pending().await,
    }
}

/// Waits for the task, if there is one, and removes it.
async fn finished<T>(task: &mut Option<Task<T>>) -> T {
    let result = match task {
        Some(task) => task.await,
        None => pending().await,
    };
    *task = None;
    result
}
