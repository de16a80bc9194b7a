//! A Docker daemon of the tests' own: its own data, its own socket, no network but the machine's.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::oracle;
use crate::platc::{Ran, run};
use crate::privileged::as_root;
use crate::scratch::Scratch;

/// A running daemon; it ends when dropped.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    scratch: Scratch,
}

impl Daemon {
    /// Starts a daemon and waits until it answers.
    pub fn start() -> Daemon {
        let scratch = Scratch::new("dockerd");
        // Layers of base images are kept between runs.
        let data = oracle::folder().join("docker-data");
        let log = std::fs::File::create(scratch.path().join("log")).expect("a log");
        let mut command = as_root(&oracle::tool("dockerd"));
        let tools = oracle::folder().join("bin");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}:/usr/sbin:/sbin", tools.display()));
        command.arg("--data-root").arg(data).arg("--exec-root").arg(scratch.path().join("exec"));
        command.arg("--pidfile").arg(scratch.path().join("pid"));
        command.arg("--host").arg(socket(&scratch));
        command.args(["--bridge=none", "--iptables=false", "--ip6tables=false"]);
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        let child = command.spawn().expect("dockerd starts");
        let mut daemon = Daemon { child, scratch };
        let start = Instant::now();
        while daemon.docker(&["version"]).status != 0 {
            let log = || std::fs::read_to_string(daemon.scratch.path().join("log")).unwrap_or_default();
            let ended = daemon.child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "dockerd ended:\n{}", log());
            assert!(start.elapsed() < Duration::from_secs(60), "dockerd does not answer:\n{}", log());
            std::thread::sleep(Duration::from_millis(200));
        }
        daemon
    }

    /// A command of the client.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = as_root(&oracle::tool("docker"));
        command.env("DOCKER_HOST", socket(&self.scratch)).env("DOCKER_BUILDKIT", "1").args(arguments);
        command
    }

    /// Runs a command of the client.
    pub fn docker(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// Imports a root file system under an image's name, with the variables that the published image has;
    /// if it is there from the last run it stays, and with it the layers built on it.
    pub fn import(&self, suite: &str, name: &str, changes: &[&str]) {
        let tar = oracle::folder().join(format!("images/{suite}.tar"));
        assert!(tar.is_file(), "{} is not there: run `tests/oracles/install --deep`", tar.display());
        let file = std::fs::metadata(&tar).expect("it is there");
        let changed = file.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        let stamp = format!("{}-{}", file.len(), changed.unwrap_or_default().as_secs());
        let stamped = format!("LABEL plat.tests.root={stamp}");
        let there =
            self.docker(&["inspect", "--format", "{{index .Config.Labels \"plat.tests.root\"}}", name]);
        if there.stdout.trim() == stamp {
            return;
        }
        let mut arguments = vec!["import", "--change", &stamped];
        for change in changes {
            arguments.extend(["--change", change]);
        }
        let tar = tar.to_string_lossy().into_owned();
        arguments.extend([tar.as_str(), name]);
        self.docker(&arguments).expect(0);
    }
}

fn socket(scratch: &Scratch) -> String {
    // A socket's path is at most 107 bytes long, so it does not lie in the scratch folder.
    let name = scratch.path().file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let path: PathBuf = Path::new("/run").join(format!("plat-tests-{name}.sock"));
    format!("unix://{}", path.display())
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // dockerd ends its containers and containerd on a polite signal.
        if let Ok(text) = std::fs::read_to_string(self.scratch.path().join("pid")) {
            let _ = run(as_root(Path::new("kill")).arg(text.trim()));
        }
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
