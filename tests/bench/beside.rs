//! The fleet in `platc` and beside it in other configuration languages: the same objects, whole processes, one run.
//!
//! ```text
//! tests/bench/peers/install
//! cargo build --release -p platc && cargo run --release -p plat-tests --bin beside
//! cargo run --release -p plat-tests --bin beside -- --runs 9 --sizes 1,100 --sources loop --peers Pkl,Python --seconds 60
//! ```
//!
//! Every program writes one file with one `List` of five objects per service. Before anything is measured at up to a
//! hundred services, what it wrote is read back and compared, value by value, with the objects that the fleet consists
//! of; above that, the objects are counted. The rounds are interleaved: each runs every program once. A program that
//! computes for longer than `--seconds` or holds more than `--memory` MiB is stopped, and not tried with more services;
//! nor is one that would take longer at the pace of the size before (its figure stands in parentheses). One that takes
//! long has fewer rounds. The floor prints the YAML with plain copies.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use plat_tests::fleet::peers::{Format, PEERS, Peer, Source};
use plat_tests::fleet::typed;
use plat_tests::measure::{self, Outcome, Run, Sample, median};
use plat_tests::platc;
use plat_tests::scratch::Scratch;
use serde_json::Value;

/// Up to so many services, the objects are compared; above, they are counted.
const COMPARED: usize = 100;

/// What is to be measured.
struct Options {
    runs: usize,
    sizes: Vec<usize>,
    sources: Vec<Source>,
    peers: Option<Vec<String>>,
    seconds: u64,
    memory: u64,
}

/// One program in one run of the benchmark.
struct Candidate {
    name: String,
    prints: Format,
    kind: Kind,
    cells: Vec<Cell>,
}

enum Kind {
    Floor,
    Compiler,
    Peer(&'static Peer),
}

/// What a candidate took with one number of services.
struct Cell {
    services: usize,
    samples: Vec<Sample>,
    bytes: u64,
    /// What is printed in place of a figure.
    stopped: Option<String>,
}

impl Candidate {
    /// Why it is not run with so many services, if it is not.
    fn refused(&self, services: usize, seconds: u64) -> Option<String> {
        let last = self.cells.last()?;
        if let Some(why) = &last.stopped {
            return Some(if why.starts_with('(') { why.clone() } else { format!("({why})") });
        }
        let by = services as f64 / last.services as f64;
        let expected = median(&last.samples).cpu / 1e3 * by;
        // With few services the start of the process is most of it.
        (last.services >= COMPARED && expected > seconds as f64).then(|| format!("(> {seconds} s)"))
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [measure::MEASURED, rest @ ..] => measure::measured(rest),
        ["--print", services, output] => services
            .parse()
            .map_err(io::Error::other)
            .and_then(|services| typed::print_to(services, Path::new(output))),
        words => options(words).and_then(|options| benchmark(&options)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("beside: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(words: &[&str]) -> io::Result<Options> {
    let mut options = Options {
        runs: 5,
        sizes: vec![1, 100, 1_000, 10_000],
        sources: vec![Source::Loop, Source::Written],
        peers: None,
        seconds: 60,
        memory: 8 * 1024,
    };
    for pair in words.chunks(2) {
        let bad = || {
            io::Error::other(format!(
                "usage: beside [--runs N] [--sizes N,N,…] [--sources loop,written] [--peers NAME,…] [--seconds N] \
                 [--memory MIB], not {pair:?}"
            ))
        };
        let number = |text: &str| text.parse().map_err(|_| bad());
        match pair {
            ["--runs", runs] => options.runs = runs.parse().map_err(|_| bad())?,
            ["--seconds", seconds] => options.seconds = number(seconds)?,
            ["--memory", memory] => options.memory = number(memory)?,
            ["--peers", names] => options.peers = Some(names.split(',').map(str::to_owned).collect()),
            ["--sizes", list] => {
                let sizes: Result<_, _> = list.split(',').map(str::parse).collect();
                options.sizes = sizes.map_err(|_| bad())?;
            }
            ["--sources", list] => {
                let sources: Option<_> = list.split(',').map(Source::named).collect();
                options.sources = sources.ok_or_else(bad)?;
            }
            _ => return Err(bad()),
        }
    }
    Ok(options)
}

/// The folder with the peers: `$PLAT_PEERS`, else `target/peers`.
fn tools() -> PathBuf {
    let folder = std::env::var_os("PLAT_PEERS").map_or_else(|| "target/peers".into(), PathBuf::from);
    plat_tests::root().join(folder)
}

fn benchmark(options: &Options) -> io::Result<()> {
    let tools = tools();
    let mut missing = Vec::new();
    println!("{}, medians of {} runs\n", platc::binary().display(), options.runs);
    for peer in chosen(options) {
        match peer.version(&tools) {
            Some(version) => println!("- {} ({}): {version}", peer.name, peer.format.name()),
            None => missing.push(peer.name),
        }
    }
    missing.dedup();
    report_missing(&missing);
    for &source in &options.sources {
        measure_source(source, options, &tools)?;
    }
    report_missing(&missing);
    Ok(())
}

fn report_missing(missing: &[&str]) {
    for name in missing {
        println!("\n**NOT HERE: {name}.** `tests/bench/peers/install` installs it, or says why it cannot.");
    }
}

fn chosen(options: &Options) -> impl Iterator<Item = &'static Peer> {
    let wanted =
        |peer: &&Peer| options.peers.as_ref().is_none_or(|names| names.iter().any(|n| n == peer.name));
    PEERS.iter().filter(wanted)
}

/// Measures all sizes of one source, printing each as it is known, and then all of them in one table.
fn measure_source(source: Source, options: &Options, tools: &Path) -> io::Result<()> {
    let candidate =
        |name: &str, prints, kind| Candidate { name: name.to_owned(), prints, kind, cells: Vec::new() };
    let mut candidates = vec![
        candidate("print floor", Format::Yaml, Kind::Floor),
        candidate("**platc**", Format::Yaml, Kind::Compiler),
    ];
    for peer in chosen(options).filter(|peer| peer.version(tools).is_some()) {
        candidates.push(candidate(peer.name, peer.format, Kind::Peer(peer)));
    }
    for &services in &options.sizes {
        measure_size(source, services, &mut candidates, options, tools)?;
        print_size(source, services, &candidates);
    }
    print_summary(source, &options.sizes, &candidates);
    Ok(())
}

/// Runs all candidates with so many services, in rounds.
fn measure_size(
    source: Source,
    services: usize,
    candidates: &mut [Candidate],
    options: &Options,
    tools: &Path,
) -> io::Result<()> {
    let scratch = Scratch::new("beside");
    let expected = if services <= COMPARED { Some(expected(services, &scratch, tools)?) } else { None };
    let mut programs = Vec::new();
    for (at, candidate) in candidates.iter_mut().enumerate() {
        let folder = scratch.path().join(at.to_string());
        let program = Program::write(candidate, source, services, &folder, tools)?;
        // The first run warms the caches, and shows what is printed and how long it takes.
        let stopped = candidate.refused(services, options.seconds);
        let mut cell = Cell { services, samples: Vec::new(), bytes: 0, stopped };
        let mut rounds = 0;
        if cell.stopped.is_none() {
            match program.run(options)? {
                Outcome::Taken(sample) => {
                    cell.bytes = fs::metadata(&program.output)?.len();
                    program.verify(services, expected.as_ref(), tools)?;
                    rounds = rounds_of(&sample, options.runs);
                    if rounds == 0 {
                        cell.samples.push(sample);
                    }
                }
                Outcome::OverTime => cell.stopped = Some(format!("> {} s", options.seconds)),
                Outcome::OverMemory => cell.stopped = Some(format!("> {} MiB", options.memory)),
            }
        }
        candidate.cells.push(cell);
        programs.push((program, rounds));
    }
    for round in 0..options.runs {
        for (candidate, (program, rounds)) in candidates.iter_mut().zip(&programs) {
            if round < *rounds
                && let Some(cell) = candidate.cells.last_mut()
                && let Outcome::Taken(sample) = program.run(options)?
            {
                cell.samples.push(sample);
            }
        }
    }
    Ok(())
}

/// How many more runs a program gets whose first took this long: all, three, or none.
fn rounds_of(first: &Sample, runs: usize) -> usize {
    match first.cpu {
        cpu if cpu < 4_000.0 => runs,
        cpu if cpu < 15_000.0 => runs.min(3),
        _ => 0,
    }
}

/// A program that lies in its folder, ready to be run.
struct Program {
    name: String,
    prints: Format,
    command: Vec<String>,
    folder: PathBuf,
    /// The file that it writes, or that its output goes to.
    output: PathBuf,
    /// It writes to standard output, and not to a file.
    redirected: bool,
}

impl Program {
    fn write(
        candidate: &Candidate,
        source: Source,
        services: usize,
        folder: &Path,
        tools: &Path,
    ) -> io::Result<Program> {
        fs::create_dir_all(folder)?;
        let own = |words: &[&str], redirected| Program {
            name: candidate.name.clone(),
            prints: candidate.prints,
            command: words.iter().map(|&word| word.to_owned()).collect(),
            folder: folder.to_owned(),
            output: folder.join("out").join(typed::OUTPUT),
            redirected,
        };
        Ok(match candidate.kind {
            Kind::Floor => {
                let this = std::env::current_exe()?;
                own(&[&this.to_string_lossy(), "--print", &services.to_string(), "out"], false)
            }
            Kind::Compiler => {
                match source {
                    Source::Loop => typed::write_loop(services, folder)?,
                    Source::Written => typed::write_declarations(services, folder)?,
                };
                let compiler = platc::binary().to_string_lossy();
                own(&[&compiler, "compile", "main.plat", "-o", "out", "--target=emit"], false)
            }
            Kind::Peer(peer) => {
                peer.language.write(source, services, folder)?;
                Program { command: peer.command(tools), ..own(&[], true) }
            }
        })
    }

    /// Runs it once, from nothing: what an earlier run wrote or kept is removed.
    fn run(&self, options: &Options) -> io::Result<Outcome> {
        for kept in ["out", ".plat-cache", "__pycache__"] {
            let kept = self.folder.join(kept);
            if kept.exists() {
                fs::remove_dir_all(kept)?;
            }
        }
        if let Some(parent) = self.output.parent().filter(|_| self.redirected) {
            fs::create_dir_all(parent)?;
        }
        let errors = self.folder.join("errors");
        let run = Run {
            command: &self.command,
            folder: Some(&self.folder),
            stdout: self.redirected.then_some(self.output.as_path()),
            stderr: Some(&errors),
            seconds: options.seconds,
            memory: options.memory,
        };
        run.sample()
    }

    /// An error unless the last run wrote the fleet.
    fn verify(&self, services: usize, expected: Option<&Value>, tools: &Path) -> io::Result<()> {
        let right = match expected {
            Some(expected) => &read(self.prints, &self.output, tools)? == expected,
            None => {
                let text = fs::read_to_string(&self.output)?;
                text.matches("registry.example.com/team-").count() == 3 * services
                    && text.matches("HorizontalPodAutoscaler").count() == services
            }
        };
        if right {
            return Ok(());
        }
        let form = self.prints.name();
        Err(io::Error::other(format!("{} ({form}) prints other objects for {services} services", self.name)))
    }
}

/// What everybody has to print.
fn expected(services: usize, scratch: &Scratch, tools: &Path) -> io::Result<Value> {
    let folder = scratch.path().join("expected");
    typed::print_to(services, &folder)?;
    read(Format::Yaml, &folder.join(typed::OUTPUT), tools)
}

/// Reads a file with one document; YAML by Python's reader. `Value` compares maps without regard to their order.
fn read(format: Format, path: &Path, tools: &Path) -> io::Result<Value> {
    if format == Format::Json {
        return serde_json::from_slice(&fs::read(path)?).map_err(io::Error::other);
    }
    let python = tools.join("venv/bin/python");
    let script = plat_tests::root().join("tests/oracles/yaml_to_json.py");
    let output = Command::new(&python).arg(script).arg(path).output().map_err(|error| {
        io::Error::other(format!("{}: {error}; run `tests/bench/peers/install`", python.display()))
    })?;
    match serde_json::from_slice(&output.stdout) {
        Ok(Value::Array(mut documents)) if documents.len() == 1 => Ok(documents.remove(0)),
        _ => Err(io::Error::other(format!(
            "{} is not one document: {}",
            path.display(),
            String::from_utf8_lossy(&output.stderr)
        ))),
    }
}

fn print_size(source: Source, services: usize, candidates: &[Candidate]) {
    println!("\n### `{}`, {services} services\n", source.name());
    println!(
        "| | prints | kB | wall ms | CPU ms | peak MiB | wall / floor | CPU / floor | wall / platc | CPU / platc | runs |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let of = |at: usize| candidates.get(at).and_then(|c| c.cells.last()).map(|c| median(&c.samples));
    let (floor, compiler) = (of(0).unwrap_or_default(), of(1).unwrap_or_default());
    for candidate in candidates {
        let Some(cell) = candidate.cells.last() else { continue };
        let form = candidate.prints.name();
        if let Some(why) = &cell.stopped {
            println!("| {} | {form} | – | {why} | – | – | – | – | – | – | – |", candidate.name);
            continue;
        }
        let took = median(&cell.samples);
        println!(
            "| {} | {form} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {} |",
            candidate.name,
            cell.bytes as f64 / 1e3,
            took.wall,
            took.cpu,
            took.memory,
            took.wall / floor.wall,
            took.cpu / floor.cpu,
            took.wall / compiler.wall,
            took.cpu / compiler.cpu,
            cell.samples.len()
        );
    }
}

/// One row per candidate, with all sizes: wall and CPU time; and the memory of the largest.
fn print_summary(source: Source, sizes: &[usize], candidates: &[Candidate]) {
    println!("\n### `{}`, by number of services\n", source.name());
    let columns = |of: &str| sizes.iter().map(|size| format!(" {of} {size} |")).collect::<String>();
    println!("| | prints |{}{} peak MiB |", columns("wall ms"), columns("CPU ms"));
    println!("| --- | --- |{} ---: |", " ---: |".repeat(2 * sizes.len()));
    for candidate in candidates {
        let figures = |of: fn(&Sample) -> f64| {
            let figure = |cell: &Cell| match &cell.stopped {
                Some(why) => format!(" {why} |"),
                None => format!(" {:.1} |", of(&median(&cell.samples))),
            };
            candidate.cells.iter().map(figure).collect::<String>()
        };
        let memory = match candidate.cells.last() {
            Some(cell) if cell.stopped.is_none() => format!("{:.1}", median(&cell.samples).memory),
            _ => "–".to_owned(),
        };
        let form = candidate.prints.name();
        println!("| {} | {form} |{}{} {memory} |", candidate.name, figures(|s| s.wall), figures(|s| s.cpu));
    }
}
