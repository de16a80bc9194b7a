//! Why a value is what it is. In: the path of a value. Out: for each group of contexts in which it came about in the
//! same way, the value and every layer that had a say in it, first to last.

use crate::Failure;
use plat_base::{Name, Span, closest};
use plat_eval::{Context, Evaluator, LayerOwner, LayerVerb, Object, Value};
use plat_sema::hir::KindId;

/// How a value came about in some contexts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story {
    /// The contexts, as people say them; empty if the value came about in one way everywhere.
    pub contexts: Vec<String>,
    /// The value, as a program would write it.
    pub value: String,
    /// The layers that set or changed it, first to last.
    pub steps: Vec<Step>,
}

/// What one layer did to a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The entry.
    pub span: Span,
    /// `set`, `refined`, `appended to`, `unset`, `declared`.
    pub verb: &'static str,
    /// Whose layer it is: `the kind service`, `web`; nobody's if it is that of a record, a refinement or an amendment.
    pub owner: Option<String>,
    /// Whether a `when` block brought it in.
    pub conditional: bool,
}

/// `service.api.resources.limits.memory`, taken apart.
struct Path<'a> {
    written: &'a str,
    kind: &'a str,
    instance: &'a str,
    fields: Vec<&'a str>,
}

/// Tells the story of the value at `path` in every context that `wanted` lets through.
pub(crate) fn explain(
    eval: &mut Evaluator<'_>,
    path: &str,
    wanted: impl Fn(Context) -> bool,
) -> Result<Vec<Story>, Failure> {
    let path = parse(path)?;
    let kind = find_kind(eval, &path)?;
    let object = find_instance(eval, kind, &path)?;
    let mut stories: Vec<(Story, Vec<Context>)> = Vec::new();
    let contexts: Vec<Context> = eval.contexts_of(object).into_iter().filter(|at| wanted(*at)).collect();
    for at in &contexts {
        let story = follow(eval, object, &path, *at)?;
        match stories.iter_mut().find(|(known, _)| *known == story) {
            Some((_, places)) => places.push(*at),
            None => stories.push((story, vec![*at])),
        }
    }
    if stories.is_empty() {
        let message = format!("`{}` does not exist on that platform in that environment", path.written);
        return Err(Failure::misuse(message));
    }
    let several = stories.len() > 1;
    let named = stories.into_iter().map(|(mut story, places)| {
        if several {
            story.contexts = eval.describe_contexts(&places);
        }
        story
    });
    Ok(named.collect())
}

/// Cuts at points; an instance or key may stand in brackets and quotes: `resources["web-quota"].limits`.
fn parse(written: &str) -> Result<Path<'_>, Failure> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let Some((part, after)) = quoted.split_once("\"]") else { break };
            parts.push(part);
            rest = after;
        } else {
            let word = rest.strip_prefix('.').unwrap_or(rest);
            let end = word.find(['.', '[']).unwrap_or(word.len());
            let (part, after) = word.split_at(end);
            parts.push(part);
            rest = after;
        }
    }
    match parts.as_slice() {
        [kind, instance, fields @ ..] if parts.iter().all(|p| !p.is_empty()) && rest.is_empty() => {
            Ok(Path { written, kind, instance, fields: fields.to_vec() })
        }
        _ => Err(Failure::misuse(format!("`{written}` is not the path of a value"))
            .help("write the kind, the instance and its fields: `service.api.resources.limits.memory`")),
    }
}

fn find_kind(eval: &Evaluator<'_>, path: &Path<'_>) -> Result<KindId, Failure> {
    let program = eval.program();
    // The project's own kinds come last and win over the library's.
    match program.kinds.iter().rposition(|k| k.name.as_str() == path.kind) {
        Some(at) => Ok(KindId(at as u32)),
        None => {
            let names = program.kinds.iter().map(|k| k.name.as_str());
            Err(missing(format!("there is no kind `{}`", path.kind), closest(path.kind, names)))
        }
    }
}

fn find_instance(eval: &mut Evaluator<'_>, kind: KindId, path: &Path<'_>) -> Result<Object, Failure> {
    let objects = eval.instances(kind);
    let names: Vec<Option<Name>> = objects.iter().map(|o| eval.name(*o)).collect();
    let at = names.iter().position(|n| n.is_some_and(|n| n.as_str() == path.instance));
    match at.and_then(|at| objects.get(at)) {
        Some(object) => Ok(*object),
        None => {
            let near = closest(path.instance, names.iter().flatten().map(|n| n.as_str()));
            Err(missing(format!("there is no {} `{}`", path.kind, path.instance), near))
        }
    }
}

fn missing(message: String, near: Option<&str>) -> Failure {
    let failure = Failure::misuse(message);
    match near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure,
    }
}

/// Goes along the fields in one context.
fn follow(eval: &mut Evaluator<'_>, object: Object, path: &Path<'_>, at: Context) -> Result<Story, Failure> {
    let mut value = Value::Object(object);
    let mut steps = Vec::new();
    if path.fields.is_empty() {
        steps.extend(eval.declaration(object).map(declared));
    }
    for field in &path.fields {
        let Value::Object(owner) = value else {
            let failure = Failure::misuse(format!("`{}` has no field `{field}`", path.written));
            return Err(failure.help("what is before it is a single value or is not set"));
        };
        let name = Name::new(field);
        let known = eval.keys(owner, at);
        let layers = eval.layers(owner, name, at);
        if layers.is_empty() && !known.contains(&name) {
            let near = closest(field, known.iter().map(|k| k.as_str()));
            return Err(missing(format!("`{}`: there is no field `{field}`", path.written), near));
        }
        steps = self::steps(eval, owner, name, at);
        value = eval.field(owner, name, at);
    }
    let value = match &value {
        Value::Absent => "unset".to_owned(),
        value => eval.display(value),
    };
    Ok(Story { contexts: Vec::new(), value, steps })
}

/// The layers of a field in a context.
pub(crate) fn steps(eval: &mut Evaluator<'_>, object: Object, field: Name, at: Context) -> Vec<Step> {
    let layers = eval.layers(object, field, at);
    layers.iter().map(|layer| step(eval, layer)).collect()
}

/// A step of a path: `.memory`, or `["web-quota"]` if a bare word cannot say it.
pub(crate) fn segment(name: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        format!(".{name}")
    } else {
        format!("[\"{name}\"]")
    }
}

fn declared(span: Span) -> Step {
    Step { span, verb: "declared", owner: None, conditional: false }
}

fn step(eval: &Evaluator<'_>, layer: &plat_eval::LayerOrigin) -> Step {
    let program = eval.program();
    let owner = match layer.owner {
        LayerOwner::Kind(kind) => Some(format!("the kind {}", program[kind].name.as_str())),
        LayerOwner::Instance(instance) => match program[instance].name {
            plat_sema::hir::InstanceName::Static(name) => Some(name.as_str().to_owned()),
            plat_sema::hir::InstanceName::Computed(_) => Some("a generated instance".to_owned()),
        },
        LayerOwner::Expression => None,
    };
    let verb = match layer.verb {
        LayerVerb::Set => "set",
        LayerVerb::Unset => "unset",
        LayerVerb::Refine => "refined",
        LayerVerb::Append => "appended to",
    };
    Step { span: layer.span, verb, owner, conditional: layer.conditional }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn paths_have_a_kind_an_instance_and_fields() {
        let parts =
            |text: &str| parse(text).map(|p| (p.kind.to_owned(), p.instance.to_owned(), p.fields.join("/")));
        let expected = |k: &str, i: &str, f: &str| Ok((k.to_owned(), i.to_owned(), f.to_owned()));
        assert_eq!(parts("service.api.resources.limits"), expected("service", "api", "resources/limits"));
        assert_eq!(parts("config[\"a.b\"][\"x y\"].c"), expected("config", "a.b", "x y/c"));
        for wrong in ["service", "service..a", "service.", "", "a[\"b", ".a"] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }
}
