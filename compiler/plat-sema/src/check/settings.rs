//! What the project makes of checks: `checks { NAME = SEVERITY }` in its settings, and `@allow` before `project`.

use crate::context::Checker;
use crate::errors;
use crate::hir::Setting;
use plat_base::{Name, Severity, Span};
use plat_syntax::ast::{self, Body, Entry, EntryKind, ExprKind, Ident, Key};

/// A check and what the project makes of it.
type Settings = Vec<(Name, Setting)>;

impl<'a> Checker<'a> {
    /// Notes at each check what the project makes of it. The settings have been typed, and all checks are known.
    pub(crate) fn check_settings(&mut self) {
        let Some((module, item, project)) = self.tables.project else { return };
        let settings = self.in_module(module, |c| {
            let mut settings = Settings::new();
            for entry in &project.body.entries {
                c.severities(entry, &mut settings);
            }
            let scope = item.span;
            for (allow, reason) in c.reasoned_allows(&item.annotations, scope) {
                settings.push((allow.check, Setting::Allowed(reason)));
            }
            settings
        });
        // A check that is silenced has no severity, so what `@allow` says comes last.
        for (name, setting) in settings {
            for check in self.program.checks.iter_mut().filter(|c| c.name == name) {
                if let Setting::Severity(severity, _) = setting {
                    check.severity = severity;
                }
                check.setting = Some(setting.clone());
            }
        }
    }

    /// A setting of the project; only `checks` is of interest.
    fn severities(&mut self, entry: &'a Entry, settings: &mut Settings) {
        let is_checks = |key: &Key| matches!(key, Key::Static(word) if word.name.as_str() == "checks");
        match &entry.kind {
            EntryKind::Refine(key, body) if is_checks(key) => self.severities_of(body, settings),
            EntryKind::Set(key, value) if is_checks(key) => match &self.env.ast[*value].kind {
                ExprKind::Record(body) => self.severities_of(body, settings),
                _ => self.report_computed(self.env.ast[*value].span),
            },
            EntryKind::Append(key, _) if is_checks(key) => self.report_computed(entry.span),
            EntryKind::When(_, body) => {
                let inside = body.entries.iter().find(|e| match &e.kind {
                    EntryKind::Refine(key, _) | EntryKind::Set(key, _) => is_checks(key),
                    _ => false,
                });
                if let Some(inside) = inside {
                    self.report_computed(inside.span);
                }
            }
            _ => {}
        }
    }

    fn severities_of(&mut self, body: &'a Body, settings: &mut Settings) {
        for entry in &body.entries {
            match &entry.kind {
                EntryKind::Set(Key::Static(key), value) => {
                    let severity = self.stated_severity(*value);
                    if let Some(severity) = severity.filter(|_| self.is_check(*key)) {
                        settings.push((key.name, Setting::Severity(severity, entry.span)));
                    }
                }
                EntryKind::Unset(Key::Static(key)) => {
                    self.is_check(*key);
                }
                EntryKind::Error => {}
                _ => self.report_computed(entry.span),
            }
        }
    }

    /// Whether a name is that of a check; says so if it is not.
    fn is_check(&mut self, key: Ident) -> bool {
        if self.check_names.contains(&key.name) {
            return true;
        }
        if !self.is_excused(key.name) {
            let diagnostic = match errors::is_compiler_code(key.name.as_str()) {
                true => errors::severity_of_a_code(key),
                false => {
                    let names: Vec<&str> = self.check_names.iter().map(|n| n.as_str()).collect();
                    errors::unknown_check(key.name, key.span, &names)
                }
            };
            self.report(diagnostic);
        }
        false
    }

    /// The severity that a value is, as it stands there.
    fn stated_severity(&mut self, value: ast::ExprId) -> Option<Severity> {
        let expr = &self.env.ast[value];
        let severity = match &expr.kind {
            ExprKind::Paren(inner) => return self.stated_severity(*inner),
            ExprKind::Name(word) => Severity::named(word.as_str()),
            _ => None,
        };
        if severity.is_none() {
            self.report_computed(expr.span);
        }
        severity
    }

    /// Says that a severity has to be computed, unless something else was said about the place.
    fn report_computed(&mut self, span: Span) {
        let is_told = self.diagnostics.iter().any(|d| d.span().is_some_and(|told| span.contains(told)));
        if !is_told {
            self.report(errors::computed_severity(span));
        }
    }
}
