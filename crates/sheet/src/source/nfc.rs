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

    #[test]
    fn names_are_the_same_however_their_letters_are_composed() {
        // The id in two characters, its reference in one.
        let sheet = "[{ \"id\": \"cafe\u{301}\", \"time\": 1, \"action\": \"o\u{308}ffnen\" }, { \"time\": \"#caf\u{e9}.start+1s\", \"action\": \"\u{f6}ffnen\" },
            { \"id\": \"\u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947}\", \"time\": 3, \"action\": \"a\" }, { \"id\": \"\u{e40}\u{e1b}\u{e34}\u{e14}\u{e44}\u{e1f}\u{e48}\", \"time\": 4, \"action\": \"a\" }]";
        let compiled = crate::compile(sheet);
        assert_eq!(compiled.diagnostics, []);
        let rundown = compiled.rundown.unwrap();
        let ids: Vec<&str> = rundown.cues().iter().map(crate::Cue::id).collect();
        assert_eq!(
            ids,
            [
                "caf\u{e9}",
                "\u{f6}ffnen@2000",
                "\u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947}",
                "\u{e40}\u{e1b}\u{e34}\u{e14}\u{e44}\u{e1f}\u{e48}"
            ]
        );
        assert_eq!(rundown.cues()[0].action(), rundown.cues()[1].action());
        let twice = "[{ \"id\": \"e\u{301}\", \"time\": 1, \"action\": \"a\" }, { \"id\": \"\u{e9}\", \"time\": 2, \"action\": \"a\" }]";
        assert_eq!(crate::compile(twice).diagnostics[0].code(), "DB301");
        for id in ["\u{301}a", "pa\u{200d}use", "a b", ""] {
            let sheet = format!("[{{ \"id\": {id:?}, \"time\": 1, \"action\": \"a\" }}]")
                .replace("\\u{301}", "\u{301}")
                .replace("\\u{200d}", "\u{200d}");
            assert_eq!(crate::compile(&sheet).diagnostics[0].code(), "DB302", "{sheet}");
        }
    }
}
