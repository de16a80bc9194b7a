//! Values of the wrong type. Those that need to know where the expectation comes from are in `check/mismatch.rs`.

use super::listed;
use crate::check::show;
use crate::hir::{BinaryOp, ExprId, ExprKind, FnId, Program, Ty, TyId};
use plat_base::{Diagnostic, Name, Span, closest};
use plat_syntax::ast::Ident;

fn mismatch(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error("type-mismatch", message, span)
}

pub(crate) fn stray_unset(span: Span) -> Diagnostic {
    mismatch("`unset` is not a value", span)
        .primary("only after `=` of a field, or compared with")
        .help("write `x == unset` or `x != unset`, or `field = unset` in a body")
}

pub(crate) fn not_a_number(span: Span, op: &str, what: &str) -> Diagnostic {
    mismatch(format!("`{op}` needs a number or quantity"), span).primary(format!("this is {what}"))
}

pub(crate) fn not_text(program: &Program, value: ExprId) -> Diagnostic {
    let (ty, span) = (program[value].ty, program[value].span);
    let diagnostic = mismatch("this cannot be filled into a string", span)
        .primary(format!("this is {}", show::a(program, ty)));
    let help = match program.types.get(ty) {
        Ty::Optional(_) => "it may be absent: write `\\(x ?? \"…\")`, or test it with `!= unset`",
        Ty::List(_) => "join its elements: `\\(join(xs, \", \"))`",
        Ty::Kind(_) => "fill in one of its fields, such as `\\(x.name)`",
        Ty::Data | Ty::Map(_) | Ty::Record(_) => "write it as JSON: `\\(json(x))`",
        _ => "only strings, numbers, booleans, quantities, variants and secrets print as text",
    };
    diagnostic.help(help)
}

/// How an expression that may be absent is written, as far as it is a path.
fn path_text(program: &Program, expr: ExprId) -> Option<String> {
    match &program[expr].kind {
        ExprKind::Field { base, name, optional, .. } => {
            let dot = if *optional { "?." } else { "." };
            Some(format!("{}{dot}{name}", path_text(program, *base)?))
        }
        ExprKind::SelfRef { .. } => Some("self".to_owned()),
        ExprKind::Platform => Some("platform".to_owned()),
        ExprKind::Environment => Some("env".to_owned()),
        ExprKind::Let(id) => Some(program[*id].name.to_string()),
        ExprKind::Instance(id) => match program[*id].name {
            crate::hir::InstanceName::Static(name) => {
                Some(format!("{}.{name}", program[program[*id].kind].name))
            }
            crate::hir::InstanceName::Computed(_) => None,
        },
        ExprKind::Convert(_, inner) => path_text(program, *inner),
        _ => None,
    }
}

pub(crate) fn optional_operand(program: &Program, expr: ExprId) -> Diagnostic {
    let text = path_text(program, expr);
    let subject = text.as_ref().map_or("this value".to_owned(), |t| format!("`{t}`"));
    let x = text.unwrap_or_else(|| "x".to_owned());
    mismatch(format!("{subject} may be absent here"), program[expr].span)
        .primary(format!("this is {}", show::a(program, program[expr].ty)))
        .help(format!("give a default: `{x} ?? …`, or test it first: `if {x} != unset then … else …`"))
}

pub(crate) fn field_of_optional(program: &Program, base: ExprId, name: Ident, span: Span) -> Diagnostic {
    let text = path_text(program, base);
    let subject = text.as_ref().map_or("this value".to_owned(), |t| format!("`{t}`"));
    let x = text.unwrap_or_else(|| "x".to_owned());
    mismatch(format!("{subject} may be absent, and then has no field `{}`", name.name), span)
        .primary("may be absent")
        .label(program[base].span, format!("this is {}", show::a(program, program[base].ty)))
        .help(format!(
            "write `{x}?.{}`, which is absent if `{x}` is, or test it first: `{x} != unset`",
            name.name
        ))
}

pub(crate) fn never_absent(program: &Program, expr: ExprId, what: &str) -> Diagnostic {
    let span = program[expr].span;
    let (subject, ty) = (path_text(program, expr), show::show(program, program[expr].ty));
    let subject = subject.map_or("this".to_owned(), |t| format!("`{t}`"));
    if what == "??" {
        return Diagnostic::warning("unreachable-arm", format!("{subject} always has a value"), span)
            .primary(format!("this is `{ty}`"))
            .help("remove the `??` and what follows it");
    }
    mismatch(format!("{subject} always has a value, so `{what}` is the same everywhere"), span)
        .primary(format!("this is `{ty}`, not `{ty}?`"))
        .help("only optional values are compared with `unset`")
}

pub(crate) fn secret_compared(secret: Span, op: Span) -> Diagnostic {
    Diagnostic::error(
        "secret-in-text",
        "a secret cannot be compared: the answer would tell what it is",
        secret,
    )
    .primary("this is a secret")
    .label(op, "compared here")
    .help("decide by something public, such as the environment")
}

pub(crate) fn incomparable(a: (Span, &str), b: (Span, &str)) -> Diagnostic {
    mismatch(format!("{} and {} can never be compared", a.1, b.1), b.0)
        .primary(format!("this is {}", b.1))
        .label(a.0, format!("this is {}", a.1))
}

pub(crate) fn never_in(a: (Span, &str), b: (Span, &str)) -> Diagnostic {
    mismatch(format!("{} can never be in there", a.1), a.0)
        .primary(format!("this is {}", a.1))
        .label(b.0, format!("what is in here is {}", b.1))
}

pub(crate) fn no_order(span: Span, what: &str) -> Diagnostic {
    mismatch("only numbers, quantities and strings have an order", span).primary(format!("this is {what}"))
}

pub(crate) fn no_container(span: Span, what: &str) -> Diagnostic {
    mismatch("`in` looks into a list or the keys of a map", span)
        .primary(format!("this is {what}"))
        .help("for a part of a text, write `contains(text, part)`")
}

pub(crate) fn no_operation(op: BinaryOp, a: (Span, &str), b: (Span, &str), help: Option<&str>) -> Diagnostic {
    let what = match op {
        BinaryOp::Of => format!("`of` takes a share of a quantity or number, not of {}", b.1),
        _ => format!("cannot {} {} and {}", super::verb_of(op), a.1, b.1),
    };
    let diagnostic =
        mismatch(what, b.0).primary(format!("this is {}", b.1)).label(a.0, format!("this is {}", a.1));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

pub(crate) fn no_member(program: &Program, ty: TyId, ident: Ident, names: &[&str]) -> Diagnostic {
    let what = show::show(program, ty);
    let message = format!("`{what}` has no field `{}`", ident.name);
    let diagnostic = Diagnostic::error("unknown-field", message, ident.span).primary("unknown field");
    if let Some(near) = closest(ident.name.as_str(), names.iter().copied()) {
        let title = format!("replace `{}` by `{near}`", ident.name);
        return diagnostic.help(format!("did you mean `{near}`?")).fix(title, ident.span, near, false);
    }
    match program.types.get(ty) {
        Ty::Data => {
            diagnostic.help("find out what the data is first: `match d { map[data] => …, else => … }`")
        }
        Ty::Union(_) => diagnostic.help("not every member of the union has it: tell them apart with `match`"),
        _ if names.is_empty() => diagnostic,
        _ => diagnostic.help(format!("its fields are {}", listed(names))),
    }
}

/// `self` is a value inside of the object that was meant.
pub(crate) fn self_is_inner(program: &Program, diagnostic: Diagnostic, own: TyId, outer: TyId) -> Diagnostic {
    let (own, outer) = (show::show(program, own), show::show(program, outer));
    diagnostic.help(format!(
        "`self` is the `{own}` in whose braces it stands; in a block without `= {own}` it is the `{outer}`"
    ))
}

pub(crate) fn no_index(program: &Program, ty: TyId, span: Span) -> Diagnostic {
    let diagnostic = mismatch("only lists, maps and kinds have an index", span)
        .primary(format!("this is {}", show::a(program, ty)));
    match program.types.get(ty) {
        Ty::Data => {
            diagnostic.help("find out what the data is first: `match d { map[data] => …, else => … }`")
        }
        Ty::Kind(_) => diagnostic.help("read a field with a dot: `x.field`"),
        _ => diagnostic,
    }
}

pub(crate) fn no_iteration(program: &Program, ty: TyId, span: Span) -> Diagnostic {
    let diagnostic = mismatch("only lists, maps and kinds can be gone through", span)
        .primary(format!("this is {}", show::a(program, ty)));
    match program.types.get(ty) {
        Ty::Int => diagnostic.help("to count, write `range(n)`"),
        Ty::Data => {
            diagnostic.help("find out what the data is first: `match d { list[data] => …, else => … }`")
        }
        Ty::String => diagnostic.help("to take a text apart, write `split(text, by)`"),
        _ => diagnostic,
    }
}

pub(crate) fn no_refinement(
    program: &Program,
    name: Name,
    ty: TyId,
    span: Span,
    declared: Option<Span>,
) -> Diagnostic {
    let what = show::show(program, ty);
    let diagnostic = mismatch(format!("`{name}` is `{what}`, which has no fields to refine"), span)
        .primary("braces refine the fields of a value");
    let diagnostic = match declared {
        Some(declared) => diagnostic.label(declared, format!("declared here as `{what}`")),
        None => diagnostic,
    };
    match program.types.get(ty) {
        Ty::List(_) => diagnostic.help(format!("set it with `{name} = […]` or append with `{name} += […]`")),
        _ => diagnostic.help(format!("set it: `{name} = …`")),
    }
}

pub(crate) fn no_append(
    program: &Program,
    name: Name,
    ty: TyId,
    span: Span,
    declared: Option<Span>,
) -> Diagnostic {
    let what = show::show(program, ty);
    let diagnostic =
        mismatch(format!("`+=` appends to a list, and `{name}` is `{what}`"), span).primary("not a list");
    let diagnostic = match declared {
        Some(declared) => diagnostic.label(declared, format!("declared here as `{what}`")),
        None => diagnostic,
    };
    match program.types.get(ty) {
        Ty::Map(_) | Ty::Record(_) | Ty::Kind(_) => diagnostic.help(format!("refine it: `{name} {{ … }}`")),
        _ => diagnostic.help(format!("set it: `{name} = …`")),
    }
}

pub(crate) fn computed_field(what: &str, span: Span) -> Diagnostic {
    mismatch(format!("the fields of `{what}` are known by name: they cannot be computed"), span)
        .primary("a computed key")
        .help("computed keys are for maps")
}

pub(crate) fn no_amendment(program: &Program, ty: TyId, base: Span, body: Span) -> Diagnostic {
    mismatch("only records, maps and instances can be amended", body)
        .primary("this amends what is before it")
        .label(base, format!("this is {}", show::a(program, ty)))
}

pub(crate) fn computed_pattern(span: Span) -> Diagnostic {
    mismatch("a pattern is a literal, a variant, an instance or a type", span)
        .primary("computed")
        .help("compare computed values with `if`")
}

pub(crate) fn pattern_mismatch(span: Span, have: &str, want: &str) -> Diagnostic {
    mismatch("this pattern can never match", span).primary(format!("this is {have}, the subject is {want}"))
}

pub(crate) fn unreachable_arm(span: Span, reason: &str) -> Diagnostic {
    let help = match reason.contains("`else`") {
        true => "move it above `else`, or remove it",
        false => "remove it",
    };
    Diagnostic::warning("unreachable-arm", "this arm can never match", span).primary(reason).help(help)
}

pub(crate) fn not_covered(span: Span, subject: Span, ty: &str, left: &[String], endless: bool) -> Diagnostic {
    let left = left.join(", ");
    let help = if endless {
        "add an arm `else => …`".to_owned()
    } else {
        format!("add arms for {left}, or `else => …`")
    };
    Diagnostic::error("not-covered", format!("this `match` leaves out {left}"), span)
        .primary("not everything is covered")
        .label(subject, format!("this is `{ty}`"))
        .help(help)
}

pub(crate) fn platform_not_covered(
    axis: &str,
    span: Span,
    missing: &[(String, Span)],
    limited: Option<Span>,
) -> Diagnostic {
    let names: Vec<&str> = missing.iter().map(|(n, _)| n.as_str()).collect();
    let plural = if missing.len() == 1 { "" } else { "s" };
    let message = format!("this `match` leaves out the {axis}{plural} {}", listed(&names));
    let mut diagnostic = Diagnostic::error("platform-not-covered", message, span)
        .primary("not everything is covered")
        .help(format!("add an arm for {}, or `else => …`", listed(&names)));
    for (name, declared) in missing {
        diagnostic = diagnostic.label(*declared, format!("`{name}` is declared here"));
    }
    match limited {
        Some(limited) => diagnostic.label(limited, "the declaration is for these"),
        None => diagnostic,
    }
}

pub(crate) fn type_without_argument(ident: Ident) -> Diagnostic {
    let name = ident.name;
    mismatch(format!("`{name}` needs the type of its elements"), ident.span)
        .primary("of what?")
        .help(format!("write `{name}[string]`, for example"))
}

pub(crate) fn no_type_arguments(span: Span, name: &str) -> Diagnostic {
    mismatch(format!("`{name}` takes no type in brackets"), span)
        .primary("not a list or map")
        .help("only `list[T]` and `map[T]` do")
}

pub(crate) fn one_type_argument(span: Span, name: &str) -> Diagnostic {
    let diagnostic = mismatch(format!("`{name}` takes one type in brackets"), span).primary("too many");
    if name == "map" { diagnostic.help("the keys of a map are always strings: `map[T]`") } else { diagnostic }
}

pub(crate) fn positional_after_named(span: Span) -> Diagnostic {
    Diagnostic::error("wrong-arguments", "arguments without a name come before those with one", span)
        .primary("too late")
        .help("name it too, or move it to the front")
}

pub(crate) fn too_many_arguments(program: &Program, function: FnId, span: Span, given: usize) -> Diagnostic {
    let decl = &program[function];
    let count = decl.params.len();
    let plural = if count == 1 { "" } else { "s" };
    let message = format!("`{}` takes {count} argument{plural}, not {given}", decl.name);
    let diagnostic = Diagnostic::error("wrong-arguments", message, span)
        .primary("one too many")
        .label(decl.name_span, "declared here");
    let names: Vec<&str> = decl.params.iter().map(|p| p.name.as_str()).collect();
    if names.is_empty() {
        diagnostic
    } else {
        diagnostic.help(format!("its parameters are {}", listed(&names)))
    }
}

pub(crate) fn argument_twice(name: Name, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("wrong-arguments", format!("parameter `{name}` is given twice"), second)
        .primary("given again here")
        .label(first, "first given here")
}

pub(crate) fn missing_arguments(function: Name, missing: &[(Name, Span)], span: Span) -> Diagnostic {
    let names: Vec<&str> = missing.iter().map(|(n, _)| n.as_str()).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    let message = format!("`{function}` needs the argument{plural} {}", listed(&names));
    let mut diagnostic = Diagnostic::error("wrong-arguments", message, span).primary("incomplete");
    for (name, declared) in missing {
        diagnostic = diagnostic.label(*declared, format!("`{name}` is declared here"));
    }
    let given: Vec<String> = names.iter().map(|n| format!("{n} = …")).collect();
    diagnostic.help(format!("add `{}`", given.join(", ")))
}

pub(crate) fn out_of_bounds(
    function: Name,
    wanted: &str,
    span: Span,
    what: &str,
    is_text: bool,
) -> Diagnostic {
    let diagnostic = mismatch(format!("`{function}` is for {wanted}"), span);
    let diagnostic = diagnostic.primary(format!("this is about {what}"));
    if is_text { diagnostic.help("leave out the quotes of a number") } else { diagnostic }
}
