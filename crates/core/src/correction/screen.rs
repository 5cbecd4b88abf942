//! How far what is on the screen is from what a player reports.

use crate::time::Span;

/// How many frames are kept: 8.
const KEPT: usize = 8;

/// How few frames say nothing: less than 3. A screen shows a frame up to one of its own intervals late, which is 17 ms at 60 Hz.
const NEEDED: usize = 3;

/// How far frames can be from the reported position: 250 ms. What says more was shown around a seek or a stall.
const FARTHEST: Span = Span::from_millis(250);

/// What the last frames have shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    kept: [Span; KEPT],
    count: usize,
}

impl Screen {
    pub(super) const fn new() -> Self {
        Self { kept: [Span::ZERO; KEPT], count: 0 }
    }

    /// Takes in that the frame at `frame` is shown in `shown_in`, by which time media at `position` has played on.
    pub(super) fn handle_frame(&mut self, frame: Span, position: Span, shown_in: Span, rate: f64) {
        let by_then = position + Span::from_micros((shown_in.as_micros() as f64 * rate) as i64);
        let ahead = frame - by_then;
        if ahead < -FARTHEST || ahead > FARTHEST {
            return;
        }
        self.kept[self.count % KEPT] = ahead;
        // It stays above `KEPT` once it was there, and does not overflow.
        self.count = if self.count + 1 < 2 * KEPT { self.count + 1 } else { KEPT };
    }

    /// Returns whether enough frames were told to know what is on the screen.
    pub(super) const fn is_known(&self) -> bool {
        self.count >= NEEDED
    }

    /// Returns how far the screen is ahead of the reported position; behind it if negative. Zero while too little is known.
    pub(super) fn ahead(&self) -> Span {
        if !self.is_known() {
            return Span::ZERO;
        }
        let kept = &self.kept[..self.count.min(KEPT)];
        Span::from_micros(kept.iter().map(|ahead| ahead.as_micros()).sum::<i64>() / kept.len() as i64)
    }
}
