//! A small file system in memory, which can be filled to the last byte. Only root can mount one.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
};

use crate::failure::Failure;

/// Room for PostgreSQL's data and some segments of its log.
const SIZE: &str = "size=220m";

/// A mounted file system; unmounted with this.
pub struct Disk(PathBuf);

impl Disk {
    /// Whether this process may mount: tried, and undone.
    pub fn possible() -> bool {
        tempfile::tempdir().is_ok_and(|folder| Self::mount(folder.path()).is_ok())
    }

    /// Mounts one at this folder, which is made.
    ///
    /// # Errors
    /// What `mount` said.
    pub fn mount(place: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(place)?;
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(place).output()?;
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        if done.status.success() { Ok(Self(place.into())) } else { Err(Failure(said)) }
    }

    /// Takes every byte that is left, and more as it becomes free.
    ///
    /// # Errors
    /// It failed for another reason than that the disk is full.
    pub fn fill(&self) -> Result<(), Failure> {
        let mut ballast = File::options().create(true).append(true).open(self.ballast())?;
        for size in [64 * 1024, 4096] {
            loop {
                match ballast.write_all(&vec![1_u8; size]) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Gives back what was taken.
    ///
    /// # Errors
    /// The file could not be removed.
    pub fn free(&self) -> Result<(), Failure> {
        Ok(fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the last files may be closing yet. Nothing can be done about a failure here.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
