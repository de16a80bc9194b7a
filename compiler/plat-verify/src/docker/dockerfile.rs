//! A Dockerfile: what each platform's image comes to if its stages are followed from the last one down.

use super::platforms;
use crate::claims::{self, shared};
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger, Scope};
use crate::read::dockerfile::{Dockerfile, Instruction, Stage, argv};
use crate::read::sizes;
use plat_model::{Health, Image, ImageSpec, Origin, Ownership, Probe, Project, StageSource, StepKind, User};

/// Judges the file.
pub(super) fn verify(project: &Project, image: &Image, file: &str, tree: &Dockerfile, ledger: &mut Ledger) {
    let own = platforms(project, image);
    for (members, (stages, spec)) in shared(&own, |p| {
        let architecture = project.platforms.get(p).map(claims::architecture).unwrap_or_default();
        let last = tree.stages.len().saturating_sub(1);
        let chain = chain(tree, last, &architecture);
        (chain.map(|c| (c.stages, c.base)), claims::image_on(image, p))
    }) {
        let subject = format!("image `{}`{}", image.name, claims::on(project, &members));
        let line = tree.stages.last().map_or(0, |s| s.line);
        let scope = Scope { subject, file, line, origin: image.origin };
        let Some(spec) = spec else { continue };
        let (stages, base) = match stages {
            Ok(found) => found,
            Err(missing) => {
                let declared = Some((missing, image.origin));
                ledger.compare_one(FactKind::Architecture, &scope, "stage", None, declared);
                continue;
            }
        };
        let instructions = stages.iter().rev().filter_map(|s| tree.stages.get(*s));
        let instructions = instructions.flat_map(|s| &s.instructions).collect();
        let bottom = stages.last().and_then(|s| tree.stages.get(*s)).map_or(0, |s| s.line);
        let config = Config { spec, instructions, scope: &scope };
        config.verify(&base, bottom, ledger);
    }
    stage_sources(project, image, file, tree, ledger);
    cases(project, image, file, tree, ledger);
}

/// The stages of an image from a given one down, and what the lowest starts from.
struct Chain {
    /// Positions in the file.
    stages: Vec<usize>,
    base: String,
}

/// Follows `FROM` on one architecture; the name of a stage that is not there is an error.
fn chain(tree: &Dockerfile, from: usize, architecture: &str) -> Result<Chain, String> {
    let mut stages = vec![from];
    let mut at = from;
    while let Some(stage) = tree.stages.get(at) {
        let automatic = stage.from.contains("TARGETARCH");
        let source = expand(&stage.from, architecture);
        let earlier = tree.stages.iter().take(at).rposition(|s| s.name == source.to_ascii_lowercase());
        match earlier {
            Some(earlier) => {
                stages.push(earlier);
                at = earlier;
            }
            None if automatic => return Err(source),
            None => return Ok(Chain { stages, base: source }),
        }
    }
    Ok(Chain { stages, base: String::new() })
}

fn expand(from: &str, architecture: &str) -> String {
    from.replace("${TARGETARCH}${TARGETVARIANT}", architecture)
        .replace("$TARGETARCH$TARGETVARIANT", architecture)
}

/// The image on platforms where it is the same.
struct Config<'a> {
    spec: &'a ImageSpec,
    instructions: Vec<&'a Instruction>,
    scope: &'a Scope<'a>,
}

impl Config<'_> {
    fn verify(&self, base: &str, line: u32, ledger: &mut Ledger) {
        let declared = match claims::root(self.spec) {
            Some((base, origin)) => (claims::base_reference(base), origin),
            None => ("scratch".to_owned(), self.scope.origin),
        };
        let found = Some((base.to_owned(), line));
        ledger.compare_one(FactKind::Image, self.scope, "base image", found, Some(declared));
        self.ports(ledger);
        self.user(ledger);
        self.owners(ledger);
        self.env(ledger);
        self.health(ledger);
        for (word, what, declared) in
            [("ENTRYPOINT", "entrypoint", &self.spec.entrypoint), ("CMD", "command", &self.spec.cmd)]
        {
            let found = self.last(word).map(|i| (format!("{:?}", i.argv()), i.line));
            let declared = declared.as_ref().map(|d| (format!("{:?}", d.value), d.origin));
            ledger.compare_one(FactKind::Command, self.scope, what, found, declared);
        }
    }

    fn last(&self, word: &str) -> Option<&Instruction> {
        self.instructions.iter().rfind(|i| i.word == word).copied()
    }

    fn ports(&self, ledger: &mut Ledger) {
        let mut found: Vec<(String, u32)> = Vec::new();
        for instruction in self.instructions.iter().filter(|i| i.word == "EXPOSE") {
            for port in instruction.text.split_whitespace() {
                let number = port.strip_suffix("/tcp").unwrap_or(port).to_owned();
                if !found.iter().any(|(known, _)| *known == number) {
                    found.push((number, instruction.line));
                }
            }
        }
        let mut declared: Vec<(String, Origin)> = Vec::new();
        for port in &self.spec.ports {
            let number = port.number.value.to_string();
            if !declared.iter().any(|(known, _)| *known == number) {
                declared.push((number, port.number.origin));
            }
        }
        ledger.compare_sets(FactKind::Port, self.scope, "exposed port", found, declared);
    }

    fn user(&self, ledger: &mut Ledger) {
        let found = self.last("USER").map(|i| (i.text.trim().to_owned(), i.line));
        let stages = claims::lineage(self.spec);
        let base = claims::root(self.spec).and_then(|(base, _)| base.user.as_ref()).filter(|u| u.uid != 0);
        let steps = stages.iter().flat_map(|s| s.steps.iter().rev());
        let step = steps.filter_map(|s| match &s.kind {
            StepKind::AsUser(user) => Some((self.named(user), s.origin)),
            _ => None,
        });
        let declared = match (&self.spec.user, base) {
            (Some(user), _) => Some((ids(user), user.origin)),
            (None, Some(user)) => Some((ids(user), self.scope.origin)),
            (None, None) => step.into_iter().next(),
        };
        ledger.compare_one(FactKind::User, self.scope, "user", found, declared);
    }

    /// A user as steps name it: `user` is the image's own.
    fn named(&self, text: &str) -> String {
        match (&self.spec.user, text) {
            (Some(user), "user") => ids(user),
            (_, "root" | "root:root" | "0") => "0:0".to_owned(),
            _ => text.to_owned(),
        }
    }

    /// Files and accounts belong to users that are declared.
    fn owners(&self, ledger: &mut Ledger) {
        let own = self.spec.user.as_ref();
        let declared: Vec<(String, Origin)> = own
            .map(|u| (ids(u), u.origin))
            .into_iter()
            .chain(self.spec.stages.iter().flat_map(|s| &s.steps).filter_map(|s| match &s.kind {
                StepKind::Copy { owner: Some(Ownership::Other(o)), .. }
                | StepKind::CopyFrom { owner: Some(Ownership::Other(o)), .. } => {
                    Some((self.named(o), s.origin))
                }
                _ => None,
            }))
            .collect();
        for instruction in self.instructions.iter().filter(|i| i.word == "COPY") {
            let (options, _) = instruction.options();
            let Some((_, owner)) = options.iter().find(|(name, _)| *name == "chown") else { continue };
            let same = declared.iter().find(|(d, _)| d == owner).or(declared.first()).cloned();
            let found = Some(((*owner).to_owned(), instruction.line));
            ledger.compare_one(FactKind::User, self.scope, "owner of copied files", found, same);
        }
        let by_hand = self.spec.stages.iter().flat_map(|s| &s.steps).any(|s| {
            matches!(&s.kind, StepKind::Run { command, .. } if command.contains("useradd") || command.contains("adduser"))
        });
        let Some(user) = own.filter(|_| !by_hand) else { return };
        for instruction in self.instructions.iter().filter(|i| i.word == "RUN") {
            let words: Vec<&str> = instruction.text.split_whitespace().collect();
            let after = |options: &[&str]| {
                let at = words.iter().rposition(|w| options.contains(w))?;
                words.get(at + 1).map(|w| ((*w).to_owned(), instruction.line))
            };
            if !words.iter().any(|w| matches!(*w, "useradd" | "adduser")) {
                continue;
            }
            let uid = Some((user.uid.to_string(), user.origin));
            ledger.compare_one(
                FactKind::User,
                self.scope,
                "number of the account",
                after(&["--uid", "-u"]),
                uid,
            );
            let group = after(&["--gid", "-g"]);
            let gid = Some((user.gid.to_string(), user.origin)).filter(|_| group.is_some());
            ledger.compare_one(FactKind::User, self.scope, "group of the account", group, gid);
        }
    }

    fn env(&self, ledger: &mut Ledger) {
        let mut found: Vec<(String, String, u32)> = Vec::new();
        for pair in self.instructions.iter().filter(|i| i.word == "ENV").flat_map(|i| i.pairs()) {
            found.retain(|(name, _, _)| *name != pair.name);
            found.push((pair.name, pair.value, pair.line));
        }
        let found =
            found.into_iter().map(|(name, value, line)| Found::new(name, claims::quoted(&value), line));
        // Names and texts that an instruction cannot hold are told as lost by the target.
        let fits = |name: &str, value: &str| {
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !value.contains(['\n', '\r'])
        };
        let declared = claims::image_env(self.spec, &claims::lineage(self.spec));
        let declared = declared.into_iter().filter(|(name, value, _)| fits(name, value));
        let declared = declared.map(|(name, value, o)| Declared::new(name, claims::quoted(&value), o));
        ledger.compare(FactKind::Variable, self.scope, "variable", found.collect(), declared.collect());
    }

    fn health(&self, ledger: &mut Ledger) {
        let found = self.last("HEALTHCHECK").filter(|i| i.text.trim() != "NONE");
        let declared = self.spec.health.as_ref();
        let Some(instruction) = found else {
            if let Some(health) = declared.filter(|h| self.can_ask(h)) {
                let health = Some((asked(&health.value).0, health.origin));
                ledger.compare_one(FactKind::Health, self.scope, "health check", None, health);
            }
            return;
        };
        let (options, rest) = instruction.options();
        let command = rest.strip_prefix("CMD").map(argv).unwrap_or_default();
        let line = instruction.line;
        let Some(health) = declared else {
            let found = Some((format!("{command:?}"), line));
            ledger.compare_one(FactKind::Health, self.scope, "health check", found, None);
            return;
        };
        let (port, path) = match &health.value.probe {
            Probe::Command(words) => {
                let found = Some((format!("{command:?}"), line));
                let words = Some((format!("{:?}", words.value), words.origin));
                ledger.compare_one(FactKind::Health, self.scope, "health check", found, words);
                (None, None)
            }
            Probe::Http { path, port } => (Some(port), Some(path)),
            Probe::Tcp { port } | Probe::Grpc { port, .. } => (Some(port), None),
        };
        if let Some(port) = port {
            let (number, rest) = port_and_path(&command.join(" "));
            let declared = Some((port.value.to_string(), port.origin));
            let found = Some((number, line));
            ledger.compare_one(FactKind::Port, self.scope, "port of the health check", found, declared);
            if let Some(path) = path {
                // A quote in a program that asks is escaped.
                let found = Some((rest.replace('\\', ""), line));
                let path = Some((path.value.replace('\\', ""), path.origin));
                ledger.compare_one(FactKind::Health, self.scope, "path of the health check", found, path);
            }
        }
        let found = options.iter().map(|(name, text)| {
            let value = if *name == "retries" { text.parse().ok() } else { sizes::duration(text) };
            let value = value.map_or_else(|| (*text).to_owned(), |v: i128| v.to_string());
            Found::new(*name, value, line).shown(*text)
        });
        let times = times(&health.value);
        ledger.compare(FactKind::Health, self.scope, "option", found.collect(), times);
    }

    /// Whether something in the image can ask; where nothing can, the target tells that there is no health check.
    fn can_ask(&self, health: &Health) -> bool {
        let tools = ["curl", "wget", "python", "node", "nc", "bash", "grpc_health_probe"];
        let base = claims::root(self.spec).map_or(&[][..], |(base, _)| base.commands.as_slice());
        match &health.probe {
            Probe::Command(_) => true,
            Probe::Grpc { .. } => base.iter().any(|c| c == "grpc_health_probe"),
            Probe::Http { .. } => base.iter().any(|c| tools[..4].contains(&c.as_str())),
            Probe::Tcp { .. } => base.iter().any(|c| tools[2..6].contains(&c.as_str())),
        }
    }
}

fn ids(user: &User) -> String {
    format!("{}:{}", user.uid, user.gid)
}

/// What a check asks, in words, and its port.
fn asked(health: &Health) -> (String, Option<i64>) {
    match &health.probe {
        Probe::Http { path, port } => (format!("GET {} on {}", path.value, port.value), Some(port.value)),
        Probe::Tcp { port } => (format!("a connection to {}", port.value), Some(port.value)),
        Probe::Grpc { port, .. } => (format!("the health service on {}", port.value), Some(port.value)),
        Probe::Command(words) => (format!("{:?}", words.value), None),
    }
}

/// The port and the path that a command asks on this machine, however it asks.
fn port_and_path(command: &str) -> (String, String) {
    let marks = ["http://127.0.0.1:", "-addr=127.0.0.1:", "/dev/tcp/127.0.0.1/", "'127.0.0.1', ", "connect("];
    let after = marks.iter().find_map(|m| command.split_once(m)).map(|(_, rest)| rest);
    let after = after.or_else(|| command.split_once("127.0.0.1 ").map(|(_, rest)| rest)).unwrap_or("");
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let path = &after[digits..];
    let quoted = command.contains("'http://");
    let mut end = path.len();
    let bytes = path.as_bytes();
    for (at, c) in path.char_indices() {
        let escaped = at > 0 && bytes[at - 1] == b'\\';
        if quoted && c == '\'' && !escaped {
            end = at;
            break;
        }
    }
    (after[..digits].to_owned(), path[..end].to_owned())
}

fn times(health: &Health) -> Vec<Declared> {
    let durations =
        [("interval", &health.every), ("timeout", &health.timeout), ("start-period", &health.after)];
    let mut times = Vec::new();
    for (name, duration) in durations {
        if let Some(duration) = duration {
            let value = duration.amount.ceil().to_string();
            times.push(Declared::new(name, value, duration.origin).shown(duration.value.to_string()));
        }
    }
    times.extend(health.retries.map(|r| Declared::new("retries", r.value.to_string(), r.origin)));
    times
}

/// Every declared stage starts from what it is declared to start from.
fn stage_sources(project: &Project, image: &Image, file: &str, tree: &Dockerfile, ledger: &mut Ledger) {
    let own = platforms(project, image);
    let mut names: Vec<&str> = Vec::new();
    for stage in own.iter().filter_map(|p| claims::image_on(image, *p)).flat_map(|s| &s.stages) {
        if !names.contains(&stage.name.as_str()) {
            names.push(&stage.name);
        }
    }
    for name in &names {
        let having: Vec<usize> = own.iter().copied().filter(|p| source(image, *p, name).is_some()).collect();
        for (members, (found, declared)) in shared(&having, |p| {
            let architecture = project.platforms.get(p).map(claims::architecture).unwrap_or_default();
            (start(tree, name, &names, &architecture), source(image, p, name).map(|(text, _)| text))
        }) {
            let origin = members.first().and_then(|p| source(image, *p, name)).and_then(|(_, origin)| origin);
            let subject =
                format!("stage `{name}` of image `{}`{}", image.name, claims::on(project, &members));
            let scope = Scope { subject, file, line: 0, origin: image.origin };
            ledger.compare_one(FactKind::Image, &scope, "start", found, declared.map(|d| (d, origin)));
        }
    }
}

/// What a stage is declared to start from.
fn source(image: &Image, platform: usize, name: &str) -> Option<(String, Origin)> {
    let stage = claims::image_on(image, platform)?.stages.iter().find(|s| s.name == name)?;
    let text = match &stage.from.value {
        StageSource::Base(base) => claims::base_reference(base),
        StageSource::Stage(name) => name.clone(),
        StageSource::Scratch => "scratch".to_owned(),
    };
    Some((text, stage.from.origin.or(stage.origin)))
}

/// What a stage of the file starts from, through stages that no program declares.
fn start(tree: &Dockerfile, name: &str, names: &[&str], architecture: &str) -> Option<(String, u32)> {
    let mut at = tree.stages.iter().position(|s| s.name == name.to_ascii_lowercase())?;
    loop {
        let stage: &Stage = tree.stages.get(at)?;
        let source = expand(&stage.from, architecture);
        let earlier = tree.stages.iter().take(at).rposition(|s| s.name == source.to_ascii_lowercase());
        match earlier {
            Some(earlier) if !names.contains(&source.as_str()) => at = earlier,
            _ => return Some((source, stage.line)),
        }
    }
}

/// A `case` over the platforms has an arm for each that the image is built for, and for no other.
fn cases(project: &Project, image: &Image, file: &str, tree: &Dockerfile, ledger: &mut Ledger) {
    let own = platforms(project, image);
    let specs = || own.iter().filter_map(|p| claims::image_on(image, *p));
    let by_hand = specs()
        .flat_map(|s| &s.stages)
        .flat_map(|s| &s.steps)
        .any(|s| matches!(&s.kind, StepKind::Run { command, .. } if command.contains("TARGETPLATFORM")));
    if by_hand {
        return;
    }
    for stage in &tree.stages {
        let declared_as = stage.name.strip_suffix("-common").unwrap_or(&stage.name);
        let oci = |p: &usize| {
            let spec = claims::image_on(image, *p)?;
            let named = spec.stages.iter().any(|s| s.name == declared_as || s.name == stage.name);
            let platform = project.platforms.get(*p).filter(|_| named)?;
            Some((platform.oci.value.clone(), platform.origin))
        };
        let declared: Vec<(String, Origin)> = own.iter().filter_map(oci).collect();
        for instruction in stage.instructions.iter().filter(|i| i.word == "RUN") {
            let Some(found) = arms(&instruction.text) else { continue };
            let subject = format!("stage `{}` of image `{}`", stage.name, image.name);
            let scope = Scope { subject, file, line: instruction.line, origin: image.origin };
            let found = found.into_iter().map(|(at, p)| (p.to_owned(), instruction.line_at(at))).collect();
            ledger.compare_sets(FactKind::Architecture, &scope, "platform", found, declared.clone());
        }
    }
}

/// The patterns of a `case` over the platforms with where they begin in the text, without the last resort.
fn arms(text: &str) -> Option<Vec<(usize, &str)>> {
    let (_, rest) = text.split_once("case \"$TARGETPLATFORM\" in")?;
    let (body, _) = rest.rsplit_once("esac")?;
    let patterns = body.split(";;").filter_map(|arm| arm.split_once(')')).map(|(patterns, _)| patterns);
    let words = patterns.flat_map(|p| p.split('|')).map(str::trim).filter(|w| *w != "*" && !w.is_empty());
    // Each is a part of the text, so the distance of their beginnings is its offset.
    Some(words.map(|w| (w.as_ptr() as usize - text.as_ptr() as usize, w)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_what() {
        let of = |text: &str| port_and_path(text);
        let both = |port: &str, path: &str| (port.to_owned(), path.to_owned());
        assert_eq!(of("wget -q -O /dev/null http://127.0.0.1:8080/a b"), both("8080", "/a b"));
        assert_eq!(of("python -c urlopen('http://127.0.0.1:80/it\\'s', timeout=2)"), both("80", "/it\\'s"));
        assert_eq!(of("nc -z 127.0.0.1 5432"), both("5432", ""));
        assert_eq!(of("python -c create_connection(('127.0.0.1', 99), timeout=1)").0, "99");
        assert_eq!(of("node -e require('net').connect(70, '127.0.0.1')").0, "70");
        assert_eq!(of("bash -c : > /dev/tcp/127.0.0.1/81").0, "81");
    }

    #[test]
    fn arms_of_a_case() {
        let text = "case \"$TARGETPLATFORM\" in  a/b | c/d) set -- x ;;  e/f) ;;  *) exit 1 ;;  esac && y";
        assert_eq!(arms(text), Some(vec![(27, "a/b"), (33, "c/d"), (51, "e/f")]));
        assert_eq!(arms("echo"), None);
    }
}
