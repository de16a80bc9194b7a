//! `README.md` of the emitted package: what there is, and how it is used. In Markdown.

use super::plan::Row;
use super::{Plan, header_text};
use crate::{Artifact, LineWriter};

const MACROS: &str = "\
| From | Take |
| --- | --- |
| `defs.bzl` | tables per platform, the functions that look them up, and what follows the platform that is built for: `COPTS`, `RUSTC_FLAGS`, `platform_deps()`, `memory_flags()`, `platform_select()` |
| `rules.bzl` | `cross_platform_binary()`, `platform_aware_binary()` and `platform_test()`: one target per platform |
| `transition.bzl` | `platform_transition` and `multi_platform_transition`, with rules that apply them |
| `platform_monitor.py` | which platform a process runs on, what it uses there, and its thresholds |";

const DOCKER: &str = "\
| `docker.bzl` | `multi_platform_image()`: an index with a manifest per platform, and what the images are declared to be |";

const TROUBLE: &str = "\
```sh
# Verbose failures, and why each toolchain was chosen:
bazel build --config=debug --config=PLATFORM //TARGET
# Where each platform is declared, and what Bazel calls operating systems:
bazel query --output=location //PACKAGE:all
bazel query '@platforms//os:*'
# Which targets are for Linux alone, and which are skipped on a platform:
bazel query \"attr('target_compatible_with', '@platforms//os:linux', //...)\"
bazel cquery --config=PLATFORM //... --output=starlark \\
  --starlark:expr='target.label if \"IncompatiblePlatformProvider\" in providers(target) else \"\"'
# The variables of $(...):
bazel info --show_make_env
```";

/// The file.
pub(crate) fn emit(plan: &Plan<'_>, path: &str) -> Artifact {
    let mut lines = LineWriter::new();
    let project = if plan.project.name.is_empty() { "the project" } else { &plan.project.name };
    lines.because("in every project: it is the manual of the files beside it");
    lines.line(&format!("# Platforms of {}", text(project)), plan.project.origin);
    lines.blank();
    lines.line(&format!("{}.", text(header_text(plan).trim_end_matches('.'))), None);
    lines.blank();
    if let Some(doc) = &plan.project.doc {
        doc.lines().for_each(|line| lines.line(&text(line), None));
        lines.blank();
    }
    platforms(&mut lines, plan);
    setup(&mut lines, plan);
    lines.line("## What there is", None);
    lines.blank();
    lines.line(MACROS, None);
    if !plan.project.images.is_empty() {
        lines.line(DOCKER, None);
    }
    lines.blank();
    build_and_test(&mut lines, plan);
    lines.line("## When something goes wrong", None);
    lines.blank();
    lines.line(&TROUBLE.replace("//PACKAGE", &format!("//{}", plan.package)), None);
    lines.finish(path)
}

fn platforms(lines: &mut LineWriter, plan: &Plan<'_>) {
    lines.line("| Platform | Bazel | Processor | Compiler flags |", None);
    lines.line("| --- | --- | --- | --- |", None);
    for row in &plan.rows {
        let flags: Vec<&str> =
            row.platform.cflags.iter().chain(&row.platform.cpu.cflags).map(String::as_str).collect();
        let cells = [row.key(), &plan.label(&row.target), &processor(row), &flags.join(" ")].map(code);
        lines.line(&format!("| {} |", cells.join(" | ")), row.platform.origin);
        lines.also([row.platform.cflags.origin, row.platform.cpu.origin]);
    }
    lines.blank();
}

fn processor(row: &Row<'_>) -> String {
    let cpu = &row.platform.cpu;
    let features = cpu.require.iter().map(|feature| feature.name.as_str());
    std::iter::once(cpu.name.as_str()).chain(features).collect::<Vec<_>>().join("+")
}

fn setup(lines: &mut LineWriter, plan: &Plan<'_>) {
    lines.line("## Set it up", None);
    lines.blank();
    let place =
        format!("1. Make this folder the package {} of the workspace:", code(&format!("//{}", plan.package)));
    lines.line(&place, None);
    lines.line("   write the output there (`output bazel { path = \"...\" }`), or copy it.", None);
    let import = code(&format!("import %workspace%/{}", plan.path_of("platforms.bazelrc")));
    lines.line(&format!("2. In `.bazelrc`, write {import}."), None);
    let include = code(&format!("include(\"//{}:platforms.MODULE.bazel\")", plan.folder));
    lines.line(&format!("3. In `MODULE.bazel`, write {include}"), None);
    lines.line("   (Bazel 7.2 and newer), or copy the lines of that file.", None);
    lines.line(
        "4. For C++ on platforms other than the host's, register toolchains that compile for them: the",
        None,
    );
    lines.line("   compiler that Bazel finds by itself only compiles for its own machine.", None);
    lines.blank();
}

fn build_and_test(lines: &mut LineWriter, plan: &Plan<'_>) {
    lines.line("## Build and test", None);
    lines.blank();
    lines.line("Bazel takes one platform per run and ignores the others of a list:", None);
    lines.blank();
    let names: Vec<&str> = plan.rows.iter().map(|row| row.target.as_str()).collect();
    lines.line("```sh", None);
    let platforms = plan.rows.iter().map(|row| row.platform.origin);
    let line = format!("for platform in {}; do", names.join(" "));
    lines.line(&line, platforms.clone().flatten().next());
    lines.also(platforms);
    lines.line("  bazel test --config=\"$platform\" //... || exit 1", None);
    lines.line("done", None);
    lines.line("```", None);
    lines.blank();
    if plan.project.images.is_empty() {
        return;
    }
    lines.line("Whether an image starts on a platform, shown by a machine that can run or emulate it:", None);
    lines.blank();
    lines.line("```sh", None);
    for image in &plan.project.images {
        for row in image.platforms.iter().filter_map(|p| plan.row(*p)) {
            let command = format!("docker run --rm --platform {} {}", row.key(), image.reference);
            lines.line(&command.replace(char::is_control, " "), image.origin);
            let registry = image.registry.as_ref().and_then(|r| r.origin);
            lines.also([registry, image.repository.origin, image.tag.origin, row.platform.origin]);
        }
    }
    lines.line("```", None);
    lines.blank();
}

/// Text of the project in a sentence: no character of it is markup.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '&' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as code in a cell of a table.
fn code(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect();
    format!("`{}`", plain.replace('|', "\\|"))
}
