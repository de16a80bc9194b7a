//! How many replicas there are, how an autoscaler and a budget bound them, and when jobs run.

use super::controller::Controller;
use crate::claims::{percent, seconds, shared};
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger};
use crate::read::node::Node;
use plat_model::{Origin, Overlap, RolloutStrategy, Sourced, WorkloadKind, WorkloadSpec};

/// Judges what depends on the number of replicas.
pub(super) fn verify(controller: &Controller<'_, '_>, ledger: &mut Ledger) {
    match controller.workload.kind {
        WorkloadKind::Service | WorkloadKind::Stateful => {
            controller.replicas(ledger);
            controller.autoscaler(ledger);
            controller.budget(ledger);
            controller.rollout(ledger);
        }
        WorkloadKind::Daemon => controller.rollout(ledger),
        WorkloadKind::Job | WorkloadKind::Schedule => controller.schedule(ledger),
    }
}

/// Replicas, or the bounds of an autoscaler.
type Bounds = (Option<i64>, Option<(i64, i64, Option<i128>, Option<i128>)>);

fn bounds(spec: &WorkloadSpec) -> Bounds {
    match &spec.scale {
        Some(scale) => {
            let s = &scale.value;
            let share = |q: &Option<Sourced<plat_base::Quantity>>| q.map(|q| percent(q.value));
            (None, Some((s.min.value, s.max.value, share(&s.cpu), share(&s.memory))))
        }
        None => (Some(spec.replicas.map_or(1, |r| r.value)), None),
    }
}

fn largest(specs: &[&WorkloadSpec]) -> Option<Bounds> {
    specs.iter().map(|s| bounds(s)).reduce(|a, b| {
        let scale = match (a.1, b.1) {
            (Some(a), Some(b)) => Some((a.0.max(b.0), a.1.max(b.1), a.2.max(b.2), a.3.max(b.3))),
            (a, b) => a.or(b),
        };
        (a.0.max(b.0), scale)
    })
}

impl Controller<'_, '_> {
    /// What is declared on some of its platforms, and where.
    fn bounds(&self) -> Vec<(Vec<usize>, Bounds, Origin)> {
        let spec = |p: &usize| self.spec(*p);
        let place = |platforms: &[usize]| {
            let spec = platforms.iter().find_map(spec);
            spec.and_then(|s| s.scale.as_ref().and_then(|s| s.origin).or(s.replicas.and_then(|r| r.origin)))
        };
        if self.is_envelope() {
            let all: Vec<&WorkloadSpec> = self.platforms.iter().filter_map(spec).collect();
            let bounds = largest(&all).unwrap_or_default();
            return vec![(self.platforms.clone(), bounds, place(&self.platforms))];
        }
        let groups = shared(&self.platforms, |p| self.spec(p).map(bounds).unwrap_or_default());
        groups.into_iter().map(|(of, bounds)| (of.clone(), bounds, place(&of))).collect()
    }

    fn replicas(&self, ledger: &mut Ledger) {
        for (of, (replicas, _), origin) in self.bounds() {
            let found = self.object.node.at(&["spec", "replicas"]).map(|n| (n.whole(), n.line));
            let declared = replicas.map(|r| (r.to_string(), origin));
            let scope = self.scope(&of, self.object.line);
            ledger.compare_one(FactKind::Replicas, &scope, "number of replicas", found, declared);
        }
    }

    fn autoscaler(&self, ledger: &mut Ledger) {
        let scalers = self.folder.of(self.workload, "HorizontalPodAutoscaler");
        let mine = |name: &Option<&Node>| name.is_some_and(|n| n.bare() == self.object.name);
        let target = |o: &&super::Object<'_>| mine(&o.node.at(&["spec", "scaleTargetRef", "name"]));
        let named = |o: &&super::Object<'_>| o.name == self.object.name;
        let all: Vec<_> = scalers.collect();
        let scaler = all.iter().copied().find(named).or_else(|| all.iter().copied().find(target));
        for (of, (_, scale), origin) in self.bounds() {
            let mut declared = Vec::new();
            if let Some((min, max, cpu, memory)) = scale {
                declared.push(Declared::new("target", self.object.title(), self.workload.origin));
                declared.push(Declared::new("minReplicas", min.to_string(), origin));
                declared.push(Declared::new("maxReplicas", max.to_string(), origin));
                let shares = [("share of cpu", cpu), ("share of memory", memory)];
                let shares = shares.into_iter().filter_map(|(key, share)| Some((key, share?)));
                declared.extend(shares.map(|(key, share)| Declared::new(key, share.to_string(), origin)));
            }
            let scope = self.scope(&of, scaler.map_or(self.object.line, |s| s.line));
            let found = scaler.map(|s| autoscaler(&s.node)).unwrap_or_default();
            ledger.compare(FactKind::Replicas, &scope, "autoscaler", found, declared);
        }
    }

    /// A budget finds the controller's pods; if the program bounds from below, it has to be there.
    fn budget(&self, ledger: &mut Ledger) {
        let budgets = self.folder.of(self.workload, "PodDisruptionBudget");
        let budget = budgets.into_iter().find(|b| b.name == self.object.name);
        let spec = self.platforms.first().and_then(|p| self.spec(*p));
        let disruption = spec.and_then(|s| s.disruption.as_ref());
        let mut declared = Vec::new();
        if let Some(d) = disruption {
            let limits = [("minAvailable", &d.min_available), ("maxUnavailable", &d.max_unavailable)];
            let must = budget.is_some();
            let limits = limits.into_iter().filter_map(|(key, limit)| Some((key, limit.as_ref()?)));
            let limits = limits.filter(|(key, _)| must || *key == "minAvailable");
            declared
                .extend(limits.map(|(key, l)| Declared::new(key, l.value.clone(), l.origin.or(d.origin))));
        }
        let mut found = Vec::new();
        for key in ["minAvailable", "maxUnavailable"] {
            let node = budget.and_then(|b| b.node.at(&["spec", key]));
            found.extend(node.map(|n| Found::new(key, n.bare(), n.line)));
        }
        let mut scope = self.scope(&self.platforms, self.object.line);
        if let Some(budget) = budget {
            scope.file = budget.file;
            scope.line = budget.line;
            let selector = budget.node.at(&["spec", "selector", "matchLabels"]);
            let line = selector.map_or(budget.line, |s| s.line);
            self.selects(ledger, "pods of the budget", selector, line);
        }
        ledger.compare(FactKind::Replicas, &scope, "budget", found, declared);
    }

    fn rollout(&self, ledger: &mut Ledger) {
        let path = match self.object.kind.as_str() {
            "Deployment" => "strategy",
            "DaemonSet" => "updateStrategy",
            _ => return,
        };
        let node = self.object.node.at(&["spec", path, "rollingUpdate"]);
        for (of, declared) in shared(&self.platforms, |p| {
            let rollout = self.spec(p).map(|s| &s.rollout);
            let rolling = rollout.filter(|r| r.strategy.value == RolloutStrategy::Rolling);
            let limits =
                rolling.map(|r| [("maxSurge", &r.max_surge), ("maxUnavailable", &r.max_unavailable)]);
            let limits = limits.into_iter().flatten().filter_map(|(key, limit)| Some((key, limit.as_ref()?)));
            limits
                .map(|(key, limit)| Declared::new(key, limit.value.clone(), limit.origin))
                .collect::<Vec<_>>()
        }) {
            let recreate = declared.is_empty();
            let entries = node.map_or(&[][..], Node::entries).iter();
            let found = entries.map(|(k, v)| Found::new(k.text.clone(), v.bare(), v.line));
            let scope = self.scope(&of, node.map_or(self.object.line, |n| n.line));
            // A daemon that is to be replaced at once says so by a limit of its own.
            let found = found.filter(|_| !(recreate && path == "updateStrategy")).collect();
            ledger.compare(FactKind::Replicas, &scope, "rollout", found, declared);
        }
    }

    fn schedule(&self, ledger: &mut Ledger) {
        let spec = self.object.node.get("spec");
        let job = match self.workload.kind {
            WorkloadKind::Schedule => self.object.node.at(&["spec", "jobTemplate", "spec"]),
            _ => spec,
        };
        let scope = self.scope(&self.platforms, self.object.line);
        let Some(declared) = self.platforms.first().and_then(|p| self.spec(*p)) else { return };
        let mut claims = Vec::new();
        let whole = |key: &str, q: &Option<Sourced<plat_base::Quantity>>| {
            q.map(|q| Declared::new(key, seconds(q.value).to_string(), q.origin))
        };
        claims.extend(declared.retries.map(|r| Declared::new("backoffLimit", r.value.to_string(), r.origin)));
        let deadlines = self.platforms.iter().filter_map(|p| self.spec(*p)?.deadline);
        let deadline = deadlines.max_by(|a, b| a.amount.cmp(&b.amount));
        claims.extend(whole("activeDeadlineSeconds", &deadline));
        claims.extend(whole("ttlSecondsAfterFinished", &declared.keep));
        let mut found = read(job, &["backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"]);
        if self.workload.kind == WorkloadKind::Schedule {
            found.extend(read(
                spec,
                &["schedule", "timeZone", "concurrencyPolicy", "startingDeadlineSeconds"],
            ));
            let text = |key: &str, t: &Option<Sourced<String>>| {
                t.as_ref().map(|t| Declared::new(key, t.value.clone(), t.origin))
            };
            claims.extend(text("schedule", &declared.schedule));
            claims.extend(text("timeZone", &declared.time_zone));
            claims.extend(declared.overlap.map(|o| {
                let policy = match o.value {
                    Overlap::Allow => "Allow",
                    Overlap::Forbid => "Forbid",
                    Overlap::Replace => "Replace",
                };
                Declared::new("concurrencyPolicy", policy, o.origin)
            }));
            claims.extend(whole("startingDeadlineSeconds", &declared.start_within));
        }
        ledger.compare(FactKind::Schedule, &scope, "field", found, claims);
    }
}

fn read(node: Option<&Node>, keys: &[&str]) -> Vec<Found> {
    let found = keys.iter().filter_map(|key| Some((key, node?.get(key)?)));
    found.map(|(key, n)| Found::new(*key, n.bare(), n.line)).collect()
}

fn autoscaler(node: &Node) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(target) = node.at(&["spec", "scaleTargetRef"]) {
        let title = format!("{} `{}`", target.text_of("kind"), target.text_of("name"));
        let line = target.get("name").map_or(target.line, |n| n.line);
        found.push(Found::new("target", title, line));
    }
    found.extend(read(node.get("spec"), &["minReplicas", "maxReplicas"]));
    for metric in node.list(&["spec", "metrics"]) {
        let name = metric.at(&["resource", "name"]).map(Node::bare).unwrap_or_default();
        let share = metric.at(&["resource", "target", "averageUtilization"]);
        let line = share.map_or(metric.line, |s| s.line);
        let share = share.map(Node::whole).unwrap_or_default();
        found.push(Found::new(format!("share of {name}"), share, line));
    }
    found
}
