//! Names in the one form that Unicode calls NFC: a letter and its accent as one character.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use std::borrow::Cow;

/// Returns a name in NFC, which looks the same; file systems and keyboards write some letters in two characters.
pub(crate) fn nfc(name: &str) -> Cow<'_, str> {
    if name.is_ascii() { name.into() } else { ComposingNormalizerBorrowed::new_nfc().normalize(name) }
}

/// Returns whether a character only changes the one before it: accents, the vowel signs of Hindi, the tones of Thai.
pub(crate) fn is_mark(char: char) -> bool {
    !char.is_ascii() && GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(char))
}

#[cfg(test)]
mod tests {
    use super::{is_mark, nfc};

    #[test]
    fn letters_are_composed() {
        assert_eq!(nfc("cafe\u{301}"), "caf\u{e9}");
        assert_eq!(nfc("一か\u{3099}"), "一が");
        assert!(matches!(nfc("café"), std::borrow::Cow::Borrowed(_)));
        assert!(is_mark('\u{301}') && is_mark('\u{94d}') && is_mark('\u{e48}') && !is_mark('é') && !is_mark('a'));
    }
}
