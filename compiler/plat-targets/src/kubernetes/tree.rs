//! The objects of Kubernetes that this target writes, as data: what the lowering has decided, borrowed from the model
//! where nothing had to be decided. Names are valid by now. Nothing here is printed or looked up.

use super::names::K8sName;
use plat_model::{
    ContainerRange, Health, NamespaceQuota, Origin, Overlap, Port, Rollout, Scale, ServiceAccount, Sourced,
    Storage, Toleration, VolumeSource, WorkloadSpec,
};
use std::borrow::Cow;

/// One object.
pub(super) struct Object<'a> {
    pub(super) meta: Meta<'a>,
    pub(super) body: Body<'a>,
}

/// What every object has.
pub(super) struct Meta<'a> {
    pub(super) name: K8sName<'a>,
    pub(super) namespace: Option<&'a Sourced<String>>,
    pub(super) labels: Labels<'a>,
    pub(super) annotations: Vec<(&'a str, Cow<'a, str>, Origin)>,
    pub(super) origin: Origin,
}

/// The labels of an object or a pod.
#[derive(Clone)]
pub(super) struct Labels<'a> {
    /// `app.kubernetes.io/name`.
    pub(super) name: &'a str,
    /// `app.kubernetes.io/instance`, where there may be several of one name.
    pub(super) instance: Option<K8sName<'a>>,
    /// `app.kubernetes.io/version`.
    pub(super) version: Option<(&'a str, Origin)>,
    /// `app.kubernetes.io/part-of`.
    pub(super) part_of: &'a str,
    /// Where the project is named.
    pub(super) project: Origin,
    /// The user's own.
    pub(super) further: &'a [(String, Sourced<String>)],
}

/// What selects pods: always the name, the instance where one group of several is meant.
#[derive(Clone)]
pub(super) struct Selector<'a> {
    pub(super) name: &'a str,
    pub(super) instance: Option<K8sName<'a>>,
}

/// What sort of object it is, and its content.
pub(super) enum Body<'a> {
    Namespace { enforce: &'static str },
    ResourceQuota(&'a NamespaceQuota),
    LimitRange(&'a ContainerRange),
    ConfigMap { data: &'a [plat_model::ConfigEntry] },
    ServiceAccount(&'a ServiceAccount),
    Service(Service<'a>),
    Deployment(Deployment<'a>),
    StatefulSet(StatefulSet<'a>),
    DaemonSet(DaemonSet<'a>),
    Job(Job<'a>),
    CronJob(CronJob<'a>),
    Autoscaler { target: &'static str, scale: &'a Sourced<Scale> },
    Budget { selector: Selector<'a>, limit: (&'static str, &'a Sourced<String>) },
    NetworkPolicy(NetworkPolicy<'a>),
    Ingress(Ingress<'a>),
    HttpRoute(HttpRoute<'a>),
}

pub(super) struct Service<'a> {
    pub(super) selector: Selector<'a>,
    /// Name, the port that others use, where that is set.
    pub(super) ports: Vec<(&'a str, i64, Origin)>,
    /// Whether it has no address of its own but names each pod.
    pub(super) headless: bool,
}

pub(super) struct Deployment<'a> {
    /// Absent where an autoscaler decides.
    pub(super) replicas: Option<Sourced<i64>>,
    pub(super) selector: Selector<'a>,
    pub(super) rollout: &'a Rollout,
    pub(super) pod: Pod<'a>,
}

pub(super) struct StatefulSet<'a> {
    pub(super) replicas: Option<Sourced<i64>>,
    pub(super) selector: Selector<'a>,
    /// The headless Service.
    pub(super) service: K8sName<'a>,
    pub(super) claims: &'a [Storage],
    pub(super) pod: Pod<'a>,
}

pub(super) struct DaemonSet<'a> {
    pub(super) selector: Selector<'a>,
    pub(super) rollout: &'a Rollout,
    pub(super) pod: Pod<'a>,
}

pub(super) struct Job<'a> {
    pub(super) spec: &'a WorkloadSpec,
    pub(super) pod: Pod<'a>,
}

pub(super) struct CronJob<'a> {
    pub(super) cron: &'a Sourced<String>,
    pub(super) time_zone: Option<&'a Sourced<String>>,
    pub(super) overlap: Option<Sourced<Overlap>>,
    pub(super) start_within: Option<Sourced<i64>>,
    pub(super) labels: Labels<'a>,
    pub(super) job: Job<'a>,
}

/// A pod with its one container.
pub(super) struct Pod<'a> {
    /// Name of the container.
    pub(super) container: K8sName<'a>,
    pub(super) labels: Labels<'a>,
    pub(super) spec: &'a WorkloadSpec,
    /// Hash of the configs that it reads, so that it is replaced when they change.
    pub(super) config_hash: Option<u64>,
    pub(super) image: Cow<'a, str>,
    /// What its reference is made of.
    pub(super) image_parts: Vec<Origin>,
    pub(super) pull_always: bool,
    /// Secrets with which the image is pulled.
    pub(super) pull_secrets: &'a [Sourced<String>],
    pub(super) env: Vec<Variable<'a>>,
    /// User and group.
    pub(super) user: Option<Sourced<(i64, i64)>>,
    /// The lowest port that it listens on, if only root could without being told otherwise.
    pub(super) low_port: Option<Sourced<i64>>,
    /// Group of the volumes.
    pub(super) fs_group: Option<Sourced<i64>>,
    pub(super) volumes: Vec<PodVolume<'a>>,
    pub(super) nodes: Vec<NodeTerm<'a>>,
    pub(super) tolerations: Vec<&'a Sourced<Toleration>>,
    /// Whether the replicas are to be spread over nodes and zones; by this selector.
    pub(super) spread: Option<Selector<'a>>,
    /// Whether it runs to its end.
    pub(super) ends: bool,
    /// Seconds for which it goes on after it was told to end.
    pub(super) drain: Option<Sourced<i64>>,
    pub(super) grace: Option<Sourced<i64>>,
    pub(super) probes: Vec<(&'static str, &'a Sourced<Health>)>,
    pub(super) ports: &'a [Port],
}

/// A variable of the container.
pub(super) struct Variable<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: VariableValue<'a>,
    pub(super) origin: Origin,
}

pub(super) enum VariableValue<'a> {
    /// Text, escaped already: `$(NAME)` is an earlier variable.
    Text(Cow<'a, str>),
    Config {
        name: &'a str,
        key: &'a str,
    },
    Secret {
        name: &'a str,
        key: &'a str,
    },
}

/// A volume and where it is mounted.
pub(super) struct PodVolume<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) mount: &'a str,
    pub(super) read_only: bool,
    /// What it is; `None` for a claim of a StatefulSet, which is declared there.
    pub(super) source: Option<Cow<'a, VolumeSource>>,
    pub(super) origin: Origin,
}

/// Nodes that will do: all of this has to be true.
pub(super) struct NodeTerm<'a> {
    pub(super) os: &'a str,
    pub(super) arches: Vec<(&'a str, Origin)>,
    /// Labels that must be there, each with its value.
    pub(super) labels: Vec<(&'a str, &'a str, Origin)>,
    pub(super) origin: Origin,
}

pub(super) struct NetworkPolicy<'a> {
    pub(super) selector: Selector<'a>,
    /// Names of the workloads that may talk to it, and where they say that they need it.
    pub(super) from: Vec<(&'a str, Origin)>,
    pub(super) ports: &'a [Port],
    /// The port that requests from outside the cluster come to.
    pub(super) public: Option<(&'a str, Origin)>,
    /// Workloads that it may talk to, with the ports that they listen on, and where it says that it needs them.
    pub(super) to: Vec<(&'a str, &'a [Port], Origin)>,
    /// Whether it may talk to addresses outside of the cluster.
    pub(super) outside: bool,
}

pub(super) struct Ingress<'a> {
    pub(super) class: Option<&'a str>,
    pub(super) host: &'a Sourced<String>,
    pub(super) path: &'a Sourced<String>,
    pub(super) service: K8sName<'a>,
    /// Name of the Service's port.
    pub(super) port: &'a str,
    /// Name of the Secret with the certificate.
    pub(super) tls: Option<Sourced<String>>,
}

pub(super) struct HttpRoute<'a> {
    /// Namespace, if it is another one, and name of the Gateway.
    pub(super) gateway: (Option<&'a str>, &'a str),
    pub(super) host: &'a Sourced<String>,
    pub(super) path: &'a Sourced<String>,
    pub(super) service: K8sName<'a>,
    /// Number of the Service's port.
    pub(super) port: i64,
    pub(super) tls: bool,
}
