//! The project: everything that the targets read.

use crate::{Image, Memory, Origin, PerContext, Platform, Prices, Quota, Sourced, Thresholds, Workload};

/// A whole project.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Its name: that of `project.plat`, or of the entry's folder.
    pub name: String,
    /// Where the name stands, if `project.plat` says it.
    pub origin: Origin,
    /// The doc comment of the entry module.
    pub doc: Option<String>,
    /// In source order; at least one.
    pub platforms: Vec<Platform>,
    /// In source order; at least one.
    pub environments: Vec<Environment>,
    /// In source order.
    pub images: Vec<Image>,
    /// In source order.
    pub workloads: Vec<Workload>,
    /// `resources` declarations, in source order.
    pub resources: Vec<ResourceProfile>,
    /// `memory` declarations, in source order.
    pub memories: Vec<MemoryProfile>,
    /// `dependencies` declarations, in source order.
    pub dependencies: Vec<Dependencies>,
    /// `thresholds` of workloads that set them, in source order, by name of the workload.
    pub thresholds: Vec<ThresholdProfile>,
    /// `config` declarations, in source order.
    pub configs: Vec<Config>,
    /// `credentials` declarations, in source order.
    pub credentials: Vec<Credentials>,
    /// `prices` declarations, in source order.
    pub prices: Vec<Prices>,
    /// What is written where; one per target that is wanted.
    pub outputs: Vec<Output>,
}

impl Project {
    /// Adds the images and workloads of another part of the same project, which come after those of this one.
    pub fn join(&mut self, other: Project) {
        self.images.extend(other.images);
        self.workloads.extend(other.workloads);
        self.thresholds.extend(other.thresholds);
    }
}

/// An environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// As it is declared: `prod`.
    pub name: String,
    /// The declaration; `None` for the implicit one.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Namespace of the cluster.
    pub namespace: Option<Sourced<String>>,
    /// Context of `kubectl`.
    pub context: Option<Sourced<String>>,
    /// DNS domain.
    pub domain: Option<Sourced<String>>,
    /// Registry that replaces the images' own.
    pub registry: Option<Sourced<String>>,
    /// Names of the Secrets with which images are pulled.
    pub pull_secrets: Vec<Sourced<String>>,
    /// What all pods of the namespace may have together.
    pub quota: Option<Sourced<NamespaceQuota>>,
    /// What one container of the namespace may have.
    pub limit_range: Option<Sourced<ContainerRange>>,
}

/// What all pods of a namespace may have together.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NamespaceQuota {
    /// What they may request.
    pub requests: Quota,
    /// What their limits may be.
    pub limits: Quota,
    /// How many there may be.
    pub pods: Option<Sourced<i64>>,
}

/// What one container of a namespace may have.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ContainerRange {
    /// What has to be requested at least.
    pub min: Quota,
    /// What limits may be at most.
    pub max: Quota,
    /// The limits of a container that says none.
    pub default_limits: Quota,
    /// The requests of a container that says none.
    pub default_requests: Quota,
}

/// A `resources` declaration. It does not vary by environment here: [`PerContext`] says where it does.
#[derive(Clone, Debug)]
pub struct ResourceProfile {
    /// Its name.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Requests and limits in each context.
    pub spec: PerContext<(Quota, Quota)>,
}

/// A `memory` declaration.
#[derive(Clone, Debug)]
pub struct MemoryProfile {
    /// Its name.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// What it is in each context.
    pub spec: PerContext<Memory>,
}

/// A `dependencies` declaration: Bazel labels.
#[derive(Clone, Debug)]
pub struct Dependencies {
    /// Its name.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// The labels in each context.
    pub labels: PerContext<Vec<Sourced<String>>>,
}

/// The thresholds of a workload.
#[derive(Clone, Debug)]
pub struct ThresholdProfile {
    /// Name of the workload.
    pub name: String,
    /// Where they are set.
    pub origin: Origin,
    /// What they are in each context.
    pub spec: PerContext<Thresholds>,
}

/// A `config` declaration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its name.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Its entries in each context, in source order. Targets take an environment's from its first platform.
    pub entries: PerContext<Vec<ConfigEntry>>,
}

/// An entry of a `config`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigEntry {
    /// Its key.
    pub key: String,
    /// What it says.
    pub text: Sourced<String>,
}

/// A `credentials` declaration. Values are never known.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Its name.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// The keys, in source order.
    pub keys: Vec<Sourced<String>>,
    /// Where the values come from.
    pub source: CredentialSource,
}

/// Where the values of credentials come from.
#[derive(Clone, Debug, PartialEq)]
pub enum CredentialSource {
    /// A Secret of the same name exists in the cluster.
    Cluster,
}

/// A target that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Name of the target: `bazel`, `docker`, `kubernetes`.
    pub target: String,
    /// Folder below the output folder.
    pub path: Sourced<String>,
    /// Where it is declared; `None` for a default.
    pub origin: Origin,
    /// The target's own options, in source order, as text (`syntax`, `kubernetes-version`, …).
    pub options: Vec<(String, Sourced<String>)>,
}
