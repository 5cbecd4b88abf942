//! What the page can call, by name: `ts/core.ts` has the same list.
//!
//! An instance of this module is one viewer, so no call names one, and a page that drops its instance frees everything.
//! Numbers are passed as they are. Columns of numbers and texts are passed in two buffers: the page allocates them
//! ([`allocate_numbers`], [`allocate_text`]), writes there, and calls what reads them. NUL separates several texts.

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use crate::Viewer;
use crate::codes::{EffectKind, Reason};

/// The viewer and the two buffers.
struct Instance {
    viewer: Option<Viewer>,
    numbers: Vec<f64>,
    text: Vec<u8>,
}

struct OnlyInstance(UnsafeCell<Instance>);

// SAFETY: an instance has one thread; workers have instances of their own.
unsafe impl Sync for OnlyInstance {}

static INSTANCE: OnlyInstance =
    OnlyInstance(UnsafeCell::new(Instance { viewer: None, numbers: Vec::new(), text: Vec::new() }));

fn instance() -> &'static mut Instance {
    // SAFETY: only exports call this, each once, and no export calls another or JavaScript.
    unsafe { &mut *INSTANCE.0.get() }
}

impl Instance {
    fn viewer(&mut self) -> &mut Viewer {
        self.viewer.as_mut().expect("the page calls `begin` first")
    }

    /// Returns the `N` texts in the buffer; missing ones are empty.
    fn texts<const N: usize>(text: &[u8]) -> [&str; N] {
        // SAFETY: the page writes what `TextEncoder` returns, which is UTF-8; NUL is a whole character, so parts are too.
        let mut texts = text.split(|byte| *byte == 0).map(|text| unsafe { core::str::from_utf8_unchecked(text) });
        core::array::from_fn(|_| texts.next().unwrap_or_default())
    }
}

/// Exports methods of [`Viewer`] that take numbers only.
macro_rules! export {
    ($(fn $name:ident($($argument:ident: $number:ty),*) $(-> $result:ty)?;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C" fn $name($($argument: $number),*) $(-> $result)? {
            instance().viewer().$name($($argument),*)
        }
    )* };
}

export! {
    fn handle_tick(now: f64, wall: f64);
    fn handle_wake(now: f64, wall: f64);
    fn snapshot(at: f64) -> bool;
    fn handle_answer(t1: f64, t2: f64, t3: f64, t4: f64, resync: f64, now: f64) -> bool;
    fn handle_status(now: f64);
    fn handle_signed(signed_at: f64, valid_until: f64, now: f64);
    fn handle_signed_refused(now: f64);
    fn handle_known(now: f64);
    fn handle_utc(utc: f64, t1: f64, t4: f64, now: f64);
    fn handle_push(hub: u32, ack: bool, sent: f64, now: f64);
    fn handle_wait(wait: f64, now: f64);
    fn poll_effect() -> EffectKind;
    fn value(index: usize) -> f64;
    fn next_tick_in(now: f64) -> f64;
    fn time(now: f64) -> f64;
    fn bound(now: f64) -> f64;
    fn position(now: f64) -> f64;
    fn rate(now: f64) -> f64;
    fn countdown(now: f64) -> f64;
    fn timing_vector(now: f64) -> bool;
    fn received_ago(now: f64) -> f64;
}

/// Allocates the buffer for `count` numbers. Returns its address.
#[unsafe(no_mangle)]
extern "C" fn allocate_numbers(count: usize) -> *mut f64 {
    let numbers = &mut instance().numbers;
    numbers.clear();
    numbers.resize(count, 0.0);
    numbers.as_mut_ptr()
}

/// Allocates the buffer for texts of `bytes` bytes. Returns its address.
#[unsafe(no_mangle)]
extern "C" fn allocate_text(bytes: usize) -> *mut u8 {
    let text = &mut instance().text;
    text.clear();
    text.resize(bytes, 0);
    text.as_mut_ptr()
}

/// Creates the viewer; an instance has one, once. The buffer holds the memory of the page before a reload, 64-bit words instead of doubles.
#[unsafe(no_mangle)]
extern "C" fn begin(high: u32, low: u32, now: f64) {
    let Instance { viewer, numbers, .. } = instance();
    let memory: Vec<u64> = numbers.iter().map(|word| word.to_bits()).collect();
    // There is none to drop, and the code that would do it is a kilobyte.
    core::mem::forget(viewer.replace(Viewer::new(high, low, &memory, now)));
}

/// Writes into the buffer which cues have fired. Returns the number of words.
#[unsafe(no_mangle)]
extern "C" fn write_memory() -> usize {
    let instance = instance();
    instance.numbers = instance.viewer().memory().into_iter().map(f64::from_bits).collect();
    instance.numbers.len()
}

/// Returns the address of the numbers.
#[unsafe(no_mangle)]
extern "C" fn numbers_address() -> *const f64 {
    instance().numbers.as_ptr()
}

/// Sets the pending state; the buffers hold its timeline, its epoch and its rundown.
#[unsafe(no_mangle)]
extern "C" fn set_state(rev: f64, ended_at: f64) {
    let Instance { viewer: Some(viewer), numbers, text } = instance() else { return };
    let [epoch, rundown] = Instance::texts(text);
    viewer.set_state(epoch, rev, numbers, ended_at, rundown);
}

/// Adds the details of the pending state; the buffers hold the instants of its messages, and the epoch that it replaces.
#[unsafe(no_mangle)]
extern "C" fn set_details(starts_at: f64, pushes: bool, confirmed: f64) {
    let Instance { viewer: Some(viewer), numbers, text } = instance() else { return };
    let [replaces] = Instance::texts(text);
    viewer.set_details(starts_at, numbers, pushes, replaces, confirmed);
}

/// Handles the answer to a ping; the buffer holds the epoch.
#[unsafe(no_mangle)]
extern "C" fn handle_pong(rev: f64, now: f64) {
    let Instance { viewer: Some(viewer), text, .. } = instance() else { return };
    let [epoch] = Instance::texts(text);
    viewer.handle_pong(epoch, rev, now);
}

/// Handles that the socket was closed; the buffer holds the reason of its close event.
#[unsafe(no_mangle)]
extern "C" fn handle_closed(code: u32, now: f64) {
    let Instance { viewer: Some(viewer), text, .. } = instance() else { return };
    let [reason] = Instance::texts(text);
    viewer.handle_closed(code, reason, now);
}

/// Applies a rundown of `count` cues; the buffers hold its numbers, its digest and its ids.
#[unsafe(no_mangle)]
extern "C" fn handle_rundown(count: usize, now: f64) -> bool {
    let Instance { viewer: Some(viewer), numbers, text } = instance() else { return false };
    let [digest, ids] = Instance::texts(text);
    viewer.handle_rundown(digest, count, numbers, ids, now)
}

/// Handles that a rundown could not be fetched; the buffer holds its digest.
#[unsafe(no_mangle)]
extern "C" fn handle_rundown_failure(now: f64) {
    let Instance { viewer: Some(viewer), text, .. } = instance() else { return };
    let [digest] = Instance::texts(text);
    viewer.handle_rundown_failure(digest, now);
}

/// Handles that the request for time or state failed; `reason` is the number of a [`Reason`].
#[unsafe(no_mangle)]
extern "C" fn handle_time_failure(reason: u8, now: f64) {
    instance().viewer().handle_time_failure(Reason::from_number(reason), now);
}

/// Handles that the request for the status failed; `reason` is the number of a [`Reason`].
#[unsafe(no_mangle)]
extern "C" fn handle_status_failure(reason: u8, now: f64) {
    instance().viewer().handle_status_failure(Reason::from_number(reason), now);
}
