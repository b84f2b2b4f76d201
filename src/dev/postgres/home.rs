//! Where the cluster lives: its directory, its data, its socket, its lock and its log.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, chown},
    },
    path::{Path, PathBuf},
};

use rustix::fs::FlockOperation;
use sha2::{Digest, Sha256};

use super::{account::Account, error::ClusterError};

/// Linux: 108 bytes with the end mark.
const LONGEST_SOCKET: usize = 107;
const SOCKET_NAME: &str = "/.s.PGSQL.5432";
/// For data directories the database account cannot reach.
const SHARED_STATE: &str = "/var/lib/voxgate-dev";

/// The paths of one cluster.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) root: PathBuf,
    pub(super) data: PathBuf,
    pub(super) socket: PathBuf,
    pub(super) log: PathBuf,
}

impl Home {
    /// Makes the directories. The notes say what a person would not expect.
    pub(super) fn prepare(data_dir: &Path, account: &Account) -> Result<(Self, Vec<String>), ClusterError> {
        // The account that steps down must be able to walk through; it cannot list or read.
        let mode = if account.stepped_down { 0o711 } else { 0o700 };
        make(data_dir, mode)?;
        let data_dir = data_dir.canonicalize().map_err(ClusterError::file("find", data_dir))?;
        let name = short_name(&data_dir);
        let mut notes = Vec::new();
        let root = if account.reaches(&data_dir) {
            data_dir.join("postgres")
        } else {
            make(Path::new(SHARED_STATE), 0o711)?;
            let root = Path::new(SHARED_STATE).join(&name);
            notes.push(format!(
                "PostgreSQL does not run as root, and its account cannot reach {}: the database is kept in {}",
                data_dir.display(),
                root.display()
            ));
            root
        };
        make(&root, mode)?;
        // PostgreSQL stands in the resolved directory; an orphan is known by that.
        let root = root.canonicalize().map_err(ClusterError::file("find", &root))?;
        let socket = socket_dir(&root, &name, account)?;
        let home = Self { data: root.join("data"), log: root.join("postgres.log"), socket, root };
        Ok((home, notes))
    }

    /// Takes the lock that a second program would stumble over. It opens with what is returned, also by `kill -9`.
    pub(super) fn lock(&self) -> Result<Lock, ClusterError> {
        let path = self.root.join("lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut lock = open.map_err(ClusterError::file("open", &path))?;
        if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut holder = String::new();
            // The pid only decorates the message.
            let _ = lock.read_to_string(&mut holder);
            return Err(ClusterError::InUse { pid: holder.trim().parse().ok(), directory: self.root.clone() });
        }
        let written =
            lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| write!(lock, "{}", std::process::id()));
        written.map_err(ClusterError::file("write", &path))?;
        Ok(Lock(lock))
    }

    /// The major version that made the data, where there is data.
    pub(super) fn data_version(&self) -> Option<(u32, PathBuf)> {
        let version = fs::read_to_string(self.data.join("PG_VERSION")).ok()?;
        Some((version.trim().parse().ok()?, self.data.clone()))
    }
}

/// The lock on a home. Opened by word and not by closing the file: a child that another thread is just starting holds the
/// file too, until it has become another program.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file does the same a moment later.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

/// Makes `path` (and what is above it) where it is missing; leaves an existing one as it is.
fn make(path: &Path, mode: u32) -> Result<(), ClusterError> {
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(ClusterError::file("make", path))
}

/// A directory that only `account` can open. One that exists must be exactly that.
pub(super) fn make_private(path: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) if account.stepped_down => {
            chown(path, Some(account.uid), Some(account.gid)).map_err(ClusterError::file("hand over", path))
        }
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(path).map_err(ClusterError::file("look at", path))?;
            let ours = found.is_dir() && found.uid() == account.uid && found.mode() & 0o077 == 0;
            if ours { Ok(()) } else { Err(ClusterError::Squatted(path.into())) }
        }
        Err(error) => Err(ClusterError::file("make", path)(error)),
    }
}

/// Beside the data where the path is short enough, else in a short place with a name made from it.
fn socket_dir(root: &Path, name: &str, account: &Account) -> Result<PathBuf, ClusterError> {
    let fits = |path: &Path| path.as_os_str().as_bytes().len() + SOCKET_NAME.len() <= LONGEST_SOCKET;
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|_| !account.stepped_down).map(PathBuf::from);
    let places = [Some(root.join("socket")), runtime.map(|dir| dir.join(name)), Some(Path::new("/tmp").join(name))];
    let chosen = places.into_iter().flatten().find(|path| fits(path) && path.parent().is_some_and(Path::is_dir));
    let chosen = chosen.ok_or_else(|| ClusterError::SocketPath(root.into()))?;
    make_private(&chosen, account)?;
    Ok(chosen)
}

fn short_name(data_dir: &Path) -> String {
    let hash = Sha256::digest(data_dir.as_os_str().as_bytes());
    hash.iter().take(6).fold("voxgate-".to_owned(), |name, byte| name + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_data_directory_still_gets_a_socket_of_its_own() {
        let account = Account { uid: rustix::process::geteuid().as_raw(), gid: 0, stepped_down: false };
        let root = PathBuf::from(format!("/tmp/{}", "x".repeat(120)));
        let name = format!("voxgate-test-{}", std::process::id());
        let socket = socket_dir(&root, &name, &account).unwrap();
        assert!(socket.as_os_str().len() + SOCKET_NAME.len() <= LONGEST_SOCKET);
        assert_eq!(fs::metadata(&socket).unwrap().mode() & 0o777, 0o700);
        fs::remove_dir(socket).unwrap();
    }

    #[test]
    fn a_directory_open_to_others_is_not_taken_for_ours() {
        let account = Account { uid: rustix::process::geteuid().as_raw(), gid: 0, stepped_down: false };
        let path = std::env::temp_dir().join(format!("voxgate-squat-{}", std::process::id()));
        DirBuilder::new().mode(0o755).create(&path).unwrap();
        assert!(matches!(make_private(&path, &account), Err(ClusterError::Squatted(_))));
        fs::remove_dir(path).unwrap();
    }
}
