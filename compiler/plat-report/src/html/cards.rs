//! A card for each workload: what its pods are and what they come to. Links of the matrix lead here.

use super::matrix::many;
use super::parts::{about, anchor, escaped};
use crate::show::{self, NONE};
use crate::{Environment, Group, Range, Report, Workload};

/// The cards of an environment, whose id is `id`.
pub(super) fn cards(report: &Report, environment: &Environment, id: &str) -> String {
    let mut html = format!("<h3 id=\"{id}.workloads\">Each workload</h3>\n<div class=\"cards\">\n");
    for workload in &environment.workloads {
        html.push_str(&card(report, environment, workload));
    }
    html.push_str("</div>\n");
    html
}

fn card(report: &Report, environment: &Environment, workload: &Workload) -> String {
    let id = anchor(&[&environment.name, &workload.name]);
    let mut html = format!(
        "<article class=\"card\" id=\"{id}\" aria-labelledby=\"{id}.name\">\n<h4><span id=\"{id}.name\">{}</span><span class=\"kind\">{}</span></h4>\n{}",
        escaped(&workload.name),
        show::kind(workload.kind),
        about(workload.about.as_deref())
    );
    for group in &workload.groups {
        html.push_str(&facts(report, group));
        html.push_str(&table(group));
    }
    let elsewhere = report.environments.iter().filter(|other| other.name != environment.name);
    let links: Vec<String> = elsewhere
        .filter(|other| other.workloads.iter().any(|w| w.name == workload.name))
        .map(|other| {
            let id = anchor(&[&other.name, &workload.name]);
            format!("<a href=\"#{id}\">{}</a>", escaped(&other.name))
        })
        .collect();
    if !links.is_empty() {
        html.push_str(&format!("<p class=\"also\">also in {}</p>\n", links.join(", ")));
    }
    html.push_str("</article>\n");
    html
}

fn facts(report: &Report, group: &Group) -> String {
    let place = match report.platforms.len() {
        0 | 1 => String::new(),
        _ => format!(" on {}", escaped(&show::places(report, &group.platforms))),
    };
    let cost = report.prices.as_ref().zip(group.cost).map(|(prices, cost)| {
        let amount = show::range_of_money(cost.amount, cost.per);
        format!(" · {amount} {} {}", escaped(&prices.currency), cost.per.words())
    });
    format!(
        "<p class=\"facts\">{}{place} · <span class=\"chip {qos}\">{qos}</span>{}</p>\n",
        escaped(&many(group)),
        cost.unwrap_or_default(),
        qos = group.qos.as_str()
    )
}

/// What is requested and limited, for one pod and for all.
fn table(group: &Group) -> String {
    let pods = group.pods();
    let has_many = pods != Range::of(1);
    let all =
        |amount: i128| Range { min: amount.saturating_mul(pods.min), max: amount.saturating_mul(pods.max) };
    let rows = [
        (
            "CPU",
            group.requests.cpu,
            group.limits.cpu,
            show::cpu as fn(i128) -> String,
            show::cores as fn(i128) -> String,
        ),
        ("memory", group.requests.memory, group.limits.memory, show::bytes, show::gibibytes),
        ("local disk", group.requests.ephemeral, group.limits.ephemeral, show::bytes, show::gibibytes),
        ("storage", Some(group.claims).filter(|n| *n > 0), None, show::bytes, show::gibibytes),
        ("shared storage", Some(group.existing).filter(|n| *n > 0), None, show::bytes, show::gibibytes),
    ];
    let mut html = String::new();
    for (name, request, limit, one, many) in rows {
        let is_basic = matches!(name, "CPU" | "memory");
        if !is_basic && request.is_none() && limit.is_none() {
            continue;
        }
        let text = |amount: Option<i128>| amount.map_or_else(|| NONE.to_owned(), one);
        // A claim that exists is one, however many pods mount it.
        let is_shared = name == "shared storage";
        let sums = |amount: i128| if is_shared { Range::of(amount) } else { all(amount) };
        let sum = request.map_or_else(|| NONE.to_owned(), |amount| show::range(sums(amount), many));
        html.push_str(&format!(
            "<tr><th scope=\"row\">{name}</th><td class=\"number\">{}</td><td class=\"number\">{}</td>{}</tr>\n",
            if is_shared && has_many { String::new() } else { text(request) },
            if name.ends_with("storage") { String::new() } else { text(limit) },
            if has_many { format!("<td class=\"number\">{sum}</td>") } else { String::new() }
        ));
    }
    let sum = if has_many { "<th scope=\"col\" class=\"number\">all request</th>" } else { "" };
    format!(
        "<table><thead><tr><td></td><th scope=\"col\" class=\"number\">each requests</th>\
         <th scope=\"col\" class=\"number\">limit</th>{sum}</tr></thead>\n<tbody>\n{html}</tbody></table>\n"
    )
}
