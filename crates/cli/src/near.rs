//! "Did you mean": names that are near to one that does not exist.

/// The words that people use for commands that have another name here, with the command that does it.
const OTHER_WORDS: [(&str, &[&str]); 9] = [
    ("resume", &["start", "play", "continue", "unpause", "unhold", "unfreeze", "run"]),
    ("pause", &["halt", "freeze", "wait", "emergency-stop", "break"]),
    ("end", &["finish", "close", "terminate", "quit"]),
    ("undo", &["revert", "back", "cancel", "rollback"]),
    ("announce", &["message", "msg", "say", "tell", "notify", "banner"]),
    ("seek", &["jump", "goto", "move", "skip", "position"]),
    ("rate", &["speed"]),
    ("log", &["history", "audit", "changes"]),
    ("event list", &["list", "events", "ls"]),
];

/// Returns the command that does what people may mean by `word`.
pub(crate) fn command_for(word: &str) -> Option<&'static str> {
    OTHER_WORDS.into_iter().find_map(|(command, words)| words.contains(&word).then_some(command))
}

/// Returns the names that are so near to `wanted` that one of them was probably meant, the nearest first, at most 3.
pub(crate) fn names<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let most = 1 + wanted.chars().count() / 4;
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|name| {
            let distance = strsim::damerau_levenshtein(wanted, name);
            // "gala" for "spring-gala-2026".
            let contains = wanted.chars().count() >= 3 && (name.contains(wanted) || wanted.contains(name));
            (distance <= most || contains).then_some((distance, name))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, name)| name).take(3).collect()
}

/// Writes the names for a question: `"a", "b" or "c"`.
pub(crate) fn either(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_finds_the_one_that_was_meant() {
        let known = ["main", "spring-gala", "spring-gala-2026", "rehearsal"];
        assert_eq!(names("sping-gala", known), ["spring-gala"]);
        assert_eq!(names("gala", known), ["spring-gala", "spring-gala-2026"]);
        assert_eq!(names("rehersal", known), ["rehearsal"]);
        assert_eq!(names("mian", known), ["main"]);
        assert!(names("wedding", known).is_empty());
        assert_eq!(either(&["a", "b", "c"]), "\"a\", \"b\" or \"c\"");
    }

    #[test]
    fn other_words_for_commands_are_known() {
        assert_eq!(
            (command_for("start"), command_for("freeze"), command_for("dance")),
            (Some("resume"), Some("pause"), None)
        );
    }
}
