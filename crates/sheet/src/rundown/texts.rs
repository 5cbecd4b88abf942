//! The texts of a message, per locale.

use core::ops::Index;
use downbeat_core::Locale;
use serde::{Serialize, Serializer};

/// One text per locale, sorted by locale.
///
/// A search tree would take half a kilobyte, while most messages are one line.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Texts(Box<[(Locale, String)]>);

impl Texts {
    /// Creates texts from pairs that are sorted by locale and have each locale once.
    pub(super) fn of_sorted(texts: Vec<(Locale, String)>) -> Self {
        Self(texts.into_boxed_slice())
    }

    /// Returns the text in a locale.
    pub fn get(&self, locale: &Locale) -> Option<&String> {
        let at = self.0.binary_search_by(|(known, _)| known.cmp(locale)).ok()?;
        Some(&self.0[at].1)
    }

    /// Returns whether there is a text in a locale.
    pub fn contains_key(&self, locale: &Locale) -> bool {
        self.get(locale).is_some()
    }

    /// Returns the number of texts.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns each locale with its text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Locale, &String)> {
        self.0.iter().map(|(locale, text)| (locale, text))
    }

    /// Returns the locales.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Locale> {
        self.0.iter().map(|(locale, _)| locale)
    }

    /// Returns the texts.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &String> {
        self.0.iter().map(|(_, text)| text)
    }
}

/// Keeps the first text if there are several for one locale.
impl FromIterator<(Locale, String)> for Texts {
    fn from_iter<I: IntoIterator<Item = (Locale, String)>>(texts: I) -> Self {
        let mut texts: Vec<_> = texts.into_iter().collect();
        texts.sort_by(|(a, _), (b, _)| a.cmp(b));
        texts.dedup_by(|(locale, _), (before, _)| locale == before);
        Self(texts.into_boxed_slice())
    }
}

impl<'t> IntoIterator for &'t Texts {
    type Item = (&'t Locale, &'t String);
    type IntoIter =
        core::iter::Map<core::slice::Iter<'t, (Locale, String)>, fn(&'t (Locale, String)) -> (&'t Locale, &'t String)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(locale, text)| (locale, text))
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self)
    }
}

impl Index<&Locale> for Texts {
    type Output = String;
    /// # Panics
    /// If there is no text in that locale.
    fn index(&self, locale: &Locale) -> &String {
        self.get(locale).expect("there is no text in this locale")
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn texts_are_found_by_their_locale() {
        let texts: Texts = [("fr", "Chantez"), ("en", "Sing"), ("fr", "Dansez")]
            .into_iter()
            .map(|(locale, text)| (locale.parse().unwrap(), text.to_owned()))
            .collect();
        let locale = |tag: &str| tag.parse().unwrap();
        assert_eq!((texts.len(), texts.is_empty()), (2, false));
        assert_eq!(texts.get(&locale("fr")).unwrap(), "Chantez");
        assert_eq!((texts.get(&locale("de")), texts.contains_key(&locale("en"))), (None, true));
        assert_eq!(texts.keys().map(|locale| locale.as_str()).collect::<Vec<_>>(), ["en", "fr"]);
        assert_eq!(texts.values().collect::<Vec<_>>(), ["Sing", "Chantez"]);
        assert!(texts.iter().eq(&texts));
    }
}
