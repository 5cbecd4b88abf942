//! The terminal that a scene is drawn on, and its keys.

use std::io::stdout;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use downbeat_viewer::clock;
use ratatui::DefaultTerminal;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::execute;
use ratatui::crossterm::style::force_color_output;

use super::follow::Followed;
use super::model::{Heard, Scene};
use super::screen;
use crate::error::Error;
use crate::interrupt;

/// The terminal shows a screen of ours, which goes when we leave.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Restores the terminal if we draw on it.
fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        ratatui::restore();
        // It was hidden while we drew; a terminal that is gone needs none.
        let _ = execute!(stdout(), Show);
    }
}

/// A terminal, for as long as it lives.
pub(crate) struct Terminal {
    terminal: DefaultTerminal,
    keys: Receiver<Event>,
    scrolled: usize,
}

impl Terminal {
    /// Takes the terminal; without colour if that is wanted.
    ///
    /// # Errors
    /// [`Error::usage`] if it cannot be drawn on.
    pub(crate) fn take(colour: bool) -> Result<Self, Error> {
        if !colour {
            force_color_output(false);
        }
        let terminal = ratatui::try_init().map_err(|error| {
            Error::usage(format!("this terminal cannot be drawn on: {error}"), "give --plain for lines of text")
        })?;
        interrupt::before_leaving(restore);
        TAKEN.store(true, Ordering::SeqCst);
        let (pressed, keys) = channel();
        // It waits for a key that may never come, and ends with the process.
        std::thread::spawn(move || {
            while let Ok(event) = event::read() {
                if pressed.send(event).is_err() {
                    return;
                }
            }
        });
        Ok(Self { terminal, keys, scrolled: 0 })
    }

    fn press(&mut self, key: KeyEvent, scene: &Scene) -> ControlFlow<()> {
        let entries = scene.log.as_ref().and_then(|log| log.as_ref().ok()).map_or(0, Vec::len);
        match (key.code, key.modifiers) {
            (KeyCode::Char('q') | KeyCode::Esc, _) | (KeyCode::Char('c'), KeyModifiers::CONTROL) => {
                return ControlFlow::Break(());
            }
            (KeyCode::Down | KeyCode::Char('j'), _) => {
                self.scrolled = (self.scrolled + 1).min(entries.saturating_sub(1));
            }
            (KeyCode::Up | KeyCode::Char('k'), _) => self.scrolled = self.scrolled.saturating_sub(1),
            (KeyCode::Home, _) => self.scrolled = 0,
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Followed for Terminal {
    fn heard(&mut self, _: &Heard, _: &Scene) {
        // It shows with the next tick.
    }

    fn tick(&mut self, scene: &Scene) -> ControlFlow<()> {
        while let Ok(event) = self.keys.try_recv() {
            if let Event::Key(key) = event
                && key.kind != KeyEventKind::Release
            {
                self.press(key, scene)?;
            }
        }
        let (local, scrolled) = (clock::monotonic(), self.scrolled);
        // A terminal that is gone is one nobody looks at.
        match self.terminal.draw(|frame| screen::draw(frame, scene, local, scrolled)) {
            Ok(_) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}
