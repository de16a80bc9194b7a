//! Commands that need root: in a chroot, in a mount namespace of their own. Run by sudo if the test is not root.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::oracle;
use crate::platc::{Ran, run};

/// A command for `program` as root.
pub fn as_root(program: &Path) -> Command {
    if nix::unistd::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["--preserve-env=PATH,DOCKER_HOST,DOCKER_BUILDKIT", "--non-interactive"]).arg(program);
    command
}

/// The deep tier's chroot with folders of this machine in it. A process holds the mounts, which nobody else
/// sees; it ends when its standard input does, so at the latest with the test. Servers that a command leaves
/// behind live on in the mounts until they are idle for too long.
#[derive(Debug)]
pub struct Chroot {
    root: PathBuf,
    holder: Child,
    process: String,
}

impl Chroot {
    /// Opens the chroot; it sees each (folder here, folder there).
    pub fn open(folders: &[(&Path, &str)]) -> Chroot {
        let root = oracle::folder().join("chroot");
        assert!(
            root.join("usr/bin/bazel").exists(),
            "{} has no Bazel: run `tests/oracles/install --deep`",
            root.display()
        );
        let mut script = String::from("set -e\nroot=$1\nshift\n");
        script.push_str("for each in proc sys dev; do mount --rbind \"/$each\" \"$root/$each\"; done\n");
        script.push_str(
            "while [ $# -gt 0 ]; do mkdir -p \"$root$2\"; mount --bind \"$1\" \"$root$2\"; shift 2; done\n",
        );
        script.push_str("echo $$\nexec cat\n");
        let mut command = as_root(Path::new("unshare"));
        command.args(["--mount", "sh", "-c", &script, "sh"]).arg(&root);
        for (here, there) in folders {
            command.arg(here).arg(there);
        }
        let mut holder = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("unshare starts");
        let mut process = String::new();
        let stdout = holder.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut process).expect("it says its number");
        let process = process.trim().to_owned();
        assert!(process.parse::<u32>().is_ok(), "the chroot cannot be opened");
        Chroot { root, holder, process }
    }

    /// Runs a shell script in the chroot. The arguments are `$1` and so on.
    pub fn shell(&self, script: &str, arguments: &[&str]) -> Ran {
        let mut command = as_root(Path::new("nsenter"));
        command.arg("--target").arg(&self.process).args(["--mount", "chroot"]).arg(&self.root);
        command.args(["/bin/sh", "-c", script, "sh"]).args(arguments);
        // The machine's settings mean nothing in there.
        command
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", "/root");
        run(&mut command)
    }
}

impl Drop for Chroot {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
