//! Emits: paths and values. A value may vary only along axes that its path varies along.

use crate::env::Env;
use crate::evaluator::Evaluator;
use crate::value::{Context, Value};
use plat_base::{Diagnostic, Span};
use plat_sema::hir::{Axes, Const, Declaration, Emit, ExprKind};

/// One file that an `emit` asks for.
#[derive(Clone, Debug)]
pub struct Emitted {
    /// Relative to the output folder, as written.
    pub path: String,
    /// Where the path stands.
    pub path_span: Span,
    /// The whole declaration.
    pub span: Span,
    /// What to write.
    pub value: Value,
    /// The context to read the value in.
    pub at: Context,
    /// All contexts that the file stands for.
    pub contexts: Vec<Context>,
}

impl<'p> Evaluator<'p> {
    /// What the program emits, in source order, those of loops after the others; files of one `emit` in the order of
    /// the contexts.
    pub fn emits(&mut self) -> Vec<Emitted> {
        let program = self.program;
        self.run_emitting_loops();
        let mut out: Vec<Emitted> = Vec::new();
        for emit in &program.emits {
            self.emit(emit, &None, &mut out);
        }
        for (id, at, env) in std::mem::take(&mut self.loop_emits) {
            if let Some(emit) = program[id].emits.get(at) {
                self.emit(emit, &env, &mut out);
            }
            self.loop_emits.push((id, at, env));
        }
        self.find_clashes(&out);
        out
    }

    /// Loops that only emit have made no instance, so nothing has asked for them yet.
    pub(crate) fn run_emitting_loops(&mut self) {
        self.all_instances();
        for declaration in &self.program.declarations {
            if let Declaration::Loop(id) = declaration {
                self.loop_instances(*id);
            }
        }
    }

    fn emit(&mut self, emit: &Emit, env: &Env, out: &mut Vec<Emitted>) {
        let path_span = self.program[emit.path].span;
        let from = out.len();
        for at in self.all_contexts() {
            let mark = self.problems.mark();
            let ((path, value), mask) = self.traced(|this| {
                this.in_context(at, |this| {
                    let (path, along) = this.traced(|this| this.eval(emit.path, env));
                    this.listed_along = along;
                    let value = this.eval(emit.value, env);
                    this.force(&value);
                    this.listed_along = Axes::NONE;
                    (path, value)
                })
            });
            self.problems.settle(mark, mask);
            let Value::Str(path) = path else { continue };
            if matches!(value, Value::Poison) {
                continue;
            }
            let path = path.text.to_string();
            match out[from..].iter_mut().position(|known| known.path == path) {
                Some(known) => {
                    let known = from + known;
                    let (before, first) = (out[known].value.clone(), out[known].at);
                    if self.equal_in(&before, first, &value, at) == Some(false) {
                        self.varying_emit(emit, (first, at));
                        return;
                    }
                    out[known].contexts.push(at);
                }
                None => {
                    let span = emit.span;
                    out.push(Emitted { path, path_span, span, value, at, contexts: vec![at] });
                }
            }
        }
    }

    fn varying_emit(&mut self, emit: &Emit, (first, second): (Context, Context)) {
        let axis = if first.platform != second.platform { "platform" } else { "env" };
        let (a, b) = self.difference(first, second);
        let (path, value) = (self.program[emit.path].span, self.program[emit.value].span);
        let message = format!("what is emitted varies by {axis}, and the path does not");
        let example = match &self.program[emit.path].kind {
            ExprKind::Const(Const::Str(written)) => with_axis(written.as_str(), axis),
            _ => format!("…-\\({axis}.name)…"),
        };
        let diagnostic = Diagnostic::error("varies-where-fixed", message, value)
            .primary(format!("{a} and {b} differ"))
            .label(path, "one file for both")
            .help(format!("put the axis into the path: `\"{example}\"`"));
        self.problems.add(diagnostic, Some(Axes::NONE), second);
    }

    /// Two emits may not write one file.
    fn find_clashes(&mut self, all: &[Emitted]) {
        let mut seen: std::collections::HashMap<&str, Span> = std::collections::HashMap::new();
        for emitted in all {
            if let Some(first) = seen.insert(&emitted.path, emitted.path_span) {
                let message = format!("`{}` is emitted twice", emitted.path);
                let mut diagnostic = Diagnostic::error("duplicate-name", message, emitted.path_span)
                    .help("give each its own path");
                if first != emitted.path_span {
                    diagnostic = diagnostic.label(first, "first here");
                }
                self.problems.add(diagnostic, Some(Axes::NONE), emitted.at);
            }
        }
    }
}

/// A path with the name of an axis before its ending: `limits-\(env.name).json`.
fn with_axis(path: &str, axis: &str) -> String {
    let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
    let slash = if folder.is_empty() { "" } else { "/" };
    match file.rsplit_once('.') {
        Some((stem, ending)) => format!("{folder}{slash}{stem}-\\({axis}.name).{ending}"),
        None => format!("{path}-\\({axis}.name)"),
    }
}
