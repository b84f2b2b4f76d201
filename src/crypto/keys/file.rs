//! Reading and writing the key file.

use std::{
    fs, io,
    io::{Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use zeroize::Zeroizing;

use super::{KeyFault, KeyFile};

/// Why a key file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("key file {path}: {source}")]
    Io {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Others than its owner may read it.
    #[error("key file {path} has mode {mode:o}: others may read it; run `chmod 600 {path}`")]
    Open {
        /// Which file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// It is no key file.
    #[error("key file {path} is no key file: error at line {line}, column {column}")]
    Syntax {
        /// Which file.
        path: String,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// The keys in it cannot be used.
    #[error("key file {path}: {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults {
        /// Which file.
        path: String,
        /// All of them.
        faults: Vec<KeyFault>,
    },
}

impl KeyFile {
    /// Reads a file and checks permissions and keys.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let shown = path.display().to_string();
        let io = |source| KeyFileError::Io { path: shown.clone(), source };
        let mut file = fs::File::open(path).map_err(io)?;
        let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Open { path: shown, mode });
        }
        let mut text = Zeroizing::new(Vec::new());
        file.read_to_end(&mut text).map_err(io)?;
        let keys: Self = serde_json::from_slice(&text).map_err(|error| {
            // Where only: the message of the parser could repeat a part of a key.
            KeyFileError::Syntax { path: shown.clone(), line: error.line(), column: error.column() }
        })?;
        let faults = keys.check();
        if faults.is_empty() { Ok(keys) } else { Err(KeyFileError::Faults { path: shown, faults }) }
    }

    /// Writes the file with mode 0600, in one step: a crash leaves the old file or the new one.
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        let io = |source| KeyFileError::Io { path: path.display().to_string(), source };
        let text = serde_json::to_vec_pretty(self).map(Zeroizing::new).map_err(|error| io(error.into()))?;
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let written =
            write_new(&beside, &text).and_then(|()| fs::rename(&beside, path)).and_then(|()| sync_folder(path));
        written.map_err(|error| {
            // The failure is reported; a leftover that cannot be removed either is overwritten by the next try.
            let _ = fs::remove_file(&beside);
            io(error)
        })
    }
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    // A leftover of a crashed process with the same id must not lend its permissions.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{crypto::entropy::system_world, domain::sample};

    /// A folder that goes with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("voxgate-keys-{}", system_world().id::<uuid::Uuid>()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_saved_file_is_private_and_reads_back() {
        let folder = Folder::new();
        let path = folder.0.join("keys.json");
        let keys = KeyFile::generate(&sample::world());
        keys.save(&path).unwrap();
        keys.save(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(KeyFile::load(&path).unwrap(), keys);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    }

    #[test]
    fn an_open_broken_weak_or_missing_file_is_refused() {
        let folder = Folder::new();
        let path = folder.0.join("keys.json");
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Io { .. })));

        let mut keys = KeyFile::generate(&sample::world());
        keys.save(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Open { mode: 0o644, .. })));

        keys.pepper = vec![1; 32].into();
        keys.save(&path).unwrap();
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Faults { .. })));

        fs::write(&path, "{\"pepper\": \"hunter2 is no base64\"}").unwrap();
        let error = KeyFile::load(&path).unwrap_err();
        assert!(matches!(error, KeyFileError::Syntax { .. }) && !error.to_string().contains("hunter2"));
    }
}
