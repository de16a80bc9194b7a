//! The matrix: a row for each workload, a column for each platform. Pods that several platforms share stand once, over all of
//! their columns where these are neighbours.

use super::parts::{Hue, anchor, bar, escaped};
use crate::show;
use crate::{Environment, Group, Kind, Per, Range, Report, Runs, Workload};
use plat_base::Rational;

/// The largest of each amount: how long a whole bar is.
#[derive(Default)]
struct Scale {
    cpu: i128,
    memory: i128,
    cost: i128,
}

impl Scale {
    fn of(environment: &Environment) -> Scale {
        let mut scale = Scale::default();
        for workload in &environment.workloads {
            for group in &workload.groups {
                let most = |a: Option<i128>, b: Option<i128>| a.unwrap_or(0).max(b.unwrap_or(0));
                scale.cpu = scale.cpu.max(most(group.requests.cpu, group.limits.cpu));
                scale.memory = scale.memory.max(most(group.requests.memory, group.limits.memory));
            }
            scale.cost = scale.cost.max(monthly(workload).map_or(0, |cost| thousandths(cost.max)));
        }
        scale
    }
}

/// What all replicas of a workload cost in a month, if they always run.
fn monthly(workload: &Workload) -> Option<Range<Rational>> {
    let mut sum = Range::of(Rational::ZERO);
    for group in &workload.groups {
        let cost = group.cost.filter(|cost| cost.per == Per::Month)?.amount;
        sum = Range { min: sum.min.add(cost.min)?, max: sum.max.add(cost.max)? };
    }
    Some(sum)
}

fn thousandths(amount: Rational) -> i128 {
    amount.mul(Rational::whole(1000)).map_or(i128::MAX, Rational::round)
}

const KEYS: [(&str, &str); 6] = [
    ("order", "source order"),
    ("name", "name"),
    ("pods", "pods"),
    ("cpu", "CPU"),
    ("memory", "memory"),
    ("cost", "cost"),
];

/// The matrix of an environment, whose id is `id`.
pub(super) fn matrix(report: &Report, environment: &Environment, id: &str) -> String {
    let has_cost = report.prices.is_some();
    let scale = Scale::of(environment);
    let mut html = format!(
        "<h3 id=\"{id}.matrix\">Workloads and platforms</h3>\n\
         <div class=\"sort\" role=\"group\" aria-label=\"Order of the workloads\" data-table=\"{id}.table\" hidden>Sort by"
    );
    for (key, name) in KEYS.iter().filter(|(key, _)| *key != "cost" || has_cost) {
        let pressed = *key == "order";
        html.push_str(&format!(
            " <button type=\"button\" data-key=\"{key}\" data-down=\"false\" aria-pressed=\"{pressed}\">{name}</button>"
        ));
    }
    html.push_str(&format!(
        "</div>\n<div class=\"sheet\"><table class=\"matrix stacks\" role=\"table\" id=\"{id}.table\" aria-labelledby=\"{id}.matrix\">\n\
         <thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" role=\"columnheader\">workload</th>"
    ));
    for platform in &report.platforms {
        html.push_str(&format!("<th scope=\"col\" role=\"columnheader\">{}</th>", escaped(platform)));
    }
    if let Some(prices) = &report.prices {
        let currency = escaped(&prices.currency);
        html.push_str(&format!("<th scope=\"col\" role=\"columnheader\">{currency} a month</th>"));
    }
    html.push_str("</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for (at, workload) in environment.workloads.iter().enumerate() {
        html.push_str(&row(report, environment, workload, at, &scale));
    }
    html.push_str("</tbody></table></div>\n");
    html
}

fn row(report: &Report, environment: &Environment, workload: &Workload, at: usize, scale: &Scale) -> String {
    let all = |of: fn(&Group) -> i128| workload.groups.iter().map(of).fold(0, i128::saturating_add);
    let pods = all(|g| g.pods().max);
    let cpu = all(|g| g.requests.cpu.unwrap_or(0).saturating_mul(g.pods().max));
    let memory = all(|g| g.requests.memory.unwrap_or(0).saturating_mul(g.pods().max));
    let cost = monthly(workload);
    let name = escaped(&workload.name);
    let mut html = format!(
        "<tr role=\"row\" data-order=\"{at}\" data-name=\"{name}\" data-pods=\"{pods}\" data-cpu=\"{cpu}\" data-memory=\"{memory}\" data-cost=\"{}\">\
         <th scope=\"row\" role=\"rowheader\"><a href=\"#{}\">{name}</a><span class=\"kind\">{}</span></th>",
        cost.map_or(0, |c| thousandths(c.max)),
        anchor(&[&environment.name, &workload.name]),
        show::kind(workload.kind)
    );
    let mut platform = 0;
    while platform < report.platforms.len() {
        let group = workload.groups.iter().find(|g| g.platforms.contains(&platform));
        let width = group.map_or(1, |g| neighbours(&g.platforms, platform));
        html.push_str(&cell(report, group, platform, width, scale));
        platform += width;
    }
    if report.prices.is_some() {
        html.push_str(&cost_cell(workload, cost, scale));
    }
    html.push_str("</tr>\n");
    html
}

/// How many platforms of a group stand beside each other from one of them on.
fn neighbours(platforms: &[usize], from: usize) -> usize {
    (from..).take_while(|p| platforms.contains(p)).count().max(1)
}

fn cell(report: &Report, group: Option<&Group>, platform: usize, width: usize, scale: &Scale) -> String {
    let Some(group) = group else {
        return format!("<td role=\"cell\" class=\"none\">{}</td>", show::NONE);
    };
    let span = if width > 1 { format!(" colspan=\"{width}\"") } else { String::new() };
    let places = escaped(&show::places(report, &group.platforms));
    // Further columns of the same pods, which are not neighbours of the first.
    if group.platforms.first() != Some(&platform) {
        let first = group.platforms.first().map(|first| show::places(report, &[*first]));
        let first = escaped(&first.unwrap_or_default());
        return format!("<td role=\"cell\" class=\"none\"{span}>same object as on {first}</td>");
    }
    let place = match group.platforms.len() {
        _ if group.runs == Runs::EachNode => String::new(),
        0 | 1 => String::new(),
        n if n == report.platforms.len() => "on any platform".to_owned(),
        _ => format!("on {places}"),
    };
    let cpu = amount("CPU", Hue::Cpu, (group.requests.cpu, group.limits.cpu), scale.cpu, show::cpu);
    let memory = amount(
        "memory",
        Hue::Memory,
        (group.requests.memory, group.limits.memory),
        scale.memory,
        show::bytes,
    );
    format!(
        "<td role=\"cell\" data-label=\"{places}\"{span}><div class=\"pods\"><span>{}</span><span class=\"chip {qos}\">{qos}</span>\
         <span class=\"place\">{place}</span></div>{cpu}{memory}</td>",
        escaped(&many(group)),
        qos = group.qos.as_str()
    )
}

/// `2–6 replicas`, `one on each node`, `runs to its end`.
pub(super) fn many(group: &Group) -> String {
    match &group.runs {
        Runs::Replicas(replicas) => {
            let noun = if *replicas == Range::of(1) { "replica" } else { "replicas" };
            format!("{} {noun}", show::range(*replicas, |n| n.to_string()))
        }
        Runs::EachNode => "one on each node".to_owned(),
        Runs::Once => "runs once, to its end".to_owned(),
        Runs::Schedule(cron, zone) => format!("runs at {cron} ({zone})"),
    }
}

fn amount(
    label: &str,
    hue: Hue,
    (request, limit): (Option<i128>, Option<i128>),
    whole: i128,
    show: impl Fn(i128) -> String,
) -> String {
    let requested = Range::of(request.unwrap_or(0));
    let text = show::pair(request, limit, show);
    format!(
        "<div class=\"amount\"><span>{label}</span>{}<span>{text}</span></div>",
        bar(hue, requested, limit, whole)
    )
}

fn cost_cell(workload: &Workload, cost: Option<Range<Rational>>, scale: &Scale) -> String {
    let text = match cost {
        Some(cost) => show::range_of_money(cost, Per::Month),
        None => {
            let each = workload.groups.iter().filter_map(|g| g.cost).map(show::cost);
            each.collect::<Vec<_>>().join(", ")
        }
    };
    let is_running = matches!(workload.kind, Kind::Service | Kind::Stateful);
    let bar = cost.filter(|_| is_running).map(|cost| {
        let range = Range { min: thousandths(cost.min), max: thousandths(cost.max) };
        bar(Hue::Money, range, Some(scale.cost), scale.cost)
    });
    format!(
        "<td role=\"cell\" class=\"cost\" data-label=\"cost a month\">{text}{}</td>",
        bar.unwrap_or_default()
    )
}
