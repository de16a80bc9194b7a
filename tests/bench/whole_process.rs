//! The whole-process benchmark: `platc compile` on the fleet, against the print floor.
//!
//! ```text
//! cargo build --release -p platc && cargo run --release -p plat-tests --bin whole-process
//! cargo run --release -p plat-tests --bin whole-process -- --runs 9 --sizes 1,100,1000 --sources loop,written
//! ```
//!
//! The sources are `loop` and `written` (five typed Kubernetes objects per service, in one file), `service` and
//! `service-split` (the prelude's kind with every check and target, in one file and in one for ten services).
//!
//! The floor is a program that writes the same bytes with plain copies, from a prepared template or blob, measured in the
//! same way in the same run: machines are noisy, ratios less so. What `loop` and `written` print is compared with what
//! their floor prints. `again` is a second compilation of the same sources into the same folder, `one core` the first
//! on one core. Every figure is a median. Wall and CPU time are in milliseconds, memory in MiB. Nothing is asserted about
//! time.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plat_tests::fleet::{self, Layout, typed};
use plat_tests::measure::{self, Sample, median, sample};
use plat_tests::platc;
use plat_tests::scratch::Scratch;
use plat_tests::tree;

/// What the services are written as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Loop,
    Written,
    Service(Layout),
}

impl Source {
    const ALL: [Source; 4] =
        [Source::Loop, Source::Written, Source::Service(Layout::OneFile), Source::Service(Layout::Split)];

    fn name(self) -> &'static str {
        match self {
            Source::Loop => "loop",
            Source::Written => "written",
            Source::Service(Layout::OneFile) => "service",
            Source::Service(Layout::Split) => "service-split",
        }
    }

    /// Writes the project; gives the size of its sources.
    fn write(self, services: usize, folder: &Path) -> io::Result<usize> {
        match self {
            Source::Loop => typed::write_loop(services, folder),
            Source::Written => typed::write_declarations(services, folder),
            Source::Service(layout) => fleet::write(services, layout, folder),
        }
    }
}

struct Row {
    services: usize,
    source: Source,
    read: usize,
    written: usize,
    compiler: Sample,
    again: Sample,
    one_core: Option<Sample>,
    floor: Sample,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [measure::MEASURED, rest @ ..] => measure::measured(rest),
        ["--floor", blob, output] => floor(Path::new(blob), Path::new(output)),
        ["--print", services, output] => services
            .parse()
            .map_err(io::Error::other)
            .and_then(|services| typed::print_to(services, Path::new(output))),
        ["--nothing"] => Ok(()),
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

/// What is to be measured.
struct Options {
    runs: usize,
    sizes: Vec<usize>,
    sources: Vec<Source>,
}

fn options(words: &[&str]) -> io::Result<Options> {
    let mut options =
        Options { runs: 5, sizes: vec![1, 100, 1_000, 10_000, 100_000], sources: Source::ALL.to_vec() };
    for pair in words.chunks(2) {
        let bad = || {
            io::Error::other(format!(
                "usage: whole-process [--runs N] [--sizes N,N,…] [--sources NAME,…], not {pair:?}"
            ))
        };
        let source = |name: &str| Source::ALL.into_iter().find(|s| s.name() == name);
        match pair {
            ["--runs", number] => options.runs = number.parse().map_err(|_| bad())?,
            ["--sizes", list] => {
                options.sizes =
                    list.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| bad())?;
            }
            ["--sources", list] => {
                options.sources = list.split(',').map(source).collect::<Option<_>>().ok_or_else(bad)?;
            }
            _ => return Err(bad()),
        }
    }
    Ok(options)
}

fn benchmark(words: &[&str]) -> io::Result<()> {
    let options = options(words)?;
    let empty = [text(&std::env::current_exe()?), "--nothing".to_owned()];
    let empty: Vec<Sample> = (0..options.runs).map(|_| sample(&empty)).collect::<Result<_, _>>()?;
    println!(
        "{}, medians of {} runs; an empty process takes {:.1} ms\n",
        platc::binary().display(),
        options.runs,
        median(&empty).wall
    );
    println!(
        "| source | services | read kB | written kB | compile ms | CPU ms | again ms | one core ms | floor ms | floor CPU ms | compile / floor | CPU / CPU | peak MiB | peak / (read + written) |"
    );
    println!(
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    );
    let mut rows: Vec<Row> = Vec::new();
    for &source in &options.sources {
        for &services in &options.sizes {
            let row = row(source, services, options.runs)?;
            print_row(&row);
            rows.push(row);
        }
    }
    println!("\nGrowth exponents (1 is linear):\n");
    for pair in rows.windows(2).filter(|p| p[0].source == p[1].source && p[0].services >= 100) {
        let by = (pair[1].services as f64 / pair[0].services as f64).ln();
        let slope = |f: fn(&Row) -> f64| (f(&pair[1]) / f(&pair[0])).ln() / by;
        println!(
            "- {}, {} to {}: wall {:.2}, CPU {:.2}, memory {:.2}",
            pair[0].source.name(),
            pair[0].services,
            pair[1].services,
            slope(|r| r.compiler.wall),
            slope(|r| r.compiler.cpu),
            slope(|r| r.compiler.memory)
        );
    }
    Ok(())
}

fn print_row(row: &Row) {
    let bytes = (row.read + row.written) as f64 / (1024.0 * 1024.0);
    println!(
        "| {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
        row.source.name(),
        row.services,
        row.read as f64 / 1e3,
        row.written as f64 / 1e3,
        row.compiler.wall,
        row.compiler.cpu,
        row.again.wall,
        row.one_core.map_or("–".to_owned(), |sample| format!("{:.1}", sample.wall)),
        row.floor.wall,
        row.floor.cpu,
        row.compiler.wall / row.floor.wall,
        row.compiler.cpu / row.floor.cpu,
        row.compiler.memory,
        row.compiler.memory / bytes,
    );
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn row(source: Source, services: usize, runs: usize) -> io::Result<Row> {
    let scratch = Scratch::new("bench");
    let project = scratch.path().join("project");
    let read = source.write(services, &project)?;
    let (output, copied, blob) =
        (scratch.path().join("output"), scratch.path().join("copied"), scratch.path().join("blob"));
    let compiler = text(platc::binary());
    let this = text(&std::env::current_exe()?);
    let main = text(&project.join("main.plat"));
    let mut compile = [compiler.as_str(), "compile", &main, "-o", &text(&output)].map(str::to_owned).to_vec();
    let mut floor = [this.as_str(), "--floor", &text(&blob), &text(&copied)].map(str::to_owned);
    if !matches!(source, Source::Service(_)) {
        compile.push("--target=emit".to_owned());
        floor = [this.as_str(), "--print", &services.to_string(), &text(&copied)].map(str::to_owned);
    }

    // The first run warms the caches and gives the bytes that the floor writes.
    sample(&compile)?;
    let written = pack(&output, &blob)?;
    let on_one: Vec<String> =
        ["taskset", "-c", "0"].map(str::to_owned).into_iter().chain(compile.iter().cloned()).collect();
    let (mut compiles, mut again, mut on_ones, mut floors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        forget(&project, &output)?;
        remove(&copied)?;
        compiles.push(sample(&compile)?);
        again.push(sample(&compile)?);
        floors.push(sample(&floor)?);
        if !matches!(source, Source::Service(_)) && !same(&output, &copied)? {
            return Err(io::Error::other(format!("{services} services of `{}` differ", source.name())));
        }
        forget(&project, &output)?;
        on_ones.extend(sample(&on_one).ok());
    }
    Ok(Row {
        services,
        source,
        read,
        written,
        compiler: median(&compiles),
        again: median(&again),
        one_core: (on_ones.len() == runs).then(|| median(&on_ones)),
        floor: median(&floors),
    })
}

/// Whether the compiler has written what the floor has.
fn same(output: &Path, copied: &Path) -> io::Result<bool> {
    Ok(fs::read(output.join(typed::OUTPUT))? == fs::read(copied.join(typed::OUTPUT))?)
}

/// Removes what the compiler wrote, and what it may have kept.
fn forget(project: &Path, output: &Path) -> io::Result<()> {
    remove(output)?;
    remove(&project.join(".plat-cache"))
}

fn remove(folder: &Path) -> io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}
