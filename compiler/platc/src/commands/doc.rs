//! `platc doc`: what the doc comments say, of the prelude, the standard library and the project.

use crate::args::DocArgs;
use crate::console::{colours_out, width, wrapped};
use crate::session::{Session, Status};
use plat_driver::{Article, Documentation, Entry, Failure, Part, Stdlib, documentation};

pub(super) fn run(session: &mut Session, args: &DocArgs) -> Result<Status, Failure> {
    let layout = session.project(&args.program)?;
    let all = documentation(&session.world, &Stdlib::embedded(), layout.as_ref())?;
    let page = Page { colours: colours_out(), width: width() };
    let text = match &args.name {
        None => page.contents(&all),
        Some(name) => page.of(&all, name)?,
    };
    session.console.out(&text);
    Ok(Status::Clean)
}

/// Words with a meaning of their own that are neither keywords nor declared anywhere.
const BUILT_IN: &[&str] = &[
    "bool", "bytes", "cores", "data", "duration", "env", "float", "int", "list", "map", "percent", "secret",
    "string",
];

/// What explains a name that has no doc comment: a code, or a word of the language.
fn elsewhere(name: &str) -> Option<Failure> {
    use plat_driver::keywords::{CONTEXTUAL, DECLARATIONS, LITERALS, RESERVED};
    if plat_driver::codes::page(name).is_some() {
        let failure = Failure::misuse(format!("`{name}` is the code of a diagnostic"));
        return Some(failure.help(format!("`platc explain {name}` tells what it means")));
    }
    let is_word =
        [RESERVED, DECLARATIONS, CONTEXTUAL, LITERALS, BUILT_IN].iter().any(|words| words.contains(&name));
    is_word.then(|| {
        Failure::misuse(format!("`{name}` is a word of the language"))
            .help("see the language reference, `LANGUAGE.md`")
    })
}

/// How documentation is laid out.
struct Page {
    colours: bool,
    width: usize,
}

/// The groups of a list, in order: what they hold and what they are called.
const GROUPS: &[(&str, &str)] = &[
    ("kind", "Kinds"),
    ("type", "Types"),
    ("enum", "Enums"),
    ("function", "Functions"),
    ("constant", "Constants"),
    ("instance", "Instances"),
    ("check", "Checks"),
    ("module", "Modules"),
];

impl Page {
    /// All that a name means.
    fn of(&self, all: &Documentation, name: &str) -> Result<String, Failure> {
        let found = all.find(name);
        if found.is_empty() {
            if let Some(failure) = elsewhere(name) {
                return Err(failure);
            }
            let failure = Failure::misuse(format!("nothing is called `{name}`"));
            return Err(match all.near(name) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("`platc doc` lists what there is"),
            });
        }
        let texts: Vec<String> = found
            .iter()
            .map(|entry| match entry {
                Entry::Article(article, ancestors) => self.article(article, ancestors, all),
                Entry::Part(owner, part) => {
                    let head = self.head(&part.signature, &part.place);
                    let of = format!("of {} {}", owner.what, owner.path.join("."));
                    format!("{head}{}{}", self.paragraph(&of, 2), self.doc(part.doc.as_deref(), 2))
                }
            })
            .collect();
        Ok(texts.join("\n"))
    }

    fn article(&self, article: &Article, ancestors: &[&Article], all: &Documentation) -> String {
        let mut text = self.head(&article.signature, &article.place);
        text.push_str(&self.doc(article.doc.as_deref(), 2));
        if article.what == "module" {
            let own: Vec<&Article> = all
                .articles
                .iter()
                .filter(|a| a.place.split(':').next() == article.place.split(':').next())
                .collect();
            text.push_str(&self.groups(&own, "module"));
            return text;
        }
        text.push_str(&self.parts(&article.parts));
        for ancestor in ancestors.iter().filter(|a| !a.parts.is_empty()) {
            text.push_str(&format!("\n  {}\n", self.title(&format!("of kind {}", ancestor.path.join(".")))));
            text.push_str(&self.parts(&ancestor.parts));
        }
        text
    }

    fn parts(&self, parts: &[Part]) -> String {
        let mut text = String::new();
        let bare = parts.iter().all(|p| p.doc.is_none());
        if bare && !parts.is_empty() {
            let names: Vec<&str> = parts.iter().map(|p| p.signature.as_str()).collect();
            return format!("\n{}", self.paragraph(&names.join(", "), 2));
        }
        for part in parts {
            text.push('\n');
            for line in wrapped(&part.signature, self.width.saturating_sub(2), "    ") {
                text.push_str(&format!("  {}\n", self.strong(&line)));
            }
            text.push_str(&self.doc(part.doc.as_deref(), 6));
        }
        text
    }

    /// Everything there is, each with its first sentence.
    fn contents(&self, all: &Documentation) -> String {
        let own: Vec<&Article> = all.articles.iter().filter(|a| !a.place.starts_with("std/")).collect();
        let prelude: Vec<&Article> =
            all.articles.iter().filter(|a| a.place.starts_with("std/prelude/")).collect();
        let library: Vec<&Article> =
            all.articles.iter().filter(|a| a.what == "module" && a.place.starts_with("std/")).collect();
        let mut text = String::new();
        for (title, articles) in
            [("This project", own), ("In scope everywhere", prelude), ("The standard library", library)]
        {
            if !articles.is_empty() {
                let space = if text.is_empty() { "" } else { "\n" };
                text.push_str(&format!("{space}{}\n", self.title(title)));
                text.push_str(&self.groups(&articles, ""));
            }
        }
        text
    }

    /// Articles by what they are, those of `without` left out.
    fn groups(&self, articles: &[&Article], without: &str) -> String {
        let mut text = String::new();
        for (what, title) in GROUPS.iter().filter(|(what, _)| *what != without) {
            let group: Vec<&&Article> = articles.iter().filter(|a| a.what == *what).collect();
            if group.is_empty() {
                continue;
            }
            text.push_str(&format!("\n  {}\n", self.title(title)));
            let name = |a: &Article| match a.what {
                "module" => a.path.join("."),
                // Instances of several kinds may share a name.
                "instance" => {
                    let words = a.signature.split(' ').filter(|w| *w != "abstract");
                    words.take(2).collect::<Vec<_>>().join(" ")
                }
                _ => a.path.last().cloned().unwrap_or_default(),
            };
            let column = group.iter().map(|a| name(a).chars().count()).max().unwrap_or(0).min(24);
            for article in group {
                let name = name(article);
                let gap = " ".repeat(column.saturating_sub(name.chars().count()) + 2);
                let lines = wrapped(&sentence(article), self.width.saturating_sub(column + 6).max(30), "");
                let indent = format!("\n{}", " ".repeat(column + 6));
                let line = format!("    {}{gap}{}", self.strong(&name), lines.join(&indent));
                text.push_str(&format!("{}\n", line.trim_end()));
            }
        }
        text
    }

    fn head(&self, signature: &str, place: &str) -> String {
        let mut text = String::new();
        for line in wrapped(signature, self.width, "    ") {
            text.push_str(&format!("{}\n", self.strong(&line)));
        }
        text.push_str(&format!("  {}\n", self.faint(place)));
        text
    }

    fn doc(&self, doc: Option<&str>, indent: usize) -> String {
        let text = doc.map(|doc| self.paragraph(doc, indent)).unwrap_or_default();
        match indent {
            2 if !text.is_empty() => format!("\n{text}"),
            _ => text,
        }
    }

    fn paragraph(&self, text: &str, indent: usize) -> String {
        let space = " ".repeat(indent);
        let lines = wrapped(&joined(text), self.width.saturating_sub(indent), "");
        lines.iter().map(|line| format!("{space}{line}").trim_end().to_owned() + "\n").collect()
    }

    fn strong(&self, text: &str) -> String {
        self.styled("1", text)
    }

    fn title(&self, text: &str) -> String {
        self.styled("4", text)
    }

    fn faint(&self, text: &str) -> String {
        self.styled("2", text)
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A doc comment with each paragraph on one line; what is indented, or an item of a list, keeps its own.
fn joined(doc: &str) -> String {
    let mut text = String::new();
    for line in doc.lines() {
        let goes_on = !text.is_empty()
            && !text.ends_with('\n')
            && !line.is_empty()
            && !line.starts_with([' ', '-', '*', '`']);
        match (goes_on, line.is_empty()) {
            (true, _) => text.push(' '),
            (_, true) if !text.ends_with("\n\n") => text.push_str("\n\n"),
            _ if !text.is_empty() && !text.ends_with('\n') => text.push('\n'),
            _ => {}
        }
        text.push_str(line);
    }
    text
}

/// The first sentence of a doc comment.
fn sentence(article: &Article) -> String {
    let doc: Vec<&str> = article.doc.as_deref().unwrap_or("").lines().collect();
    let doc = doc.join(" ");
    match doc.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => doc,
    }
}
