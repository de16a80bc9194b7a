//! Platforms and processors.

use crate::{Origin, Sourced};

/// One platform of the project, with its name in every ecosystem (source: `stdlib/platforms.plat`).
#[derive(Clone, Debug, PartialEq)]
pub struct Platform {
    /// As it is declared: `armv7`.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// OCI operating system: `linux`.
    pub os: String,
    /// OCI architecture: `amd64`, `arm64`, `arm`.
    pub arch: String,
    /// OCI variant: `v7`, or empty.
    pub variant: String,
    /// `linux/arm/v7`.
    pub oci: Sourced<String>,
    /// Name of the Bazel platform target: `linux_arm_v7`.
    pub bazel_name: String,
    /// `@platforms//os:linux`.
    pub bazel_os: String,
    /// `@platforms//cpu:armv7`.
    pub bazel_cpu: String,
    /// GNU triplet: `arm-linux-gnueabihf`.
    pub gnu: String,
    /// Rust target triples, the glibc one first.
    pub rust: Vec<String>,
    /// What the Go toolchain is told.
    pub go: GoTarget,
    /// Debian architecture: `armhf`.
    pub debian: String,
    /// Value of the label `kubernetes.io/arch`: `arm`.
    pub kubernetes_arch: String,
    /// Value of the label `kubernetes.io/os`: `linux`.
    pub kubernetes_os: String,
    /// What `uname -m` prints: `armv7l` (all spellings).
    pub uname: Vec<String>,
    /// Address size: 32 or 64.
    pub word_bits: i64,
    /// The processor that everything for this platform may rely on.
    pub cpu: Cpu,
    /// Further compiler flags (`-O3`), without those that follow from the processor.
    pub cflags: Sourced<Vec<String>>,
    /// Which nodes it means in a cluster.
    pub node: NodeSelection,
}

/// What the Go toolchain is told about a platform.
#[derive(Clone, Debug, PartialEq)]
pub struct GoTarget {
    /// `GOOS`.
    pub os: String,
    /// `GOARCH`.
    pub arch: String,
    /// The variable of the architecture's level and its value: (`GOARM`, `7`), if there is one.
    pub level: Option<(String, String)>,
}

/// A processor: a level or a core, with what is required of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cpu {
    /// Name of the level or core in the standard library: `x86-64-v3`, `armv7-a`, `neoverse-n1`.
    pub name: String,
    /// Where the platform sets it.
    pub origin: Origin,
    /// Whether it is what every processor of the architecture has.
    pub is_baseline: bool,
    /// The features that it has for certain, and those that are required: what generated code may use.
    pub features: Vec<String>,
    /// The features that the project requires by name.
    pub require: Vec<Sourced<CpuFeature>>,
    /// The name that the code is tuned for: `haswell`.
    pub tune: Option<String>,
    /// Flags of GCC and Clang: `-march=x86-64-v3`, `-mavx2`, `-mtune=haswell`.
    pub cflags: Vec<String>,
    /// Flags of rustc: `-Ctarget-cpu=x86-64-v3`.
    pub rustflags: Vec<String>,
    /// Labels of node-feature-discovery that a node with this processor carries with the value `true`. Empty if any
    /// node of the architecture will do.
    pub node_labels: Vec<String>,
}

/// An instruction-set extension.
#[derive(Clone, Debug, PartialEq)]
pub struct CpuFeature {
    /// `avx2`.
    pub name: String,
}

/// Which nodes a platform means.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NodeSelection {
    /// Further labels that its nodes carry.
    pub labels: Vec<(String, Sourced<String>)>,
    /// Taints that its pods tolerate.
    pub tolerations: Vec<Sourced<Toleration>>,
}

/// A taint that is tolerated.
#[derive(Clone, Debug, PartialEq)]
pub struct Toleration {
    /// The taint's key.
    pub key: String,
    /// The taint's value; any if absent.
    pub value: Option<String>,
    /// The taint's effect; any if absent.
    pub effect: Option<TaintEffect>,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaintEffect {
    /// `NoSchedule`.
    NoSchedule,
    /// `PreferNoSchedule`.
    PreferNoSchedule,
    /// `NoExecute`.
    NoExecute,
}
