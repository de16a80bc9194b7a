//! `platc verify`: the agreement of artefacts and program, told as a certificate. In: the facts. Out: a summary, each
//! disagreement as a diagnostic, and on request all facts.

use super::compile::Output;
use crate::args::{Format, VerifyArgs};
use crate::files::Files;
use crate::machine;
use crate::session::{Session, Status, counted, status_of};
use plat_driver::{Failure, Goal, MAX_DIAGNOSTICS, Outcome, verify};
use plat_verify::{Certificate, Fact, FactKind};

pub(super) fn run(session: &mut Session, args: &VerifyArgs) -> Result<Status, Failure> {
    if args.facts {
        session.needs_stdout("a list of facts")?;
    }
    let outcome = session.run(&session.request(Goal::Verify, &args.program))?;
    if status_of(&outcome) != Status::Clean {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    let output = Output::new(session, args.output.as_deref(), &outcome);
    let folder = (!args.emitted).then_some(output.folder.as_path());
    let certificate = verify(&session.world, &outcome, folder)?;
    let start = match args.emitted {
        true => String::new(),
        false => output.shown(""),
    };
    let mut diagnostics = certificate.diagnostics(&start);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    session.tell_all(&outcome, &diagnostics);
    if session.format == Format::Json {
        let files = Files::of(&outcome, &session.cwd);
        let line = machine::certificate(&certificate, &start, &files);
        session.console.out(&line);
    }
    if args.facts {
        let text = listed(&certificate, &start, session, &outcome);
        session.console.out(&text);
    }
    session.sum_up(&diagnostics);
    if !session.quiet {
        session.show(&summary(&certificate, args.emitted, &output.name));
    }
    let is_clean = certificate.agrees() && certificate.changed.is_empty();
    Ok(if is_clean { Status::Clean } else { Status::Errors })
}

/// What tells the difference of files that are not as they would be written.
const HOW: &str = "`platc compile --check` shows how";

/// The table of what was proven, and one line that says it all.
fn summary(certificate: &Certificate, emitted: bool, folder: &str) -> String {
    let mut text = format!("{:<14}{:>7}{:>10}\n", "fact", "agree", "disagree");
    for kind in FactKind::ALL {
        let facts = certificate.facts.iter().filter(|f| f.kind == kind);
        let (agree, disagree): (Vec<&Fact>, Vec<&Fact>) = facts.partition(|f| f.agrees);
        if !agree.is_empty() || !disagree.is_empty() {
            let kind = kind.as_str();
            text.push_str(&format!("{kind:<14}{:>7}{:>10}\n", agree.len(), disagree.len()));
        }
    }
    let facts = counted(certificate.facts.len(), "fact");
    let place = if emitted { "that would be written".to_owned() } else { format!("of {folder}/") };
    let files = format!("{} {place}", counted(certificate.artefacts.len(), "file"));
    let unread = match certificate.unread.len() {
        0 => String::new(),
        number => format!("; {} of `emit` not judged", counted(number, "file")),
    };
    let lost = certificate.unreadable.len();
    let changed = match certificate.changed.len() {
        0 => String::new(),
        1 => format!("; 1 file was changed in what is not judged: {HOW}"),
        number => format!("; {number} files were changed in what is not judged: {HOW}"),
    };
    let verdict = match (certificate.disagreements().count(), lost) {
        (0, 0) if changed.is_empty() => format!("{facts} in {files}: all agree with the program{unread}"),
        (0, 0) => format!("{facts} in {files} agree{unread}{changed}"),
        (some, 0) => format!("{facts} in {files}: {some} disagree with the program{unread}{changed}"),
        (some, _) => {
            let lost = counted(lost, "file");
            format!("{facts} in {files}: {some} disagree, {lost} unreadable{unread}{changed}")
        }
    };
    format!("{text}\n{verdict}\n")
}

/// One line per fact.
fn listed(certificate: &Certificate, start: &str, session: &Session, outcome: &Outcome) -> String {
    let files = Files::of(outcome, &session.cwd);
    let mut text = String::new();
    for fact in &certificate.facts {
        let said = fact.found.as_deref().unwrap_or("nothing").replace('\n', " ");
        let against = match (&fact.declared, fact.agrees) {
            (_, true) => String::new(),
            (Some(declared), _) => format!(", not {}", declared.replace('\n', " ")),
            (None, _) => ", which nothing says".to_owned(),
        };
        let origin = fact.origin.map(|span| {
            let place = files.place(span);
            format!(" ({}:{}:{})", place.file, place.start.line, place.start.column)
        });
        let (file, line, kind) = (&fact.file, fact.line, fact.kind);
        text.push_str(&format!(
            "{start}{file}:{line}: {kind}: {} of {} is {said}{against}{}\n",
            fact.what,
            fact.subject,
            origin.unwrap_or_default()
        ));
    }
    text
}
