//! Credentials of the stores, as the clouds' own tools name them in the environment.

use std::fmt;

/// Settings of the clouds: names such as `AWS_ACCESS_KEY_ID`, with their values.
///
/// They come from the caller: nothing here reads the environment. [`Credentials::is_setting`] says which variables to pass.
#[derive(Clone, Default)]
pub struct Credentials(Vec<(String, String)>);

impl Credentials {
    /// Returns whether an environment variable is a setting of a cloud.
    pub fn is_setting(name: &str) -> bool {
        ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|prefix| name.starts_with(prefix))
            || matches!(name, "SERVICE_ACCOUNT" | "IDENTITY_ENDPOINT")
    }

    /// Returns the settings whose names begin with `prefix` and that `parse` knows.
    pub(super) fn parsed<'a, K>(
        &'a self,
        prefix: &'a str,
        parse: impl Fn(&str) -> Option<K> + 'a,
    ) -> impl Iterator<Item = (K, &'a str)> {
        let settings = self.0.iter().filter(move |(name, _)| name.starts_with(prefix));
        settings.filter_map(move |(name, value)| Some((parse(&name.to_ascii_lowercase())?, &**value)))
    }

    /// Returns one setting by its whole name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(setting, _)| setting == name).map(|(_, value)| &**value)
    }
}

impl FromIterator<(String, String)> for Credentials {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(settings: I) -> Self {
        Self(settings.into_iter().filter(|(name, _)| Self::is_setting(name)).collect())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_shown() {
        let settings = [("AWS_SECRET_ACCESS_KEY", "hunter2"), ("HOME", "/root")];
        let credentials: Credentials =
            settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(format!("{credentials:?}"), r#"{"AWS_SECRET_ACCESS_KEY"}"#);
        assert_eq!(credentials.get("AWS_SECRET_ACCESS_KEY"), Some("hunter2"));
    }
}
