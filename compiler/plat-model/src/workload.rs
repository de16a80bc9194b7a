//! Workloads: services, stateful services, daemons, jobs and schedules, and what they run with.

use crate::{BaseImage, Origin, PerContext, Sourced};
use plat_base::Quantity;

/// What sort of workload it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkloadKind {
    /// Runs for ever, any number of equal replicas.
    Service,
    /// A service with identity and storage.
    Stateful,
    /// One on every node.
    Daemon,
    /// Runs to its end once.
    Job,
    /// Runs to its end again and again.
    Schedule,
}

/// A workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// As it is declared: `strategy-engine`.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// What sort it is.
    pub kind: WorkloadKind,
    /// What it is in each context in which it exists.
    pub spec: PerContext<WorkloadSpec>,
}

/// What a workload is in one context.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkloadSpec {
    /// What it runs.
    pub image: Sourced<ImageRef>,
    /// Replaces the image's entrypoint.
    pub command: Option<Sourced<Vec<String>>>,
    /// Replaces the image's command.
    pub args: Option<Sourced<Vec<String>>>,
    /// Ports, in source order.
    pub ports: Vec<Port>,
    /// Variables, in source order.
    pub env: Vec<EnvVar>,
    /// Volumes, in source order.
    pub volumes: Vec<Volume>,
    /// Storage of each replica of a stateful workload, in source order.
    pub storage: Vec<Storage>,
    /// What it asks for and where it is stopped.
    pub resources: Option<Resources>,
    /// The memory of its process.
    pub memory: Option<Memory>,
    /// Whether it lives.
    pub live: Option<Sourced<Health>>,
    /// Whether it takes requests.
    pub ready: Option<Sourced<Health>>,
    /// Whether it has started.
    pub start: Option<Sourced<Health>>,
    /// Replicas, unless it scales.
    pub replicas: Option<Sourced<i64>>,
    /// How it scales.
    pub scale: Option<Sourced<Scale>>,
    /// How it is replaced.
    pub rollout: Rollout,
    /// How many may be away at once; `None` for no budget.
    pub disruption: Option<Disruption>,
    /// How it is reached from outside.
    pub expose: Option<Sourced<Expose>>,
    /// Names of the workloads that it needs.
    pub needs: Vec<Sourced<String>>,
    /// The account that it runs under.
    pub account: ServiceAccount,
    /// Rules for its traffic; `None` for no policy.
    pub network: Option<NetworkRule>,
    /// What its containers may do.
    pub security: Security,
    /// When somebody should look.
    pub thresholds: Option<Thresholds>,
    /// What is done where pods differ between platforms.
    pub across_platforms: AcrossPlatforms,
    /// How long it has to end by itself.
    pub grace: Option<Sourced<Quantity>>,
    /// How long it still takes requests after it was told to end (`preStop`).
    pub drain: Option<Sourced<Quantity>>,
    /// Further labels of its objects and pods.
    pub labels: Vec<(String, Sourced<String>)>,
    /// Further annotations of its pods.
    pub annotations: Vec<(String, Sourced<String>)>,
    /// `cron` line, of a schedule.
    pub schedule: Option<Sourced<String>>,
    /// How often a failed job is tried again.
    pub retries: Option<Sourced<i64>>,
    /// How long a job may take.
    pub deadline: Option<Sourced<Quantity>>,
    /// How long a job is kept after its end.
    pub keep: Option<Sourced<Quantity>>,
    /// Time zone of the `cron` line, of a schedule.
    pub time_zone: Option<Sourced<String>>,
    /// What happens if a schedule is due while its last run is not over.
    pub overlap: Option<Sourced<Overlap>>,
    /// How late a schedule may start before the run is left out.
    pub start_within: Option<Sourced<Quantity>>,
}

/// What happens if a schedule is due while its last run is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Both run.
    Allow,
    /// The new run is left out.
    Forbid,
    /// The old run is stopped.
    Replace,
}

/// What a workload runs.
// There is one per workload and context, so the room that the smaller variant wastes does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum ImageRef {
    /// An image of the project, by its position.
    Built(usize),
    /// A published image.
    Published(BaseImage),
}

/// A named port.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// `http`.
    pub name: String,
    /// 1 to 65535.
    pub number: Sourced<i64>,
}

/// A variable of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Sourced<EnvValue>,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum EnvValue {
    /// Text; numbers and booleans are text by now.
    Text(String),
    /// An entry of a `config`.
    Config {
        /// Name of the config.
        config: String,
        /// The entry.
        key: String,
        /// What it says.
        text: String,
    },
    /// An entry of `credentials`.
    Credential {
        /// Name of the credentials.
        credentials: String,
        /// The entry.
        key: String,
    },
    /// Text with entries of `credentials` in it.
    Composed(SecretText),
}

/// Text with secrets in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SecretText {
    /// In order.
    pub parts: Vec<TextPart>,
}

/// A part of a text with secrets in it.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPart {
    /// Public text.
    Text(String),
    /// An entry of `credentials`.
    Credential {
        /// Name of the credentials.
        credentials: String,
        /// The entry.
        key: String,
    },
}

/// A volume of a container.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// `cache`.
    pub name: String,
    /// Where it is mounted.
    pub mount: Sourced<String>,
    /// Whether it is read only.
    pub read_only: bool,
    /// What it is.
    pub source: VolumeSource,
}

/// What a volume is.
#[derive(Clone, Debug, PartialEq)]
pub enum VolumeSource {
    /// An empty directory, perhaps in memory, perhaps limited.
    Scratch {
        /// Upper bound.
        size: Option<Quantity>,
        /// Whether it counts as memory.
        in_memory: bool,
    },
    /// A claim that exists in the cluster.
    Claim {
        /// Its name.
        name: String,
        /// How large it is, where somebody has said so.
        size: Option<Quantity>,
    },
    /// The entries of a `config` as files.
    Config(String),
    /// The entries of `credentials` as files.
    Credentials(String),
}

/// Storage of each replica of a stateful workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// `data`.
    pub name: String,
    /// How much.
    pub size: Sourced<Quantity>,
    /// Where it is mounted.
    pub mount: Sourced<String>,
    /// Storage class; the cluster's default if absent.
    pub class: Option<Sourced<String>>,
}

/// Requests and limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Resources {
    /// What the scheduler sets aside.
    pub requests: Quota,
    /// Where memory is fatal and CPU is throttled.
    pub limits: Quota,
}

/// An amount of each resource.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Quota {
    /// Cores.
    pub cpu: Option<Sourced<Quantity>>,
    /// Bytes.
    pub memory: Option<Sourced<Quantity>>,
    /// Bytes of local disk.
    pub ephemeral_storage: Option<Sourced<Quantity>>,
}

/// What a process may use, by runtime.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// What it runs on.
    pub runtime: Sourced<Runtime>,
    /// Heap.
    pub heap: Option<Sourced<Quantity>>,
    /// Stack of one thread.
    pub stack: Option<Sourced<Quantity>>,
    /// Garbage collector.
    pub gc: Option<Sourced<GarbageCollector>>,
    /// What the process can grow to.
    pub footprint: Option<Sourced<Quantity>>,
    /// The runtime's own flags.
    pub flags: Option<Sourced<String>>,
}

/// A language runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Runtime {
    Jvm,
    Go,
    Node,
    Python,
    Dotnet,
    Native,
}

/// A collector of the JVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum GarbageCollector {
    G1,
    Parallel,
    Serial,
    Zgc,
    Shenandoah,
    Epsilon,
}

/// A probe of Kubernetes or a health check of Docker.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// What is asked.
    pub probe: Probe,
    /// How often.
    pub every: Option<Sourced<Quantity>>,
    /// How long an answer may take.
    pub timeout: Option<Sourced<Quantity>>,
    /// How long after the start failures do not count.
    pub after: Option<Sourced<Quantity>>,
    /// How many failures in a row count.
    pub retries: Option<Sourced<i64>>,
}

/// What a health check asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    /// `GET path` answers 200 to 399.
    Http {
        /// Absolute path.
        path: Sourced<String>,
        /// Where it listens.
        port: Sourced<i64>,
    },
    /// The gRPC health service answers SERVING.
    Grpc {
        /// Where it listens.
        port: Sourced<i64>,
        /// Name of the service that is asked for.
        service: Option<String>,
    },
    /// A connection can be opened.
    Tcp {
        /// Where it listens.
        port: Sourced<i64>,
    },
    /// A command exits with 0.
    Command(Sourced<Vec<String>>),
}

/// How a workload scales.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// At least.
    pub min: Sourced<i64>,
    /// At most.
    pub max: Sourced<i64>,
    /// Target share of the requested CPU, in percent.
    pub cpu: Option<Sourced<Quantity>>,
    /// Target share of the requested memory, in percent.
    pub memory: Option<Sourced<Quantity>>,
}

/// How replicas are replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    /// Which way.
    pub strategy: Sourced<RolloutStrategy>,
    /// How many more than wanted may run: a number or a percentage, as Kubernetes writes it.
    pub max_surge: Option<Sourced<String>>,
    /// How many fewer than wanted may run.
    pub max_unavailable: Option<Sourced<String>>,
    /// How long it may take.
    pub deadline: Option<Sourced<Quantity>>,
}

/// A way to replace replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutStrategy {
    /// A few at a time.
    Rolling,
    /// All down, then all up.
    Recreate,
}

/// How many replicas may be away at once. Exactly one is set.
#[derive(Clone, Debug)]
pub struct Disruption {
    /// `minAvailable`.
    pub min_available: Option<Sourced<String>>,
    /// `maxUnavailable`.
    pub max_unavailable: Option<Sourced<String>>,
    /// Where it is set, or the workload.
    pub origin: Origin,
}

impl PartialEq for Disruption {
    fn eq(&self, other: &Disruption) -> bool {
        let Disruption { min_available, max_unavailable, origin: _ } = self;
        *min_available == other.min_available && *max_unavailable == other.max_unavailable
    }
}

/// How a workload is reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Expose {
    /// Port that others use.
    pub port: Sourced<i64>,
    /// Port of the workload that it leads to.
    pub to: Sourced<i64>,
    /// Host name, for requests from outside the cluster.
    pub host: Option<Sourced<String>>,
    /// Path prefix: `/`.
    pub path: Sourced<String>,
    /// Whether outside requests are encrypted.
    pub tls: Sourced<bool>,
}

/// The account of a workload in the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceAccount {
    /// Whether one is created.
    pub create: bool,
    /// Its name.
    pub name: String,
    /// Whether pods get its token.
    pub token: bool,
    /// Annotations, such as a cloud role.
    pub annotations: Vec<(String, Sourced<String>)>,
}

/// Rules for a workload's traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkRule {
    /// Whether a policy is written.
    pub isolate: bool,
    /// Whether connections to addresses outside of the cluster may be opened.
    pub outside: bool,
}

/// What a container may do.
#[derive(Clone, Debug, PartialEq)]
pub struct Security {
    /// Pod Security Standard that it is meant to satisfy: `restricted`, `baseline`, `privileged`.
    pub standard: Sourced<String>,
    /// Whether the root file system is read only.
    pub read_only_root: Sourced<bool>,
    /// User id; the image's if absent.
    pub user: Option<Sourced<i64>>,
    /// Group id.
    pub group: Option<Sourced<i64>>,
    /// Group of mounted volumes.
    pub fs_group: Option<Sourced<i64>>,
    /// Capabilities that are added.
    pub capabilities: Vec<Sourced<String>>,
}

/// When somebody should look.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// Percent of the limit.
    pub cpu: Option<Sourced<Quantity>>,
    /// Percent of the limit.
    pub memory: Option<Sourced<Quantity>>,
    /// Percent of the disk.
    pub disk: Option<Sourced<Quantity>>,
}

/// What is done where a workload's pods differ between platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcrossPlatforms {
    /// One object per group of platforms with equal pods.
    Split,
    /// One object with the largest of each quantity.
    Envelope,
}
