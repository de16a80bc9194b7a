//! Tables of declarations, platform by platform: memory, resources, thresholds, dependencies.

use super::Package;
use super::platforms::selected;
use crate::claims::nano;
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger, Scope};
use crate::read::node::Node;
use crate::read::sizes;
use crate::read::starlark::Module;
use plat_base::{Dimension, Quantity};
use plat_model::{GarbageCollector, Memory, Origin, PerContext, Quota, Runtime, Sourced, Thresholds};

/// A declaration of which a table has a value per platform.
struct Profile<'a, T> {
    kind: &'static str,
    name: &'a str,
    origin: Origin,
    spec: &'a PerContext<T>,
}

/// Judges the tables of `defs.bzl`.
pub(super) fn verify(package: &Package<'_>, file: &str, module: &Module, ledger: &mut Ledger) {
    let project = package.project;
    let tables = Tables { package, file, module };
    let mut names = Vec::new();
    for m in &project.memories {
        let profile = Profile { kind: "memory", name: &m.name, origin: m.origin, spec: &m.spec };
        names.extend(
            tables.each(ledger, "MEMORY_CONFIGS", &profile, |l, scope, node, m| memory(l, scope, node, m)),
        );
        tables.each(ledger, "MEMORY_FLAGS", &profile, |l, scope, node, m| {
            let flags: Vec<&str> = m.flags.iter().flat_map(|f| f.split_whitespace()).collect();
            let declared = Some((format!("{flags:?}"), m.flags.as_ref().and_then(|f| f.origin)));
            let found = node.map(|(flags, line)| (format!("{flags:?}"), line));
            l.compare_one(FactKind::Flag, scope, "MEMORY_FLAGS", found, declared);
        });
    }
    tables.no_others(ledger, "MEMORY_CONFIGS", &std::mem::take(&mut names));
    for r in &project.resources {
        let profile = Profile { kind: "resources", name: &r.name, origin: r.origin, spec: &r.spec };
        names.extend(tables.each(ledger, "RESOURCE_CONFIGS", &profile, |l, scope, node, spec| {
            quota(l, scope, node, "requests", &spec.0);
            quota(l, scope, node, "limits", &spec.1);
        }));
    }
    tables.no_others(ledger, "RESOURCE_CONFIGS", &std::mem::take(&mut names));
    tables.thresholds(ledger, "PLATFORM_THRESHOLDS");
    for d in &project.dependencies {
        let profile = Profile { kind: "dependencies", name: &d.name, origin: d.origin, spec: &d.labels };
        let claim = |labels: &Vec<Sourced<String>>| {
            let mut all: Vec<(String, Origin)> = Vec::new();
            for label in labels {
                if !all.iter().any(|(known, _)| *known == label.value) {
                    all.push((label.value.clone(), label.origin));
                }
            }
            all
        };
        names.extend(tables.each(ledger, "PLATFORM_DEPENDENCIES", &profile, |l, scope, node, labels| {
            let found = node.map_or(&[][..], Node::items).iter().map(|n| (n.bare(), n.line)).collect();
            l.compare_sets(FactKind::Dependency, scope, "dependency", found, claim(labels));
        }));
        tables.each(ledger, "PLATFORM_DEPS", &profile, |l, scope, node: Selected, labels| {
            let (found, line) = node.unwrap_or_default();
            let found = found.into_iter().map(|label| (label, line)).collect();
            l.compare_sets(FactKind::Dependency, scope, "selected dependency", found, claim(labels));
        });
    }
    tables.no_others(ledger, "PLATFORM_DEPENDENCIES", &names);
}

/// Judges the tables of `platform_monitor.py`.
pub(super) fn monitor(package: &Package<'_>, file: &str, module: &Module, ledger: &mut Ledger) {
    let machines = module.get("MACHINES").map_or(&[][..], Node::items);
    let scope = package.scope(file, "the project".to_owned(), None);
    let found = machines.iter().map(|m| (m.text_of("platform").to_owned(), m.line)).collect();
    let all = package.project.platforms.iter();
    let declared = all.clone().map(|p| (p.oci.value.clone(), p.origin)).collect();
    ledger.compare_sets(FactKind::Architecture, &scope, "machine", found, declared);
    for platform in all {
        let oci = platform.oci.value.as_str();
        let Some(row) = machines.iter().find(|m| m.text_of("platform") == oci) else { continue };
        let scope = package.scope(file, Package::title(platform), platform.origin).at(row.line);
        let found = row.entries().iter().map(|(k, v)| Found::new(k.text.clone(), v.bare(), v.line));
        let uname: Vec<String> = platform.uname.iter().map(|m| m.to_lowercase()).collect();
        let declared = [
            ("platform", platform.oci.value.clone()),
            ("os", platform.os.clone()),
            ("machines", format!("[{}]", uname.join(", "))),
            ("word_bits", platform.word_bits.to_string()),
        ];
        let declared = declared.into_iter().map(|(k, v)| Declared::new(k, v, platform.origin)).collect();
        ledger.compare(FactKind::Architecture, &scope, "field", found.collect(), declared);
    }
    Tables { package, file, module }.thresholds(ledger, "THRESHOLDS");
}

struct Tables<'a> {
    package: &'a Package<'a>,
    file: &'a str,
    module: &'a Module,
}

/// What a `select()` comes to on a platform, and its line.
type Selected = Option<(Vec<String>, u32)>;

/// What stands in a table for a platform.
trait Cell<'m>: Sized {
    /// The value of an entry on a platform.
    fn of(entry: &'m Node, oci: &str, bazel_name: &str) -> Option<Self>;
}

/// The row of the platform.
impl<'m> Cell<'m> for &'m Node {
    fn of(entry: &'m Node, oci: &str, _: &str) -> Option<&'m Node> {
        entry.get(oci)
    }
}

/// What a `select()` comes to there.
impl<'m> Cell<'m> for (Vec<String>, u32) {
    fn of(entry: &'m Node, _: &str, bazel_name: &str) -> Option<(Vec<String>, u32)> {
        Some((selected(entry, bazel_name)?, entry.line))
    }
}

impl<'a> Tables<'a> {
    /// Judges the value of each context in which a declaration has one; gives the keys that it may stand under.
    fn each<T, C: Cell<'a>>(
        &self,
        ledger: &mut Ledger,
        table: &str,
        profile: &Profile<'_, T>,
        judge: impl Fn(&mut Ledger, &Scope<'_>, Option<C>, &T),
    ) -> Vec<String> {
        let project = self.package.project;
        let entries = self.module.get(table);
        let mut keys = vec![profile.name.to_owned()];
        for (platform, environment, value) in profile.spec.iter() {
            let Some(p) = project.platforms.get(platform) else { continue };
            let within = project.environments.get(environment).map_or("default", |e| e.name.as_str());
            let own = format!("{}@{within}", profile.name);
            let shared = entries.and_then(|t| t.get(profile.name));
            let entry = shared.or_else(|| entries.and_then(|t| t.get(&own)));
            // What is the same in every environment stands there once.
            if shared.is_some() && environment > 0 && profile.spec.get(platform, 0).is_some() {
                continue;
            }
            if !keys.contains(&own) {
                keys.push(own);
            }
            let environments =
                if shared.is_some() { String::new() } else { crate::claims::within(project, environment) };
            let on = crate::claims::on(project, &[platform]);
            let subject = format!("{} `{}`{environments}{on}", profile.kind, profile.name);
            let line = entry.or(entries).map_or(0, |n| n.line);
            let scope = self.package.scope(self.file, subject, profile.origin).at(line);
            judge(ledger, &scope, entry.and_then(|e| C::of(e, &p.oci.value, &p.bazel_name)), value);
        }
        keys
    }

    /// A table has no entry that nothing declares, and no platform that the project does not have.
    fn no_others(&self, ledger: &mut Ledger, table: &str, names: &[String]) {
        let scope = self.package.scope(self.file, "the project".to_owned(), None);
        for (key, entry) in self.module.get(table).map_or(&[][..], Node::entries) {
            if !names.contains(&key.text) {
                let found = Some((key.text.clone(), key.line));
                ledger.compare_one(FactKind::Name, &scope, &format!("entry of {table}"), found, None);
            }
            for (platform, _) in entry.entries() {
                if self.package.of(&platform.text).is_none() {
                    let found = Some((platform.text.clone(), platform.line));
                    let what = format!("platform in {table}");
                    ledger.compare_one(FactKind::Architecture, &scope, &what, found, None);
                }
            }
        }
    }

    fn thresholds(&self, ledger: &mut Ledger, table: &str) {
        let mut names = Vec::new();
        for t in &self.package.project.thresholds {
            let profile = Profile { kind: "workload", name: &t.name, origin: t.origin, spec: &t.spec };
            names.extend(self.each(ledger, table, &profile, thresholds));
        }
        self.no_others(ledger, table, &names);
    }
}

fn thresholds(ledger: &mut Ledger, scope: &Scope<'_>, node: Option<&Node>, declared: &Thresholds) {
    let found = node.map_or(&[][..], Node::entries).iter().map(|(key, value)| {
        let number = value.bare().parse::<f64>().map_or_else(|_| value.bare(), |n| n.to_string());
        Found::new(key.text.clone(), number, value.line).shown(value.bare())
    });
    let fields = [("cpu", &declared.cpu), ("memory", &declared.memory), ("disk", &declared.disk)];
    let fields = fields.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let declared = fields.map(|(key, q)| {
        Declared::new(key, q.amount.to_f64().to_string(), q.origin).shown(q.value.to_string())
    });
    ledger.compare(FactKind::Quantity, scope, "threshold", found.collect(), declared.collect());
}

fn quota(ledger: &mut Ledger, scope: &Scope<'_>, node: Option<&Node>, part: &str, quota: &Quota) {
    let found = node.and_then(|n| n.get(part)).map_or(&[][..], Node::entries).iter();
    let found = found.map(|(key, value)| {
        let text = value.bare();
        let amount = sizes::kubernetes(&text).map_or_else(|| text.clone(), |n| n.to_string());
        Found::new(key.text.clone(), amount, value.line).shown(text)
    });
    let fields =
        [("cpu", &quota.cpu), ("memory", &quota.memory), ("ephemeral-storage", &quota.ephemeral_storage)];
    let declared = fields.into_iter().filter_map(|(key, q)| {
        let q = q.as_ref()?;
        let amount = nano(q.value).map_or_else(String::new, |n| n.to_string());
        Some(Declared::new(key, amount, q.origin).shown(q.value.to_string()))
    });
    let what = &part[..part.len() - 1];
    ledger.compare(FactKind::Quantity, scope, what, found.collect(), declared.collect());
}

fn memory(ledger: &mut Ledger, scope: &Scope<'_>, node: Option<&Node>, memory: &Memory) {
    let runtime = match memory.runtime.value {
        Runtime::Jvm => "jvm",
        Runtime::Go => "go",
        Runtime::Node => "node",
        Runtime::Python => "python",
        Runtime::Dotnet => "dotnet",
        Runtime::Native => "native",
    };
    let is_jvm = memory.runtime.value == Runtime::Jvm;
    let found = |key: &str| node.and_then(|n| n.get(key));
    let sizes = [("heap_size", &memory.heap), ("stack_size", &memory.stack)];
    for (key, declared) in sizes {
        let found = found(key).map(|n| {
            let text = n.bare();
            (bytes(&text, is_jvm).map_or(text, |b| b.to_string()), n.line)
        });
        let declared = declared.as_ref().map(|q| (whole(q.value), q.origin));
        ledger.compare_one(FactKind::Quantity, scope, key, found, declared);
    }
    let text = |key: &str| found(key).map(|n| (n.bare(), n.line));
    let declared = Some((runtime.to_owned(), memory.runtime.origin));
    ledger.compare_one(FactKind::Flag, scope, "runtime", text("runtime"), declared);
    let gc = memory.gc.map(|gc| {
        let name = match gc.value {
            GarbageCollector::G1 => "g1",
            GarbageCollector::Parallel => "parallel",
            GarbageCollector::Serial => "serial",
            GarbageCollector::Zgc => "zgc",
            GarbageCollector::Shenandoah => "shenandoah",
            GarbageCollector::Epsilon => "epsilon",
        };
        (name.to_owned(), gc.origin)
    });
    ledger.compare_one(FactKind::Flag, scope, "gc_type", text("gc_type"), gc);
    let flags = found("flags").map(|n| (format!("{:?}", n.texts()), n.line));
    let declared = memory.flags.as_ref().map(|f| {
        let words: Vec<&str> = f.split_whitespace().collect();
        (format!("{words:?}"), f.origin)
    });
    ledger.compare_one(FactKind::Flag, scope, "flags", flags, declared);
}

/// A size in bytes: as the JVM spells it, or as the language does, which is how Kubernetes does but for `B`.
fn bytes(text: &str, is_jvm: bool) -> Option<i128> {
    if is_jvm {
        return sizes::jvm(text);
    }
    let number = sizes::kubernetes(text.strip_suffix('B').unwrap_or(text))?;
    (number % 1_000_000_000 == 0).then_some(number / 1_000_000_000)
}

fn whole(quantity: Quantity) -> String {
    debug_assert_eq!(quantity.dimension, Dimension::Bytes);
    quantity.amount.ceil().to_string()
}
