//! Expressions to values. A poisoned operand poisons the result in silence; an absent one is what the checker let
//! through (`??`, `?.`, comparison with `unset`).

use crate::axes::Axis;
use crate::env::{self, Env, Slots};
use crate::evaluator::{Evaluator, Pending};
use crate::object::Memo;
use crate::value::{Secret, SecretPart, Text, Value};
use plat_base::{Diagnostic, Limit, Name, Quantity, Rational, Span};
use plat_sema::hir::{
    Arm, Axes, Const, Conversion, ExprId, ExprKind, FnBody, FnId, InterpPart, LetId, Pattern, Ty,
};
use std::rc::Rc;

impl<'p> Evaluator<'p> {
    /// The value of an expression in an environment and the current context.
    pub(crate) fn eval(&mut self, id: ExprId, env: &Env) -> Value {
        if self.records() {
            self.note_expression(id, env);
        }
        match &self.program[id].kind {
            ExprKind::Const(constant) => self.constant(constant),
            ExprKind::Local { up, slot } => match env::local(env, *up, *slot) {
                Some(value) => value.clone(),
                None => self.eval_later(env, *up),
            },
            _ => self.eval_compound(id, env),
        }
    }

    /// The variable of a frame of which it was not asked for before.
    fn eval_later(&mut self, env: &Env, up: u16) -> Value {
        let Some(Slots::Later(expr, known)) = env::frame(env, up).map(|frame| &frame.slots) else {
            return Value::Poison;
        };
        let around = env::frame(env, up).map_or(&None, |frame| &frame.parent);
        // Whoever asks first may stand in a value of its own, but what is asked for is the check's.
        let outer = std::mem::replace(&mut self.in_check, true);
        let value = self.eval_compound(*expr, around);
        self.in_check = outer;
        known.get_or_init(|| value).clone()
    }

    fn eval_compound(&mut self, id: ExprId, env: &Env) -> Value {
        self.steps += 1;
        if self.exhausted {
            return Value::Poison;
        }
        if self.depth >= self.limits.depth {
            let span = self.program[id].span;
            return self.too_deep(span);
        }
        if self.steps >= self.next_check && self.is_out_of_steps(Some(id)) {
            return Value::Poison;
        }
        self.depth += 1;
        let value = self.eval_kind(id, env);
        self.depth -= 1;
        if let Some(witness) = &mut self.witness {
            witness.push((id, value.clone()));
        }
        value
    }

    /// Counts work that is done without evaluating expressions: what goes through a list or text element by element.
    pub(crate) fn charge(&mut self, value: &Value) {
        self.steps += match value {
            Value::List(items) => items.len() as u64 / 4,
            Value::Str(text) => text.text.len() as u64 / 32,
            _ => 0,
        };
    }

    /// A field or constant begins: from now on its own steps are counted. Gives what [`Self::end_value`] takes.
    pub(crate) fn begin_value(&mut self) -> (u64, u64) {
        (std::mem::replace(&mut self.others, self.steps), self.steps)
    }

    /// It has ended: its steps are not those of what reads it.
    pub(crate) fn end_value(&mut self, (others, began): (u64, u64)) {
        self.others = others.saturating_add(self.steps - began);
    }

    /// Counts work that is done with values outside the evaluator; `false` if it was too much, which has been reported.
    pub fn spend(&mut self, steps: u64) -> bool {
        self.steps += steps;
        !self.must_stop()
    }

    /// Whether there have been too many steps, which is told, or nothing is computed any more.
    pub(crate) fn must_stop(&mut self) -> bool {
        self.exhausted || (self.steps >= self.next_check && self.is_out_of_steps(None))
    }

    /// Whether there have been too many steps, which is told: at `place` or, without one, where the evaluator is.
    #[cold]
    fn is_out_of_steps(&mut self, place: Option<ExprId>) -> bool {
        self.next_check = self.steps + 4096;
        let own = self.steps.saturating_sub(self.others);
        let all = self.for_size(self.limits.steps, self.limits.steps_per_instance);
        let (limit, what) = if own > self.limits.steps_per_value {
            let allowed = Limit::StepsPerValue.show(self.limits.steps_per_value);
            (Limit::StepsPerValue, format!("one value is not computed after {allowed} steps"))
        } else if self.steps > all {
            let allowed = Limit::Steps.show(all);
            (Limit::Steps, format!("the program is not done after {allowed} steps"))
        } else {
            return false;
        };
        let pending = self.pending.iter().rev().copied().collect::<Vec<_>>();
        let value = pending.into_iter().find_map(|pending| self.pending_place(pending));
        let span = place.map(|id| self.program[id].span);
        let Some(span) = span.or(value.as_ref().map(|(span, _)| *span)).or(self.visiting) else {
            self.exhausted = true;
            return true;
        };
        let mark = self.exceeded.len();
        self.exceed(limit, what, span, true);
        if let (true, Some((at, name))) = (self.exceeded.len() > mark && place.is_some(), value) {
            self.problems.label_last(at, format!("{name} needs it"));
        }
        true
    }

    fn eval_kind(&mut self, id: ExprId, env: &Env) -> Value {
        let expr = &self.program[id];
        match &expr.kind {
            ExprKind::Error => Value::Poison,
            ExprKind::Const(constant) => self.constant(constant),
            ExprKind::Local { .. } => self.eval(id, env),
            ExprKind::SelfRef { up } => match env::receiver(env, *up) {
                Some(object) => Value::Object(self.handle(object)),
                None => Value::Poison,
            },
            ExprKind::Interp(parts) => self.interpolate(parts, expr.span, env),
            ExprKind::Let(constant) => self.constant_of_module(*constant),
            ExprKind::Instance(instance) => {
                let object = self.declared_object(*instance);
                Value::Object(self.handle(object))
            }
            ExprKind::Instances(kind) => self.listed_instances(*kind),
            ExprKind::Platform => self.current(Axis::Platform, expr.span),
            ExprKind::Environment => self.current(Axis::Environment, expr.span),
            ExprKind::Field { name, name_span, .. } => match self.eval_field(id, env) {
                Value::Absent if !self.may_be_absent(expr.ty) => self.no_entry(id, *name, *name_span, env),
                value => value,
            },
            ExprKind::Index { base, index } => self.index(*base, *index, env),
            ExprKind::Call { callee, args } => self.call(*callee, args, id, env),
            ExprKind::Neg(operand) => {
                let value = self.eval(*operand, env);
                self.negate(value, expr.span)
            }
            ExprKind::Not(operand) => match self.eval(*operand, env) {
                Value::Bool(value) => Value::Bool(!value),
                _ => Value::Poison,
            },
            ExprKind::And(a, b) => self.junction(*a, *b, false, env),
            ExprKind::Or(a, b) => self.junction(*a, *b, true, env),
            ExprKind::Coalesce(a, b) => match self.eval_perhaps(*a, env) {
                Value::Absent => self.eval(*b, env),
                value => value,
            },
            ExprKind::Binary { op, op_span, lhs, rhs } => {
                let (a, b) = (self.eval(*lhs, env), self.eval(*rhs, env));
                self.binary(*op, a, b, expr, *op_span)
            }
            ExprKind::IsUnset { value, negated } => match self.eval_perhaps(*value, env) {
                Value::Poison => Value::Poison,
                value => Value::Bool(matches!(value, Value::Absent) != *negated),
            },
            ExprKind::If { condition, then, otherwise } => match self.eval(*condition, env) {
                Value::Bool(true) => self.eval(*then, env),
                Value::Bool(false) => self.eval(*otherwise, env),
                _ => Value::Poison,
            },
            ExprKind::Match { subject, arms } => self.choose(*subject, arms, env),
            ExprKind::List(items) => {
                if self.records() {
                    return self.recorded_list(items, expr.span, env);
                }
                let mut values = self.spare.pop().unwrap_or_default();
                for item in items {
                    let value = self.eval(*item, env);
                    values.push(value);
                }
                self.list_from(values, expr.span)
            }
            ExprKind::ListComp { clauses, value } => self.list_comprehension(clauses, *value, expr.span, env),
            ExprKind::MapComp { clauses, key, value } => {
                self.map_comprehension(clauses, (*key, *value), id, env)
            }
            ExprKind::Record(body) => {
                let ty = self.program[*body].target;
                let kind = match self.bare(ty) {
                    Ty::Kind(kind) => Some(*kind),
                    _ => None,
                };
                self.fresh(ty, kind, *body, env)
            }
            ExprKind::New { kind, body } => self.fresh(expr.ty, Some(*kind), *body, env),
            ExprKind::Amend { base, body } => match self.eval(*base, env) {
                Value::Object(object) => self.amended(object, *body, env),
                _ => Value::Poison,
            },
            ExprKind::LetIn { ty, value, body } => {
                let span = self.program[*value].span;
                let (bound, read) = self.recorded(|this| {
                    let bound = this.eval(*value, env);
                    this.bind(bound, *ty, span)
                });
                let inner = env::push(env, env::Slots::One(bound));
                self.file_frame(&inner, vec![read]);
                self.eval(*body, &inner)
            }
            ExprKind::Convert(conversion, operand) => {
                let value = self.eval(*operand, env);
                self.convert(*conversion, value, expr.span)
            }
        }
    }

    /// The value of a constant.
    pub(crate) fn constant(&mut self, constant: &'p Const) -> Value {
        match constant {
            Const::Null => Value::Null,
            Const::Bool(b) => Value::Bool(*b),
            Const::Int(n) => Value::Int(*n),
            Const::Float(f) => Value::Float(*f),
            Const::Str(text) => self.text_value(*text),
            Const::Quantity(q) => self.quantity_of(q),
            Const::Variant(id, at) => Value::Variant(*id, *at),
        }
    }

    /// The value of a written quantity; each is made once.
    fn quantity_of(&mut self, quantity: &'p Quantity) -> Value {
        let key = std::ptr::from_ref(quantity) as usize;
        let shared = self.quantities.entry(key).or_insert_with(|| Rc::new(*quantity));
        Value::Quantity(Rc::clone(shared))
    }

    pub(crate) fn text_value(&mut self, name: Name) -> Value {
        Value::Str(Text { text: self.text_of(name), reference: None })
    }

    fn current(&mut self, axis: Axis, span: Span) -> Value {
        let (mask, at, name) = match axis {
            Axis::Platform => (Axes::PLATFORM, self.at.platform, "platform"),
            Axis::Environment => (Axes::ENVIRONMENT, self.at.environment, "env"),
        };
        self.mask = self.mask.union(mask);
        let Some(at) = at else { return self.not_fixed(name, span) };
        match self.axis(axis).get(usize::from(at)) {
            Some(object) => Value::Object(*object),
            None => Value::Poison,
        }
    }

    pub(crate) fn constant_of_module(&mut self, id: LetId) -> Value {
        let slot = &self.lets[id.0 as usize];
        if let Some(memo) = slot.memos.find(self.at) {
            let (mask, at, value) = (memo.mask, memo.at, memo.value.clone());
            self.mask = self.mask.union(mask);
            self.adopt_let(id, at);
            return value;
        }
        if slot.busy {
            return self.cycle(Pending::Let(id));
        }
        self.lets[id.0 as usize].busy = true;
        self.pending.push(Pending::Let(id));
        let saved = std::mem::replace(&mut self.mask, Axes::NONE);
        let mark = self.problems.mark();
        let in_check = std::mem::replace(&mut self.in_check, false);
        let owner = std::mem::replace(&mut self.owner, crate::provenance::LayerOwner::Expression);
        let outer = self.begin_value();
        let constant = &self.program[id];
        let (value, read) = self.recorded(|this| {
            this.note(constant.name_span);
            let value = this.eval(constant.value, &None);
            this.bind(value, constant.ty, this.program[constant.value].span)
        });
        self.file_let(id, self.at, read);
        self.adopt(read);
        self.end_value(outer);
        self.in_check = in_check;
        self.owner = owner;
        let mask = self.mask;
        self.mask = saved.union(mask);
        self.pending.pop();
        self.problems.settle(mark, mask);
        let at = self.at;
        let slot = &mut self.lets[id.0 as usize];
        slot.busy = false;
        self.kept = true;
        let slot = &mut self.lets[id.0 as usize];
        slot.memos.add(Memo { mask, at, value: value.clone() });
        value
    }

    fn interpolate(&mut self, parts: &[InterpPart], span: Span, env: &Env) -> Value {
        let mut text = String::new();
        let mut secret: Vec<SecretPart> = Vec::new();
        for part in parts {
            match part {
                InterpPart::Text(literal) => text.push_str(literal.as_str()),
                InterpPart::Expr(id) => match self.eval(*id, env) {
                    Value::Poison => return Value::Poison,
                    Value::Secret(inner) => {
                        for part in &inner.parts {
                            if let SecretPart::Text(public) = part {
                                text.push_str(public);
                                continue;
                            }
                            if !text.is_empty() {
                                secret.push(SecretPart::Text(std::mem::take(&mut text).into()));
                            }
                            secret.push(part.clone());
                        }
                    }
                    value => {
                        let place = self.program[*id].span;
                        let Some(value) = self.whole(value, place) else { return Value::Poison };
                        self.write(&mut text, &value);
                        if text.len() > self.limits.text {
                            return self.too_much_text(span);
                        }
                    }
                },
            }
        }
        if secret.is_empty() {
            return self.string(text, span);
        }
        if !text.is_empty() {
            secret.push(SecretPart::Text(text.into()));
        }
        Value::Secret(Rc::new(Secret { parts: secret }))
    }

    /// A string, if it is not too long.
    pub(crate) fn string(&mut self, text: impl Into<Rc<str>>, span: Span) -> Value {
        let text = text.into();
        if text.len() > self.limits.text {
            return self.too_much_text(span);
        }
        self.steps += text.len() as u64 / 32;
        Value::Str(Text { text, reference: None })
    }

    #[cold]
    pub(crate) fn too_much_text(&mut self, span: Span) -> Value {
        let limit = self.limits.text;
        self.exceed(Limit::Text, format!("this string would have more than {limit} bytes"), span, false)
    }

    fn junction(&mut self, a: ExprId, b: ExprId, decisive: bool, env: &Env) -> Value {
        match self.eval(a, env) {
            Value::Bool(first) if first == decisive => Value::Bool(decisive),
            Value::Bool(_) => self.eval(b, env),
            _ => Value::Poison,
        }
    }

    fn call(&mut self, callee: FnId, args: &[Option<ExprId>], call: ExprId, env: &Env) -> Value {
        let function = &self.program[callee];
        if let FnBody::Intrinsic(name) = &function.body
            && name.as_str() == "literals"
        {
            return self.literals(args.first().copied().flatten(), call, env);
        }
        let mut values = self.spare.pop().unwrap_or_default();
        let mut reads = Vec::new();
        for (at, param) in function.params.iter().enumerate() {
            let ((value, span), read) =
                self.recorded(|this| match (args.get(at).copied().flatten(), param.default) {
                    (Some(arg), _) => (this.eval(arg, env), this.program[arg].span),
                    (None, Some(default)) => {
                        (this.default_argument(default, &values, &reads), this.program[default].span)
                    }
                    (None, None) => (Value::Absent, param.span),
                });
            values.push(self.bind(value, param.ty, span));
            reads.extend(read.map(Some));
        }
        if self.records() {
            self.note(function.name_span);
        }
        match function.body {
            FnBody::Expr(body) => {
                let key = self.call_key(callee, &values);
                if let Some(known) = key.as_ref().and_then(|key| self.known_call(key)) {
                    values.clear();
                    self.spare.push(values);
                    return known;
                }
                let inner = env::push_values(&None, &mut values);
                self.spare.push(values);
                self.file_frame(&inner, reads);
                let evaluate = |this: &mut Self| {
                    let value = this.eval(body, &inner);
                    let span = this.program[body].span;
                    this.bind(value, function.result, span)
                };
                match key {
                    Some(key) => self.remember_call(key, evaluate),
                    None => evaluate(self),
                }
            }
            FnBody::Intrinsic(name) => {
                for (value, read) in values.iter().zip(reads) {
                    self.adopt(read);
                    self.adopt_elements(value);
                }
                let value = self.call_intrinsic(callee, name, &values, call);
                values.clear();
                self.spare.push(values);
                value
            }
        }
    }

    fn recorded_list(&mut self, items: &[ExprId], span: Span, env: &Env) -> Value {
        let each = items.iter().map(|item| self.recorded(|this| this.eval(*item, env)));
        let (values, reads): (Vec<Value>, Vec<_>) = each.collect();
        let list = self.list(values, span);
        self.file_list(&list, reads);
        list
    }

    pub(crate) fn default_argument(
        &mut self,
        default: ExprId,
        earlier: &[Value],
        reads: &[Option<crate::reads::ReadId>],
    ) -> Value {
        if let ExprKind::Const(constant) = &self.program[default].kind {
            return self.constant(constant);
        }
        // `push_values` of one value makes a frame of one slot, which is what slot 0 reads.
        let env = env::push_values(&None, &mut earlier.to_vec());
        self.file_frame(&env, reads.to_vec());
        self.eval(default, &env)
    }

    fn choose(&mut self, subject: ExprId, arms: &'p [Arm], env: &Env) -> Value {
        let value = self.eval(subject, env);
        if matches!(value, Value::Poison) {
            return Value::Poison;
        }
        for arm in arms {
            self.steps += 1;
            if arm.patterns.iter().any(|pattern| self.fits(pattern, &value)) {
                return self.eval(arm.value, env);
            }
        }
        let span = self.program[subject].span;
        let shown = self.show(&value);
        let code = match self.program[subject].kind {
            ExprKind::Platform | ExprKind::Environment => "platform-not-covered",
            _ => "not-covered",
        };
        let diagnostic = Diagnostic::error(code, format!("no arm of this `match` covers {shown}"), span)
            .help(format!("add an arm for {shown}, or `else => …`"));
        self.fail(diagnostic)
    }

    pub(crate) fn fits(&mut self, pattern: &'p Pattern, value: &Value) -> bool {
        match pattern {
            Pattern::Else => true,
            Pattern::Const(constant) => {
                let constant = self.constant(constant);
                self.equal(&constant, value) == Some(true)
            }
            Pattern::Instance(id) => matches!(value, Value::Object(object) if object.instance == Some(*id)),
            Pattern::Type(ty) => self.has_type(value, *ty),
        }
    }

    fn convert(&mut self, conversion: Conversion, value: Value, span: Span) -> Value {
        match (conversion, value) {
            (Conversion::IntToFloat, Value::Int(n)) => Value::Float(n as f64),
            (Conversion::NumberToCores, Value::Int(n)) => {
                self.cores(Some(Rational::whole(i128::from(n))), span)
            }
            (Conversion::NumberToCores, Value::Float(f)) => self.cores(Rational::from_f64(f), span),
            (Conversion::Present, Value::Absent) => self.not_present(span),
            (_, other) => other,
        }
    }

    /// An optional value that the checker found to be set, and that some layer has unset. A check has nothing to say
    /// about a subject that lacks what it asks for.
    fn not_present(&mut self, span: Span) -> Value {
        if self.in_check {
            return Value::Poison;
        }
        let diagnostic = Diagnostic::error("missing-field", "this has no value here", span)
            .primary("it is unset by a layer above the one that sets it")
            .help("give it a value, or say what to take instead: `… ?? …`");
        self.fail(diagnostic)
    }

    fn cores(&mut self, number: Option<Rational>, span: Span) -> Value {
        match number.and_then(Quantity::cores) {
            Some(quantity) => quantity.into(),
            None => self.out_of_range("this number of cores", span),
        }
    }
}
