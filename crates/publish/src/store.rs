//! A store of objects: a bucket or a folder. It reads, puts, compares and swaps; what lies in it is decided elsewhere.
//!
//! `object_store` speaks with the clouds; every call runs on the caller's tokio runtime.

mod build;
mod connector;
mod error;
mod folder;

use downbeat_core::{ServerTime, Span};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload,
    UpdateVersion,
};

use crate::clock;
use crate::interrupt;
use crate::publish::target::{Bucket, Target};
use connector::Connector;

pub(crate) use error::StoreError;
use error::{absent, what};

/// A store of objects. Keys are relative to its prefix.
pub(crate) struct Store {
    place: Place,
    connector: Connector,
    name: String,
}

enum Place {
    Bucket { store: Box<dyn ObjectStore>, bucket: Bucket },
    Folder(std::path::PathBuf),
}

/// What an object is served with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Headers {
    pub(crate) content_type: &'static str,
    pub(crate) cache_control: &'static str,
}

/// An object that was read.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    /// What it is served with; nothing where the store keeps no headers.
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
    version: UpdateVersion,
}

/// An object that was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) bytes: u64,
    /// When it was put last, by the store's clock.
    pub(crate) modified: ServerTime,
}

/// What became of a compare-and-swap.
#[derive(Debug)]
pub(crate) enum Swap {
    /// It is done.
    Done,
    /// What is there is not what was expected: somebody else's, or one's own whose answer was lost.
    Refused,
    /// Nobody knows.
    Unknown(StoreError),
}

impl Store {
    /// Returns the store at `target`; every call may take about `timeout` altogether. Nothing for the worker, which is
    /// none. Nothing is asked yet.
    ///
    /// # Errors
    /// [`StoreError::Settings`] if the credentials in the environment are incomplete.
    pub(crate) fn open(target: &Target, timeout: Span) -> Result<Option<Self>, StoreError> {
        let connector = Connector::new(timeout);
        let place = match target {
            Target::Worker => return Ok(None),
            Target::Folder(folder) => Place::Folder(folder.clone()),
            Target::Bucket(bucket) => {
                Place::Bucket { store: build::bucket(bucket, &connector, timeout)?, bucket: bucket.clone() }
            }
        };
        Ok(Some(Self { place, connector, name: target.to_string() }))
    }

    /// Returns how people name it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether it keeps the headers an object is served with. A folder does not: its web server has them.
    pub(crate) const fn keeps_headers(&self) -> bool {
        matches!(self.place, Place::Bucket { .. })
    }

    /// Returns the store's clock, as its last answer told it; before any, and for a folder, this machine's.
    pub(crate) fn now(&self) -> ServerTime {
        self.connector.date().unwrap_or_else(clock::wall)
    }

    /// Reads an object; nothing if there is none.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<Object>, StoreError> {
        let Some((store, path)) = self.at(key)? else { return Ok(None) };
        let read = async {
            let found = store.get_opts(&path, GetOptions::default()).await?;
            let header = |name| found.attributes.get(&name).map(|value| value.as_ref().to_owned());
            let (content_type, cache_control) = (header(Attribute::ContentType), header(Attribute::CacheControl));
            let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            let bytes = found.bytes().await?.to_vec();
            Ok(Object { bytes, content_type, cache_control, version })
        };
        absent(read.await).map_err(|error| what(self, "read", key, error))
    }

    /// Returns what is known of an object without reading it; nothing if there is none.
    pub(crate) async fn look(&self, key: &str) -> Result<Option<Listed>, StoreError> {
        let Some((store, path)) = self.at(key)? else { return Ok(None) };
        let found = absent(store.head(&path).await).map_err(|error| what(self, "look at", key, error))?;
        Ok(found.map(|meta| listed(&meta, key.to_owned())))
    }

    /// Puts an object, whether or not there is one.
    pub(crate) async fn put(&self, key: &str, bytes: &[u8], headers: Headers) -> Result<(), StoreError> {
        self.write(key, bytes, headers, PutMode::Overwrite).await.map_err(|error| what(self, "put", key, error))
    }

    /// Puts an object in the place of the one that was read as `over`; with nothing, where there is none.
    ///
    /// # Errors
    /// [`StoreError`] if it certainly did not happen; if nobody knows, that is [`Swap::Unknown`].
    pub(crate) async fn swap(
        &self,
        key: &str,
        bytes: &[u8],
        headers: Headers,
        over: Option<&Object>,
    ) -> Result<Swap, StoreError> {
        let written = match (&self.place, over) {
            (Place::Folder(root), over) => {
                let _lock = folder::lock(root)?;
                let present = self.read(key).await?.map(|object| object.bytes);
                if present.as_deref() != over.map(|object| &object.bytes[..]) {
                    return Ok(Swap::Refused);
                }
                self.write(key, bytes, headers, PutMode::Overwrite).await
            }
            (_, None) => self.write(key, bytes, headers, PutMode::Create).await,
            (_, Some(over)) => self.write(key, bytes, headers, PutMode::Update(over.version.clone())).await,
        };
        match written {
            Ok(()) => Ok(Swap::Done),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(Swap::Refused)
            }
            // An attempt that got no answer may have come before one that found no way.
            Err(error) => match what(self, "swap", key, error) {
                error @ (StoreError::NoAnswer { .. } | StoreError::Unreachable { .. }) => Ok(Swap::Unknown(error)),
                error => Err(error),
            },
        }
    }

    /// Deletes an object; it is no error if there is none.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let Some((store, path)) = self.at(key)? else { return Ok(()) };
        interrupt::something_was_sent();
        absent(store.delete(&path).await).map(drop).map_err(|error| what(self, "delete", key, error))
    }

    /// Lists the objects right beneath a folder, by key.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<Listed>, StoreError> {
        let Some((store, path)) = self.at(folder)? else { return Ok(Vec::new()) };
        let found = absent(store.list_with_delimiter(Some(&path)).await);
        let found = found.map_err(|error| what(self, "list", folder, error))?;
        let object = |meta: &ObjectMeta| Some(listed(meta, format!("{folder}/{}", meta.location.filename()?)));
        let mut objects: Vec<Listed> = found.iter().flat_map(|found| &found.objects).filter_map(object).collect();
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(objects)
    }

    /// Lists the names of the folders right beneath a folder.
    pub(crate) async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let Some((store, path)) = self.at(folder)? else { return Ok(Vec::new()) };
        let found = absent(store.list_with_delimiter(Some(&path)).await);
        let found = found.map_err(|error| what(self, "list", folder, error))?;
        let names = found.iter().flat_map(|found| &found.common_prefixes).filter_map(|path| path.filename());
        Ok(names.map(str::to_owned).collect())
    }

    async fn write(&self, key: &str, bytes: &[u8], headers: Headers, mode: PutMode) -> object_store::Result<()> {
        interrupt::something_was_sent();
        let mut options = PutOptions { mode, ..PutOptions::default() };
        let (store, path): (&dyn ObjectStore, _);
        let folder;
        match &self.place {
            Place::Bucket { store: inner, bucket } => {
                options.attributes = Attributes::from_iter([
                    (Attribute::ContentType, headers.content_type),
                    (Attribute::CacheControl, headers.cache_control),
                ]);
                (store, path) = (&**inner, beneath(&bucket.prefix, key));
            }
            Place::Folder(root) => {
                folder = folder::open(root, true)?.expect("a folder that is made is there");
                (store, path) = (&folder, beneath("", key));
            }
        }
        store.put_opts(&path, PutPayload::from(bytes.to_vec()), options).await.map(drop)
    }

    /// Returns where a key is; nothing if not even the folder is there.
    fn at(&self, key: &str) -> Result<Option<(Reach<'_>, Path)>, StoreError> {
        Ok(match &self.place {
            Place::Bucket { store, bucket } => Some((Reach::Bucket(&**store), beneath(&bucket.prefix, key))),
            Place::Folder(root) => folder::open(root, false)
                .map_err(|error| what(self, "open", key, error))?
                .map(|folder| (Reach::Folder(Box::new(folder)), beneath("", key))),
        })
    }
}

/// A store that can be asked.
enum Reach<'a> {
    Bucket(&'a dyn ObjectStore),
    Folder(Box<object_store::local::LocalFileSystem>),
}

impl std::ops::Deref for Reach<'_> {
    type Target = dyn ObjectStore;
    fn deref(&self) -> &Self::Target {
        match self {
            Self::Bucket(store) => *store,
            Self::Folder(store) => &**store,
        }
    }
}

fn listed(meta: &ObjectMeta, key: String) -> Listed {
    let modified = ServerTime::try_from_millis(meta.last_modified.timestamp_millis());
    Listed { key, bytes: meta.size, modified: modified.unwrap_or(ServerTime::from_millis(0)) }
}

/// Returns the path of a key. Prefixes and keys have only characters that stay as they are.
fn beneath(prefix: &str, key: &str) -> Path {
    Path::from(format!("{prefix}/{key}"))
}
