//! `BUILD.bazel`: the platforms and what a `select()` asks about them.

use super::plan::Row;
use super::{Plan, header};
use crate::bazel::label::TargetName;
use crate::bazel::starlark::{Argument, Expr, File, Statement};
use plat_model::Origin;

/// The file.
pub(crate) fn lower(plan: &Plan<'_>) -> File {
    let public = Expr::strings(["//visibility:public"]);
    let mut statements = vec![
        header(plan),
        Expr::call("package", vec![Argument::named("default_visibility", public)]).statement(),
        Expr::call("exports_files", vec![Argument::positional(Expr::strings(["platform_monitor.py"]))])
            .statement(),
    ];
    statements.extend(levels(plan));
    statements.extend(plan.rows.iter().map(|row| platform(row)));
    for row in &plan.rows {
        statements.push(condition(row));
        if row.cpu_condition != row.condition {
            statements.push(cpu_condition(row));
        }
    }
    File { statements }
}

/// The processors above those that every machine of an architecture has.
fn levels(plan: &Plan<'_>) -> Vec<Statement> {
    let mut names: Vec<(&TargetName, Origin)> = Vec::new();
    for row in &plan.rows {
        if let Some(level) = &row.level
            && !names.iter().any(|(known, _)| *known == level)
        {
            names.push((level, row.platform.cpu.origin.or(row.platform.origin)));
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let setting = rule(
        "constraint_setting",
        "cpu_level",
        vec![Argument::named("default_constraint_value", Expr::string(":any_cpu"))],
    )
    .at(names.first().and_then(|(_, origin)| *origin))
    .statement()
    .comment(
        "What a processor has that not every processor of its architecture has. Hosts count as `any_cpu`.",
    );
    let value = |name: &str| {
        let setting = Argument::named("constraint_setting", Expr::string(":cpu_level"));
        rule("constraint_value", name, vec![setting])
    };
    let first = names.first().and_then(|(_, origin)| *origin);
    let mut statements = vec![setting, value("any_cpu").at(first).statement()];
    statements.extend(names.into_iter().map(|(name, origin)| value(name.as_str()).at(origin).statement()));
    statements
}

fn platform(row: &Row<'_>) -> Statement {
    let p = row.platform;
    let mut values = Vec::new();
    if let Some(level) = &row.level {
        values.push(Expr::string(level.local()).at(p.cpu.origin));
    }
    values.push(Expr::string(row.cpu.to_string()));
    values.push(Expr::string(row.os.to_string()));
    let statement =
        rule("platform", row.target.as_str(), vec![Argument::named("constraint_values", Expr::list(values))])
            .at(p.origin)
            .statement();
    let title = format!("{} (`{}`)", row.key(), p.name);
    statement.comment(match &p.doc {
        Some(doc) => format!("{title}: {doc}"),
        None => title,
    })
}

/// Holds on the platform; where another one has the same architecture, the processor decides between them.
fn condition(row: &Row<'_>) -> Statement {
    let level = match &row.level {
        Some(level) if row.shares_cpu => Some(level.local()),
        None if row.shares_cpu => Some(":any_cpu".to_owned()),
        _ => None,
    };
    config_setting(row, &row.condition, level).comment(format!("Holds where {} is built for.", row.key()))
}

/// Holds on the platform if its processor is there.
fn cpu_condition(row: &Row<'_>) -> Statement {
    let setting = config_setting(row, &row.cpu_condition, row.level.as_ref().map(TargetName::local));
    setting.comment(format!(
        "Holds where {} is built for, and not on a host that may have a lesser processor.",
        row.key()
    ))
}

fn config_setting(row: &Row<'_>, name: &TargetName, level: Option<String>) -> Statement {
    let values = level.into_iter().chain([row.cpu.to_string(), row.os.to_string()]);
    let values = Argument::named("constraint_values", Expr::strings(values));
    rule("config_setting", name.as_str(), vec![values]).at(row.platform.origin).statement()
}

/// A rule's call with its name first.
fn rule(function: &'static str, name: &str, further: Vec<Argument>) -> Expr {
    let mut arguments = vec![Argument::named("name", Expr::string(name))];
    arguments.extend(further);
    Expr::call(function, arguments)
}
