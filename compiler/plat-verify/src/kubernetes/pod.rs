//! Pods: what runs in them, as whom, with what, and how they are asked whether they are well.

use super::controller::Controller;
use super::variables;
use crate::claims::{self, nano, seconds, shared};
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger, Scope};
use crate::read::node::Node;
use crate::read::sizes;
use plat_base::Quantity;
use plat_model::{Health, Probe, Quota, Runtime, Sourced, VolumeSource, WorkloadSpec};

/// Judges the template of a controller.
pub(super) fn verify(controller: &Controller<'_, '_>, ledger: &mut Ledger) {
    let Some(spec) = controller.object.template().and_then(|t| t.get("spec")) else {
        let scope = controller.scope(&controller.platforms, controller.object.line);
        let declared = Some((controller.workload.name.clone(), controller.workload.origin));
        ledger.compare_one(FactKind::Name, &scope, "template", None, declared);
        return;
    };
    let containers = spec.list(&["containers"]);
    let name = controller.workload.name.as_str();
    let main = containers.iter().find(|c| c.text_of("name") == name).or(containers.first());
    let pod = Pod { controller, spec, container: main };
    let names = containers.iter().chain(spec.list(&["initContainers"]));
    let names = names.map(|c| (c.text_of("name").to_owned(), c.line)).collect();
    let scope = controller.scope(&controller.platforms, spec.line);
    let declared = vec![(name.to_owned(), controller.workload.origin)];
    ledger.compare_sets(FactKind::Name, &scope, "container", names, declared);
    pod.account(ledger);
    pod.pull_secrets(ledger);
    pod.users(ledger);
    pod.image(ledger);
    pod.commands(ledger);
    pod.ports(ledger);
    pod.quantities(ledger);
    pod.times(ledger);
    pod.probes(ledger);
    pod.volumes(ledger);
    variables::verify(controller, main, spec.line, ledger);
}

struct Pod<'c, 'f, 'a> {
    controller: &'c Controller<'f, 'a>,
    /// `spec` of the template.
    spec: &'c Node,
    container: Option<&'c Node>,
}

impl<'c> Pod<'c, '_, '_> {
    fn line(&self) -> u32 {
        self.container.map_or(self.spec.line, |c| c.line)
    }

    fn in_container(&self, path: &[&str]) -> Option<&'c Node> {
        self.container.and_then(|c| c.at(path))
    }

    /// Compares, for each group of platforms that declare the same.
    fn compare(
        &self,
        ledger: &mut Ledger,
        kind: FactKind,
        what: &str,
        line: u32,
        found: &[Found],
        declared: impl Fn(usize, &WorkloadSpec) -> Vec<Declared>,
    ) {
        let c = self.controller;
        for (of, declared) in shared(&c.platforms, |p| c.spec(p).map(|s| declared(p, s)).unwrap_or_default())
        {
            ledger.compare(kind, &c.scope(&of, line), what, found.to_vec(), declared);
        }
    }

    /// The account exists, or is declared to be somebody else's.
    fn account(&self, ledger: &mut Ledger) {
        let c = self.controller;
        let node = self.spec.get("serviceAccountName");
        let found: Vec<Found> = node.map(|n| Found::new("", n.bare(), n.line)).into_iter().collect();
        self.compare(ledger, FactKind::Name, "service account", self.spec.line, &found, |_, s| {
            vec![Declared::new("", s.account.name.clone(), None)]
        });
        let creates = c.platforms.first().and_then(|p| c.spec(*p)).is_some_and(|s| s.account.create);
        if let Some(node) = node.filter(|_| creates) {
            let accounts = c.folder.objects.iter().filter(|o| o.kind == "ServiceAccount");
            let there = accounts.into_iter().find(|o| o.name == node.bare());
            let found = there.map(|o| (o.name.clone(), node.line));
            let declared = Some((node.bare(), c.workload.origin));
            let scope = c.scope(&c.platforms, node.line);
            ledger.compare_one(FactKind::Name, &scope, "object of the service account", found, declared);
        }
        if let Some(service) = c.object.node.at(&["spec", "serviceName"]) {
            let there = c.folder.objects.iter().find(|o| o.kind == "Service" && o.name == service.bare());
            let found = there.map(|o| (o.name.clone(), service.line));
            let scope = c.scope(&c.platforms, service.line);
            let declared = Some((service.bare(), c.workload.origin));
            ledger.compare_one(FactKind::Name, &scope, "governing service", found, declared);
        }
    }

    /// The Secrets with which the environment's images are pulled.
    fn pull_secrets(&self, ledger: &mut Ledger) {
        let c = self.controller;
        let found = self.spec.list(&["imagePullSecrets"]).iter();
        let found = found.map(|s| (s.text_of("name").to_owned(), s.line)).collect();
        let environment = c.folder.project.environments.get(c.folder.environment);
        let declared = environment.map_or(&[][..], |e| e.pull_secrets.as_slice());
        let declared = declared.iter().map(|s| (s.value.clone(), s.origin)).collect();
        let scope = c.scope(&c.platforms, self.spec.line);
        ledger.compare_sets(FactKind::Name, &scope, "pull secret", found, declared);
    }

    fn users(&self, ledger: &mut Ledger) {
        let c = self.controller;
        let mut found = Vec::new();
        let containers = self.spec.list(&["containers"]).iter().chain(self.spec.list(&["initContainers"]));
        let contexts = containers.filter_map(|c| c.get("securityContext"));
        for context in self.spec.get("securityContext").into_iter().chain(contexts) {
            for key in ["runAsUser", "runAsGroup", "fsGroup", "runAsNonRoot"] {
                found.extend(context.get(key).map(|n| Found::new(key, n.whole(), n.line)));
            }
        }
        let line = self.spec.get("securityContext").map_or(self.spec.line, |s| s.line);
        self.compare(ledger, FactKind::User, "field", line, &found, |p, s| {
            let mut declared = Vec::new();
            let user = claims::pod_user(c.folder.project, s, p);
            if let Some((user, group)) = user {
                declared.push(Declared::new("runAsUser", user.value.to_string(), user.origin));
                declared.push(Declared::new("runAsGroup", group.value.to_string(), group.origin));
            }
            // Volumes that somebody else made have to be given to a group that may write them.
            let foreign = s.volumes.iter().any(|v| matches!(v.source, VolumeSource::Claim { .. }));
            let group = user.map(|(_, group)| group).filter(|_| foreign || !s.storage.is_empty());
            let group = s.security.fs_group.or(group);
            declared.extend(group.map(|g| Declared::new("fsGroup", g.value.to_string(), g.origin)));
            if s.security.standard.value == "restricted" {
                declared.push(Declared::new("runAsNonRoot", "true", s.security.standard.origin));
            }
            declared
        });
    }

    fn image(&self, ledger: &mut Ledger) {
        let c = self.controller;
        let node = self.in_container(&["image"]);
        let found: Vec<Found> = node.map(|n| Found::new("", n.bare(), n.line)).into_iter().collect();
        self.compare(ledger, FactKind::Image, "image", self.line(), &found, |_, s| {
            let image = claims::workload_image(c.folder.project, s, c.folder.environment);
            image.map(|(text, origin)| Declared::new("", text, origin)).into_iter().collect()
        });
    }

    fn commands(&self, ledger: &mut Ledger) {
        for key in ["command", "args"] {
            let node = self.in_container(&[key]);
            // What the kubelet makes of it: there are no references in commands, only dollar signs that are escaped.
            let found = node.map(|n| {
                let words: Vec<String> =
                    n.items().iter().map(|w| variables::plain(&super::unquoted(w))).collect();
                Found::new("", format!("{words:?}"), n.line)
            });
            let found: Vec<Found> = found.into_iter().collect();
            self.compare(ledger, FactKind::Command, key, self.line(), &found, |_, s| {
                let words = if key == "command" { &s.command } else { &s.args };
                let words = words.as_ref().map(|w| Declared::new("", format!("{:?}", w.value), w.origin));
                words.into_iter().collect()
            });
        }
    }

    fn ports(&self, ledger: &mut Ledger) {
        let mut found = Vec::new();
        let nodes = self.in_container(&["ports"]);
        for port in nodes.map_or(&[][..], Node::items) {
            let name = port.text_of("name");
            let number = port.get("containerPort");
            let line = number.map_or(port.line, |n| n.line);
            found.push(Found::new(name, number.map(Node::whole).unwrap_or_default(), line));
            if let Some(host) = port.get("hostPort") {
                found.push(Found::new(format!("{name} of the host"), host.whole(), host.line));
            }
        }
        let line = nodes.map_or(self.line(), |n| n.line);
        self.compare(ledger, FactKind::Port, "container port", line, &found, |_, s| {
            let ports = s.ports.iter();
            ports
                .map(|p| Declared::new(p.name.clone(), p.number.value.to_string(), p.number.origin))
                .collect()
        });
    }

    fn quantities(&self, ledger: &mut Ledger) {
        let c = self.controller;
        for part in ["requests", "limits"] {
            let node = self.in_container(&["resources", part]);
            let entries = node.map_or(&[][..], Node::entries).iter();
            let found: Vec<Found> = entries.map(|(key, value)| amount(&key.text, value)).collect();
            let what = &part[..part.len() - 1];
            let quota = |s: &WorkloadSpec| {
                s.resources
                    .as_ref()
                    .map(|r| if part == "requests" { r.requests.clone() } else { r.limits.clone() })
            };
            let line = node.map_or(self.line(), |n| n.line);
            let largest = c.platforms.iter().filter_map(|p| quota(c.spec(*p)?)).reduce(|a, b| Quota {
                cpu: larger(a.cpu, b.cpu),
                memory: larger(a.memory, b.memory),
                ephemeral_storage: larger(a.ephemeral_storage, b.ephemeral_storage),
            });
            self.compare(ledger, FactKind::Quantity, what, line, &found, |_, s| {
                let quota = if c.is_envelope() { largest.clone() } else { quota(s) }.unwrap_or_default();
                let all = [
                    ("cpu", quota.cpu),
                    ("memory", quota.memory),
                    ("ephemeral-storage", quota.ephemeral_storage),
                ];
                let set = all.into_iter().filter_map(|(key, q)| Some(claim(key, &q?)));
                set.collect()
            });
        }
        let claims = c.object.node.list(&["spec", "volumeClaimTemplates"]);
        let found: Vec<Found> = claims
            .iter()
            .filter_map(|claim| {
                let size = claim.at(&["spec", "resources", "requests", "storage"])?;
                Some(amount(claim.at(&["metadata", "name"]).and_then(Node::text)?, size))
            })
            .collect();
        let line = claims.first().map_or(c.object.line, |n| n.line);
        self.compare(ledger, FactKind::Quantity, "storage", line, &found, |_, s| {
            s.storage.iter().map(|storage| claim(&storage.name, &storage.size)).collect()
        });
        let volumes = self.spec.list(&["volumes"]).iter().filter_map(|volume| {
            let size = volume.at(&["emptyDir", "sizeLimit"])?;
            Some(amount(volume.text_of("name"), size))
        });
        let found: Vec<Found> = volumes.collect();
        self.compare(ledger, FactKind::Quantity, "size of the volume", self.spec.line, &found, |_, s| {
            let limited = s.volumes.iter().filter_map(|v| match &v.source {
                VolumeSource::Scratch { size: Some(size), .. } => {
                    Some(claim(&v.name, &Sourced::new(*size, v.mount.origin)))
                }
                _ => None,
            });
            limited.collect()
        });
    }

    /// How long a pod may take to end, and how long it still serves.
    fn times(&self, ledger: &mut Ledger) {
        let c = self.controller;
        let specs = || c.platforms.iter().filter_map(|p| c.spec(*p));
        let grace = self.spec.get("terminationGracePeriodSeconds");
        let found: Vec<Found> = grace.map(|n| Found::new("grace", n.whole(), n.line)).into_iter().collect();
        let longest = specs().filter_map(|s| s.grace).reduce(|a, b| if b.amount > a.amount { b } else { a });
        self.compare(ledger, FactKind::Quantity, "seconds of", self.spec.line, &found, |_, s| {
            let grace = if c.is_envelope() { longest } else { s.grace };
            grace
                .map(|g| Declared::new("grace", seconds(g.value).to_string(), g.origin))
                .into_iter()
                .collect()
        });
        // Where the cluster cannot wait, the target tells so; what is there has to be right.
        if let Some(drain) = self.in_container(&["lifecycle", "preStop", "sleep", "seconds"]) {
            let found = [Found::new("drain", drain.whole(), drain.line)];
            self.compare(ledger, FactKind::Quantity, "seconds of", drain.line, &found, |_, s| {
                let drain = s.drain.map(|d| Declared::new("drain", seconds(d.value).to_string(), d.origin));
                drain.into_iter().collect()
            });
        }
    }

    fn probes(&self, ledger: &mut Ledger) {
        for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
            let node = self.in_container(&[key]);
            let line = node.map_or(self.line(), |n| n.line);
            let (ports, asked) = node.map(|n| self.probe(n)).unwrap_or_default();
            let health = |s: &WorkloadSpec| match key {
                "livenessProbe" => s.live.clone(),
                "readinessProbe" => s.ready.clone(),
                _ => s.start.clone(),
            };
            let what = format!("port of the {key}");
            self.compare(ledger, FactKind::Port, &what, line, &ports, |_, s| {
                let port = health(s).and_then(|h| port(&h.value));
                port.map(|p| Declared::new("", p.value.to_string(), p.origin)).into_iter().collect()
            });
            let what = format!("field of the {key}");
            self.compare(ledger, FactKind::Health, &what, line, &asked, |_, s| {
                health(s).map(|h| question(&h)).unwrap_or_default()
            });
        }
    }

    /// What a probe asks: its port, and the rest.
    fn probe(&self, node: &Node) -> (Vec<Found>, Vec<Found>) {
        let (mut ports, mut asked) = (Vec::new(), Vec::new());
        for (key, value) in node.entries() {
            if let Some(port) = value.get("port") {
                ports.push(Found::new("", self.number(port), port.line));
            }
            match key.text.as_str() {
                "httpGet" => {
                    asked.push(Found::new("asks", "HTTP", key.line));
                    asked.extend(value.get("path").map(|p| Found::new("path", super::unquoted(p), p.line)));
                }
                "grpc" => {
                    asked.push(Found::new("asks", "gRPC", key.line));
                    let service = value.get("service");
                    asked.extend(service.map(|s| Found::new("service", super::unquoted(s), s.line)));
                }
                "tcpSocket" => asked.push(Found::new("asks", "TCP", key.line)),
                "exec" => {
                    asked.push(Found::new("asks", "a command", key.line));
                    let command = value.get("command");
                    asked.extend(command.map(|c| {
                        let words: Vec<String> = c.items().iter().map(super::unquoted).collect();
                        Found::new("command", format!("{words:?}"), c.line)
                    }));
                }
                other => asked.push(Found::new(other, value.whole(), value.line)),
            }
        }
        (ports, asked)
    }

    /// A port by its number; one that is named is looked up among those of the container.
    fn number(&self, port: &Node) -> String {
        match port.text() {
            None => port.whole(),
            Some(name) => {
                let ports = self.in_container(&["ports"]).map_or(&[][..], Node::items);
                let named = ports.iter().find(|p| p.text_of("name") == name);
                named.and_then(|p| p.get("containerPort")).map_or_else(|| name.to_owned(), Node::whole)
            }
        }
    }

    /// Volumes are mounted where they are declared; besides, only empty directories, which a read-only root needs.
    fn volumes(&self, ledger: &mut Ledger) {
        let c = self.controller;
        let sources = self.spec.list(&["volumes"]);
        let source = |name: &str| sources.iter().find(|v| v.text_of("name") == name);
        let mounts = self.in_container(&["volumeMounts"]);
        let specs = || c.platforms.iter().filter_map(|p| c.spec(*p));
        let mut found = Vec::new();
        for mount in mounts.map_or(&[][..], Node::items) {
            let name = mount.text_of("name");
            let declared = specs().any(|s| {
                s.volumes.iter().any(|v| v.name == name) || s.storage.iter().any(|v| v.name == name)
            });
            let bare = source(name).and_then(|s| s.get("emptyDir")).is_some_and(|e| e.entries().is_empty());
            let room = bare && specs().all(|s| s.security.read_only_root.value);
            if declared || !room {
                let path = mount.get("mountPath");
                let (path, line) = path.map_or((String::new(), mount.line), |p| (p.bare(), p.line));
                found.push(Found::new(name, format!("{} at {path}", kind_of(source(name))), line));
            }
        }
        let line = mounts.map_or(self.line(), |m| m.line);
        self.compare(ledger, FactKind::Volume, "volume", line, &found, |_, s| {
            let own = s.volumes.iter().map(|v| {
                let what = match &v.source {
                    VolumeSource::Scratch { in_memory: true, .. } => {
                        "an empty directory in memory".to_owned()
                    }
                    VolumeSource::Scratch { .. } => "an empty directory".to_owned(),
                    VolumeSource::Claim { name, .. } => format!("claim `{name}`"),
                    VolumeSource::Config(config) => format!("config `{config}`"),
                    VolumeSource::Credentials(credentials) => format!("secret `{credentials}`"),
                };
                Declared::new(v.name.clone(), format!("{what} at {}", v.mount.value), v.mount.origin)
            });
            let storage = s.storage.iter().map(|v| {
                Declared::new(v.name.clone(), format!("storage at {}", v.mount.value), v.mount.origin)
            });
            storage.chain(own).collect()
        });
    }
}

/// What a volume of a pod is; one that is not listed there is made from a template of claims.
fn kind_of(source: Option<&Node>) -> String {
    let Some(source) = source else { return "storage".to_owned() };
    let named = |kind: &str, key: &str| {
        let name = source.at(&[kind, key])?;
        Some(name.bare())
    };
    if let Some(empty) = source.get("emptyDir") {
        let memory = if empty.text_of("medium") == "Memory" { " in memory" } else { "" };
        return format!("an empty directory{memory}");
    }
    let claim = named("persistentVolumeClaim", "claimName").map(|n| format!("claim `{n}`"));
    let config = || named("configMap", "name").map(|n| format!("config `{n}`"));
    let secret = || named("secret", "secretName").map(|n| format!("secret `{n}`"));
    claim.or_else(config).or_else(secret).unwrap_or_else(|| "something else".to_owned())
}

/// A quantity of a manifest.
pub(super) fn amount(key: &str, node: &Node) -> Found {
    let text = node.bare();
    let value = sizes::kubernetes(&text).map_or_else(|| text.clone(), |n| n.to_string());
    Found::new(key, value, node.line).shown(text)
}

/// A quantity of the program.
pub(super) fn claim(key: &str, quantity: &Sourced<Quantity>) -> Declared {
    let value = nano(quantity.value).map_or_else(String::new, |n| n.to_string());
    Declared::new(key, value, quantity.origin).shown(quantity.value.to_string())
}

fn larger(a: Option<Sourced<Quantity>>, b: Option<Sourced<Quantity>>) -> Option<Sourced<Quantity>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.amount > a.amount { b } else { a }),
        // What one platform does not set is not joined: the first platform decides.
        (a, _) => a,
    }
}

fn port(health: &Health) -> Option<Sourced<i64>> {
    match &health.probe {
        Probe::Http { port, .. } | Probe::Grpc { port, .. } | Probe::Tcp { port } => Some(*port),
        Probe::Command(_) => None,
    }
}

fn question(health: &Sourced<Health>) -> Vec<Declared> {
    let mut asked = Vec::new();
    let origin = health.origin;
    match &health.probe {
        Probe::Http { path, .. } => {
            asked.push(Declared::new("asks", "HTTP", origin));
            asked.push(Declared::new("path", path.value.clone(), path.origin));
        }
        Probe::Grpc { service, .. } => {
            asked.push(Declared::new("asks", "gRPC", origin));
            asked.extend(service.as_ref().map(|s| Declared::new("service", s.clone(), origin)));
        }
        Probe::Tcp { .. } => asked.push(Declared::new("asks", "TCP", origin)),
        Probe::Command(words) => {
            asked.push(Declared::new("asks", "a command", origin));
            asked.push(Declared::new("command", format!("{:?}", words.value), words.origin));
        }
    }
    let times = [
        ("initialDelaySeconds", health.after, 0),
        ("periodSeconds", health.every, 1),
        ("timeoutSeconds", health.timeout, 1),
    ];
    for (key, time, least) in times {
        let time = time.map(|t| Declared::new(key, seconds(t.value).max(least).to_string(), t.origin));
        asked.extend(time);
    }
    asked.extend(health.retries.map(|r| Declared::new("failureThreshold", r.value.to_string(), r.origin)));
    asked
}

/// The heap that a variable's flags name, against what is declared and against the limit.
pub(super) fn heap(
    scope: &Scope<'_>,
    spec: &WorkloadSpec,
    name: &str,
    text: &str,
    line: u32,
    ledger: &mut Ledger,
) {
    let Some(memory) = &spec.memory else { return };
    let says = memory.flags.as_ref().is_some_and(|f| !f.value.is_empty() && text.contains(&f.value));
    let Some(heap) = memory.heap.filter(|_| says) else { return };
    let exact = heap.amount.ceil();
    let (found, declared) = match memory.runtime.value {
        Runtime::Jvm => (word(text, "-Xmx").and_then(sizes::jvm), exact),
        // Node.js counts in MiB and leaves out a part of one.
        Runtime::Node => {
            let mebibytes = word(text, "--max-old-space-size=").and_then(|n| n.parse::<i128>().ok());
            (mebibytes.and_then(|n| n.checked_mul(1 << 20)), exact >> 20 << 20)
        }
        Runtime::Go => (sizes::go(text), exact),
        Runtime::Dotnet => (sizes::hexadecimal(text), exact),
        Runtime::Python | Runtime::Native => return,
    };
    let what = format!("heap in `{name}`");
    let found = found.map(|f| (f.to_string(), line));
    let declared = Some((declared.to_string(), heap.origin));
    ledger.compare_one(FactKind::Quantity, scope, &what, found.clone(), declared);
    let limit = spec.resources.as_ref().and_then(|r| r.limits.memory).filter(|l| heap.amount <= l.amount);
    if let (Some((bytes, line)), Some(limit)) = (found, limit) {
        let fits = bytes.parse::<i128>().is_ok_and(|b| b <= limit.amount.ceil());
        let declared = format!("at most {}", limit.value);
        let found = if fits { declared.clone() } else { format!("{bytes} bytes") };
        let what = format!("heap in `{name}` below the limit");
        ledger.compare_one(
            FactKind::Quantity,
            scope,
            &what,
            Some((found, line)),
            Some((declared, limit.origin)),
        );
    }
}

/// What follows `flag` in the last word that begins with it, which is the one that counts.
fn word<'t>(text: &'t str, flag: &str) -> Option<&'t str> {
    text.split_whitespace().filter_map(|word| word.strip_prefix(flag)).next_back()
}
