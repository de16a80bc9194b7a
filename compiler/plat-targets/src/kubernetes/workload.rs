//! Workloads. In: one workload in one environment. Out: its objects, in the order in which they are applied.

use super::names::{K8sName, LABEL_LENGTH, WORKLOAD_LENGTH};
use super::pod::{self, least_replicas, most_replicas, version, whole_seconds};
use super::problems::{Problems, bad_name, bad_word, lossy, place};
use super::scope::Subject;
use super::tree::{
    Body, CronJob, DaemonSet, Deployment, Job, Labels, Meta, Object, Pod, Selector, Service, StatefulSet,
};
use super::variation::Group;
use super::{network, route};
use plat_model::{Origin, RolloutStrategy, Sourced, WorkloadKind, WorkloadSpec};
use std::borrow::Cow;

/// What a sort of workload is called in a message.
pub(super) fn kind_name(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::Service => "service",
        WorkloadKind::Stateful => "stateful",
        WorkloadKind::Daemon => "daemon",
        WorkloadKind::Job => "job",
        WorkloadKind::Schedule => "schedule",
    }
}

/// The objects of a workload that is the same on the platforms of each group.
pub(super) fn lower<'g>(
    problems: &mut Problems,
    subject: &Subject<'g>,
    groups: &'g [Group<'_>],
    needed_by: &[(&'g str, Origin)],
) -> Vec<Object<'g>> {
    let Some(first) = groups.first() else { return Vec::new() };
    let spec: &'g WorkloadSpec = &first.spec;
    let mut objects = Vec::with_capacity(4 + 3 * groups.len());
    if spec.account.create {
        objects.extend(account(problems, subject, spec));
    }
    if matches!(subject.workload.kind, WorkloadKind::Service | WorkloadKind::Stateful) {
        objects.extend(services(problems, subject, spec));
    }
    for group in groups {
        let Some(instance) = instance(problems, subject, group, groups.len() > 1) else { continue };
        controller(problems, subject, group, instance, &mut objects);
    }
    if spec.network.as_ref().is_some_and(|n| n.isolate) {
        objects.push(network::policy(subject, spec, needed_by));
    }
    objects.extend(route::lower(subject, spec));
    objects
}

/// The name of what belongs to one group: that of the workload, with those of the platforms if there are others.
fn instance<'g>(
    problems: &mut Problems,
    subject: &Subject<'g>,
    group: &Group<'_>,
    split: bool,
) -> Option<K8sName<'g>> {
    if !split {
        return Some(subject.name.clone());
    }
    let mut name = subject.workload.name.clone();
    for platform in group.platforms.iter().filter_map(|p| subject.project.platforms.get(*p)) {
        name.push('-');
        name.push_str(&platform.name);
    }
    match K8sName::label(name.clone(), WORKLOAD_LENGTH) {
        Ok(name) => Some(name),
        Err(error) => {
            let at = place(&[subject.workload.origin]);
            let what = "the pods of one platform,";
            problems.report(bad_name(what, &name, &error, WORKLOAD_LENGTH, at));
            None
        }
    }
}

fn labels<'g>(subject: &Subject<'g>, spec: &'g WorkloadSpec, instance: Option<K8sName<'g>>) -> Labels<'g> {
    Labels {
        name: &subject.workload.name,
        instance,
        version: None,
        part_of: subject.place.part_of,
        project: subject.place.project,
        further: &spec.labels,
    }
}

/// The head of an object that all platforms share.
pub(super) fn shared_meta<'g>(subject: &Subject<'g>, spec: &'g WorkloadSpec, origin: Origin) -> Meta<'g> {
    Meta {
        name: subject.name.clone(),
        namespace: subject.place.environment.namespace.as_ref(),
        labels: labels(subject, spec, None),
        annotations: Vec::new(),
        origin: origin.or(subject.workload.origin),
    }
}

fn account<'g>(problems: &mut Problems, subject: &Subject<'g>, spec: &'g WorkloadSpec) -> Option<Object<'g>> {
    let account = &spec.account;
    let name = match K8sName::subdomain(account.name.as_str()) {
        Ok(name) => name,
        Err(error) => {
            let at = place(&[subject.workload.origin]);
            problems.report(bad_name("account", &account.name, &error, LABEL_LENGTH, at));
            return None;
        }
    };
    let mut meta = shared_meta(subject, spec, None);
    meta.name = name;
    meta.annotations = account
        .annotations
        .iter()
        .map(|(k, v)| (k.as_str(), Cow::Borrowed(v.value.as_str()), v.origin))
        .collect();
    Some(Object { meta, body: Body::ServiceAccount(account) })
}

/// The Service, if it listens on anything, and the headless one that names the pods of a stateful workload.
fn services<'g>(problems: &mut Problems, subject: &Subject<'g>, spec: &'g WorkloadSpec) -> Vec<Object<'g>> {
    let selector = Selector { name: &subject.workload.name, instance: None };
    let ports = network::service_ports(problems, subject, spec);
    let origin = spec.expose.as_ref().and_then(|e| e.origin);
    let mut objects = Vec::new();
    if !ports.is_empty() {
        let body = Body::Service(Service { selector: selector.clone(), ports, headless: false });
        objects.push(Object { meta: shared_meta(subject, spec, origin), body });
    }
    if subject.workload.kind == WorkloadKind::Stateful
        && let Some(name) = headless_name(problems, subject)
    {
        let ports = spec.ports.iter().map(|p| (p.name.as_str(), p.number.value, p.number.origin)).collect();
        let mut meta = shared_meta(subject, spec, None);
        meta.name = name;
        objects.push(Object { meta, body: Body::Service(Service { selector, ports, headless: true }) });
    }
    objects
}

fn headless_name<'g>(problems: &mut Problems, subject: &Subject<'g>) -> Option<K8sName<'g>> {
    let name = format!("{}-headless", subject.workload.name);
    K8sName::service(name.clone(), LABEL_LENGTH)
        .inspect_err(|error| {
            let at = place(&[subject.workload.origin]);
            problems.report(bad_name("stateful", &name, error, LABEL_LENGTH, at));
        })
        .ok()
}

/// The controller of a group, with its autoscaler and its budget.
fn controller<'g>(
    problems: &mut Problems,
    subject: &Subject<'g>,
    group: &'g Group<'_>,
    instance: K8sName<'g>,
    objects: &mut Vec<Object<'g>>,
) {
    let spec: &'g WorkloadSpec = &group.spec;
    let name: &'g str = &subject.workload.name;
    let selector = Selector { name, instance: Some(instance.clone()) };
    let mut labels = labels(subject, spec, Some(instance.clone()));
    let unversioned = labels.clone();
    labels.version = version(subject, spec);
    let meta = |labels: &Labels<'g>, origin: Origin| Meta {
        name: instance.clone(),
        namespace: subject.place.environment.namespace.as_ref(),
        labels: labels.clone(),
        annotations: Vec::new(),
        origin: origin.or(subject.workload.origin),
    };
    let pod = pod::lower(problems, subject, group, labels.clone(), Some(selector.clone()));
    let (target, body) = body(problems, subject, spec, selector.clone(), labels.clone(), pod);
    let Some(body) = body else { return };
    objects.push(Object { meta: meta(&labels, None), body });
    if !matches!(subject.workload.kind, WorkloadKind::Service | WorkloadKind::Stateful) {
        return;
    }
    if let Some(scale) = &spec.scale {
        check_scale(problems, scale);
        objects.push(Object {
            meta: meta(&unversioned, scale.origin),
            body: Body::Autoscaler { target, scale },
        });
    }
    if let Some(limit) = budget(spec) {
        let origin = spec.disruption.as_ref().and_then(|d| d.origin);
        objects.push(Object { meta: meta(&unversioned, origin), body: Body::Budget { selector, limit } });
    }
}

/// The controller itself, with the kind that an autoscaler names.
fn body<'g>(
    problems: &mut Problems,
    subject: &Subject<'g>,
    spec: &'g WorkloadSpec,
    selector: Selector<'g>,
    labels: Labels<'g>,
    pod: Pod<'g>,
) -> (&'static str, Option<Body<'g>>) {
    let replicas = match spec.scale {
        Some(_) => None,
        None => Some(spec.replicas.unwrap_or(Sourced::new(1, None))),
    };
    let rollout = &spec.rollout;
    match subject.workload.kind {
        WorkloadKind::Service => {
            ("Deployment", Some(Body::Deployment(Deployment { replicas, selector, rollout, pod })))
        }
        WorkloadKind::Stateful => {
            let recreate = rollout.strategy.value == RolloutStrategy::Recreate;
            if recreate {
                let message = format!(
                    "Kubernetes replaces the replicas of {} one after the other, not all at once",
                    subject.workload.name
                );
                let at = place(&[rollout.strategy.origin, subject.workload.origin]);
                problems.report(lossy(message, "leave `rollout.strategy` at `rolling`", at));
            }
            let service = headless_name(problems, subject);
            let body = service.map(|service| {
                Body::StatefulSet(StatefulSet { replicas, selector, service, claims: &spec.storage, pod })
            });
            ("StatefulSet", body)
        }
        WorkloadKind::Daemon => ("DaemonSet", Some(Body::DaemonSet(DaemonSet { selector, rollout, pod }))),
        WorkloadKind::Job => ("Job", Some(Body::Job(Job { spec, pod }))),
        WorkloadKind::Schedule => ("CronJob", cron_job(problems, subject, spec, labels, pod)),
    }
}

fn cron_job<'g>(
    problems: &mut Problems,
    subject: &Subject<'g>,
    spec: &'g WorkloadSpec,
    labels: Labels<'g>,
    pod: Pod<'g>,
) -> Option<Body<'g>> {
    let Some(cron) = &spec.schedule else {
        let at = place(&[subject.workload.origin]);
        let rule = "set `cron`: minute, hour, day of the month, month, day of the week";
        problems.report(bad_word("a schedule without `cron`", &subject.workload.name, rule, at));
        return None;
    };
    Some(Body::CronJob(CronJob {
        cron,
        time_zone: spec.time_zone.as_ref(),
        overlap: spec.overlap,
        start_within: spec.start_within.and_then(|d| whole_seconds(problems, "start-within", &d)),
        labels,
        job: Job { spec, pod },
    }))
}

/// The limit of a budget, if it protects anything: with one replica at most, or all of them allowed to be away, there
/// is nothing that it could keep, and where it has to stay it would stop every maintenance.
fn budget(spec: &WorkloadSpec) -> Option<(&'static str, &Sourced<String>)> {
    let disruption = spec.disruption.as_ref()?;
    if let Some(least) = &disruption.min_available {
        return Some(("minAvailable", least));
    }
    let most = disruption.max_unavailable.as_ref()?;
    if most_replicas(spec) < 2 || most.value == "100%" {
        return None;
    }
    let all = most.value.parse::<i64>().is_ok_and(|n| n >= least_replicas(spec) && spec.scale.is_none());
    (!all).then_some(("maxUnavailable", most))
}

fn check_scale(problems: &mut Problems, scale: &Sourced<plat_model::Scale>) {
    for (field, share) in [("cpu", &scale.value.cpu), ("memory", &scale.value.memory)] {
        let Some(share) = share else { continue };
        let (whole, rounded) = super::quantity::percent(share.value);
        if rounded {
            let message = format!("Kubernetes scales at whole percentages: {} becomes {whole}%", share.value);
            let help = format!("write `{field} = {whole}%`");
            problems.report(lossy(message, &help, place(&[share.origin, scale.origin])));
        }
    }
}
