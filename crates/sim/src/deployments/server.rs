//! One deployment: the event's object with its storage, and a hub.

use downbeat_core::event::{Configuration, EventState};
use downbeat_core::fanout::Hub;
use downbeat_core::fanout::hub::{Answer, Effect, Limit, Limits, Source};
use downbeat_core::session::News;
use downbeat_core::{Command, Request, ServerTime, Span, Version};

use super::message::{Context, Input, Message, START, news};

#[derive(Debug)]
pub(super) struct Server {
    state: EventState,
    copy: Option<EventState>,
    hub: Hub<u32, News>,
    saved: Option<EventState>,
    sockets: Vec<(u32, usize)>,
    pong: Option<Version>,
    commands: u32,
}

impl Server {
    pub(super) fn new(epoch: &str) -> Self {
        let configuration = Configuration { starts_at: Some(START), ..Configuration::default() };
        let epoch = epoch.parse().expect("this is an epoch");
        let state = EventState::create(configuration, epoch, "maria", START).expect("this is a configuration");
        let hub = Hub::new(0, Limits::DEFAULT, None, 0);
        Self { state, copy: None, hub, saved: None, sockets: Vec::new(), pong: None, commands: 0 }
    }

    pub(super) const fn state(&self) -> &EventState {
        &self.state
    }

    /// Returns what the deployment answers, which is what its hub knows.
    pub(super) fn answer(&self) -> Option<News> {
        self.hub.state().map(|state| news(state, self.hub.confirmed()))
    }

    /// Returns what the hub's runtime answers to the ping of a socket, if it has that.
    pub(super) fn pong(&self, socket: u32) -> Option<&Version> {
        self.pong.as_ref().filter(|_| self.sockets.iter().any(|(other, _)| *other == socket))
    }

    pub(super) fn command(&mut self, context: &mut Context) {
        self.commands += 1;
        let id = format!("c{}", self.commands).parse().expect("this is an id");
        let command = if self.commands % 2 == 1 { Command::Pause { message: None } } else { Command::Resume };
        let request = Request { id, command, actor: "maria".to_owned(), reason: None, if_rev: None, at: None };
        let now = ServerTime::from_millis(context.now.as_millis());
        // Refused where there is nothing to resume.
        if self.state.handle_command(&request, None, now).is_ok() {
            self.announce(context);
        }
    }

    pub(super) fn back_up(&mut self) {
        self.copy = Some(self.state.clone());
    }

    pub(super) fn restore(&mut self) {
        self.state = self.copy.clone().expect("a copy was made");
    }

    pub(super) fn replace_epoch(&mut self, context: &mut Context) {
        let epoch = format!("{}r", self.state.epoch()).parse().expect("this is an epoch");
        self.state.handle_restore(epoch, "maria", context.now).expect("there are more revisions");
        self.announce(context);
    }

    pub(super) fn restart(&mut self, context: &mut Context) {
        self.close_all(context);
        let saved = self.saved.clone().map(|state| (state.clone(), state.version().to_string()));
        self.hub = Hub::new(0, Limits::DEFAULT, saved, 0);
        self.perform_effects(context);
    }

    pub(super) fn close_all(&mut self, context: &mut Context) {
        for (socket, viewer) in std::mem::take(&mut self.sockets) {
            self.hub.handle_closed(&socket, context.now);
            context.send(Message::Viewer(viewer, Input::Closed { socket }));
        }
    }

    pub(super) fn join(&mut self, viewer: usize, socket: u32, context: &mut Context) {
        self.hub.require_state();
        self.perform_effects(context);
        match self.hub.handle_join(Limit::Crowded, None, || 0, context.now) {
            Ok(()) => {
                self.sockets.push((socket, viewer));
                self.hub.handle_joined(socket, None, context.now);
                self.perform_effects(context);
            }
            Err(_) => context.send(Message::Viewer(viewer, Input::Closed { socket })),
        }
    }

    pub(super) fn leave(&mut self, socket: u32, now: ServerTime) {
        self.sockets.retain(|(other, _)| *other != socket);
        self.hub.handle_closed(&socket, now);
    }

    /// A worker requests the state, to answer from.
    pub(super) fn request(&mut self, context: &mut Context) {
        self.hub.require_state();
        let _ = self.hub.handle_request(0, context.now);
        self.perform_effects(context);
    }

    pub(super) fn next_deadline(&self) -> Option<ServerTime> {
        self.hub.next_deadline()
    }

    pub(super) fn tick(&mut self, context: &mut Context) {
        if self.next_deadline().is_some_and(|deadline| deadline <= context.now) {
            self.hub.handle_alarm(self.sockets.len() as u32, context.now);
            self.perform_effects(context);
        }
    }

    fn announce(&mut self, context: &mut Context) {
        self.hub.handle_state(self.state.clone(), self.state.version().to_string(), Source::Relay);
        self.perform_effects(context);
    }

    fn perform_effects(&mut self, context: &mut Context) {
        while let Some(effect) = self.hub.poll_effect() {
            match effect {
                Effect::AskEvent => {
                    self.hub.handle_asked(context.now);
                    let text = self.state.version().to_string();
                    let answer = Answer::State { state: self.state.clone().into(), text };
                    self.hub.handle_answer(answer, context.now + Span::from_millis(5));
                }
                Effect::AnswerPings(version) => self.pong = Some(version),
                Effect::Broadcast(number) => self.broadcast(number, context),
                Effect::Greet(socket) => {
                    let confirmed = self.hub.confirmed();
                    if let Some(news) = self.hub.greeting(context.now, |state| news(state, confirmed)) {
                        self.push(socket, &news, context);
                    }
                }
                Effect::Save => self.saved = self.hub.state().cloned(),
                Effect::CloseAll | Effect::Delete => self.close_all(context),
                Effect::Wake => {}
            }
        }
    }

    fn broadcast(&mut self, number: u32, context: &mut Context) {
        let sockets: Vec<u32> = self.sockets.iter().map(|(socket, _)| *socket).collect();
        let place = |place: u32| sockets[place as usize];
        if self.hub.start_broadcast(number, sockets.len() as u32, place).is_none() {
            return;
        }
        let news = self.answer().expect("what is sent is known");
        while let Some(slice) = self.hub.next_slice(number, context.now) {
            slice.for_each(|place| self.push(sockets[place as usize], &news, context));
        }
    }

    fn push(&self, socket: u32, news: &News, context: &mut Context) {
        if let Some((_, viewer)) = self.sockets.iter().find(|(other, _)| *other == socket) {
            context.send(Message::Viewer(*viewer, Input::Push { socket, news: news.clone() }));
        }
    }
}
