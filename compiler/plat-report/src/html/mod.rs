//! The report as one page that needs nothing else: no network, no fonts, no framework. Everything that it says is text; bars
//! are only there for the eye, and the one script only sorts.

mod cards;
mod matrix;
mod parts;
mod tiles;

use crate::Report;
use parts::{anchor, escaped};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Nothing may be loaded from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The report as an HTML document.
pub fn page(report: &Report) -> String {
    let title = escaped(&report.project);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{title}: what it asks for</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">Skip to the content</a>\n"
    );
    html.push_str(&header(report, &title));
    html.push_str("<main id=\"content\" class=\"wrap\">\n");
    if report.environments.len() > 1 {
        html.push_str(&tiles::overview(report));
    }
    for environment in &report.environments {
        let id = anchor(&[&environment.name]);
        html.push_str(&format!(
            "<section class=\"environment\" id=\"{id}\" aria-labelledby=\"{id}.title\">\n"
        ));
        let namespace = environment.namespace.as_ref().map(|n| format!("<p>namespace {}</p>", escaped(n)));
        html.push_str(&format!(
            "<div class=\"heading\"><h2 id=\"{id}.title\">{}</h2>{}</div>\n{}",
            escaped(&environment.name),
            namespace.unwrap_or_default(),
            parts::about(environment.about.as_deref())
        ));
        if environment.workloads.is_empty() {
            html.push_str("<p>Nothing runs here.</p>\n</section>\n");
            continue;
        }
        html.push_str(&tiles::tiles(report, environment));
        html.push_str(&matrix::matrix(report, environment, &id));
        html.push_str(&cards::cards(report, environment, &id));
        html.push_str("</section>\n");
    }
    html.push_str("</main>\n");
    html.push_str(&footer(report));
    html.push_str(&format!("<script>\n{SCRIPT}</script>\n</body>\n</html>\n"));
    html
}

fn header(report: &Report, title: &str) -> String {
    let links = report.environments.iter().map(|environment| {
        format!("<li><a href=\"#{}\">{}</a></li>", anchor(&[&environment.name]), escaped(&environment.name))
    });
    let nav = match report.environments.len() {
        0 | 1 => String::new(),
        _ => format!("<nav aria-label=\"Environments\"><ul>{}</ul></nav>\n", links.collect::<String>()),
    };
    let about = parts::about(report.about.as_deref());
    format!("<header class=\"top\">\n<div class=\"wrap\">\n<h1>{title}</h1>\n{about}{nav}</div>\n</header>\n")
}

/// How to read the numbers.
fn footer(report: &Report) -> String {
    let prices = match &report.prices {
        Some(prices) => {
            let (name, currency) = (escaped(&prices.name), escaped(&prices.currency));
            let about = prices.about.as_deref().map(|about| format!(" ({})", escaped(about.trim())));
            format!(
                "Costs are in {currency} a month for what is requested, by the prices <code>{name}</code>{}: from the fewest \
                 replicas where they cost least to the most where they cost most.",
                about.unwrap_or_default()
            )
        }
        None => "There are no costs, because the project declares no <code>prices</code>.".to_owned(),
    };
    format!(
        "<footer>\n<div class=\"wrap\">\n<ul class=\"legend\" aria-hidden=\"true\">\
         <li><span class=\"bar cpu\"><i class=\"limit\" style=\"width:100%\"></i><i class=\"most\" style=\"width:60%\"></i>\
         <i class=\"least\" style=\"width:35%\"></i></span>requested, at least and at most</li>\
         <li><span class=\"bar\"><i class=\"limit\" style=\"width:100%\"></i></span>limit</li>\
         <li><span class=\"bar\"><i class=\"open\"></i></span>no limit</li></ul>\n\
         <p>Amounts of a pod are what it requests / where it is stopped. Where the pods of platforms differ, each platform has \
         its own replicas.</p>\n<p>{prices}</p>\n</div>\n</footer>\n"
    )
}
