//! `defs.bzl`: the project's facts as frozen tables, and the functions that look them up.

use super::plan::Row;
use super::profiles::{self, Heading};
use super::select::{self, Decides, Items};
use super::{Plan, header};
use crate::bazel::errors;
use crate::bazel::label::BazelLabel;
use crate::bazel::starlark::{Entry, Expr, File, Statement};
use plat_base::{Diagnostic, Dimension, Quantity};
use plat_model::{GarbageCollector, Memory, Origin, Quota, Runtime, Sourced, Thresholds, around};

const FUNCTIONS: &str = include_str!("../text/defs.bzl");

/// The file, and what is wrong with the labels in it.
pub(crate) fn lower(plan: &Plan<'_>) -> (File, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut statements = vec![header(plan), docstring(plan)];
    statements.extend(platform_tables(plan));
    statements.extend(flag_tables(plan));
    statements.extend(memory_tables(plan));
    statements.push(resource_table(plan));
    statements.push(threshold_table(plan));
    statements.extend(dependency_tables(plan, &mut diagnostics));
    statements.push(Statement::verbatim(FUNCTIONS));
    (File { statements }, diagnostics)
}

fn docstring(plan: &Plan<'_>) -> Statement {
    let project = &plan.project.name;
    let whose = if project.is_empty() { "the project".to_owned() } else { project.clone() };
    Statement::docstring(format!(
        "What {whose} is built for: its platforms, and what differs between them.\n\n\
         Tables are keyed by the platform's OCI name, `linux/arm/v7`; the functions also take the name of its target,\n\
         `linux_arm_v7`, and its name in the sources. In attributes of rules, use COPTS, platform_deps(),\n\
         memory_flags() and platform_select(), which follow the platform that is built for."
    ))
}

fn platform_tables(plan: &Plan<'_>) -> Vec<Statement> {
    let per_row = |value: &dyn Fn(&Row<'_>) -> Expr| {
        Expr::dict(plan.rows.iter().map(|row| Entry::new(row.key(), value(row).at(row.platform.origin))))
    };
    let names = plan.rows.iter().map(|row| Expr::string(row.key()).at(row.platform.origin));
    vec![
        Statement::assign("SUPPORTED_PLATFORMS", Expr::list(names)),
        Statement::assign("PLATFORM_CONFIGS", per_row(&|row| platform_config(plan, row))),
        Statement::assign("BAZEL_PLATFORMS", per_row(&|row| Expr::string(plan.label(&row.target)))),
        Statement::assign("PLATFORM_CONDITIONS", per_row(&|row| Expr::string(plan.label(&row.condition))))
            .comment("The config_setting() that holds when the platform is built for: keys for select()."),
        Statement::assign("_PLATFORM_KEYS", platform_keys(plan)),
        Statement::assign(
            "_NO_MATCH",
            Expr::string(no_match(plan)).at(plan.rows.first().and_then(|row| row.platform.origin)),
        ),
    ]
}

fn platform_config(plan: &Plan<'_>, row: &Row<'_>) -> Expr {
    let p = row.platform;
    let mut go = vec![("GOARCH".to_owned(), p.go.arch.clone())];
    go.extend(p.go.level.clone());
    go.push(("GOOS".to_owned(), p.go.os.clone()));
    go.sort();
    let constraints = [row.cpu.to_string(), row.os.to_string()];
    Expr::dict([
        Entry::new("arch", Expr::string(&p.arch)),
        Entry::new("bazel_platform", Expr::string(plan.label(&row.target))),
        Entry::new("constraint_values", Expr::strings(constraints)),
        Entry::new("cpu", Expr::string(row.cpu.target())),
        Entry::new("cpu_level", Expr::string(&p.cpu.name).at(p.cpu.origin)),
        Entry::new("debian", Expr::string(&p.debian)),
        Entry::new("go", Expr::dict(go.into_iter().map(|(k, v)| Entry::new(k, Expr::string(v))))),
        Entry::new("kubernetes_arch", Expr::string(&p.kubernetes_arch)),
        Entry::new("name", Expr::string(&p.name)),
        Entry::new("os", Expr::string(&p.os)),
        Entry::new("rust", Expr::strings(&p.rust)),
        Entry::new("triplet", Expr::string(&p.gnu)),
        Entry::new("variant", Expr::string(&p.variant)),
    ])
}

/// Every name under which a platform is found, to its key. An OCI name wins over a target, that over a declared name.
fn platform_keys(plan: &Plan<'_>) -> Expr {
    let mut names: Vec<(String, &Row<'_>)> = Vec::new();
    let groups: [&dyn Fn(&Row<'_>) -> String; 3] =
        [&|row| row.key().to_owned(), &|row| row.target.as_str().to_owned(), &|row| {
            row.platform.name.clone()
        }];
    for group in groups {
        for row in &plan.rows {
            let name = group(row);
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, row));
            }
        }
    }
    Expr::dict(
        names
            .into_iter()
            .map(|(name, row)| Entry::new(name, Expr::string(row.key()).at(row.platform.origin))),
    )
}

fn no_match(plan: &Plan<'_>) -> String {
    let labels: Vec<String> = plan.rows.iter().map(|row| plan.label(&row.target)).collect();
    format!("not one of the project's platforms; build with --platforms set to one of {}", labels.join(", "))
}

fn flag_tables(plan: &Plan<'_>) -> Vec<Statement> {
    let flags: Vec<Option<Items>> = plan.rows.iter().map(|row| Some(cflags(row))).collect();
    let rust: Vec<Option<Items>> = plan.rows.iter().map(|row| Some(rustflags(row))).collect();
    let per_platform = plan.rows.iter().zip(&flags).map(|(row, items)| {
        Entry::new(
            row.key(),
            select::strings(items.as_ref().unwrap_or(&Items::new())).at(row
                .platform
                .cflags
                .origin
                .or(row.platform.origin)),
        )
    });
    vec![
        Statement::assign("CPU_OPTIMIZATIONS", cpu_optimizations(plan))
            .comment("What every declared platform with this processor may rely on, by its Bazel name."),
        Statement::assign("PLATFORM_CFLAGS", Expr::dict(per_platform)),
        Statement::assign("COPTS", select::list(plan, &flags, Decides::Processor, first_flags(plan))).comment(
            "For `copts`: the flags of the platform that is built for, and none for hosts that only run tools.",
        ),
        Statement::assign("RUSTC_FLAGS", select::list(plan, &rust, Decides::Processor, first_cpu(plan)))
            .comment("For `rustc_flags`."),
    ]
}

fn first_flags(plan: &Plan<'_>) -> Origin {
    plan.rows.iter().find_map(|row| row.platform.cflags.origin.or(row.platform.origin))
}

fn first_cpu(plan: &Plan<'_>) -> Origin {
    plan.rows.iter().find_map(|row| row.platform.cpu.origin.or(row.platform.origin))
}

fn cflags(row: &Row<'_>) -> Items {
    let mut items = Items::new();
    let own = row.platform.cflags.iter().map(|flag| (flag, row.platform.cflags.origin));
    let cpu = row.platform.cpu.cflags.iter().map(|flag| (flag, row.platform.cpu.origin));
    for (flag, origin) in own.chain(cpu) {
        if !items.iter().any(|(known, _)| known == flag) {
            items.push((flag.clone(), origin));
        }
    }
    items
}

fn rustflags(row: &Row<'_>) -> Items {
    let cpu = &row.platform.cpu;
    cpu.rustflags.iter().map(|flag| (flag.clone(), cpu.origin)).collect()
}

fn cpu_optimizations(plan: &Plan<'_>) -> Expr {
    let mut table: Vec<(&str, Items, Origin)> = Vec::new();
    for row in &plan.rows {
        let cpu = &row.platform.cpu;
        match table.iter_mut().find(|(name, _, _)| *name == row.cpu.target()) {
            Some((_, items, _)) => items.retain(|(flag, _)| cpu.cflags.contains(flag)),
            None => {
                let items = cpu.cflags.iter().map(|flag| (flag.clone(), cpu.origin)).collect();
                table.push((row.cpu.target(), items, cpu.origin.or(row.platform.origin)));
            }
        }
    }
    let entry =
        |(name, items, origin): (&str, Items, Origin)| Entry::new(name, select::strings(&items).at(origin));
    Expr::dict(table.into_iter().map(entry))
}

fn memory_tables(plan: &Plan<'_>) -> Vec<Statement> {
    let mut configs = Vec::new();
    let mut flags = Vec::new();
    for memory in &plan.project.memories {
        let heading = Heading { name: &memory.name, origin: memory.origin, doc: memory.doc.as_ref() };
        configs.extend(profiles::entries(plan, &heading, &memory.spec, memory_config));
        for (key, column) in profiles::columns(plan, &memory.name, &memory.spec) {
            let values: Vec<Option<Items>> =
                column.iter().map(|memory| Some(memory_flags(memory.as_deref()?))).collect();
            let value = select::list_in_order(plan, &values, memory.origin);
            flags.push(Entry::new(key, value));
        }
    }
    vec![
        Statement::assign("MEMORY_CONFIGS", Expr::dict(configs))
            .comment("By `memory` declaration. Sizes are spelled as the runtime spells them."),
        Statement::assign("MEMORY_FLAGS", Expr::dict(flags))
            .comment("The flags of the runtime, for `jvm_flags` and the like: see memory_flags()."),
    ]
}

fn memory_config(memory: &Memory) -> Expr {
    let runtime = *memory.runtime;
    let size = |q: &Sourced<Quantity>| Expr::string(runtime_size(runtime, q.value)).at(q.origin);
    let mut entries = Vec::new();
    entries.extend(
        memory
            .flags
            .as_ref()
            .map(|flags| Entry::new("flags", select::strings(&words(flags)).at(flags.origin))),
    );
    entries.extend(
        memory.gc.as_ref().map(|gc| Entry::new("gc_type", Expr::string(collector(gc.value)).at(gc.origin))),
    );
    entries.extend(memory.heap.as_ref().map(|heap| Entry::new("heap_size", size(heap))));
    let shown = Expr::string(runtime_name(runtime)).at(memory.runtime.origin);
    entries.push(Entry::new("runtime", shown));
    entries.extend(memory.stack.as_ref().map(|stack| Entry::new("stack_size", size(stack))));
    Expr::dict(entries)
}

fn memory_flags(memory: &Memory) -> Items {
    memory.flags.as_ref().map(words).unwrap_or_default()
}

fn words(flags: &Sourced<String>) -> Items {
    flags.split_whitespace().map(|word| (word.to_owned(), flags.origin)).collect()
}

/// The JVM knows `k`, `m` and `g`, all powers of 1024; elsewhere the language's own spelling stands.
fn runtime_size(runtime: Runtime, size: Quantity) -> String {
    let Some(bytes) =
        size.amount.to_whole().filter(|_| runtime == Runtime::Jvm && size.dimension == Dimension::Bytes)
    else {
        return size.to_string();
    };
    for (shift, suffix) in [(30, "g"), (20, "m"), (10, "k")] {
        if bytes != 0 && bytes % (1_i128 << shift) == 0 {
            return format!("{}{suffix}", bytes >> shift);
        }
    }
    bytes.to_string()
}

fn runtime_name(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::Jvm => "jvm",
        Runtime::Go => "go",
        Runtime::Node => "node",
        Runtime::Python => "python",
        Runtime::Dotnet => "dotnet",
        Runtime::Native => "native",
    }
}

fn collector(gc: GarbageCollector) -> &'static str {
    match gc {
        GarbageCollector::G1 => "g1",
        GarbageCollector::Parallel => "parallel",
        GarbageCollector::Serial => "serial",
        GarbageCollector::Zgc => "zgc",
        GarbageCollector::Shenandoah => "shenandoah",
        GarbageCollector::Epsilon => "epsilon",
    }
}

fn resource_table(plan: &Plan<'_>) -> Statement {
    let entries = plan.project.resources.iter().flat_map(|r| {
        let heading = Heading { name: &r.name, origin: r.origin, doc: r.doc.as_ref() };
        profiles::entries(plan, &heading, &r.spec, |(requests, limits)| {
            Expr::dict([Entry::new("limits", quota(limits)), Entry::new("requests", quota(requests))])
        })
    });
    Statement::assign("RESOURCE_CONFIGS", Expr::dict(entries)).comment("By `resources` declaration.")
}

fn quota(quota: &Quota) -> Expr {
    let fields =
        [("cpu", &quota.cpu), ("ephemeral-storage", &quota.ephemeral_storage), ("memory", &quota.memory)];
    let first = fields.iter().find_map(|(_, value)| value.as_ref()?.origin);
    let entries = fields.into_iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        Some(Entry::new(name, Expr::string(value.value.to_string()).at(value.origin)))
    });
    Expr::dict(entries).at(around(first))
}

fn threshold_table(plan: &Plan<'_>) -> Statement {
    Statement::assign("PLATFORM_THRESHOLDS", Expr::dict(threshold_entries(plan)))
        .comment("By workload; percentages.")
}

/// The thresholds of every workload that sets them.
pub(super) fn threshold_entries(plan: &Plan<'_>) -> Vec<Entry> {
    let entries = plan.project.thresholds.iter().flat_map(|t| {
        let heading = Heading { name: &t.name, origin: t.origin, doc: None };
        profiles::entries(plan, &heading, &t.spec, thresholds)
    });
    entries.collect()
}

fn thresholds(thresholds: &Thresholds) -> Expr {
    let fields = [("cpu", &thresholds.cpu), ("disk", &thresholds.disk), ("memory", &thresholds.memory)];
    Expr::dict(fields.into_iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        Some(Entry::new(name, Expr::number(value.value.amount).at(value.origin)))
    }))
}

fn dependency_tables(plan: &Plan<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Statement> {
    let mut tables = Vec::new();
    let mut selects = Vec::new();
    for dependencies in &plan.project.dependencies {
        let heading =
            Heading { name: &dependencies.name, origin: dependencies.origin, doc: dependencies.doc.as_ref() };
        tables.extend(profiles::entries(plan, &heading, &dependencies.labels, |labels| {
            let origin = labels.first().and_then(|label| label.origin);
            select::strings(&items(labels)).at(around(origin))
        }));
        for (key, column) in profiles::columns(plan, &dependencies.name, &dependencies.labels) {
            for labels in column.iter().flatten() {
                check_labels(labels, diagnostics);
            }
            let values: Vec<Option<Items>> =
                column.iter().map(|labels| Some(items(labels.as_ref()?))).collect();
            selects
                .push(Entry::new(key, select::list(plan, &values, Decides::Platform, dependencies.origin)));
        }
    }
    vec![
        Statement::assign("PLATFORM_DEPENDENCIES", Expr::dict(tables))
            .comment("By `dependencies` declaration."),
        Statement::assign("PLATFORM_DEPS", Expr::dict(selects)).comment("For `deps`: see platform_deps()."),
    ]
}

fn items(labels: &[Sourced<String>]) -> Items {
    let mut items = Items::new();
    for label in labels {
        if !items.iter().any(|(known, _)| *known == label.value) {
            items.push((label.value.clone(), label.origin));
        }
    }
    items
}

/// One error per wrong label, however many contexts have it.
fn check_labels(labels: &[Sourced<String>], diagnostics: &mut Vec<Diagnostic>) {
    for label in labels.iter().filter(|label| BazelLabel::parse(label).is_none()) {
        if let Some(span) = label.origin {
            let diagnostic = errors::bad_label(label, span);
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
    }
}
