//! The constants of the correction.

use crate::time::Span;

/// The drift from which the media is corrected: 50 ms.
///
/// Reason: below it, picture and sound of two screens in one room seem simultaneous (ITU-R BT.1359 has 45 ms as the
/// threshold of detecting early sound).
pub const ENGAGES: Span = Span::from_millis(50);

/// The drift that is corrected where frames are told: 20 ms, half a frame at 25 Hz.
///
/// Reason: screens that are each within half a frame of the event show the same frame, or neighbours. Without frames nobody knows
/// where the screen is that closely.
pub const FRAME_ENGAGES: Span = Span::from_millis(20);

/// The time in which a drift is corrected where frames are told: 500 ms.
///
/// Reason: a second after a seek, people in one room are to see the same frame. 25 ms then make 5 %, the most there is.
pub const FRAME_CORRECTED_IN: Span = Span::from_millis(500);

/// The drift at which a correction is nearly done: 15 ms, about a frame at 60 Hz.
///
/// Reason: from there on its end is scheduled for when the drift should be gone, so that noise no longer decides it.
pub const RELEASES: Span = Span::from_millis(15);

/// The drift from which the media seeks: 300 ms.
///
/// Reason: at 5 % it would take 6 s to catch up, longer than a viewer tolerates.
pub const SEEKS: Span = Span::from_millis(300);

/// The drift from which media seeks whose rate cannot be used: 100 ms.
///
/// Reason: a seek is seen and heard, more than a smaller drift is.
pub const SEEKS_ONLY: Span = Span::from_millis(100);

/// The drift that is left to media whose rate cannot be used, right after it was taken somewhere: 40 ms, a frame at 25 Hz.
///
/// Reason: viewers expect a jump then, and the first seek has just shown how long seeks take. Closer is luck: in WebKit seeks
/// land some 30 ms apart.
pub const AIMED: Span = Span::from_millis(40);

/// How often such media is taken closer after a jump: twice, since a seek while playing takes another time than the one
/// with which it began.
pub(super) const AIMS: u8 = 2;

/// The largest drift that is played away where seeks miss: 10 s, which takes 200 s.
///
/// Reason: key frames are up to 10 s apart. What is farther away is somewhere else in the film, and stays there.
pub const PACED: Span = Span::from_millis(10_000);

/// The time in which a drift is corrected by a rate that is not at its limit: 3 s.
///
/// Reason: 50 ms then make 1.7 %, which nobody hears, since pitch is preserved.
pub const CORRECTED_IN: Span = Span::from_millis(3_000);

/// The largest difference between the media's rate and the event's: 5 %.
///
/// Reason: slightly more than the 4 % by which broadcasters speed up films (24 to 25 frames a second) unnoticed.
pub const RATE_SHARE: f64 = 0.05;

/// The pause in correcting after a seek: 1.5 s, doubling to [`REST_MAX`] while seeks do not help.
///
/// Reason: players report positions they have not reached, decode ahead, and refill; measured drifts settle within it.
pub const REST: Span = Span::from_millis(1_500);

/// The longest pause after a seek: 60 s, for a player that no seek brings closer.
pub const REST_MAX: Span = Span::from_millis(60_000);

/// The pause in correcting before a change of the timeline, and after one that needs no seek: 500 ms.
pub(super) const SETTLE: Span = Span::from_millis(500);

/// The interval of reading media that is where it should be: 500 ms.
pub(super) const READ_EVERY: Span = Span::from_millis(500);

/// The interval of reading media that stands still or cannot be corrected: 1 s.
pub(super) const READ_IDLE: Span = Span::from_millis(1_000);

/// The wait before the next reading while too few are known: 50 ms.
pub(super) const READ_SOON: Span = Span::from_millis(50);

/// The shortest time after which rates that do not help are given up for this media: 12 s. Where the drift needs longer,
/// it is twice that.
pub(super) const PACING_MIN: Span = Span::from_millis(12_000);

/// The longest duration learned for a seek: 2 s. Longer ones are due to the network, and not typical of the player.
pub(super) const OVERSHOOT_MAX: Span = Span::from_millis(2_000);

/// The shortest: some players land slightly ahead of where they were sent.
pub(super) const OVERSHOOT_MIN: Span = Span::from_millis(-500);

/// The rates that browsers can play; Chrome refuses others.
pub(super) const PLAYABLE: core::ops::RangeInclusive<f64> = 0.0625..=16.0;
