//! The report for programs: one JSON object. Amounts are whole numbers of base units; money is text with six decimals, since
//! many readers of JSON have only binary fractions.

use crate::show::{self, decimal};
use crate::{Amounts, Cost, Environment, Group, Limit, Per, Range, Report, Runs, Total};
use plat_base::Rational;
use serde_json::{Value, json as object};

/// The version of this form. It rises when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// The report as one JSON object on a line of its own.
pub fn json(report: &Report) -> String {
    let prices = report.prices.as_ref().map(|p| object!({ "name": p.name, "currency": p.currency }));
    let environments: Vec<Value> = report.environments.iter().map(|e| environment(report, e)).collect();
    let whole = object!({
        "report": VERSION,
        "project": report.project,
        "prices": prices,
        "platforms": report.platforms,
        "environments": environments,
    });
    // Strings and numbers always have a JSON form.
    serde_json::to_string(&whole).unwrap_or_default() + "\n"
}

fn environment(report: &Report, environment: &Environment) -> Value {
    let workloads = environment.workloads.iter().map(|workload| {
        let groups: Vec<Value> = workload.groups.iter().map(|g| group(report, g)).collect();
        object!({ "name": workload.name, "kind": show::kind(workload.kind), "groups": groups })
    });
    let workloads: Vec<Value> = workloads.collect();
    let placements = environment.placements.iter().map(|(platforms, sum)| {
        let mut value = total(sum);
        value["platforms"] = names(report, platforms);
        value
    });
    let placements: Vec<Value> = placements.collect();
    object!({
        "name": environment.name,
        "namespace": environment.namespace,
        "workloads": workloads,
        "running": total(&environment.running),
        "each_node": total(&environment.per_node),
        "to_end": total(&environment.to_end),
        "by_platforms": placements,
    })
}

fn group(report: &Report, group: &Group) -> Value {
    let runs = match &group.runs {
        Runs::Replicas(replicas) => {
            object!({ "as": "replicas", "min": replicas.min, "max": replicas.max })
        }
        Runs::EachNode => object!({ "as": "each-node" }),
        Runs::Once => object!({ "as": "once" }),
        Runs::Schedule(cron, zone) => object!({ "as": "schedule", "cron": cron, "time_zone": zone }),
    };
    object!({
        "platforms": names(report, &group.platforms),
        "runs": runs,
        "requests": amounts(group.requests),
        "limits": amounts(group.limits),
        "claims_bytes": whole(group.claims),
        "existing_claims_bytes": whole(group.existing),
        "qos": group.qos.as_str(),
        "cost": group.cost.map(cost),
    })
}

fn names(report: &Report, platforms: &[usize]) -> Value {
    platforms.iter().filter_map(|p| report.platforms.get(*p)).cloned().collect()
}

fn amounts(amounts: Amounts) -> Value {
    object!({
        "cpu_millicores": amounts.cpu.map(whole),
        "memory_bytes": amounts.memory.map(whole),
        "ephemeral_bytes": amounts.ephemeral.map(whole),
    })
}

fn total(total: &Total) -> Value {
    object!({
        "pods": range(total.pods),
        "requests": {
            "cpu_millicores": range(total.cpu),
            "memory_bytes": range(total.memory),
            "ephemeral_bytes": range(total.ephemeral),
        },
        "limits": {
            "cpu_millicores": limit(total.cpu_limit),
            "memory_bytes": limit(total.memory_limit),
            "ephemeral_bytes": limit(total.ephemeral_limit),
        },
        "claims_bytes": range(total.claims),
        "cost": total.cost.map(money),
    })
}

fn range(range: Range<i128>) -> Value {
    object!({ "min": whole(range.min), "max": whole(range.max) })
}

fn limit(limit: Limit) -> Value {
    let (sum, without) = (limit.sum, limit.without);
    object!({ "min": whole(sum.min), "max": whole(sum.max), "pods_without": range(without) })
}

fn cost(cost: Cost) -> Value {
    let per = match cost.per {
        Per::Month => "month",
        Per::NodeMonth => "node-month",
        Per::Hour => "hour",
    };
    let mut value = money(cost.amount);
    value["per"] = per.into();
    value
}

fn money(amount: Range<Rational>) -> Value {
    object!({ "min": decimal(Some(amount.min), 6), "max": decimal(Some(amount.max), 6) })
}

/// A whole number; one beyond 64 bits as the largest of them, which no machine has.
fn whole(number: i128) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}
