//! Fields and elements: `a.b`, `a?.b`, `a[i]`, and what is said where there is none.

use crate::env::Env;
use crate::evaluator::Evaluator;
use crate::value::Value;
use plat_base::{Diagnostic, Name, Span};
use plat_sema::hir::{ExprId, ExprKind, Ty, TyId};

impl<'p> Evaluator<'p> {
    /// `a.b`, absent if there is no such field.
    pub(crate) fn eval_field(&mut self, id: ExprId, env: &Env) -> Value {
        let ExprKind::Field { base, name, name_span, .. } = &self.program[id].kind else {
            return self.eval(id, env);
        };
        match self.eval(*base, env) {
            Value::Object(object) => match self.read(object.id, *name) {
                Value::Absent if name.as_str() == "length" && self.is_instances(*base) => {
                    Value::Int(self.present_keys(object.id).len() as i64)
                }
                value => value,
            },
            Value::List(items) if name.as_str() == "length" => Value::Int(items.len() as i64),
            Value::Str(text) if name.as_str() == "length" => Value::Int(text.text.chars().count() as i64),
            Value::Absent => Value::Absent,
            Value::Poison => Value::Poison,
            other => {
                let shown = self.show(&other);
                let message = format!("{shown} has no field `{name}`");
                self.fail(Diagnostic::error("unknown-field", message, *name_span))
            }
        }
    }

    /// An expression whose absence is asked about: a key that is not there is no error.
    pub(crate) fn eval_perhaps(&mut self, id: ExprId, env: &Env) -> Value {
        match &self.program[id].kind {
            ExprKind::Field { .. } => {
                let value = self.eval_field(id, env);
                if let Some(witness) = &mut self.witness {
                    witness.push((id, value.clone()));
                }
                value
            }
            _ => self.eval(id, env),
        }
    }

    pub(crate) fn may_be_absent(&self, ty: TyId) -> bool {
        matches!(
            self.program.types.get(ty),
            Ty::Optional(_) | Ty::Data | Ty::Error | Ty::Never | Ty::Param(_)
        )
    }

    pub(crate) fn is_instances(&self, id: ExprId) -> bool {
        matches!(self.program.types.get(self.program[id].ty), Ty::Instances(_))
    }

    /// `m.k` of a map without `k`. A check has nothing to say about a subject that lacks what it asks for.
    #[cold]
    pub(crate) fn no_entry(&mut self, id: ExprId, name: Name, span: Span, env: &Env) -> Value {
        let ExprKind::Field { base, .. } = &self.program[id].kind else { return Value::Poison };
        let Value::Object(map) = self.eval(*base, env) else { return Value::Absent };
        if self.in_check {
            return Value::Poison;
        }
        let of = self.describe(map.id);
        if map.kind.is_some() && name == self.name_field {
            let place = self.place_of(map.id);
            let mut diagnostic = Diagnostic::error("missing-field", format!("{of} has no name here"), span)
                .help("declare it under a name, and refer to that");
            if let Some(place) = place {
                diagnostic = diagnostic.label(place, "it is anonymous");
            }
            return self.fail(diagnostic);
        }
        // Without looking at values: one of them may be what is being computed.
        let keys = self.candidate_keys(map.id);
        if self.is_instances(*base) {
            return self.no_such(format!("{of} has no instance `{name}`"), name.as_str(), &keys, span, None);
        }
        let (of, place) = match &self.program[*base].kind {
            ExprKind::Field { name: map, base: owner, .. } => match self.eval(*owner, env) {
                Value::Object(owner) => {
                    (format!("`{map}` of {}", self.describe(owner.id)), self.origin_of(owner.id, *map))
                }
                _ => (format!("`{map}`"), None),
            },
            _ => (of, self.place_of(map.id)),
        };
        self.no_such(format!("{of} has no entry `{name}`"), name.as_str(), &keys, span, place)
    }

    pub(crate) fn no_such(
        &mut self,
        message: String,
        wanted: &str,
        keys: &[Name],
        span: Span,
        place: Option<Span>,
    ) -> Value {
        let mut diagnostic = Diagnostic::error("no-such-index", message, span);
        let near = plat_base::closest(wanted, keys.iter().map(|k| k.as_str()));
        let list = |keys: &[Name]| {
            let shown: Vec<String> = keys.iter().take(8).map(|k| format!("`{k}`")).collect();
            let more = if keys.len() > 8 { format!(" and {} more", keys.len() - 8) } else { String::new() };
            format!("{}{more}", shown.join(", "))
        };
        diagnostic = match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if keys.is_empty() => diagnostic.help("there are none"),
            None => diagnostic.help(format!("there are {}", list(keys))),
        };
        if let Some(place) = place {
            diagnostic = diagnostic.primary("no such entry").label(place, "the entries are set here");
        }
        self.fail(diagnostic)
    }

    pub(crate) fn index(&mut self, base: ExprId, index: ExprId, env: &Env) -> Value {
        let span = self.program[index].span;
        let must_exist = self.is_instances(base);
        let list = base;
        let (base, index) = (self.eval(base, env), self.eval(index, env));
        match (base, index) {
            (Value::Poison, _) | (_, Value::Poison) => Value::Poison,
            (Value::Absent, _) => Value::Absent,
            (Value::Object(object), Value::Str(key)) => {
                let name = Name::new(&key.text);
                match self.read(object.id, name) {
                    Value::Absent if must_exist => {
                        let keys = self.present_keys(object.id);
                        let of = self.describe(object.id);
                        self.no_such(
                            format!("{of} has no instance `{name}`"),
                            name.as_str(),
                            &keys,
                            span,
                            None,
                        )
                    }
                    value => value,
                }
            }
            (Value::List(items), Value::Int(at)) => {
                if let (true, Ok(at)) = (self.records(), usize::try_from(at)) {
                    self.adopt_element(&Value::List(std::rc::Rc::clone(&items)), at);
                }
                let found = usize::try_from(at).ok().and_then(|at| items.get(at).cloned());
                found.unwrap_or_else(|| self.no_element(at, items.len(), list, span))
            }
            _ => Value::Absent,
        }
    }

    fn no_element(&mut self, at: i64, length: usize, list: ExprId, span: Span) -> Value {
        let has = match length {
            0 => "the list is empty".to_owned(),
            1 => "the list has one element, at 0".to_owned(),
            n => format!("the list has {n} elements, from 0 to {}", n - 1),
        };
        let mut diagnostic = Diagnostic::error("no-such-index", format!("there is no element {at}"), span)
            .primary("counted from 0");
        if let ExprKind::Let(id) = self.program[list].kind {
            let plural = if length == 1 { "" } else { "s" };
            diagnostic = diagnostic.label(self.program[id].name_span, format!("{length} element{plural}"));
        }
        let help = if length == 0 { has } else { format!("{has}; `last(…)` gives the last one") };
        self.fail(diagnostic.help(help))
    }
}
