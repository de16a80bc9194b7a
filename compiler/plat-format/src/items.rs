//! Declarations, and the file as a whole.

use crate::Formatter;
use crate::doc::Doc;
use crate::sequence::{ARGS, BODY, Extent, NAMES, STATEMENTS, Separator};
use crate::types::annotated;
use plat_base::Span;
use plat_syntax::ast::{
    Check, CheckStatement, ExprId, Fn, Ident, Instance, InstanceInit, Item, ItemKind, Let, Param, Test,
    TestStatement, Use, UseName, UseNames,
};

impl<'s> Formatter<'s> {
    /// The whole file.
    pub(crate) fn module(&mut self) -> Doc<'s> {
        let items = &self.module.items;
        let extents = extents(items);
        let all = (0, self.text.len() as u32);
        let lines = self.lines(all, &extents, Separator::Nothing, &mut |f, i| f.item(&items[i]));
        // Every line comes after a line break, the first one too.
        match lines {
            Doc::Concat(mut parts, width) if !parts.is_empty() => {
                parts.remove(0);
                Doc::concat(vec![Doc::Concat(parts, width), Doc::Hard])
            }
            nothing => nothing,
        }
    }

    fn items(&mut self, items: &'s [Item], inside: (u32, u32)) -> Doc<'s> {
        let extents = extents(items);
        self.enclosed(STATEMENTS, inside, &extents, &mut |f, i| f.item(&items[i]))
    }

    fn item(&mut self, item: &'s Item) -> Doc<'s> {
        let annotations = self.annotations(&item.annotations, item.span.start);
        let doc = match &item.kind {
            ItemKind::Project(x) => self.words("project ", x.name, " ", |f| f.body(&x.body)),
            ItemKind::Use(x) => self.use_item(x),
            ItemKind::Let(x) => self.let_item(x),
            ItemKind::Fn(x) => self.fn_item(x, item.span),
            ItemKind::Type(x) => self.words("type ", x.name, " = ", |f| f.ty(&x.ty)),
            ItemKind::Enum(x) => {
                let open = self.after_next(b'{', x.name.span.end);
                let names: Vec<Extent> = x.variants.iter().map(|v| v.name.span.into()).collect();
                let variant = |f: &Self, i: usize| Doc::Text(f.slice(x.variants[i].name.span));
                self.words("enum ", x.name, " ", |f| {
                    f.enclosed(BODY, (open, item.span.end - 1), &names, &mut |f, i| variant(f, i))
                })
            }
            ItemKind::Kind(x) => {
                let mut parts = vec![Doc::Text("kind "), Doc::Text(self.slice(x.name.span))];
                if let Some(parent) = &x.parent {
                    parts.extend([Doc::Text(" extends "), self.path(parent)]);
                }
                parts.extend([Doc::Text(" "), self.members(&x.members, x.body_span)]);
                Doc::concat(parts)
            }
            ItemKind::Instance(x) => self.instance(x),
            ItemKind::For(x) => {
                let mut parts =
                    vec![Doc::Text("for "), self.vars(&x.vars), Doc::Text(" in "), self.expr(x.source)];
                let head = self.filter(&mut parts, x.source, x.filter);
                let open = self.after_next(b'{', head);
                parts.extend([Doc::Text(" "), self.items(&x.items, (open, item.span.end - 1))]);
                Doc::concat(parts)
            }
            ItemKind::Test(x) => self.test(x, item.span),
            ItemKind::Check(x) => self.check(x, item.span),
            ItemKind::Emit(x) => {
                Doc::concat(vec![Doc::Text("emit "), self.expr(x.path), Doc::Text(" ="), self.value(x.value)])
            }
            ItemKind::Error => Doc::Verbatim(self.slice(item.span)),
        };
        Doc::concat(vec![annotations, doc])
    }

    fn words(
        &mut self,
        keyword: &'static str,
        name: Ident,
        between: &'static str,
        rest: impl FnOnce(&mut Self) -> Doc<'s>,
    ) -> Doc<'s> {
        let name = Doc::Text(self.slice(name.span));
        Doc::concat(vec![Doc::Text(keyword), name, Doc::Text(between), rest(self)])
    }

    fn use_item(&mut self, x: &'s Use) -> Doc<'s> {
        let crd = matches!(x.path, plat_syntax::ast::UsePath::Crd(_));
        let path = self.slice(x.path_span);
        let path = if crd { path.strip_prefix("crd").map_or(path, str::trim_start) } else { path };
        let mut parts = vec![Doc::Text(if crd { "use crd " } else { "use " }), Doc::Text(path)];
        match &x.names {
            UseNames::Whole => {}
            UseNames::As(name) => parts.extend([Doc::Text(" as "), Doc::Text(self.slice(name.span))]),
            UseNames::Some(names) => {
                let end = |n: &UseName| n.rename.map_or(n.name.span.end, |r| r.span.end);
                let extents: Vec<Extent> =
                    names.iter().map(|n| Extent { start: n.name.span.start, end: end(n) }).collect();
                let open = self.after_next(b'{', x.path_span.end);
                let close = self.after_next(b'}', extents.last().map_or(open, |e| e.end)).saturating_sub(1);
                parts.push(Doc::Text("."));
                parts.push(self.enclosed(NAMES, (open, close), &extents, &mut |f, i| {
                    let mut one = vec![Doc::Text(f.slice(names[i].name.span))];
                    if let Some(rename) = names[i].rename {
                        one.extend([Doc::Text(" as "), Doc::Text(f.slice(rename.span))]);
                    }
                    Doc::concat(one)
                }));
            }
        }
        Doc::concat(parts)
    }

    fn let_item(&mut self, x: &'s Let) -> Doc<'s> {
        let mut parts = vec![Doc::Text("let "), Doc::Text(self.slice(x.name.span))];
        if let Some(ty) = &x.ty {
            parts.extend([Doc::Text(": "), self.ty(ty)]);
        }
        parts.extend([Doc::Text(" ="), self.value(x.value)]);
        Doc::concat(parts)
    }

    fn fn_item(&mut self, x: &'s Fn, span: Span) -> Doc<'s> {
        let mut parts = vec![Doc::Text("fn "), Doc::Text(self.slice(x.name.span))];
        let mut header_end = x.name.span.end;
        if let Some(last) = x.type_params.last() {
            parts.push(Doc::Text("["));
            for (i, param) in x.type_params.iter().enumerate() {
                parts.extend([Doc::Text(if i > 0 { ", " } else { "" }), Doc::Text(self.slice(param.span))]);
            }
            parts.push(Doc::Text("]"));
            header_end = last.span.end;
        }
        let open = self.after_next(b'(', header_end);
        let end = |p: &Param| p.default.map_or(p.ty.span.end, |d| self.module[d].span.end);
        let extents: Vec<Extent> =
            x.params.iter().map(|p| Extent { start: p.name.span.start, end: end(p) }).collect();
        let close =
            self.after_next(b')', extents.last().map_or(open, |e| e.end)).min(span.end).saturating_sub(1);
        parts.push(self.enclosed(ARGS, (open, close.max(open)), &extents, &mut |f, i| f.param(&x.params[i])));
        if let Some(result) = &x.result {
            parts.extend([Doc::Text(" -> "), self.ty(result)]);
        }
        if let Some(body) = x.body {
            parts.extend([Doc::Text(" ="), self.value(body)]);
        }
        Doc::concat(parts)
    }

    fn param(&mut self, param: &'s Param) -> Doc<'s> {
        let mut parts = vec![Doc::Text(self.slice(param.name.span)), Doc::Text(": "), self.ty(&param.ty)];
        if let Some(default) = param.default {
            parts.extend([Doc::Text(" = "), self.expr(default)]);
        }
        Doc::concat(parts)
    }

    fn instance(&mut self, x: &'s Instance) -> Doc<'s> {
        let mut parts = Vec::new();
        if x.is_abstract {
            parts.push(Doc::Text("abstract "));
        }
        parts.extend([self.path(&x.kind), Doc::Text(" "), self.key(&x.name)]);
        match &x.init {
            InstanceInit::Body { parent, body } => {
                if let Some(parent) = parent {
                    parts.extend([Doc::Text(" extends "), self.path(parent)]);
                }
                parts.extend([Doc::Text(" "), self.body(body)]);
            }
            InstanceInit::Value(value) => parts.extend([Doc::Text(" ="), self.value(*value)]),
        }
        Doc::concat(parts)
    }

    pub(crate) fn vars(&self, vars: &'s [Ident]) -> Doc<'s> {
        let mut parts = Vec::new();
        for (i, var) in vars.iter().enumerate() {
            parts.extend([Doc::Text(if i > 0 { ", " } else { "" }), Doc::Text(self.slice(var.span))]);
        }
        Doc::concat(parts)
    }

    /// `if c` after the source of a loop or check; gives where that ends.
    fn filter(&mut self, parts: &mut Vec<Doc<'s>>, source: ExprId, filter: Option<ExprId>) -> u32 {
        let Some(condition) = filter else { return self.module[source].span.end };
        parts.extend([Doc::Text(" if "), self.expr(condition)]);
        self.module[condition].span.end
    }

    fn test(&mut self, x: &'s Test, span: Span) -> Doc<'s> {
        let open = self.after_next(b'{', x.name.span.end);
        let extents: Vec<Extent> = x
            .statements
            .iter()
            .map(|s| match s {
                TestStatement::Assert { span, .. } | TestStatement::ExpectError { span, .. } => {
                    (*span).into()
                }
                TestStatement::Let(inner) => self.let_extent(inner),
            })
            .collect();
        let name = self.string(x.name.span);
        let body =
            self.enclosed(STATEMENTS, (open, span.end - 1), &extents, &mut |f, i| match &x.statements[i] {
                TestStatement::Assert { condition, .. } => {
                    Doc::concat(vec![Doc::Text("assert "), f.expr(*condition)])
                }
                TestStatement::Let(inner) => f.let_item(inner),
                TestStatement::ExpectError { span, code, items } => {
                    let open = f.after_next(b'{', code.span.end);
                    let items = f.items(items, (open, span.end - 1));
                    Doc::concat(vec![
                        Doc::Text("expect error "),
                        Doc::Text(f.slice(code.span)),
                        Doc::Text(" "),
                        items,
                    ])
                }
            });
        Doc::concat(vec![Doc::Text("test "), name, Doc::Text(" "), body])
    }

    /// A `let` statement: its keyword stands before its name.
    fn let_extent(&self, x: &Let) -> Extent {
        let before = self.text.get(..x.name.span.start as usize).unwrap_or("");
        let start = before.rfind("let").unwrap_or(before.len()) as u32;
        Extent { start, end: self.module[x.value].span.end }
    }

    fn check(&mut self, x: &'s Check, span: Span) -> Doc<'s> {
        let name = Doc::Text(self.slice(x.name.span));
        let vars = self.vars(&x.vars);
        let mut parts = vec![Doc::Text("check "), name, Doc::Text(" for "), vars, Doc::Text(" in ")];
        parts.push(self.expr(x.source));
        let mut head = self.filter(&mut parts, x.source, x.filter);
        if let Some(severity) = &x.severity {
            parts.extend([Doc::Text(" at "), Doc::Text(self.slice(severity.span))]);
            head = severity.span.end;
        }
        let open = self.after_next(b'{', head);
        let extents: Vec<Extent> = x.statements.iter().map(|s| self.check_extent(s)).collect();
        let statement = &mut |f: &mut Self, i: usize| f.check_statement(&x.statements[i]);
        let body = self.enclosed(STATEMENTS, (open, span.end - 1), &extents, statement);
        parts.extend([Doc::Text(" "), body]);
        Doc::concat(parts)
    }

    fn check_extent(&self, statement: &CheckStatement) -> Extent {
        let (keyword, first, last) = match statement {
            CheckStatement::Let(inner) => return self.let_extent(inner),
            CheckStatement::Require(e) => ("require", e, e),
            CheckStatement::Message(e) => ("message", e, e),
            CheckStatement::Help(e) => ("help", e, e),
            CheckStatement::Label { at, text } => ("label", at, text),
        };
        let before = self.text.get(..self.module[*first].span.start as usize).unwrap_or("");
        let start = before.rfind(keyword).unwrap_or(before.len()) as u32;
        Extent { start, end: self.module[*last].span.end }
    }

    fn check_statement(&mut self, statement: &'s CheckStatement) -> Doc<'s> {
        match statement {
            CheckStatement::Let(inner) => self.let_item(inner),
            CheckStatement::Require(e) => Doc::concat(vec![Doc::Text("require "), self.expr(*e)]),
            CheckStatement::Message(e) => Doc::concat(vec![Doc::Text("message "), self.expr(*e)]),
            CheckStatement::Help(e) => Doc::concat(vec![Doc::Text("help "), self.expr(*e)]),
            CheckStatement::Label { at, text } => {
                Doc::concat(vec![Doc::Text("label "), self.expr(*at), Doc::Text(" "), self.expr(*text)])
            }
        }
    }
}

fn extents(items: &[Item]) -> Vec<Extent> {
    items.iter().map(|i| annotated(&i.annotations, i.span)).collect()
}
