//! Messages to viewers: one text per locale, with a severity.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::json;
use crate::name::NameError;

/// The longest text of a message, in each locale: 500 characters, what fits a phone's screen.
pub const TEXT_CHARS_MAX: usize = 500;

/// The most locales of a message: 64.
pub const LOCALES_MAX: usize = 64;

/// The longest message: 8 KiB (8,192 bytes) of JSON over all its locales, as in `{"en":"…","fr":"…"}`.
///
/// Reason: a state carries a few of them to every viewer. In 30 languages that is 250 letters each.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1_024;

/// A language tag such as `en`, `fr-CA` or `zh-Hant-TW` (BCP 47): 2 to 35 of letters, digits and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Locale(String);

/// The severity of a message, in the words of status pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Default)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Severity {
    /// Nothing is wrong.
    #[default]
    Info,
    /// Something is wrong that most viewers will not notice.
    Minor,
    /// Viewers notice.
    Major,
    /// The event cannot go on as it is.
    Critical,
}

/// A message to viewers in one or more locales.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    text: BTreeMap<Locale, String>,
    severity: Severity,
}

impl Severity {
    /// All severities, the mildest first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Minor, Self::Major, Self::Critical];

    /// Returns its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }
}

impl FromStr for Severity {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let known = Self::ALL.into_iter().find(|severity| severity.as_str() == text);
        known.ok_or_else(|| NameError::new("severity", text, "use info, minor, major or critical"))
    }
}
impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

impl Locale {
    /// Returns the tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Locale {
    /// Returns English, `en`.
    fn default() -> Self {
        Self("en".to_owned())
    }
}

impl FromStr for Locale {
    type Err = NameError;
    fn from_str(tag: &str) -> Result<Self, NameError> {
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let valid = tag.len() <= 35
            && matches!(language.len(), 2..=8)
            && language.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if valid {
            Ok(Self(tag.to_owned()))
        } else {
            Err(NameError::new("locale", tag, "use a language tag such as \"en\", \"fr-CA\" or \"zh-Hant\""))
        }
    }
}
impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

impl Message {
    /// Returns the message with these texts.
    ///
    /// # Errors
    /// [`MessageError`] if there is no text, if there are more than [`LOCALES_MAX`], or if one is empty or longer
    /// than [`TEXT_CHARS_MAX`].
    pub fn new(text: BTreeMap<Locale, String>, severity: Severity) -> Result<Self, MessageError> {
        if text.is_empty() || text.len() > LOCALES_MAX {
            return Err(MessageError::Locales(text.len()));
        }
        for (locale, words) in &text {
            let chars = words.chars().count();
            if words.trim().is_empty() || chars > TEXT_CHARS_MAX {
                return Err(MessageError::Length { locale: locale.clone(), chars });
            }
        }
        Ok(Self { text, severity })
    }

    /// Returns the text in `locale`, if there is one.
    pub fn text(&self, locale: &Locale) -> Option<&str> {
        self.text.get(locale).map(String::as_str)
    }

    /// Returns the length of the texts, in bytes of JSON.
    pub fn bytes(&self) -> usize {
        json::length(&self.text)
    }

    /// Returns the texts of every locale.
    pub fn texts(&self) -> &BTreeMap<Locale, String> {
        &self.text
    }

    /// Returns the severity.
    pub const fn severity(&self) -> Severity {
        self.severity
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            text: BTreeMap<Locale, String>,
            #[serde(default)]
            severity: Severity,
        }
        let Fields { text, severity } = Fields::deserialize(input)?;
        Self::new(text, severity).map_err(de::Error::custom)
    }
}

/// A message as written, before the event's default locale is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it says.
    pub words: Words,
    /// The severity.
    pub severity: Severity,
}

/// The words of a [`Draft`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// One text, in the event's default locale.
    Plain(String),
    /// A text per locale, the event's default locale among them.
    PerLocale(BTreeMap<Locale, String>),
}

impl Draft {
    /// Returns the message, with plain words put into the `default` locale.
    ///
    /// # Errors
    /// [`MessageError`] as in [`Message::new`], and [`MessageError::NoDefault`] if there are words in other locales
    /// but not in the default one: plain clients and late joiners would see nothing. [`MessageError::Bytes`] if it is
    /// longer than [`MESSAGE_BYTES_MAX`]; messages that were accepted before this limit are still read.
    pub fn resolve(&self, default: &Locale) -> Result<Message, MessageError> {
        let mut text = BTreeMap::new();
        match &self.words {
            Words::Plain(words) => _ = text.insert(default.clone(), words.clone()),
            Words::PerLocale(per_locale) => text.clone_from(per_locale),
        }
        if !text.is_empty() && !text.contains_key(default) {
            return Err(MessageError::NoDefault(default.clone()));
        }
        let message = Message::new(text, self.severity)?;
        let bytes = message.bytes();
        if bytes > MESSAGE_BYTES_MAX {
            return Err(MessageError::Bytes { bytes, locales: message.text.len() });
        }
        Ok(message)
    }
}

/// Why texts are not a valid message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// There is no text, or there are more than [`LOCALES_MAX`]; holds the number.
    Locales(usize),
    /// The event's default locale is missing.
    NoDefault(Locale),
    /// The text of this locale is empty or too long.
    Length {
        /// Where.
        locale: Locale,
        /// Its length in characters.
        chars: usize,
    },
    /// All texts together are too long.
    Bytes {
        /// Their length in bytes of JSON.
        bytes: usize,
        /// The number of locales.
        locales: usize,
    },
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locales(0) => write!(f, "the message has no text; give one, or use \"clear\" to take a message away"),
            Self::Locales(count) => write!(f, "the message has {count} locales, at most {LOCALES_MAX} fit"),
            Self::NoDefault(locale) => {
                write!(f, "the message has no text in the event's default locale {:?}; add it", locale.as_str())
            }
            Self::Length { locale, chars: 0..=TEXT_CHARS_MAX } => {
                write!(f, "the message in {:?} is empty; give it a text, or leave that locale out", locale.as_str())
            }
            Self::Bytes { bytes, locales } => write!(
                f,
                "the message has {bytes} bytes of JSON in {locales} locales, at most {MESSAGE_BYTES_MAX} fit; shorten the texts, or leave locales out"
            ),
            Self::Length { locale, chars } => {
                write!(
                    f,
                    "the message in {:?} has {chars} characters, at most {TEXT_CHARS_MAX} fit; shorten it",
                    locale.as_str()
                )
            }
        }
    }
}
impl core::error::Error for MessageError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_language_tags() {
        for good in ["en", "fr-CA", "zh-Hant-TW", "de-1996"] {
            assert!(good.parse::<Locale>().is_ok(), "{good}");
        }
        for bad in ["", "e", "en_US", "en-", "1en", "english-language-of-the-longer-kinds"] {
            assert!(bad.parse::<Locale>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_message_says_what_is_wrong_with_its_text() {
        let of = |text: &str| Message::new(BTreeMap::from([(Locale::default(), text.to_owned())]), Severity::Info);
        assert!(of(&"x".repeat(500)).is_ok());
        assert!(of(&"x".repeat(501)).unwrap_err().to_string().contains("501 characters, at most 500"));
        assert!(of("  ").unwrap_err().to_string().contains("is empty"));
        assert!(Message::new(BTreeMap::new(), Severity::Info).unwrap_err().to_string().contains("\"clear\""));
    }

    #[test]
    fn a_message_has_at_most_8_kib_of_json_over_all_its_locales() {
        let locales = (0..14).map(|place| format!("l{}", char::from(b'a' + place)).parse().unwrap());
        let draft = |chars: usize, more: usize| {
            let mut text: BTreeMap<Locale, String> = locales.clone().map(|tag| (tag, "\u{1}".repeat(chars))).collect();
            text.insert(Locale::default(), "x".repeat(more));
            Draft { words: Words::PerLocale(text), severity: Severity::Info }
        };
        // 14 × ("la":"…", and 95 × 6 bytes), "en":"…" and two braces.
        let longest = draft(95, 8_192 - 14 * (8 + 570) - 7 - 2);
        assert_eq!(longest.resolve(&Locale::default()).unwrap().bytes(), MESSAGE_BYTES_MAX);
        let error = draft(95, 8_193 - 14 * (8 + 570) - 7 - 2).resolve(&Locale::default()).unwrap_err();
        assert_eq!(error, MessageError::Bytes { bytes: 8_193, locales: 15 });
        assert!(error.to_string().contains("8193 bytes of JSON in 15 locales, at most 8192 fit; shorten"), "{error}");
        // What was accepted before there was this limit is still read.
        let text = format!(r#"{{"text":{{"en":"{0}","fr":"{0}"}}}}"#, "\\u0001".repeat(500));
        let longer: Vec<String> =
            (0..4).map(|place| format!(r#""l{}":"{}""#, char::from(b'a' + place), "\\u0001".repeat(500))).collect();
        assert!(serde_json::from_str::<Message>(&text).is_ok());
        assert!(serde_json::from_str::<Message>(&format!(r#"{{"text":{{{}}}}}"#, longer.join(","))).is_ok());
    }
}
