//! Reads the project: everything that its declarations say.

use super::Reader;
use super::fields::{Place, name};
use crate::{
    Config, ConfigEntry, ContainerRange, CredentialSource, Credentials, Dependencies, Environment,
    MemoryProfile, NamespaceQuota, Output, PriceList, Prices, Project, ResourceProfile, Sourced,
    ThresholdProfile, Workload,
};
use plat_base::{Name, Rational};
use plat_eval::{Context, Object, Share, Value};
use std::sync::Arc;

/// The targets that are written where no `output` says otherwise.
const DEFAULT_OUTPUTS: [&str; 3] = ["bazel", "docker", "kubernetes"];

fn part(objects: &[Object], share: Share) -> &[Object] {
    objects.get(share.range(objects.len())).unwrap_or_default()
}

impl Reader<'_, '_> {
    pub(super) fn project(&mut self, name: &str, doc: Option<String>, share: Share) -> Project {
        let platforms = self.platforms.clone();
        let platforms = platforms.into_iter().map(|o| self.platform(o)).collect();
        let environments = self.environments.clone();
        let environments = environments.into_iter().map(|o| self.environment(o)).collect();
        let images = self.instances("image");
        self.images = images.iter().enumerate().map(|(i, o)| (*o, i)).collect();
        let images = part(&images, share).iter().map(|o| self.image(*o)).collect();
        let workloads = self.instances("workload");
        let workloads = part(&workloads, share).iter().filter_map(|o| self.workload(*o));
        let workloads: Vec<Workload> = workloads.collect();
        Project {
            name: self.eval.program().project.as_ref().map_or(name, |p| p.name.as_str()).to_owned(),
            origin: self.eval.program().project.as_ref().map(|p| p.name_span),
            doc,
            platforms,
            environments,
            images,
            thresholds: workloads.iter().filter_map(|w| self.threshold_profile(w)).collect(),
            workloads,
            resources: self.each("resources", Self::resource_profile),
            memories: self.each("memory", Self::memory_profile),
            dependencies: self.each("dependencies", Self::dependency_profile),
            configs: self.each("config", Self::config),
            credentials: self.each("credentials", Self::credential_keys),
            prices: self.each("prices", Self::price_list),
            outputs: self.outputs(),
        }
    }

    fn each<T>(&mut self, kind: &str, read: impl Fn(&mut Self, Object) -> T) -> Vec<T> {
        self.instances(kind).into_iter().map(|object| read(self, object)).collect()
    }

    fn environment(&mut self, object: Object) -> Environment {
        let place = self.place(object, Context::default());
        let declared = self.declared_name(object);
        Environment {
            name: if declared.is_empty() { "default".to_owned() } else { declared },
            origin: self.origin_of(object),
            doc: self.doc_of(object),
            namespace: self.text(place, name!("namespace")),
            context: self.text(place, name!("context")),
            domain: self.text(place, name!("domain")),
            registry: self.text(place, name!("registry")),
            pull_secrets: self.sourced_texts(place, name!("pull-secrets")),
            quota: self.namespace_quota(place),
            limit_range: self.container_range(place),
        }
    }

    fn namespace_quota(&mut self, place: Place) -> Option<Sourced<NamespaceQuota>> {
        let quota = self.object(place, name!("quota"))?;
        let (place, origin) = (place.into(quota), quota.origin);
        let quota = NamespaceQuota {
            requests: self.quota(place, name!("requests")),
            limits: self.quota(place, name!("limits")),
            pods: self.int(place, name!("pods")),
        };
        Some(Sourced::new(quota, origin))
    }

    fn container_range(&mut self, place: Place) -> Option<Sourced<ContainerRange>> {
        let range = self.object(place, name!("limit-range"))?;
        let (place, origin) = (place.into(range), range.origin);
        let range = ContainerRange {
            min: self.quota(place, name!("min")),
            max: self.quota(place, name!("max")),
            default_limits: self.quota(place, name!("default-limits")),
            default_requests: self.quota(place, name!("default-requests")),
        };
        Some(Sourced::new(range, origin))
    }

    fn resource_profile(&mut self, object: Object) -> ResourceProfile {
        let contexts = self.all_contexts();
        let spec = self.per_context(&contexts, |this, at| {
            let place = this.place(object, at);
            let resources = this.resources(place);
            (resources.requests, resources.limits)
        });
        let (name, origin, doc) = self.identity(object);
        ResourceProfile { name, origin, doc, spec }
    }

    fn memory_profile(&mut self, object: Object) -> MemoryProfile {
        let contexts = self.all_contexts();
        let spec = self.per_context(&contexts, |this, at| {
            let place = this.place(object, at);
            this.memory(place)
        });
        let (name, origin, doc) = self.identity(object);
        MemoryProfile { name, origin, doc, spec }
    }

    fn dependency_profile(&mut self, object: Object) -> Dependencies {
        let contexts = self.all_contexts();
        let labels = self.per_context(&contexts, |this, at| {
            let place = this.place(object, at);
            this.sourced_texts(place, name!("labels"))
        });
        let (name, origin, doc) = self.identity(object);
        Dependencies { name, origin, doc, labels }
    }

    fn price_list(&mut self, object: Object) -> Prices {
        let contexts = self.all_contexts();
        let spec = self.per_context(&contexts, |this, at| {
            let place = this.place(object, at);
            PriceList {
                currency: this.required_text(place, name!("currency")),
                core_hour: this.number(place, name!("core-hour")),
                memory_gib_hour: this.number(place, name!("memory-gib-hour")),
                ephemeral_gib_month: this.number(place, name!("ephemeral-gib-month")),
                storage_gib_month: this.number(place, name!("storage-gib-month")),
                hours_per_month: this.number(place, name!("hours-per-month")),
            }
        });
        let (name, origin, doc) = self.identity(object);
        Prices { name, origin, doc, spec }
    }

    /// A number as it is written: a float stands for the shortest decimal that means it.
    fn number(&mut self, place: Place, field: Name) -> Rational {
        let number = match self.value(place, field).map(|found| found.value) {
            Some(Value::Float(number)) => Rational::from_f64(number),
            Some(Value::Int(number)) => Some(Rational::whole(i128::from(number))),
            _ => None,
        };
        number.unwrap_or(Rational::ZERO)
    }

    fn threshold_profile(&mut self, workload: &Workload) -> Option<ThresholdProfile> {
        let first = workload.spec.first()?;
        first.thresholds.as_ref()?;
        let mut spec = crate::PerContext::new(self.platforms.len(), self.environments.len());
        for (platform, environment, value) in workload.spec.iter() {
            if let Some(thresholds) = &value.thresholds {
                spec.set(platform, environment, Arc::new(thresholds.clone()));
            }
        }
        Some(ThresholdProfile { name: workload.name.clone(), origin: workload.origin, spec })
    }

    fn config(&mut self, object: Object) -> Config {
        let contexts = self.all_contexts();
        let entries = self.per_context(&contexts, |this, at| {
            let place = this.place(object, at);
            let keys = this.entry_keys(place);
            let entry = |key: Name, text| ConfigEntry { key: key.as_str().to_owned(), text };
            keys.into_iter().filter_map(|k| Some(entry(k, this.text(place, k)?))).collect()
        });
        let (name, origin, doc) = self.identity(object);
        Config { name, origin, doc, entries }
    }

    fn credential_keys(&mut self, object: Object) -> Credentials {
        let place = self.place(object, Context { platform: Some(0), environment: Some(0) });
        let keys = self.entry_keys(place);
        let keys = keys
            .into_iter()
            .map(|k| Sourced::new(k.as_str().to_owned(), self.field_origin(place, k)))
            .collect();
        let (name, origin, doc) = self.identity(object);
        Credentials { name, origin, doc, keys, source: CredentialSource::Cluster }
    }

    /// The keys that the source sets: not the `name` that every instance has.
    fn entry_keys(&mut self, place: Place) -> Vec<Name> {
        let keys = self.eval.keys(place.object, place.at);
        keys.into_iter().filter(|k| *k != name!("name")).collect()
    }

    fn outputs(&mut self) -> Vec<Output> {
        let declared = self.instances("output");
        if declared.is_empty() {
            let output = |target: &str| Output {
                target: target.to_owned(),
                path: Sourced::new(target.to_owned(), None),
                origin: None,
                options: Vec::new(),
            };
            return DEFAULT_OUTPUTS.iter().map(|t| output(t)).collect();
        }
        declared.into_iter().map(|object| self.output(object)).collect()
    }

    fn output(&mut self, object: Object) -> Output {
        let place = self.place(object, Context::default());
        let name = self.declared_name(object);
        let target = self.text(place, name!("target")).map_or_else(|| name.clone(), |t| t.value);
        let path = self.text(place, name!("path")).unwrap_or_else(|| Sourced::new(name, None));
        let keys = self.eval.keys(object, place.at);
        let known = [name!("name"), name!("target"), name!("path")];
        let options = keys
            .into_iter()
            .filter(|k| !known.contains(k))
            .filter_map(|k| Some((k.as_str().to_owned(), self.text(place, k)?)))
            .collect();
        Output { target, path, origin: self.origin_of(object), options }
    }

    fn identity(&mut self, object: Object) -> (String, crate::Origin, Option<String>) {
        (self.declared_name(object), self.origin_of(object), self.doc_of(object))
    }
}
