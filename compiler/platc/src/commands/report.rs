//! `platc report`: what a project asks for and what that costs, as a table, as JSON or as a page.

use crate::args::{DemandArgs, DemandFormat};
use crate::console::{colours_out, width};
use crate::session::{Session, Status, status_of};
use plat_base::closest;
use plat_driver::{Failure, Goal, World, slashed};
use plat_model::{Prices, Project};
use plat_report::{Style, json, page, report, table};

pub(super) fn run(session: &mut Session, args: &DemandArgs) -> Result<Status, Failure> {
    let mut request = session.request(Goal::Verify, &args.program);
    request.environments.clone_from(&args.env);
    request.platforms.clone_from(&args.platform);
    let outcome = session.run(&request)?;
    if status_of(&outcome) != Status::Clean {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    let nothing = Project::default();
    let project = outcome.project.as_ref().unwrap_or(&nothing);
    let report = report(project, prices(project, args.prices.as_deref())?);
    let to_file = args.output.is_some();
    let style = Style { width: width(), colours: !to_file && colours_out() };
    let text = match args.format {
        DemandFormat::Human => table(&report, style),
        DemandFormat::Json => json(&report),
        DemandFormat::Html => page(&report),
    };
    match &args.output {
        None => session.console.out(&text),
        Some(file) => {
            let path = session.cwd.join(file);
            session.world.write(&path, text.as_bytes()).map_err(|e| Failure::io("write", file, &e))?;
            session.say(&format!("wrote {}", slashed(file)));
        }
    }
    Ok(Status::Clean)
}

/// The prices that were asked for, or else the first that are declared.
fn prices<'a>(project: &'a Project, asked: Option<&str>) -> Result<Option<&'a Prices>, Failure> {
    let Some(asked) = asked else { return Ok(project.prices.first()) };
    let names: Vec<&str> = project.prices.iter().map(|p| p.name.as_str()).collect();
    let found = project.prices.iter().find(|p| p.name == asked);
    found.map(Some).ok_or_else(|| {
        let failure = Failure::misuse(format!("this project declares no prices `{asked}`"));
        match closest(asked, names.iter().copied()) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => {
                failure.help(format!("write `prices {asked} {{ currency = \"EUR\", core-hour = 0.04 }}`"))
            }
            None => failure.help(format!("it declares {}", names.join(", "))),
        }
    })
}
