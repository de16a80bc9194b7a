//! What differs between platforms. In: the instructions of an image on each group of platforms. Out: one Dockerfile.
//!
//! Instructions are aligned, and what is equal everywhere is written once. A `RUN` that differs becomes one `RUN` with
//! a `case` over the platforms. Whatever else differs (a variable, an entrypoint, a base image) cannot be written
//! as one instruction: then the part of the stage from the first to the last such difference becomes a stage per
//! architecture, and the rest goes on from `FROM ${TARGETARCH}${TARGETVARIANT}-NAME`.

use super::lower::LoweredStage;
use super::tree::{Arm, Body, CacheKey, FromSource, Instruction, Mount, Node, Run};
use plat_model::Sourced;

/// Platforms on which an image is the same, and its stages there.
pub(super) struct Group {
    /// In OCI form; not empty.
    pub(super) platforms: Vec<String>,
    /// The stages in order.
    pub(super) stages: Vec<LoweredStage>,
}

/// One place of a stage: what stands there on each group, if anything does.
type Slot = Vec<Option<Node>>;

/// All groups as the stages of one Dockerfile.
pub(super) fn merge(groups: &[Group], image: &str) -> Vec<Vec<Node>> {
    let mut stages = Vec::new();
    for name in stage_names(groups) {
        let variants: Vec<Option<&LoweredStage>> =
            groups.iter().map(|g| g.stages.iter().find(|s| s.name == name)).collect();
        stages.extend(merge_stage(&name, &variants, groups, image));
    }
    for stage in &mut stages {
        declare_automatic(stage);
    }
    stages
}

/// The names of all stages: a stage that only some groups have stands before the next one that all have.
fn stage_names(groups: &[Group]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for group in groups {
        let mut at = 0;
        for stage in &group.stages {
            match names.iter().position(|n| *n == stage.name) {
                Some(found) => at = found + 1,
                None => {
                    names.insert(at, stage.name.clone());
                    at += 1;
                }
            }
        }
    }
    names
}

fn merge_stage(
    name: &str,
    variants: &[Option<&LoweredStage>],
    groups: &[Group],
    image: &str,
) -> Vec<Vec<Node>> {
    // Groups without this stage never build it, so they do not count.
    let present: Vec<usize> = (0..variants.len()).filter(|i| variants[*i].is_some()).collect();
    let platforms: Vec<&[String]> = present.iter().map(|i| groups[*i].platforms.as_slice()).collect();
    let lists = present.iter().filter_map(|i| variants[*i]).map(|s| s.nodes.as_slice());
    let mut slots = align(lists.collect());
    gather_differences(&mut slots, &platforms, image);
    let joined: Vec<Option<Node>> = slots.iter().map(|slot| join(slot, &platforms, image)).collect();
    let Some(first) = joined.iter().position(Option::is_none) else {
        return vec![joined.into_iter().flatten().collect()];
    };
    let last = joined.iter().rposition(Option::is_none).unwrap_or(first);
    split(name, &slots, &joined, first..=last, &platforms)
}

/// At the end of a stage stands what it says about the image, in an order that means nothing. There, what differs goes
/// first, so that what is equal is not repeated for each architecture.
fn gather_differences(slots: &mut [Slot], platforms: &[&[String]], image: &str) {
    let is_said = |slot: &Slot| slot.iter().flatten().all(|n| says_something(&n.instruction.value));
    let start = slots.iter().rposition(|slot| !is_said(slot)).map_or(0, |at| at + 1);
    let of_sort = |slot: &Slot, sort: fn(&Instruction) -> bool| {
        slot.iter().flatten().any(|n| sort(&n.instruction.value))
    };
    let tail = &mut slots[start..];
    // Of two users the later one counts.
    if tail.iter().filter(|slot| of_sort(slot, |i| matches!(i, Instruction::User(_)))).count() > 1 {
        return;
    }
    let differs = |slot: &Slot| join(slot, platforms, image).is_none();
    let command_differs =
        tail.iter().any(|slot| of_sort(slot, |i| matches!(i, Instruction::Cmd(_))) && differs(slot));
    // An entrypoint takes the command of earlier stages away, so it stays with a command that differs.
    let goes_first = |slot: &Slot| {
        differs(slot) || command_differs && of_sort(slot, |i| matches!(i, Instruction::Entrypoint(_)))
    };
    tail.sort_by_key(|slot| !goes_first(slot));
}

/// Whether an instruction only says something about the image, and changes nothing for those after it.
fn says_something(instruction: &Instruction) -> bool {
    match instruction {
        Instruction::Env { expands, .. } => !expands,
        Instruction::Label(_)
        | Instruction::User(_)
        | Instruction::Expose(_)
        | Instruction::StopSignal(_)
        | Instruction::HealthCheck { .. }
        | Instruction::Entrypoint(_)
        | Instruction::Cmd(_) => true,
        _ => false,
    }
}

/// The stages per architecture, with what is common before and after them.
fn split(
    name: &str,
    slots: &[Slot],
    joined: &[Option<Node>],
    region: std::ops::RangeInclusive<usize>,
    platforms: &[&[String]],
) -> Vec<Vec<Node>> {
    let (first, last) = (*region.start(), *region.end());
    let origin = slots[first].iter().flatten().next().and_then(|n| n.instruction.origin);
    let from = |source: FromSource, name: String| {
        Node::new(Instruction::From { source, on_build_platform: false, name }, origin)
    };
    let mut stages: Vec<Vec<Node>> = Vec::new();
    let common = format!("{name}-common");
    // The first slot is FROM. If it alone comes before the difference, each architecture can start from it itself.
    let mut start = slots[0].clone();
    if first > 1 {
        let mut nodes: Vec<Node> = joined[..first].iter().flatten().cloned().collect();
        rename(&mut nodes, &common);
        stages.push(nodes);
        start = start
            .iter()
            .map(|n| n.as_ref().map(|_| from(FromSource::Named(common.clone()), String::new())))
            .collect();
    }
    for (group, platforms) in platforms.iter().enumerate() {
        let own =
            slots[first.max(1)..=last.max(first.max(1) - 1)].iter().filter_map(|slot| slot[group].clone());
        let mut nodes: Vec<Node> = start[group].clone().into_iter().chain(own).collect();
        rename(&mut nodes, &format!("{}-{name}", architecture(&platforms[0])));
        stages.push(nodes);
        for other in &platforms[1..] {
            let same = FromSource::Named(format!("{}-{name}", architecture(&platforms[0])));
            stages.push(vec![from(same, format!("{}-{name}", architecture(other)))]);
        }
    }
    let mut rest = vec![from(FromSource::OfArchitecture(name.to_owned()), name.to_owned())];
    rest.extend(joined[last + 1..].iter().flatten().cloned());
    stages.push(rest);
    stages
}

/// `linux/arm/v7` is `armv7`: what `${TARGETARCH}${TARGETVARIANT}` gives there.
fn architecture(oci: &str) -> String {
    oci.split('/').skip(1).collect()
}

fn rename(nodes: &mut [Node], to: &str) {
    if let Some(Node { instruction: Sourced { value: Instruction::From { name, .. }, .. }, .. }) =
        nodes.first_mut()
    {
        *name = to.to_owned();
    }
}

/// One instruction for all groups, if there is one.
fn join(slot: &Slot, platforms: &[&[String]], image: &str) -> Option<Node> {
    let first = slot.iter().flatten().next()?;
    if slot.iter().all(|n| n.as_ref() == Some(first)) {
        return Some(first.clone());
    }
    let mut arms: Vec<Arm> = Vec::new();
    let mut mounts: &[Mount] = &[];
    for (node, platforms) in slot.iter().zip(platforms) {
        let body = match node.as_ref().map(|n| &n.instruction) {
            None => None,
            Some(Sourced { value: Instruction::Run(run), origin }) if can_be_arm(&run.body) => {
                mounts = &run.mounts;
                Some(Sourced::new(Box::new(run.body.clone()), *origin))
            }
            Some(_) => return None,
        };
        // Groups may do the same here and differ elsewhere.
        match arms.iter_mut().find(|a| a.body == body) {
            Some(arm) => arm.platforms.extend(platforms.iter().cloned()),
            None => arms.push(Arm { platforms: platforms.to_vec(), body }),
        }
    }
    let alike = slot.iter().flatten().all(|n| is_like(n, first));
    let body = Body::ByPlatform { arms, image: image.to_owned() };
    let run = Run { mounts: mounts.to_vec(), body };
    alike.then(|| Node::new(Instruction::Run(run), first.instruction.origin))
}

fn can_be_arm(body: &Body) -> bool {
    matches!(body, Body::Shell(_) | Body::Apt(_) | Body::Apk(_))
}

/// Whether two instructions are of one sort: the alternatives of one place.
fn is_like(a: &Node, b: &Node) -> bool {
    match (&a.instruction.value, &b.instruction.value) {
        (Instruction::Run(a), Instruction::Run(b)) => {
            let sort = |body: &Body| std::mem::discriminant(body);
            a.mounts == b.mounts && sort(&a.body) == sort(&b.body)
        }
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// Puts the instructions of all groups side by side, so that as many equal ones as possible share a slot.
fn align(lists: Vec<&[Node]>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for (group, list) in lists.iter().enumerate() {
        let pairs = best_pairs(&slots, list);
        let mut merged: Vec<Slot> = Vec::new();
        let (mut slot_at, mut node_at) = (0, 0);
        let mut old = slots.into_iter();
        for (slot, node) in pairs.into_iter().chain([(usize::MAX, usize::MAX)]) {
            while slot_at < slot {
                let Some(mut alone) = old.next() else { break };
                alone.push(None);
                merged.push(alone);
                slot_at += 1;
            }
            while node_at < node && node_at < list.len() {
                let mut alone: Slot = vec![None; group];
                alone.push(Some(list[node_at].clone()));
                merged.push(alone);
                node_at += 1;
            }
            if let (true, Some(mut both)) = (node < list.len(), old.next()) {
                both.push(Some(list[node].clone()));
                merged.push(both);
                (slot_at, node_at) = (slot + 1, node + 1);
            }
        }
        slots = merged;
    }
    slots
}

/// The pairs (slot, node) of the alignment that is worth most, in order. Quadratic in the number of instructions,
/// which is small.
fn best_pairs(slots: &[Slot], nodes: &[Node]) -> Vec<(usize, usize)> {
    let worth = |slot: &Slot, node: &Node| {
        let others = slot.iter().flatten();
        if others.clone().any(|n| n == node) {
            8
        } else if others.clone().any(|n| is_like(n, node)) {
            1
        } else {
            0
        }
    };
    let width = nodes.len() + 1;
    let mut table = vec![0u32; (slots.len() + 1) * width];
    for i in (0..slots.len()).rev() {
        for j in (0..nodes.len()).rev() {
            let skip = table[(i + 1) * width + j].max(table[i * width + j + 1]);
            let pair = match worth(&slots[i], &nodes[j]) {
                0 => 0,
                w => w + table[(i + 1) * width + j + 1],
            };
            table[i * width + j] = skip.max(pair);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < slots.len() && j < nodes.len() {
        let here = table[i * width + j];
        let w = worth(&slots[i], &nodes[j]);
        if w > 0 && here == w + table[(i + 1) * width + j + 1] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if here == table[(i + 1) * width + j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// What Docker sets by itself, once a stage has asked for it.
const AUTOMATIC: &[&str] = &[
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

/// Declares each automatic argument that a stage uses before the first instruction that does, and no sooner: a value
/// that differs between platforms keeps what comes after its declaration from being shared between them.
fn declare_automatic(stage: &mut Vec<Node>) {
    for name in AUTOMATIC {
        let Some(at) = stage.iter().position(|n| uses(n, name)) else { continue };
        if stage[..at].iter().any(|n| declares(n, name)) {
            continue;
        }
        // One that the source declares further down would be declared twice.
        for node in stage.iter_mut().skip(at) {
            if let Instruction::Arg(declared) = &mut node.instruction.value {
                declared.retain(|(other, _)| other != name);
            }
        }
        let origin = stage[at].instruction.origin;
        stage.insert(at, Node::new(Instruction::Arg(vec![((*name).to_owned(), None)]), origin));
    }
    stage.retain(|n| !matches!(&n.instruction.value, Instruction::Arg(names) if names.is_empty()));
    join_arguments(stage);
}

fn declares(node: &Node, name: &str) -> bool {
    matches!(&node.instruction.value, Instruction::Arg(names) if names.iter().any(|(n, _)| n == name))
}

/// `ARG a` and `ARG b` next to each other are `ARG a b`, as far as neither has a default.
fn join_arguments(stage: &mut Vec<Node>) {
    let mut at = 1;
    while at < stage.len() {
        let (before, after) = stage.split_at_mut(at);
        if let (Some(Node { instruction: a, .. }), Some(Node { instruction: b, .. })) =
            (before.last_mut(), after.first())
            && let (Instruction::Arg(a), Instruction::Arg(b)) = (&mut a.value, &b.value)
            && a.iter().chain(b).all(|(_, default)| default.is_none())
        {
            a.extend(b.iter().cloned());
            stage.remove(at);
        } else {
            at += 1;
        }
    }
}

fn uses(node: &Node, name: &str) -> bool {
    let Instruction::Run(run) = &node.instruction.value else { return false };
    run.mounts.iter().any(|m| mount_uses(m, name)) || body_uses(&run.body, name)
}

fn mount_uses(mount: &Mount, name: &str) -> bool {
    match mount {
        Mount::Cache { per: Some(CacheKey { platform, .. }), .. } => platform.variables().contains(&name),
        _ => false,
    }
}

fn body_uses(body: &Body, name: &str) -> bool {
    match body {
        Body::Shell(text) => mentions(text, name),
        Body::ByPlatform { arms, .. } => {
            name == "TARGETPLATFORM"
                || arms.iter().filter_map(|a| a.body.as_ref()).any(|b| body_uses(&b.value, name))
        }
        Body::Apt(_) | Body::Apk(_) | Body::AddUser { .. } => false,
    }
}

/// Whether shell text has `$NAME` or `${NAME…`.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = &text[..at];
        let ends =
            text[at + name.len()..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_');
        ends && (before.ends_with('$') || before.ends_with("${"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(text: &str) -> Node {
        let body = Body::Shell(text.to_owned());
        Node::new(Instruction::Run(Run { mounts: Vec::new(), body }), None)
    }

    fn workdir(path: &str) -> Node {
        Node::new(Instruction::Workdir(path.to_owned()), None)
    }

    fn group(platforms: &[&str], nodes: Vec<Node>) -> Group {
        let from = Instruction::From {
            source: FromSource::Named("debian:13".to_owned()),
            on_build_platform: false,
            name: "runtime".to_owned(),
        };
        let nodes = [Node::new(from, None)].into_iter().chain(nodes).collect();
        let platforms = platforms.iter().map(|p| (*p).to_owned()).collect();
        Group { platforms, stages: vec![LoweredStage { name: "runtime".to_owned(), nodes }] }
    }

    fn names(stages: &[Vec<Node>]) -> Vec<String> {
        stages
            .iter()
            .map(|s| match &s[0].instruction.value {
                Instruction::From { source, name, .. } => format!("{source:?} {name}"),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn what_is_equal_is_written_once() {
        let stages = merge(
            &[
                group(&["linux/amd64"], vec![shell("a"), shell("x")]),
                group(&["linux/arm64"], vec![shell("b"), shell("x")]),
            ],
            "i",
        );
        assert_eq!(stages.len(), 1);
        // FROM, ARG TARGETPLATFORM, the case, and what is equal.
        assert_eq!(stages[0].len(), 4);
        assert_eq!(
            stages[0][1].instruction.value,
            Instruction::Arg(vec![("TARGETPLATFORM".to_owned(), None)])
        );
        assert_eq!(stages[0][3], shell("x"));
    }

    #[test]
    fn a_step_of_one_platform_alone_is_an_arm() {
        let stages = merge(
            &[
                group(&["linux/amd64"], vec![shell("a"), shell("x")]),
                group(&["linux/arm64"], vec![shell("x")]),
            ],
            "i",
        );
        let Instruction::Run(Run { body: Body::ByPlatform { arms, .. }, .. }) =
            &stages[0][2].instruction.value
        else {
            panic!("{stages:?}")
        };
        assert_eq!(arms.iter().map(|a| a.body.is_some()).collect::<Vec<_>>(), [true, false]);
        assert_eq!(stages[0][3], shell("x"));
    }

    #[test]
    fn what_is_no_run_becomes_a_stage_per_architecture() {
        let stages = merge(
            &[
                group(&["linux/amd64", "linux/arm64"], vec![shell("x"), workdir("/a"), shell("y")]),
                group(&["linux/arm/v7"], vec![shell("x"), workdir("/b"), shell("y")]),
            ],
            "i",
        );
        assert_eq!(
            names(&stages),
            [
                "Named(\"debian:13\") runtime-common",
                "Named(\"runtime-common\") amd64-runtime",
                "Named(\"amd64-runtime\") arm64-runtime",
                "Named(\"runtime-common\") armv7-runtime",
                "OfArchitecture(\"runtime\") runtime",
            ]
        );
        assert_eq!(stages[1][1], workdir("/a"));
        assert_eq!(stages[4][1], shell("y"));
    }

    #[test]
    fn arguments_are_declared_before_they_are_used() {
        assert!(mentions("GOARCH=$TARGETARCH go build", "TARGETARCH"));
        assert!(mentions("${TARGETVARIANT#v}", "TARGETVARIANT"));
        assert!(!mentions("$TARGETARCHIVE", "TARGETARCH"));
        let argument = |name: &str| Instruction::Arg(vec![(name.to_owned(), None)]);
        let mut stage = vec![workdir("/"), shell("echo $TARGETOS"), shell("echo $TARGETARCH")];
        declare_automatic(&mut stage);
        assert_eq!(stage[1].instruction.value, argument("TARGETOS"));
        assert_eq!(stage[3].instruction.value, argument("TARGETARCH"));
    }
}
