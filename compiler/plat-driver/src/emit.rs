//! `emit "path" = value`: data as JSON, YAML, TOML or text. In: an emitted value. Out: an artefact whose lines know the
//! fields that they show.

mod data;
mod json;
mod parts;
mod told;
mod toml;
mod yaml;

use data::Stop;
use plat_base::Diagnostic;
use plat_eval::{Emitted, Evaluator, Value};
use plat_targets::Artifact;

pub(crate) use parts::{File, first, further, join};
pub(crate) use told::YamlSink;

/// What `--target` and the manifest call these files.
pub(crate) const TARGET: &str = "emit";

/// Prints one file in the format that the ending of its path says. What stops it may have been reported already.
pub(crate) fn render(eval: &mut Evaluator<'_>, file: &Emitted) -> Result<Artifact, Option<Box<Diagnostic>>> {
    let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending);
    if !matches!(ending, "json" | "yaml" | "yml" | "toml") {
        return text(file, ending);
    }
    let data = data::read(eval, &file.value, file.at).map_err(|stop| refused(file, stop))?;
    match ending {
        "json" => Ok(json::print(&data, &file.path, Some(file.span))),
        "toml" => toml::print(&data, &file.path, Some(file.span)).map_err(|why| {
            let diagnostic = Diagnostic::error("type-mismatch", why, file.span);
            Some(Box::new(diagnostic.help("change the value, or emit it as .json or .yaml")))
        }),
        _ => Ok(yaml::print(&data, &file.path, Some(file.span))),
    }
}

fn text(file: &Emitted, ending: &str) -> Result<Artifact, Option<Box<Diagnostic>>> {
    let Value::Str(text) = &file.value else {
        let message = match ending {
            "txt" => "a .txt file is a string, and this is none".to_owned(),
            _ => format!("the ending of `{}` says no format, so the value has to be a string", file.path),
        };
        let diagnostic = Diagnostic::error("type-mismatch", message, file.span);
        let help = "end the path in .json, .yaml or .toml, or `join` the value to a string";
        return Err(Some(Box::new(diagnostic.help(help))));
    };
    let mut whole = text.text.to_string();
    if !whole.ends_with('\n') {
        whole.push('\n');
    }
    let origins = whole.lines().map(|_| Some(file.span)).collect();
    Ok(Artifact { path: file.path.clone(), text: whole, origins, ..Artifact::default() })
}

/// What is told of a value that is no data, unless it has been.
fn refused(file: &Emitted, stop: Stop) -> Option<Box<Diagnostic>> {
    let path = &file.path;
    let diagnostic = match stop {
        Stop::Big => return None,
        Stop::Secret => {
            Diagnostic::error("secret-in-text", format!("a secret would be written to `{path}`"), file.span)
                .help("leave the secret out; whoever runs the program is given it by reference")
        }
        Stop::Deep => {
            let message = format!("what is written to `{path}` is nested more than {} deep", data::MAX_DEPTH);
            Diagnostic::error("limit-exceeded", message, file.span)
                .help("emit only the fields that are needed")
        }
        Stop::Broken => {
            let message = format!("a value of `{path}` could not be computed");
            Diagnostic::error("type-mismatch", message, file.span)
        }
    };
    Some(Box::new(diagnostic))
}

/// A float as all the formats read it. A whole one has no fraction.
fn float(number: f64) -> String {
    if number.is_finite() { format!("{number}") } else { "0".to_owned() }
}

#[cfg(test)]
mod tests;
