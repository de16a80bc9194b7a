//! Services' ports, and who may talk to whom.

use super::problems::{Problems, place, refused};
use super::scope::Subject;
use super::tree::{Body, NetworkPolicy, Object, Selector};
use super::workload::shared_meta;
use plat_model::{Origin, Port, WorkloadSpec};

/// The ports of the Service: each under its own number, but the exposed one under the number that others use.
pub(super) fn service_ports<'g>(
    problems: &mut Problems,
    subject: &Subject<'g>,
    spec: &'g WorkloadSpec,
) -> Vec<(&'g str, i64, Origin)> {
    let mut ports: Vec<(&'g str, i64, Origin)> = Vec::with_capacity(spec.ports.len());
    for port in &spec.ports {
        let at = place(&[port.number.origin, subject.workload.origin]);
        let exposed = spec.expose.as_ref().filter(|e| e.value.to.value == port.number.value);
        let (number, origin) = match exposed {
            Some(e) => (e.value.port.value, e.value.port.origin.or(e.origin)),
            None => (port.number.value, port.number.origin),
        };
        if let Some((other, _, _)) = ports.iter().find(|(_, n, _)| *n == number) {
            let message = format!(
                "the ports `{other}` and `{}` of {} would both be reached as {number}",
                port.name, subject.workload.name
            );
            problems.report(refused(message, "expose it under another number", at));
        }
        ports.push((&port.name, number, origin));
    }
    ports
}

/// The name of the exposed port.
pub(super) fn exposed_port(spec: &WorkloadSpec) -> Option<&Port> {
    let to = spec.expose.as_ref()?.value.to.value;
    spec.ports.iter().find(|p| p.number.value == to)
}

/// The policy of a workload that only talks to those with whom it has to.
pub(super) fn policy<'g>(
    subject: &Subject<'g>,
    spec: &'g WorkloadSpec,
    needed_by: &[(&'g str, Origin)],
) -> Object<'g> {
    let to = spec.needs.iter().filter_map(|need| {
        let other = subject.index.workload(subject.project, &need.value)?;
        let there =
            (0..subject.project.platforms.len()).find_map(|p| other.spec.get(p, subject.place.index))?;
        Some((other.name.as_str(), there.ports.as_slice(), need.origin))
    });
    let public = spec.expose.as_ref().and_then(|e| e.value.host.as_ref());
    let policy = NetworkPolicy {
        selector: Selector { name: &subject.workload.name, instance: None },
        from: needed_by.to_vec(),
        ports: &spec.ports,
        public: public.and_then(|host| Some((exposed_port(spec)?.name.as_str(), host.origin))),
        to: to.collect(),
        outside: spec.network.as_ref().is_none_or(|n| n.outside),
    };
    Object { meta: shared_meta(subject, spec, None), body: Body::NetworkPolicy(policy) }
}
