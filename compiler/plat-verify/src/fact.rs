//! What is found out: facts, and the certificate that has them all.

use plat_model::Origin;
use std::fmt;

/// The text of one artefact.
#[derive(Clone, Copy, Debug)]
pub struct Artefact<'a> {
    /// Below the output folder, with `/`.
    pub path: &'a str,
    /// The target that makes it.
    pub target: &'a str,
    /// All of it; `None` if it should be there and is not.
    pub text: Option<&'a str>,
}

/// What a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FactKind {
    /// Numbers and names of ports.
    Port,
    /// Users and groups.
    User,
    /// Memory, processor time, storage and times.
    Quantity,
    /// Platforms, and what each world calls them.
    Architecture,
    /// References of images.
    Image,
    /// Environment variables and settings.
    Variable,
    /// What health checks ask.
    Health,
    /// Commands and arguments.
    Command,
    /// Replicas, and the bounds of autoscalers and budgets.
    Replicas,
    /// When and how jobs run.
    Schedule,
    /// Which pods a selector finds.
    Selector,
    /// Names of objects, namespaces, hosts and files.
    Name,
    /// Where volumes are mounted.
    Volume,
    /// Flags of compilers and runtimes.
    Flag,
    /// Labels of Bazel that something depends on.
    Dependency,
}

impl FactKind {
    /// All, in the order in which they are told.
    pub const ALL: [FactKind; 15] = [
        FactKind::Port,
        FactKind::User,
        FactKind::Quantity,
        FactKind::Architecture,
        FactKind::Image,
        FactKind::Variable,
        FactKind::Health,
        FactKind::Command,
        FactKind::Replicas,
        FactKind::Schedule,
        FactKind::Selector,
        FactKind::Name,
        FactKind::Volume,
        FactKind::Flag,
        FactKind::Dependency,
    ];

    /// One word, stable: `port`.
    pub fn as_str(self) -> &'static str {
        match self {
            FactKind::Port => "port",
            FactKind::User => "user",
            FactKind::Quantity => "quantity",
            FactKind::Architecture => "architecture",
            FactKind::Image => "image",
            FactKind::Variable => "variable",
            FactKind::Health => "health",
            FactKind::Command => "command",
            FactKind::Replicas => "replicas",
            FactKind::Schedule => "schedule",
            FactKind::Selector => "selector",
            FactKind::Name => "name",
            FactKind::Volume => "volume",
            FactKind::Flag => "flag",
            FactKind::Dependency => "dependency",
        }
    }
}

impl fmt::Display for FactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fact: what an artefact says, and what the domain says.
#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    /// What it is about.
    pub kind: FactKind,
    /// Whose it is: ``service `api` in prod on arm64``.
    pub subject: String,
    /// Which of its facts: ``container port `http` ``.
    pub what: String,
    /// The artefact, below the output folder.
    pub file: String,
    /// Its line, from 1; 0 means the file.
    pub line: u32,
    /// What the artefact says; `None` if it says nothing and should.
    pub found: Option<String>,
    /// What the domain says; `None` if it knows nothing of it.
    pub declared: Option<String>,
    /// Where the source says it.
    pub origin: Origin,
    /// Whether both say the same.
    pub agrees: bool,
}

/// An artefact that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// The artefact, below the output folder.
    pub file: String,
    /// The line, from 1; 0 means the file.
    pub line: u32,
    /// Why, without a final stop.
    pub reason: String,
}

/// An artefact that is not as it would be written, though nothing in it that is judged disagrees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changed {
    /// The artefact, below the output folder.
    pub file: String,
    /// The first line that differs, from 1; 0 if the file is not there.
    pub line: u32,
}

/// Everything that was found out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Certificate {
    /// The facts, in the order of the artefacts.
    pub facts: Vec<Fact>,
    /// The artefacts that were read, in order.
    pub artefacts: Vec<String>,
    /// The artefacts in which there is nothing to judge, such as those of `emit`.
    pub unread: Vec<String>,
    /// The artefacts that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The artefacts that differ only in what is not judged.
    pub changed: Vec<Changed>,
}

impl Certificate {
    /// Whether every artefact could be read and every fact agrees.
    pub fn agrees(&self) -> bool {
        self.unreadable.is_empty() && self.facts.iter().all(|f| f.agrees)
    }

    /// Compares an artefact with the text that would be written. One that differs is noted, unless a disagreement in it
    /// tells so already.
    pub fn compare(&mut self, artefact: &Artefact<'_>, written: &str) {
        let file = artefact.path;
        let line = match artefact.text {
            Some(text) if text == written => return,
            Some(text) => first_difference(text, written),
            None => 0,
        };
        let told =
            self.unreadable.iter().any(|u| u.file == file) || self.disagreements().any(|f| f.file == file);
        if !told {
            self.changed.push(Changed { file: file.to_owned(), line });
        }
    }

    /// The facts in which artefact and domain differ.
    pub fn disagreements(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|f| !f.agrees)
    }

    /// How many facts there are of a kind.
    pub fn count(&self, kind: FactKind) -> usize {
        self.facts.iter().filter(|f| f.kind == kind).count()
    }
}

/// The line of `text`, from 1, that is the first to differ from `written`; the last one if it only ends too early.
fn first_difference(text: &str, written: &str) -> u32 {
    let same = text.split('\n').zip(written.split('\n')).take_while(|(a, b)| a == b).count();
    let last = text.lines().count().max(1);
    u32::try_from((same + 1).min(last)).unwrap_or(u32::MAX)
}
