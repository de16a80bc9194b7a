//! `@allow`, `@deprecated`, `@fixed`, `@reference`: what they say, and what is wrong with them.

use crate::context::Checker;
use crate::errors;
use crate::hir::{Allow, Axes};
use plat_base::Span;
use plat_syntax::ast::{self, ExprKind, StrPart};

/// What may be annotated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Annotated {
    /// An instance or a declaration loop.
    Instance,
    /// A field of a body.
    Entry,
    /// A field of a kind.
    KindField,
    /// The rest of a kind.
    Rest,
    /// The project.
    Project,
    /// A constant, a function or a kind.
    Deprecable,
    /// Anything else.
    Other,
}

const KNOWN: &[&str] = &["allow", "deprecated", "fixed", "reference"];

impl<'a> Checker<'a> {
    /// What `@deprecated` says, if it is there.
    pub(crate) fn deprecation(&self, annotations: &'a [ast::Annotation]) -> Option<String> {
        let annotation = annotations.iter().find(|a| a.name.name.as_str() == "deprecated")?;
        let text = annotation.args.first().and_then(|arg| self.plain_text(arg.value));
        Some(text.unwrap_or_default())
    }

    /// The text of a string literal without interpolation.
    pub(crate) fn plain_text(&self, id: ast::ExprId) -> Option<String> {
        match &self.env.ast[id].kind {
            ExprKind::Str(parts) => parts.iter().map(text_of).collect(),
            ExprKind::Paren(inner) => self.plain_text(*inner),
            _ => None,
        }
    }

    /// The axes that `@fixed` leaves.
    pub(crate) fn variation(&mut self, annotations: &'a [ast::Annotation]) -> Axes {
        let mut left = Axes::BOTH;
        for annotation in annotations.iter().filter(|a| a.name.name.as_str() == "fixed") {
            if annotation.args.is_empty() {
                left = Axes::NONE;
            }
            for arg in &annotation.args {
                let expr = &self.env.ast[arg.value];
                match &expr.kind {
                    ExprKind::Name(n) if n.as_str() == "platform" => left = left.minus(Axes::PLATFORM),
                    ExprKind::Name(n) if n.as_str() == "env" => left = left.minus(Axes::ENVIRONMENT),
                    _ => self.report(errors::unknown_axis(expr.span)),
                }
            }
        }
        left
    }

    /// Reports annotations that do not exist or do not belong here.
    pub(crate) fn check_annotations(&mut self, annotations: &'a [ast::Annotation], on: Annotated) {
        for annotation in annotations {
            let name = annotation.name.name.as_str();
            let fits = match name {
                "allow" => matches!(on, Annotated::Instance | Annotated::Entry | Annotated::Project),
                "deprecated" => {
                    matches!(on, Annotated::Instance | Annotated::KindField | Annotated::Deprecable)
                }
                "fixed" => on == Annotated::KindField,
                "reference" => on == Annotated::Rest,
                _ => {
                    self.report(errors::unknown_annotation(annotation.name, KNOWN));
                    continue;
                }
            };
            if !fits {
                self.report(errors::misplaced_annotation(annotation.name));
            } else if name == "deprecated" {
                let reason = annotation.args.first().and_then(|arg| self.plain_text(arg.value));
                if reason.is_none() || annotation.args.len() != 1 {
                    self.report(errors::deprecated_without_reason(annotation.span));
                }
            }
        }
    }

    /// The checks that `@allow`s silence in `scope`.
    pub(crate) fn allows(&mut self, annotations: &'a [ast::Annotation], scope: Span) -> Vec<Allow> {
        self.reasoned_allows(annotations, scope).into_iter().map(|(allow, _)| allow).collect()
    }

    /// The same with their reasons.
    pub(crate) fn reasoned_allows(
        &mut self,
        annotations: &'a [ast::Annotation],
        scope: Span,
    ) -> Vec<(Allow, String)> {
        let mut allows = Vec::new();
        for annotation in annotations.iter().filter(|a| a.name.name.as_str() == "allow") {
            allows.extend(self.allow(annotation, scope));
        }
        allows
    }

    fn allow(&mut self, annotation: &'a ast::Annotation, scope: Span) -> Option<(Allow, String)> {
        let Some(first) = annotation.args.first() else {
            self.report(errors::allow_without_reason(annotation.span));
            return None;
        };
        let expr = &self.env.ast[first.value];
        let ExprKind::Name(check) = expr.kind else {
            self.report(errors::allow_without_reason(annotation.span));
            return None;
        };
        if !self.check_names.contains(&check) && !self.is_excused(check) {
            let names: Vec<&str> = self.check_names.iter().map(|n| n.as_str()).collect();
            self.report(errors::unknown_check(check, expr.span, &names));
            return None;
        }
        let reason = annotation.args.get(1).and_then(|arg| self.plain_text(arg.value));
        if reason.as_ref().is_none_or(|r| r.trim().is_empty()) || annotation.args.len() != 2 {
            self.report(errors::allow_without_reason(annotation.span));
        }
        Some((Allow { check, scope }, reason.unwrap_or_default()))
    }
}

fn text_of(part: &StrPart) -> Option<&'static str> {
    match part {
        StrPart::Text(text) => Some(text.as_str()),
        StrPart::Interp(_) => None,
    }
}
