//! The whole-process benchmark: `platc compile` on the fleet, against the print floor.
//!
//! ```text
//! cargo build --release -p platc && cargo run --release -p plat-tests --bin whole-process
//! cargo run --release -p plat-tests --bin whole-process -- --runs 9 --sizes 1,100,1000
//! ```
//!
//! The floor is a program that writes the same files with plain copies from one prepared blob, measured
//! in the same way in the same run: machines are noisy, ratios less so. Every figure is a median. Wall
//! and CPU time are in milliseconds, memory in MiB. Nothing is asserted about time.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use plat_tests::fleet::{self, Layout};
use plat_tests::platc;
use plat_tests::scratch::Scratch;
use plat_tests::tree;

/// One measured run.
#[derive(Clone, Copy, Default)]
struct Sample {
    wall: f64,
    cpu: f64,
    memory: f64,
}

struct Row {
    services: usize,
    layout: Layout,
    source: usize,
    output: usize,
    compiler: Sample,
    check: Sample,
    floor: Sample,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["--measured", program, rest @ ..] => measured(program, rest),
        ["--floor", blob, output] => floor(Path::new(blob), Path::new(output)),
        options => benchmark(options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("whole-process: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a program and prints what it took: a process of its own, so that the peak of one run is not
/// that of another.
fn measured(program: &str, arguments: &[&str]) -> io::Result<()> {
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
    let wall = start.elapsed().as_secs_f64() * 1e3;
    if !status.success() {
        return Err(io::Error::other(format!("{program} ended with {status}")));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e3;
    let memory = usage.max_rss() as f64 / 1024.0;
    println!("{wall} {cpu} {memory}");
    Ok(())
}

/// Reads a blob (see `pack`) and writes its files.
fn floor(blob: &Path, output: &Path) -> io::Result<()> {
    let blob = fs::read(blob)?;
    let broken = || io::Error::other("not a blob");
    let mut rest = blob.as_slice();
    let mut last = PathBuf::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n').ok_or_else(broken)?;
        let head = std::str::from_utf8(&rest[..end]).map_err(|_| broken())?;
        let (length, name) = head.split_once(' ').ok_or_else(broken)?;
        let length: usize = length.parse().map_err(|_| broken())?;
        let path = output.join(name);
        if let Some(parent) = path.parent().filter(|p| **p != last) {
            fs::create_dir_all(parent)?;
            last = parent.to_owned();
        }
        fs::write(path, &rest[end + 1..end + 1 + length])?;
        rest = &rest[end + 1 + length..];
    }
    Ok(())
}

/// All files of a folder in one, each after a line with its length and name; gives the bytes of the files.
fn pack(folder: &Path, blob: &Path) -> io::Result<usize> {
    let mut out = io::BufWriter::new(fs::File::create(blob)?);
    let mut total = 0;
    for (name, bytes) in tree::contents(folder) {
        writeln!(out, "{} {}", bytes.len(), name.display())?;
        out.write_all(&bytes)?;
        total += bytes.len();
    }
    out.flush()?;
    Ok(total)
}

fn benchmark(options: &[&str]) -> io::Result<()> {
    let mut runs = 5;
    let mut sizes = vec![1, 100, 1_000, 10_000];
    for pair in options.chunks(2) {
        let bad =
            || io::Error::other(format!("usage: whole-process [--runs N] [--sizes N,N,…], not {pair:?}"));
        match pair {
            ["--runs", number] => runs = number.parse().map_err(|_| bad())?,
            ["--sizes", list] => {
                sizes = list.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| bad())?;
            }
            _ => return Err(bad()),
        }
    }
    println!("{}, medians of {runs} runs\n", platc::binary().display());
    println!(
        "| services | layout | source kB | output kB | compile ms | CPU ms | check ms | floor ms | floor CPU ms | compile / floor | CPU / CPU | peak MiB | peak / (source + output) |"
    );
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut rows: Vec<Row> = Vec::new();
    for layout in [Layout::OneFile, Layout::Split] {
        for &services in &sizes {
            let row = row(services, layout, runs)?;
            print_row(&row);
            rows.push(row);
        }
    }
    println!("\nGrowth exponents (1 is linear):\n");
    for pair in rows.windows(2).filter(|p| p[0].layout == p[1].layout && p[0].services >= 100) {
        let slope = |f: fn(&Row) -> f64| (f(&pair[1]) / f(&pair[0])).ln() / by(pair).ln();
        println!(
            "- {} to {}, {}: wall {:.2}, CPU {:.2}, memory {:.2}",
            pair[0].services,
            pair[1].services,
            pair[0].layout.name(),
            slope(|r| r.compiler.wall),
            slope(|r| r.compiler.cpu),
            slope(|r| r.compiler.memory)
        );
    }
    Ok(())
}

fn by(pair: &[Row]) -> f64 {
    pair[1].services as f64 / pair[0].services as f64
}

fn print_row(row: &Row) {
    let bytes = (row.source + row.output) as f64 / (1024.0 * 1024.0);
    println!(
        "| {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
        row.services,
        row.layout.name(),
        row.source as f64 / 1e3,
        row.output as f64 / 1e3,
        row.compiler.wall,
        row.compiler.cpu,
        row.check.wall,
        row.floor.wall,
        row.floor.cpu,
        row.compiler.wall / row.floor.wall,
        row.compiler.cpu / row.floor.cpu,
        row.compiler.memory,
        row.compiler.memory / bytes,
    );
}

fn row(services: usize, layout: Layout, runs: usize) -> io::Result<Row> {
    let scratch = Scratch::new("bench");
    let project = scratch.path().join("project");
    let source = fleet::write(services, layout, &project)?;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (output, copied, blob) =
        (scratch.path().join("output"), scratch.path().join("copied"), scratch.path().join("blob"));
    let compiler = text(platc::binary());
    let this = text(&std::env::current_exe()?);
    let main = text(&project.join("main.plat"));
    let compile = [compiler.as_str(), "compile", &main, "-o", &text(&output)].map(str::to_owned);
    let check = [compiler.as_str(), "check", &main].map(str::to_owned);
    let floor = [this.as_str(), "--floor", &text(&blob), &text(&copied)].map(str::to_owned);

    // The first run warms the caches and gives the bytes that the floor writes.
    sample(&compile)?;
    let bytes = pack(&output, &blob)?;
    let (mut compiles, mut checks, mut floors) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        remove(&output)?;
        remove(&copied)?;
        compiles.push(sample(&compile)?);
        checks.push(sample(&check)?);
        floors.push(sample(&floor)?);
    }
    Ok(Row {
        services,
        layout,
        source,
        output: bytes,
        compiler: median(&compiles),
        check: median(&checks),
        floor: median(&floors),
    })
}

fn remove(folder: &Path) -> io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}

fn sample(command: &[String]) -> io::Result<Sample> {
    let this = std::env::current_exe()?;
    let output = Command::new(this).arg("--measured").args(command).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures: Vec<f64> = text.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    match figures.as_slice() {
        [wall, cpu, memory] => Ok(Sample { wall: *wall, cpu: *cpu, memory: *memory }),
        _ => {
            let errors = String::from_utf8_lossy(&output.stderr).chars().take(4_000).collect::<String>();
            Err(io::Error::other(format!("{} failed:\n{errors}", command.join(" "))))
        }
    }
}

fn median(samples: &[Sample]) -> Sample {
    let middle = |f: fn(&Sample) -> f64| {
        let mut figures: Vec<f64> = samples.iter().map(f).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    Sample { wall: middle(|s| s.wall), cpu: middle(|s| s.cpu), memory: middle(|s| s.memory) }
}
