//! One image on one group of platforms, as instructions. In: an [`ImageSpec`]. Out: its stages as lists of
//! instructions, each of one piece, so that what differs between platforms can be told afterwards by comparing them.

use super::errors;
use super::quote;
use super::shell;
use super::tree::{Body, CacheKey, CachePlatform, Copy, FromSource, Instruction, Mount, Node, Run};
use plat_base::Diagnostic;
use plat_model::{
    BaseImage, CacheMount, Image, ImageSpec, Origin, Ownership, Sourced, Stage, StageSource, Step, StepKind,
    User,
};

/// A stage on one group of platforms.
#[derive(Clone, Debug)]
pub(super) struct LoweredStage {
    /// Its name.
    pub(super) name: String,
    /// Its instructions, `FROM` first.
    pub(super) nodes: Vec<Node>,
}

/// The stages of an image on one group of platforms. `piped` has the names of those in which commands are piped on
/// any platform.
pub(super) fn stages(
    image: &Image,
    spec: &ImageSpec,
    piped: &[&str],
    said: &mut Vec<Diagnostic>,
) -> Vec<LoweredStage> {
    let last = spec.stages.len().saturating_sub(1);
    let mut lowering = Lowering { image, spec, piped, said, ends: Vec::new() };
    (0..spec.stages.len()).map(|at| lowering.stage(at, at == last)).collect()
}

/// What holds at a point of a stage, and for the stages that start from it.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) workdir: Option<String>,
    /// `uid:gid` of a user other than root.
    user: Option<String>,
    /// Whether a failing command in a pipe fails the step.
    pipefail: bool,
    /// Whether it runs on the platform that builds.
    on_build_platform: bool,
    /// Commands that packages have brought in.
    pub(super) installed: Vec<String>,
}

/// An image on its way.
pub(super) struct Lowering<'a> {
    pub(super) image: &'a Image,
    pub(super) spec: &'a ImageSpec,
    piped: &'a [&'a str],
    pub(super) said: &'a mut Vec<Diagnostic>,
    /// What held at the end of each stage so far.
    ends: Vec<State>,
}

impl<'a> Lowering<'a> {
    fn stage(&mut self, at: usize, is_last: bool) -> LoweredStage {
        let spec = self.spec;
        let stage = &spec.stages[at];
        self.names(at);
        let base = self.base(stage);
        let mut state = self.inherited(stage, base);
        state.on_build_platform |= stage.on_build_platform && !is_last;
        let mut nodes = vec![self.from(stage, is_last)];
        if is_last {
            nodes.extend(self.add_user(base, &mut state));
            nodes.extend(self.add_folders(base, &mut state));
        }
        self.workdir(stage, &mut state, &mut nodes);
        self.shell(stage, base, &mut state, &mut nodes);
        for step in &stage.steps {
            self.step(step, is_last, &mut state, &mut nodes);
        }
        if is_last {
            self.configuration(base, &state, &mut nodes);
        }
        self.ends.push(state);
        LoweredStage { name: stage.name.clone(), nodes }
    }

    /// Every stage that is used must be an earlier one, and have a name that the builder takes.
    fn names(&mut self, at: usize) {
        let spec = self.spec;
        let stage = &spec.stages[at];
        if !is_stage_name(&stage.name) {
            self.said.extend(errors::bad_stage_name(&self.image.name, stage));
        }
        let earlier: Vec<&str> = spec.stages[..at].iter().map(|s| s.name.as_str()).collect();
        let mut used: Vec<(&str, Origin)> = Vec::new();
        if let StageSource::Stage(name) = &stage.from.value {
            used.push((name, stage.from.origin.or(stage.origin)));
        }
        for step in &stage.steps {
            // A reference of an image has a tag, a digest or a folder.
            if let StepKind::CopyFrom { stage, .. } = &step.kind
                && !stage.contains([':', '@', '/'])
            {
                used.push((stage, step.origin));
            }
        }
        for (name, origin) in used {
            if !earlier.contains(&name) {
                self.said.extend(errors::unknown_stage(&self.image.name, name, &earlier, origin));
            }
        }
    }

    /// The published image at the bottom of a stage, if there is one.
    fn base(&self, stage: &'a Stage) -> Option<&'a BaseImage> {
        let mut stage = stage;
        // Each turn goes to an earlier stage; a name that leads nowhere ends it.
        for _ in 0..=self.spec.stages.len() {
            match &stage.from.value {
                StageSource::Base(base) => return Some(base),
                StageSource::Scratch => return None,
                StageSource::Stage(name) => stage = self.spec.stages.iter().find(|s| s.name == *name)?,
            }
        }
        None
    }

    fn inherited(&self, stage: &Stage, base: Option<&BaseImage>) -> State {
        if let StageSource::Stage(name) = &stage.from.value
            && let Some(at) = self.spec.stages.iter().position(|s| s.name == *name)
            && let Some(state) = self.ends.get(at)
        {
            return state.clone();
        }
        let user = base.and_then(|b| b.user.as_ref()).filter(|u| u.uid != 0).map(ids);
        State { user, ..State::default() }
    }

    fn from(&mut self, stage: &Stage, is_last: bool) -> Node {
        let source = match &stage.from.value {
            StageSource::Base(base) => reference(base),
            StageSource::Stage(name) => name.clone(),
            StageSource::Scratch => "scratch".to_owned(),
        };
        if stage.on_build_platform && is_last {
            self.said.extend(errors::runs_where_built(&self.image.name, stage));
        }
        let instruction = Instruction::From {
            source: FromSource::Named(source),
            on_build_platform: stage.on_build_platform && !is_last,
            name: stage.name.clone(),
        };
        Node::new(instruction, stage.from.origin.or(stage.origin))
    }

    /// The working directory of a stage that starts from a published image and does not set one at once.
    fn workdir(&self, stage: &Stage, state: &mut State, nodes: &mut Vec<Node>) {
        let sets_it = matches!(stage.steps.first().map(|s| &s.kind), Some(StepKind::SetWorkdir(_)));
        if let Some(path) = &self.spec.workdir
            && !sets_it
            && state.workdir.as_ref() != Some(&path.value)
        {
            nodes.push(Node::new(Instruction::Workdir(path.value.clone()), path.origin));
            state.workdir = Some(path.value.clone());
        }
    }

    fn add_user(&mut self, base: Option<&BaseImage>, state: &mut State) -> Vec<Node> {
        let Some(user) = &self.spec.user else { return Vec::new() };
        if user.uid == 0 || user.exists || account(base, user).is_some() {
            return Vec::new();
        }
        let busybox = match base.map(|b| b.family.as_str()) {
            Some("debian") => false,
            Some("alpine" | "busybox") => true,
            _ => {
                self.said.extend(errors::user_without_name(&self.image.name, user, base));
                return Vec::new();
            }
        };
        let mut nodes = Vec::new();
        if state.user.take().is_some() {
            nodes.push(Node::new(Instruction::User("0:0".to_owned()), user.origin));
        }
        let body = Body::AddUser { busybox, name: user.name.clone(), uid: user.uid, gid: user.gid };
        nodes.push(Node::new(Instruction::Run(Run { mounts: Vec::new(), body }), user.origin));
        nodes
    }

    /// The folders that the process writes, as its user's own; those of the base image are there already.
    fn add_folders(&mut self, base: Option<&BaseImage>, state: &mut State) -> Vec<Node> {
        let Some(user) = self.spec.user.as_ref().filter(|u| u.uid != 0) else { return Vec::new() };
        let there = |path: &String| base.is_some_and(|b| b.writes.contains(path));
        let paths: Vec<&Sourced<String>> = self.spec.writes.iter().filter(|w| !there(&w.value)).collect();
        let Some(first) = paths.first() else { return Vec::new() };
        if !matches!(base.map(|b| b.family.as_str()), Some("debian" | "alpine" | "busybox" | "redhat")) {
            self.said.extend(errors::folders_not_made(&self.image.name, &paths, first.origin));
            return Vec::new();
        }
        let mut nodes = Vec::new();
        if state.user.take().is_some() {
            nodes.push(Node::new(Instruction::User("0:0".to_owned()), user.origin));
        }
        let words: Vec<String> = paths.iter().map(|p| quote::shell_word(&p.value)).collect();
        let command = format!("install -d -o {} -g {} {}", user.uid, user.gid, words.join(" "));
        let run = Run { mounts: Vec::new(), body: Body::Shell(command) };
        nodes.push(Node::new(Instruction::Run(run), first.origin));
        nodes
    }

    /// In a stage that pipes, the shell in which a failing command fails its pipe. It is the same on every platform,
    /// whether or not that platform pipes, so that it is written once.
    fn shell(&self, stage: &Stage, base: Option<&BaseImage>, state: &mut State, nodes: &mut Vec<Node>) {
        if !state.pipefail
            && self.piped.contains(&stage.name.as_str())
            && let Some(argv) = pipefail(base)
        {
            nodes.push(Node::new(Instruction::Shell(argv), stage.origin));
            state.pipefail = true;
        }
    }

    fn step(&mut self, step: &Step, is_last: bool, state: &mut State, nodes: &mut Vec<Node>) {
        let mut push = |instruction| nodes.push(Node::new(instruction, step.origin));
        match &step.kind {
            StepKind::Run { command, caches, secrets } => {
                let mut mounts: Vec<Mount> = caches.iter().map(|c| cache(c, state)).collect();
                mounts.extend(secrets.iter().cloned().map(Mount::Secret));
                push(Instruction::Run(Run { mounts, body: Body::Shell(command.clone()) }));
            }
            StepKind::Copy { sources, to, owner, mode } => {
                let unset = if is_last { Some(&Ownership::ImageUser) } else { None };
                let chown = self.owner(owner.as_ref().or(unset));
                let (sources, to, chmod) = (sources.clone(), to.clone(), mode.clone());
                push(Instruction::Copy(Copy { from: None, chown, chmod, sources, to }));
            }
            StepKind::CopyFrom { stage, sources, to, owner, mode } => {
                let chown = self.owner(owner.as_ref());
                let (sources, to, chmod) = (sources.clone(), to.clone(), mode.clone());
                push(Instruction::Copy(Copy { from: Some(stage.clone()), chown, chmod, sources, to }));
            }
            // A list that is empty on this platform installs nothing.
            StepKind::Apt { packages } | StepKind::Apk { packages } if packages.is_empty() => {}
            StepKind::Apt { packages } => {
                state.installed.extend(commands_of(packages));
                let mounts = apt_caches(state);
                push(Instruction::Run(Run { mounts, body: Body::Apt(packages.clone()) }));
            }
            StepKind::Apk { packages } => {
                state.installed.extend(commands_of(packages));
                push(Instruction::Run(Run { mounts: Vec::new(), body: Body::Apk(packages.clone()) }));
            }
            StepKind::SetEnv(variables) => {
                let pairs = variables
                    .iter()
                    .map(|(name, text)| (name.clone(), Sourced::new(text.clone(), step.origin)))
                    .collect();
                let pairs = self.variables(&pairs);
                if !pairs.is_empty() {
                    push(Instruction::Env { pairs, expands: true });
                }
            }
            StepKind::SetWorkdir(path) => {
                state.workdir = Some(path.clone());
                push(Instruction::Workdir(path.clone()));
            }
            StepKind::Arg { name, default } => {
                push(Instruction::Arg(vec![(name.clone(), default.clone())]));
            }
            StepKind::AsUser(user) => {
                let user = self.named_user(user);
                state.user = (!matches!(user.split(':').next(), Some("0"))).then(|| user.clone());
                push(Instruction::User(user));
            }
        }
    }

    /// `user` stands for the image's own user; root is written by its number, as every host knows it.
    fn named_user(&self, text: &str) -> String {
        match (&self.spec.user, text) {
            (Some(user), "user") => ids(user),
            (_, "root" | "root:root" | "0") => "0:0".to_owned(),
            _ => text.to_owned(),
        }
    }

    fn owner(&self, owner: Option<&Ownership>) -> Option<String> {
        match owner? {
            Ownership::ImageUser => self.spec.user.as_ref().map(|u| ids(u)).filter(|ids| ids != "0:0"),
            Ownership::Other(text) => Some(self.named_user(text)),
        }
    }
}

/// The user that the base image has under this number already.
pub(super) fn account<'b>(base: Option<&'b BaseImage>, user: &User) -> Option<&'b User> {
    let base = base?;
    base.accounts.iter().chain(base.user.as_ref()).find(|a| a.uid == user.uid)
}

fn is_stage_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(plain)
        && !matches!(name, "scratch" | "context")
}

/// `uid:gid`.
pub(super) fn ids(user: &User) -> String {
    format!("{}:{}", user.uid, user.gid)
}

/// `repository:tag@digest`.
pub(super) fn reference(base: &BaseImage) -> String {
    let digest = base.digest.as_ref().map(|d| format!("@{d}")).unwrap_or_default();
    format!("{}:{}{digest}", base.repository, base.tag)
}

/// The shell in which a failing command fails its pipe, if the image is known to have one.
fn pipefail(base: Option<&BaseImage>) -> Option<Vec<String>> {
    let argv: &[&str] = match base?.family.as_str() {
        "debian" => &["/bin/bash", "-o", "pipefail", "-c"],
        "alpine" => &["/bin/ash", "-eo", "pipefail", "-c"],
        _ => return None,
    };
    Some(argv.iter().map(|a| (*a).to_owned()).collect())
}

fn cache(cache: &CacheMount, state: &State) -> Mount {
    let slug: String = cache
        .target
        .trim_start_matches('/')
        .chars()
        .filter(|c| *c != '.')
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let owner = state.user.as_ref().map(|user| match user.split_once(':') {
        Some((uid, gid)) => (uid.to_owned(), gid.to_owned()),
        None => (user.clone(), user.clone()),
    });
    // Mount options take numbers only.
    let numeric = |(uid, gid): &(String, String)| uid.parse::<u32>().is_ok() && gid.parse::<u32>().is_ok();
    Mount::Cache {
        per: cache.per_platform.then_some(CacheKey { name: slug, platform: CachePlatform::Target }),
        target: cache.target.clone(),
        locked: cache.locked,
        owner: owner.filter(numeric),
    }
}

/// Lists and archives of `apt-get`, of which only one process may use the same at a time.
fn apt_caches(state: &State) -> Vec<Mount> {
    let platform = if state.on_build_platform { CachePlatform::Build } else { CachePlatform::Target };
    let mount = |name: &str, target: &str| Mount::Cache {
        per: Some(CacheKey { name: name.to_owned(), platform }),
        target: target.to_owned(),
        locked: true,
        owner: None,
    };
    vec![mount("apt-cache", "/var/cache/apt"), mount("apt-lists", "/var/lib/apt")]
}

/// The commands for health checks that packages bring in.
fn commands_of(packages: &[Sourced<String>]) -> Vec<String> {
    let command = |package: &Sourced<String>| match package.split('=').next() {
        Some("curl") => Some("curl"),
        Some("wget") => Some("wget"),
        Some("bash") => Some("bash"),
        Some("netcat-openbsd" | "netcat-traditional") => Some("nc"),
        _ => None,
    };
    packages.iter().filter_map(command).map(str::to_owned).collect()
}

/// The names of the stages in which a command is piped.
pub(super) fn piped<'s>(specs: &[&'s ImageSpec]) -> Vec<&'s str> {
    let pipes = |step: &Step| match &step.kind {
        StepKind::Run { command, .. } => shell::has_pipe(command),
        _ => false,
    };
    let stages = specs.iter().flat_map(|spec| &spec.stages);
    stages.filter(|stage| stage.steps.iter().any(pipes)).map(|stage| stage.name.as_str()).collect()
}

/// The paths of the context that a stage copies, for `.dockerignore`.
pub(super) fn copied(spec: &ImageSpec) -> impl Iterator<Item = (&String, Origin)> {
    spec.stages.iter().flat_map(|s| &s.steps).flat_map(|step| {
        let sources: &[String] = match &step.kind {
            StepKind::Copy { sources, .. } => sources,
            _ => &[],
        };
        sources.iter().map(|s| (s, step.origin))
    })
}
