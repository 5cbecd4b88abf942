//! Randomness from the operating system.

use downbeat_core::{CommandId, Digest};

/// The operating system failed to provide randomness.
pub use getrandom::Error as RandomError;

/// Draws random bytes from the operating system.
///
/// # Errors
/// [`RandomError`] if it provides none.
pub fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Creates an id for a new command: 128 random bits.
///
/// # Errors
/// [`RandomError`] if the operating system provides no randomness.
pub fn new_id() -> Result<CommandId, RandomError> {
    let bytes: [u8; 32] = random()?;
    let id = &Digest::from_bytes(bytes).to_string()[..32];
    Ok(id.parse().expect("hexadecimal digits are an id"))
}
