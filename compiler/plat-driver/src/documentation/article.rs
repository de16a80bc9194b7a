//! From the syntax tree of a file to its articles: signatures are what the source says, on one line.

use super::{Article, Part};
use plat_base::{SourceFile, Span};
use plat_syntax::ast::{self, Doc, InstanceInit, Item, ItemKind, Key, Member};

/// Longer signatures of values are cut: what they are made of stands in the source.
const MAX_VALUE: usize = 100;

/// The articles of a file: the module, unless it has no name, then its declarations.
pub(super) fn of_file(module: &[String], file: &SourceFile) -> Vec<Article> {
    let tree = plat_syntax::parse(file).module;
    let reader = Reader { file, tree: &tree };
    let mut articles: Vec<Article> =
        tree.items.iter().filter_map(|item| reader.article(item, module)).collect();
    if !module.is_empty() {
        let place = format!("{}:1", file.path);
        let parts = articles.iter().filter_map(|a| {
            let part = Part {
                name: a.path.last()?.clone(),
                signature: a.signature.clone(),
                doc: a.doc.clone(),
                place: a.place.clone(),
            };
            Some(part)
        });
        let parts = parts.collect();
        let signature = format!("module {}", module.join("."));
        let doc = tree.doc.as_ref().map(|d| d.text.clone());
        let path = module.to_vec();
        articles.insert(0, Article { path, what: "module", signature, doc, place, parent: None, parts });
    }
    articles
}

struct Reader<'a> {
    file: &'a SourceFile,
    tree: &'a ast::Module,
}

impl Reader<'_> {
    /// The article of a declaration; none if it has no name, or a private one.
    fn article(&self, item: &Item, module: &[String]) -> Option<Article> {
        let (what, name, signature) = self.head(item)?;
        if name.starts_with('_') {
            return None;
        }
        let parent = match &item.kind {
            ItemKind::Kind(kind) => kind.parent.as_ref().map(|p| self.line(p.span)),
            _ => None,
        };
        Some(Article {
            path: module.iter().cloned().chain([name]).collect(),
            what,
            signature,
            doc: text(item.doc.as_ref()),
            place: self.place(item.span),
            parent,
            parts: self.parts(item),
        })
    }

    /// What an item is, its name, and its declaration without the body.
    fn head(&self, item: &Item) -> Option<(&'static str, String, String)> {
        let from =
            |end: u32| self.line(Span { end, ..item.span }).trim_end_matches(['=', ' ', '{']).to_owned();
        let (what, name, signature) = match &item.kind {
            ItemKind::Let(it) => ("constant", &it.name, short(self.line(item.span))),
            ItemKind::Fn(it) => {
                let end = it.body.map_or(item.span.end, |body| self.tree[body].span.start);
                ("function", &it.name, from(end))
            }
            ItemKind::Type(it) => ("type", &it.name, self.line(item.span)),
            ItemKind::Enum(it) => ("enum", &it.name, format!("enum {}", it.name.name)),
            ItemKind::Kind(it) => ("kind", &it.name, from(it.body_span.start)),
            ItemKind::Instance(it) => {
                let Key::Static(name) = &it.name else { return None };
                let end = match &it.init {
                    InstanceInit::Body { body, .. } => body.span.start,
                    InstanceInit::Value(_) => item.span.end,
                };
                ("instance", name, short(from(end)))
            }
            ItemKind::Check(it) => {
                let head = self.line(item.span);
                ("check", &it.name, head.split(" {").next().unwrap_or("").to_owned())
            }
            _ => return None,
        };
        Some((what, name.name.as_str().to_owned(), signature))
    }

    fn parts(&self, item: &Item) -> Vec<Part> {
        let part = |name: &ast::Ident, span: Span, doc: Option<&Doc>| Part {
            name: name.name.as_str().to_owned(),
            signature: short(self.line(span)),
            doc: text(doc),
            place: self.place(span),
        };
        match &item.kind {
            ItemKind::Kind(kind) => kind.members.iter().filter_map(|member| self.member(member)).collect(),
            ItemKind::Enum(it) => {
                it.variants.iter().map(|v| part(&v.name, v.name.span, v.doc.as_ref())).collect()
            }
            ItemKind::Type(it) => match &it.ty.kind {
                ast::TypeKind::Record(fields, _) => {
                    fields.iter().map(|f| part(&f.name, f.span, f.doc.as_ref())).collect()
                }
                _ => Vec::new(),
            },
            ItemKind::Fn(it) => {
                let documented = it.params.iter().filter(|p| p.doc.is_some());
                documented.map(|p| part(&p.name, p.name.span.to(p.ty.span), p.doc.as_ref())).collect()
            }
            _ => Vec::new(),
        }
    }

    fn member(&self, member: &Member) -> Option<Part> {
        let (name, span, doc) = match member {
            Member::Field(field) => (field.name.name.as_str(), field.span, field.doc.as_ref()),
            Member::Rest(rest) => ("...", rest.span, rest.doc.as_ref()),
            Member::Entry(_) => return None,
        };
        Some(Part {
            name: name.to_owned(),
            signature: short(self.line(span)),
            doc: text(doc),
            place: self.place(span),
        })
    }

    fn place(&self, span: Span) -> String {
        format!("{}:{}", self.file.path, self.file.line_col(span.start).line)
    }

    /// The source of a span on one line, without comments.
    fn line(&self, span: Span) -> String {
        let code = self.file.slice(span).lines().filter(|l| !l.trim_start().starts_with("//"));
        let words: Vec<&str> = code.flat_map(str::split_whitespace).collect();
        words.join(" ")
    }
}

fn text(doc: Option<&Doc>) -> Option<String> {
    doc.map(|d| d.text.clone())
}

/// A signature whose value is left out if it is long.
fn short(signature: String) -> String {
    if signature.chars().count() <= MAX_VALUE {
        return signature;
    }
    match signature.split_once(" = ") {
        Some((head, _)) => format!("{head} = …"),
        None => signature,
    }
}
