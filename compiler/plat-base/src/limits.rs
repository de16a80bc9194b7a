//! What a compilation may cost. Every limit is generous for people, can be set in `project.plat`, and is a diagnostic
//! when it is reached.

use crate::{Diagnostic, Dimension, Quantity, Span};

/// A limit of the compiler.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Limit {
    /// Declared instances, those that loops make included.
    Instances,
    /// Platforms times environments.
    Contexts,
    /// Steps of evaluation, whatever the size of the program.
    Steps,
    /// Steps on top of that for each instance in each context.
    StepsPerInstance,
    /// Steps for one field or constant, without those for the fields and constants that it reads.
    StepsPerValue,
    /// Expressions inside each other while they are computed, through calls and fields.
    Depth,
    /// Layers of one instance, and lists inside each other.
    Layers,
    /// Elements of one list or map.
    Length,
    /// Bytes of one string.
    Text,
    /// Brackets inside each other in a source file; expressions may nest twice as deeply.
    Nesting,
    /// Bytes of one source file.
    FileSize,
    /// Modules of a program, those of the standard library not counted.
    Modules,
    /// Imports in a chain.
    ImportDepth,
    /// Files that are written.
    Files,
    /// Bytes of all files that are written, whatever the size of the program.
    Output,
    /// Bytes on top of that for each instance in each context.
    OutputPerInstance,
}

/// What is known about a limit.
struct Facts {
    name: &'static str,
    default: u64,
    least: u64,
    most: u64,
    is_size: bool,
    about: &'static str,
}

const fn count(name: &'static str, default: u64, [least, most]: [u64; 2], about: &'static str) -> Facts {
    Facts { name, default, least, most, is_size: false, about }
}

const fn size(name: &'static str, default: u64, [least, most]: [u64; 2], about: &'static str) -> Facts {
    Facts { name, default, least, most, is_size: true, about }
}

const KI: u64 = 1 << 10;
const MI: u64 = 1 << 20;
const GI: u64 = 1 << 30;

/// In the order of [`Limit`].
const FACTS: [Facts; 16] = [
    count("instances", 250_000, [1, 10_000_000], "declared instances, those that loops make included"),
    count("contexts", 10_000, [1, 1_000_000], "platforms times environments"),
    count(
        "steps",
        10_000_000,
        [10_000, 10_000_000_000],
        "steps of evaluation, whatever the program declares",
    ),
    count("steps-per-instance", 2_000, [100, 10_000_000], "further steps for each instance in each context"),
    count(
        "steps-per-value",
        10_000_000,
        [1_000, 10_000_000_000],
        "steps for one field or constant, without those for the fields and constants that it reads",
    ),
    count(
        "depth",
        2_000,
        [50, 6_000],
        "expressions inside each other while they are computed, through calls and fields",
    ),
    count("layers", 500, [10, 2_000], "layers of one instance, and lists inside each other"),
    count("length", 1_000_000, [100, 50_000_000], "elements of one list or map"),
    size("text", 16 * MI, [KI, GI], "one string"),
    count(
        "nesting",
        256,
        [16, 1_000],
        "brackets inside each other in a source file; operators may nest twice as deeply",
    ),
    size("file-size", 64 * MI, [KI, GI], "one source file"),
    count("modules", 10_000, [1, 1_000_000], "source files of a program"),
    count("import-depth", 256, [1, 10_000], "imports in a chain"),
    count("files", 1_000_000, [1, 10_000_000], "files that are written"),
    size(
        "output",
        512 * MI,
        [KI, 64 * GI],
        "all files that are written, together, whatever the program declares",
    ),
    size("output-per-instance", 64 * KI, [KI, 64 * MI], "further output for each instance in each context"),
];

impl Limit {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Limit; 16] = [
        Limit::Instances,
        Limit::Contexts,
        Limit::Steps,
        Limit::StepsPerInstance,
        Limit::StepsPerValue,
        Limit::Depth,
        Limit::Layers,
        Limit::Length,
        Limit::Text,
        Limit::Nesting,
        Limit::FileSize,
        Limit::Modules,
        Limit::ImportDepth,
        Limit::Files,
        Limit::Output,
        Limit::OutputPerInstance,
    ];

    const fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }

    /// The limit of a name, as `project.plat` says it.
    pub fn named(name: &str) -> Option<Limit> {
        Limit::ALL.into_iter().find(|limit| limit.name() == name)
    }

    /// How `project.plat` calls it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Its value where `project.plat` says nothing.
    pub const fn default_value(self) -> u64 {
        self.facts().default
    }

    /// The least and the greatest value that it may be given.
    pub const fn range(self) -> (u64, u64) {
        (self.facts().least, self.facts().most)
    }

    /// Whether it is a number of bytes, which is written as a quantity.
    pub fn is_size(self) -> bool {
        self.facts().is_size
    }

    /// What it counts, in a few words.
    pub fn about(self) -> &'static str {
        self.facts().about
    }

    /// A value of it as a program would write it: `1_000_000`, `16Mi`.
    pub fn show(self, value: u64) -> String {
        match self.is_size() {
            true => Quantity::whole(Dimension::Bytes, i64::try_from(value).unwrap_or(i64::MAX)).to_string(),
            false => grouped(value),
        }
    }

    /// The diagnostic for a program that goes beyond `value`: what happens, where, and how to allow more.
    pub fn exceeded(self, value: u64, message: String, span: Span) -> Diagnostic {
        Diagnostic::error("limit-exceeded", message, span).primary("here").help(self.help(value))
    }

    /// What to do about a program that goes beyond `value`.
    pub fn help(self, value: u64) -> String {
        let (name, most) = (self.name(), self.range().1);
        let shown = self.show(value);
        if value >= most {
            return format!("make the program smaller: the limit `{name}` is {shown}, and cannot be higher");
        }
        let more = self.show(value.saturating_mul(2).min(most));
        format!(
            "the limit `{name}` is {shown}; if this is meant to be so big, allow more in `project.plat`: \
             `limits {{ {name} = {more} }}`"
        )
    }
}

/// `1_000_000`.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// The values of all limits in one compilation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits([u64; 16]);

impl Default for Limits {
    fn default() -> Limits {
        Limits(Limit::ALL.map(Limit::default_value))
    }
}

impl Limits {
    /// The value of a limit.
    pub fn get(&self, limit: Limit) -> u64 {
        self.0[limit as usize]
    }

    /// The value of a limit as a number of things in memory.
    pub fn size(&self, limit: Limit) -> usize {
        usize::try_from(self.get(limit)).unwrap_or(usize::MAX)
    }

    /// Sets a limit; a value out of its range becomes the nearest one in it.
    pub fn set(&mut self, limit: Limit, value: u64) {
        let (least, most) = limit.range();
        self.0[limit as usize] = value.clamp(least, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileId;

    #[test]
    fn the_table_is_in_order_and_every_default_is_allowed() {
        for (at, limit) in Limit::ALL.into_iter().enumerate() {
            assert_eq!(limit as usize, at);
            assert_eq!(Limit::named(limit.name()), Some(limit));
            let (least, most) = limit.range();
            assert!((least..=most).contains(&limit.default_value()), "{}", limit.name());
        }
        assert_eq!(Limit::named("size"), None);
    }

    #[test]
    fn the_help_says_what_to_write() {
        let span = Span::new(FileId(0), 0, 1);
        let help = |limit: Limit, value| limit.exceeded(value, String::new(), span).help.unwrap();
        assert!(help(Limit::Instances, 1_000_000).ends_with("`limits { instances = 2_000_000 }`"));
        assert!(help(Limit::Output, 3 << 29).ends_with("`limits { output = 3Gi }`"));
        assert!(help(Limit::Depth, 4000).ends_with("`limits { depth = 6000 }`"));
        assert!(help(Limit::Depth, 6000).contains("cannot be higher"));
    }

    #[test]
    fn a_value_out_of_range_becomes_the_nearest() {
        let mut limits = Limits::default();
        limits.set(Limit::Depth, u64::MAX);
        limits.set(Limit::Text, 0);
        assert_eq!((limits.get(Limit::Depth), limits.get(Limit::Text)), (6_000, 1024));
    }
}
