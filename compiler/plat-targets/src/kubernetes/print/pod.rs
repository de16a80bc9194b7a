//! Pod templates.

use super::{labels, match_labels};
use crate::kubernetes::quantity::{canonical, seconds};
use crate::kubernetes::tree::{NodeTerm, Pod, PodVolume, Variable, VariableValue};
use crate::kubernetes::variables::escape;
use crate::yaml::{Key, YamlWriter};
use plat_base::Quantity;
use plat_model::{Health, Origin, Probe, Quota, Sourced, TaintEffect, Toleration, VolumeSource, around};

/// A duration in whole seconds.
pub(super) fn whole(duration: Quantity) -> i64 {
    seconds(duration).0
}

/// The template of a controller.
pub(super) fn template(w: &mut YamlWriter, pod: &Pod<'_>) {
    w.map("metadata", |w| {
        w.map("labels", |w| labels(w, &pod.labels));
        if pod.config_hash.is_none() && pod.spec.annotations.is_empty() {
            return;
        }
        w.map("annotations", |w| {
            if let Some(hash) = pod.config_hash {
                w.text("checksum/config", &format!("{hash:016x}"));
            }
            for (key, value) in &pod.spec.annotations {
                w.from(value.origin, |w| w.text(Key::Text(key), &value.value));
            }
        });
    });
    w.map("spec", |w| spec(w, pod));
}

fn spec(w: &mut YamlWriter, pod: &Pod<'_>) {
    let account = &pod.spec.account;
    w.text("serviceAccountName", &account.name);
    w.bool("automountServiceAccountToken", account.token);
    w.bool("enableServiceLinks", false);
    if let Some(first) = pod.pull_secrets.first() {
        w.from(first.origin, |w| {
            w.list("imagePullSecrets", |w| {
                for secret in pod.pull_secrets {
                    w.from(secret.origin, |w| w.item(|w| w.text("name", &secret.value)));
                }
            });
        });
    }
    if pod.ends {
        w.word("restartPolicy", "Never");
    }
    if let Some(grace) = &pod.grace {
        w.from(grace.origin, |w| w.int("terminationGracePeriodSeconds", grace.value));
    }
    security(w, pod);
    affinity(w, &pod.nodes);
    if !pod.tolerations.is_empty() {
        w.list("tolerations", |w| pod.tolerations.iter().for_each(|t| toleration(w, t)));
    }
    spread(w, pod);
    w.list("containers", |w| w.item(|w| container(w, pod)));
    if pod.volumes.iter().any(|v| v.source.is_some()) {
        let first = pod.volumes.iter().find(|v| v.source.is_some()).and_then(|v| v.origin);
        w.from(first, |w| w.list("volumes", |w| pod.volumes.iter().for_each(|v| volume(w, v))));
    }
}

fn security(w: &mut YamlWriter, pod: &Pod<'_>) {
    let standard = &pod.spec.security.standard;
    let bound = standard.value != "privileged";
    if !bound && pod.user.is_none() && pod.fs_group.is_none() && pod.low_port.is_none() {
        return;
    }
    w.from(standard.origin, |w| {
        w.map("securityContext", |w| {
            if standard.value == "restricted" {
                w.bool("runAsNonRoot", true);
            }
            if let Some(user) = &pod.user {
                w.from(user.origin, |w| {
                    w.int("runAsUser", user.value.0);
                    w.int("runAsGroup", user.value.1);
                });
            }
            if let Some(group) = &pod.fs_group {
                w.from(group.origin, |w| {
                    w.int("fsGroup", group.value);
                    // A large volume is not walked through at every start.
                    w.word("fsGroupChangePolicy", "OnRootMismatch");
                });
            }
            if bound {
                w.map("seccompProfile", |w| w.word("type", "RuntimeDefault"));
            }
            if let Some(port) = &pod.low_port {
                // One of the few settings of the kernel that every standard allows.
                w.from(port.origin, |w| {
                    w.list("sysctls", |w| {
                        w.item(|w| {
                            w.word("name", "net.ipv4.ip_unprivileged_port_start");
                            w.text("value", &port.value.to_string());
                        });
                    });
                });
            }
        });
    });
}

fn affinity(w: &mut YamlWriter, terms: &[NodeTerm<'_>]) {
    if terms.is_empty() {
        return;
    }
    let first = terms.first().and_then(|t| t.origin);
    w.from(first, |w| {
        w.map("affinity", |w| {
            w.map("nodeAffinity", |w| {
                w.map("requiredDuringSchedulingIgnoredDuringExecution", |w| {
                    w.list("nodeSelectorTerms", |w| {
                        for term in terms {
                            w.from(term.origin, |w| w.item(|w| node_term(w, term)));
                        }
                    });
                });
            });
        })
    });
}

fn node_term(w: &mut YamlWriter, term: &NodeTerm<'_>) {
    w.list("matchExpressions", |w| {
        requirement(w, "kubernetes.io/os", &[(term.os, term.origin)]);
        requirement(w, "kubernetes.io/arch", &term.arches);
        for (key, value, origin) in &term.labels {
            requirement(w, key, &[(value, *origin)]);
        }
    });
}

fn requirement(w: &mut YamlWriter, key: &str, values: &[(&str, Origin)]) {
    let first = values.first().and_then(|(_, origin)| *origin);
    w.from(first, |w| {
        w.item(|w| {
            w.text("key", key);
            w.word("operator", "In");
            w.list("values", |w| {
                for (value, origin) in values {
                    w.from(*origin, |w| w.item_text(value));
                }
            });
        });
    });
}

fn toleration(w: &mut YamlWriter, toleration: &Sourced<Toleration>) {
    let t = &toleration.value;
    w.from(toleration.origin, |w| {
        w.item(|w| {
            w.text("key", &t.key);
            match &t.value {
                Some(value) => {
                    w.word("operator", "Equal");
                    w.text("value", value);
                }
                None => w.word("operator", "Exists"),
            }
            if let Some(effect) = t.effect {
                let effect = match effect {
                    TaintEffect::NoSchedule => "NoSchedule",
                    TaintEffect::PreferNoSchedule => "PreferNoSchedule",
                    TaintEffect::NoExecute => "NoExecute",
                };
                w.word("effect", effect);
            }
        });
    });
}

/// Replicas are spread over nodes and zones, but rather started close together than not at all.
fn spread(w: &mut YamlWriter, pod: &Pod<'_>) {
    let Some(selector) = &pod.spread else { return };
    let several = pod.spec.scale.as_ref().map(|s| s.value.max.origin);
    let several = several.or(pod.spec.replicas.as_ref().map(|r| r.origin)).flatten();
    w.from(several, |w| {
        w.list("topologySpreadConstraints", |w| {
            for key in ["kubernetes.io/hostname", "topology.kubernetes.io/zone"] {
                w.item(|w| {
                    w.int("maxSkew", 1);
                    w.word("topologyKey", key);
                    w.word("whenUnsatisfiable", "ScheduleAnyway");
                    match_labels(w, "labelSelector", selector);
                });
            }
        })
    });
}

fn container(w: &mut YamlWriter, pod: &Pod<'_>) {
    let spec = pod.spec;
    w.text("name", pod.container.as_str());
    w.from(spec.image.origin, |w| {
        w.text("image", &pod.image);
        w.also(pod.image_parts.iter().copied());
        w.word("imagePullPolicy", if pod.pull_always { "Always" } else { "IfNotPresent" });
    });
    for (key, words) in [("command", &spec.command), ("args", &spec.args)] {
        if let Some(words) = words {
            w.from(words.origin, |w| {
                w.list(key, |w| words.value.iter().for_each(|word| w.item_text(&escape(word, false))));
            });
        }
    }
    ports(w, pod);
    if !pod.env.is_empty() {
        let first = spec.env.first().and_then(|v| v.value.origin);
        w.from(around(first), |w| w.list("env", |w| pod.env.iter().for_each(|v| variable(w, v))));
    }
    resources(w, pod);
    for (key, health) in &pod.probes {
        w.from(health.origin, |w| w.map(*key, |w| probe(w, health)));
    }
    if let Some(drain) = &pod.drain {
        w.from(drain.origin, |w| {
            w.map("lifecycle", |w| {
                w.map("preStop", |w| w.map("sleep", |w| w.int("seconds", drain.value)));
            });
        });
    }
    container_security(w, pod);
    if !pod.volumes.is_empty() {
        let first = pod.volumes.first().and_then(|v| v.origin);
        w.from(first, |w| w.list("volumeMounts", |w| pod.volumes.iter().for_each(|v| mount(w, v))));
    }
}

fn ports(w: &mut YamlWriter, pod: &Pod<'_>) {
    if pod.ports.is_empty() {
        return;
    }
    let first = pod.ports.first().and_then(|p| p.number.origin);
    w.from(around(first), |w| {
        w.list("ports", |w| {
            for port in pod.ports {
                w.from(port.number.origin, |w| {
                    w.item(|w| {
                        w.text("name", &port.name);
                        w.int("containerPort", port.number.value);
                        w.word("protocol", "TCP");
                    });
                });
            }
        })
    });
}

fn variable(w: &mut YamlWriter, variable: &Variable<'_>) {
    w.from(variable.origin, |w| {
        w.item(|w| {
            w.text("name", &variable.name);
            match &variable.value {
                VariableValue::Text(text) => w.text("value", text),
                VariableValue::Config { name, key } => reference(w, "configMapKeyRef", name, key),
                VariableValue::Secret { name, key } => reference(w, "secretKeyRef", name, key),
            }
        });
    });
}

fn reference(w: &mut YamlWriter, kind: &'static str, name: &str, key: &str) {
    w.map("valueFrom", |w| {
        w.map(kind, |w| {
            w.text("name", name);
            w.text("key", key);
        });
    });
}

fn resources(w: &mut YamlWriter, pod: &Pod<'_>) {
    let Some(resources) = &pod.spec.resources else { return };
    let first = first_amount(&resources.requests).or(first_amount(&resources.limits));
    w.from(around(around(first)), |w| {
        w.map("resources", |w| {
            for (key, quota) in [("requests", &resources.requests), ("limits", &resources.limits)] {
                if *quota != Quota::default() {
                    w.from(around(first_amount(quota)), |w| w.map(key, |w| amounts(w, quota)));
                }
            }
        });
    });
}

pub(super) fn first_amount(quota: &Quota) -> Origin {
    [&quota.cpu, &quota.memory, &quota.ephemeral_storage].into_iter().flatten().find_map(|q| q.origin)
}

pub(super) fn amounts(w: &mut YamlWriter, quota: &Quota) {
    let all =
        [("cpu", &quota.cpu), ("memory", &quota.memory), ("ephemeral-storage", &quota.ephemeral_storage)];
    for (key, quantity) in all {
        if let Some(quantity) = quantity {
            w.from(quantity.origin, |w| w.text(key, &canonical(quantity.value)));
        }
    }
}

fn probe(w: &mut YamlWriter, health: &Sourced<Health>) {
    match &health.probe {
        Probe::Http { path, port } => w.map("httpGet", |w| {
            w.from(path.origin, |w| w.text("path", &path.value));
            w.from(port.origin, |w| w.int("port", port.value));
        }),
        Probe::Grpc { port, service } => w.map("grpc", |w| {
            w.from(port.origin, |w| w.int("port", port.value));
            if let Some(service) = service {
                w.text("service", service);
            }
        }),
        Probe::Tcp { port } => w.map("tcpSocket", |w| w.from(port.origin, |w| w.int("port", port.value))),
        Probe::Command(argv) => w.map("exec", |w| {
            w.from(argv.origin, |w| w.texts("command", argv.value.iter().map(String::as_str)));
        }),
    }
    let times = [
        ("initialDelaySeconds", &health.after, 0),
        ("periodSeconds", &health.every, 1),
        ("timeoutSeconds", &health.timeout, 1),
    ];
    for (key, time, least) in times {
        if let Some(time) = time {
            w.from(time.origin, |w| w.int(key, whole(time.value).max(least)));
        }
    }
    if let Some(retries) = &health.retries {
        w.from(retries.origin, |w| w.int("failureThreshold", retries.value));
    }
}

fn container_security(w: &mut YamlWriter, pod: &Pod<'_>) {
    let security = &pod.spec.security;
    let restricted = security.standard.value == "restricted";
    let bound = security.standard.value != "privileged";
    let capabilities = restricted || !security.capabilities.is_empty();
    if !bound && !capabilities && !security.read_only_root.value {
        return;
    }
    w.from(security.standard.origin, |w| {
        w.map("securityContext", |w| {
            if bound {
                w.bool("allowPrivilegeEscalation", false);
            }
            let read_only = &security.read_only_root;
            if read_only.value {
                w.from(read_only.origin, |w| w.bool("readOnlyRootFilesystem", true));
            }
            if capabilities {
                w.map("capabilities", |w| {
                    if restricted {
                        w.texts("drop", ["ALL"]);
                    }
                    if !security.capabilities.is_empty() {
                        w.texts("add", security.capabilities.iter().map(|c| c.value.as_str()));
                    }
                });
            }
        });
    });
}

fn mount(w: &mut YamlWriter, volume: &PodVolume<'_>) {
    w.from(volume.origin, |w| {
        w.item(|w| {
            w.text("name", &volume.name);
            w.text("mountPath", volume.mount);
            if volume.read_only {
                w.bool("readOnly", true);
            }
        });
    });
}

fn volume(w: &mut YamlWriter, volume: &PodVolume<'_>) {
    let Some(source) = &volume.source else { return };
    w.from(volume.origin, |w| {
        w.item(|w| {
            w.text("name", &volume.name);
            match source.as_ref() {
                VolumeSource::Scratch { size, in_memory } => w.map("emptyDir", |w| {
                    if *in_memory {
                        w.word("medium", "Memory");
                    }
                    if let Some(size) = size {
                        w.text("sizeLimit", &canonical(*size));
                    }
                }),
                VolumeSource::Claim { name, .. } => {
                    w.map("persistentVolumeClaim", |w| w.text("claimName", name))
                }
                VolumeSource::Config(name) => w.map("configMap", |w| w.text("name", name)),
                VolumeSource::Credentials(name) => w.map("secret", |w| w.text("secretName", name)),
            }
        });
    });
}
