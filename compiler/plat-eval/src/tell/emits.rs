//! Emits, told part by part.

use super::{Share, Sink, Teller, Untold};
use crate::emits::Emitted;
use crate::env::Env;
use crate::evaluator::Evaluator;
use crate::object::agrees;
use crate::value::{Context, Value};
use plat_base::Span;
use plat_sema::hir::{Axes, Emit};
use std::collections::HashSet;

/// One file that an `emit` asks for.
#[derive(Debug)]
pub enum Emission<S> {
    /// Its data is told.
    Told(ToldFile<S>),
    /// Its value is made, by the first of several tellers: a format that is not told.
    Made(Emitted),
    /// It is made by the first teller: a path, and the contexts.
    Elsewhere(String, Vec<Context>),
}

/// A file whose data is told.
#[derive(Debug)]
pub struct ToldFile<S> {
    /// Relative to the output folder, as written.
    pub path: String,
    /// Where the path stands.
    pub path_span: Span,
    /// What was told.
    pub sink: S,
    /// Where in it the rounds are of which others are told elsewhere: see [`Share`].
    pub cuts: Vec<(usize, usize)>,
    /// All contexts that the file stands for.
    pub contexts: Vec<Context>,
}

impl<S> Emission<S> {
    fn path(&self) -> &str {
        match self {
            Emission::Told(file) => &file.path,
            Emission::Made(file) => &file.path,
            Emission::Elsewhere(path, _) => path,
        }
    }

    fn contexts(&mut self) -> &mut Vec<Context> {
        match self {
            Emission::Told(file) => &mut file.contexts,
            Emission::Made(file) => &mut file.contexts,
            Emission::Elsewhere(_, contexts) => contexts,
        }
    }
}

impl<'p> Evaluator<'p> {
    /// What [`Evaluator::emits`] gives, in its order, but told to a sink where `begin` has one for a path. An error
    /// means that something has to be reported, or cannot be told: the evaluator is of no further use.
    pub fn tell_emits<S: Sink>(
        &mut self,
        share: Share,
        begin: impl Fn(&str) -> Option<S>,
    ) -> Result<Vec<Emission<S>>, Untold> {
        self.run_emitting_loops();
        let program = self.program;
        let mut out: Vec<Emission<S>> = Vec::new();
        for emit in &program.emits {
            self.tell_emit(emit, &None, share, &begin, &mut out)?;
        }
        for (id, at, env) in std::mem::take(&mut self.loop_emits) {
            if let Some(emit) = program[id].emits.get(at) {
                self.tell_emit(emit, &env, share, &begin, &mut out)?;
            }
            self.loop_emits.push((id, at, env));
        }
        let mut seen = HashSet::new();
        let twice = out.iter().any(|file| !seen.insert(file.path()));
        if twice || self.has_problems() { Err(Untold::Other) } else { Ok(out) }
    }

    fn tell_emit<S: Sink>(
        &mut self,
        emit: &'p Emit,
        env: &Env,
        share: Share,
        begin: &impl Fn(&str) -> Option<S>,
        out: &mut Vec<Emission<S>>,
    ) -> Result<(), Untold> {
        let from = out.len();
        let mut done: Vec<(Axes, Context, usize)> = Vec::new();
        for at in self.all_contexts() {
            if let Some((.., known)) = done.iter().find(|(mask, known, _)| agrees(*mask, *known, at)) {
                out[*known].contexts().push(at);
                continue;
            }
            let outer = self.begin_trace();
            let told = self.in_context(at, |this| this.tell_in_context(emit, env, share, begin));
            let mask = self.end_trace(outer);
            let file = told?;
            // Values that differ are reported, and whether they do, only values tell.
            if out[from..].iter().any(|known| known.path() == file.path()) {
                return Err(Untold::Other);
            }
            out.push(file);
            done.push((mask, at, out.len() - 1));
        }
        Ok(())
    }

    fn tell_in_context<S: Sink>(
        &mut self,
        emit: &'p Emit,
        env: &Env,
        share: Share,
        begin: &impl Fn(&str) -> Option<S>,
    ) -> Result<Emission<S>, Untold> {
        let path_span = self.program[emit.path].span;
        let (path, along) = self.traced(|this| this.eval(emit.path, env));
        let Value::Str(path) = path else { return Err(Untold::Other) };
        let path = path.text.to_string();
        self.listed_along = along;
        let at = self.at;
        let file = match begin(&path) {
            Some(mut sink) => {
                let mut teller = Teller::new(self, share);
                teller.tell(emit.value, None, env, &mut sink)?;
                let cuts = teller.cuts;
                Emission::Told(ToldFile { path, path_span, sink, cuts, contexts: vec![at] })
            }
            None if share.part > 0 => Emission::Elsewhere(path, vec![at]),
            None => {
                let value = self.eval(emit.value, env);
                self.force(&value);
                if matches!(value, Value::Poison) {
                    return Err(Untold::Other);
                }
                Emission::Made(Emitted { path, path_span, span: emit.span, value, at, contexts: vec![at] })
            }
        };
        self.listed_along = Axes::NONE;
        Ok(file)
    }
}
