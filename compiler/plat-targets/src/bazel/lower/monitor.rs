//! `platform_monitor.py`: which platform a process runs on, and the thresholds of the workloads there. It is Python
//! whose tables are literals that Python and Starlark share.

use super::defs::threshold_entries;
use super::{Plan, header};
use crate::bazel::starlark::{Entry, Expr, File, Statement};

const IMPORTS: &str = "import json\nimport os\nimport platform\nimport shutil\nimport struct";
const CODE: &str = include_str!("../text/platform_monitor.py");

/// The file.
pub(crate) fn lower(plan: &Plan<'_>) -> File {
    let statements = vec![
        header(plan),
        Statement::docstring(
            "The platform that a process runs on, what it uses there as Linux tells it, and when somebody should look.",
        ),
        Statement::verbatim(IMPORTS),
        Statement::assign("MACHINES", machines(plan))
            .comment("What the system says of itself on each platform, in lower case."),
        Statement::assign("THRESHOLDS", Expr::dict(threshold_entries(plan)))
            .comment("By workload and platform; percentages."),
        Statement::verbatim(CODE),
    ];
    File { statements }
}

/// One row per platform. Where several platforms are one machine, the one that asks least of it comes first.
fn machines(plan: &Plan<'_>) -> Expr {
    let mut rows: Vec<_> = plan.rows.iter().collect();
    if rows.iter().any(|row| row.shares_cpu) {
        rows.sort_by_key(|row| row.level.is_some());
    }
    Expr::list(rows.into_iter().map(|row| {
        let p = row.platform;
        Expr::dict([
            Entry::new("platform", Expr::string(row.key())),
            Entry::new("os", Expr::string(&p.os)),
            Entry::new("machines", Expr::strings(p.uname.iter().map(|name| name.to_lowercase()))),
            Entry::new("word_bits", Expr::integer(p.word_bits)),
        ])
        .at(p.origin)
    }))
}
