//! Declarations that do not go together, and rings of them.

use plat_base::{Diagnostic, Name, Span};
use plat_syntax::ast::Ident;

pub(crate) fn duplicate_name(name: Name, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("duplicate-name", format!("`{name}` is declared twice"), second)
        .primary("declared again here")
        .label(first, "first declared here")
        .help("give one of them another name")
}

pub(crate) fn duplicate_instance(kind: Name, name: Name, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error(
        "duplicate-name",
        format!("there are two instances of `{kind}` called `{name}`"),
        second,
    )
    .primary("declared again here")
    .label(first, "first declared here")
    .help("instance names are unique per kind in the whole program: rename one of them")
}

pub(crate) fn duplicate_field(name: Name, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("duplicate-field", format!("`{name}` is set twice here"), second)
        .primary("set again here")
        .label(first, "first set here")
        .help("keep one of them; a value that varies goes into a `when` block or a `match`")
}

pub(crate) fn field_after_when(field: &str, span: Span, when: Span) -> Diagnostic {
    let message = format!("{field} stands after a `when` block");
    Diagnostic::error("field-after-when", message, span)
        .primary("this field comes too late")
        .label(when, "after this `when`")
        .help("move the field above the first `when`: source order is layer order")
}

pub(crate) fn final_overridden(name: Name, span: Span, first: Span, first_text: &str) -> Diagnostic {
    Diagnostic::error("final-overridden", format!("`{name}` is final: it may be set only once"), span)
        .primary("set again here")
        .label(first, first_text)
        .help(format!("remove this `{name}`"))
}

pub(crate) fn check_named_like_a_code(name: Ident) -> Diagnostic {
    let message = format!("`{}` is a code of the compiler", name.name);
    Diagnostic::error("duplicate-name", message, name.span)
        .primary("taken")
        .help("a check's name is the code of its diagnostics: choose another")
}

pub(crate) fn incomplete_check(name: Ident, missing: &str) -> Diagnostic {
    let message = format!("check `{}` has no `{missing}`", name.name);
    let help = match missing {
        "require" => "say what must hold: `require …`",
        _ => "say what is wrong if it does not hold: `message \"…\"`",
    };
    Diagnostic::error("missing-field", message, name.span)
        .primary(format!("`{missing}` is missing"))
        .help(help)
}

pub(crate) fn second_require(first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("duplicate-field", "a check has one `require`", second)
        .primary("required again here")
        .label(first, "first required here")
        .help("join the conditions with `and`, or write a second check")
}

pub(crate) fn let_after_require(name: Ident, require: Span) -> Diagnostic {
    Diagnostic::error("syntax", "the `let`s of a check stand before its `require`", name.span)
        .primary("too late")
        .label(require, "after this `require`")
        .help("move the `let` up")
}

pub(crate) fn misplaced_annotation(ident: Ident) -> Diagnostic {
    let help = match ident.name.as_str() {
        "allow" => "`@allow` stands before an instance, a loop or a field of a body",
        "deprecated" => {
            "`@deprecated` stands before a kind, a field of a kind, a constant, a function or an instance"
        }
        "fixed" => "`@fixed` stands before a field of a kind",
        _ => "`@reference` stands before the rest field `...: T` of a kind",
    };
    Diagnostic::error("unknown-name", format!("`@{}` has no meaning here", ident.name), ident.span)
        .primary("misplaced")
        .help(help)
}

pub(crate) fn allow_without_reason(span: Span) -> Diagnostic {
    Diagnostic::error("wrong-arguments", "`@allow` takes the name of a check and the reason", span)
        .primary("incomplete")
        .help("write `@allow(check-name, \"why it is right here\")`")
}

pub(crate) fn computed_severity(span: Span) -> Diagnostic {
    Diagnostic::error("type-mismatch", "the severity of a check is a word that stands here", span)
        .primary("this would have to be computed")
        .help("write `checks { CHECK = error }`, or `warning` or `advice`, without a condition")
}

pub(crate) fn deprecated_without_reason(span: Span) -> Diagnostic {
    Diagnostic::error("wrong-arguments", "`@deprecated` says what to use instead", span)
        .primary("incomplete")
        .help("write `@deprecated(\"use … instead\")`")
}

pub(crate) fn function_without_body(name: Ident) -> Diagnostic {
    let message = format!("function `{}` has no body", name.name);
    Diagnostic::error("syntax", message, name.span).primary("`= …` is missing").help("add `= EXPRESSION`")
}

pub(crate) fn not_in_a_loop(span: Span) -> Diagnostic {
    Diagnostic::error("syntax", "a loop makes instances and files, nothing else", span)
        .primary("not in a loop")
        .help("move it out of the loop")
}

pub(crate) fn axis_in_a_loop(kind: Name, span: Span) -> Diagnostic {
    let message = format!("a loop may not declare instances of `{kind}`");
    Diagnostic::error("cyclic-generation", message, span)
        .primary("declared in a loop")
        .help(format!("everything else depends on which there are: write each `{kind}` out"))
}

pub(crate) fn parent_of_another_kind(child: Name, parent: Name, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::error("type-mismatch", format!("a `{child}` cannot extend a `{parent}`"), span)
        .primary(format!("this is a `{parent}`"))
        .label(declared, "declared here")
        .help(format!("extend a `{child}`, or an instance of a kind that `{child}` extends"))
}

pub(crate) fn cyclic_extends(what: &str, name: Name, span: Span) -> Diagnostic {
    Diagnostic::error("cyclic-value", format!("{what} `{name}` extends itself"), span)
        .primary("leads back to itself")
        .help("let one of them extend nothing")
}

pub(crate) fn cyclic_type(name: Ident, used_at: Span) -> Diagnostic {
    Diagnostic::error("cyclic-value", format!("type `{}` contains itself", name.name), used_at)
        .primary("used in its own definition")
        .label(name.span, "defined here")
        .help("types are finite; a kind may have fields of its own kind")
}

pub(crate) fn cyclic_let(name: Name, declared: Span, used_at: Span) -> Diagnostic {
    Diagnostic::error("cyclic-value", format!("`{name}` depends on itself"), used_at)
        .primary("used to work itself out")
        .label(declared, "declared here")
}

pub(crate) fn recursive_function(name: Name, ring: &[(Name, Span)]) -> Diagnostic {
    let mut calls = ring.iter();
    let Some((_, first)) = calls.next_back() else {
        return Diagnostic::error("recursive-function", format!("`{name}` calls itself"), empty());
    };
    let message = if ring.len() == 1 {
        format!("`{name}` calls itself")
    } else {
        let names: Vec<String> = ring.iter().map(|(n, _)| format!("`{n}`")).collect();
        format!("functions call each other in a ring: {} → `{name}`", names.join(" → "))
    };
    let mut diagnostic = Diagnostic::error("recursive-function", message, *first)
        .primary(format!("`{name}` is called again here"));
    for (caller, span) in calls {
        diagnostic = diagnostic.label(*span, format!("`{caller}` calls on"));
    }
    diagnostic.help("every program ends: go over a list or `range(n)` with a comprehension instead")
}

fn empty() -> Span {
    Span { file: plat_base::FileId(0), start: 0, end: 0 }
}

pub(crate) fn cyclic_generation(steps: &[(Span, String)]) -> Diagnostic {
    let Some((first, kind)) = steps.first() else {
        return Diagnostic::error("cyclic-generation", "loops generate what they read", empty());
    };
    if steps.len() == 1 {
        return Diagnostic::error(
            "cyclic-generation",
            format!("this loop makes instances of `{kind}` while it reads them"),
            *first,
        )
        .primary(format!("reads the instances of `{kind}`"))
        .help(format!("loop over a list or map of your own, from which both the `{kind}` and this follow"));
    }
    let mut diagnostic =
        Diagnostic::error("cyclic-generation", "these loops make what each other reads", *first)
            .primary(format!("reads the instances of `{kind}`"));
    for (span, kind) in &steps[1..] {
        diagnostic = diagnostic.label(*span, format!("reads the instances of `{kind}`"));
    }
    diagnostic.help("loop over lists or maps of your own, from which the instances follow")
}

pub(crate) fn name_from_own_kind(kind: Name, span: Span) -> Diagnostic {
    let message = format!("the name of this `{kind}` depends on the instances of `{kind}`");
    Diagnostic::error("cyclic-generation", message, span)
        .primary(format!("reads the instances of `{kind}`, of which this is one"))
        .help("compute the name from a list or map of your own")
}

pub(crate) fn varies_where_fixed(axis: Name, place: &str, span: Span) -> Diagnostic {
    let help = match place {
        "the head of a loop" | "the head of a check" => {
            format!("loop over everything, and let the fields vary: `when {axis} == … {{ … }}`")
        }
        "the name of a declaration" => "let a field vary instead of the name".to_owned(),
        _ => "take the axis out; let the value of a field vary instead".to_owned(),
    };
    Diagnostic::error("varies-where-fixed", format!("{place} cannot depend on `{axis}`"), span)
        .primary("varies here")
        .help(help)
}

pub(crate) fn type_too_big(span: Span) -> Diagnostic {
    Diagnostic::error("limit-exceeded", "this type has too many parts", span)
        .primary("more than 300,000 fields, counted with those inside of them")
        .help("state a smaller type, such as `data`: `let x: data = …`")
}

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("limit-exceeded", "this is nested too deeply", span)
        .primary("nested too deeply")
        .help("name parts of it with `let`")
}
