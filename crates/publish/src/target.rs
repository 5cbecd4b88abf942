//! Where rundowns are published, as people write it: `worker:`, `s3://…`, `gs://…`, `az://…`, `file:…`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

/// The forms a target has, for error messages.
const FORMS: &str = "give worker:, s3://BUCKET/PREFIX?endpoint=URL&region=NAME, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX or file:FOLDER";

/// Where rundowns are published.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Target {
    /// The event's own server, through its API.
    #[default]
    Worker,
    /// A folder that a web server or a CDN serves.
    Folder(PathBuf),
    /// A bucket of a cloud, or of a server with the same protocol.
    Bucket(Bucket),
}

/// A bucket, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// What kind of store it is.
    pub kind: Kind,
    /// The bucket's name.
    pub name: String,
    /// The prefix of all keys, without slashes around it; empty for the whole bucket.
    pub prefix: String,
    /// An `http` or `https` address; `None` for the cloud's own.
    pub endpoint: Option<String>,
    /// The region, for S3.
    pub region: Option<String>,
    /// The account, for Azure.
    pub account: Option<String>,
}

/// The protocol of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Amazon S3, Cloudflare R2, MinIO, SeaweedFS and others.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

impl Kind {
    const fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }

    /// Returns the settings that may follow the `?`.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::S3 => &["endpoint", "region"],
            Self::Google => &["endpoint"],
            Self::Azure => &["account", "endpoint"],
        }
    }
}

impl Target {
    /// Returns the same target, with a relative folder resolved against `directory`.
    #[must_use]
    pub fn beside(self, directory: &Path) -> Self {
        match self {
            Self::Folder(folder) => Self::Folder(directory.join(folder)),
            other => other,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Worker => f.write_str("worker:"),
            Self::Folder(folder) => write!(f, "file:{}", folder.display()),
            Self::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.kind.scheme(), self.name)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        let settings = [("endpoint", &self.endpoint), ("region", &self.region), ("account", &self.account)];
        let settings = settings.into_iter().filter_map(|(key, value)| value.as_ref().map(|value| (key, value)));
        for (index, (key, value)) in settings.enumerate() {
            write!(f, "{}{key}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl FromStr for Target {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if matches!(text, "worker:" | "worker") {
            return Ok(Self::Worker);
        }
        if let Some(folder) = text.strip_prefix("file:") {
            return folder_of(folder).map(Self::Folder);
        }
        let kind = [Kind::S3, Kind::Google, Kind::Azure]
            .into_iter()
            .find(|kind| text.strip_prefix(kind.scheme()).is_some_and(|rest| rest.starts_with("://")));
        match kind {
            Some(kind) => bucket(kind, text).map(Self::Bucket),
            None => Err(format!("this names no kind of store; {FORMS}")),
        }
    }
}

/// Parses the text after `file:`: a path, or `//` and a path that begins with `/`.
fn folder_of(text: &str) -> Result<PathBuf, String> {
    let path = text.strip_prefix("//").unwrap_or(text);
    if path.is_empty() {
        return Err("file: needs a folder; give file:./public or file:/srv/shows".to_owned());
    }
    if text.starts_with("//") && !path.starts_with('/') {
        return Err(format!("file://{path} names a machine; give file:./{path} or file:/{path}"));
    }
    Ok(PathBuf::from(path))
}

fn bucket(kind: Kind, text: &str) -> Result<Bucket, String> {
    let scheme = kind.scheme();
    // The message does not repeat the text, which may contain a password.
    let url = Url::parse(text).map_err(|error| format!("this is no URL ({error}); {FORMS}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "credentials do not belong into {scheme}://…; set them in the environment, as the cloud's own tools take them"
        ));
    }
    if url.fragment().is_some() || url.port().is_some() {
        return Err(format!("{scheme}://BUCKET/PREFIX has neither # nor port; an address goes into ?endpoint=URL"));
    }
    let name = url.host_str().filter(|name| !name.is_empty()).ok_or(format!("{scheme}:// needs a bucket; {FORMS}"))?;
    let prefix = url.path().trim_matches('/').to_owned();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if !prefix.bytes().all(plain) || prefix.split('/').any(|part| !prefix.is_empty() && matches!(part, "" | "." | ".."))
    {
        return Err(format!("{prefix:?} is not a prefix; use a-z, A-Z, 0-9, \"-\", \"_\", \".\" and single slashes"));
    }
    let mut bucket = Bucket { kind, name: name.to_owned(), prefix, endpoint: None, region: None, account: None };
    for (key, value) in url.query_pairs() {
        let known = kind.keys().contains(&key.as_ref());
        let place = match key.as_ref() {
            "endpoint" if known => &mut bucket.endpoint,
            "region" if known => &mut bucket.region,
            "account" if known => &mut bucket.account,
            _ => return Err(format!("{scheme}:// knows no {key:?}; it knows {}", kind.keys().join(" and "))),
        };
        if value.is_empty() || place.is_some() {
            return Err(format!("{key} needs one value"));
        }
        *place = Some(value.into_owned());
    }
    if let Some(endpoint) = &bucket.endpoint {
        bucket.endpoint = Some(endpoint_of(endpoint)?);
    }
    Ok(bucket)
}

/// Parses the address of a store.
fn endpoint_of(text: &str) -> Result<String, String> {
    let refused =
        || "the endpoint is not a URL; give one such as https://s3.example.com, without user or query".to_owned();
    let url = Url::parse(text).map_err(|_| refused())?;
    let fine = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if fine { Ok(text.trim_end_matches('/').to_owned()) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Target, String> {
        text.parse()
    }

    #[test]
    fn every_kind_of_target_is_read_and_written_back() {
        for text in [
            "worker:",
            "s3://shows/gala/2026?endpoint=http://127.0.0.1:8333&region=eu-central-1",
            "s3://shows",
            "gs://shows/gala",
            "az://shows/gala?endpoint=http://127.0.0.1:10000/devstoreaccount1&account=devstoreaccount1",
            "file:/srv/shows",
            "file:./public",
        ] {
            let target = read(text).unwrap();
            let written = target.to_string();
            assert_eq!(read(&written), Ok(target), "{written}");
        }
        assert_eq!(read("file:///srv/shows"), Ok(Target::Folder("/srv/shows".into())));
        assert_eq!(read("s3://shows/gala/").unwrap().to_string(), "s3://shows/gala");
    }

    #[test]
    fn an_unknown_setting_is_refused_with_the_known_ones() {
        assert_eq!(read("s3://shows?regoin=x").unwrap_err(), "s3:// knows no \"regoin\"; it knows endpoint and region");
        assert_eq!(read("gs://shows?region=x").unwrap_err(), "gs:// knows no \"region\"; it knows endpoint");
        assert!(read("s3://shows?region=a&region=b").unwrap_err().contains("one value"));
        assert!(read("s3://shows?region=").unwrap_err().contains("one value"));
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        let secret = "hunter2";
        for text in [
            format!("s3://key:{secret}@shows/gala"),
            format!("s3://shows?endpoint=http://key:{secret}@127.0.0.1"),
            format!("s3://shows?endpoint=http://127.0.0.1/?password={secret}"),
            format!("https://key:{secret}@shows"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(!error.contains(secret), "{error}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_possible_forms() {
        for text in ["", "shows", "s3:", "s3:/shows", "ftp://shows", "s3://"] {
            assert!(read(text).unwrap_err().contains("s3://BUCKET/PREFIX"), "{text}");
        }
        for text in ["file:", "file://", "file://host/share", "s3://shows/a//b", "s3://shows/a b", "s3://shows:90/a"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_relative_folder_is_taken_from_where_it_was_written() {
        let beside = |text: &str| read(text).unwrap().beside(Path::new("/srv")).to_string();
        assert_eq!((beside("file:public"), beside("file:/a")), ("file:/srv/public".to_owned(), "file:/a".to_owned()));
    }
}
