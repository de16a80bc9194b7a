//! Platforms: their targets in `BUILD.bazel`, and what `defs.bzl` says they are called elsewhere.

use super::Package;
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger};
use crate::read::node::{Data, Node};
use crate::read::starlark::Module;
use plat_model::{Origin, Platform};

/// A target: where its name stands, its name, and its constraint values with their lines.
type Target<'m> = (&'m Node, String, Vec<(String, u32)>);

/// The targets of a rule.
fn rules<'m>(module: &'m Module, rule: &str) -> Vec<Target<'m>> {
    let mut found = Vec::new();
    for call in &module.calls {
        let Data::Call(function, arguments) = &call.data else { continue };
        if function != rule {
            continue;
        }
        let argument = |name: &str| arguments.iter().find(|(n, _)| n == name).map(|(_, value)| value);
        let values = argument("constraint_values").map_or(&[][..], Node::items);
        let values = values.iter().map(|v| (v.bare(), v.line)).collect();
        let name = argument("name");
        found.push((name.unwrap_or(call), name.map(Node::bare).unwrap_or_default(), values));
    }
    found
}

/// What the processor of a platform is called as a constraint, if it has more than every one of its architecture.
fn level(platform: &Platform) -> Option<String> {
    let features = platform.cpu.require.iter().map(|f| format!("+{}", f.name));
    let name = || format!(":{}{}", platform.cpu.name, features.collect::<String>());
    (!platform.cpu.is_baseline).then(name)
}

/// Judges `BUILD.bazel`.
pub(super) fn build_file(package: &Package<'_>, file: &str, module: &Module, ledger: &mut Ledger) {
    let all = &package.project.platforms;
    let targets = rules(module, "platform");
    let scope = package.scope(file, "the project".to_owned(), None);
    let found = targets.iter().map(|(node, name, _)| (name.clone(), node.line)).collect();
    let declared = all.iter().map(|p| (p.bazel_name.clone(), p.origin)).collect();
    ledger.compare_sets(FactKind::Architecture, &scope, "platform target", found, declared);
    let conditions = rules(module, "config_setting");
    for platform in all {
        let twins = |p: &&Platform| p.bazel_os == platform.bazel_os && p.bazel_cpu == platform.bazel_cpu;
        let shares = all.iter().filter(twins).count() > 1;
        let plain =
            vec![(platform.bazel_cpu.clone(), platform.origin), (platform.bazel_os.clone(), platform.origin)];
        let with_level = level(platform).map(|level| {
            let mut values = plain.clone();
            values.push((level, platform.cpu.origin.or(platform.origin)));
            values
        });
        let condition = format!("is_{}", platform.bazel_name);
        let on_processor = format!("{condition}_cpu");
        let full = with_level.clone().unwrap_or_else(|| plain.clone());
        let mut wanted = vec![(&targets, platform.bazel_name.clone(), full)];
        wanted.push((&conditions, condition, plain));
        if let Some(values) = with_level.filter(|_| !shares) {
            wanted.push((&conditions, on_processor, values));
        }
        for (rules, name, declared) in wanted {
            let scope = package.scope(file, Package::title(platform), platform.origin);
            let Some((node, _, values)) = rules.iter().find(|(_, n, _)| *n == name) else {
                let declared = Some((name, platform.origin));
                ledger.compare_one(FactKind::Architecture, &scope, "target", None, declared);
                continue;
            };
            // Platforms of one architecture are told apart by values that only this file names.
            let found = values.iter().filter(|(v, _)| !shares || !v.starts_with(':')).cloned();
            let declared: Vec<(String, Origin)> =
                declared.into_iter().filter(|(v, _)| !shares || !v.starts_with(':')).collect();
            let what = format!("constraint of `{name}`");
            ledger.compare_sets(
                FactKind::Architecture,
                &scope.at(node.line),
                &what,
                found.collect(),
                declared,
            );
        }
    }
}

/// Judges the tables of platforms in `defs.bzl`.
pub(super) fn tables(package: &Package<'_>, file: &str, module: &Module, ledger: &mut Ledger) {
    let all = &package.project.platforms;
    let scope = package.scope(file, "the project".to_owned(), None);
    let oci = |p: &Platform| (p.oci.value.clone(), p.oci.origin.or(p.origin));
    let keys = |name: &str| {
        let table = module.get(name).map_or(&[][..], Node::entries);
        table.iter().map(|(key, _)| (key.text.clone(), key.line)).collect::<Vec<_>>()
    };
    let listed = module.get("SUPPORTED_PLATFORMS").map_or(&[][..], Node::items);
    let listed = listed.iter().map(|n| (n.bare(), n.line)).collect();
    let declared: Vec<_> = all.iter().map(oci).collect();
    ledger.compare_sets(FactKind::Architecture, &scope, "supported platform", listed, declared.clone());
    for table in ["PLATFORM_CONFIGS", "BAZEL_PLATFORMS", "PLATFORM_CONDITIONS", "PLATFORM_CFLAGS"] {
        let what = format!("platform in {table}");
        ledger.compare_sets(FactKind::Architecture, &scope, &what, keys(table), declared.clone());
    }
    for platform in all {
        one(package, file, module, platform, ledger);
    }
}

fn one(package: &Package<'_>, file: &str, module: &Module, platform: &Platform, ledger: &mut Ledger) {
    let row = |table: &str| module.get(table).and_then(|t| t.get(&platform.oci.value));
    let mut scope = package.scope(file, Package::title(platform), platform.origin);
    let target = package.target(&platform.bazel_name);
    let condition = package.target(&format!("is_{}", platform.bazel_name));
    for (table, declared) in [("BAZEL_PLATFORMS", target.clone()), ("PLATFORM_CONDITIONS", condition)] {
        let found = row(table).map(|n| (n.bare(), n.line));
        ledger.compare_one(FactKind::Architecture, &scope, table, found, Some((declared, platform.origin)));
    }
    if let Some(config) = row("PLATFORM_CONFIGS") {
        scope.line = config.line;
        let found = config.entries().iter().map(|(k, v)| Found::new(k.text.clone(), v.bare(), v.line));
        let declared = config_of(platform, &target);
        ledger.compare(FactKind::Architecture, &scope, "field", found.collect(), declared);
    }
    let found = row("PLATFORM_CFLAGS").map(|n| (format!("{:?}", n.texts()), n.line));
    let declared = Some((format!("{:?}", cflags(platform)), platform.cflags.origin));
    ledger.compare_one(FactKind::Flag, &scope, "PLATFORM_CFLAGS", found, declared);
    let rust = platform.cpu.rustflags.clone();
    for (name, flags) in [("COPTS", cflags(platform)), ("RUSTC_FLAGS", rust)] {
        let Some(node) = module.get(name) else { continue };
        let found = selected(node, &platform.bazel_name).map(|flags| (format!("{flags:?}"), node.line));
        let declared = Some((format!("{flags:?}"), platform.cpu.origin.or(platform.origin)));
        ledger.compare_one(FactKind::Flag, &scope, name, found, declared);
    }
}

/// The flags for a platform: its own, then those of its processor.
fn cflags(platform: &Platform) -> Vec<String> {
    let mut flags: Vec<String> = Vec::new();
    for flag in platform.cflags.iter().chain(&platform.cpu.cflags) {
        if !flags.contains(flag) {
            flags.push(flag.clone());
        }
    }
    flags
}

fn config_of(platform: &Platform, target: &str) -> Vec<Declared> {
    let p = platform;
    let mut go = vec![("GOARCH", p.go.arch.clone()), ("GOOS", p.go.os.clone())];
    go.extend(p.go.level.iter().map(|(name, value)| (name.as_str(), value.clone())));
    go.sort();
    let go: Vec<String> = go.into_iter().map(|(k, v)| format!("{k}: {v}")).collect();
    let cpu = p.bazel_cpu.rsplit(':').next().unwrap_or("").to_owned();
    let fields = [
        ("arch", p.arch.clone()),
        ("bazel_platform", target.to_owned()),
        ("constraint_values", format!("[{}, {}]", p.bazel_cpu, p.bazel_os)),
        ("cpu", cpu),
        ("cpu_level", p.cpu.name.clone()),
        ("debian", p.debian.clone()),
        ("go", format!("{{{}}}", go.join(", "))),
        ("kubernetes_arch", p.kubernetes_arch.clone()),
        ("name", p.name.clone()),
        ("os", p.os.clone()),
        ("rust", format!("[{}]", p.rust.join(", "))),
        ("triplet", p.gnu.clone()),
        ("variant", p.variant.clone()),
    ];
    fields.into_iter().map(|(key, value)| Declared::new(key, value, p.origin)).collect()
}

/// The strings that an expression comes to on a platform: lists, `select()`s over conditions, and their sums.
pub(super) fn selected(node: &Node, platform: &str) -> Option<Vec<String>> {
    match &node.data {
        Data::List(_) => Some(node.texts()),
        Data::Sum(sides) => {
            let mut all = selected(&sides.0, platform)?;
            all.extend(selected(&sides.1, platform)?);
            Some(all)
        }
        Data::Call(function, arguments) if function == "select" => {
            let arms = arguments.first().map_or(&[][..], |(_, arms)| arms.entries());
            let conditions = [format!(":is_{platform}"), format!(":is_{platform}_cpu")];
            let own = arms.iter().find(|(key, _)| conditions.iter().any(|c| key.text.ends_with(c.as_str())));
            let default = || arms.iter().find(|(key, _)| key.text == "//conditions:default");
            own.or_else(default).map(|(_, arm)| arm.texts())
        }
        _ => None,
    }
}
