//! `docker-bake.json`: all images at once, each for all its platforms. In: what each image is called and built for.
//! Out: the file, to be used from the project's root.

use super::configuration::paragraph;
use super::quote;
use crate::{Artifact, LineWriter};
use plat_model::{Image, Origin, Sourced};

/// One image of the file.
pub(super) struct Target<'a> {
    /// The image.
    pub(super) image: &'a Image,
    /// In OCI form.
    pub(super) platforms: Vec<String>,
    /// Labels that a Dockerfile cannot express: with several lines.
    pub(super) labels: Vec<(String, Sourced<String>)>,
}

/// The file for images whose Dockerfiles are in `folder`, relative to the project's root.
pub(super) fn file(targets: &[Target], folder: &str) -> Artifact {
    let mut json = Json { out: LineWriter::new(), depth: 0, open: Vec::new(), also: Vec::new() };
    json.out.because("as the structure that every bake file has");
    json.begin(None, None);
    json.begin(Some("group"), None);
    json.begin(Some("default"), None);
    let names: Vec<(String, Origin)> =
        targets.iter().map(|t| (quote::file_name(&t.image.name), t.image.origin)).collect();
    json.list("targets", &names, names.first().and_then(|(_, origin)| *origin));
    json.also = names.iter().map(|(_, origin)| *origin).collect();
    json.end(None);
    json.end(None);
    json.begin(Some("target"), None);
    for target in targets {
        let image = target.image;
        let name = quote::file_name(&image.name);
        json.begin(Some(&name), image.origin);
        if let Some(doc) = &image.doc {
            json.text("description", &escaped(&paragraph(doc)), image.origin);
        }
        json.text("context", &image.context, image.context.origin.or(image.origin));
        json.text("dockerfile", &dockerfile(&image.context, folder, &name), image.origin);
        let at = image.platforms_origin.or(image.origin);
        let platforms: Vec<(String, Origin)> = target.platforms.iter().map(|p| (p.clone(), at)).collect();
        json.list("platforms", &platforms, at);
        json.list("tags", &[(image.reference.clone(), image.tag.origin)], image.tag.origin);
        json.also = vec![image.registry.as_ref().and_then(|r| r.origin), image.repository.origin];
        if !target.labels.is_empty() {
            json.begin(Some("labels"), image.origin);
            for (label, text) in &target.labels {
                json.text(label, &escaped(text), text.origin);
            }
            json.end(image.origin);
        }
        json.end(image.origin);
    }
    json.end(None);
    json.end(None);
    json.out.finish("docker-bake.json")
}

/// Bake looks `${…}` and `%{…}` up in strings.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// Bake takes the path of a Dockerfile relative to the context.
fn dockerfile(context: &str, folder: &str, name: &str) -> String {
    let depth = context.split('/').filter(|p| !p.is_empty() && *p != ".").count();
    format!("{}{}/{name}/Dockerfile", "../".repeat(depth), folder.trim_end_matches('/'))
}

/// A writer of JSON with one value per line.
struct Json {
    out: LineWriter,
    depth: usize,
    /// For each open object, whether something is in it already, and the line that waits for its comma.
    open: Vec<Option<(String, Origin)>>,
    /// What else had a say in the line that waits.
    also: Vec<Origin>,
}

impl Json {
    /// Writes the line before, with a comma if another value follows.
    fn flush(&mut self, comma: bool) {
        if let Some(Some((line, origin))) = self.open.last_mut().map(Option::take) {
            self.out.line(&format!("{line}{}", if comma { "," } else { "" }), origin);
            self.out.also(self.also.drain(..));
        }
    }

    fn indented(&self, text: &str) -> String {
        format!("{}{text}", "  ".repeat(self.depth))
    }

    fn begin(&mut self, key: Option<&str>, origin: Origin) {
        self.flush(true);
        let key = key.map(|k| format!("{}: ", quote::json(k))).unwrap_or_default();
        self.out.line(&self.indented(&format!("{key}{{")), origin);
        self.depth += 1;
        self.open.push(None);
    }

    fn end(&mut self, origin: Origin) {
        self.flush(false);
        self.open.pop();
        self.depth = self.depth.saturating_sub(1);
        let line = self.indented("}");
        match self.open.last_mut() {
            Some(pending) => *pending = Some((line, origin)),
            None => self.out.line(&line, origin),
        }
    }

    fn value(&mut self, key: &str, value: &str, origin: Origin) {
        self.flush(true);
        let line = self.indented(&format!("{}: {value}", quote::json(key)));
        if let Some(pending) = self.open.last_mut() {
            *pending = Some((line, origin));
        }
    }

    fn text(&mut self, key: &str, text: &str, origin: Origin) {
        self.value(key, &quote::json(text), origin);
    }

    fn list(&mut self, key: &str, items: &[(String, Origin)], origin: Origin) {
        let texts: Vec<String> = items.iter().map(|(text, _)| text.clone()).collect();
        self.value(key, &quote::json_array(&texts), origin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockerfiles_are_found_from_the_context() {
        assert_eq!(dockerfile(".", "docker", "api"), "docker/api/Dockerfile");
        assert_eq!(dockerfile("./services/api", "docker", "api"), "../../docker/api/Dockerfile");
    }

    #[test]
    fn bake_expands_nothing() {
        assert_eq!(escaped(&paragraph("Costs ${x},\nreally.\n\nMore.")), "Costs $${x}, really.");
    }
}
