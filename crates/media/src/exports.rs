//! What the page can call, by name: `ts/media/core.ts` has the same list.

use alloc::vec::Vec;
use core::cell::UnsafeCell;
use downbeat_core::media::MediaState;

use crate::element::{Element, MediaAction};

/// The element, and the buffer for its timeline.
struct Instance {
    element: Option<Element>,
    numbers: Vec<f64>,
}

struct OnlyInstance(UnsafeCell<Instance>);

// SAFETY: an instance has one thread; workers have instances of their own.
unsafe impl Sync for OnlyInstance {}

static INSTANCE: OnlyInstance = OnlyInstance(UnsafeCell::new(Instance { element: None, numbers: Vec::new() }));

fn instance() -> &'static mut Instance {
    // SAFETY: only exports call this, each once, and no export calls another or JavaScript.
    unsafe { &mut *INSTANCE.0.get() }
}

impl Instance {
    fn element(&mut self) -> &mut Element {
        self.element.as_mut().expect("the page calls `begin` first")
    }
}

/// Exports methods of [`Element`].
macro_rules! export {
    ($(fn $name:ident($($argument:ident: $number:ty),*) $(-> $result:ty)?;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C" fn $name($($argument: $number),*) $(-> $result)? {
            instance().element().$name($($argument),*)
        }
    )* };
}

export! {
    fn set_nudge(ms: f64);
    fn rejoin();
    fn handle_refusal();
    fn handle_frame(frame: f64, position: f64, shown_in: f64, rate: f64);
    fn handle_reading(
        traits: u32, position: f64, duration: f64, seekable: f64, rate: f64, server: f64, now: f64
    ) -> MediaAction;
    fn seek() -> f64;
    fn rate() -> f64;
    fn state() -> MediaState;
    fn next_read_in(now: f64) -> f64;
    fn drift() -> f64;
}

/// Creates the element.
#[unsafe(no_mangle)]
extern "C" fn begin(begins: f64, seeks_only: bool, length: f64, plays: bool) {
    instance().element = Some(Element::new(begins, seeks_only, length, plays));
}

/// Allocates the buffer for `count` numbers. Returns its address.
#[unsafe(no_mangle)]
extern "C" fn allocate_numbers(count: usize) -> *mut f64 {
    let numbers = &mut instance().numbers;
    numbers.clear();
    numbers.resize(count, 0.0);
    numbers.as_mut_ptr()
}

/// Replaces the timeline; the buffer holds it.
#[unsafe(no_mangle)]
extern "C" fn set_timeline(starts_at: f64, ended_at: f64) {
    let Instance { element: Some(element), numbers } = instance() else { return };
    element.set_timeline(numbers, starts_at, ended_at);
}
