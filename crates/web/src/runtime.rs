//! What a program without the standard library brings itself: memory, and what happens after a mistake of ours.

use core::panic::PanicInfo;
use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

// SAFETY: a page's WebAssembly has one thread; workers have instances, and memories, of their own.
#[global_allocator]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

/// Traps. The page sees a `RuntimeError`; words about it would be a fifth of what browsers load.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
