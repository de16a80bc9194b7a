//! The fleet in other configuration languages: the same objects as [`typed`](super::typed), from the programs in
//! `tests/bench/peers/`, each written as one who knows the language well would write it.

use std::io;
use std::path::Path;

use super::typed;

/// What a program prints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// What the services are written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// One loop.
    Loop,
    /// N declarations.
    Written,
}

impl Format {
    /// As the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Yaml => "YAML",
            Format::Json => "JSON",
        }
    }
}

impl Source {
    /// As the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Source::Loop => "loop",
            Source::Written => "written",
        }
    }

    /// The source with this name.
    pub fn named(name: &str) -> Option<Source> {
        [Source::Loop, Source::Written].into_iter().find(|source| source.name() == name)
    }
}

/// A language: its programs.
#[derive(Debug)]
pub struct Language {
    /// How its files end.
    pub extension: &'static str,
    /// The types and functions, and what runs the program.
    support: &'static [(&'static str, &'static str)],
    looped: &'static str,
    written: &'static str,
}

/// An implementation of a language, as it is run.
#[derive(Debug)]
pub struct Peer {
    /// As the tables call it.
    pub name: &'static str,
    /// The file below `versions/` that the installer leaves.
    pub installed: &'static str,
    /// Its language.
    pub language: &'static Language,
    /// What it prints.
    pub format: Format,
    /// The command; `@` stands for the folder of the tools. It runs in the folder of the program.
    words: &'static [&'static str],
}

macro_rules! language {
    ($extension:literal, [$($support:literal),*]) => {
        Language {
            extension: $extension,
            support: &[$(($support, include_str!(concat!("../../bench/peers/", $support)))),*],
            looped: include_str!(concat!("../../bench/peers/loop.", $extension)),
            written: include_str!(concat!("../../bench/peers/written.", $extension)),
        }
    };
}

/// Plain Python.
pub static PYTHON: Language = language!("py", ["kubernetes.py"]);
/// Starlark, as Bazel and others use it. The files run in one another's scope, in this order.
pub static STARLARK: Language = language!("star", ["kubernetes.star", "run_starlark.py"]);
static JSONNET: Language = language!("jsonnet", ["kubernetes.jsonnet", "run_jsonnet.py"]);
static CUE: Language = language!("cue", ["kubernetes.cue"]);
static KCL: Language = language!("k", ["kubernetes.k", "run_kcl.py"]);
static PKL: Language = language!("pkl", ["kubernetes.pkl"]);
static NICKEL: Language = language!("ncl", ["kubernetes.ncl"]);

const fn peer(
    name: &'static str,
    installed: &'static str,
    language: &'static Language,
    format: Format,
    words: &'static [&'static str],
) -> Peer {
    Peer { name, installed, language, format, words }
}

/// Everything that the benchmark runs beside the compiler.
pub static PEERS: [Peer; 16] = {
    use Format::{Json, Yaml};
    [
        peer("CUE", "cue", &CUE, Yaml, &["@/bin/cue", "export", "kubernetes.cue", "main.cue", "--out=yaml"]),
        peer("CUE", "cue", &CUE, Json, &["@/bin/cue", "export", "kubernetes.cue", "main.cue", "--out=json"]),
        peer("KCL", "kcl_lib", &KCL, Yaml, &["@/venv/bin/python", "run_kcl.py", "main.k"]),
        peer("KCL", "kcl_lib", &KCL, Json, &["@/venv/bin/python", "run_kcl.py", "main.k", "--json"]),
        peer("Pkl", "pkl", &PKL, Yaml, &["@/bin/pkl", "eval", "--format=yaml", "main.pkl"]),
        peer("Pkl", "pkl", &PKL, Json, &["@/bin/pkl", "eval", "--format=json", "main.pkl"]),
        peer("Nickel", "nickel", &NICKEL, Yaml, &["@/bin/nickel", "export", "--format=yaml", "main.ncl"]),
        peer("Nickel", "nickel", &NICKEL, Json, &["@/bin/nickel", "export", "--format=json", "main.ncl"]),
        peer(
            "Jsonnet (C++)",
            "jsonnet",
            &JSONNET,
            Json,
            &["@/venv/bin/python", "run_jsonnet.py", "_jsonnet"],
        ),
        peer(
            "Jsonnet (Go)",
            "gojsonnet",
            &JSONNET,
            Json,
            &["@/venv/bin/python", "run_jsonnet.py", "_gojsonnet"],
        ),
        peer(
            "Jsonnet (Rust)",
            "jrsonnet",
            &JSONNET,
            Yaml,
            &["@/bin/jrsonnet", "--format=yaml", "main.jsonnet"],
        ),
        peer("Jsonnet (Rust)", "jrsonnet", &JSONNET, Json, &["@/bin/jrsonnet", "main.jsonnet"]),
        peer(
            "Starlark (Go)",
            "starlark-go",
            &STARLARK,
            Json,
            &["@/bin/starlark-go", "kubernetes.star", "main.star"],
        ),
        peer(
            "Starlark (Rust)",
            "starlark-pyo3",
            &STARLARK,
            Json,
            &["@/venv/bin/python", "run_starlark.py", "kubernetes.star", "main.star"],
        ),
        peer("Python", "python", &PYTHON, Yaml, &["@/venv/bin/python", "main.py"]),
        peer("Python", "python", &PYTHON, Json, &["@/venv/bin/python", "main.py", "--json"]),
    ]
};

impl Peer {
    /// The version that stands below `tools`; `None` if it is not there.
    pub fn version(&self, tools: &Path) -> Option<String> {
        let text = std::fs::read_to_string(tools.join("versions").join(self.installed)).ok()?;
        Some(text.trim().to_owned())
    }

    /// The command, with the tools in folder `tools`.
    pub fn command(&self, tools: &Path) -> Vec<String> {
        let tools = tools.to_string_lossy();
        self.words.iter().map(|word| word.replace('@', &tools)).collect()
    }
}

impl Language {
    /// Writes the program of `number` services to `folder`, as `main` with the language's extension; gives the size of
    /// the source in bytes.
    pub fn write(&self, source: Source, number: usize, folder: &Path) -> io::Result<usize> {
        std::fs::create_dir_all(folder)?;
        let main = self.main(source, number);
        let mut bytes = main.len();
        std::fs::write(folder.join(format!("main.{}", self.extension)), main)?;
        for (name, text) in self.support {
            bytes += text.len();
            std::fs::write(folder.join(name), text)?;
        }
        Ok(bytes)
    }

    /// The text of the main file. In `written`, what stands between the lines with `<service>` and `</service>` is
    /// there once for each service.
    fn main(&self, source: Source, number: usize) -> String {
        match source {
            Source::Loop => self.looped.replace("NUMBER", &number.to_string()),
            Source::Written => {
                let (mut text, mut each, mut inside) = (String::new(), String::new(), false);
                for line in self.written.split_inclusive('\n') {
                    if line.contains("<service>") {
                        inside = true;
                    } else if line.contains("</service>") {
                        inside = false;
                        typed::fill(&each, number, &mut text);
                    } else if inside {
                        each.push_str(line);
                    } else {
                        text.push_str(line);
                    }
                }
                text
            }
        }
    }
}
