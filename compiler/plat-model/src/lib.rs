//! Values to the domain. In: an evaluator over a checked program. Out: a [`Project`] of plain structs, which is all
//! that the targets read. Nothing is rendered here, and no default is invented: defaults are in the standard library.

mod image;
mod ledger;
mod platform;
mod prices;
mod project;
mod read;
mod restrict;
mod sourced;
mod workload;

pub use image::{
    BaseImage, CacheMount, DataDirectory, Image, ImageSpec, Ownership, Stage, StageSource, Step, StepKind,
    User,
};
pub use platform::{Cpu, CpuFeature, GoTarget, NodeSelection, Platform, TaintEffect, Toleration};
pub use prices::{PriceList, Prices};
pub use project::{
    Config, ConfigEntry, ContainerRange, CredentialSource, Credentials, Dependencies, Environment,
    MemoryProfile, NamespaceQuota, Output, Project, ResourceProfile, ThresholdProfile,
};

pub use ledger::{Cause, LEDGER, Ledger, around, is_entry};
pub use read::{read, read_share, read_traced};
pub use sourced::{Origin, PerContext, Sourced};
pub use workload::{
    AcrossPlatforms, Disruption, EnvValue, EnvVar, Expose, GarbageCollector, Health, ImageRef, Memory,
    NetworkRule, Overlap, Port, Probe, Quota, Resources, Rollout, RolloutStrategy, Runtime, Scale,
    SecretText, Security, ServiceAccount, Storage, TextPart, Thresholds, Volume, VolumeSource, Workload,
    WorkloadKind, WorkloadSpec,
};
