//! What the files have in common: the names of the targets, and how a `select()` recognises each platform.

use crate::bazel::errors;
use crate::bazel::label::{BazelLabel, BazelPackage, TargetName};
use plat_base::Diagnostic;
use plat_model::{Cpu, Output, Platform, Project};

/// The project with its Bazel names.
pub(crate) struct Plan<'a> {
    pub(crate) project: &'a Project,
    /// Where the emitted package stands in the user's workspace.
    pub(crate) package: BazelPackage,
    /// The output folder below the one that `platc compile -o` names, in which the fragments stand.
    pub(crate) folder: String,
    /// Compilation mode of the variants that rules.bzl makes: `opt`, or empty for that of the command line.
    pub(crate) compilation_mode: String,
    /// One per platform, in the order of the project.
    pub(crate) rows: Vec<Row<'a>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A platform with its Bazel names.
pub(crate) struct Row<'a> {
    pub(crate) platform: &'a Platform,
    /// Of the `platform()`: `linux_arm_v7`.
    pub(crate) target: TargetName,
    /// Of the `config_setting()` that holds on it: `is_linux_arm_v7`.
    pub(crate) condition: TargetName,
    /// Of the `config_setting()` that holds if its processor is there too. The same as `condition` if the processor
    /// is any of the architecture.
    pub(crate) cpu_condition: TargetName,
    /// `@platforms//os:linux`.
    pub(crate) os: BazelLabel,
    /// `@platforms//cpu:armv7`.
    pub(crate) cpu: BazelLabel,
    /// The `constraint_value()` of its processor, if that has more than every processor of the architecture.
    pub(crate) level: Option<TargetName>,
    /// Whether another platform has the same operating system and architecture, so that the processor decides.
    pub(crate) shares_cpu: bool,
}

impl Row<'_> {
    /// The OCI name, under which tables have it.
    pub(crate) fn key(&self) -> &str {
        &self.platform.oci
    }
}

impl<'a> Plan<'a> {
    /// Names everything. With errors among its diagnostics, nothing may be emitted.
    pub(crate) fn new(project: &'a Project, output: &Output) -> Plan<'a> {
        let mut diagnostics = Vec::new();
        let package = package(output, &mut diagnostics);
        let compilation_mode = compilation_mode(output, &mut diagnostics);
        let mut rows: Vec<Row<'a>> = Vec::new();
        for platform in &project.platforms {
            match row(platform) {
                Some(row) => rows.push(row),
                None => diagnostics.extend(errors::no_bazel_name(platform)),
            }
        }
        mark_shared(&mut rows);
        diagnostics.extend(indistinct(&rows));
        let folder = if output.path.value == "." { String::new() } else { output.path.value.clone() };
        Plan { project, package, folder, compilation_mode, rows, diagnostics }
    }

    /// The label of a target of the emitted package.
    pub(crate) fn label(&self, target: &TargetName) -> String {
        self.package.label(target).to_string()
    }

    /// The path of an emitted file, if the output stands at the root of the workspace.
    pub(crate) fn path_of(&self, file: &str) -> String {
        if self.folder.is_empty() { file.to_owned() } else { format!("{}/{file}", self.folder) }
    }

    /// The row of a platform, by its position in the project.
    pub(crate) fn row(&self, platform: usize) -> Option<&Row<'a>> {
        let wanted = self.project.platforms.get(platform)?;
        self.rows.iter().find(|row| std::ptr::eq(row.platform, wanted))
    }
}

fn row(platform: &Platform) -> Option<Row<'_>> {
    let level =
        if platform.cpu.is_baseline { None } else { Some(TargetName::parse(&level_name(&platform.cpu))?) };
    let name = &platform.bazel_name;
    let suffix = if level.is_some() { "_cpu" } else { "" };
    Some(Row {
        platform,
        target: TargetName::parse(name)?,
        condition: TargetName::parse(&format!("is_{name}"))?,
        cpu_condition: TargetName::parse(&format!("is_{name}{suffix}"))?,
        os: BazelLabel::parse(&platform.bazel_os)?,
        cpu: BazelLabel::parse(&platform.bazel_cpu)?,
        level,
        shares_cpu: false,
    })
}

/// What the processor is, as GCC would write it: `armv7-a+neon`.
fn level_name(cpu: &Cpu) -> String {
    let mut name = cpu.name.clone();
    for feature in &cpu.require {
        name.push('+');
        name.push_str(&feature.name);
    }
    name
}

/// Platforms that share operating system and architecture are told apart by the processor; where that is the same
/// too, or is not said, by the variant.
fn mark_shared(rows: &mut [Row<'_>]) {
    let pairs: Vec<(BazelLabel, BazelLabel)> = rows.iter().map(|r| (r.os.clone(), r.cpu.clone())).collect();
    let mut taken: Vec<(BazelLabel, BazelLabel, Option<TargetName>)> = Vec::new();
    for row in rows.iter_mut() {
        row.shares_cpu = pairs.iter().filter(|(os, cpu)| *os == row.os && *cpu == row.cpu).count() > 1;
        if !row.shares_cpu {
            continue;
        }
        row.cpu_condition = row.condition.clone();
        let is_taken = taken.contains(&(row.os.clone(), row.cpu.clone(), row.level.clone()));
        let variant = &row.platform.variant;
        if (row.level.is_none() || is_taken) && !variant.is_empty() {
            row.level = TargetName::parse(&format!("{}-{variant}", row.platform.arch));
        }
        taken.push((row.os.clone(), row.cpu.clone(), row.level.clone()));
    }
}

/// One error per platform that has the same name or the same constraint values as an earlier one.
fn indistinct(rows: &[Row<'_>]) -> Vec<Diagnostic> {
    let same = |a: &Row<'_>, b: &Row<'_>| {
        a.key() == b.key() || a.target == b.target || (a.os == b.os && a.cpu == b.cpu && a.level == b.level)
    };
    let mut found = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        if let Some(earlier) = rows.iter().take(i).find(|other| same(other, row)) {
            found.extend(errors::same_platform(earlier.platform, row.platform));
        }
    }
    found
}

fn package(output: &Output, diagnostics: &mut Vec<Diagnostic>) -> BazelPackage {
    let fallback = BazelPackage::parse("platforms").unwrap_or_else(BazelPackage::root);
    let Some((name, value)) = output.options.iter().find(|(name, _)| name == "package") else {
        return fallback;
    };
    let path = value.trim_start_matches("//");
    BazelPackage::parse(path).unwrap_or_else(|| {
        let wanted = "the path of a package from the root of the workspace: \"build/platforms\"";
        diagnostics.extend(value.origin.map(|span| errors::bad_option(name, value, wanted, span)));
        fallback
    })
}

fn compilation_mode(output: &Output, diagnostics: &mut Vec<Diagnostic>) -> String {
    let Some((name, value)) = output.options.iter().find(|(name, _)| name == "compilation-mode") else {
        return "opt".to_owned();
    };
    if !["", "dbg", "fastbuild", "opt"].contains(&value.as_str()) {
        let wanted = "\"opt\", \"fastbuild\", \"dbg\", or \"\" for that of the command line";
        diagnostics.extend(value.origin.map(|span| errors::bad_option(name, value, wanted, span)));
    }
    value.value.clone()
}
