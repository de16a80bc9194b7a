//! What can go wrong outside the program: the command was misused, or a file could not be read or written. Errors of
//! the program are diagnostics, never failures.

use std::fmt;
use std::io;
use std::path::Path;

/// Whose fault it is, which decides the exit status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// The command was misused: exit status 2.
    Misuse,
    /// Input or output failed: exit status 3.
    Io,
}

/// Why nothing could be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Whose fault it is.
    pub kind: FailureKind,
    /// What is wrong, without a final stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The file to start from that a command may have meant: it knows how it is named to it.
    pub candidate: Option<String>,
}

impl Failure {
    /// The command was misused.
    pub fn misuse(message: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Misuse, message: message.into(), help: None, candidate: None }
    }

    /// A file operation failed: `cannot VERB PATH: reason`.
    pub fn io(verb: &str, path: &Path, error: &io::Error) -> Failure {
        let message = format!("cannot {verb} `{}`: {}", path.display(), reason(error));
        Failure { kind: FailureKind::Io, message, help: None, candidate: None }
    }

    /// Something that is not an error of the system is wrong with a file.
    pub fn input(message: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Io, message: message.into(), help: None, candidate: None }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Failure {
        self.help = Some(text.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The reason of an I/O error in words that are the same on every system.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".to_owned(),
        io::ErrorKind::StorageFull => "no space left on the device".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ => error.to_string(),
    }
}
