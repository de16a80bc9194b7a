//! The Dockerfile as data. In: what the lowering has decided. Out: nothing but structure; how each piece is quoted and
//! broken into lines is the printer's business, and no text here is quoted yet.

use plat_model::{Origin, Sourced};

/// A whole Dockerfile.
#[derive(Debug, Default)]
pub(super) struct Dockerfile {
    /// The frontend to build with, if the project asks for one: `docker/dockerfile:1`.
    pub(super) syntax: Option<Sourced<String>>,
    /// What the image is, for the comment at the top.
    pub(super) about: Vec<String>,
    /// Where the image is declared.
    pub(super) origin: Origin,
    /// The stages, each of which begins with [`Instruction::From`].
    pub(super) stages: Vec<Vec<Node>>,
}

/// One instruction and what is said about it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// The instruction, with the source that caused it.
    pub(super) instruction: Sourced<Instruction>,
    /// Lines of comment above it.
    pub(super) comment: Vec<String>,
}

impl Node {
    /// An instruction without a comment.
    pub(super) fn new(instruction: Instruction, origin: Origin) -> Node {
        Node { instruction: Sourced::new(instruction, origin), comment: Vec::new() }
    }
}

/// Names with values, each with the source that set it.
pub(super) type Pairs = Vec<(String, Sourced<String>)>;

/// One instruction.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Instruction {
    /// `FROM [--platform=$BUILDPLATFORM] SOURCE AS NAME`.
    From {
        /// An image, a stage, or `scratch`.
        source: FromSource,
        /// Whether it runs on the platform that builds.
        on_build_platform: bool,
        /// Its own name.
        name: String,
    },
    /// `ARG NAME[=DEFAULT] …`.
    Arg(Vec<(String, Option<String>)>),
    /// `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`.
    Shell(Vec<String>),
    /// `RUN …`.
    Run(Run),
    /// `COPY …`.
    Copy(Copy),
    /// `ENV NAME=value …`. In a value `$NAME` stands for a variable only if `expands`.
    Env {
        /// The variables.
        pairs: Pairs,
        /// Whether `$NAME` is looked up by the builder.
        expands: bool,
    },
    /// `LABEL name=value …`.
    Label(Pairs),
    /// `WORKDIR /path`.
    Workdir(String),
    /// `USER uid:gid`.
    User(String),
    /// `EXPOSE port …`.
    Expose(Vec<i64>),
    /// `STOPSIGNAL SIGTERM`.
    StopSignal(String),
    /// `HEALTHCHECK --interval=… CMD […]`.
    HealthCheck {
        /// Names and values of the options: `interval`, `30s`.
        options: Vec<(&'static str, String)>,
        /// What is run, in exec form.
        command: Vec<String>,
    },
    /// `ENTRYPOINT […]`.
    Entrypoint(Vec<String>),
    /// `CMD […]`.
    Cmd(Vec<String>),
}

/// What a stage starts from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FromSource {
    /// A reference of an image, or the name of a stage.
    Named(String),
    /// The stage of the architecture that is built for: `${TARGETARCH}${TARGETVARIANT}-NAME`.
    OfArchitecture(String),
}

/// `COPY [--from=…] [--chown=…] [--chmod=…] SOURCE… TO`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Copy {
    /// A stage or an image; the context if absent.
    pub(super) from: Option<String>,
    /// `uid:gid`.
    pub(super) chown: Option<String>,
    /// `0755`.
    pub(super) chmod: Option<String>,
    /// What is copied.
    pub(super) sources: Vec<String>,
    /// Where it goes.
    pub(super) to: String,
}

/// `RUN [--mount=…] …`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// What is mounted while it runs.
    pub(super) mounts: Vec<Mount>,
    /// What runs.
    pub(super) body: Body,
}

/// Something that is mounted while a command runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mount {
    /// A directory that is kept from build to build.
    Cache {
        /// What tells caches apart, if each platform has its own; the target if absent.
        per: Option<CacheKey>,
        /// Where it is mounted.
        target: String,
        /// Whether only one build may use it at a time.
        locked: bool,
        /// Numeric user and group that own it, if not root.
        owner: Option<(String, String)>,
    },
    /// A secret of the build, as `/run/secrets/ID`.
    Secret(String),
}

/// What tells caches of platforms apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CacheKey {
    /// The name, to which the architecture is added: `apt-lists`.
    pub(super) name: String,
    /// Which platform counts.
    pub(super) platform: CachePlatform,
}

/// Which platform a cache depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum CachePlatform {
    /// The one that is built for.
    Target,
    /// The one that builds, for what is used by the tools themselves.
    Build,
}

impl CachePlatform {
    /// The variables that name it.
    pub(super) fn variables(self) -> [&'static str; 2] {
        match self {
            CachePlatform::Target => ["TARGETARCH", "TARGETVARIANT"],
            CachePlatform::Build => ["BUILDARCH", "BUILDVARIANT"],
        }
    }
}

/// What a `RUN` does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    /// Text for the shell, as the source has it.
    Shell(String),
    /// Installs Debian packages.
    Apt(Vec<Sourced<String>>),
    /// Installs Alpine packages.
    Apk(Vec<Sourced<String>>),
    /// Makes a group and a user.
    AddUser {
        /// Whether the tools are busybox's, not those of the shadow suite.
        busybox: bool,
        /// Name of both.
        name: String,
        /// The user's number.
        uid: i64,
        /// The group's number.
        gid: i64,
    },
    /// Something else on each group of platforms. All arms are of one sort.
    ByPlatform {
        /// At least two, which cover the image's platforms.
        arms: Vec<Arm>,
        /// The image, for the message on a platform that is not covered.
        image: String,
    },
}

/// What a `RUN` does on some platforms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Arm {
    /// In OCI form: `linux/arm/v7`.
    pub(super) platforms: Vec<String>,
    /// What is done; nothing if absent.
    pub(super) body: Option<Sourced<Box<Body>>>,
}
