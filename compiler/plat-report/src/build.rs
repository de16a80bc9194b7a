//! From a project to its report.

use crate::amounts::{self, Amounts};
use crate::groups::{self, Shared};
use crate::{Cost, Environment, Group, Per, PriceNote, Range, Report, Runs, Total, Workload};
use plat_base::Rational;
use plat_model::{PriceList, Prices, Project, WorkloadKind, WorkloadSpec};

/// What a project asks for, with the costs by `prices`, if there are any.
pub fn report(project: &Project, prices: Option<&Prices>) -> Report {
    let list = prices.and_then(|p| p.spec.first());
    let note = prices.zip(list).map(|(prices, list)| PriceNote {
        name: prices.name.clone(),
        currency: list.currency.clone(),
        about: prices.doc.clone(),
    });
    let environments = 0..project.environments.len();
    Report {
        project: project.name.clone(),
        about: project.doc.clone(),
        prices: note,
        platforms: project.platforms.iter().map(|p| p.name.clone()).collect(),
        environments: environments.filter_map(|at| environment(project, prices, at)).collect(),
    }
}

fn environment(project: &Project, prices: Option<&Prices>, at: usize) -> Option<Environment> {
    let environment = project.environments.get(at)?;
    let mut workloads = Vec::new();
    let mut counted = Vec::new();
    for workload in &project.workloads {
        let groups = groups::groups(project, workload, at);
        let groups: Vec<Group> = groups
            .iter()
            .filter_map(|shared| group(workload.kind, shared, (prices, at), &mut counted))
            .collect();
        if !groups.is_empty() {
            let (name, about) = (workload.name.clone(), workload.doc.clone());
            workloads.push(Workload { name, about, kind: workload.kind, groups });
        }
    }
    let all: Vec<&Group> = workloads.iter().flat_map(|w| &w.groups).collect();
    let total =
        |fits: &dyn Fn(&Group) -> bool| Total::of(all.iter().copied().filter(|g| fits(g)), prices.is_some());
    let always = |g: &Group| matches!(g.runs, Runs::Replicas(_));
    let mut places: Vec<&[usize]> = Vec::new();
    for group in all.iter().filter(|g| always(g)) {
        if !places.contains(&group.platforms.as_slice()) {
            places.push(&group.platforms);
        }
    }
    // What is bound to one platform comes first, in the order of the platforms.
    places.sort_by_key(|place| (place.len(), place.to_vec()));
    let placements = places
        .iter()
        .map(|place| (place.to_vec(), total(&|g: &Group| always(g) && g.platforms.as_slice() == *place)));
    let placements = placements.collect();
    let running = total(&always);
    let per_node = total(&|g: &Group| g.runs == Runs::EachNode);
    let to_end = total(&|g: &Group| matches!(g.runs, Runs::Once | Runs::Schedule(..)));
    Some(Environment {
        name: environment.name.clone(),
        about: environment.doc.clone(),
        namespace: environment.namespace.as_ref().map(|n| n.value.clone()),
        workloads,
        running,
        per_node,
        to_end,
        placements,
    })
}

/// Pods that are equal on their platforms; where they are made equal, each amount is the largest of any platform.
/// `counted` are the claims that groups before mount as well.
fn group<'s>(
    kind: WorkloadKind,
    shared: &Shared<'s>,
    (prices, at): (Option<&Prices>, usize),
    counted: &mut Vec<&'s str>,
) -> Option<Group> {
    let (_, first) = shared.first()?;
    let (mut requests, mut limits) = (Amounts::default(), Amounts::default());
    let (mut claims, mut existing) = (0, 0_i128);
    for (_, spec) in shared {
        for (name, size) in amounts::existing(spec) {
            if !counted.contains(&name) {
                counted.push(name);
                existing = existing.saturating_add(size);
            }
        }
        let (requested, limited) = amounts::of_pod(spec);
        (requests, limits) = (requests.larger(requested), limits.larger(limited));
        claims = claims.max(amounts::claimed(spec));
    }
    let mut group = Group {
        platforms: shared.iter().map(|(platform, _)| *platform).collect(),
        runs: runs(kind, first, shared),
        requests,
        limits,
        claims,
        existing,
        qos: amounts::qos(requests, limits),
        cost: None,
    };
    group.cost = prices.and_then(|prices| cost(&group, prices, at));
    Some(group)
}

fn runs(kind: WorkloadKind, first: &WorkloadSpec, shared: &Shared<'_>) -> Runs {
    match kind {
        WorkloadKind::Daemon => Runs::EachNode,
        WorkloadKind::Job => Runs::Once,
        WorkloadKind::Schedule => {
            let text = |field: &Option<plat_model::Sourced<String>>| {
                field.as_ref().map(|f| f.value.clone()).unwrap_or_default()
            };
            Runs::Schedule(text(&first.schedule), text(&first.time_zone))
        }
        WorkloadKind::Service | WorkloadKind::Stateful => {
            let replicas = shared.iter().map(|(_, spec)| replicas(spec));
            let most = |a: Range<i64>, b: Range<i64>| Range { min: a.min.max(b.min), max: a.max.max(b.max) };
            Runs::Replicas(replicas.reduce(most).unwrap_or_default())
        }
    }
}

/// How many replicas a service has: those it is scaled between, those it says, or one.
fn replicas(spec: &WorkloadSpec) -> Range<i64> {
    match (&spec.scale, &spec.replicas) {
        (Some(scale), _) => Range { min: scale.value.min.value, max: scale.value.max.value },
        (None, Some(replicas)) => Range::of(replicas.value),
        (None, None) => Range::of(1),
    }
}

/// What a group costs: the fewest pods where they are cheapest, the most where they are dearest.
fn cost(group: &Group, prices: &Prices, environment: usize) -> Option<Cost> {
    let per = match group.runs {
        Runs::Replicas(_) => Per::Month,
        Runs::EachNode => Per::NodeMonth,
        Runs::Once | Runs::Schedule(..) => Per::Hour,
    };
    let (mut each, mut once): (Vec<Rational>, Vec<Rational>) = (Vec::new(), Vec::new());
    for platform in &group.platforms {
        let list = prices.spec.get(*platform, environment)?;
        let by = match per {
            Per::Hour => list.hours_per_month,
            Per::Month | Per::NodeMonth => Rational::whole(1),
        };
        each.push(of_pod(group, list)?.div(by)?);
        once.push(storage(group.existing, list)?.div(by)?);
    }
    let pods = group.pods();
    let min = each.iter().min()?.mul(Rational::whole(pods.min))?.add(*once.iter().min()?)?;
    let max = each.iter().max()?.mul(Rational::whole(pods.max))?.add(*once.iter().max()?)?;
    Some(Cost { per, amount: Range { min, max } })
}

const GIB: i128 = 1 << 30;

/// What so many bytes of storage cost in a month.
fn storage(bytes: i128, list: &PriceList) -> Option<Rational> {
    Rational::new(bytes, GIB)?.mul(list.storage_gib_month)
}

/// What one pod costs in a month.
fn of_pod(group: &Group, list: &PriceList) -> Option<Rational> {
    const MILLIS: i128 = 1000;
    let hours = list.hours_per_month;
    let price = |amount: Option<i128>, unit: i128, price: Rational| {
        Rational::new(amount.unwrap_or(0), unit)?.mul(price)
    };
    let parts = [
        price(group.requests.cpu, MILLIS, list.core_hour)?.mul(hours)?,
        price(group.requests.memory, GIB, list.memory_gib_hour)?.mul(hours)?,
        price(group.requests.ephemeral, GIB, list.ephemeral_gib_month)?,
        storage(group.claims, list)?,
    ];
    parts.into_iter().try_fold(Rational::ZERO, Rational::add)
}
