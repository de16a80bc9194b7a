//! The report for a terminal: a table of the workloads of each environment and one of what they come to. Columns that say
//! nothing are left out; where a table does not fit, its rows become blocks.

use crate::show::{self, NONE};
use crate::{Cost, Environment, Group, Per, Report, Total};

/// How a table is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Columns that there are.
    pub width: usize,
    /// Whether there are colours.
    pub colours: bool,
}

/// The report as text.
pub fn table(report: &Report, style: Style) -> String {
    let mut text = String::new();
    for environment in &report.environments {
        let space = environment.namespace.as_ref().map(|n| format!("  namespace {n}")).unwrap_or_default();
        text.push_str(&format!("{}{}\n", style.strong(&environment.name), style.faint(&space)));
        if environment.workloads.is_empty() {
            text.push_str("\nNothing runs here.\n\n");
            continue;
        }
        text.push_str(&format!("\n{}", Grid::of_workloads(report, environment).draw(style)));
        text.push_str(&format!("\n{}\n", Grid::of_totals(report, environment).draw(style)));
    }
    for line in wrapped(&note(report), style.width) {
        text.push_str(&format!("{}\n", style.faint(&line)));
    }
    text
}

/// How to read the numbers.
fn note(report: &Report) -> String {
    let amounts = "CPU, memory and disk: requested / limited; + means that some pods have no limit.";
    match &report.prices {
        Some(prices) => {
            let (name, currency) = (&prices.name, &prices.currency);
            format!("{amounts} Costs: {currency} a month for what is requested, by `prices {name}`.")
        }
        None => format!(
            "{amounts} For costs, declare prices: `prices cloud {{ currency = \"EUR\", core-hour = 0.04 }}`."
        ),
    }
}

impl Style {
    fn strong(self, text: &str) -> String {
        self.styled("1", text)
    }

    fn faint(self, text: &str) -> String {
        self.styled("2", text)
    }

    fn styled(self, code: &str, text: &str) -> String {
        if self.colours && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The storage that each pod claims, and the claims that exist for all of them.
fn claims(group: &Group) -> String {
    match (group.claims, group.existing) {
        (0, 0) => NONE.to_owned(),
        (each, 0) => show::bytes(each),
        (0, all) => format!("{} in all", show::bytes(all)),
        (each, all) => format!("{}, {} in all", show::bytes(each), show::bytes(all)),
    }
}

/// A table: the first column is what its rows are called.
struct Grid {
    /// Name and whether its cells are numbers, which end at the same column.
    columns: Vec<(String, bool)>,
    rows: Vec<Vec<String>>,
}

fn columns(names: [(&str, bool); 8], first: &[(&str, bool)]) -> Vec<(String, bool)> {
    first.iter().chain(&names).map(|(name, is_number)| ((*name).to_owned(), *is_number)).collect()
}

impl Grid {
    /// Each workload's groups, with the amounts of one pod.
    fn of_workloads(report: &Report, environment: &Environment) -> Grid {
        let cost = report.prices.as_ref().map_or(String::new(), |p| format!("{}/month", p.currency));
        let mut rows = Vec::new();
        for workload in &environment.workloads {
            for group in &workload.groups {
                let place = match group.platforms.len() {
                    n if n > 1 && n == report.platforms.len() => "any".to_owned(),
                    _ => show::places(report, &group.platforms),
                };
                rows.push(vec![
                    workload.name.clone(),
                    show::kind(workload.kind).to_owned(),
                    if report.platforms.len() > 1 { place } else { NONE.to_owned() },
                    show::runs(&group.runs),
                    show::pair(group.requests.cpu, group.limits.cpu, show::cpu),
                    show::pair(group.requests.memory, group.limits.memory, show::bytes),
                    show::pair(group.requests.ephemeral, group.limits.ephemeral, show::bytes),
                    claims(group),
                    group.qos.as_str().to_owned(),
                    group.cost.map_or(NONE.to_owned(), show::cost),
                ]);
            }
        }
        let rest = [
            ("on", false),
            ("pods", true),
            ("CPU", true),
            ("memory", true),
            ("disk", true),
            ("claims", true),
            ("class", false),
            (cost.as_str(), true),
        ];
        Grid { columns: columns(rest, &[("each pod of", false), ("kind", false)]), rows }
    }

    /// What the workloads come to.
    fn of_totals(report: &Report, environment: &Environment) -> Grid {
        let cost = report.prices.as_ref().map_or(String::new(), |p| format!("{}/month", p.currency));
        let row = |name: String, total: &Total, per: Per| {
            vec![
                name,
                show::range(total.pods, |n| n.to_string()),
                show::pair_of_many(total.cpu, total.cpu_limit, show::cores),
                show::pair_of_many(total.memory, total.memory_limit, show::gibibytes),
                show::pair_of_many(total.ephemeral, total.ephemeral_limit, show::gibibytes),
                if total.claims.max > 0 {
                    show::range(total.claims, show::gibibytes)
                } else {
                    NONE.to_owned()
                },
                total.cost.map_or(NONE.to_owned(), |amount| show::cost(Cost { per, amount })),
            ]
        };
        let mut rows = Vec::new();
        if environment.placements.len() > 1 {
            for (place, total) in &environment.placements {
                rows.push(row(format!("on {}", show::places(report, place)), total, Per::Month));
            }
        }
        if environment.running.groups > 0 {
            rows.push(row("all replicas".to_owned(), &environment.running, Per::Month));
        }
        if environment.per_node.groups > 0 {
            rows.push(row("on each node".to_owned(), &environment.per_node, Per::NodeMonth));
        }
        if environment.to_end.groups > 0 {
            rows.push(row("jobs, all at once".to_owned(), &environment.to_end, Per::Hour));
        }
        let names = ["together", "pods", "CPU", "memory", "disk", "claims", cost.as_str()];
        let columns = names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), at > 0)).collect();
        Grid { columns, rows }
    }

    /// Without the columns in which no row says anything.
    fn bare(mut self) -> Grid {
        let says = |at: usize| self.rows.iter().any(|row| row.get(at).is_some_and(|cell| cell != NONE));
        let kept: Vec<bool> = (0..self.columns.len()).map(|at| at == 0 || says(at)).collect();
        let mut keep = kept.iter();
        self.columns.retain(|_| keep.next() == Some(&true));
        for row in &mut self.rows {
            let mut keep = kept.iter();
            row.retain(|_| keep.next() == Some(&true));
        }
        self
    }

    /// As a table; if that is too wide, as a tight one; if that is too wide as well, as paragraphs.
    fn draw(self, style: Style) -> String {
        let grid = self.bare();
        for grid in [&grid, &grid.tight()] {
            let widths = grid.widths();
            if widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) <= style.width {
                return grid.lines(&widths, style);
            }
        }
        grid.blocks(style)
    }

    /// Without the sort of workload, and without space inside of cells.
    fn tight(&self) -> Grid {
        let is_kept = |at: usize| self.columns.get(at).is_some_and(|(name, _)| name != "kind");
        let kept = self.columns.iter().filter(|(name, _)| name != "kind").cloned().collect();
        let cells = |row: &Vec<String>| {
            let cells = row.iter().enumerate().filter(|(at, _)| is_kept(*at));
            cells.map(|(_, cell)| cell.replace(" / ", "/")).collect()
        };
        Grid { columns: kept, rows: self.rows.iter().map(cells).collect() }
    }

    fn widths(&self) -> Vec<usize> {
        let width = |(at, (name, _)): (usize, &(String, bool))| {
            let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| length(cell));
            cells.chain([length(name)]).max().unwrap_or(0)
        };
        self.columns.iter().enumerate().map(width).collect()
    }

    fn lines(&self, widths: &[usize], style: Style) -> String {
        let heads: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut text = style.faint(&self.line(&heads, widths)) + "\n";
        let mut before = "";
        for row in &self.rows {
            let mut cells: Vec<&str> = row.iter().map(String::as_str).collect();
            let name = cells.first().copied().unwrap_or("");
            let line = match name == before {
                // The next group of the same workload.
                true => {
                    let same = self.columns.iter().take_while(|(name, _)| name != "on").count();
                    cells.iter_mut().take(same).for_each(|cell| *cell = "");
                    self.line(&cells, widths)
                }
                false => {
                    let line = self.line(&cells, widths);
                    format!("{}{}", style.strong(name), line.strip_prefix(name).unwrap_or(&line))
                }
            };
            before = name;
            text.push_str(&format!("{line}\n"));
        }
        text
    }

    fn line(&self, cells: &[&str], widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, width), (_, is_number)) in cells.iter().zip(widths).zip(&self.columns) {
            let space = " ".repeat(width.saturating_sub(length(cell)));
            let (before, after) = if *is_number { (space.as_str(), "") } else { ("", space.as_str()) };
            line.push_str(&format!("{before}{cell}{after}  "));
        }
        line.trim_end().to_owned()
    }

    /// Each row as a paragraph.
    fn blocks(&self, style: Style) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let mut cells = row.iter().zip(&self.columns);
            let name = cells.next().map(|(name, _)| name.as_str()).unwrap_or("");
            let said =
                cells.filter(|(cell, _)| *cell != NONE).map(|(cell, (column, _))| match column.as_str() {
                    "kind" | "class" => cell.clone(),
                    column => format!("{column} {cell}"),
                });
            text.push_str(&format!("{}\n", style.strong(name)));
            let said: Vec<String> = said.collect();
            for line in wrapped(&said.join(", "), style.width.saturating_sub(2)) {
                text.push_str(&format!("  {line}\n"));
            }
        }
        text
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// Words in lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
