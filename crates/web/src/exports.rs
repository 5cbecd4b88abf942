//! What the page calls, by name: `ts/core.ts` has the same list.
//!
//! An instance of this module is one viewer, so no call has to say which one is meant, and a page that lets its viewer
//! go lets go of everything. Numbers cross as they are. Columns of numbers and texts the page first lays on the desk:
//! it asks for room ([`numbers`], [`text`]), writes there, and calls what takes them; several texts are parted by NUL.

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use crate::Viewer;
use crate::effect::{Act, Kind, Why};

/// The viewer, and what lies on the desk.
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
    // SAFETY: only exports call this, each once, and none of them calls another or JavaScript.
    unsafe { &mut *INSTANCE.0.get() }
}

impl Instance {
    fn viewer(&mut self) -> &mut Viewer {
        self.viewer.as_mut().expect("`begin` is called first")
    }

    /// Returns the texts on the desk, of which there are `N`; those that are missing are empty.
    fn texts<const N: usize>(text: &[u8]) -> [&str; N] {
        // SAFETY: the page writes what `TextEncoder` gives, which is UTF-8, and NUL parts characters.
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
    fn tick(now: f64, wall: f64);
    fn wake(now: f64, wall: f64);
    fn answer(t1: f64, t2: f64, t3: f64, t4: f64, resync: f64, now: f64) -> bool;
    fn heard(now: f64);
    fn signed(now: f64);
    fn pushed(hub: u32, ack: bool, now: f64);
    fn closed(now: f64);
    fn poll() -> Kind;
    fn value(index: usize) -> f64;
    fn wakes_in(now: f64) -> f64;
    fn time(now: f64) -> f64;
    fn bound(now: f64) -> f64;
    fn position(now: f64) -> f64;
    fn rate(now: f64) -> f64;
    fn countdown(now: f64) -> f64;
    fn vector(now: f64) -> bool;
    fn heard_ago(now: f64) -> f64;
    fn bind_media(begins: f64, seeks_only: bool) -> u32;
    fn release_media(media: u32);
    fn nudge(ms: f64);
    fn read_media(
        media: u32, position: f64, duration: f64, rate: f64, paused: bool, busy: bool, seekable: bool, now: f64
    ) -> Act;
    fn media_in(media: u32, now: f64) -> f64;
    fn media_drift(media: u32) -> f64;
}

/// Makes room on the desk for so many numbers; gives its address.
#[unsafe(no_mangle)]
extern "C" fn numbers(count: usize) -> *mut f64 {
    let numbers = &mut instance().numbers;
    numbers.clear();
    numbers.resize(count, 0.0);
    numbers.as_mut_ptr()
}

/// Makes room on the desk for so many bytes of text; gives its address.
#[unsafe(no_mangle)]
extern "C" fn text(bytes: usize) -> *mut u8 {
    let text = &mut instance().text;
    text.clear();
    text.resize(bytes, 0);
    text.as_mut_ptr()
}

/// Begins: on the desk lies the memory of an earlier life of the page, words of 64 bits instead of doubles.
#[unsafe(no_mangle)]
extern "C" fn begin(high: u32, low: u32, now: f64) {
    let Instance { viewer, numbers, .. } = instance();
    let memory: Vec<u64> = numbers.iter().map(|word| word.to_bits()).collect();
    *viewer = Some(Viewer::new(high, low, &memory, now));
}

/// Lays what has fired on the desk; gives how many words it has.
#[unsafe(no_mangle)]
extern "C" fn remember() -> usize {
    let instance = instance();
    instance.numbers = instance.viewer().memory().into_iter().map(f64::from_bits).collect();
    instance.numbers.len()
}

/// Returns where the numbers on the desk are.
#[unsafe(no_mangle)]
extern "C" fn desk() -> *const f64 {
    instance().numbers.as_ptr()
}

/// Tells a state: on the desk lie its timeline, its epoch and its rundown.
#[unsafe(no_mangle)]
extern "C" fn tell(rev: f64, ended_at: f64) {
    let Instance { viewer: Some(viewer), numbers, text } = instance() else { return };
    let [epoch, rundown] = Instance::texts(text);
    viewer.tell(epoch, rev, numbers, ended_at, rundown);
}

/// Tells more of that state: on the desk lie the instants of its messages.
#[unsafe(no_mangle)]
extern "C" fn tell_details(starts_at: f64, pushes: bool) {
    let Instance { viewer: Some(viewer), numbers, .. } = instance() else { return };
    viewer.tell_details(starts_at, numbers, pushes);
}

/// Says what the ping came back with: on the desk lies the epoch.
#[unsafe(no_mangle)]
extern "C" fn pong(rev: f64, now: f64) {
    let Instance { viewer: Some(viewer), text, .. } = instance() else { return };
    let [epoch] = Instance::texts(text);
    viewer.pong(epoch, rev, now);
}

/// Hands a rundown of so many cues over: on the desk lie its numbers, its digest and its ids.
#[unsafe(no_mangle)]
extern "C" fn rundown(count: usize, now: f64) -> bool {
    let Instance { viewer: Some(viewer), numbers, text } = instance() else { return false };
    let [digest, ids] = Instance::texts(text);
    viewer.rundown(digest, count, numbers, ids, now)
}

/// Says that a rundown could not be fetched: on the desk lies its digest.
#[unsafe(no_mangle)]
extern "C" fn rundown_failed(now: f64) {
    let Instance { viewer: Some(viewer), text, .. } = instance() else { return };
    let [digest] = Instance::texts(text);
    viewer.rundown_failed(digest, now);
}

/// Says that a question had no answer; `why` is a [`Why`].
#[unsafe(no_mangle)]
extern "C" fn failed(status: bool, why: u8, now: f64) {
    instance().viewer().failed(status, Why::from_number(why), now);
}
