//! What an environment comes to: tiles, and a table over all environments.

use super::parts::{Hue, anchor, bar, common_limit, escaped};
use crate::show::{self, counted};
use crate::{Cost, Environment, Limit, Per, Range, Report, Total};
use plat_base::Rational;

/// A number of a tile.
struct Tile {
    label: &'static str,
    value: String,
    unit: String,
    bar: String,
    note: String,
}

/// The tiles of an environment.
pub(super) fn tiles(report: &Report, environment: &Environment) -> String {
    let total = &environment.running;
    let mut tiles = vec![
        Tile {
            label: "Replicas",
            value: show::range(total.pods, |n| n.to_string()),
            unit: String::new(),
            bar: String::new(),
            note: others(environment),
        },
        amount("CPU requested", "cores", (Hue::Cpu, total.cpu, total.cpu_limit), show::cores),
        amount("Memory requested", "", (Hue::Memory, total.memory, total.memory_limit), show::gibibytes),
    ];
    if total.ephemeral.max > 0 {
        tiles.push(plain(
            "Local disk requested",
            show::range(total.ephemeral, show::gibibytes),
            String::new(),
        ));
    }
    if total.claims.max > 0 {
        tiles.push(plain("Storage claimed", show::range(total.claims, show::gibibytes), String::new()));
    }
    if let (Some(prices), Some(cost)) = (&report.prices, total.cost) {
        let value = show::range_of_money(cost, Per::Month);
        let mut tile = plain("Cost a month", value, further_costs(environment));
        tile.unit = escaped(&prices.currency);
        tiles.push(tile);
    }
    let tiles = tiles.iter().map(|tile| {
        let unit = match tile.unit.as_str() {
            "" => String::new(),
            unit => format!(" <span class=\"unit\">{unit}</span>"),
        };
        format!(
            "<li><span class=\"label\">{}</span><strong>{}{unit}</strong>{}<span class=\"small\">{}</span></li>\n",
            tile.label,
            escaped(&tile.value),
            tile.bar,
            escaped(&tile.note)
        )
    });
    format!("<ul class=\"tiles\">\n{}</ul>\n", tiles.collect::<String>())
}

fn plain(label: &'static str, value: String, note: String) -> Tile {
    Tile { label, value, unit: String::new(), bar: String::new(), note }
}

fn amount(
    label: &'static str,
    unit: &str,
    (hue, sum, limit): (Hue, Range<i128>, Limit),
    show: impl Fn(i128) -> String + Copy,
) -> Tile {
    let end = common_limit(limit);
    let whole = end.unwrap_or(0).max(sum.max).max(limit.sum.max);
    let note = match (limit.sum.max, limit.without.max) {
        (0, 0) => String::new(),
        (0, _) => "without limit".to_owned(),
        (_, 0) => format!("limit {}", show::range(limit.sum, show)),
        (_, without) => {
            let pods = counted(usize::try_from(without).unwrap_or(usize::MAX), "pod");
            format!("limit {}, and {pods} without", show::range(limit.sum, show))
        }
    };
    Tile { label, value: show::range(sum, show), unit: unit.to_owned(), bar: bar(hue, sum, end, whole), note }
}

/// `in 4 services, 1 daemon, 2 jobs`.
fn others(environment: &Environment) -> String {
    use crate::Kind;
    let count = |kinds: &[Kind]| environment.workloads.iter().filter(|w| kinds.contains(&w.kind)).count();
    let parts = [
        (count(&[Kind::Service, Kind::Stateful]), "service"),
        (count(&[Kind::Daemon]), "daemon"),
        (count(&[Kind::Job, Kind::Schedule]), "job"),
    ];
    let parts = parts.iter().filter(|(n, _)| *n > 0).map(|(n, noun)| match *noun {
        "daemon" => format!("{} on each node", counted(*n, noun)),
        noun => counted(*n, noun),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// `and 3.20 for each node; 0.0042 for each hour of the jobs`.
fn further_costs(environment: &Environment) -> String {
    let said = |total: &Total, per: Per, words: &str| {
        let amount = total.cost.filter(|cost| total.groups > 0 && cost.max > Rational::ZERO)?;
        Some(format!("{} {words}", show::range_of_money(amount, per)))
    };
    let node = said(&environment.per_node, Per::NodeMonth, "for each node");
    let jobs = said(&environment.to_end, Per::Hour, "for each hour of the jobs");
    let parts: Vec<String> = node.into_iter().chain(jobs).collect();
    if parts.is_empty() { String::new() } else { format!("and {}", parts.join("; ")) }
}

/// All environments beside each other.
pub(super) fn overview(report: &Report) -> String {
    let most = |of: fn(&Environment) -> i128| report.environments.iter().map(of).max().unwrap_or(0);
    let cpu = most(|e| e.running.cpu.max.max(e.running.cpu_limit.sum.max));
    let memory = most(|e| e.running.memory.max.max(e.running.memory_limit.sum.max));
    let has_claims = most(|e| e.running.claims.max) > 0;
    let heads = ["environment", "replicas", "CPU, requested / limit", "memory, requested / limit"];
    let mut heads: Vec<String> = heads.map(str::to_owned).into();
    if has_claims {
        heads.push("claims".to_owned());
    }
    heads.extend(report.prices.as_ref().map(|prices| format!("{} a month", prices.currency)));
    let mut rows = String::new();
    for environment in &report.environments {
        let total = &environment.running;
        let mut cells = vec![
            show::range(total.pods, |n| n.to_string()),
            format!(
                "{}{}",
                show::pair_of_many(total.cpu, total.cpu_limit, show::cores),
                bar(Hue::Cpu, total.cpu, common_limit(total.cpu_limit), cpu)
            ),
            format!(
                "{}{}",
                show::pair_of_many(total.memory, total.memory_limit, show::gibibytes),
                bar(Hue::Memory, total.memory, common_limit(total.memory_limit), memory)
            ),
        ];
        if has_claims {
            cells.push(show::range(total.claims, show::gibibytes));
        }
        if report.prices.is_some() {
            let cost = total.cost.map(|amount| show::cost(Cost { per: Per::Month, amount }));
            cells.push(cost.unwrap_or_else(|| show::NONE.to_owned()));
        }
        let name = escaped(&environment.name);
        rows.push_str(&format!(
            "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\"><a href=\"#{}\">{name}</a></th>",
            anchor(&[&environment.name])
        ));
        for (head, cell) in heads.iter().skip(1).zip(cells) {
            rows.push_str(&format!("<td role=\"cell\" data-label=\"{}\">{cell}</td>", escaped(head)));
        }
        rows.push_str("</tr>\n");
    }
    let heads = heads.iter().map(|h| format!("<th scope=\"col\" role=\"columnheader\">{}</th>", escaped(h)));
    format!(
        "<section class=\"overview\" aria-labelledby=\"overview\">\n<h2 id=\"overview\">All environments</h2>\n\
         <div class=\"sheet\" style=\"margin-top:1rem\"><table class=\"stacks\" role=\"table\">\
         <thead role=\"rowgroup\"><tr role=\"row\">{}</tr></thead>\n<tbody role=\"rowgroup\">\n{rows}</tbody></table></div>\n</section>\n",
        heads.collect::<String>()
    )
}
