//! A store of objects: a bucket or a folder. It reads, puts, compares and swaps; what its objects mean is decided elsewhere.

mod build;
mod connector;
mod credentials;
mod error;
mod excerpt;
mod folder;
mod listed;
mod refusal;

use downbeat_api::clock;
use downbeat_core::{ServerTime, Span};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload,
    UpdateVersion,
};

use crate::headers::{Headers, IMMUTABLE};
use crate::target::{Bucket, Target};
use connector::Connector;
use folder::Missing;

pub use credentials::Credentials;
pub use error::StoreError;
pub use listed::Listed;

/// A store of objects. Keys are relative to its prefix.
pub struct Store {
    place: Place,
    connector: Connector,
    name: String,
    before_writing: fn(),
}

enum Place {
    Bucket { store: Box<dyn ObjectStore>, bucket: Bucket },
    Folder(std::path::PathBuf),
}

/// An object that was read.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// The `Content-Type` that it is served with; `None` where the store keeps no headers.
    pub content_type: Option<String>,
    /// The `Cache-Control` that it is served with; `None` where the store keeps no headers.
    pub cache_control: Option<String>,
    version: UpdateVersion,
}

/// What became of a compare-and-swap.
#[derive(Debug)]
pub enum Swap {
    /// It is done.
    Done,
    /// The store has another object than expected: somebody else's, or our own whose answer was lost.
    Refused,
    /// It is unknown whether it was done.
    Unknown(StoreError),
}

impl Store {
    /// Opens the store at `target`; `None` for the worker, which is not a store. Every call may take about `timeout`
    /// altogether. Nothing is requested yet.
    ///
    /// # Errors
    /// [`StoreError::Settings`] if the credentials are incomplete.
    pub fn open(target: &Target, credentials: &Credentials, timeout: Span) -> Result<Option<Self>, StoreError> {
        let connector = Connector::new(timeout);
        let place = match target {
            Target::Worker => return Ok(None),
            Target::Folder(folder) => Place::Folder(folder.clone()),
            Target::Bucket(bucket) => Place::Bucket {
                store: build::bucket(bucket, credentials, &connector, timeout)?,
                bucket: bucket.clone(),
            },
        };
        Ok(Some(Self { place, connector, name: target.to_string(), before_writing: || {} }))
    }

    /// Has `notify` called before each write and each deletion.
    #[must_use]
    pub fn before_writing(self, notify: fn()) -> Self {
        Self { before_writing: notify, ..self }
    }

    /// Returns how people name it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether it is a folder, where a lock does what a bucket does with conditional writes.
    pub const fn is_folder(&self) -> bool {
        matches!(self.place, Place::Folder(_))
    }

    /// Returns whether it keeps the headers that an object is served with. A folder's web server has them instead.
    pub const fn keeps_headers(&self) -> bool {
        !self.is_folder()
    }

    /// Returns what is wrong with the headers that a rundown is served with.
    pub fn header_fault(&self, found: &Object) -> Option<String> {
        if !self.keeps_headers() {
            return None;
        }
        let differs = |name: &str, found: Option<&str>, wanted: &str| match found {
            Some(found) if found == wanted => None,
            Some(found) => Some(format!("its {name} is {found:?} instead of {wanted:?}")),
            None => Some(format!("it has no {name} instead of {wanted:?}")),
        };
        differs("Content-Type", found.content_type.as_deref(), IMMUTABLE.content_type)
            .or_else(|| differs("Cache-Control", found.cache_control.as_deref(), IMMUTABLE.cache_control))
    }

    /// Returns the time by the store's clock, as its last response showed it; before the first response, and for a folder,
    /// by this machine's.
    pub fn now(&self) -> ServerTime {
        self.connector.date().unwrap_or_else(clock::wall)
    }

    /// Reads an object; `None` if the store does not have it.
    pub async fn read(&self, key: &str) -> Result<Option<Object>, StoreError> {
        let Some((store, path)) = self.locate(key)? else { return Ok(None) };
        let read = async {
            let found = store.get_opts(&path, GetOptions::default()).await?;
            let header = |name| found.attributes.get(&name).map(|value| value.as_ref().to_owned());
            let (content_type, cache_control) = (header(Attribute::ContentType), header(Attribute::CacheControl));
            let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            let bytes = found.bytes().await?.to_vec();
            Ok(Object { bytes, content_type, cache_control, version })
        };
        error::optional(read.await).map_err(|error| self.failed("read", key, error))
    }

    /// Returns an object's size and age without reading it; `None` if the store does not have it.
    pub async fn head(&self, key: &str) -> Result<Option<Listed>, StoreError> {
        let Some((store, path)) = self.locate(key)? else { return Ok(None) };
        let found = error::optional(store.head(&path).await).map_err(|error| self.failed("look at", key, error))?;
        Ok(found.map(|meta| listed(&meta, key.to_owned())))
    }

    /// Puts an object, and replaces the one that the store may have.
    pub async fn put(&self, key: &str, bytes: &[u8], headers: Headers) -> Result<(), StoreError> {
        self.write(key, bytes, headers, PutMode::Overwrite).await.map_err(|error| self.failed("put", key, error))
    }

    /// Replaces the object that was read as `over`; with `None`, puts an object where the store has none.
    ///
    /// # Errors
    /// [`StoreError`] if it certainly was not done; [`Swap::Unknown`] is not an error.
    pub async fn swap(
        &self,
        key: &str,
        bytes: &[u8],
        headers: Headers,
        over: Option<&Object>,
    ) -> Result<Swap, StoreError> {
        let written = match (&self.place, over) {
            (Place::Folder(root), over) => {
                let _lock = folder::lock(root).await?;
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
            // An attempt without an answer may have preceded one that found no connection.
            Err(error) => match self.failed("swap", key, error) {
                error @ (StoreError::NoAnswer { .. } | StoreError::Unreachable { .. }) => Ok(Swap::Unknown(error)),
                error => Err(error),
            },
        }
    }

    /// Deletes an object. That the store does not have it is not an error.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let Some((store, path)) = self.locate(key)? else { return Ok(()) };
        (self.before_writing)();
        error::optional(store.delete(&path).await).map(drop).map_err(|error| self.failed("delete", key, error))
    }

    /// Lists the objects directly in a folder, by key.
    pub async fn list(&self, folder: &str) -> Result<Vec<Listed>, StoreError> {
        let Some((store, path)) = self.locate(folder)? else { return Ok(Vec::new()) };
        let found = error::optional(store.list_with_delimiter(Some(&path)).await);
        let found = found.map_err(|error| self.failed("list", folder, error))?;
        let object = |meta: &ObjectMeta| Some(listed(meta, format!("{folder}/{}", meta.location.filename()?)));
        let mut objects: Vec<Listed> = found.iter().flat_map(|found| &found.objects).filter_map(object).collect();
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(objects)
    }

    /// Lists the names of the folders directly in a folder.
    pub async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let Some((store, path)) = self.locate(folder)? else { return Ok(Vec::new()) };
        let found = error::optional(store.list_with_delimiter(Some(&path)).await);
        let found = found.map_err(|error| self.failed("list", folder, error))?;
        let names = found.iter().flat_map(|found| &found.common_prefixes).filter_map(|path| path.filename());
        Ok(names.map(str::to_owned).collect())
    }

    /// Lists the staging files that publishers left in a folder, or are writing now. A bucket has none.
    pub fn staging_files(&self) -> Result<Vec<Listed>, StoreError> {
        match &self.place {
            Place::Folder(root) => folder::staging_files(root),
            Place::Bucket { .. } => Ok(Vec::new()),
        }
    }

    /// Deletes a staging file. That the folder does not have it is not an error.
    pub fn delete_staging_file(&self, key: &str) -> Result<(), StoreError> {
        match &self.place {
            Place::Folder(root) => {
                (self.before_writing)();
                folder::delete_staging_file(root, key)
            }
            Place::Bucket { .. } => Ok(()),
        }
    }

    async fn write(&self, key: &str, bytes: &[u8], headers: Headers, mode: PutMode) -> object_store::Result<()> {
        (self.before_writing)();
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
                folder = folder::open(root, Missing::Create)?.expect("a missing folder is created");
                (store, path) = (&folder, beneath("", key));
            }
        }
        store.put_opts(&path, PutPayload::from(bytes.to_vec()), options).await.map(drop)
    }

    /// Returns where a key is; `None` if even the store's folder is missing.
    fn locate(&self, key: &str) -> Result<Option<(Reach<'_>, Path)>, StoreError> {
        Ok(match &self.place {
            Place::Bucket { store, bucket } => Some((Reach::Bucket(&**store), beneath(&bucket.prefix, key))),
            Place::Folder(root) => folder::open(root, Missing::Leave)
                .map_err(|error| self.failed("open", key, error))?
                .map(|folder| (Reach::Folder(Box::new(folder)), beneath("", key))),
        })
    }

    /// Returns why a call failed. `verb` is what the store was asked to do with `key`.
    fn failed(&self, verb: &str, key: &str, error: object_store::Error) -> StoreError {
        match &self.place {
            Place::Folder(path) => error::of_folder(path, &error),
            Place::Bucket { bucket, .. } => error::of_bucket(bucket.kind, &self.name, format!("{verb} {key}"), &error),
        }
    }
}

/// A store that can be called.
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

/// Returns the path of a key. Prefixes and keys have only characters that need no escaping.
fn beneath(prefix: &str, key: &str) -> Path {
    Path::from(format!("{prefix}/{key}"))
}
