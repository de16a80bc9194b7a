//! The Dockerfile as text. In: the tree. Out: lines with the source behind each. Nothing is decided here.

use super::quote;
use super::shell;
use super::tree::{Body, Copy, Dockerfile, FromSource, Instruction, Node, Pairs};
use crate::{Artifact, LineWriter};
use plat_model::Origin;

/// The file.
pub(super) fn dockerfile(file: &Dockerfile, path: String) -> Artifact {
    let mut out = LineWriter::new();
    if let Some(syntax) = &file.syntax {
        out.line(&format!("# syntax={}", quote::reference(syntax)), syntax.origin);
    }
    for line in &file.about {
        out.line(&quote::comment(line), file.origin);
    }
    for (at, stage) in file.stages.iter().enumerate() {
        // The blank line also keeps the comment at the top from being taken for the stage's description.
        if at > 0 || file.syntax.is_some() || !file.about.is_empty() {
            out.blank();
        }
        let mut after_script = false;
        for node in stage {
            if after_script {
                out.blank();
            }
            after_script = print(node, &mut out);
        }
    }
    out.finish(path)
}

/// Prints one instruction; whether it was a here-document, which linters want to be followed by an empty line.
fn print(node: &Node, out: &mut LineWriter) -> bool {
    let origin = node.instruction.origin;
    for line in &node.comment {
        out.line(&quote::comment(line), origin);
    }
    match &node.instruction.value {
        Instruction::From { source, on_build_platform, name } => {
            let platform = if *on_build_platform { "--platform=$BUILDPLATFORM " } else { "" };
            let source = match source {
                FromSource::Named(name) => quote::reference(name),
                FromSource::OfArchitecture(name) => {
                    format!("${{TARGETARCH}}${{TARGETVARIANT}}-{}", quote::reference(name))
                }
            };
            out.line(&format!("FROM {platform}{source} AS {}", quote::reference(name)), origin);
        }
        Instruction::Arg(names) => {
            let words: Vec<String> = names
                .iter()
                .map(|(name, default)| match default {
                    Some(text) => format!("{name}={}", quote::value(text, false)),
                    None => name.clone(),
                })
                .collect();
            out.line(&format!("ARG {}", words.join(" ")), origin);
        }
        Instruction::Shell(argv) => out.line(&format!("SHELL {}", quote::json_array(argv)), origin),
        Instruction::Run(run) => {
            if let Some(rule) = unpinned(&run.body) {
                out.line(&format!("# hadolint ignore={rule}"), origin);
            }
            let (lines, is_script) = shell::run(run, origin);
            for (text, origin) in lines {
                out.line(&text, origin);
            }
            return is_script;
        }
        Instruction::Copy(copy) => out.line(&copy_line(copy), origin),
        Instruction::Env { pairs, expands } => {
            print_pairs("ENV", pairs, out, |name| name.to_owned(), |text| quote::value(text, *expands));
        }
        Instruction::Label(pairs) => {
            print_pairs("LABEL", pairs, out, quote::key, |text| quote::quoted(text, false));
        }
        Instruction::Workdir(path) => out.line(&format!("WORKDIR {}", quote::path(path)), origin),
        Instruction::User(user) => out.line(&format!("USER {}", quote::reference(user)), origin),
        Instruction::Expose(ports) => {
            let ports: Vec<String> = ports.iter().map(i64::to_string).collect();
            out.line(&format!("EXPOSE {}", ports.join(" ")), origin);
        }
        Instruction::StopSignal(signal) => {
            out.line(&format!("STOPSIGNAL {}", quote::reference(signal)), origin);
        }
        Instruction::HealthCheck { options, command } => print_health(options, command, out, origin),
        Instruction::Entrypoint(argv) => out.line(&format!("ENTRYPOINT {}", quote::json_array(argv)), origin),
        Instruction::Cmd(argv) => out.line(&format!("CMD {}", quote::json_array(argv)), origin),
    }
    false
}

/// The rule of the linter that wants versions of packages. A distribution keeps one version of a package per release,
/// so a pinned one stops building at the next security fix; whoever wants it writes `name=version`.
fn unpinned(body: &Body) -> Option<&'static str> {
    match body {
        Body::Apt(packages) => packages.iter().any(|p| !p.contains('=')).then_some("DL3008"),
        Body::Apk(packages) => packages.iter().any(|p| !p.contains('=')).then_some("DL3018"),
        Body::ByPlatform { arms, .. } => {
            arms.iter().filter_map(|a| a.body.as_ref()).find_map(|b| unpinned(&b.value))
        }
        Body::Shell(_) | Body::AddUser { .. } => None,
    }
}

fn copy_line(copy: &Copy) -> String {
    let mut line = "COPY".to_owned();
    if let Some(from) = &copy.from {
        line.push_str(&format!(" --from={}", quote::reference(from)));
    }
    if let Some(owner) = &copy.chown {
        line.push_str(&format!(" --chown={}", quote::reference(owner)));
    }
    if let Some(mode) = &copy.chmod {
        line.push_str(&format!(" --chmod={}", quote::reference(mode)));
    }
    let mut paths = copy.sources.clone();
    // With several sources the target has to be a folder, and is one only if it ends in a slash.
    let folder = copy.sources.len() > 1 && !copy.to.ends_with('/');
    paths.push(if folder { format!("{}/", copy.to) } else { copy.to.clone() });
    format!("{line} {}", quote::paths(&paths))
}

/// `ENV a=1 \` and so on: a line per name, each with its own source.
fn print_pairs(
    word: &str,
    pairs: &Pairs,
    out: &mut LineWriter,
    key: impl Fn(&str) -> String,
    value: impl Fn(&str) -> String,
) {
    for (at, (name, text)) in pairs.iter().enumerate() {
        let lead = if at == 0 { word.to_owned() } else { " ".repeat(word.len()) };
        let end = if at + 1 == pairs.len() { "" } else { " \\" };
        out.line(&format!("{lead} {}={}{end}", key(name), value(text)), text.origin);
    }
}

fn print_health(options: &[(&str, String)], command: &[String], out: &mut LineWriter, origin: Origin) {
    let command = format!("CMD {}", quote::json_array(command));
    if options.is_empty() {
        out.line(&format!("HEALTHCHECK {command}"), origin);
        return;
    }
    let options: Vec<String> = options.iter().map(|(name, text)| format!("--{name}={text}")).collect();
    out.line(&format!("HEALTHCHECK {} \\", options.join(" ")), origin);
    out.line(&format!("    {command}"), origin);
}
