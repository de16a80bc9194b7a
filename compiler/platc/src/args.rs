//! The command line as data: what can be asked, and what `--help` says. Nothing is done here.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXIT_STATUS: &str = "\
Exit status:
  0  clean
  1  the program has errors (or, with --check, the files on disk differ)
  2  the command was misused
  3  a file could not be read or written";

/// Compiles Plat: one source for Bazel, Docker and Kubernetes.
#[derive(Debug, Parser)]
#[command(name = "platc", version, propagate_version = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, after_help = EXIT_STATUS)]
pub(crate) struct Cli {
    /// When to write in colours. `auto` means on a terminal; NO_COLOR and CLICOLOR_FORCE are honoured.
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", global = true)]
    pub(crate) color: Colour,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the artefacts of a program.
    Compile(CompileArgs),
    /// Find everything that is wrong with a program, and write nothing.
    Check(CheckArgs),
    /// List the checks, built-in and of the project, with what the project makes of them.
    Checks(ChecksArgs),
    /// Run the `test` declarations of a program.
    Test(TestArgs),
    /// Read the artefacts back and prove that the facts in them are the program's.
    Verify(VerifyArgs),
    /// Tell what a project asks of its machines, and what that costs.
    Report(DemandArgs),
    /// Format sources.
    Fmt(FmtArgs),
    /// Make a small project that compiles.
    Init(InitArgs),
    /// Tell where a line of an emitted file, or a value, comes from, or what a diagnostic means.
    Explain(ExplainArgs),
    /// Tell what this machine is, in the spelling of every ecosystem, and what runs on it.
    Host(HostArgs),
    /// Print the documentation of a kind, a function, a module: whatever has a name.
    Doc(DocArgs),
    /// Tell which lines of the emitted files a line of a source reaches.
    Impact(ImpactArgs),
    /// Print a completion script for a shell.
    Completions(CompletionsArgs),
}

/// Which program.
#[derive(Debug, Args)]
pub(crate) struct ProgramArgs {
    /// Files to start from, or folders that have a main.plat. Without any: the project that this folder is in.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The project's root, which no import leaves. Without it: the nearest folder upwards with a project.plat.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
}

/// When to write in colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to report.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How diagnostics are told: `human` and `short` on standard error; `json`, `sarif` and `github` on standard
    /// output.
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Count these as errors. May be repeated.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Vec<Deny>,
    /// Say nothing when all is well.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Tell on standard error how long each stage took.
    #[arg(long)]
    pub(crate) timings: bool,
}

/// A form of diagnostics.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// With the source text around each place.
    Human,
    /// One line each: `file:line:column: severity[code]: message`.
    Short,
    /// One JSON object per line.
    Json,
    /// One SARIF 2.1.0 document at the end, for code scanning and editors.
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines of a change.
    Github,
}

impl Format {
    /// Whether a program reads it, from standard output.
    pub(crate) fn is_on_stdout(self) -> bool {
        matches!(self, Format::Json | Format::Sarif | Format::Github)
    }
}

/// What counts as an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Deny {
    /// Every warning.
    Warning,
    /// What a target cannot express.
    Lossy,
}

const COMPILE_EXAMPLES: &str = "\
Examples:
  platc compile                                  the project here, into generated/
  platc compile deploy/main.plat -o out          another file, another folder
  platc compile --target kubernetes --env prod   only the manifests of one environment
  platc compile --check                          fail, with a diff, if generated/ is out of date
  platc compile --depfile out.d --list-outputs   for build scripts";

#[derive(Debug, Args)]
#[command(after_help = COMPILE_EXAMPLES)]
pub(crate) struct CompileArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    /// The folder to write to; by default `generated` in the project's root.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Write only this target's files: bazel, docker, kubernetes … May be repeated.
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Vec<String>,
    /// Write only what belongs to this environment. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Vec<String>,
    /// Write only what belongs to this platform. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Vec<String>,
    /// Write nothing; fail, with a diff, if the files on disk are not what would be written.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; list the files that would be there, one per line.
    #[arg(long, conflicts_with = "check")]
    pub(crate) list_outputs: bool,
    /// Also write a dependency file for Make or Ninja.
    #[arg(long, value_name = "FILE")]
    pub(crate) depfile: Option<PathBuf>,
    /// Overwrite files in the output folder that platc did not write or that were changed by hand.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  platc check                       the project here
  platc check --deny warning        warnings fail too
  platc check --fix                 apply the mends that are surely right, and tell the rest
  platc check --format short        one line per diagnostic, for editors";

#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    /// Apply every mend that is surely what was meant, in all files of the project, then tell what is left.
    #[arg(long)]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const CHECKS_EXAMPLES: &str = "\
Examples:
  platc checks                      all checks, by group
  platc checks memory limit         those that speak of both
  platc checks --format json        one JSON object per check
  platc explain port-not-in-image   what one of them means: cause, example, mend";

#[derive(Debug, Args)]
#[command(after_help = CHECKS_EXAMPLES)]
pub(crate) struct ChecksArgs {
    /// List only checks that have each of these words in their name, their group, what they look at or what they say.
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,
    /// `json` writes one object per line.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
    #[command(flatten)]
    pub(crate) program: ExplainProgramArgs,
}

const TEST_EXAMPLES: &str = "\
Examples:
  platc test                        all tests of the project here
  platc test --filter arm64         those whose name contains arm64
  platc test --junit tests.xml      also write a report that CI systems read";

#[derive(Debug, Args)]
#[command(after_help = TEST_EXAMPLES)]
pub(crate) struct TestArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    /// Run only tests whose name contains this.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Run nothing; list the tests, one per line: `file:line:column: name`.
    #[arg(long)]
    pub(crate) list: bool,
    /// Also write the results as JUnit XML.
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(crate) junit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  platc verify                      the files in generated/ against the program
  platc verify -o out --facts       another folder; list every fact
  platc verify --emitted            what a compile would write, without reading it from disk
  platc verify --format json        all facts for programs, as the last line

Every port, user, quantity, architecture, image and variable that a file states is read by a parser that shares nothing
with the one who wrote it, and compared with the program; and each that a file has to state has to be there.";

#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    /// The folder whose files are read; by default `generated` in the project's root.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Judge what a compile would write instead of what is on disk.
    #[arg(long, conflicts_with = "output")]
    pub(crate) emitted: bool,
    /// List every fact with its place in the file and in the source.
    #[arg(long)]
    pub(crate) facts: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const REPORT_EXAMPLES: &str = "\
Examples:
  platc report                                      a table for each environment
  platc report --env prod --prices cloud            one environment, with the prices of `prices cloud { … }`
  platc report --format html -o report.html         a page to look at, to send and to print
  platc report --format json                        for programs

CPU, memory, local disk and claimed storage are told for each pod and for all of them, from the fewest replicas to the
most. What costs is what is requested.";

#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(crate) struct DemandArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    /// Only this environment. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Vec<String>,
    /// Only this platform. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Vec<String>,
    /// The `prices` to reckon with; by default the first that are declared.
    #[arg(long, value_name = "NAME")]
    pub(crate) prices: Option<String>,
    /// How to tell.
    #[arg(long, value_enum, default_value_t = DemandFormat::Human, value_name = "FORMAT")]
    pub(crate) format: DemandFormat,
    /// Write it to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// A form of what a project asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum DemandFormat {
    /// Tables for a terminal.
    Human,
    /// One JSON object.
    Json,
    /// One HTML page that needs nothing else.
    Html,
}

const FMT_EXAMPLES: &str = "\
Examples:
  platc fmt                         every .plat file below this folder
  platc fmt --check main.plat       fail, with a diff, if the file is not formatted
  platc fmt --stdin < a.plat        format text from standard input, for editors";

#[derive(Debug, Args)]
#[command(after_help = FMT_EXAMPLES)]
pub(crate) struct FmtArgs {
    /// Files, or folders whose .plat files are meant; by default this folder.
    #[arg(value_name = "PATH", conflicts_with = "stdin")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; fail, with a diff, if something is not formatted.
    #[arg(long)]
    pub(crate) check: bool,
    /// Read standard input and write the formatted text to standard output.
    #[arg(long)]
    pub(crate) stdin: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const INIT_EXAMPLES: &str = "\
Examples:
  platc init                        a project in this folder
  platc init shop                   a project in a new folder";

#[derive(Debug, Args)]
#[command(after_help = INIT_EXAMPLES)]
pub(crate) struct InitArgs {
    /// The folder; made if it is not there. Files that exist are never overwritten.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  platc explain generated/kubernetes/prod/api.yaml:42     why a line is there
  platc explain generated/docker/api/Dockerfile           every line of a file
  platc explain service.api.resources.limits.memory --on arm64 --in prod
  platc explain 'resources[\"web-quota\"].limits' --source deploy/main.plat
  platc explain memory-exceeds-limit
  platc explain --list";

#[derive(Debug, Args)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// A line of an emitted file (`FILE:LINE`), all lines of a file or of the output folder (`FILE`), the path of a
    /// value (`KIND.NAME.FIELD`, or the name of a `let`), or the code of a diagnostic. Without it, all codes are
    /// listed.
    #[arg(value_name = "WHAT", default_value = "", hide_default_value = true)]
    pub(crate) what: String,
    /// List all codes.
    #[arg(long, conflicts_with = "what")]
    pub(crate) list: bool,
    /// Of a value: only on this platform. May be repeated.
    #[arg(long = "on", value_name = "PLATFORM")]
    pub(crate) platforms: Vec<String>,
    /// Of a value: only in this environment. May be repeated.
    #[arg(long = "in", value_name = "ENVIRONMENT")]
    pub(crate) environments: Vec<String>,
    /// The folder that is written to; by default `generated` in the project's root.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Of a value: also tell how the values came about that it was computed from, and so on.
    #[arg(long)]
    pub(crate) deep: bool,
    /// `json` writes one object per line; everything else is text.
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) program: ExplainProgramArgs,
}

const IMPACT_EXAMPLES: &str = "\
Examples:
  platc impact main.plat:12                    what changes if this line does
  platc impact profiles.plat:6 --format json   for scripts";

#[derive(Debug, Args)]
#[command(after_help = IMPACT_EXAMPLES)]
pub(crate) struct ImpactArgs {
    /// Lines of sources: `FILE:LINE`. Files of the standard library are called `std/…`.
    #[arg(value_name = "FILE:LINE", required = true)]
    pub(crate) places: Vec<String>,
    /// The folder that is written to; by default `generated` in the project's root.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// `json` writes one object per source line; everything else is text.
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) program: ExplainProgramArgs,
}

const DOC_EXAMPLES: &str = "\
Examples:
  platc doc                         what there is
  platc doc service                 a kind with its fields
  platc doc service.health          a field
  platc doc std.images              a module
  platc doc memory-exceeds-limit    a check";

#[derive(Debug, Args)]
#[command(after_help = DOC_EXAMPLES)]
pub(crate) struct DocArgs {
    /// A name, or the end of a dotted one; without any, everything is listed.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) program: ExplainProgramArgs,
}

/// Which program, where the positional argument is taken.
#[derive(Debug, Args)]
pub(crate) struct ExplainProgramArgs {
    /// The file that the program starts from, or a folder with a main.plat. May be repeated.
    #[arg(long = "source", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The project's root.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
}

const HOST_EXAMPLES: &str = "\
Examples:
  platc host                                    what this machine is
  platc host --format json                      the same for programs
  platc host --satisfies linux/amd64/v3         exit status 0 if that runs here, 1 if not
  platc host --project --satisfies arm64        a platform that the project here declares, with its processor

Exit status with --satisfies:
  0  what was built for the platform may run here
  1  it may not; standard error says why
  2  there is no such platform";

#[derive(Debug, Args)]
#[command(after_help = HOST_EXAMPLES)]
pub(crate) struct HostArgs {
    /// Tell by the exit status whether what was built for this platform may run here: `linux/arm64` as OCI spells
    /// it, or a platform of a project.
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) satisfies: Option<String>,
    /// The platform is one that the project here declares; what its processor must have counts too.
    #[arg(long, requires = "satisfies")]
    pub(crate) project: bool,
    /// The files of the project, or folders that have a main.plat.
    #[arg(value_name = "PATH", requires = "satisfies")]
    pub(crate) paths: Vec<PathBuf>,
    /// The project's root.
    #[arg(long, value_name = "DIR", requires = "satisfies")]
    pub(crate) root: Option<PathBuf>,
    /// How to tell.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
    /// Say nothing; the exit status tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// A form of an answer that is no report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people.
    Human,
    /// JSON.
    Json,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  platc completions bash > ~/.local/share/bash-completion/completions/platc"
)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{}", command.get_name());
        }
    }
}
