//! The private emergency key: a file that only its owner can read, and nothing that prints it.

use std::fmt;
use std::io::Write as _;
use std::path::Path;

use downbeat_api::random;
use downbeat_core::base64url;
use downbeat_core::event::EmergencyKey;
use downbeat_wire::emergency::{Signature, signed_bytes};
use downbeat_wire::{Anchor, EmergencyDocument};
use ed25519_dalek::{Signer as _, VerifyingKey};

use crate::error::PublishError;

/// The text before the 32 bytes in the file, which says what the file is.
const PREFIX: &str = "downbeat-emergency-key:";

/// A private emergency key. Its memory is erased when it is dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Creates a new key from random bytes.
    ///
    /// # Errors
    /// [`PublishError::Randomness`]
    pub fn random() -> Result<Self, PublishError> {
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&random()?)))
    }

    /// Reads the file that [`SigningKey::write`] wrote.
    ///
    /// # Errors
    /// [`PublishError::File`] if it cannot be read, [`PublishError::NoKey`] if it contains no key. Neither shows its content.
    #[expect(clippy::disallowed_methods, reason = "keys are in files")]
    pub fn read(path: &Path) -> Result<Self, PublishError> {
        let failed = |error: std::io::Error| PublishError::File { path: path.to_owned(), why: error.to_string() };
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let bytes = text.trim().strip_prefix(PREFIX).and_then(base64url::decode);
        let bytes = bytes.ok_or_else(|| PublishError::NoKey { path: path.to_owned() })?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&bytes)))
    }

    /// Writes the key into a new file that only its owner can read.
    ///
    /// # Errors
    /// What the system says. An existing file is not overwritten.
    #[expect(clippy::disallowed_methods, reason = "keys are in files")]
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        writeln!(file, "{PREFIX}{}", base64url::encode(self.0.as_bytes()))?;
        file.sync_all()
    }

    /// Returns the public key.
    pub fn public(&self) -> EmergencyKey {
        EmergencyKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    /// Signs the text of a state.
    pub fn sign(&self, state: String) -> EmergencyDocument {
        let signature = Signature::from_bytes(self.0.sign(&signed_bytes(&state)).to_bytes());
        EmergencyDocument { state, signature }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the private half of {}", self.public())
    }
}

/// Returns whether signatures can be verified with a public key.
pub fn is_usable(key: &EmergencyKey) -> bool {
    VerifyingKey::from_bytes(key.as_bytes()).is_ok_and(|key| !key.is_weak())
}

/// Returns whether a document was signed by `key`.
pub fn is_signed(document: &EmergencyDocument, key: &EmergencyKey) -> bool {
    is_valid(key.as_bytes(), &signed_bytes(&document.state), &document.signature)
}

/// Returns whether an anchor of a log was signed by the key that it names.
pub fn is_anchor_signed(anchor: &Anchor) -> bool {
    is_valid(anchor.key.as_bytes(), &anchor.signed_bytes(), &anchor.signature)
}

fn is_valid(key: &[u8; 32], signed: &[u8], signature: &Signature) -> bool {
    let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
    VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(signed, &signature).is_ok())
}

/// Returns whether other users can read a file.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "keys are in files")]
pub fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Returns whether other users can read a file, which this system cannot say.
#[cfg(not(unix))]
pub fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first test of RFC 8032, section 7.1.
    const SEED: [u8; 32] = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
        0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    ];

    fn golden() -> EmergencyDocument {
        serde_json::from_str(include_str!("../../../wire/fixtures/emergency.json")).unwrap()
    }

    #[test]
    fn only_the_golden_signature_is_made_and_verified() {
        let key = SigningKey(ed25519_dalek::SigningKey::from_bytes(&SEED));
        assert_eq!(key.public().to_string(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.sign(golden().state), golden());
        assert!(is_signed(&golden(), &key.public()));
        let altered = EmergencyDocument { state: golden().state.replace("\"rev\":3", "\"rev\":4"), ..golden() };
        assert!(!is_signed(&altered, &key.public()));
        assert!(!is_signed(&golden(), &SigningKey::random().unwrap().public()));
    }

    #[test]
    fn a_key_is_kept_for_its_owner_alone_and_never_over_another() {
        let path = std::env::temp_dir().join(format!("downbeat-key-{}", std::process::id()));
        let key = SigningKey::random().unwrap();
        key.write(&path).unwrap();
        assert!(!is_open_to_others(&path));
        assert_eq!(SigningKey::read(&path).unwrap().public(), key.public());
        assert_eq!(key.write(&path).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        std::fs::remove_file(&path).unwrap();
        let secret = base64url::encode(key.0.as_bytes());
        assert!(!format!("{key:?}").contains(&secret));
    }

    #[test]
    fn a_file_without_a_key_is_not_repeated() {
        let path = std::env::temp_dir().join(format!("downbeat-no-key-{}", std::process::id()));
        #[expect(clippy::disallowed_methods, reason = "a file that is not a key")]
        std::fs::write(&path, "hunter2").unwrap();
        let error = SigningKey::read(&path).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_key_that_verifies_everything_is_not_usable() {
        assert!(is_usable(&SigningKey::random().unwrap().public()));
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert!(!is_usable(&EmergencyKey::from_bytes(neutral)));
    }

    #[test]
    fn an_anchor_is_valid_as_it_is_and_in_no_other_way() {
        let page: downbeat_wire::LogPage =
            serde_json::from_str(include_str!("../../../wire/fixtures/log-page.json")).unwrap();
        let anchor = page.anchor.unwrap();
        assert!(is_anchor_signed(&anchor));
        assert!(!is_anchor_signed(&Anchor { rev: anchor.rev.next(), ..anchor.clone() }));
        assert!(!is_anchor_signed(&Anchor { event: "other".parse().unwrap(), ..anchor }));
    }
}
