//! Bare names: a variable; where an enum is expected, its variant; where a kind is expected, its instance; then the
//! module's own and imported names; then the prelude, where `platform` and `env` are the current ones.

use super::assign::{Want, Why};
use crate::context::{Binding, Checker, Def, Named, Progress};
use crate::errors::{self, Candidate};
use crate::hir::{Const, EnumId, ExprId, ExprKind, InstanceId, KindId, Ty, TyId};
use crate::resolve::names::MAX_SUGGESTIONS;
use plat_base::{Diagnostic, Name, Span, closest};
use plat_syntax::ast;

/// Whether a definition can be meant where a value is written.
pub(crate) fn is_value(def: Def) -> bool {
    matches!(def, Def::Let(_) | Def::Instance(_) | Def::Kind(_) | Def::Broken)
}

/// The enums and kinds among which an expected type lets a bare name choose.
#[derive(Default)]
pub(crate) struct Choices {
    pub(crate) enums: Vec<EnumId>,
    pub(crate) kinds: Vec<KindId>,
}

impl Choices {
    /// Whether the type leaves no choice.
    pub(crate) fn is_empty(&self) -> bool {
        self.enums.is_empty() && self.kinds.is_empty()
    }
}

impl<'a> Checker<'a> {
    /// What a bare name can be where `ty` is expected.
    pub(crate) fn choices(&self, ty: TyId) -> Choices {
        let mut choices = Choices::default();
        self.add_choices(ty, &mut choices);
        choices
    }

    fn add_choices(&self, ty: TyId, choices: &mut Choices) {
        match self.program.types.get(ty) {
            Ty::Enum(id) => choices.enums.push(*id),
            Ty::Kind(id) => choices.kinds.push(*id),
            Ty::Optional(inner) => self.add_choices(*inner, choices),
            Ty::Refined(_) => self.add_choices(self.program.types.base(ty), choices),
            Ty::Union(members) => members.iter().for_each(|m| self.add_choices(*m, choices)),
            _ => {}
        }
    }

    /// A bare name.
    pub(crate) fn bare_name(&mut self, name: Name, span: Span, want: Option<Want>) -> ExprId {
        if let Some((up, slot, local)) = self.local(name) {
            let expr = self.push(span, local.ty, ExprKind::Local { up, slot });
            return self.narrowed(expr);
        }
        if let Some(want) = want
            && let Some(chosen) = self.chosen(name, span, want.ty)
        {
            return chosen;
        }
        if let Some(found) = self.module_value(name, span) {
            return found;
        }
        if let Some(want) = want
            && let Some(generated) = self.generated_instance(name, span, want.ty)
        {
            return generated;
        }
        self.report_unknown_name(name, span, want);
        self.poison(span)
    }

    /// The variant or instance that an expected type makes of a name.
    pub(crate) fn chosen(&mut self, name: Name, span: Span, ty: TyId) -> Option<ExprId> {
        let types = &self.program.types;
        if !matches!(
            types.get(ty),
            Ty::Enum(_) | Ty::Kind(_) | Ty::Optional(_) | Ty::Union(_) | Ty::Refined(_)
        ) {
            return None;
        }
        let choices = self.choices(ty);
        for id in &choices.enums {
            if let Some(variant) = self.variant(*id, name, span) {
                return Some(variant);
            }
        }
        for kind in &choices.kinds {
            match self.named.get(&(*kind, name)) {
                Some(Named::One(id)) if !self.program[*id].is_abstract || self.accepts_abstract => {
                    let id = *id;
                    return Some(self.instance_value(id, span));
                }
                Some(Named::Several(_)) => {
                    self.report_ambiguous_instance(*kind, name, span);
                    return Some(self.poison(span));
                }
                _ => {}
            }
        }
        None
    }

    /// A variant of an enum.
    pub(crate) fn variant(&mut self, id: EnumId, name: Name, span: Span) -> Option<ExprId> {
        let at = self.program[id].variants.iter().position(|v| v.name == name)?;
        let ty = self.program.types.intern(Ty::Enum(id));
        Some(self.constant(span, ty, Const::Variant(id, at as u32)))
    }

    fn report_ambiguous_instance(&mut self, kind: KindId, name: Name, span: Span) {
        let all = self.program.instances.iter();
        let same = all.filter(|i| i.name == crate::hir::InstanceName::Static(name));
        let candidates: Vec<Candidate> = same
            .filter(|i| self.program.is_a(i.kind, kind))
            .map(|i| Candidate { text: format!("{}.{name}", self.program[i.kind].name), span: i.name_span })
            .collect();
        self.report(errors::ambiguous(name, span, &candidates));
    }

    /// What a name means at top level, as a value.
    pub(crate) fn module_value(&mut self, name: Name, span: Span) -> Option<ExprId> {
        let own: Vec<Binding> =
            self.scopes[self.env.module].get(name).iter().filter(|b| is_value(b.def)).copied().collect();
        if let Some(found) = self.one_of(name, span, &own) {
            return Some(found);
        }
        if let Some(axis) = self.axis(name, span) {
            return Some(axis);
        }
        let prelude: Vec<Binding> =
            self.prelude.get(name).iter().filter(|b| is_value(b.def)).copied().collect();
        self.one_of(name, span, &prelude)
    }

    fn one_of(&mut self, name: Name, span: Span, bindings: &[Binding]) -> Option<ExprId> {
        match bindings {
            [] => None,
            [only] => Some(self.value_of(only.def, span)),
            several => {
                if several.iter().any(|b| b.def == Def::Broken) {
                    return Some(self.poison(span));
                }
                // An instance can also be reached through its kind; a constant has no other name.
                let constants = several.iter().filter(|b| matches!(b.def, Def::Let(_)));
                let others = several.iter().filter(|b| !matches!(b.def, Def::Let(_) | Def::Instance(_)));
                if let ([only], 0) = (constants.collect::<Vec<_>>().as_slice(), others.count()) {
                    return Some(self.value_of(only.def, span));
                }
                let candidates: Vec<Candidate> = several.iter().map(|b| self.candidate(name, *b)).collect();
                self.report(errors::ambiguous(name, span, &candidates));
                Some(self.poison(span))
            }
        }
    }

    fn candidate(&self, name: Name, binding: Binding) -> Candidate {
        let text = match binding.def {
            Def::Instance(id) => format!("{}.{name}", self.program[self.program[id].kind].name),
            def => format!("{} `{name}`", self.describe(def).trim_start_matches("a ")),
        };
        Candidate { text, span: binding.span }
    }

    /// `platform` or `env`.
    pub(crate) fn axis(&mut self, name: Name, span: Span) -> Option<ExprId> {
        let (kind, expr) = match name.as_str() {
            "platform" => (self.program.platform_kind?, ExprKind::Platform),
            "env" => (self.program.environment_kind?, ExprKind::Environment),
            _ => return None,
        };
        if let Some(place) = self.env.fixed {
            self.report(errors::varies_where_fixed(name, place, span));
            return Some(self.poison(span));
        }
        let ty = self.kind_type(kind);
        Some(self.push(span, ty, expr))
    }

    /// The kind that a bare name after `in` means: there, `platform` and `env` are kinds.
    pub(crate) fn axis_kind_after_in(&mut self, source: ast::ExprId) -> Option<ExprId> {
        let ast::ExprKind::Name(name) = self.env.ast[source].kind else { return None };
        let span = self.env.ast[source].span;
        let kind = match name.as_str() {
            "platform" => self.program.platform_kind?,
            "env" => self.program.environment_kind?,
            _ => return None,
        };
        let is_own = self.scopes[self.env.module].get(name).iter().any(|b| is_value(b.def));
        if self.local(name).is_some() || is_own {
            return None;
        }
        Some(self.instances_of(kind, span))
    }

    /// The map of a kind's instances.
    pub(crate) fn instances_of(&mut self, kind: KindId, span: Span) -> ExprId {
        let ty = self.program.types.intern(Ty::Instances(kind));
        self.push(span, ty, ExprKind::Instances(kind))
    }

    /// A definition as a value.
    pub(crate) fn value_of(&mut self, def: Def, span: Span) -> ExprId {
        match def {
            Def::Let(id) => {
                self.note_deprecated_let(id, span);
                let ty = self.let_type(id, span);
                if ty == TyId::ERROR {
                    return self.poison(span);
                }
                let expr = self.push(span, ty, ExprKind::Let(id));
                self.narrowed(expr)
            }
            Def::Instance(id) => self.instance_value(id, span),
            Def::Kind(id) => {
                self.note_deprecated_kind(id, span);
                self.instances_of(id, span)
            }
            Def::Broken => self.poison(span),
            Def::Fn(_) | Def::Alias(_) | Def::Enum(_) | Def::Module(_) => {
                self.report(errors::no_value(self.describe(def), span));
                self.poison(span)
            }
        }
    }

    fn let_type(&mut self, id: crate::hir::LetId, span: Span) -> TyId {
        if self.tables.lets[id.0 as usize].progress == Progress::Todo {
            self.check_let(id);
        }
        match self.tables.lets[id.0 as usize].progress {
            Progress::Busy => {
                let (name, declared) = (self.program[id].name, self.program[id].name_span);
                // With a stated type the cycle is one of values, which evaluation finds.
                if self.tables.lets[id.0 as usize].ast.is_none_or(|ast| ast.ty.is_some()) {
                    return self.program[id].ty;
                }
                self.report(errors::cyclic_let(name, declared, span));
                TyId::ERROR
            }
            _ => self.program[id].ty,
        }
    }

    /// A declared instance as a value.
    pub(crate) fn instance_value(&mut self, id: InstanceId, span: Span) -> ExprId {
        let accepts_abstract = std::mem::take(&mut self.accepts_abstract);
        if !self.tables.instances[id.0 as usize].has_kind {
            return self.poison(span);
        }
        let instance = &self.program[id];
        let (kind, declared) = (instance.kind, instance.name_span);
        if instance.is_abstract && !accepts_abstract {
            let diagnostic = errors::abstract_as_value(self.program[kind].name, span, declared);
            self.report(diagnostic);
            return self.poison(span);
        }
        self.note_deprecated_instance(id, span);
        let ty = self.kind_type(kind);
        let expr = self.push(span, ty, ExprKind::Instance(id));
        self.narrowed(expr)
    }

    /// An instance that only a loop can have made.
    fn generated_instance(&mut self, name: Name, span: Span, ty: TyId) -> Option<ExprId> {
        let kinds = self.choices(ty).kinds;
        let kind = kinds.into_iter().find(|k| self.tables.kinds[k.0 as usize].generated)?;
        Some(self.instance_by_key(kind, name, span))
    }

    /// `kind["name"]`, looked up when it is evaluated.
    pub(crate) fn instance_by_key(&mut self, kind: KindId, name: Name, span: Span) -> ExprId {
        let base = self.instances_of(kind, span);
        let index = self.constant(span, TyId::STRING, Const::Str(name));
        let ty = self.kind_type(kind);
        self.push(span, ty, ExprKind::Index { base, index })
    }

    /// Reports a name that means nothing.
    pub(crate) fn report_unknown_name(&mut self, name: Name, span: Span, want: Option<Want>) {
        // Where the type is in error, what the name would choose from is not known.
        let is_unknown = |w: Want| matches!(self.program.types.get(w.ty), Ty::Error);
        if self.is_excused(name) || want.is_some_and(is_unknown) {
            return;
        }
        if let Some((def, declared)) = self.find(name, |d| !is_value(d)) {
            let diagnostic = errors::not_a_value(name, self.describe(def), span, declared);
            self.report(diagnostic);
            return;
        }
        let choices = want.map(|w| self.choices(w.ty)).unwrap_or_default();
        if let Some(diagnostic) = self.habit(name, span, want) {
            self.report(diagnostic);
            return;
        }
        if let Some(diagnostic) = self.unknown_choice(name, span, &choices) {
            self.report(diagnostic);
            return;
        }
        let mut diagnostic = errors::unknown_name(name, span);
        if let Some(help) = self.unknown_help(name, want, &choices) {
            diagnostic = diagnostic.help(help);
        }
        let near = self.nearest(name, &choices);
        if let Some(near) = near {
            if diagnostic.help.is_none() {
                let question = format!("did you mean `{near}`?");
                diagnostic = diagnostic.help(match self.choices_help(&choices) {
                    Some(choices) => format!("{question} {choices}"),
                    None => question,
                });
            }
            diagnostic = diagnostic.fix(format!("replace `{name}` by `{near}`"), span, near, false);
        } else if diagnostic.help.is_none() {
            diagnostic.help = self.choices_help(&choices);
        }
        self.report(diagnostic);
    }

    /// Words that are values in other languages.
    fn habit(&mut self, name: Name, span: Span, want: Option<Want>) -> Option<Diagnostic> {
        let word = name.as_str();
        let base = want.map(|w| self.program.types.base(self.program.types.present(w.ty)));
        let takes = |ty: TyId| match base {
            None => true,
            Some(base) => {
                base == ty || matches!(self.program.types.get(base), Ty::Union(m) if m.contains(&ty))
            }
        };
        let meant = match word {
            "yes" | "on" | "True" | "TRUE" | "Yes" | "On" | "y" => "true",
            "no" | "off" | "False" | "FALSE" | "No" | "Off" | "n" => "false",
            "nil" | "none" | "None" | "undefined" | "Null" | "NULL" | "nothing" => {
                let help = match want.map(|w| w.why) {
                    Some(Why::Field(field, _)) => {
                        format!("leave `{field}` out; `{field} = unset` takes back what a lower layer set")
                    }
                    _ => "what may be absent is left out, and compared with `unset`".to_owned(),
                };
                return Some(errors::unknown_name(name, span).help(help));
            }
            _ => return None,
        };
        if !takes(TyId::BOOL) || word.len() == 1 && base != Some(TyId::BOOL) {
            return None;
        }
        let help = if takes(TyId::STRING) && base.is_some() {
            format!("write `{meant}`, or `\"{word}\"` for the text")
        } else {
            format!("write `{meant}`")
        };
        let title = format!("replace `{word}` by `{meant}`");
        let diagnostic =
            errors::unknown_name(name, span).primary("a boolean is `true` or `false`").help(help);
        Some(diagnostic.fix(title, span, meant, base == Some(TyId::BOOL)))
    }

    /// A name where only the variants of one enum, or the instances of one kind, can stand.
    fn unknown_choice(&mut self, name: Name, span: Span, choices: &Choices) -> Option<Diagnostic> {
        let ident = ast::Ident { name, span };
        match (choices.enums.as_slice(), choices.kinds.as_slice()) {
            ([id], []) => {
                let near = self.nearest(name, choices);
                let variants: Vec<&str> =
                    self.program[*id].variants.iter().map(|v| v.name.as_str()).collect();
                let is_variant = |n: &String| variants.contains(&n.as_str());
                if near.as_ref().is_some_and(|n| !is_variant(n)) {
                    return None;
                }
                Some(errors::unknown_variant(self.program[*id].name, ident, &variants))
            }
            ([], [kind]) => {
                let near = self.nearest(name, choices);
                let names = self.names_of_kind(*kind, false);
                let names: Vec<&str> = names.iter().map(|n| n.as_str()).collect();
                let is_abstract = matches!(self.named.get(&(*kind, name)), Some(Named::One(_)));
                if is_abstract || near.as_ref().is_some_and(|n| !names.contains(&n.as_str())) {
                    return None;
                }
                let kind = self.program[*kind].name;
                Some(errors::unknown_instance("unknown-name", kind, ident, &names))
            }
            _ => None,
        }
    }

    fn unknown_help(&mut self, name: Name, want: Option<Want>, choices: &Choices) -> Option<String> {
        if let Some((_, ty)) = self.self_frame()
            && self.has_field(ty, name)
        {
            return Some(format!("bare names never mean a field: write `self.{name}`"));
        }
        if let Some(split) = self.subtraction(name) {
            return Some(format!("a hyphen is part of a word: did you mean `{split}`?"));
        }
        if self.suggestions < MAX_SUGGESTIONS
            && let Some(owner) = self.enum_with(name)
        {
            return Some(format!("no enum is expected here: say which one is meant, `{owner}.{name}`"));
        }
        for kind in &choices.kinds {
            if let Some(Named::One(id)) = self.named.get(&(*kind, name))
                && self.program[*id].is_abstract
            {
                return Some(format!("`{name}` is abstract: it is only there to be extended"));
            }
        }
        let base = want.map(|w| self.program.types.base(self.program.types.present(w.ty)))?;
        if base == TyId::STRING
            || matches!(self.program.types.get(base), Ty::Union(m) if m.contains(&TyId::STRING))
        {
            return Some(format!("text stands in quotes: `\"{name}\"`"));
        }
        None
    }

    /// An enum in scope that has a variant of this name.
    fn enum_with(&self, name: Name) -> Option<Name> {
        let enums = self.top_level_names(|d| matches!(d, Def::Enum(_)));
        enums.into_iter().find(|e| match self.find(*e, |d| matches!(d, Def::Enum(_))) {
            Some((Def::Enum(id), _)) => self.program[id].variants.iter().any(|v| v.name == name),
            _ => false,
        })
    }

    /// `a - b` if the word `a-b` is made of names that exist.
    fn subtraction(&self, name: Name) -> Option<String> {
        let text = name.as_str();
        for (at, _) in text.match_indices('-') {
            let (left, right) = (&text[..at], &text[at + 1..]);
            if self.is_known(left) && (self.is_known(right) || right.chars().all(|c| c.is_ascii_digit())) {
                return Some(format!("{left} - {right}"));
            }
        }
        None
    }

    fn is_known(&self, name: &str) -> bool {
        let name = Name::new(name);
        self.local(name).is_some() || self.find(name, is_value).is_some()
    }

    fn nearest(&mut self, name: Name, choices: &Choices) -> Option<String> {
        if !self.may_suggest() {
            return None;
        }
        let mut names: Vec<Name> = Vec::new();
        for id in &choices.enums {
            names.extend(self.program[*id].variants.iter().map(|v| v.name));
        }
        for kind in &choices.kinds {
            names.extend(self.names_of_kind(*kind, false));
        }
        // Where one of a few is expected, nothing else is near.
        if !names.is_empty() {
            return closest(name.as_str(), names.iter().map(|n| n.as_str())).map(str::to_owned);
        }
        for frame in self.env.frames.iter().rev() {
            if let crate::context::Frame::Slots(slots) = frame {
                names.extend(slots.iter().map(|l| l.name));
            }
        }
        names.extend(self.top_level_names(is_value));
        names.extend([Name::new("platform"), Name::new("env")]);
        closest(name.as_str(), names.iter().map(|n| n.as_str())).map(str::to_owned)
    }

    fn choices_help(&self, choices: &Choices) -> Option<String> {
        if let Some(id) = choices.enums.first() {
            let names: Vec<&str> = self.program[*id].variants.iter().map(|v| v.name.as_str()).collect();
            return Some(format!("`{}` is one of {}", self.program[*id].name, errors::listed(&names)));
        }
        let kind = choices.kinds.first()?;
        let names = self.names_of_kind(*kind, false);
        let names: Vec<&str> = names.iter().map(|n| n.as_str()).collect();
        let kind = self.program[*kind].name;
        if names.is_empty() {
            return Some(format!("no `{kind}` is declared"));
        }
        Some(format!("the declared instances of `{kind}` are {}", errors::listed(&names)))
    }
}
