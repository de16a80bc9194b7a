//! Variation between platforms: which of them can share one object. In: a workload's specifications in one
//! environment. Out: groups of platforms, each with one specification. Only what pods and their controllers contain
//! is compared; thresholds, for one, make no difference here.

use super::problems::{Problems, place, varies};
use plat_base::{Diagnostic, Quantity, Span};
use plat_model::{
    AcrossPlatforms, EnvVar, Origin, Project, Quota, Sourced, Workload, WorkloadKind, WorkloadSpec,
};
use std::borrow::Cow;

/// Platforms that share their objects.
pub(super) struct Group<'a> {
    /// Positions in the project, in its order.
    pub(super) platforms: Vec<usize>,
    pub(super) spec: Cow<'a, WorkloadSpec>,
}

/// A field with two values.
pub(super) struct Difference {
    /// As the user would write it: `env.JAVA_TOOL_OPTIONS`.
    pub(super) field: String,
    pub(super) left: Origin,
    pub(super) right: Origin,
}

fn difference(field: impl Into<String>, left: Origin, right: Origin) -> Option<Difference> {
    Some(Difference { field: field.into(), left, right })
}

/// The groups of a workload in an environment; none if it does not exist there or an error was reported.
pub(super) fn groups<'a>(
    project: &'a Project,
    workload: &'a Workload,
    environment: usize,
    problems: &mut Problems,
) -> Vec<Group<'a>> {
    let specs: Vec<(usize, &'a WorkloadSpec)> = (0..project.platforms.len())
        .filter_map(|p| workload.spec.get(p, environment).map(|s| (p, s.as_ref())))
        .collect();
    let Some((first_platform, first)) = specs.first().copied() else { return Vec::new() };
    let at = place(&[workload.origin]);
    for (_, spec) in specs.iter().skip(1) {
        if let Some(d) = fixed_difference(first, spec) {
            let help = "set it to one value for all platforms";
            problems.report(varies(&workload.name, &d, "there is one of it for all of them", help, at));
            return Vec::new();
        }
    }
    // A job that runs to its end must not run once per platform.
    let ends = matches!(workload.kind, WorkloadKind::Job | WorkloadKind::Schedule);
    if ends || first.across_platforms == AcrossPlatforms::Envelope {
        return envelope(project, workload, &specs, problems).into_iter().collect();
    }
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut users = Vec::new();
    for (platform, spec) in specs {
        let user = super::user::of_image(project, &spec.image, platform).map(|u| u.value);
        let same = groups.iter_mut().zip(&users).find(|(g, u)| **u == user && equal(&g.spec, spec));
        match same {
            Some((group, _)) => group.platforms.push(platform),
            None => {
                groups.push(Group { platforms: vec![platform], spec: Cow::Borrowed(spec) });
                users.push(user);
            }
        }
    }
    debug_assert!(groups.first().is_some_and(|g| g.platforms.first() == Some(&first_platform)));
    if let [one, other, ..] = groups.as_slice()
        && workload.kind == WorkloadKind::Stateful
        && !first.storage.is_empty()
    {
        problems.report(split_storage(workload, &one.spec, &other.spec, at));
        return Vec::new();
    }
    groups
}

/// Each group of platforms would keep data of its own, and a request would reach the one or the other.
fn split_storage(workload: &Workload, one: &WorkloadSpec, other: &WorkloadSpec, at: Span) -> Diagnostic {
    let d = pod_difference(one, other).unwrap_or(Difference {
        field: "image.user".to_owned(),
        left: one.image.origin,
        right: other.image.origin,
    });
    let why = "it would be split with all its data, and requests would reach the one part or the other";
    let help = "make it the same for all platforms, or set `across-platforms = envelope`";
    varies(&workload.name, &d, why, help, at)
}

fn equal(a: &WorkloadSpec, b: &WorkloadSpec) -> bool {
    std::ptr::eq(a, b) || pod_difference(a, b).is_none()
}

/// One specification with the largest of each quantity.
fn envelope<'a>(
    project: &'a Project,
    workload: &'a Workload,
    specs: &[(usize, &'a WorkloadSpec)],
    problems: &mut Problems,
) -> Option<Group<'a>> {
    let (first_platform, first) = specs.first().copied()?;
    let platforms = specs.iter().map(|(p, _)| *p).collect();
    if specs.iter().all(|(_, s)| equal(first, s)) {
        return Some(Group { platforms, spec: Cow::Borrowed(first) });
    }
    let mut merged = first.clone();
    specs.iter().skip(1).for_each(|(_, s)| enlarge(&mut merged, s));
    for (platform, spec) in specs.iter().skip(1) {
        let mut other = (*spec).clone();
        enlarge(&mut other, &merged);
        let users = super::user::of_image(project, &first.image, first_platform).zip(super::user::of_image(
            project,
            &spec.image,
            *platform,
        ));
        let users = users.filter(|(a, b)| a != b);
        let user = users.and_then(|(a, b)| difference("image.user", a.origin, b.origin));
        if let Some(d) = pod_difference(&merged, &other).or(user) {
            let at = place(&[workload.origin]);
            let (why, help) = match workload.kind {
                WorkloadKind::Job | WorkloadKind::Schedule => (
                    "a job runs once, on any of them, and only quantities can be made to fit all",
                    "make it the same for all platforms, or declare one job per platform",
                ),
                _ => (
                    "`across-platforms = envelope` can only join quantities",
                    "make it the same for all platforms, or leave `across-platforms` at `split`",
                ),
            };
            problems.report(varies(&workload.name, &d, why, help, at));
            return None;
        }
    }
    Some(Group { platforms, spec: Cow::Owned(merged) })
}

/// Raises each quantity of `into` to that of `from`.
fn enlarge(into: &mut WorkloadSpec, from: &WorkloadSpec) {
    if let (Some(a), Some(b)) = (&mut into.resources, &from.resources) {
        enlarge_quota(&mut a.requests, &b.requests);
        enlarge_quota(&mut a.limits, &b.limits);
    }
    for (a, b) in into.storage.iter_mut().zip(&from.storage) {
        if b.size.amount > a.size.amount {
            a.size = b.size;
        }
    }
    enlarge_number(&mut into.replicas, &from.replicas);
    if let (Some(a), Some(b)) = (&mut into.scale, &from.scale) {
        a.value.min = larger(&a.value.min, &b.value.min);
        a.value.max = larger(&a.value.max, &b.value.max);
    }
    enlarge_quantity(&mut into.deadline, &from.deadline);
    enlarge_quantity(&mut into.grace, &from.grace);
}

fn enlarge_quota(into: &mut Quota, from: &Quota) {
    enlarge_quantity(&mut into.cpu, &from.cpu);
    enlarge_quantity(&mut into.memory, &from.memory);
    enlarge_quantity(&mut into.ephemeral_storage, &from.ephemeral_storage);
}

fn enlarge_quantity(into: &mut Option<Sourced<Quantity>>, from: &Option<Sourced<Quantity>>) {
    if let (Some(a), Some(b)) = (into, from)
        && b.amount > a.amount
    {
        *a = *b;
    }
}

fn enlarge_number(into: &mut Option<Sourced<i64>>, from: &Option<Sourced<i64>>) {
    if let (Some(a), Some(b)) = (into, from) {
        *a = larger(a, b);
    }
}

fn larger(a: &Sourced<i64>, b: &Sourced<i64>) -> Sourced<i64> {
    if b.value > a.value { *b } else { *a }
}

/// Where a value is set, or where something near it is.
trait Placed {
    fn origin(&self) -> Origin;
}

impl<T> Placed for Sourced<T> {
    fn origin(&self) -> Origin {
        self.origin
    }
}

impl<T: Placed> Placed for Option<T> {
    fn origin(&self) -> Origin {
        self.as_ref().and_then(Placed::origin)
    }
}

impl<T> Placed for [(String, Sourced<T>)] {
    fn origin(&self) -> Origin {
        self.iter().find_map(|(_, v)| v.origin)
    }
}

/// Compares sourced fields by name; returns from the function at the first that differs.
macro_rules! compare {
    ($a:expr, $b:expr; $($field:ident as $name:literal),* $(,)?) => {$(
        if $a.$field != $b.$field {
            return difference($name, $a.$field.origin(), $b.$field.origin());
        }
    )*};
}

/// The first field of pods and their controllers in which two specifications differ.
pub(super) fn pod_difference(a: &WorkloadSpec, b: &WorkloadSpec) -> Option<Difference> {
    compare!(a, b; image as "image", command as "command", args as "args");
    if a.env != b.env {
        return env_difference(&a.env, &b.env);
    }
    if a.resources != b.resources {
        let (left, right) = (resources_origin(a), resources_origin(b));
        return difference("resources", left, right);
    }
    if a.volumes != b.volumes {
        let origin = |s: &WorkloadSpec| s.volumes.iter().find_map(|v| v.mount.origin);
        return difference("volumes", origin(a), origin(b));
    }
    if a.storage != b.storage {
        let origin = |s: &WorkloadSpec| s.storage.iter().find_map(|v| v.size.origin);
        return difference("storage", origin(a), origin(b));
    }
    compare!(a, b; live as "health.live", ready as "health.ready", start as "health.start");
    compare!(a, b; replicas as "replicas", scale as "scale", drain as "drain", grace as "grace");
    compare!(a, b; annotations as "annotations", retries as "retries", deadline as "deadline", keep as "keep");
    if a.rollout != b.rollout {
        return difference("rollout", a.rollout.strategy.origin, b.rollout.strategy.origin);
    }
    if a.security != b.security {
        return difference("security", a.security.standard.origin, b.security.standard.origin);
    }
    None
}

fn env_difference(a: &[EnvVar], b: &[EnvVar]) -> Option<Difference> {
    let other = a.iter().zip(b).find(|(x, y)| x != y);
    if let Some((x, y)) = other {
        if x.name == y.name {
            return difference(format!("env.{}", x.name), x.value.origin, y.value.origin);
        }
        return difference("env", x.value.origin, y.value.origin);
    }
    let longer = if a.len() > b.len() { a.get(b.len()) } else { b.get(a.len()) };
    let extra = longer?;
    difference(format!("env.{}", extra.name), extra.value.origin, None)
}

fn resources_origin(spec: &WorkloadSpec) -> Origin {
    let r = spec.resources.as_ref()?;
    [&r.requests, &r.limits].into_iter().find_map(|q| q.memory.origin().or(q.cpu.origin()))
}

/// The first field in which two specifications differ of those that one object has for all platforms.
fn fixed_difference(a: &WorkloadSpec, b: &WorkloadSpec) -> Option<Difference> {
    if std::ptr::eq(a, b) {
        return None;
    }
    if a.ports != b.ports {
        let other = a.ports.iter().zip(&b.ports).find(|(x, y)| x != y);
        let (left, right) = other.map_or((None, None), |(x, y)| (x.number.origin, y.number.origin));
        return difference("ports", left, right);
    }
    compare!(a, b; expose as "expose", labels as "labels", schedule as "cron", time_zone as "time-zone");
    compare!(a, b; overlap as "overlap", start_within as "start-within");
    if a.disruption != b.disruption {
        let origin = |s: &WorkloadSpec| s.disruption.as_ref().and_then(|d| d.origin);
        return difference("disruption", origin(a), origin(b));
    }
    if a.account != b.account {
        return difference("account", None, None);
    }
    if a.network != b.network {
        return difference("network", None, None);
    }
    if a.needs != b.needs {
        let origin = |s: &WorkloadSpec| s.needs.iter().find_map(|n| n.origin);
        return difference("needs", origin(a), origin(b));
    }
    if a.across_platforms != b.across_platforms {
        return difference("across-platforms", None, None);
    }
    None
}
