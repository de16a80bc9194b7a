//! Programs from text, for the tests of the evaluator: a small prelude, one module, a thread with room to recurse.

#![allow(unreachable_pub, dead_code, clippy::unwrap_used)]

use plat_base::{Diagnostic, Name, SourceMap};
use plat_eval::{Context, Evaluator, Limits, Object, Value};
use plat_sema::SourceModule;

const PRELUDE: &str = include_str!("prelude.plat");

/// Three platforms and two environments.
pub const AXES: &str = "
platform amd64 { }
platform arm64 { arch = arm64, oci = \"linux/arm64\" }
platform armv7 { arch = arm, oci = \"linux/arm/v7\" }
environment dev { namespace = \"dev\" }
environment prod { namespace = \"prod\" }
";

/// Parses, checks and evaluates a program; `f` says what to look at.
pub fn with<R: Send>(source: &str, limits: Limits, f: impl FnOnce(&mut Session<'_, '_>) -> R + Send) -> R {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn_scoped(scope, || run(source, limits, f))
            .unwrap()
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn run<R>(source: &str, limits: Limits, f: impl FnOnce(&mut Session<'_, '_>) -> R) -> R {
    let mut map = SourceMap::default();
    let mut modules = Vec::new();
    for (name, text, std) in [("prelude", PRELUDE, true), ("main", source, false)] {
        let file = map.add(format!("{name}.plat"), text);
        let parse = plat_syntax::parse(&file);
        assert_eq!(told(&map, &parse.diagnostics), Vec::<String>::new());
        modules.push(SourceModule {
            ast: parse.module.into(),
            name: Name::new(name),
            is_std: std,
            is_prelude: std,
            imports: Vec::new(),
        });
    }
    let (program, diagnostics) = plat_sema::analyze(&modules);
    assert_eq!(told(&map, &diagnostics), Vec::<String>::new());
    let mut eval = Evaluator::new(&program, limits);
    f(&mut Session { eval: &mut eval, map: &map })
}

/// An evaluator and the sources it reads.
pub struct Session<'e, 'p> {
    pub eval: &'e mut Evaluator<'p>,
    pub map: &'e SourceMap,
}

impl Session<'_, '_> {
    /// A context by names; an empty name leaves the axis out.
    pub fn at(&mut self, platform: &str, environment: &str) -> Context {
        let place = |eval: &mut Evaluator<'_>, objects: Vec<Object>, name: &str| {
            objects.iter().position(|o| eval.name(*o) == Some(Name::new(name))).map(|at| at as u16)
        };
        let (platforms, environments) = (self.eval.platforms(), self.eval.environments());
        Context {
            platform: place(self.eval, platforms, platform),
            environment: place(self.eval, environments, environment),
        }
    }

    /// The first context.
    pub fn anywhere(&mut self) -> Context {
        self.eval.all_contexts()[0]
    }

    pub fn instance(&mut self, kind: &str, name: &str) -> Object {
        let all = self.eval.all_instances();
        let program = self.eval.program();
        let is = |o: &&Object| o.kind.is_some_and(|k| program[k].name == Name::new(kind));
        let named: Vec<Object> = all.iter().filter(is).copied().collect();
        let found = named.into_iter().find(|o| self.eval.name(*o) == Some(Name::new(name)));
        found.unwrap_or_else(|| panic!("no {kind} {name}"))
    }

    /// The value at `kind.instance.field.field` as text.
    pub fn show(&mut self, path: &str, at: Context) -> String {
        let value = self.value(path, at);
        match &value {
            Value::Object(object) if object.instance.is_none() => {
                let keys = self.eval.keys(*object, at);
                let mut shown = Vec::new();
                for key in keys {
                    let value = self.eval.field(*object, key, at);
                    shown.push(format!("{key}={}", self.eval.display(&value)));
                }
                shown.join(" ")
            }
            value => self.eval.display(value),
        }
    }

    pub fn value(&mut self, path: &str, at: Context) -> Value {
        let mut parts = path.split('.');
        let (kind, name) = (parts.next().unwrap(), parts.next().unwrap());
        let mut value = Value::Object(self.instance(kind, name));
        for part in parts {
            value = match value {
                Value::Object(object) => self.eval.field(object, Name::new(part), at),
                other => return other,
            };
        }
        value
    }

    /// Everything that is wrong: `line code message [contexts]`.
    pub fn problems(&mut self) -> Vec<String> {
        self.eval.force_all();
        self.eval.run_checks(false);
        let found = self.eval.diagnostics();
        told(self.map, &found)
    }
}

pub fn told(map: &SourceMap, diagnostics: &[Diagnostic]) -> Vec<String> {
    let tell = |d: &Diagnostic| {
        let span = d.span().unwrap();
        let at = map.get(span.file).line_col(span.start);
        let file = map.get(span.file).path.trim_end_matches(".plat");
        let place = if file == "main" { String::new() } else { format!("{file}:") };
        let contexts =
            if d.contexts.is_empty() { String::new() } else { format!(" [{}]", d.contexts.join(", ")) };
        format!("{place}{}: {}: {}{contexts}", at.line, d.code, d.message)
    };
    diagnostics.iter().map(tell).collect()
}

/// The value of one path of a program without axes.
pub fn value(source: &str, path: &str) -> String {
    with(source, Limits::default(), |s| {
        let at = s.anywhere();
        let shown = s.show(path, at);
        let problems = s.eval.diagnostics();
        assert_eq!(told(s.map, &problems), Vec::<String>::new());
        shown
    })
}

/// What is wrong with a program.
pub fn problems(source: &str) -> Vec<String> {
    with(source, Limits::default(), |s| s.problems())
}
