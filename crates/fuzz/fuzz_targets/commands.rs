#![no_main]
#![allow(missing_docs, reason = "the macro's function has none")]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| downbeat_fuzz::commands::run(bytes));
