//! Verifying what is emitted. In: an outcome that kept its domain, and the folder whose files are judged. Out: the
//! certificate. What is judged, and how, is decided in `plat-verify`; here files are read.

use crate::output::OutputFile;
use crate::pipeline::{Outcome, on_deep_stack};
use crate::world::World;
use crate::{Failure, parallel};
use plat_model::Project;
use plat_verify::{Artefact, Certificate};
use std::io;
use std::path::Path;

/// Above this many files they are read on all cores.
const PARALLEL_FROM: usize = 64;

/// Judges the files on disk below `folder`; without one, the texts that would be written. A file that is not there is
/// told by the certificate, unless none is: then nothing was compiled yet. So is one that is not as it would be written.
pub fn verify(world: &dyn World, outcome: &Outcome, folder: Option<&Path>) -> Result<Certificate, Failure> {
    let nothing = Project::default();
    let project = outcome.project.as_ref().unwrap_or(&nothing);
    let read: Vec<Option<String>> = match folder {
        None => Vec::new(),
        Some(folder) => texts(world, outcome, folder)?,
    };
    let artefacts: Vec<Artefact<'_>> = outcome
        .files
        .iter()
        .enumerate()
        .map(|(at, file)| {
            let text = match folder {
                None => Some(file.text.as_str()),
                Some(_) => read.get(at).and_then(Option::as_deref),
            };
            Artefact { path: &file.path, target: &file.target, text }
        })
        .collect();
    let mut certificate = on_deep_stack(|| plat_verify::verify(project, &artefacts))?;
    for (artefact, file) in artefacts.iter().zip(&outcome.files) {
        certificate.compare(artefact, &file.text);
    }
    Ok(certificate)
}

/// The texts on disk of the files that would be written.
fn texts(world: &dyn World, outcome: &Outcome, folder: &Path) -> Result<Vec<Option<String>>, Failure> {
    let read = |file: &OutputFile| -> Result<Option<String>, Failure> {
        let path = folder.join(&file.path);
        match world.read(&path) {
            // What is not UTF-8 differs from every text of ours.
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Failure::io("read", &path, &e)),
        }
    };
    let threads = if outcome.files.len() < PARALLEL_FROM { 1 } else { parallel::cores() };
    let texts = parallel::map(&outcome.files, threads, read);
    let texts = texts.into_iter().collect::<Result<Vec<_>, _>>()?;
    if !texts.is_empty() && texts.iter().all(Option::is_none) {
        let message = format!("there is nothing to verify in `{}`", folder.display());
        let help = "`platc compile` writes the files; `--emitted` judges what it would write";
        return Err(Failure::input(message).help(help));
    }
    Ok(texts)
}
