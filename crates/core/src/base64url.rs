//! Bytes as text that needs no escapes in URLs and JSON: base64url without padding (RFC 4648, section 5).
//!
//! ```
//! use downbeat_core::base64url;
//! assert_eq!(base64url::encode(&[0xfb, 0xef, 0xff]), "--__");
//! assert_eq!(base64url::decode("--__"), Some([0xfb, 0xef, 0xff]));
//! ```

use alloc::string::String;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Returns the text of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(*chunk.get(place).unwrap_or(&0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text
}

/// Returns the `N` bytes that `text` stands for; nothing if it stands for another number of bytes, or for none. Each
/// row of bytes has one text: bits that say nothing have to be 0.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (N * 4).div_ceil(3) {
        return None;
    }
    let mut bytes = [0; N];
    let (mut word, mut bits, mut place) = (0_u32, 0, 0);
    for digit in text.bytes() {
        let sextet = ALPHABET.iter().position(|known| *known == digit)?;
        word = word << 6 | sextet as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes[place] = (word >> bits) as u8;
            place += 1;
            word &= (1 << bits) - 1;
        }
    }
    (word == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_read_back() {
        assert_eq!((encode(b""), decode("")), (String::new(), Some([])));
        assert_eq!((encode(b"f"), decode("Zg")), ("Zg".into(), Some(*b"f")));
        assert_eq!((encode(b"fo"), decode("Zm8")), ("Zm8".into(), Some(*b"fo")));
        assert_eq!((encode(b"foobar"), decode("Zm9vYmFy")), ("Zm9vYmFy".into(), Some(*b"foobar")));
        assert_eq!(decode(&encode(&[0xff; 64])), Some([0xff; 64]));
    }

    #[test]
    fn what_is_not_exactly_the_text_of_so_many_bytes_is_refused() {
        for bad in ["", "Z", "Zh", "Zg==", "Z+", "Z/", "Zg ", "é"] {
            assert_eq!(decode::<1>(bad), None, "{bad:?}");
        }
        assert_eq!(decode::<2>("Zm9"), None, "the last two bits are not 0");
    }
}
