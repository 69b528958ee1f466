//! What the stack keeps: small named documents, in a locked folder or in memory.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StartError;

/// Where a stack keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In a folder that one stack at a time may use; a restart finds everything again.
    Folder(PathBuf),
    /// In memory, gone with the stack.
    Memory,
}

/// Named documents. A clone is another handle on the same ones.
#[derive(Clone)]
pub(crate) struct Store(Arc<Place>);

enum Place {
    /// The lock is the open file: the system releases it with the process, however that ends.
    Folder {
        path: PathBuf,
        _lock: File,
    },
    Memory(Mutex<BTreeMap<String, Vec<u8>>>),
}

impl Store {
    /// Makes the folder if there is none, and locks it.
    pub(crate) fn open(data: &Data) -> Result<Self, StartError> {
        let place = match data {
            Data::Memory => Place::Memory(Mutex::default()),
            Data::Folder(path) => Place::Folder { path: path.clone(), _lock: lock(path)? },
        };
        Ok(Self(Arc::new(place)))
    }

    /// The path of a file in the folder; `None` in memory.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        match &*self.0 {
            Place::Folder { path, .. } => Some(path.join(name)),
            Place::Memory(_) => None,
        }
    }

    /// One document, if it was ever written.
    pub(crate) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match &*self.0 {
            Place::Folder { path, .. } => match fs::read(path.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                other => other.map(Some),
            },
            Place::Memory(documents) => Ok(documents.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()),
        }
    }

    /// Replaces one document; a crash leaves the old one or the new one.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        match &*self.0 {
            Place::Folder { path, .. } => replace(&path.join(name), bytes),
            Place::Memory(documents) => {
                documents.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), bytes.to_vec());
                Ok(())
            }
        }
    }

    /// The names below a folder of the store, in order.
    pub(crate) fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names = match &*self.0 {
            Place::Folder { path, .. } => files(&path.join(folder))?,
            Place::Memory(documents) => documents
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .keys()
                .filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned))
                .collect(),
        };
        names.sort();
        Ok(names)
    }

    /// A JSON document.
    pub(crate) fn read_json<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        self.read(name)?.map(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::from)).transpose()
    }

    /// Replaces a JSON document.
    pub(crate) fn write_json(&self, name: &str, value: &impl Serialize) -> io::Result<()> {
        self.write(name, &serde_json::to_vec_pretty(value)?)
    }

    /// The JSON document, made and written the first time.
    pub(crate) fn read_or_make<T>(&self, name: &str, make: impl FnOnce() -> T) -> io::Result<T>
    where
        T: Serialize + DeserializeOwned,
    {
        if let Some(found) = self.read_json(name)? {
            return Ok(found);
        }
        let fresh = make();
        self.write_json(name, &fresh)?;
        Ok(fresh)
    }
}

fn lock(path: &Path) -> Result<File, StartError> {
    let fault = |source| StartError::Folder { path: path.to_owned(), source };
    fs::create_dir_all(path).map_err(fault)?;
    let file = File::options().create(true).truncate(false).write(true).open(path.join("lock")).map_err(fault)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::FolderInUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(fault(error)),
    }
}

/// Writes beside the file and renames, so that no reader ever sees half of it. Only the owner may read: some of these
/// documents are keys.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    write_private(&beside, bytes)?;
    fs::rename(beside, path)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

fn files(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> (tempfile::TempDir, Vec<Store>) {
        let folder = tempfile::tempdir().unwrap();
        let stores = [Data::Folder(folder.path().join("data")), Data::Memory];
        let stores = stores.iter().map(|data| Store::open(data).unwrap()).collect();
        (folder, stores)
    }

    #[test]
    fn a_document_is_made_once() {
        let (_folder, stores) = both();
        for store in stores {
            assert_eq!(store.read_or_make("a.json", || 1).unwrap(), 1);
            assert_eq!(store.read_or_make("a.json", || 2).unwrap(), 1);
        }
    }

    #[test]
    fn names_are_those_below_the_folder_in_order() {
        let (_folder, stores) = both();
        for store in stores {
            for name in ["mail/b", "mail/a", "other/c", "mailing"] {
                store.write(name, b"x").unwrap();
            }
            assert_eq!(store.names("mail").unwrap(), ["a", "b"]);
            assert!(store.names("none").unwrap().is_empty());
        }
    }

    #[test]
    fn a_folder_is_used_by_one_store_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let data = Data::Folder(folder.path().to_owned());
        let first = Store::open(&data).unwrap();
        let refusal = Store::open(&data).err().unwrap();
        assert!(matches!(refusal, StartError::FolderInUse(_)));
        assert!(!refusal.to_string().contains('\n'), "one sentence");
        drop(first);
        assert!(Store::open(&data).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_a_document() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Data::Folder(folder.path().to_owned())).unwrap();
        store.write("keys.json", b"{}").unwrap();
        let mode = fs::metadata(folder.path().join("keys.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
