//! `platc host`: what this machine is in every spelling, and whether it may run what was built for a platform.

use crate::args::{HostArgs, PlainFormat};
use crate::session::{Session, Status, status_of};
use plat_base::{PlatformError, PlatformId, closest, platform_meant};
use plat_driver::{Failure, Host, Machine, Needs, Verdict, host, needs_of};

pub(super) fn run(session: &mut Session, args: &HostArgs) -> Result<Status, Failure> {
    let host = host(&Machine::this(&session.world))?;
    if let Some(platform) = &args.satisfies {
        return satisfies(session, args, &host, platform);
    }
    let text = match args.format {
        PlainFormat::Human => table(&host),
        // Strings always have a JSON form.
        PlainFormat::Json => serde_json::to_string_pretty(&host).unwrap_or_default() + "\n",
    };
    session.console.out(&text);
    Ok(Status::Clean)
}

/// Tells by the exit status whether this machine may run what was built for a platform, and on standard error why not.
fn satisfies(session: &mut Session, args: &HostArgs, host: &Host, platform: &str) -> Result<Status, Failure> {
    let needs = match needs(session, args, host, platform)? {
        Ok(needs) => needs,
        Err(status) => return Ok(status),
    };
    let here = &host.platform;
    let meant = needs.platform.normalized().to_string();
    let alias = if platform.contains('/') || meant.ends_with(platform) || is_declared(args, platform) {
        String::new()
    } else {
        format!(", which is {meant},")
    };
    let reason = match host.satisfies(&needs) {
        Verdict::Runs => return Ok(Status::Clean),
        Verdict::OtherPlatform => format!("`{platform}`{alias} does not run here: this machine is {here}"),
        Verdict::Lacks(features) => {
            let features = features.join(", ");
            format!("`{platform}` does not run here: the processor of this machine ({here}) lacks {features}")
        }
    };
    if !args.quiet {
        session.console.err(&format!("{reason}\n"));
    }
    Ok(Status::Errors)
}

/// What a platform needs: one in OCI's spelling, or one that the project declares. The inner error is the status of a
/// project with errors, which have been told.
fn needs(
    session: &mut Session,
    args: &HostArgs,
    host: &Host,
    platform: &str,
) -> Result<Result<Needs, Status>, Failure> {
    let own = PlatformId::parse(&host.platform, None).ok();
    if is_declared(args, platform) {
        let (outcome, found) =
            needs_of(&session.world, &session.cwd, &args.paths, args.root.as_deref(), platform)?;
        if outcome.has_errors() {
            session.tell_all(&outcome, &outcome.diagnostics);
            return Ok(Err(status_of(&outcome)));
        }
        return found.map(Ok).ok_or_else(|| {
            let names: Vec<&str> = outcome.platforms.iter().map(|(name, _)| name.as_str()).collect();
            let failure = Failure::misuse(format!("this project has no platform `{platform}`"));
            let same = platform_meant(platform).and_then(|meant| {
                let equal = |needs: &Needs| needs.platform.normalized() == meant;
                outcome.platforms.iter().find(|(_, needs)| equal(needs)).map(|(name, _)| name.as_str())
            });
            match same.or_else(|| closest(platform, names.iter().copied())) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help(format!("its platforms are {}", names.join(", "))),
            }
        });
    }
    let id = PlatformId::parse(platform, own.as_ref()).map_err(|error| unreadable(platform, &error))?;
    let unknown = (!id.is_known()).then(|| platform_meant(platform)).flatten();
    match id.meant().or(unknown) {
        Some(meant) => Err(Failure::misuse(format!("`{platform}` is not how OCI spells a platform"))
            .help(format!("did you mean `{meant}`?"))),
        None => Ok(Ok(Needs { platform: id, features: Vec::new() })),
    }
}

/// Whether a word names a platform of a project.
fn is_declared(args: &HostArgs, platform: &str) -> bool {
    !platform.contains('/') && (args.project || !args.paths.is_empty() || args.root.is_some())
}

fn unreadable(platform: &str, error: &PlatformError) -> Failure {
    let failure = Failure::misuse(format!("`{platform}` is no platform: {error}"));
    match platform_meant(platform) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("write it as OCI does: `linux/amd64`, `linux/arm64`, `linux/arm/v7`; with --project, name one that the project declares"),
    }
}

/// One row per fact. The names of the ecosystems follow the standard library's order.
fn table(host: &Host) -> String {
    let unknown = || "not told by this system's kernel".to_owned();
    let mut rows = vec![
        ("platform".to_owned(), host.platform.clone()),
        ("processor".to_owned(), host.processor.clone().unwrap_or_else(unknown)),
        ("level".to_owned(), host.level.clone().unwrap_or_else(unknown)),
        ("features".to_owned(), if host.features.is_empty() { unknown() } else { host.features.join(" ") }),
    ];
    let stated = host.names.iter().filter(|(_, names)| !names.is_empty());
    rows.extend(stated.map(|(what, names)| (what.clone(), names.join(" "))));
    rows.push(("runs".to_owned(), host.runs.join(" ")));
    let indent = rows.iter().map(|(what, _)| what.len()).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for (what, words) in &rows {
        text.push_str(&format!("{what:<indent$}"));
        text.push_str(&wrapped(words, indent));
    }
    text
}

/// Columns that a table fills.
const WIDTH: usize = 100;

/// Words in lines, all but the first indented.
fn wrapped(words: &str, indent: usize) -> String {
    let mut text = String::new();
    let mut column = indent;
    for (at, word) in words.split(' ').enumerate() {
        let width = word.chars().count();
        if at > 0 && column + 1 + width > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else if at > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text + "\n"
}
