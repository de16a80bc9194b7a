//! What a run of a whole process costs. Each run is started by a process of its own, so that the peak of one is not
//! that of another: a benchmark hands its own arguments to [`measured`] when the first is [`MEASURED`].

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::sys::time::TimeValLike;
use nix::unistd::Pid;

/// The first argument of the process that measures.
pub const MEASURED: &str = "--measured";

/// One measured run.
#[derive(Clone, Copy, Default, Debug)]
pub struct Sample {
    /// Wall time in milliseconds.
    pub wall: f64,
    /// User and system time in milliseconds.
    pub cpu: f64,
    /// The largest resident set in MiB.
    pub memory: f64,
}

/// How a measured run ended.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// With exit status 0.
    Taken(Sample),
    /// It was stopped at the limit of time.
    OverTime,
    /// It was stopped at the limit of memory.
    OverMemory,
}

/// A run to be measured.
#[derive(Debug)]
pub struct Run<'a> {
    /// The program and its arguments.
    pub command: &'a [String],
    /// The folder that it runs in; `None` is this process's own.
    pub folder: Option<&'a Path>,
    /// Where its standard output goes; `None` is nowhere.
    pub stdout: Option<&'a Path>,
    /// Where its standard error goes; `None` is this process's own.
    pub stderr: Option<&'a Path>,
    /// When it is stopped, in seconds of CPU time: a busy machine must not stop what an idle one would not.
    pub seconds: u64,
    /// At which resident set it is stopped, in MiB.
    pub memory: u64,
}

impl<'a> Run<'a> {
    /// A run in this folder, without limits, whose output is dropped.
    pub fn new(command: &'a [String]) -> Run<'a> {
        Run { command, folder: None, stdout: None, stderr: None, seconds: u64::MAX, memory: u64::MAX }
    }

    /// Runs it. An error if it fails, with what it said.
    pub fn sample(&self) -> io::Result<Outcome> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(MEASURED).arg(self.seconds.to_string()).arg(self.memory.to_string());
        // An empty path stands for none.
        command.arg(self.stdout.unwrap_or(Path::new(""))).arg(self.stderr.unwrap_or(Path::new("")));
        command.args(self.command);
        if let Some(folder) = self.folder {
            command.current_dir(folder);
        }
        let output = command.output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let figures: Vec<f64> = text.split_whitespace().filter_map(|f| f.parse().ok()).collect();
        match (figures.as_slice(), text.trim()) {
            ([wall, cpu, memory], _) => {
                Ok(Outcome::Taken(Sample { wall: *wall, cpu: *cpu, memory: *memory }))
            }
            (_, "over time") => Ok(Outcome::OverTime),
            (_, "over memory") => Ok(Outcome::OverMemory),
            _ => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let written = self.stderr.and_then(|path| fs::read(path).ok()).unwrap_or_default();
                let said: String = (said + &String::from_utf8_lossy(&written)).chars().take(4_000).collect();
                Err(io::Error::other(format!("{} failed:\n{said}", self.command.join(" "))))
            }
        }
    }
}

/// Runs a command without limits. An error if it fails.
pub fn sample(command: &[String]) -> io::Result<Sample> {
    match Run::new(command).sample()? {
        Outcome::Taken(sample) => Ok(sample),
        Outcome::OverTime | Outcome::OverMemory => Err(io::Error::other("it was stopped without a limit")),
    }
}

/// The medians of each figure by itself; zeros if there is no sample.
pub fn median(samples: &[Sample]) -> Sample {
    let middle = |f: fn(&Sample) -> f64| {
        let mut figures: Vec<f64> = samples.iter().map(f).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    Sample { wall: middle(|s| s.wall), cpu: middle(|s| s.cpu), memory: middle(|s| s.memory) }
}

/// The other side of [`Run::sample`]: runs the program and prints what it took, or which limit stopped it.
pub fn measured(arguments: &[&str]) -> io::Result<()> {
    let [seconds, memory, stdout, stderr, program, rest @ ..] = arguments else {
        return Err(io::Error::other("not a run to be measured"));
    };
    let seconds = seconds.parse().map_err(io::Error::other)?;
    let memory = memory.parse().map_err(io::Error::other)?;
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::null()).stdout(Stdio::null());
    if !stdout.is_empty() {
        command.stdout(File::create(stdout)?);
    }
    if !stderr.is_empty() {
        command.stderr(File::create(stderr)?);
    }
    let start = Instant::now();
    let mut child = command.spawn()?;
    let stopped = watch(child.id(), seconds, memory);
    let status = child.wait()?;
    let wall = start.elapsed().as_secs_f64() * 1e3;
    match stopped.load(Ordering::SeqCst) {
        OVER_TIME => println!("over time"),
        OVER_MEMORY => println!("over memory"),
        _ if !status.success() => return Err(io::Error::other(format!("{program} ended with {status}"))),
        _ => {
            let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
            let cpu = (usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e3;
            println!("{wall} {cpu} {}", usage.max_rss() as f64 / 1024.0);
        }
    }
    Ok(())
}

const OVER_TIME: u8 = 1;
const OVER_MEMORY: u8 = 2;

/// Stops process `id` when it has computed for `seconds` or holds `memory` MiB; gives where it notes that it did.
fn watch(id: u32, seconds: u64, memory: u64) -> Arc<AtomicU8> {
    let stopped = Arc::new(AtomicU8::new(0));
    if seconds == u64::MAX && memory == u64::MAX {
        return stopped;
    }
    let note = Arc::clone(&stopped);
    // The process that measures ends with the run, and this thread with it.
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(50));
            let reason = if computed(id).is_some_and(|took| took >= seconds) {
                OVER_TIME
            } else if resident(id).is_some_and(|held| held > memory) {
                OVER_MEMORY
            } else {
                continue;
            };
            note.store(reason, Ordering::SeqCst);
            let _ = kill(Pid::from_raw(id.cast_signed()), Signal::SIGKILL);
            return;
        }
    });
    stopped
}

/// The resident set of a process in MiB.
fn resident(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

/// The CPU time of a process in seconds.
fn computed(id: u32) -> Option<u64> {
    // The kernel counts in hundredths of a second for programs, whatever its own clock.
    const PER_SECOND: u64 = 100;
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name of the program comes second, in parentheses, and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: Vec<u64> = fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
    Some(ticks.iter().sum::<u64>() / PER_SECOND)
}
