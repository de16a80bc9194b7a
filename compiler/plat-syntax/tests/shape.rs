//! What programs mean as trees: precedence, the forms of every construct, docs, strings, and exact spans.

#![allow(clippy::unwrap_used, clippy::panic)]

use plat_base::{SourceFile, SourceMap};
use plat_syntax::ast::*;
use plat_syntax::parse;
use std::sync::Arc;

struct Parsed {
    file: Arc<SourceFile>,
    module: Module,
}

#[track_caller]
fn parsed(text: &str) -> Parsed {
    let file = SourceMap::default().add("a.plat", text);
    let parse = parse(&file);
    assert!(parse.diagnostics.is_empty(), "{text}: {:?}", parse.diagnostics);
    Parsed { file, module: parse.module }
}

/// An expression with every operator in parentheses.
#[track_caller]
fn expr(text: &str) -> String {
    let parsed = parsed(&format!("let x = {text}"));
    let ItemKind::Let(x) = &parsed.module.items[0].kind else { panic!() };
    assert_eq!(parsed.file.slice(parsed.module[x.value].span), text.trim(), "the span of the whole");
    parsed.show(x.value)
}

impl Parsed {
    fn show(&self, id: ExprId) -> String {
        let all = |ids: &[ExprId]| ids.iter().map(|e| self.show(*e)).collect::<Vec<_>>().join(" ");
        match &self.module[id].kind {
            ExprKind::Error => "ERROR".to_owned(),
            ExprKind::Bool(b) => b.to_string(),
            ExprKind::Null => "null".to_owned(),
            ExprKind::Unset => "unset".to_owned(),
            ExprKind::Number(n) => {
                format!("{}{}", n.digits, n.suffix.map_or(String::new(), |s| format!("~{}", s.name)))
            }
            ExprKind::Str(parts) => {
                let part = |p: &StrPart| match p {
                    StrPart::Text(t) => format!("{:?}", t.as_str()),
                    StrPart::Interp(e) => self.show(*e),
                };
                format!("<{}>", parts.iter().map(part).collect::<Vec<_>>().join(" "))
            }
            ExprKind::Name(n) => n.to_string(),
            ExprKind::SelfRef => "SELF".to_owned(),
            ExprKind::Field { base, name, optional } => {
                format!("{}{}{}", self.show(*base), if *optional { "?." } else { "." }, name.name)
            }
            ExprKind::Index { base, index } => format!("{}[{}]", self.show(*base), self.show(*index)),
            ExprKind::Call { callee, args, args_span } => {
                assert!(
                    self.file.slice(*args_span).starts_with('(')
                        && self.file.slice(*args_span).ends_with(')')
                );
                let arg = |a: &Arg| {
                    format!(
                        "{}{}",
                        a.name.map_or(String::new(), |n| format!("{}=", n.name)),
                        self.show(a.value)
                    )
                };
                format!("{}({})", self.show(*callee), args.iter().map(arg).collect::<Vec<_>>().join(" "))
            }
            ExprKind::Unary { op, operand } => format!("({op:?} {})", self.show(*operand)),
            ExprKind::Binary { op, op_span, lhs, rhs } => {
                assert_eq!(self.file.slice(*op_span), op.as_str());
                format!("({} {} {})", self.show(*lhs), op.as_str(), self.show(*rhs))
            }
            ExprKind::If { condition, then, otherwise } => {
                format!("(if {})", all(&[*condition, *then, *otherwise]))
            }
            ExprKind::Match { subject, arms } => {
                let pattern = |p: &Pattern| match &p.kind {
                    PatternKind::Else => "else".to_owned(),
                    PatternKind::Literal(e) => self.show(*e),
                    PatternKind::Path(_) => format!("path:{}", self.file.slice(p.span)),
                    PatternKind::Type(_) => format!("type:{}", self.file.slice(p.span)),
                };
                let arm = |a: &Arm| {
                    let patterns: Vec<String> = a.patterns.iter().map(pattern).collect();
                    format!("{}=>{}", patterns.join("|"), self.show(a.value))
                };
                format!(
                    "(match {} {})",
                    self.show(*subject),
                    arms.iter().map(arm).collect::<Vec<_>>().join(" ")
                )
            }
            ExprKind::List(elements) => format!("[{}]", all(elements)),
            ExprKind::ListComp { clauses, value } => {
                format!("[{} : {}]", self.clauses(clauses), self.show(*value))
            }
            ExprKind::MapComp { clauses, key, value } => {
                format!("{{{} : {} = {}}}", self.clauses(clauses), self.key(key), self.show(*value))
            }
            ExprKind::Record(body) => self.body(body),
            ExprKind::Amend { base, body } => format!("{}{}", self.show(*base), self.body(body)),
            ExprKind::LetIn { name, ty, value, body } => {
                let ty = ty.as_ref().map_or(String::new(), |t| format!(": {}", self.file.slice(t.span)));
                format!("(let {}{ty} = {}; {})", name.name, self.show(*value), self.show(*body))
            }
            ExprKind::Paren(inner) => format!("P{}", self.show(*inner)),
        }
    }

    fn clauses(&self, clauses: &[Clause]) -> String {
        let clause = |c: &Clause| match c {
            Clause::For { vars, source } => {
                let vars: Vec<&str> = vars.iter().map(|v| v.name.as_str()).collect();
                format!("for {} in {}", vars.join(","), self.show(*source))
            }
            Clause::If(c) => format!("if {}", self.show(*c)),
        };
        clauses.iter().map(clause).collect::<Vec<_>>().join(" ")
    }

    fn key(&self, key: &Key) -> String {
        match key {
            Key::Static(ident) => ident.name.to_string(),
            Key::Computed(e, _) => self.show(*e),
        }
    }

    fn body(&self, body: &Body) -> String {
        assert!(self.file.slice(body.span).starts_with('{') && self.file.slice(body.span).ends_with('}'));
        format!("{{{}}}", body.entries.iter().map(|e| self.entry(e)).collect::<Vec<_>>().join(" "))
    }

    fn entry(&self, entry: &Entry) -> String {
        let marks: String = entry.annotations.iter().map(|a| format!("@{} ", a.name.name)).collect();
        let doc = entry.doc.as_ref().map_or(String::new(), |d| format!("/{}/ ", d.text));
        let what = match &entry.kind {
            EntryKind::Set(k, e) => format!("{}={}", self.key(k), self.show(*e)),
            EntryKind::Unset(k) => format!("{}=-", self.key(k)),
            EntryKind::Refine(k, b) => format!("{}{}", self.key(k), self.body(b)),
            EntryKind::Append(k, e) => format!("{}+={}", self.key(k), self.show(*e)),
            EntryKind::When(c, b) => format!("when {}{}", self.show(*c), self.body(b)),
            EntryKind::Error => "ERROR".to_owned(),
        };
        format!("{doc}{marks}{what}")
    }

    fn instance_body(&self) -> String {
        let ItemKind::Instance(x) = &self.module.items[0].kind else { panic!("{:?}", self.module.items) };
        let InstanceInit::Body { body, .. } = &x.init else { panic!() };
        self.body(body)
    }
}

#[test]
fn precedence_is_that_of_the_reference() {
    for (text, expected) in [
        ("a or b and c", "(a or (b and c))"),
        ("not a == b and c", "((Not (a == b)) and c)"),
        ("not not a", "(Not (Not a))"),
        ("a == b ?? c", "(a == (b ?? c))"),
        ("a ?? b + c", "(a ?? (b + c))"),
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a - b - c", "((a - b) - c)"),
        ("a div b mod c * d / e", "((((a div b) mod c) * d) / e)"),
        ("75% of x + 1", "((75~% of x) + 1)"),
        ("-a * b", "((Neg a) * b)"),
        ("-a.b(c)", "(Neg a.b(c))"),
        ("- a ?? -b", "((Neg a) ?? (Neg b))"),
        ("a in b and c matches \"x\"", "((a in b) and (c matches <\"x\">))"),
        ("a <= b or a != c", "((a <= b) or (a != c))"),
        ("(a or b) and c", "(P(a or b) and c)"),
        ("a.b?.c[0](1).\"d e\"", "a.b?.c[0](1).d e"),
        ("a\n  .b\n  ?.c", "a.b?.c"),
        ("if a then b else if c then d else e + 1", "(if a b (if c d (e + 1)))"),
        ("1 + if a then b else c", "(1 + (if a b c))"),
        ("let y: int = 1; let z = 2; y + z", "(let y: int = 1; (let z = 2; (y + z)))"),
        ("a { b = 1 }.c", "a{b=1}.c"),
        ("f(1, n = 2,)", "f(1 n=2)"),
        ("f(for = 1, in = 2)", "f(for=1 in=2)"),
    ] {
        assert_eq!(expr(text), expected, "{text}");
    }
}

#[test]
fn every_expression_has_its_form() {
    for (text, expected) in [
        ("[]", "[]"),
        ("[1, 2,]", "[1 2]"),
        ("{}", "{}"),
        ("{ a = 1, \"b\" = 2 c { d = 3 } }", "{a=1 b=2 c{d=3}}"),
        ("{ \"\\(k)-q\" = 1 }", "{<k \"-q\">=1}"),
        ("[for x in xs if x > 1: x]", "[for x in xs if (x > 1) : x]"),
        ("[for x in xs for y in x if a if b: y]", "[for x in xs for y in x if a if b : y]"),
        ("{for k, v in m: k = v}", "{for k,v in m : k = v}"),
        ("{for k, v in m: \"\\(k)\" = v}", "{for k,v in m : <k> = v}"),
        ("match x { a => 1, b.c | d => 2, else => 3 }", "(match x path:a=>1 path:b.c|path:d=>2 else=>3)"),
        (
            "match x { 1 | -2 => a, \"s\" => b, true | null => c }",
            "(match x 1|(Neg 2)=>a <\"s\">=>b true|null=>c)",
        ),
        (
            "match x { list[string] => a, { b: int } => c, }",
            "(match x type:list[string]=>a type:{ b: int }=>c)",
        ),
        ("match { a = 1 } { else => 2 }", "(match {a=1} else=>2)"),
        ("true", "true"),
        ("unset", "unset"),
        ("self.a", "SELF.a"),
        ("selfish", "selfish"),
        ("0o755", "0o755"),
        ("1_000", "1_000"),
        ("0.5", "0.5"),
        ("1536Mi", "1536~Mi"),
        ("512MB", "512~MB"),
        ("70%", "70~%"),
        ("x86-64-v3", "x86-64-v3"),
    ] {
        assert_eq!(expr(text), expected, "{text}");
    }
}

#[test]
fn strings_are_resolved() {
    for (text, expected) in [
        (r#""""#, "<>"),
        (r#""a\n\t\\\"\u{e9}""#, "<\"a\\n\\t\\\\\\\"é\">"),
        (r#""$HOME ${{ x }} {y}""#, "<\"$HOME ${{ x }} {y}\">"),
        (r#""a\(b)c\("d\(e)")""#, "<\"a\" b \"c\" <\"d\" e>>"),
        (r###"r"\d\(x)""###, "<\"\\\\d\\\\(x)\">"),
        (r###"r#"a "b" c"#"###, "<\"a \\\"b\\\" c\">"),
        ("\"\"\"\n    a\n      b\n\n    c\n    \"\"\"", "<\"a\\n  b\\n\\nc\">"),
        ("\"\"\"\n  a \\(x)\n  \"b\"\n  \"\"\"", "<\"a \" x \"\\n\\\"b\\\"\">"),
        ("\"\"\"\n  \"\"\"", "<>"),
        ("\"\"\"one line\"\"\"", "<\"one line\">"),
        ("\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", "<\"a\\nb\">"),
    ] {
        assert_eq!(expr(text), expected, "{text}");
    }
}

#[test]
fn bodies_have_all_verbs_and_any_word_as_a_key() {
    let text = "service a {\n  /// D\n  /// E\n  @allow(x, \"y\")\n  b = 1, c { d = unset } e += [2]\n  when = 1 if = 2 and = 3\n  when { x = 1 }\n  when x == y { z = 1 when w { v = 2 } }\n}";
    assert_eq!(
        parsed(text).instance_body(),
        "{/D\nE/ @allow b=1 c{d=-} e+=[2] when=1 if=2 and=3 when{x=1} when (x == y){z=1 when w{v=2}}}"
    );
}

#[test]
fn declarations_have_their_parts() {
    let p = parsed(
        "abstract a.b \"n\" extends c.d {}\nk x = f()\nfn g[T](a: int, b: T? = 1) -> list[T]\nkind q extends r.s { final t?: int = 1 ...: data u = 2 }\nenum e { a, b }\nfor x, y in z if w { k \"\\(x)\" {} }",
    );
    let ItemKind::Instance(x) = &p.module.items[0].kind else { panic!() };
    assert!(x.is_abstract && x.kind.segments.len() == 2 && matches!(x.name, Key::Static(_)));
    let InstanceInit::Body { parent: Some(parent), .. } = &x.init else { panic!() };
    assert_eq!(p.file.slice(parent.span), "c.d");
    let ItemKind::Instance(x) = &p.module.items[1].kind else { panic!() };
    assert!(matches!(x.init, InstanceInit::Value(_)));
    let ItemKind::Fn(x) = &p.module.items[2].kind else { panic!() };
    assert!(x.body.is_none() && x.result.is_some() && x.type_params.len() == 1 && x.params.len() == 2);
    assert!(matches!(x.params[1].ty.kind, TypeKind::Optional(_)) && x.params[1].default.is_some());
    let ItemKind::Kind(x) = &p.module.items[3].kind else { panic!() };
    let [Member::Field(field), Member::Rest(_), Member::Entry(_)] = x.members.as_slice() else {
        panic!("{x:?}")
    };
    assert!(field.is_final && field.optional && field.default.is_some());
    assert_eq!(p.file.slice(field.span), "final t?: int = 1");
    let ItemKind::Enum(x) = &p.module.items[4].kind else { panic!() };
    assert_eq!(x.variants.len(), 2);
    let ItemKind::For(x) = &p.module.items[5].kind else { panic!() };
    assert!(x.vars.len() == 2 && x.filter.is_some() && x.items.len() == 1);
}

#[test]
fn tests_and_checks_have_their_statements() {
    let p = parsed(
        "test \"t\" { let a = 1 assert a == 1 expect error e-f { let b = 1 } }\ncheck c for x in y if z at warning {\n let d = x\n require d\n message \"m\"\n label x.y \"l\"\n help \"h\"\n}",
    );
    let ItemKind::Test(x) = &p.module.items[0].kind else { panic!() };
    assert_eq!(x.name.name.as_str(), "t");
    let [
        TestStatement::Let(_),
        TestStatement::Assert { span, .. },
        TestStatement::ExpectError { code, items, .. },
    ] = x.statements.as_slice()
    else {
        panic!("{x:?}")
    };
    assert_eq!(p.file.slice(*span), "assert a == 1");
    assert_eq!((code.name.as_str(), items.len()), ("e-f", 1));
    let ItemKind::Check(x) = &p.module.items[1].kind else { panic!() };
    assert!(x.filter.is_some() && x.severity.unwrap().name.as_str() == "warning");
    use CheckStatement as S;
    assert!(
        matches!(
            x.statements.as_slice(),
            [S::Let(_), S::Require(_), S::Message(_), S::Label { .. }, S::Help(_)]
        ),
        "{x:?}"
    );
}

#[test]
fn types_have_their_forms() {
    let kind = |text: &str| {
        let p = parsed(&format!("type t = {text}"));
        let ItemKind::Type(x) = &p.module.items[0].kind else { panic!() };
        assert_eq!(p.file.slice(x.ty.span), text);
        x.ty.kind.clone()
    };
    assert!(matches!(kind("int"), TypeKind::Path(_)));
    assert!(matches!(kind("list[map[int]?]"), TypeKind::Apply(..)));
    assert!(matches!(kind("int | string? | { a: int }"), TypeKind::Union(m) if m.len() == 3));
    assert!(matches!(kind("int where 1 <= it and it <= 3"), TypeKind::Where(..)));
    assert!(
        matches!(kind("{ a: int, b?: string ...: int | bool }"), TypeKind::Record(f, Some(_)) if f.len() == 2)
    );
}

#[test]
fn docs_belong_to_what_follows_and_the_first_to_the_module() {
    let doc = |d: &Option<Doc>| d.as_ref().map(|d| d.text.clone());
    let p = parsed("/// M\n/// N\nuse a\n\n/// I\n// plain\n@x\n/// J\nlet b = 1 /// trailing\nlet c = 2\n");
    assert_eq!(doc(&p.module.doc).as_deref(), Some("M\nN"));
    assert_eq!(doc(&p.module.items[1].doc).as_deref(), Some("I"));
    assert_eq!(doc(&p.module.items[2].doc), None);
    let p = parsed("/// M\n\n/// I\nlet a = 1");
    assert_eq!(
        (doc(&p.module.doc).as_deref(), doc(&p.module.items[0].doc).as_deref()),
        (Some("M"), Some("I"))
    );
    let p = parsed("// c\n/// I\nlet a = 1");
    assert_eq!((doc(&p.module.doc), doc(&p.module.items[0].doc).as_deref()), (None, Some("I")));
    assert_eq!(p.module.comments.len(), 1);
    let p = parsed(
        "enum e {\n  /// A\n  a\n  b\n}\nkind k {\n  /// F\n  f: { /// not first\n /// G\n g: int }\n  /// R\n  ...: int\n}",
    );
    let ItemKind::Enum(e) = &p.module.items[0].kind else { panic!() };
    assert_eq!((doc(&e.variants[0].doc).as_deref(), doc(&e.variants[1].doc)), (Some("A"), None));
    let ItemKind::Kind(k) = &p.module.items[1].kind else { panic!() };
    let [Member::Field(f), Member::Rest(r)] = k.members.as_slice() else { panic!() };
    assert_eq!((doc(&f.doc).as_deref(), doc(&r.doc).as_deref()), (Some("F"), Some("R")));
    let TypeKind::Record(fields, _) = &f.ty.kind else { panic!() };
    assert_eq!(doc(&fields[0].doc).as_deref(), Some("G"));
}

#[test]
fn uses_have_their_paths_and_names() {
    let p = parsed(
        "use std.images\nuse \"./a.plat\" as b\nuse crd \"./c.yaml\" as d\nuse std.cpus.{x86-64-v3, y as z}\nuse crd.x",
    );
    let uses: Vec<&Use> =
        p.module.items.iter().map(|i| if let ItemKind::Use(u) = &i.kind { u } else { panic!() }).collect();
    assert!(matches!(&uses[0].path, UsePath::Dotted(s) if s.len() == 2) && uses[0].names == UseNames::Whole);
    assert!(matches!(&uses[1].path, UsePath::File(f) if f.as_str() == "./a.plat"));
    assert!(matches!(&uses[1].names, UseNames::As(n) if n.name.as_str() == "b"));
    assert!(matches!(&uses[2].path, UsePath::Crd(f) if f.as_str() == "./c.yaml"));
    assert!(matches!(&uses[3].names, UseNames::Some(n) if n.len() == 2 && n[1].rename.is_some()));
    assert_eq!(p.file.slice(uses[3].path_span), "std.cpus");
    assert!(matches!(&uses[4].path, UsePath::Dotted(s) if s.len() == 2));
}
