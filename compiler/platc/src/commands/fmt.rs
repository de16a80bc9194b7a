//! `platc fmt`: the one style. A file that does not parse is told and left as it is.

use crate::args::FmtArgs;
use crate::files::Files;
use crate::session::{Session, Status, counted};
use plat_base::{Diagnostic, SourceMap};
use plat_driver::{Failure, World, on_deep_stack, relative, slashed, sources_below, unified};
use std::io::Read;
use std::path::{Path, PathBuf};

/// What became of the files.
#[derive(Default)]
struct Tally {
    files: usize,
    changed: usize,
    broken: Vec<Diagnostic>,
}

pub(super) fn run(session: &mut Session, args: &FmtArgs) -> Result<Status, Failure> {
    if args.stdin {
        return from_stdin(session, args.check);
    }
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let mut tally = Tally::default();
    for path in sources_below(&session.world, &session.cwd, &paths)? {
        let name = slashed(&relative(&session.cwd, &path));
        let bytes = session.world.read(&path).map_err(|e| Failure::io("read", &path, &e))?;
        let text = decode(bytes, &name)?;
        let Some(formatted) = formatted(session, &name, &text, &mut tally)? else { continue };
        if formatted == text {
            continue;
        }
        tally.changed += 1;
        if args.check {
            let (from, to) = (format!("a/{name}"), format!("b/{name}"));
            session.show(&unified(&text, &formatted, &from, &to));
        } else {
            let written = session.world.write(&path, formatted.as_bytes());
            written.map_err(|e| Failure::io("write", &path, &e))?;
        }
    }
    session.sum_up(&tally.broken);
    let (changed, total) = (tally.changed, counted(tally.files, "file"));
    session.say(&match args.check {
        true => format!("{changed} of {total} would be formatted"),
        false => format!("formatted {changed} of {total}"),
    });
    let failed = !tally.broken.is_empty() || (args.check && changed > 0);
    Ok(if failed { Status::Errors } else { Status::Clean })
}

fn from_stdin(session: &mut Session, check: bool) -> Result<Status, Failure> {
    let name = "<stdin>";
    if !check {
        session.needs_stdout("the formatted text")?;
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|e| Failure::io("read", Path::new(name), &e))?;
    let text = decode(bytes, name)?;
    let mut tally = Tally::default();
    let Some(formatted) = formatted(session, name, &text, &mut tally)? else {
        session.sum_up(&tally.broken);
        return Ok(Status::Errors);
    };
    if !check {
        session.console.out(&formatted);
        return Ok(Status::Clean);
    }
    if formatted == text {
        return Ok(Status::Clean);
    }
    session.show(&unified(&text, &formatted, name, "formatted"));
    Ok(Status::Errors)
}

/// The text in the one style; nothing, and the reasons told, if it does not parse.
fn formatted(
    session: &mut Session,
    name: &str,
    text: &str,
    tally: &mut Tally,
) -> Result<Option<String>, Failure> {
    tally.files += 1;
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    match on_deep_stack(|| plat_format::format(&file))? {
        Ok(formatted) => Ok(Some(formatted)),
        Err(diagnostics) => {
            session.tell(&Files::named(&sources, vec![name.to_owned()]), &diagnostics);
            tally.broken.extend(diagnostics);
            Ok(None)
        }
    }
}

fn decode(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::input(format!("`{name}` is not UTF-8: the byte at offset {at} begins no character"))
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
