//! Declarations.

use super::build::Builder;
use crate::ast::{
    Check, CheckStatement, Emit, Enum, Fn, For, Ident, Instance, InstanceInit, Item, ItemKind, Kind, Let,
    Param, Project, Test, TestStatement, TypeAlias, Use, UseName, UseNames, UsePath, Variant,
};
use crate::grammar::Rule;

impl Builder<'_, '_, '_> {
    /// The declarations up to the end of the surrounding rule.
    pub(super) fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while !matches!(self.ev.peek(), None | Some(Rule::EOI)) {
            items.extend(self.item());
        }
        items
    }

    fn item(&mut self) -> Option<Item> {
        let from = self.ev.position();
        let doc = self.doc_before(from);
        let annotations = self.annotations();
        let rule = self.ev.peek().filter(|rule| *rule != Rule::EOI);
        rule?;
        let start = self.ev.open();
        let kind = match rule {
            Some(Rule::item_instance) => self.instance(false),
            Some(Rule::item_abstract) => self.instance(true),
            Some(Rule::item_use) => self.use_item(),
            Some(Rule::item_let) => ItemKind::Let(self.let_rest()),
            Some(Rule::item_fn) => self.fn_item(),
            Some(Rule::item_type) => {
                let name = self.name();
                ItemKind::Type(TypeAlias { name, ty: self.ty() })
            }
            Some(Rule::item_enum) => self.enum_item(),
            Some(Rule::item_kind) => self.kind_item(),
            Some(Rule::item_for) => self.for_item(),
            Some(Rule::item_test) => self.test_item(),
            Some(Rule::item_check) => self.check_item(),
            Some(Rule::item_emit) => {
                let path = self.expr();
                ItemKind::Emit(Emit { path, value: self.expr() })
            }
            Some(Rule::item_project) => {
                let name = self.name();
                ItemKind::Project(Project { name, body: self.body() })
            }
            _ => ItemKind::Error,
        };
        self.ev.close();
        let span = self.span_from(start);
        Some(Item { span, doc, annotations, kind })
    }

    /// The rest of a `let`: name, type and value.
    fn let_rest(&mut self) -> Let {
        let name = self.name();
        let ty = self.optional_type();
        Let { name, ty, value: self.expr() }
    }

    fn instance(&mut self, is_abstract: bool) -> ItemKind {
        let kind = self.path();
        let name = self.key();
        let parent = self.ev.at(Rule::path).then(|| self.path());
        let init = if self.ev.at(Rule::body) {
            InstanceInit::Body { parent, body: self.body() }
        } else {
            InstanceInit::Value(self.expr())
        };
        ItemKind::Instance(Instance { is_abstract, kind, name, init })
    }

    fn use_item(&mut self) -> ItemKind {
        let start = self.ev.position();
        let path = match self.ev.peek() {
            Some(Rule::use_crd) => {
                self.ev.open();
                let file = self.string_ident();
                self.ev.close();
                UsePath::Crd(file.name)
            }
            Some(Rule::path) => UsePath::Dotted(self.path().segments),
            _ => UsePath::File(self.string_ident().name),
        };
        let path_span = self.span_from(start);
        let names = match self.ev.peek() {
            Some(Rule::use_as) => {
                self.ev.open();
                let name = self.name();
                self.ev.close();
                UseNames::As(name)
            }
            Some(Rule::use_some) => self.use_some(),
            _ => UseNames::Whole,
        };
        ItemKind::Use(Use { path, path_span, names })
    }

    fn use_some(&mut self) -> UseNames {
        self.ev.open();
        let mut names = Vec::new();
        while self.ev.at(Rule::use_name) {
            self.ev.open();
            let name = self.name();
            let rename = self.ev.at(Rule::name).then(|| self.name());
            self.ev.close();
            names.push(UseName { name, rename });
        }
        self.ev.close();
        UseNames::Some(names)
    }

    fn fn_item(&mut self) -> ItemKind {
        let name = self.name();
        let mut type_params = Vec::new();
        if self.ev.at(Rule::fn_generics) {
            self.ev.open();
            while self.ev.at(Rule::name) {
                type_params.push(self.name());
            }
            self.ev.close();
        }
        let mut params = Vec::new();
        self.ev.open();
        while self.ev.at(Rule::fn_param) {
            params.push(self.param());
        }
        self.ev.close();
        let result = if self.ev.at(Rule::fn_result) {
            self.ev.open();
            let ty = self.ty();
            self.ev.close();
            Some(ty)
        } else {
            None
        };
        let body = self.ev.peek().is_some().then(|| self.expr());
        ItemKind::Fn(Fn { name, type_params, params, result, body })
    }

    fn param(&mut self) -> Param {
        let start = self.ev.open();
        let doc = self.doc_before(start);
        let name = self.name();
        let ty = self.ty();
        let default = self.ev.peek().is_some().then(|| self.expr());
        self.ev.close();
        Param { doc, name, ty, default }
    }

    fn enum_item(&mut self) -> ItemKind {
        let name = self.name();
        let mut variants = Vec::new();
        while self.ev.at(Rule::name) {
            let doc = self.doc_before(self.ev.position());
            variants.push(Variant { doc, name: self.name() });
        }
        ItemKind::Enum(Enum { name, variants })
    }

    fn kind_item(&mut self) -> ItemKind {
        let name = self.name();
        let parent = self.ev.at(Rule::path).then(|| self.path());
        let start = self.ev.open();
        let members = self.members();
        self.ev.close();
        ItemKind::Kind(Kind { name, parent, members, body_span: self.span_from(start) })
    }

    fn for_item(&mut self) -> ItemKind {
        let vars = self.vars();
        let source = self.head();
        let filter = self.filter();
        let items = self.nested_items();
        ItemKind::For(For { vars, source, filter, items })
    }

    fn filter(&mut self) -> Option<crate::ast::ExprId> {
        if !self.ev.at(Rule::if_filter) {
            return None;
        }
        self.ev.open();
        let condition = self.head();
        self.ev.close();
        Some(condition)
    }

    /// Declarations in braces.
    fn nested_items(&mut self) -> Vec<Item> {
        self.ev.open();
        let items = self.items();
        self.ev.close();
        items
    }

    fn test_item(&mut self) -> ItemKind {
        let name = self.string_ident();
        let mut statements = Vec::new();
        while let Some(rule) = self.ev.peek() {
            let start = self.ev.open();
            match rule {
                Rule::test_assert => {
                    let condition = self.expr();
                    statements.push(TestStatement::Assert { span: self.span_from(start), condition });
                }
                Rule::item_let => {
                    let inner = self.let_rest();
                    statements.push(TestStatement::Let(inner));
                }
                Rule::test_expect => {
                    let code = self.name();
                    let items = self.nested_items();
                    statements.push(TestStatement::ExpectError { span: self.span_from(start), code, items });
                }
                _ => {}
            }
            self.ev.close();
        }
        ItemKind::Test(Test { name, statements })
    }

    fn check_item(&mut self) -> ItemKind {
        let name = self.name();
        let vars = self.vars();
        let source = self.head();
        let filter = self.filter();
        let severity = if self.ev.at(Rule::check_severity) {
            self.ev.open();
            let word: Ident = self.name();
            self.ev.close();
            Some(word)
        } else {
            None
        };
        let mut statements = Vec::new();
        while let Some(rule) = self.ev.peek() {
            self.ev.open();
            match rule {
                Rule::item_let => {
                    let inner = self.let_rest();
                    statements.push(CheckStatement::Let(inner));
                }
                Rule::check_require => statements.push(CheckStatement::Require(self.expr())),
                Rule::check_message => statements.push(CheckStatement::Message(self.expr())),
                Rule::check_help => statements.push(CheckStatement::Help(self.expr())),
                Rule::check_label => {
                    let at = self.expr();
                    statements.push(CheckStatement::Label { at, text: self.expr() });
                }
                _ => {}
            }
            self.ev.close();
        }
        ItemKind::Check(Check { name, vars, source, filter, severity, statements })
    }
}
