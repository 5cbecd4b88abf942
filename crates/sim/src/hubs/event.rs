//! The event's object: it applies commands, announces states, and gathers reports.

use downbeat_core::event::{Configuration, EventState, HubCount};
use downbeat_core::fanout::hub::Answer;
use downbeat_core::fanout::{Gathering, Retries, Tree};
use downbeat_core::{Command, Position, Request, ServerTime, Span};

use super::context::{Context, HUBS, RUNDOWN, START, place};
use super::message::{Caller, EventInput, HubInput, Message, RelayCall};

#[derive(Debug)]
pub(super) struct EventObject {
    state: EventState,
    retries: Retries,
    alarm: Option<ServerTime>,
    announcements: Vec<Announcement>,
    announced: u32,
    commands: u32,
}

#[derive(Debug)]
struct Announcement {
    number: u32,
    state: EventState,
    gathering: Gathering,
    round: u32,
    /// How many calls of this round have no answer.
    open: usize,
}

/// Creates the event in its life number `life`.
pub(super) fn create(life: u32, now: ServerTime) -> EventState {
    let configuration =
        Configuration { starts_at: Some(START), hubs: Some(HubCount::Fixed(HUBS)), ..Configuration::default() };
    let epoch = format!("life{life}").parse().expect("this is an epoch");
    let mut state = EventState::create(configuration, epoch, "maria", now).expect("this is a configuration");
    let command = Command::Rundown { rundown: Some(RUNDOWN), url: None, is_rollback: false };
    state.handle_command(&request(command, 0), None, now).expect("a rundown may be set");
    state
}

fn request(command: Command, number: u32) -> Request {
    let id = format!("c{number}").parse().expect("this is an id");
    Request { id, command, actor: "maria".to_owned(), reason: None, if_rev: None, at: None }
}

impl EventObject {
    pub(super) fn new(state: EventState) -> Self {
        Self { state, retries: Retries::default(), alarm: None, announcements: Vec::new(), announced: 0, commands: 0 }
    }

    pub(super) const fn state(&self) -> &EventState {
        &self.state
    }

    /// An operator holds the event, lets it go on, jumps, or changes the number of hubs. Now and then the event is lost
    /// and created again, if all others are in its present epoch (`is_settled`): two lives within seconds are not expected.
    pub(super) fn change(&mut self, is_settled: bool, context: &mut Context<'_>) {
        let now = ServerTime::from_millis(context.now.as_millis());
        let hubs = self.state.delivery().hubs;
        if is_settled && context.network.chance(6) {
            context.network.counts.epochs += 1;
            let (life, _) = place(self.state.epoch(), self.state.rev());
            self.state = create(life + 1, now);
            (self.retries, self.alarm) = (Retries::default(), None);
            self.announcements.clear();
            context.history.clear();
        } else if context.network.chance(8) {
            let hubs = 5 + context.network.below(i64::from(HUBS) - 4) as u16;
            let configuration = Configuration { hubs: Some(HubCount::Fixed(hubs)), ..Configuration::default() };
            if !self.state.handle_configuration(configuration, "maria", now).expect("the number is allowed") {
                return self.plan_change(context);
            }
        } else {
            self.commands += 1;
            let command = match context.network.below(5) {
                0 => Command::Seek { position: Position::from_millis(context.network.below(500_000)) },
                1 | 2 => Command::Pause { message: None },
                _ => Command::Resume,
            };
            // Refused where there is nothing to hold or to resume.
            if self.state.handle_command(&request(command, self.commands), None, now).is_err() {
                return self.plan_change(context);
            }
        }
        context.history.push(self.state.clone());
        self.announce(hubs.max(self.state.delivery().hubs), context);
        if context.network.happens(5) {
            // Evicted in the middle of it: what it was about to do is lost, but for its alarm.
            context.network.counts.evicted += 1;
            self.announcements.clear();
            self.retries = Retries::default();
        }
        self.plan_change(context);
    }

    fn plan_change(&self, context: &mut Context<'_>) {
        // Now and then several operators act at once.
        let most = if context.network.chance(15) { 100 } else { 25_000 };
        let mut wait = Span::from_millis(context.network.below(most));
        if context.network.chance(8) {
            // Strangers come to a hub, and the change amid them.
            let hub = context.network.below(i64::from(HUBS)) as u16;
            context.network.send(context.now + wait, Message::Storm(hub));
            wait = wait + Span::from_millis(350);
        }
        context.network.send(context.now + wait, Message::Change);
    }

    pub(super) fn handle(&mut self, input: EventInput, context: &mut Context<'_>) {
        match input {
            EventInput::Question { hub, memory, question } => {
                let answer = Answer::State { text: self.state.version().to_string(), state: self.state.clone().into() };
                context.network.transmit(context.now, Message::Hub(hub, HubInput::Answer { memory, question, answer }));
            }
            EventInput::Reports { announcement, reports } => {
                let Some(place) = self.announcements.iter().position(|other| other.number == announcement) else {
                    return;
                };
                let announcement = &mut self.announcements[place];
                announcement.gathering.handle_reports(reports);
                announcement.open = announcement.open.saturating_sub(1);
                if announcement.open == 0 {
                    self.next_round(place, context);
                }
            }
            EventInput::RoundOver { announcement, round } => {
                let is_it = |other: &Announcement| other.number == announcement && other.round == round;
                if let Some(place) = self.announcements.iter().position(is_it) {
                    self.next_round(place, context);
                }
            }
            EventInput::Alarm(at) if self.alarm == Some(at) => {
                self.alarm = None;
                self.announce(self.state.delivery().hubs, context);
            }
            EventInput::Alarm(_) => {}
        }
    }

    fn announce(&mut self, hubs: u16, context: &mut Context<'_>) {
        if let Some(after) = self.retries.next_after() {
            let at = context.now + after;
            self.alarm = Some(at);
            context.network.send(at, Message::Event(EventInput::Alarm(at)));
        }
        self.announced += 1;
        self.announcements.push(Announcement {
            number: self.announced,
            state: self.state.clone(),
            gathering: Gathering::new(Tree::of(hubs), self.state.rev()),
            round: 0,
            open: 0,
        });
        self.next_round(self.announcements.len() - 1, context);
    }

    fn next_round(&mut self, place: usize, context: &mut Context<'_>) {
        let announcement = &mut self.announcements[place];
        announcement.round += 1;
        let Some(round) = announcement.gathering.next_round() else { return self.finish(place) };
        announcement.open = round.hubs.len();
        let over = EventInput::RoundOver { announcement: announcement.number, round: announcement.round };
        context.network.send(context.now + round.wait, Message::Event(over));
        let call = RelayCall {
            hubs: announcement.gathering.hubs(),
            within: round.relay,
            state: announcement.state.clone().into(),
            caller: Some(Caller::Event { announcement: announcement.number }),
        };
        round.hubs.into_iter().for_each(|hub| context.call(hub, &call));
    }

    fn finish(&mut self, place: usize) {
        let announcement = self.announcements.swap_remove(place);
        if announcement.gathering.is_complete() && announcement.state.version() == self.state.version() {
            self.retries.handle_complete();
            self.alarm = None;
        } else {
            self.retries.handle_incomplete();
        }
    }
}
