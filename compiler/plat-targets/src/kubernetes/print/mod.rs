//! Objects to YAML, field by field in the order in which people write them. Nothing is decided here.

mod pod;
mod quota;

use super::quantity::{canonical, percent};
use super::tree::{
    Body, CronJob, DaemonSet, Deployment, HttpRoute, Ingress, Job, Labels, Meta, NetworkPolicy, Object,
    Selector, Service, StatefulSet,
};
use crate::yaml::{Key, YamlWriter};
use plat_model::{ConfigEntry, Overlap, Port, Rollout, RolloutStrategy, Scale, Sourced, Storage, around};

/// The domain of the labels that Kubernetes recommends.
const NAME: &str = "app.kubernetes.io/name";
const INSTANCE: &str = "app.kubernetes.io/instance";
const VERSION: &str = "app.kubernetes.io/version";
const PART_OF: &str = "app.kubernetes.io/part-of";

/// Writes one object as one document.
pub(super) fn object(w: &mut YamlWriter, object: &Object<'_>) {
    let meta = &object.meta;
    w.from(meta.origin, |w| {
        w.document();
        let (version, kind) = group_version_kind(&object.body);
        w.word("apiVersion", version);
        w.word("kind", kind);
        w.map("metadata", |w| metadata(w, meta, &object.body));
        body(w, object);
    });
}

fn group_version_kind(body: &Body<'_>) -> (&'static str, &'static str) {
    match body {
        Body::Namespace { .. } => ("v1", "Namespace"),
        Body::ResourceQuota(_) => ("v1", "ResourceQuota"),
        Body::LimitRange(_) => ("v1", "LimitRange"),
        Body::ConfigMap { .. } => ("v1", "ConfigMap"),
        Body::ServiceAccount(_) => ("v1", "ServiceAccount"),
        Body::Service(_) => ("v1", "Service"),
        Body::Deployment(_) => ("apps/v1", "Deployment"),
        Body::StatefulSet(_) => ("apps/v1", "StatefulSet"),
        Body::DaemonSet(_) => ("apps/v1", "DaemonSet"),
        Body::Job(_) => ("batch/v1", "Job"),
        Body::CronJob(_) => ("batch/v1", "CronJob"),
        Body::Autoscaler { .. } => ("autoscaling/v2", "HorizontalPodAutoscaler"),
        Body::Budget { .. } => ("policy/v1", "PodDisruptionBudget"),
        Body::NetworkPolicy(_) => ("networking.k8s.io/v1", "NetworkPolicy"),
        Body::Ingress(_) => ("networking.k8s.io/v1", "Ingress"),
        Body::HttpRoute(_) => ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    }
}

fn metadata(w: &mut YamlWriter, meta: &Meta<'_>, body: &Body<'_>) {
    w.text("name", meta.name.as_str());
    if let Some(namespace) = meta.namespace {
        w.from(namespace.origin, |w| w.text("namespace", &namespace.value));
    }
    w.map("labels", |w| {
        labels(w, &meta.labels);
        if let Body::Namespace { enforce } = body {
            w.word("pod-security.kubernetes.io/enforce", enforce);
            // What is let through because somebody has to be is still told.
            if *enforce != "restricted" {
                w.word("pod-security.kubernetes.io/audit", "restricted");
                w.word("pod-security.kubernetes.io/warn", "restricted");
            }
        }
    });
    if !meta.annotations.is_empty() {
        w.map("annotations", |w| {
            for (key, value, origin) in &meta.annotations {
                w.from(*origin, |w| w.text(Key::Text(key), value));
            }
        });
    }
}

fn labels(w: &mut YamlWriter, labels: &Labels<'_>) {
    if !labels.name.is_empty() {
        w.text(NAME, labels.name);
    }
    if let Some(instance) = &labels.instance {
        w.text(INSTANCE, instance.as_str());
    }
    // The user's own word for what only describes counts; by the others, things are found.
    let is_free = |label: &str| labels.further.iter().all(|(key, _)| key != label);
    if let Some((version, origin)) = &labels.version
        && is_free(VERSION)
    {
        w.from(*origin, |w| w.text(VERSION, version));
    }
    if is_free(PART_OF) {
        w.from(labels.project, |w| w.text(PART_OF, labels.part_of));
    }
    w.word("app.kubernetes.io/managed-by", "platc");
    for (key, value) in labels.further {
        w.from(value.origin, |w| w.text(Key::Text(key), &value.value));
    }
}

fn selector(w: &mut YamlWriter, selector: &Selector<'_>) {
    w.text(NAME, selector.name);
    if let Some(instance) = &selector.instance {
        w.text(INSTANCE, instance.as_str());
    }
}

fn match_labels(w: &mut YamlWriter, key: &'static str, by: &Selector<'_>) {
    w.map(key, |w| w.map("matchLabels", |w| selector(w, by)));
}

fn body(w: &mut YamlWriter, object: &Object<'_>) {
    match &object.body {
        Body::Namespace { .. } => {}
        Body::ResourceQuota(quota) => w.map("spec", |w| quota::resource_quota(w, quota)),
        Body::LimitRange(range) => w.map("spec", |w| quota::limit_range(w, range)),
        Body::ConfigMap { data } => config_map(w, data),
        Body::ServiceAccount(account) => w.bool("automountServiceAccountToken", account.token),
        Body::Service(service) => w.map("spec", |w| service_spec(w, service)),
        Body::Deployment(d) => w.map("spec", |w| deployment(w, d)),
        Body::StatefulSet(s) => w.map("spec", |w| stateful_set(w, s)),
        Body::DaemonSet(d) => w.map("spec", |w| daemon_set(w, d)),
        Body::Job(job) => w.map("spec", |w| job_spec(w, job)),
        Body::CronJob(job) => w.map("spec", |w| cron_job(w, job)),
        Body::Autoscaler { target, scale } => {
            w.map("spec", |w| autoscaler(w, target, object.meta.name.as_str(), scale));
        }
        Body::Budget { selector, limit: (key, limit) } => w.map("spec", |w| {
            w.from(limit.origin, |w| amount(w, key, &limit.value));
            // Pods that are not ready anyway must not keep a node from being emptied.
            w.word("unhealthyPodEvictionPolicy", "AlwaysAllow");
            match_labels(w, "selector", selector);
        }),
        Body::NetworkPolicy(policy) => w.map("spec", |w| network_policy(w, policy)),
        Body::Ingress(i) => w.map("spec", |w| ingress(w, i)),
        Body::HttpRoute(r) => w.map("spec", |w| http_route(w, r)),
    }
}

fn config_map(w: &mut YamlWriter, data: &[ConfigEntry]) {
    w.map("data", |w| {
        for entry in data {
            w.from(entry.text.origin, |w| w.text(Key::Text(&entry.key), &entry.text.value));
        }
    });
}

fn service_spec(w: &mut YamlWriter, service: &Service<'_>) {
    if service.headless {
        w.word("clusterIP", "None");
        // Replicas have to find each other before they are ready.
        w.bool("publishNotReadyAddresses", true);
    }
    w.map("selector", |w| selector(w, &service.selector));
    if service.ports.is_empty() {
        return;
    }
    let first = service.ports.first().and_then(|(.., origin)| *origin);
    w.from(first, |w| {
        w.list("ports", |w| {
            for (name, number, origin) in &service.ports {
                w.from(*origin, |w| {
                    w.item(|w| {
                        w.text("name", name);
                        w.int("port", *number);
                        w.text("targetPort", name);
                        w.word("protocol", "TCP");
                    });
                });
            }
        })
    });
}

/// A number, or a percentage.
fn amount(w: &mut YamlWriter, key: &'static str, text: &str) {
    match text.parse() {
        Ok(number) => w.int(key, number),
        Err(_) => w.text(key, text),
    }
}

fn replicas(w: &mut YamlWriter, replicas: Option<&Sourced<i64>>) {
    if let Some(replicas) = replicas {
        w.from(replicas.origin, |w| w.int("replicas", replicas.value));
    }
}

fn deployment(w: &mut YamlWriter, d: &Deployment<'_>) {
    replicas(w, d.replicas.as_ref());
    if let Some(deadline) = &d.rollout.deadline {
        w.from(deadline.origin, |w| w.int("progressDeadlineSeconds", pod::whole(deadline.value)));
    }
    match_labels(w, "selector", &d.selector);
    w.map("strategy", |w| {
        let strategy = &d.rollout.strategy;
        w.from(strategy.origin, |w| match strategy.value {
            RolloutStrategy::Recreate => w.word("type", "Recreate"),
            RolloutStrategy::Rolling => {
                w.word("type", "RollingUpdate");
                rolling(w, d.rollout);
            }
        });
    });
    w.map("template", |w| pod::template(w, &d.pod));
}

fn rolling(w: &mut YamlWriter, rollout: &Rollout) {
    let limits = [("maxSurge", &rollout.max_surge), ("maxUnavailable", &rollout.max_unavailable)];
    if limits.iter().all(|(_, l)| l.is_none()) {
        return;
    }
    w.map("rollingUpdate", |w| {
        for (key, limit) in limits {
            if let Some(limit) = limit {
                w.from(limit.origin, |w| amount(w, key, &limit.value));
            }
        }
    });
}

fn stateful_set(w: &mut YamlWriter, s: &StatefulSet<'_>) {
    replicas(w, s.replicas.as_ref());
    w.text("serviceName", s.service.as_str());
    match_labels(w, "selector", &s.selector);
    w.map("template", |w| pod::template(w, &s.pod));
    if s.claims.is_empty() {
        return;
    }
    let first = s.claims.first().and_then(|c| c.size.origin);
    w.from(around(around(first)), |w| {
        w.list("volumeClaimTemplates", |w| s.claims.iter().for_each(|c| claim(w, c)));
    });
}

fn claim(w: &mut YamlWriter, storage: &Storage) {
    w.from(around(storage.size.origin), |w| {
        w.item(|w| {
            w.map("metadata", |w| w.text("name", &storage.name));
            w.map("spec", |w| {
                w.texts("accessModes", ["ReadWriteOnce"]);
                if let Some(class) = &storage.class {
                    w.from(class.origin, |w| w.text("storageClassName", &class.value));
                }
                w.from(storage.size.origin, |w| {
                    w.map("resources", |w| {
                        w.map("requests", |w| w.text("storage", &canonical(storage.size.value)));
                    });
                });
            });
        });
    });
}

fn daemon_set(w: &mut YamlWriter, d: &DaemonSet<'_>) {
    match_labels(w, "selector", &d.selector);
    w.map("updateStrategy", |w| {
        let strategy = &d.rollout.strategy;
        w.from(strategy.origin, |w| {
            w.word("type", "RollingUpdate");
            match strategy.value {
                RolloutStrategy::Rolling => rolling(w, d.rollout),
                // All at once.
                RolloutStrategy::Recreate => w.map("rollingUpdate", |w| w.text("maxUnavailable", "100%")),
            }
        });
    });
    w.map("template", |w| pod::template(w, &d.pod));
}

fn job_spec(w: &mut YamlWriter, job: &Job<'_>) {
    if let Some(retries) = &job.spec.retries {
        w.from(retries.origin, |w| w.int("backoffLimit", retries.value));
    }
    let times = [("activeDeadlineSeconds", &job.spec.deadline), ("ttlSecondsAfterFinished", &job.spec.keep)];
    for (key, time) in times {
        if let Some(time) = time {
            w.from(time.origin, |w| w.int(key, pod::whole(time.value)));
        }
    }
    w.map("template", |w| pod::template(w, &job.pod));
}

fn cron_job(w: &mut YamlWriter, job: &CronJob<'_>) {
    w.from(job.cron.origin, |w| w.text("schedule", &job.cron.value));
    if let Some(zone) = job.time_zone {
        w.from(zone.origin, |w| w.text("timeZone", &zone.value));
    }
    if let Some(overlap) = &job.overlap {
        let policy = match overlap.value {
            Overlap::Allow => "Allow",
            Overlap::Forbid => "Forbid",
            Overlap::Replace => "Replace",
        };
        w.from(overlap.origin, |w| w.word("concurrencyPolicy", policy));
    }
    if let Some(within) = &job.start_within {
        w.from(within.origin, |w| w.int("startingDeadlineSeconds", within.value));
    }
    w.map("jobTemplate", |w| {
        w.map("metadata", |w| w.map("labels", |w| labels(w, &job.labels)));
        w.map("spec", |w| job_spec(w, &job.job));
    });
}

fn autoscaler(w: &mut YamlWriter, target: &'static str, name: &str, scale: &Sourced<Scale>) {
    w.map("scaleTargetRef", |w| {
        w.word("apiVersion", "apps/v1");
        w.word("kind", target);
        w.text("name", name);
    });
    let scale = &scale.value;
    w.from(scale.min.origin, |w| w.int("minReplicas", scale.min.value));
    w.from(scale.max.origin, |w| w.int("maxReplicas", scale.max.value));
    let metrics = [("cpu", &scale.cpu), ("memory", &scale.memory)];
    if metrics.iter().all(|(_, m)| m.is_none()) {
        return;
    }
    w.list("metrics", |w| {
        for (name, share) in metrics {
            let Some(share) = share else { continue };
            w.from(share.origin, |w| {
                w.item(|w| {
                    w.word("type", "Resource");
                    w.map("resource", |w| {
                        w.word("name", name);
                        w.map("target", |w| {
                            w.word("type", "Utilization");
                            w.int("averageUtilization", percent(share.value).0);
                        });
                    });
                });
            });
        }
    });
}

/// Ranges that are not the internet: private, shared, link-local (where clouds offer their credentials).
const PRIVATE_V4: [&str; 5] =
    ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
const PRIVATE_V6: [&str; 2] = ["fc00::/7", "fe80::/10"];

fn network_policy(w: &mut YamlWriter, policy: &NetworkPolicy<'_>) {
    match_labels(w, "podSelector", &policy.selector);
    w.texts("policyTypes", ["Ingress", "Egress"]);
    w.list("ingress", |w| {
        if !policy.from.is_empty() {
            w.item(|w| {
                w.list("from", |w| {
                    policy.from.iter().for_each(|(name, origin)| w.from(*origin, |w| peer(w, name)))
                });
                named_ports(w, policy.ports);
            });
        }
        if let Some((port, origin)) = policy.public {
            w.from(origin, |w| {
                w.item(|w| w.list("ports", |w| w.item(|w| policy_port(w, |w| w.text("port", port)))));
            });
        }
    });
    w.list("egress", |w| {
        w.item(|w| {
            w.list("ports", |w| {
                for protocol in ["UDP", "TCP"] {
                    w.item(|w| {
                        w.word("protocol", protocol);
                        w.int("port", 53);
                    });
                }
            });
        });
        for (name, ports, origin) in &policy.to {
            w.from(*origin, |w| {
                w.item(|w| {
                    w.list("to", |w| peer(w, name));
                    named_ports(w, ports);
                });
            });
        }
        if policy.outside {
            w.item(|w| {
                w.list("to", |w| {
                    block(w, "0.0.0.0/0", &PRIVATE_V4);
                    block(w, "::/0", &PRIVATE_V6);
                });
            });
        }
    });
}

fn peer(w: &mut YamlWriter, name: &str) {
    w.item(|w| match_labels(w, "podSelector", &Selector { name, instance: None }));
}

fn named_ports(w: &mut YamlWriter, ports: &[Port]) {
    if ports.is_empty() {
        return;
    }
    w.list("ports", |w| {
        for port in ports {
            w.from(port.number.origin, |w| w.item(|w| policy_port(w, |w| w.text("port", &port.name))));
        }
    });
}

fn policy_port(w: &mut YamlWriter, port: impl FnOnce(&mut YamlWriter)) {
    w.word("protocol", "TCP");
    port(w);
}

fn block(w: &mut YamlWriter, range: &str, except: &[&str]) {
    w.item(|w| {
        w.map("ipBlock", |w| {
            w.text("cidr", range);
            w.texts("except", except.iter().copied());
        });
    });
}

fn ingress(w: &mut YamlWriter, ingress: &Ingress<'_>) {
    if let Some(class) = ingress.class {
        w.text("ingressClassName", class);
    }
    if let Some(secret) = &ingress.tls {
        w.from(secret.origin, |w| {
            w.list("tls", |w| {
                w.item(|w| {
                    w.from(ingress.host.origin, |w| w.texts("hosts", [ingress.host.value.as_str()]));
                    w.text("secretName", &secret.value);
                });
            });
        });
    }
    w.list("rules", |w| {
        w.item(|w| {
            w.from(ingress.host.origin, |w| w.text("host", &ingress.host.value));
            w.map("http", |w| {
                w.list("paths", |w| {
                    w.item(|w| {
                        w.from(ingress.path.origin, |w| w.text("path", &ingress.path.value));
                        w.word("pathType", "Prefix");
                        w.map("backend", |w| {
                            w.map("service", |w| {
                                w.text("name", ingress.service.as_str());
                                w.map("port", |w| w.text("name", ingress.port));
                            });
                        });
                    });
                });
            });
        });
    });
}

fn http_route(w: &mut YamlWriter, route: &HttpRoute<'_>) {
    w.list("parentRefs", |w| {
        w.item(|w| {
            w.text("name", route.gateway.1);
            if let Some(namespace) = route.gateway.0 {
                w.text("namespace", namespace);
            }
            // The listener that decrypts; without this the route would be open on all of them.
            if route.tls {
                w.word("sectionName", "https");
            }
        });
    });
    w.from(route.host.origin, |w| w.texts("hostnames", [route.host.value.as_str()]));
    w.list("rules", |w| {
        w.item(|w| {
            w.from(route.path.origin, |w| {
                w.list("matches", |w| {
                    w.item(|w| {
                        w.map("path", |w| {
                            w.word("type", "PathPrefix");
                            w.text("value", &route.path.value);
                        });
                    });
                });
            });
            w.list("backendRefs", |w| {
                w.item(|w| {
                    w.text("name", route.service.as_str());
                    w.int("port", route.port);
                });
            });
        });
    });
}
