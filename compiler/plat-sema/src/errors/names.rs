//! Names that mean nothing, too much, or something else than is needed.

use super::listed;
use plat_base::{Diagnostic, Name, Span, closest};
use plat_syntax::ast::Ident;

/// One of several meanings of a name.
pub(crate) struct Candidate {
    /// What to write to mean it.
    pub(crate) text: String,
    /// Where it is declared.
    pub(crate) span: Span,
}

fn suggest(diagnostic: Diagnostic, written: Ident, near: Option<&str>) -> Diagnostic {
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("replace `{}` by `{near}`", written.name),
            written.span,
            near,
            false,
        ),
        None => diagnostic,
    }
}

/// The variant that was probably meant: architectures by the names of other tools, the rest by their spelling.
pub(crate) fn near_variant<'a>(written: Name, variants: &[&'a str]) -> Option<&'a str> {
    let alias = super::architecture(written.as_str());
    variants
        .iter()
        .copied()
        .find(|v| alias.as_deref().is_some_and(|a| a == *v || a.starts_with(&format!("{v}-"))))
        .or_else(|| closest(written.as_str(), variants.iter().copied()))
}

/// Adds "did you mean", or the names there are.
fn suggest_or_list(diagnostic: Diagnostic, written: Ident, names: &[&str], intro: &str) -> Diagnostic {
    let alias = super::architecture(written.name.as_str());
    let alias = alias.as_deref().unwrap_or(written.name.as_str());
    let alias = names.iter().copied().find(|n| super::is_platform(alias, n));
    match alias.or_else(|| closest(written.name.as_str(), names.iter().copied())) {
        Some(near) => suggest(diagnostic, written, Some(near)),
        None if names.is_empty() => diagnostic,
        None => diagnostic.help(format!("{intro} {}", listed(names))),
    }
}

pub(crate) fn unknown_name(name: Name, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error("unknown-name", format!("nothing here is called `{name}`"), span)
        .primary("unknown name");
    match is_planned(name) {
        true => diagnostic.help(planned_help(name)),
        false => diagnostic,
    }
}

/// Kinds that the language foresees and that no target reads so far.
fn is_planned(name: Name) -> bool {
    ["pipeline", "dashboard", "alert", "backup", "cluster"].contains(&name.as_str())
}

fn planned_help(name: Name) -> String {
    format!(
        "`{name}` is foreseen, but this version of platc has no target that reads it; until then write such files by \
         hand, or with `emit`"
    )
}

pub(crate) fn unknown_of(what: &str, ident: Ident, near: Option<&str>) -> Diagnostic {
    if matches!(what, "kind" | "type") && near.is_none() && is_planned(ident.name) {
        return Diagnostic::error(
            "unknown-name",
            format!("there is no {what} `{}` yet", ident.name),
            ident.span,
        )
        .primary("not there yet")
        .help(planned_help(ident.name));
    }
    let message = format!("there is no {what} `{}`", ident.name);
    let diagnostic =
        Diagnostic::error("unknown-name", message, ident.span).primary(format!("unknown {what}"));
    match super::foreign_kind(ident.name.as_str()).filter(|_| what == "kind") {
        Some(help) => diagnostic.help(help),
        None => suggest(diagnostic, ident, near),
    }
}

pub(crate) fn unknown_module(ident: Ident, near: Option<&str>) -> Diagnostic {
    let message = format!("no module is imported as `{}`", ident.name);
    let diagnostic = Diagnostic::error("unknown-name", message, ident.span).primary("unknown module");
    let diagnostic =
        diagnostic.help(format!("import it: `use std.{}` or `use \"./{}.plat\"`", ident.name, ident.name));
    match near {
        Some(_) => suggest(diagnostic, ident, near),
        None => diagnostic,
    }
}

pub(crate) fn unknown_export(module: Name, ident: Ident, private: bool, exports: &[&str]) -> Diagnostic {
    if private {
        let message = format!("`{}` is private to `{module}`", ident.name);
        return Diagnostic::error("unknown-name", message, ident.span)
            .primary("not exported")
            .help("names that begin with `_` stay in their file: rename the declaration to export it");
    }
    let message = format!("`{module}` declares no `{}`", ident.name);
    let diagnostic = Diagnostic::error("unknown-name", message, ident.span).primary("not declared there");
    if ident.name.as_str() == "native" && module.as_str() == "cpus" {
        return diagnostic.help(
            "what is built on one machine has to run on another: choose a level (`x86-64-v2`) or a core \
             (`neoverse-n1`); `platc host` tells the level of this machine",
        );
    }
    suggest_or_list(diagnostic, ident, exports, "it declares")
}

pub(crate) fn unknown_instance(code: &str, kind: Name, ident: Ident, names: &[&str]) -> Diagnostic {
    let message = format!("there is no {kind} `{}`", ident.name);
    let diagnostic = Diagnostic::error(code, message, ident.span).primary("not declared");
    if names.is_empty() {
        return diagnostic.help(format!("no {kind} is declared: write `{kind} {} {{ … }}`", ident.name));
    }
    suggest_or_list(diagnostic, ident, names, &format!("the instances of `{kind}` are"))
}

pub(crate) fn not_imported(kind: Name, ident: Ident, module: Name) -> Diagnostic {
    let name = ident.name;
    Diagnostic::error("unknown-name", format!("no {kind} `{name}` is in reach"), ident.span)
        .primary("not imported")
        .help(format!("it is in the standard library: `use std.{module}`, then `{module}.{name}`"))
}

pub(crate) fn unknown_entry(
    kind: Name,
    instance: Name,
    ident: Ident,
    declared: Span,
    names: &[&str],
) -> Diagnostic {
    let message = format!("{kind} `{instance}` has no entry `{}`", ident.name);
    let diagnostic = Diagnostic::error("unknown-field", message, ident.span)
        .primary("no such entry")
        .label(declared, "its entries are written here");
    suggest_or_list(diagnostic, ident, names, "it has")
}

pub(crate) fn unknown_variant(name: Name, ident: Ident, variants: &[&str]) -> Diagnostic {
    let message = format!("enum `{name}` has no variant `{}`", ident.name);
    let diagnostic = Diagnostic::error("unknown-name", message, ident.span).primary("no such variant");
    match near_variant(ident.name, variants) {
        Some(near) => {
            let diagnostic = suggest(diagnostic, ident, Some(near));
            diagnostic.help(format!("did you mean `{near}`? It has {}", listed(variants)))
        }
        None => diagnostic.help(format!("it has {}", listed(variants))),
    }
}

/// A field that is not there. `declared` is where the user can look it up, `meant` the line to write if it is known.
pub(crate) fn unknown_field(
    what: &str,
    ident: Ident,
    names: &[&str],
    declared: Option<Span>,
    meant: Option<String>,
) -> Diagnostic {
    let message = format!("`{what}` has no field `{}`", ident.name);
    let mut diagnostic = Diagnostic::error("unknown-field", message, ident.span).primary("unknown field");
    if let Some(declared) = declared {
        diagnostic = diagnostic.label(declared, format!("`{what}` is declared here"));
    }
    match meant {
        Some(meant) => diagnostic.help(meant),
        None => suggest_or_list(diagnostic, ident, names, "its fields are"),
    }
}

pub(crate) fn unknown_argument(function: Name, ident: Ident, names: &[&str]) -> Diagnostic {
    let message = format!("`{function}` has no parameter `{}`", ident.name);
    let diagnostic = Diagnostic::error("wrong-arguments", message, ident.span).primary("no such parameter");
    match super::foreign_parameter(ident.name.as_str(), names) {
        Some(near) => {
            let diagnostic = suggest(diagnostic, ident, Some(near));
            diagnostic.help(format!("did you mean `{near}`? Its parameters are {}", listed(names)))
        }
        None => suggest_or_list(diagnostic, ident, names, "its parameters are"),
    }
}

pub(crate) fn unknown_check(name: Name, span: Span, names: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error("unknown-name", format!("there is no check `{name}`"), span)
        .primary("unknown check");
    suggest_or_list(diagnostic, Ident { name, span }, names, "the checks are")
}

/// The severity of an error of the compiler cannot be changed.
pub(crate) fn severity_of_a_code(code: Ident) -> Diagnostic {
    let message = format!("`{}` is a code of the compiler, not a check", code.name);
    Diagnostic::error("unknown-name", message, code.span)
        .primary("its severity is always the same")
        .help("only the severity of a check can be changed: `platc checks` lists them")
}

pub(crate) fn unknown_annotation(ident: Ident, known: &[&str]) -> Diagnostic {
    let message = format!("there is no annotation `@{}`", ident.name);
    let diagnostic = Diagnostic::error("unknown-name", message, ident.span).primary("unknown annotation");
    suggest_or_list(diagnostic, ident, known, "the annotations are")
}

pub(crate) fn unknown_axis(span: Span) -> Diagnostic {
    Diagnostic::error("unknown-name", "`@fixed` takes `platform` or `env`", span)
        .primary("no axis")
        .help("write `@fixed`, `@fixed(platform)` or `@fixed(env)`")
}

pub(crate) fn unknown_severity(ident: Ident) -> Diagnostic {
    let message = format!("there is no severity `{}`", ident.name);
    let diagnostic = Diagnostic::error("unknown-name", message, ident.span).primary("unknown severity");
    suggest_or_list(diagnostic, ident, &["error", "warning", "advice"], "a check is at")
}

pub(crate) fn ambiguous(name: Name, span: Span, candidates: &[Candidate]) -> Diagnostic {
    let texts: Vec<&str> = candidates.iter().map(|c| c.text.as_str()).collect();
    let mut diagnostic =
        Diagnostic::error("ambiguous-name", format!("`{name}` has several meanings here"), span)
            .primary("which one?")
            .help(format!("say which: {}", listed(&texts).replace(" and ", " or ")));
    for candidate in candidates {
        diagnostic = diagnostic.label(candidate.span, format!("`{}`", candidate.text.replace('`', "")));
    }
    diagnostic
}

pub(crate) fn not_a(what: &str, ident: Ident, is: &str, declared: Span) -> Diagnostic {
    let message = format!("`{}` is {is}, not a {what}", ident.name);
    Diagnostic::error("unknown-name", message, ident.span)
        .primary(format!("a {what} is needed here"))
        .label(declared, "it is declared here")
}

pub(crate) fn not_a_value(name: Name, is: &str, span: Span, declared: Span) -> Diagnostic {
    let help = match is {
        "a function" => format!("call it: `{name}(…)`"),
        "an enum" => format!("name one of its variants: `{name}.…`"),
        "a module" => format!("name what you need of it: `{name}.…`"),
        _ => "a type says what a value may be; write a value here".to_owned(),
    };
    Diagnostic::error("type-mismatch", format!("`{name}` is {is}, not a value"), span)
        .primary("a value is needed here")
        .label(declared, "it comes from here")
        .help(help)
}

pub(crate) fn no_value(is: &str, span: Span) -> Diagnostic {
    Diagnostic::error("type-mismatch", format!("this is {is}, not a value"), span)
        .primary("a value is needed here")
}

pub(crate) fn not_a_function(name: Name, is: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::error("type-mismatch", format!("`{name}` is {is}, not a function"), span)
        .primary("cannot be called")
        .label(declared, "it is declared here")
        .help(
            "only functions take arguments; a field is read without parentheses, a kind is made with braces",
        )
}

pub(crate) fn not_callable(span: Span) -> Diagnostic {
    Diagnostic::error("type-mismatch", "only a function can be called", span)
        .primary("this is a value")
        .help("functions are not values: call one by its name")
}

pub(crate) fn no_methods(ident: Ident, span: Span, known: bool) -> Diagnostic {
    let name = ident.name;
    let help = if known {
        format!("functions stand in front: `{name}(x)`")
    } else if name.as_str() == "length" {
        "`length` is a field: leave out the parentheses".to_owned()
    } else {
        "values have fields; functions stand in front: `f(x)`".to_owned()
    };
    Diagnostic::error(
        "type-mismatch",
        format!("values have no functions of their own, such as `{name}`"),
        span,
    )
    .primary("cannot be called")
    .help(help)
}

pub(crate) fn not_a_pattern(name: Name, is: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::error("type-mismatch", format!("`{name}` is {is}, which no pattern can be"), span)
        .primary("not a pattern")
        .label(declared, "it is declared here")
        .help("a pattern is a literal, a variant, an instance or a type; compare other values with `if`")
}

pub(crate) fn self_outside(span: Span) -> Diagnostic {
    Diagnostic::error("unknown-name", "`self` is the declaration around it, and there is none here", span)
        .primary("outside of a declaration")
        .help("name the instance instead: `service.api`; a function takes what it needs as a parameter")
}

pub(crate) fn abstract_as_value(kind: Name, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "type-mismatch",
        format!("this {kind} is abstract: it is only there to be extended"),
        span,
    )
    .primary("no instance")
    .label(declared, "declared as abstract here")
    .help(format!("declare one that extends it: `{kind} NAME extends … {{}}`, or amend it: `… {{}}`"))
}

pub(crate) fn axis_is_no_map(axis: &str, ident: Ident) -> Diagnostic {
    let message = format!("`{axis}` is the current one; it has no field `{}`", ident.name);
    Diagnostic::error("unknown-field", message, ident.span)
        .primary("unknown field")
        .help(format!("compare with it: `{axis} == {}`", ident.name))
}

pub(crate) fn name_is_declared(kind: Name, span: Span) -> Diagnostic {
    Diagnostic::error(
        "unknown-field",
        format!("the name of a `{kind}` is the one that it is declared under"),
        span,
    )
    .primary("cannot be set")
    .help(format!("write it in the declaration: `{kind} NAME {{ … }}`"))
}

pub(crate) fn deprecated(name: Name, reason: &str, span: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::warning("deprecated", format!("`{name}` is deprecated"), span).primary("deprecated");
    if reason.is_empty() { diagnostic } else { diagnostic.help(reason) }
}
