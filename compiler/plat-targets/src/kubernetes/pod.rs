//! Pods. In: the specification of a group of platforms. Out: a pod with everything decided.

use super::names::{K8sName, LABEL_LENGTH, nearest};
use super::problems::{Problems, lossy, place, pod_security};
use super::quantity::seconds;
use super::scope::Subject;
use super::tree::{Labels, Pod, PodVolume, Selector, Variable, VariableValue};
use super::variation::Group;
use super::{bounds, placement, user, variables, words};
use plat_base::{Quantity, Severity};
use plat_model::{
    DataDirectory, EnvValue, Health, ImageRef, Origin, Sourced, Volume, VolumeSource, WorkloadKind,
    WorkloadSpec,
};
use std::borrow::Cow;

/// The pod of a group. `selector` finds its replicas; it is needed where there can be several.
pub(super) fn lower<'g>(
    problems: &mut Problems,
    subject: &Subject<'g>,
    group: &'g Group<'_>,
    labels: Labels<'g>,
    selector: Option<Selector<'g>>,
) -> Pod<'g> {
    let spec: &'g WorkloadSpec = &group.spec;
    words::check(problems, subject, spec);
    let platforms: Vec<_> =
        group.platforms.iter().filter_map(|p| subject.project.platforms.get(*p)).collect();
    let first = group.platforms.first().copied().unwrap_or(0);
    let (image, pull_always) = image(subject, spec);
    let user = user(problems, subject, spec, first);
    bounds::check(problems, subject, spec, user.as_ref());
    let config_hash = config_hash(subject, spec);
    words::check_annotations(problems, subject, spec, config_hash.is_some());
    let kind = subject.workload.kind;
    let serves = matches!(kind, WorkloadKind::Service | WorkloadKind::Stateful) && !spec.ports.is_empty();
    let drain = spec.drain.filter(|_| serves).and_then(|d| whole_seconds(problems, "drain", &d));
    let drain = drain.filter(|d| d.value > 0 && can_sleep(problems, subject, d.origin));
    Pod {
        container: subject.name.clone(),
        labels,
        spec,
        config_hash,
        image,
        image_parts: image_parts(subject, spec),
        pull_always,
        pull_secrets: &subject.place.environment.pull_secrets,
        env: environment(spec),
        fs_group: fs_group(spec, user.as_ref()),
        low_port: low_port(spec, user.as_ref()),
        user,
        volumes: volumes(spec, &written(subject, group)),
        nodes: placement::nodes(&platforms),
        tolerations: placement::tolerations(&platforms),
        spread: selector.filter(|_| most_replicas(spec) > 1),
        ends: matches!(kind, WorkloadKind::Job | WorkloadKind::Schedule),
        drain,
        grace: spec.grace.and_then(|g| whole_seconds(problems, "grace", &g)),
        probes: probes(problems, spec),
        ports: &spec.ports,
    }
}

/// Whether the cluster's version knows a pause before the end that needs no shell in the image.
fn can_sleep(problems: &mut Problems, subject: &Subject<'_>, origin: Origin) -> bool {
    let can = subject.options.minor >= 30;
    if !can {
        let message =
            "Kubernetes before 1.30 has no pause before a pod ends, so `drain` is left out".to_owned();
        let help = "set `drain = 0s`, or raise `kubernetes-version` of the output";
        problems.report(lossy(message, help, place(&[origin, subject.workload.origin])));
    }
    can
}

/// How many replicas there can be at most.
pub(super) fn most_replicas(spec: &WorkloadSpec) -> i64 {
    match &spec.scale {
        Some(scale) => scale.value.max.value,
        None => spec.replicas.as_ref().map_or(1, |r| r.value),
    }
}

/// How many replicas there are at least.
pub(super) fn least_replicas(spec: &WorkloadSpec) -> i64 {
    match &spec.scale {
        Some(scale) => scale.value.min.value,
        None => spec.replicas.as_ref().map_or(1, |r| r.value),
    }
}

/// A duration in the whole seconds that Kubernetes counts in.
pub(super) fn whole_seconds(
    problems: &mut Problems,
    field: &str,
    duration: &Sourced<Quantity>,
) -> Option<Sourced<i64>> {
    let (whole, rounded) = seconds(duration.value);
    if rounded {
        let message =
            format!("Kubernetes counts `{field}` in whole seconds: {} becomes {whole}s", duration.value);
        let help = format!("write `{field} = {whole}s`");
        problems.report(lossy(message, &help, place(&[duration.origin])).primary("no whole seconds"));
    }
    Some(Sourced::new(whole, duration.origin))
}

/// The reference of the image, and whether a node must ask for it each time.
fn image<'g>(subject: &Subject<'g>, spec: &'g WorkloadSpec) -> (Cow<'g, str>, bool) {
    match &spec.image.value {
        ImageRef::Built(at) => {
            let Some(image) = subject.project.images.get(*at) else { return (Cow::Borrowed(""), false) };
            let reference = match subject.registry {
                Some(registry) => {
                    let registry = registry.trim_end_matches('/');
                    Cow::Owned(format!("{registry}/{}:{}", image.repository.value, image.tag.value))
                }
                None => Cow::Borrowed(image.reference.as_str()),
            };
            (reference, image.tag.value == "latest")
        }
        ImageRef::Published(base) => {
            let mut reference = base.repository.clone();
            if !base.tag.is_empty() {
                reference.push(':');
                reference.push_str(&base.tag);
            }
            if let Some(digest) = &base.digest {
                reference.push('@');
                reference.push_str(digest);
            }
            let moves = base.digest.is_none() && (base.tag.is_empty() || base.tag == "latest");
            (Cow::Owned(reference), moves)
        }
    }
}

/// Where the parts of an image's reference are set, besides the image itself.
fn image_parts(subject: &Subject<'_>, spec: &WorkloadSpec) -> Vec<Origin> {
    let ImageRef::Built(at) = spec.image.value else { return Vec::new() };
    let Some(image) = subject.project.images.get(at) else { return Vec::new() };
    let registry = match &subject.place.environment.registry {
        Some(registry) => registry.origin,
        None => image.registry.as_ref().and_then(|r| r.origin),
    };
    vec![registry, image.repository.origin, image.tag.origin]
}

/// What the label `app.kubernetes.io/version` says.
pub(super) fn version<'g>(subject: &Subject<'g>, spec: &'g WorkloadSpec) -> Option<(&'g str, Origin)> {
    let (tag, origin) = match &spec.image.value {
        ImageRef::Built(at) => {
            let image = subject.project.images.get(*at)?;
            (image.tag.value.as_str(), image.tag.origin)
        }
        ImageRef::Published(base) => (base.tag.as_str(), spec.image.origin),
    };
    let useful = !tag.is_empty() && tag != "latest" && super::names::is_label_value(tag);
    useful.then_some((tag, origin))
}

fn user(
    problems: &mut Problems,
    subject: &Subject<'_>,
    spec: &WorkloadSpec,
    platform: usize,
) -> Option<Sourced<(i64, i64)>> {
    let user = user::of_pod(subject.project, spec, platform);
    if spec.security.standard.value != "restricted" {
        return user;
    }
    let name = &subject.workload.name;
    let built = matches!(spec.image.value, ImageRef::Built(_));
    let at = place(&[user.as_ref().and_then(|u| u.origin), spec.image.origin, subject.workload.origin]);
    match user {
        Some(u) if u.value.0 == 0 => {
            let message = format!("{name} would run as root, which Pod Security `restricted` refuses");
            let help = match spec.security.user {
                Some(_) => "set a number that is not 0, or `security { standard = baseline }`",
                None => "give its image a `user`, or set `security { standard = baseline }`",
            };
            problems.report(pod_security(Severity::Error, message, help, at).primary("this is root"));
        }
        None if built => {
            let message = format!(
                "the image of {name} has no user, so it would run as root, which Pod Security `restricted` refuses"
            );
            let help = "give the image a user: `user = { name = \"app\", uid = 10001 }`";
            problems.report(pod_security(Severity::Error, message, help, at));
        }
        None => {
            let message = format!(
                "nobody knows which user the published image of {name} runs as; the cluster refuses it if that is root or a name"
            );
            let help = "set `security { user = NUMBER }`";
            problems.report(pod_security(Severity::Warning, message, help, at));
        }
        Some(_) => {}
    }
    for capability in &spec.security.capabilities {
        if capability.value != "NET_BIND_SERVICE" {
            let message = format!("Pod Security `restricted` allows no capability `{}`", capability.value);
            let help = "leave it out, or set `security { standard = baseline }`";
            let at = place(&[capability.origin, subject.workload.origin]);
            problems.report(pod_security(Severity::Error, message, help, at));
        }
    }
    user
}

/// Volumes that were made by somebody else belong to root, unless they are given to a group.
fn fs_group(spec: &WorkloadSpec, user: Option<&Sourced<(i64, i64)>>) -> Option<Sourced<i64>> {
    let claims = spec.volumes.iter().any(|v| matches!(v.source, VolumeSource::Claim { .. }));
    match spec.security.fs_group {
        Some(group) => Some(group),
        None if claims || !spec.storage.is_empty() => user.map(|u| Sourced::new(u.value.1, u.origin)),
        None => None,
    }
}

/// A capability would not help: it is lost when the process becomes a user other than root.
fn low_port(spec: &WorkloadSpec, user: Option<&Sourced<(i64, i64)>>) -> Option<Sourced<i64>> {
    let root = user.is_some_and(|u| u.value.0 == 0)
        || (user.is_none() && spec.security.standard.value != "restricted");
    let low = spec.ports.iter().map(|p| p.number).filter(|n| n.value < 1024).min_by_key(|n| n.value);
    low.filter(|_| !root)
}

fn environment(spec: &WorkloadSpec) -> Vec<Variable<'_>> {
    let mut env = variables::lower(&spec.env);
    if let Some((data, origin)) = data_on_volume(spec) {
        let below = format!("{}/{}", data.path, data.variable.to_lowercase());
        let value = VariableValue::Text(below.into());
        env.push(Variable { name: data.variable.as_str().into(), value, origin });
    }
    env
}

/// The data directory of a published image that a volume is mounted at, unless the program has moved it.
fn data_on_volume(spec: &WorkloadSpec) -> Option<(&DataDirectory, Origin)> {
    let ImageRef::Published(base) = &spec.image.value else { return None };
    let data = base.data.as_ref()?;
    let mut mounts = spec.storage.iter().map(|s| &s.mount).chain(spec.volumes.iter().map(|v| &v.mount));
    let mount = mounts.find(|mount| mount.value == data.path)?;
    let moved = spec.env.iter().any(|v| v.name == data.variable);
    (!moved).then_some((data, mount.origin))
}

/// Directories besides `/tmp` that the image of a workload writes on some platform of the group. A published image's own
/// are writable already, unless the root file system is read only.
fn written<'g>(subject: &Subject<'g>, group: &'g Group<'_>) -> Vec<(&'g str, Origin)> {
    let spec: &'g WorkloadSpec = &group.spec;
    let read_only = spec.security.read_only_root.value;
    match &spec.image.value {
        ImageRef::Published(base) if read_only => {
            base.writes.iter().map(|path| (path.as_str(), spec.image.origin)).collect()
        }
        ImageRef::Published(_) => Vec::new(),
        ImageRef::Built(at) => {
            let Some(image) = subject.project.images.get(*at) else { return Vec::new() };
            let specs = group.platforms.iter().filter_map(|p| image.spec.get(*p, 0));
            let paths = specs.flat_map(|s| &s.writes);
            paths.map(|path| (path.value.as_str(), path.origin.or(spec.image.origin))).collect()
        }
    }
}

/// The volumes, with those that keep a read-only root file system from stopping the process.
fn volumes<'g>(spec: &'g WorkloadSpec, written: &[(&'g str, Origin)]) -> Vec<PodVolume<'g>> {
    let storage = spec.storage.iter().map(|s| PodVolume {
        name: Cow::Borrowed(s.name.as_str()),
        mount: &s.mount.value,
        read_only: false,
        source: None,
        origin: s.mount.origin,
    });
    let own = spec.volumes.iter().map(|v: &Volume| PodVolume {
        name: Cow::Borrowed(v.name.as_str()),
        mount: &v.mount.value,
        read_only: v.read_only,
        source: Some(Cow::Borrowed(&v.source)),
        origin: v.mount.origin,
    });
    let mut all: Vec<PodVolume<'_>> = storage.chain(own).collect();
    if spec.security.read_only_root.value {
        add_scratch(&mut all, "/tmp", spec.security.read_only_root.origin);
    }
    for (directory, origin) in written {
        add_scratch(&mut all, directory, *origin);
    }
    all
}

/// Adds an empty directory, unless something is mounted there or above.
fn add_scratch<'a>(all: &mut Vec<PodVolume<'a>>, directory: &'a str, origin: Origin) {
    let covers = |mount: &str| {
        let rest = directory.strip_prefix(mount.trim_end_matches('/'));
        rest.is_some_and(|r| r.is_empty() || r.starts_with('/'))
    };
    if all.iter().any(|v| covers(v.mount)) {
        return;
    }
    let last = directory.rsplit('/').next().unwrap_or(directory);
    let base = match K8sName::label(last, LABEL_LENGTH) {
        Ok(_) => Cow::Borrowed(last),
        Err(_) => nearest(last, LABEL_LENGTH - 4).map_or(Cow::Borrowed("scratch"), Cow::Owned),
    };
    let mut name = base.clone();
    let mut number = 1;
    while all.iter().any(|v| v.name == name) {
        number += 1;
        name = Cow::Owned(format!("{base}-{number}"));
    }
    let source = VolumeSource::Scratch { size: None, in_memory: false };
    all.push(PodVolume {
        name,
        mount: directory,
        read_only: false,
        source: Some(Cow::Owned(source)),
        origin,
    });
}

/// The probes, with what Kubernetes cannot do about them reported.
fn probes<'g>(problems: &mut Problems, spec: &'g WorkloadSpec) -> Vec<(&'static str, &'g Sourced<Health>)> {
    let all = [("startupProbe", &spec.start), ("livenessProbe", &spec.live), ("readinessProbe", &spec.ready)];
    let set: Vec<_> = all.into_iter().filter_map(|(key, h)| Some((key, h.as_ref()?))).collect();
    for (_, health) in &set {
        for (field, duration) in
            [("every", &health.every), ("timeout", &health.timeout), ("after", &health.after)]
        {
            if let Some(duration) = duration {
                whole_seconds(problems, field, duration);
            }
        }
    }
    set
}

/// A hash of what the configs say that the pod reads; FNV-1a, since it only has to change when they do.
fn config_hash(subject: &Subject<'_>, spec: &WorkloadSpec) -> Option<u64> {
    let mut names: Vec<&str> = Vec::new();
    let variables = spec.env.iter().filter_map(|v| match &v.value.value {
        EnvValue::Config { config, .. } => Some(config.as_str()),
        _ => None,
    });
    let volumes = spec.volumes.iter().filter_map(|v| match &v.source {
        VolumeSource::Config(config) => Some(config.as_str()),
        _ => None,
    });
    for name in variables.chain(volumes) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return None;
    }
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut feed = |text: &str| {
        // 0xff is no byte of UTF-8, so two texts never run together.
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for name in names {
        feed(name);
        for entry in subject.config_entries(name) {
            feed(&entry.key);
            feed(&entry.text.value);
        }
    }
    Some(hash)
}
