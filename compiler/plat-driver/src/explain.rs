//! Why a value is what it is. In: the path of a value. Out: for each group of contexts in which it came about in the
//! same way, the value, every layer that had a say in it, first to last, and what it was computed from.

use crate::Failure;
use plat_base::{Name, Span, closest};
use plat_eval::{Context, Evaluator, Influence, Input, InputSource, LayerOwner, LayerVerb, Object, Value};
use plat_sema::hir::{InstanceName, KindId, LetId};

/// How deep the stories of inputs go.
const MAX_DEPTH: usize = 12;

/// How a value came about in some contexts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story {
    /// The path, as it was asked for or as an expression says it.
    pub path: String,
    /// Of an input: where the expression reads it.
    pub read_at: Option<Span>,
    /// The contexts, as people say them; empty if the value came about in one way everywhere.
    pub contexts: Vec<String>,
    /// The value, as a program would write it.
    pub value: String,
    /// Why there is none, if so: `nothing sets it`.
    pub reason: Option<String>,
    /// The layers that said something about it, first to last.
    pub steps: Vec<Step>,
    /// What it was computed from.
    pub inputs: Vec<Story>,
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
    /// Whether it applies in these contexts: its `when` may not hold.
    pub applies: bool,
    /// Whether it is the last one that applies.
    pub wins: bool,
    /// The value after it, unless that is a whole object.
    pub value: Option<String>,
}

/// A part of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Name(String),
    At(usize),
}

/// What is at a part of a path: the value, its layers, what it was computed from, and the layers as they are.
type Found = (Value, Vec<Step>, Vec<Input>, Vec<Influence>);

/// Where a path begins.
#[derive(Clone, Copy)]
enum Start {
    Instance(Object),
    Constant(LetId),
}

/// Tells the story of the value at `path` in every context that `wanted` lets through; with `deep`, those of its
/// inputs as well.
pub(crate) fn explain(
    eval: &mut Evaluator<'_>,
    path: &str,
    deep: bool,
    wanted: impl Fn(Context) -> bool,
) -> Result<Vec<Story>, Failure> {
    let parts = parse(path)?;
    let (start, rest) = begin(eval, path, &parts)?;
    let all = match start {
        Start::Instance(object) => eval.contexts_of(object),
        Start::Constant(_) => every_context(eval),
    };
    let contexts: Vec<Context> = all.into_iter().filter(|at| wanted(*at)).collect();
    let mut stories: Vec<(Story, Vec<Context>)> = Vec::new();
    for at in &contexts {
        let mut teller = Teller { eval, at: *at, deep };
        let story = teller.follow(start, path, rest)?;
        match stories.iter_mut().find(|(known, _)| *known == story) {
            Some((_, places)) => places.push(*at),
            None => stories.push((story, vec![*at])),
        }
    }
    if stories.is_empty() {
        let message = format!("`{path}` does not exist on that platform in that environment");
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

/// Cuts at points; a name may stand in brackets and quotes, an index in brackets: `resources["web-quota"].limits`,
/// `image.api.stages.runtime.steps[0]`.
fn parse(written: &str) -> Result<Vec<Part>, Failure> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = written;
    let wrong = || {
        Failure::misuse(format!("`{written}` is not the path of a value"))
            .help("write the kind, the instance and its fields: `service.api.resources.limits.memory`")
    };
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (part, after) = quoted.split_once("\"]").ok_or_else(wrong)?;
            parts.push(Part::Name(part.to_owned()));
            rest = after;
        } else if let Some(index) = rest.strip_prefix('[') {
            let (part, after) = index.split_once(']').ok_or_else(wrong)?;
            parts.push(Part::At(part.parse().map_err(|_| wrong())?));
            rest = after;
        } else {
            let word = match parts.is_empty() {
                true => rest,
                false => rest.strip_prefix('.').ok_or_else(wrong)?,
            };
            let end = word.find(['.', '[']).unwrap_or(word.len());
            let (part, after) = word.split_at(end);
            if part.is_empty() {
                return Err(wrong());
            }
            parts.push(Part::Name(part.to_owned()));
            rest = after;
        }
    }
    if matches!(parts.first(), Some(Part::Name(_))) { Ok(parts) } else { Err(wrong()) }
}

/// A path without its last parts, as it was written.
fn before<'a>(path: &'a str, last: &[Part]) -> &'a str {
    let cut = |path: &'a str, part: &Part| match part {
        Part::Name(name) if !path.ends_with(']') => path.len().saturating_sub(name.len() + 1),
        _ => path.rfind('[').unwrap_or(0),
    };
    last.iter().rev().fold(path, |path, part| path.get(..cut(path, part)).unwrap_or(path))
}

/// The instance or constant that a path begins with, and the parts after it.
fn begin<'a>(
    eval: &mut Evaluator<'_>,
    path: &str,
    parts: &'a [Part],
) -> Result<(Start, &'a [Part]), Failure> {
    let Some((Part::Name(first), rest)) = parts.split_first() else {
        return Err(Failure::misuse(format!("`{path}` is not the path of a value")));
    };
    let program = eval.program();
    // The project's own declarations come last and win over the library's.
    let kind = program.kinds.iter().rposition(|k| k.name.as_str() == first).map(|at| KindId(at as u32));
    if let (Some(kind), Some((Part::Name(instance), rest))) = (kind, rest.split_first()) {
        return Ok((Start::Instance(find_instance(eval, kind, first, instance)?), rest));
    }
    if let Some(at) = program.lets.iter().rposition(|l| l.name.as_str() == first) {
        return Ok((Start::Constant(LetId(at as u32)), rest));
    }
    if kind.is_some() {
        return Err(Failure::misuse(format!("`{path}` names a kind, not a value"))
            .help(format!("name one of its instances: `{first}.NAME`")));
    }
    let kinds = program.kinds.iter().map(|k| k.name.as_str());
    let lets = program.lets.iter().map(|l| l.name.as_str());
    let near = closest(first, kinds.chain(lets));
    Err(missing(format!("there is no kind and no constant `{first}`"), near))
}

fn find_instance(
    eval: &mut Evaluator<'_>,
    kind: KindId,
    kind_name: &str,
    name: &str,
) -> Result<Object, Failure> {
    let objects = eval.instances(kind);
    let names: Vec<Option<Name>> = objects.iter().map(|o| eval.name(*o)).collect();
    let at = names.iter().position(|n| n.is_some_and(|n| n.as_str() == name));
    match at.and_then(|at| objects.get(at)) {
        Some(object) => Ok(*object),
        None => {
            let near = closest(name, names.iter().flatten().map(|n| n.as_str()));
            Err(missing(format!("there is no {kind_name} `{name}`"), near))
        }
    }
}

fn every_context(eval: &mut Evaluator<'_>) -> Vec<Context> {
    let (platforms, environments) = (eval.platforms().len(), eval.environments().len());
    let at = |p: usize, e: usize| Context { platform: Some(p as u16), environment: Some(e as u16) };
    (0..platforms).flat_map(|p| (0..environments).map(move |e| at(p, e))).collect()
}

fn missing(message: String, near: Option<&str>) -> Failure {
    let failure = Failure::misuse(message);
    match near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure,
    }
}

/// Tells stories in one context.
struct Teller<'e, 'p> {
    eval: &'e mut Evaluator<'p>,
    at: Context,
    deep: bool,
}

impl Teller<'_, '_> {
    /// Goes along a path.
    fn follow(&mut self, start: Start, path: &str, parts: &[Part]) -> Result<Story, Failure> {
        let (mut value, mut steps, mut inputs) = match start {
            Start::Instance(object) => {
                let declared = self.eval.declaration(object).map(declared);
                (Value::Object(object), declared.into_iter().collect(), Vec::new())
            }
            Start::Constant(id) => {
                let (value, span, inputs) = self.eval.constant_story(id, self.at);
                (value, vec![declared(span)], inputs)
            }
        };
        let mut outer: Vec<Influence> = Vec::new();
        let mut reason = None;
        for (at, part) in parts.iter().enumerate() {
            if matches!((&value, part), (Value::Absent, Part::Name(_))) {
                reason = Some(format!("`{}` is unset", before(path, &parts[at..])));
                break;
            }
            let (inner, found);
            (inner, steps, inputs, found) = self.part(path, &value, part, steps, &outer)?;
            if matches!(inner, Value::Absent) && found.is_empty() {
                reason = Some("nothing sets it".to_owned());
            }
            value = inner;
            outer = found;
        }
        let inputs = if inputs.is_empty() { Vec::new() } else { self.inputs(&inputs, 0) };
        let path = path.to_owned();
        let value = self.shown(&value);
        Ok(Story { path, read_at: None, contexts: Vec::new(), value, reason, steps, inputs })
    }

    fn part(
        &mut self,
        path: &str,
        value: &Value,
        part: &Part,
        steps: Vec<Step>,
        outer: &[Influence],
    ) -> Result<Found, Failure> {
        match (value, part) {
            (Value::Object(owner), Part::Name(field)) => {
                let name = Name::new(field);
                let known = self.eval.keys(*owner, self.at);
                let (mut found, inputs) = self.eval.influences(*owner, name, self.at);
                self.eval.within(&mut found, name, outer);
                if found.is_empty() && !known.contains(&name) {
                    if let Some((span, kind)) = self.eval.declared_field(*owner, name) {
                        let owner =
                            kind.map(|kind| format!("the kind {}", self.eval.program()[kind].name.as_str()));
                        let step = Step { owner, wins: false, ..declared(span) };
                        return Ok((Value::Absent, vec![step], Vec::new(), Vec::new()));
                    }
                    let near = closest(field, known.iter().map(|k| k.as_str()));
                    return Err(missing(format!("`{path}`: there is no field `{field}`"), near));
                }
                let steps = found.iter().map(|one| self.step(one)).collect();
                Ok((self.eval.field(*owner, name, self.at), steps, inputs, found))
            }
            // An element has the story of its list.
            (Value::List(items), Part::At(at)) => match items.get(*at) {
                Some(item) => Ok((item.clone(), steps, Vec::new(), Vec::new())),
                None => {
                    let message = format!("`{path}`: the list has {} elements, from 0", items.len());
                    Err(Failure::misuse(message))
                }
            },
            (_, part) => {
                let what = match part {
                    Part::Name(field) => format!("no field `{field}`"),
                    Part::At(at) => format!("no element {at}"),
                };
                Err(Failure::misuse(format!("`{path}` has {what}"))
                    .help("what is before it is a single value or is not set"))
            }
        }
    }

    fn inputs(&mut self, inputs: &[Input], depth: usize) -> Vec<Story> {
        // What an expression reads twice is one input.
        let is_new = |at: usize, input: &Input| {
            let same = |known: &Input| known.source == input.source && input.source != InputSource::Other;
            !inputs[..at].iter().any(same)
        };
        let new = inputs.iter().enumerate().filter(|(at, input)| is_new(*at, input));
        new.map(|(_, input)| self.input(input, depth)).collect()
    }

    fn input(&mut self, input: &Input, depth: usize) -> Story {
        let value = self.shown(&input.value);
        let path = self.name_of(input);
        let mut story = Story {
            path,
            read_at: Some(input.span),
            contexts: Vec::new(),
            value,
            reason: None,
            steps: Vec::new(),
            inputs: Vec::new(),
        };
        let (steps, further) = match input.source {
            InputSource::Field(object, field) => {
                let (found, further) = self.eval.influences(object, field, self.at);
                (found.iter().map(|one| self.step(one)).collect(), further)
            }
            InputSource::Constant(id) => {
                let (_, span, further) = self.eval.constant_story(id, self.at);
                (vec![declared(span)], further)
            }
            InputSource::Other => (Vec::new(), Vec::new()),
        };
        // One level says where the winner is; more is asked for.
        story.steps = steps;
        if !self.deep {
            story.steps.retain(|step| step.wins);
        } else if depth < MAX_DEPTH {
            story.inputs = self.inputs(&further, depth + 1);
        }
        story
    }

    /// `resources.standard.limits.memory`, as far as the object has a name.
    fn name_of(&mut self, input: &Input) -> String {
        match input.source {
            InputSource::Field(object, field) => {
                let field = segment(field.as_str());
                match (object.kind, self.eval.name(object)) {
                    (Some(kind), Some(name)) => {
                        let kind = self.eval.program()[kind].name.as_str();
                        format!("{kind}{}{field}", segment(name.as_str()))
                    }
                    _ => format!("…{field}"),
                }
            }
            InputSource::Constant(id) => self.eval.program()[id].name.as_str().to_owned(),
            InputSource::Other => "…".to_owned(),
        }
    }

    fn shown(&mut self, value: &Value) -> String {
        match value {
            Value::Absent => "unset".to_owned(),
            value => self.eval.display(value),
        }
    }

    fn step(&mut self, influence: &Influence) -> Step {
        let mut step = step(self.eval, &influence.origin);
        step.applies = influence.applies;
        step.wins = influence.wins;
        step.value = match &influence.value {
            Some(Value::Object(_)) | None => None,
            Some(value) => Some(self.shown(&value.clone())),
        };
        step
    }
}

/// The layers of a field in a context.
pub(crate) fn steps(eval: &mut Evaluator<'_>, object: Object, field: Name, at: Context) -> Vec<Step> {
    let (found, _) = eval.influences(object, field, at);
    found.iter().map(|one| Teller { eval, at, deep: false }.step(one)).collect()
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
    let (conditional, applies, wins) = (false, true, true);
    Step { span, verb: "declared", owner: None, conditional, applies, wins, value: None }
}

fn step(eval: &Evaluator<'_>, layer: &plat_eval::LayerOrigin) -> Step {
    let program = eval.program();
    let owner = match layer.owner {
        LayerOwner::Kind(kind) => Some(format!("the kind {}", program[kind].name.as_str())),
        LayerOwner::Instance(instance) => match program[instance].name {
            InstanceName::Static(name) => Some(name.as_str().to_owned()),
            InstanceName::Computed(_) => Some("a generated instance".to_owned()),
        },
        LayerOwner::Expression => None,
    };
    let verb = match layer.verb {
        LayerVerb::Set => "set",
        LayerVerb::Unset => "unset",
        LayerVerb::Refine => "refined",
        LayerVerb::Append => "appended to",
    };
    let (span, conditional) = (layer.span, layer.conditional);
    Step { span, verb, owner, conditional, applies: true, wins: false, value: None }
}

#[cfg(test)]
mod tests {
    use super::{Part, before, parse};

    #[test]
    fn a_path_loses_its_last_parts_as_they_are_written() {
        let cut = |path: &'static str, from: usize| before(path, &parse(path).expect("it is a path")[from..]);
        assert_eq!(cut("service.api.scale.max", 3), "service.api.scale");
        assert_eq!(cut("config[\"a.b\"][\"x y\"].c", 2), "config[\"a.b\"]");
        assert_eq!(cut("image.a.steps[0].to", 3), "image.a.steps");
    }

    #[test]
    fn paths_have_names_and_indices() {
        let parts = |text: &str| {
            let written = |part: &Part| match part {
                Part::Name(name) => name.clone(),
                Part::At(at) => format!("#{at}"),
            };
            parse(text).map(|parts| parts.iter().map(written).collect::<Vec<_>>().join("/"))
        };
        let expected = |text: &str| Ok(text.to_owned());
        assert_eq!(parts("service.api.resources.limits"), expected("service/api/resources/limits"));
        assert_eq!(parts("config[\"a.b\"][\"x y\"].c"), expected("config/a.b/x y/c"));
        assert_eq!(parts("image.a.stages.b.steps[0].to"), expected("image/a/stages/b/steps/#0/to"));
        assert_eq!(parts("port-http"), expected("port-http"));
        for wrong in ["service..a", "service.", "", "a[\"b", ".a", "a[x]", "[0]", "a[0]b"] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }
}
