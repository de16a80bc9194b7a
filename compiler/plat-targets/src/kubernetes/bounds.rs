//! What the API server takes of numbers: counts, shares, times and sizes. In: the specification of a workload. Out:
//! diagnostics for what it would refuse, each at the line that says it.

use super::problems::{Problems, place, refused};
use super::quantity::seconds;
use super::scope::Subject;
use plat_base::Quantity;
use plat_model::{
    Health, Origin, Probe, RolloutStrategy, Scale, Sourced, VolumeSource, WorkloadKind, WorkloadSpec,
};

/// Most numbers of Kubernetes have 32 bits.
const MOST: i64 = i32::MAX as i64;

/// Reports numbers that the API server would refuse. `user` is who its containers run as, and their group.
pub(super) fn check(
    problems: &mut Problems,
    subject: &Subject<'_>,
    spec: &WorkloadSpec,
    user: Option<&Sourced<(i64, i64)>>,
) {
    let kind = subject.workload.kind;
    let mut judge = Judge { problems, of: &subject.workload.name, declared: subject.workload.origin };
    match kind {
        WorkloadKind::Service | WorkloadKind::Stateful => judge.service(spec),
        WorkloadKind::Daemon => {}
        WorkloadKind::Job | WorkloadKind::Schedule => judge.job(spec),
    }
    if matches!(kind, WorkloadKind::Service | WorkloadKind::Daemon) {
        judge.rollout(spec, kind);
    }
    judge.time("grace", spec.grace.as_ref(), 0, i64::MAX);
    judge.sizes(spec);
    judge.user("user", user.map(|u| Sourced::new(u.value.0, u.origin)));
    judge.user(
        "group",
        user.map(|u| Sourced::new(u.value.1, spec.security.group.map_or(u.origin, |g| g.origin))),
    );
    judge.user("fs-group", spec.security.fs_group);
    for (name, health) in [("live", &spec.live), ("ready", &spec.ready), ("start", &spec.start)] {
        if let Some(health) = health {
            judge.health(name, health);
        }
    }
}

struct Judge<'j> {
    problems: &'j mut Problems,
    /// The workload.
    of: &'j str,
    declared: Origin,
}

impl Judge<'_> {
    fn service(&mut self, spec: &WorkloadSpec) {
        if let Some(replicas) = spec.replicas {
            self.number("replicas", replicas, 0, MOST);
        }
        if let Some(scale) = &spec.scale {
            self.scale(&scale.value);
        }
        if let Some(disruption) = &spec.disruption {
            self.amount("disruption.min-available", disruption.min_available.as_ref(), true);
            self.amount("disruption.max-unavailable", disruption.max_unavailable.as_ref(), true);
        }
        self.time("drain", spec.drain.as_ref(), 0, i64::MAX);
        for storage in &spec.storage {
            if storage.size.value.amount.ceil() < 1 {
                let field = format!("storage.{}.size", storage.name);
                self.refuse(
                    &field,
                    &storage.size.value.to_string(),
                    "a claim asks for something",
                    "1Gi",
                    storage.size.origin,
                );
            }
        }
    }

    fn scale(&mut self, scale: &Scale) {
        if scale.min.value < 1 {
            let message = format!("the autoscaler of {} keeps at least one replica", self.of);
            self.problems.report(refused(
                message,
                "write `min = 1` or more",
                place(&[scale.min.origin, self.declared]),
            ));
        }
        self.number("scale.max", scale.max, 1, MOST);
        for (field, share) in [("scale.cpu", &scale.cpu), ("scale.memory", &scale.memory)] {
            if let Some(share) = share
                && super::quantity::percent(share.value).0 < 1
            {
                let why = "an autoscaler aims at 1% or more of what is requested";
                self.refuse(field, &share.value.to_string(), why, "70%", share.origin);
            }
        }
    }

    fn job(&mut self, spec: &WorkloadSpec) {
        if let Some(retries) = spec.retries {
            self.number("retries", retries, 0, MOST);
        }
        self.time("deadline", spec.deadline.as_ref(), 1, i64::MAX);
        self.time("keep", spec.keep.as_ref(), 0, MOST);
        self.time("start-within", spec.start_within.as_ref(), 0, i64::MAX);
    }

    fn rollout(&mut self, spec: &WorkloadSpec, kind: WorkloadKind) {
        let rollout = &spec.rollout;
        if kind == WorkloadKind::Service {
            self.time("rollout.deadline", rollout.deadline.as_ref(), 1, MOST);
        }
        if rollout.strategy.value != RolloutStrategy::Rolling {
            return;
        }
        let daemon = kind == WorkloadKind::Daemon;
        self.amount("rollout.max-surge", rollout.max_surge.as_ref(), daemon);
        self.amount("rollout.max-unavailable", rollout.max_unavailable.as_ref(), true);
        let none = |amount: &Option<Sourced<String>>| {
            amount.as_ref().is_some_and(|a| a.value.trim_end_matches('%') == "0")
        };
        let (surge, missing) = (&rollout.max_surge, &rollout.max_unavailable);
        if none(surge) && none(missing) {
            let message = format!(
                "{} can never be replaced: neither more nor fewer replicas than wanted may run",
                self.of
            );
            let help = "set `max-surge` or `max-unavailable` to at least 1";
            self.both(message, help, (surge, "and none may be too many"), (missing, "none may be missing"));
        }
        let some = |amount: &Option<Sourced<String>>| amount.is_some() && !none(amount);
        if daemon && some(surge) && some(missing) {
            let message = format!(
                "{} has one replica for each node, of which Kubernetes replaces some before or some after the old ones, not both",
                self.of
            );
            let help = "set `max-unavailable = 0` so that the new one comes first, or leave `max-surge` at 0";
            self.both(
                message,
                help,
                (surge, "the new one may come first"),
                (missing, "the old one may go first"),
            );
        }
    }

    /// Two amounts of a rollout that do not go together: told at the first of them that is set.
    fn both(
        &mut self,
        message: String,
        help: &str,
        (surge, more): (&Option<Sourced<String>>, &str),
        (missing, fewer): (&Option<Sourced<String>>, &str),
    ) {
        let origin = |amount: &Option<Sourced<String>>| amount.as_ref().and_then(|a| a.origin);
        let at = place(&[origin(missing), origin(surge), self.declared]);
        let said = refused(message, help, at);
        let surge = origin(surge).filter(|s| *s != at && origin(missing).is_some());
        self.problems.report(match surge {
            Some(surge) => said.primary(fewer).label(surge, more),
            None => said,
        });
    }

    /// A liveness probe is about the process alone, so that it may not be the same question as the readiness probe's with
    /// the same patience; that is advice of others. Here only what the API server refuses is told.
    fn health(&mut self, name: &str, health: &Sourced<Health>) {
        let times =
            [("after", &health.after, 0), ("every", &health.every, 1), ("timeout", &health.timeout, 1)];
        for (field, time, least) in times {
            self.time(&format!("health.{name}.{field}"), time.as_ref(), least, MOST);
        }
        let at = place(&[health.origin, self.declared]);
        if let Some(retries) = &health.retries {
            if retries.value < 1 {
                let message = format!("a health check of {} fails after {} failures", self.of, retries.value);
                let at = place(&[retries.origin, Some(at)]);
                self.problems.report(refused(message, "set `retries` to at least 1", at));
            } else {
                self.number(&format!("health.{name}.retries"), *retries, 1, MOST);
            }
        }
        if let Probe::Command(argv) = &health.probe
            && argv.value.is_empty()
        {
            let message = format!("a health check of {} has a command without words", self.of);
            self.problems.report(refused(message, "name the program and its arguments", at));
        }
    }

    fn sizes(&mut self, spec: &WorkloadSpec) {
        let Some(resources) = &spec.resources else { return self.volumes(spec) };
        for (quota, group) in [(&resources.requests, "requests"), (&resources.limits, "limits")] {
            let all = [
                ("cpu", &quota.cpu),
                ("memory", &quota.memory),
                ("ephemeral-storage", &quota.ephemeral_storage),
            ];
            for (field, amount) in all {
                if let Some(amount) = amount {
                    self.size(&format!("resources.{group}.{field}"), amount.value, amount.origin);
                }
            }
        }
        self.volumes(spec);
    }

    fn volumes(&mut self, spec: &WorkloadSpec) {
        for volume in &spec.volumes {
            if let VolumeSource::Scratch { size: Some(size), .. } = &volume.source {
                self.size(&format!("volumes.{}.size", volume.name), *size, volume.mount.origin);
            }
        }
    }

    fn size(&mut self, field: &str, size: Quantity, origin: Origin) {
        if size.amount.floor() < 0 {
            self.refuse(field, &size.to_string(), "an amount is not negative", "0 or more", origin);
        }
    }

    fn number(&mut self, field: &str, number: Sourced<i64>, least: i64, most: i64) {
        let value = number.value;
        if value < least {
            self.refuse(
                field,
                &value.to_string(),
                "it is too small",
                &format!("{least} or more"),
                number.origin,
            );
        } else if value > most {
            let why = "Kubernetes counts it in 32 bits";
            self.refuse(field, &value.to_string(), why, &format!("{most} at most"), number.origin);
        }
    }

    fn user(&mut self, field: &str, number: Option<Sourced<i64>>) {
        if let Some(number) = number {
            self.number(field, number, 0, MOST);
        }
    }

    fn time(&mut self, field: &str, time: Option<&Sourced<Quantity>>, least: i64, most: i64) {
        let Some(time) = time else { return };
        let whole = seconds(time.value).0;
        let negative = time.value.amount.floor() < 0;
        if negative || whole < least {
            let why = if negative { "a time is not negative" } else { "it would be over at once" };
            let written = if negative { time.value.to_string() } else { format!("{whole}s") };
            self.refuse(field, &written, why, &format!("{least}s or more"), time.origin);
        } else if whole > most {
            let why = "Kubernetes counts its seconds in 32 bits";
            self.refuse(field, &time.value.to_string(), why, &format!("{most}s at most"), time.origin);
        }
    }

    /// A number of replicas, or a share of them; a `part` of them is 100% at most.
    fn amount(&mut self, field: &str, amount: Option<&Sourced<String>>, part: bool) {
        let Some(amount) = amount else { return };
        let text = amount.value.as_str();
        let (digits, share) = text.strip_suffix('%').map_or((text, false), |d| (d, true));
        let number = digits.parse::<i64>();
        let (why, instead) = match number {
            Err(_) => ("Kubernetes takes whole percentages", "25%"),
            Ok(n) if n < 0 => ("it is too small", "0 or more"),
            Ok(n) if share && part && n > 100 => ("there are no more than all", "100% at most"),
            Ok(n) if n > MOST => ("Kubernetes counts it in 32 bits", "less"),
            Ok(_) => return,
        };
        self.refuse(field, text, why, instead, amount.origin);
    }

    /// Reports that a field has a value that the API server refuses, with what to write instead.
    fn refuse(&mut self, field: &str, value: &str, why: &str, instead: &str, origin: Origin) {
        let message = format!("Kubernetes refuses `{field}` of {}: it is {value}", self.of);
        let name = field.rsplit('.').next().unwrap_or(field);
        let at = place(&[origin, self.declared]);
        let said = refused(message, &format!("set `{name}` to {instead}"), at);
        self.problems.report(said.primary(why));
    }
}
