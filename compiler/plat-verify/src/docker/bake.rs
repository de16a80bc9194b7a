//! `docker-bake.json`: which images are built, for which platforms, and under which names.

use super::{bake_name, is_built, platforms};
use crate::fact::FactKind;
use crate::ledger::{Ledger, Scope};
use crate::read::node::Node;
use plat_model::{Image, Output, Project};

/// Judges the file.
pub(super) fn verify(project: &Project, output: &Output, file: &str, tree: &Node, ledger: &mut Ledger) {
    let built: Vec<&Image> = project.images.iter().filter(|i| is_built(project, i)).collect();
    let names = |of: &[&Image]| of.iter().map(|i| (bake_name(&i.name), i.origin)).collect::<Vec<_>>();
    let scope = Scope { subject: "the project".to_owned(), file, line: 1, origin: None };
    let group = tree.list(&["group", "default", "targets"]);
    let group = group.iter().map(|n| (n.bare(), n.line)).collect();
    ledger.compare_sets(FactKind::Name, &scope, "target of the default group", group, names(&built));
    let targets = tree.get("target").map_or(&[][..], Node::entries);
    let found = targets.iter().map(|(key, _)| (key.text.clone(), key.line)).collect();
    ledger.compare_sets(FactKind::Name, &scope, "target", found, names(&built));
    for image in built {
        let name = bake_name(&image.name);
        let Some((key, target)) = targets.iter().find(|(key, _)| key.text == name) else { continue };
        let subject = format!("image `{}`", image.name);
        let scope = Scope { subject, file, line: key.line, origin: image.origin };
        let of = Target { project, output, image, target, name };
        of.verify(&scope, ledger);
    }
}

struct Target<'a> {
    project: &'a Project,
    output: &'a Output,
    image: &'a Image,
    target: &'a Node,
    name: String,
}

impl Target<'_> {
    fn verify(&self, scope: &Scope<'_>, ledger: &mut Ledger) {
        let image = self.image;
        let oci = |at: &usize| self.project.platforms.get(*at).map(|p| (p.oci.value.clone(), p.origin));
        let declared = platforms(self.project, image).iter().filter_map(oci).collect();
        ledger.compare_sets(FactKind::Architecture, scope, "platform", self.texts("platforms"), declared);
        let tags = vec![(image.reference.clone(), image.tag.origin)];
        ledger.compare_sets(FactKind::Image, scope, "tag", self.texts("tags"), tags);
        let text = |key: &str| self.target.get(key).map(|n| (n.bare(), n.line));
        let context = Some((image.context.value.clone(), image.context.origin));
        ledger.compare_one(FactKind::Name, scope, "build context", text("context"), context);
        // The path is relative to the context; where the output folder is, is not a fact of the program.
        let folder = self.output.path.value.trim_matches('/');
        let end = format!("{folder}/{}/Dockerfile", self.name);
        let found = text("dockerfile").map(|(path, line)| match path.ends_with(&end) {
            true => (end.clone(), line),
            false => (path, line),
        });
        ledger.compare_one(FactKind::Name, scope, "Dockerfile", found, Some((end, self.output.origin)));
    }

    fn texts(&self, key: &str) -> Vec<(String, u32)> {
        self.target.list(&[key]).iter().map(|n| (n.bare(), n.line)).collect()
    }
}
