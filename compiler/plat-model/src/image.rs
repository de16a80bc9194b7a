//! Images: how they are built.

use crate::{Health, Origin, PerContext, Port, Sourced};

/// An image that the project builds.
#[derive(Clone, Debug)]
pub struct Image {
    /// As it is declared: `candle-ingestor`.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// `docker.io/tradestreamhq`.
    pub registry: Option<Sourced<String>>,
    /// Repository below the registry: the name, unless set.
    pub repository: Sourced<String>,
    /// `2.4.1`.
    pub tag: Sourced<String>,
    /// `registry/repository:tag`.
    pub reference: String,
    /// The platforms that it is built for in some environment, as positions in the project.
    pub platforms: Vec<usize>,
    /// The environments that it is for, as positions in the project.
    pub environments: Vec<usize>,
    /// Where they are set, or the declaration.
    pub platforms_origin: Origin,
    /// Folder of the sources, relative to the project's root: `.`.
    pub context: Sourced<String>,
    /// What it is on each platform. An image does not vary by environment: the table has one environment.
    pub spec: PerContext<ImageSpec>,
}

/// What an image is on one platform.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSpec {
    /// OCI labels, in source order.
    pub labels: Vec<(String, Sourced<String>)>,
    /// Variables of the final stage, in source order.
    pub env: Vec<(String, Sourced<String>)>,
    /// Working directory of the final stage, absolute.
    pub workdir: Option<Sourced<String>>,
    /// Who the process runs as.
    pub user: Option<Sourced<User>>,
    /// Directories besides `/tmp` that its process writes.
    pub writes: Vec<Sourced<String>>,
    /// What it listens on, in source order.
    pub ports: Vec<Port>,
    /// How Docker asks whether it is well.
    pub health: Option<Sourced<Health>>,
    /// Exec form.
    pub entrypoint: Option<Sourced<Vec<String>>>,
    /// Exec form.
    pub cmd: Option<Sourced<Vec<String>>>,
    /// Signal that stops it: `SIGTERM`.
    pub stop_signal: Option<Sourced<String>>,
    /// Patterns for `.dockerignore`, in order.
    pub ignore: Vec<Sourced<String>>,
    /// The stages in order; the last one is the image.
    pub stages: Vec<Stage>,
}

/// The user of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// `ingestor`.
    pub name: String,
    /// Numeric user id.
    pub uid: i64,
    /// Numeric group id.
    pub gid: i64,
    /// Whether the base image has the user already, so that it is not created.
    pub exists: bool,
}

/// A stage of a build. Two are equal if they do the same, wherever they are declared.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name: lower case.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// What it starts from.
    pub from: Sourced<StageSource>,
    /// Whether it runs on the platform that builds, not on the one that is built for.
    pub on_build_platform: bool,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// What a stage starts from.
// There are a few per image: the room that the smaller variants waste is not worth an indirection.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum StageSource {
    /// A published image.
    Base(BaseImage),
    /// An earlier stage, by name.
    Stage(String),
    /// Nothing.
    Scratch,
}

/// A published image that others build on or run.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseImage {
    /// Without tag: `python`, `gcr.io/distroless/static-debian13`.
    pub repository: String,
    /// `3.13-slim`.
    pub tag: String,
    /// `sha256:…`, if it is pinned.
    pub digest: Option<String>,
    /// The platforms that it is published for, in OCI form; empty if nobody knows.
    pub platforms: Vec<String>,
    /// The user that it runs as by itself, if it is not root.
    pub user: Option<User>,
    /// The users that it has, besides root and those of the system: `node` with 1000. A user of the same number is
    /// not created again.
    pub accounts: Vec<User>,
    /// Commands that it is known to contain, of those that health checks use (`sh`, `curl`, `wget`, `python`).
    pub commands: Vec<String>,
    /// What it is built from, which decides how packages are installed and users are made: `debian`, `alpine`,
    /// `redhat`, `busybox`, `distroless` or `other`.
    pub family: String,
    /// Directories besides `/tmp` that it writes.
    pub writes: Vec<String>,
    /// Where it keeps its data, if it will not have it at the top of a volume.
    pub data: Option<DataDirectory>,
}

/// A directory for data that has to be empty at first.
#[derive(Clone, Debug, PartialEq)]
pub struct DataDirectory {
    /// Where it is by itself.
    pub path: String,
    /// The variable that moves it.
    pub variable: String,
}

/// One step of a stage. Two are equal if they do the same, wherever they are written.
#[derive(Clone, Debug)]
pub struct Step {
    /// The expression that made it.
    pub origin: Origin,
    /// What it does.
    pub kind: StepKind,
}

impl PartialEq for Stage {
    fn eq(&self, other: &Stage) -> bool {
        let Stage { name, origin: _, from, on_build_platform, steps } = self;
        *name == other.name
            && *from == other.from
            && *on_build_platform == other.on_build_platform
            && *steps == other.steps
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        let Step { origin: _, kind } = self;
        *kind == other.kind
    }
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// A shell command.
    Run {
        /// Text for the shell; may have several lines.
        command: String,
        /// Caches that are mounted while it runs.
        caches: Vec<CacheMount>,
        /// Names of build secrets that are mounted while it runs, as `/run/secrets/NAME`.
        secrets: Vec<String>,
    },
    /// Files of the build context.
    Copy {
        /// Paths in the context.
        sources: Vec<String>,
        /// Where they go; relative to the working directory, or absolute.
        to: String,
        /// Whose they are.
        owner: Option<Ownership>,
        /// `0755`.
        mode: Option<String>,
    },
    /// Files of an earlier stage or another image.
    CopyFrom {
        /// The stage or image.
        stage: String,
        /// Paths in it.
        sources: Vec<String>,
        /// Where they go.
        to: String,
        /// Whose they are.
        owner: Option<Ownership>,
        /// `0755`.
        mode: Option<String>,
    },
    /// Debian packages.
    Apt {
        /// Their names, perhaps with `=version`.
        packages: Vec<Sourced<String>>,
    },
    /// Alpine packages.
    Apk {
        /// Their names, perhaps with `=version`.
        packages: Vec<Sourced<String>>,
    },
    /// `ENV`, in order.
    SetEnv(Vec<(String, String)>),
    /// `WORKDIR`.
    SetWorkdir(String),
    /// `ARG NAME=default`.
    Arg {
        /// Its name.
        name: String,
        /// Its default.
        default: Option<String>,
    },
    /// `USER uid:gid` for the following steps.
    AsUser(String),
}

/// Whose copied files are.
#[derive(Clone, Debug, PartialEq)]
pub enum Ownership {
    /// The image's own user.
    ImageUser,
    /// `uid:gid` or names.
    Other(String),
}

/// A directory that is kept between builds.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheMount {
    /// Where it is mounted.
    pub target: String,
    /// Whether its content depends on the platform, so that each platform has its own.
    pub per_platform: bool,
    /// Whether only one build may use it at a time.
    pub locked: bool,
}
