//! Texts with `${name}` in them.

use std::collections::BTreeMap;

use serde_json::Value;

/// The values of names in a file: its own `vars`, and those of the files that include it.
///
/// A bare array cannot declare any; compiled on its own, its texts are left as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Vars {
    known: Option<BTreeMap<String, Value>>,
}

/// A name without a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnknownVar {
    /// The name, or all that follows `${` if it is never closed.
    pub(super) name: String,
}

impl Vars {
    /// Returns these vars with further ones, which take precedence.
    pub(super) fn with(&self, more: BTreeMap<String, Value>) -> Self {
        let mut known = self.known.clone().unwrap_or_default();
        known.extend(more);
        Self { known: Some(known) }
    }

    /// Returns all names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().flat_map(|known| known.keys()).map(String::as_str)
    }

    /// Returns a text with its names replaced by their values, and the names that have none.
    pub(super) fn fill(&self, text: &str) -> (String, Vec<UnknownVar>) {
        let Some(known) = self.known.as_ref().filter(|_| text.contains("${")) else {
            return (text.to_owned(), Vec::new());
        };
        let mut unknown = Vec::new();
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, after) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                filled.push_str(before);
                filled.push_str("${");
                rest = &after[2..];
                continue;
            }
            filled.push_str(before);
            let (name, following) = after[2..].split_once('}').unwrap_or((&after[2..], ""));
            match known.get(name) {
                Some(Value::String(words)) => filled.push_str(words),
                Some(other) => filled.push_str(&other.to_string()),
                None => unknown.push(UnknownVar { name: name.to_owned() }),
            }
            rest = following;
        }
        filled.push_str(rest);
        (filled, unknown)
    }

    /// Returns the value of a text that is `${name}` and nothing else: it keeps its type.
    pub(super) fn whole(&self, text: &str) -> Option<&Value> {
        let name = text.strip_prefix("${")?.strip_suffix('}')?;
        self.known.as_ref()?.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars() -> Vars {
        let outer =
            Vars::default().with(BTreeMap::from([("brand".to_owned(), "red".into()), ("n".to_owned(), 3.into())]));
        outer.with(BTreeMap::from([("brand".to_owned(), "#e11d48".into())]))
    }

    #[test]
    fn names_are_filled_in_and_a_doubled_dollar_means_itself() {
        for (text, filled) in [
            ("${brand}", "#e11d48"),
            ("a ${n}×${brand}!", "a 3×#e11d48!"),
            ("$${brand} costs $5", "${brand} costs $5"),
            ("$$${n}", "$${n}"),
            ("$", "$"),
        ] {
            assert_eq!(vars().fill(text), (filled.to_owned(), vec![]), "{text}");
        }
        assert_eq!(vars().whole("${n}"), Some(&3.into()));
        assert_eq!(vars().whole("${n} "), None);
    }

    #[test]
    fn unknown_names_are_reported_and_without_vars_nothing_is_a_name() {
        let names = |text| vars().fill(text).1.into_iter().map(|unknown| unknown.name).collect::<Vec<_>>();
        assert_eq!(names("${a}${brand}${ n }${open"), ["a", " n ", "open"]);
        assert_eq!(Vars::default().fill("${a}"), ("${a}".to_owned(), vec![]));
    }
}
