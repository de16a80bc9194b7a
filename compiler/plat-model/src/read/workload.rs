//! Reads workloads: what they run, with what, and how they are reached.

use super::Reader;
use super::fields::{Place, name};
use crate::{
    AcrossPlatforms, Disruption, EnvValue, EnvVar, Expose, GarbageCollector, Health, ImageRef, Memory,
    NetworkRule, Overlap, Probe, Quota, Resources, Rollout, RolloutStrategy, Runtime, Scale, SecretText,
    Security, ServiceAccount, Sourced, Storage, TextPart, Thresholds, Volume, VolumeSource, Workload,
    WorkloadKind, WorkloadSpec,
};
use plat_base::{Diagnostic, Name};
use plat_eval::{Context, Object, Secret, SecretPart, Value};

impl Reader<'_, '_> {
    pub(super) fn workload(&mut self, object: Object) -> Option<Workload> {
        let kind = self.by_kind(object, |kind| {
            Some(match kind {
                "service" => WorkloadKind::Service,
                "stateful" => WorkloadKind::Stateful,
                "daemon" => WorkloadKind::Daemon,
                "schedule" => WorkloadKind::Schedule,
                "job" => WorkloadKind::Job,
                _ => return None,
            })
        })?;
        let contexts = self.contexts_of(object);
        let name = self.declared_name(object);
        let spec = self.per_context(&contexts, |this, at| {
            let place = this.place(object, at);
            this.workload_spec(place, &name)
        });
        Some(Workload { origin: self.origin_of(object), doc: self.doc_of(object), name, kind, spec })
    }

    fn workload_spec(&mut self, place: Place, workload: &str) -> WorkloadSpec {
        let health = self.inner(place, name!("health"));
        let mut probe = |field| {
            let question = self.object(health?, field)?;
            self.health(question, place.at)
        };
        let (live, ready, start) = (probe(name!("live")), probe(name!("ready")), probe(name!("start")));
        WorkloadSpec {
            image: self.image_ref(place, workload),
            command: self.texts(place, name!("command")),
            args: self.texts(place, name!("args")),
            ports: self.ports(place),
            env: self.environment_variables(place),
            volumes: self.volumes(place),
            storage: self.storage(place),
            resources: self.inner(place, name!("resources")).map(|r| self.resources(r)),
            memory: self.inner(place, name!("memory")).map(|m| self.memory(m)),
            live,
            ready,
            start,
            replicas: self.int(place, name!("replicas")),
            scale: self.object(place, name!("scale")).and_then(|s| self.scale(s, place.at)),
            rollout: self.rollout(place),
            disruption: self.disruption(place),
            expose: self.object(place, name!("expose")).and_then(|e| self.expose(e, place.at)),
            needs: self.needs(place),
            account: self.account(place, workload),
            network: self.inner(place, name!("network")).map(|n| self.network(n)),
            security: self.security(place),
            thresholds: self.thresholds(place),
            across_platforms: match self.text(place, name!("across-platforms")) {
                Some(text) if text.value == "envelope" => AcrossPlatforms::Envelope,
                _ => AcrossPlatforms::Split,
            },
            grace: self.quantity(place, name!("grace")),
            drain: self.quantity(place, name!("drain")),
            labels: self.text_map(place, name!("labels")),
            annotations: self.text_map(place, name!("annotations")),
            schedule: self.text(place, name!("cron")),
            retries: self.int(place, name!("retries")),
            deadline: self.quantity(place, name!("deadline")),
            keep: self.quantity(place, name!("keep")),
            time_zone: self.text(place, name!("time-zone")),
            overlap: self.text(place, name!("overlap")).map(|o| o.map(|text| overlap(&text))),
            start_within: self.quantity(place, name!("start-within")),
        }
    }

    fn image_ref(&mut self, place: Place, workload: &str) -> Sourced<ImageRef> {
        let Some(found) = self.object(place, name!("image")) else {
            return Sourced::new(ImageRef::Built(0), None);
        };
        if self.by_kind(found.value, |kind| (kind == "base-image").then_some(())).is_some() {
            let inner = place.into(found);
            let (base, origin) = self.whole(found.origin, |this| this.base_image(inner));
            return Sourced::new(ImageRef::Published(base), origin);
        }
        let position = self.images.get(&found.value).copied();
        if position.is_none()
            && let Some(span) = found.origin
        {
            let report = Diagnostic::error("undeclared-image", "this image is not declared", span)
                .primary("an image that was made here has no name to be built under")
                .help(format!("declare it, `image {workload} = …`, and name it here: `image = {workload}`"));
            if !self.diagnostics.contains(&report) {
                self.diagnostics.push(report);
            }
        }
        Sourced::new(ImageRef::Built(position.unwrap_or(0)), found.origin)
    }

    /// `config` and `secrets` first, then `env`, which wins where both have a name.
    fn environment_variables(&mut self, place: Place) -> Vec<EnvVar> {
        let mut variables: Vec<EnvVar> = Vec::new();
        for field in [name!("config"), name!("secrets")] {
            for owner in self.objects(place, field) {
                let inner = place.part(owner);
                for key in self.eval.keys(owner, place.at) {
                    let variable = key.as_str().replace(['-', '.'], "_").to_uppercase();
                    self.add_variable(&mut variables, inner, key, variable);
                }
            }
        }
        if let Some(map) = self.inner(place, name!("env")) {
            let memory = self.value(place, name!("memory")).and_then(|m| m.origin);
            for key in self.eval.keys(map.object, map.at) {
                self.add_variable(&mut variables, map, key, key.as_str().to_owned());
                if let Some(last) = variables.iter_mut().find(|v| v.name == key.as_str()) {
                    last.value.origin = self.because_of(map, key, last.value.origin, memory);
                }
            }
        }
        variables
    }

    fn add_variable(&mut self, variables: &mut Vec<EnvVar>, place: Place, key: Name, name: String) {
        let Some(found) = self.value(place, key) else { return };
        if key == name!("name") && found.origin.is_none() {
            return;
        }
        let value = match &found.value {
            Value::Secret(secret) => secret_value(secret),
            Value::Str(text) => match &text.reference {
                Some(entry) => EnvValue::Config {
                    config: entry.instance.as_str().to_owned(),
                    key: entry.key.as_str().to_owned(),
                    text: text.text.to_string(),
                },
                None => EnvValue::Text(text.text.to_string()),
            },
            other => EnvValue::Text(self.eval.display(other)),
        };
        let variable = EnvVar { name, value: Sourced::new(value, found.origin) };
        match variables.iter_mut().find(|v| v.name == variable.name) {
            Some(known) => *known = variable,
            None => variables.push(variable),
        }
    }

    pub(super) fn health(&mut self, question: Sourced<Object>, at: Context) -> Option<Sourced<Health>> {
        let place = Place { object: question.value, at, origin: question.origin };
        let kind = self.by_kind(question.value, |kind| kind.strip_suffix("-check").map(str::to_owned))?;
        let probe = match kind.as_str() {
            "http" => {
                let path = self.text(place, name!("path"))?;
                Probe::Http { path, port: self.int(place, name!("port"))? }
            }
            "grpc" => {
                let port = self.int(place, name!("port"))?;
                Probe::Grpc { port, service: self.text(place, name!("service")).map(|s| s.value) }
            }
            "tcp" => Probe::Tcp { port: self.int(place, name!("port"))? },
            "command" => Probe::Command(self.texts(place, name!("argv"))?),
            _ => return None,
        };
        let health = Health {
            probe,
            every: self.quantity(place, name!("every")),
            timeout: self.quantity(place, name!("timeout")),
            after: self.quantity(place, name!("after")),
            retries: self.int(place, name!("retries")),
        };
        Some(Sourced::new(health, question.origin))
    }

    fn volumes(&mut self, place: Place) -> Vec<Volume> {
        let Some(map) = self.inner(place, name!("volumes")) else { return Vec::new() };
        let keys = self.eval.keys(map.object, map.at);
        keys.into_iter().filter_map(|key| self.volume(map, key)).collect()
    }

    fn volume(&mut self, map: Place, key: Name) -> Option<Volume> {
        let place = self.inner(map, key)?;
        let kind = self.by_kind(place.object, |kind| kind.strip_suffix("-volume").map(str::to_owned))?;
        let named = |this: &mut Self, field| {
            this.object(place, field).map(|o| this.declared_name(o.value)).unwrap_or_default()
        };
        let source = match kind.as_str() {
            "claim" => VolumeSource::Claim {
                name: self.required_text(place, name!("claim")),
                size: self.quantity(place, name!("size")).map(|q| q.value),
            },
            "config" => VolumeSource::Config(named(self, name!("config"))),
            "credentials" => VolumeSource::Credentials(named(self, name!("credentials"))),
            _ => VolumeSource::Scratch {
                size: self.quantity(place, name!("size")).map(|q| q.value),
                in_memory: self.boolean(place, name!("in-memory")).is_some_and(|b| b.value),
            },
        };
        Some(Volume {
            name: key.as_str().to_owned(),
            mount: self.text(place, name!("mount"))?,
            read_only: self.boolean(place, name!("read-only")).is_some_and(|b| b.value),
            source,
        })
    }

    fn storage(&mut self, place: Place) -> Vec<Storage> {
        let Some(map) = self.inner(place, name!("storage")) else { return Vec::new() };
        let keys = self.eval.keys(map.object, map.at);
        let claim = |this: &mut Self, key: Name| {
            let place = this.inner(map, key)?;
            Some(Storage {
                name: key.as_str().to_owned(),
                size: this.quantity(place, name!("size"))?,
                mount: this.text(place, name!("mount"))?,
                class: this.text(place, name!("class")),
            })
        };
        keys.into_iter().filter_map(|key| claim(self, key)).collect()
    }

    pub(super) fn resources(&mut self, place: Place) -> Resources {
        Resources {
            requests: self.quota(place, name!("requests")),
            limits: self.quota(place, name!("limits")),
        }
    }

    pub(super) fn quota(&mut self, place: Place, field: Name) -> Quota {
        let Some(place) = self.inner(place, field) else { return Quota::default() };
        Quota {
            cpu: self.quantity(place, name!("cpu")),
            memory: self.quantity(place, name!("memory")),
            ephemeral_storage: self.quantity(place, name!("ephemeral-storage")),
        }
    }

    pub(super) fn memory(&mut self, place: Place) -> Memory {
        let runtime = self.text(place, name!("runtime")).unwrap_or_else(|| Sourced::new(String::new(), None));
        Memory {
            runtime: runtime.map(|text| runtime_of(&text)),
            heap: self.quantity(place, name!("heap")),
            stack: self.quantity(place, name!("stack")),
            gc: self.text(place, name!("gc")).map(|g| g.map(|text| collector(&text))),
            footprint: self.quantity(place, name!("footprint")),
            flags: self.text(place, name!("flags")),
        }
    }

    fn scale(&mut self, scale: Sourced<Object>, at: Context) -> Option<Sourced<Scale>> {
        let place = Place { object: scale.value, at, origin: scale.origin };
        let scaling = Scale {
            min: self.int(place, name!("min"))?,
            max: self.int(place, name!("max"))?,
            cpu: self.quantity(place, name!("cpu")),
            memory: self.quantity(place, name!("memory")),
        };
        Some(Sourced::new(scaling, scale.origin))
    }

    fn rollout(&mut self, place: Place) -> Rollout {
        let rolling = Sourced::new(RolloutStrategy::Rolling, None);
        let Some(place) = self.inner(place, name!("rollout")) else {
            return Rollout { strategy: rolling, max_surge: None, max_unavailable: None, deadline: None };
        };
        let strategy = self.text(place, name!("strategy")).map_or(rolling, |s| {
            s.map(
                |text| if text == "recreate" { RolloutStrategy::Recreate } else { RolloutStrategy::Rolling },
            )
        });
        Rollout {
            strategy,
            max_surge: self.amount(place, name!("max-surge")),
            max_unavailable: self.amount(place, name!("max-unavailable")),
            deadline: self.quantity(place, name!("deadline")),
        }
    }

    fn disruption(&mut self, place: Place) -> Option<Disruption> {
        let found = self.object(place, name!("disruption"))?;
        let place = place.into(found);
        let min_available = self.amount(place, name!("min-available"));
        let max_unavailable =
            if min_available.is_some() { None } else { self.amount(place, name!("max-unavailable")) };
        Some(Disruption { min_available, max_unavailable, origin: found.origin })
    }

    fn expose(&mut self, expose: Sourced<Object>, at: Context) -> Option<Sourced<Expose>> {
        let place = Place { object: expose.value, at, origin: expose.origin };
        let exposure = Expose {
            port: self.int(place, name!("port"))?,
            to: self.int(place, name!("to"))?,
            host: self.text(place, name!("host")),
            path: self.text(place, name!("path"))?,
            tls: self.boolean(place, name!("tls"))?,
        };
        Some(Sourced::new(exposure, expose.origin))
    }

    fn needs(&mut self, place: Place) -> Vec<Sourced<String>> {
        let needed = self.element_places(place, name!("needs"));
        needed.into_iter().map(|p| Sourced::new(self.declared_name(p.object), p.origin)).collect()
    }

    fn account(&mut self, place: Place, workload: &str) -> ServiceAccount {
        let Some(place) = self.inner(place, name!("account")) else {
            return ServiceAccount {
                create: true,
                name: workload.to_owned(),
                token: false,
                annotations: Vec::new(),
            };
        };
        ServiceAccount {
            create: self.boolean(place, name!("create")).is_none_or(|b| b.value),
            name: self.text(place, name!("name")).map_or_else(|| workload.to_owned(), |t| t.value),
            token: self.boolean(place, name!("token")).is_some_and(|b| b.value),
            annotations: self.text_map(place, name!("annotations")),
        }
    }

    fn network(&mut self, place: Place) -> NetworkRule {
        NetworkRule {
            isolate: self.boolean(place, name!("isolate")).is_none_or(|b| b.value),
            outside: self.boolean(place, name!("outside")).is_none_or(|b| b.value),
        }
    }

    fn security(&mut self, place: Place) -> Security {
        let place = self.inner(place, name!("security"));
        let standard = place.and_then(|p| self.text(p, name!("standard")));
        Security {
            standard: standard.unwrap_or_else(|| Sourced::new("restricted".to_owned(), None)),
            read_only_root: place
                .and_then(|p| self.boolean(p, name!("read-only-root")))
                .unwrap_or_else(|| Sourced::new(true, None)),
            user: place.and_then(|p| self.int(p, name!("user"))),
            group: place.and_then(|p| self.int(p, name!("group"))),
            fs_group: place.and_then(|p| self.int(p, name!("fs-group"))),
            capabilities: place.map(|p| self.sourced_texts(p, name!("capabilities"))).unwrap_or_default(),
        }
    }

    fn thresholds(&mut self, place: Place) -> Option<Thresholds> {
        let monitor = self.inner(place, name!("monitor"))?;
        let place = self.inner(monitor, name!("thresholds"))?;
        Some(Thresholds {
            cpu: self.quantity(place, name!("cpu")),
            memory: self.quantity(place, name!("memory")),
            disk: self.quantity(place, name!("disk")),
        })
    }
}

fn secret_value(secret: &Secret) -> EnvValue {
    let credential =
        |entry: &plat_eval::TextRef| (entry.instance.as_str().to_owned(), entry.key.as_str().to_owned());
    if let [SecretPart::Entry(entry)] = secret.parts.as_slice() {
        let (credentials, key) = credential(entry);
        return EnvValue::Credential { credentials, key };
    }
    let part = |part: &SecretPart| match part {
        SecretPart::Text(text) => Some(TextPart::Text(text.to_string())),
        SecretPart::Entry(entry) => {
            let (credentials, key) = credential(entry);
            Some(TextPart::Credential { credentials, key })
        }
        SecretPart::Source => None,
    };
    EnvValue::Composed(SecretText { parts: secret.parts.iter().filter_map(part).collect() })
}

fn runtime_of(name: &str) -> Runtime {
    match name {
        "jvm" => Runtime::Jvm,
        "go" => Runtime::Go,
        "node" => Runtime::Node,
        "python" => Runtime::Python,
        "dotnet" => Runtime::Dotnet,
        _ => Runtime::Native,
    }
}

fn collector(name: &str) -> GarbageCollector {
    match name {
        "parallel" => GarbageCollector::Parallel,
        "serial" => GarbageCollector::Serial,
        "zgc" => GarbageCollector::Zgc,
        "shenandoah" => GarbageCollector::Shenandoah,
        "epsilon" => GarbageCollector::Epsilon,
        _ => GarbageCollector::G1,
    }
}

fn overlap(name: &str) -> Overlap {
    match name {
        "allow" => Overlap::Allow,
        "replace" => Overlap::Replace,
        _ => Overlap::Forbid,
    }
}
