//! A view on the whole terminal, and its keys.

use std::io::stdout;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use downbeat_api::clock;
use ratatui::DefaultTerminal;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::execute;
use ratatui::crossterm::style::force_color_output;

use super::cue_screen;
use super::model::Model;
use super::notes::Notes;
use super::screen;
use super::update::Update;
use super::view::View;
use crate::error::Error;
use crate::interrupt;

/// Whether the terminal shows our screen, and has to be restored.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Restores the terminal if it shows our screen.
fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        ratatui::restore();
        // Drawing hid the cursor. If this fails, the terminal is gone.
        let _ = execute!(stdout(), Show);
    }
}

/// Draws the model on the whole terminal. Dropped, it restores the terminal.
pub(crate) struct TerminalView {
    terminal: DefaultTerminal,
    keys: Receiver<Event>,
    shows: Shows,
    /// How far the list at the bottom was scrolled: the log, from its newest entry; the cues, from where they follow the event.
    scroll: isize,
}

/// What is drawn.
pub(crate) enum Shows {
    /// The event, who is connected, and the log.
    Event,
    /// The cues, with what a sheet says about them for the crew.
    Cues(Notes),
}

impl TerminalView {
    /// Takes over the terminal.
    ///
    /// # Errors
    /// [`Error::usage`] if it cannot be drawn on.
    pub(crate) fn open(shows: Shows) -> Result<Self, Error> {
        if anstream::ColorChoice::global() == anstream::ColorChoice::Never {
            force_color_output(false);
        }
        let terminal = ratatui::try_init().map_err(|error| {
            Error::usage(format!("this terminal cannot be drawn on: {error}"), "give --plain for lines of text")
        })?;
        interrupt::before_leaving(restore);
        TAKEN.store(true, Ordering::SeqCst);
        let (sender, keys) = channel();
        // It blocks until a key is pressed, and ends with the process.
        std::thread::spawn(move || {
            while let Ok(event) = event::read() {
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        Ok(Self { terminal, keys, shows, scroll: 0 })
    }

    fn handle_key(&mut self, key: KeyEvent, model: &Model) -> ControlFlow<()> {
        let range = self.shows.scroll_range(model);
        match (key.code, key.modifiers) {
            (KeyCode::Char('q') | KeyCode::Esc, _) | (KeyCode::Char('c'), KeyModifiers::CONTROL) => {
                return ControlFlow::Break(());
            }
            (KeyCode::Down | KeyCode::Char('j'), _) => {
                self.scroll = (self.scroll + 1).min(*range.end());
            }
            (KeyCode::Up | KeyCode::Char('k'), _) => self.scroll = (self.scroll - 1).max(*range.start()),
            (KeyCode::Home, _) => self.scroll = 0,
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Shows {
    fn scroll_range(&self, model: &Model) -> RangeInclusive<isize> {
        let count = |count: usize| isize::try_from(count).unwrap_or(isize::MAX);
        match self {
            Self::Event => {
                let entries = model.log.as_ref().and_then(|log| log.as_ref().ok()).map_or(0, Vec::len);
                0..=count(entries.saturating_sub(1))
            }
            Self::Cues(_) => {
                let cues = count(model.rundown().map_or(0, |rundown| rundown.cues().len()));
                -cues..=cues
            }
        }
    }
}

impl View for TerminalView {
    fn handle_update(&mut self, _: &Update, _: &Model) {
        // The next tick draws it.
    }

    fn handle_tick(&mut self, model: &Model) -> ControlFlow<()> {
        while let Ok(event) = self.keys.try_recv() {
            if let Event::Key(key) = event
                && key.kind != KeyEventKind::Release
            {
                self.handle_key(key, model)?;
            }
        }
        let (local, scroll, shows) = (clock::monotonic(), self.scroll, &self.shows);
        let drawn = self.terminal.draw(|frame| match shows {
            Shows::Event => screen::draw(frame, model, local, scroll.unsigned_abs()),
            Shows::Cues(notes) => cue_screen::draw(frame, model, notes, local, scroll),
        });
        match drawn {
            Ok(_) => ControlFlow::Continue(()),
            // The terminal is gone.
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl Drop for TerminalView {
    fn drop(&mut self) {
        restore();
    }
}
