//! What a program without the standard library has to bring: an allocator and a panic handler.

use core::panic::PanicInfo;
use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

// SAFETY: a page's WebAssembly has one thread; workers have instances, and memories, of their own.
#[global_allocator]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

/// Traps. The page gets a `RuntimeError`; the text of panics would be a fifth of what browsers load.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
