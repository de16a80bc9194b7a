//! Commands that need root: in a chroot, in a mount namespace of their own. Run by sudo if the test is not root.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::oracle;

/// A command for `program` as root.
pub fn as_root(program: &Path) -> Command {
    if nix::unistd::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["--preserve-env=PATH,DOCKER_HOST,DOCKER_BUILDKIT", "--non-interactive"]).arg(program);
    command
}

/// A shell script that runs in the deep tier's chroot, which sees each (folder here, folder there).
/// The arguments are `$1` and so on.
pub fn in_chroot(folders: &[(PathBuf, &str)], script: &str, arguments: &[&str]) -> Command {
    let chroot = oracle::folder().join("chroot");
    assert!(
        chroot.join("usr/bin/bazel").exists(),
        "{} has no Bazel: run `tests/oracles/install --deep`",
        chroot.display()
    );
    let mut outer = String::from("set -e\nroot=$1\nshift\n");
    // Only this process tree sees the mounts, and they go away with it.
    outer.push_str("for each in proc sys dev; do mount --rbind \"/$each\" \"$root/$each\"; done\n");
    for (here, there) in folders {
        let quoted = here.to_string_lossy().replace('\'', "'\\''");
        outer.push_str(&format!("mkdir -p \"$root{there}\"\nmount --bind '{quoted}' \"$root{there}\"\n"));
    }
    outer.push_str("exec chroot \"$root\" /bin/sh -c \"$@\"\n");
    let mut command = as_root(Path::new("unshare"));
    command.args(["--mount", "sh", "-c", &outer, "sh"]).arg(chroot).arg(script).arg("sh").args(arguments);
    // The machine's settings mean nothing in there.
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/root");
    command
}
