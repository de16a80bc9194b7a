//! The order of modules: each after all that it imports. Rings of imports are cut and told.

use plat_base::Span;

/// A ring: each `use` of it with the module that it leads to; the last one closes it.
type Ring = Vec<(Span, usize)>;

/// A module on the current path, and its next import to look at.
struct Step {
    module: usize,
    next: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Sorts the modules that `roots` reach: a module after its imports, otherwise in the order of roots and imports. An
/// import that closes a ring becomes `None`, so the result is an order even then.
pub(super) fn sort(edges: &mut [Vec<(Span, Option<usize>)>], roots: &[usize]) -> (Vec<usize>, Vec<Ring>) {
    let mut marks = vec![Mark::New; edges.len()];
    let mut order = Vec::new();
    let mut rings = Vec::new();
    for root in roots {
        if marks.get(*root) != Some(&Mark::New) {
            continue;
        }
        // A stack of our own: a chain of imports may be longer than the thread's stack is deep.
        let mut path = vec![Step { module: *root, next: 0 }];
        marks[*root] = Mark::Open;
        while let Some(step) = path.last_mut() {
            let module = step.module;
            let Some((span, target)) = edges[module].get(step.next).copied() else {
                marks[module] = Mark::Done;
                order.push(module);
                path.pop();
                continue;
            };
            step.next += 1;
            let Some(target) = target else { continue };
            match marks.get(target) {
                Some(Mark::New) => {
                    marks[target] = Mark::Open;
                    path.push(Step { module: target, next: 0 });
                }
                Some(Mark::Open) => {
                    rings.push(ring(&path, edges, target, span));
                    let at = path.last().map_or(0, |s| s.next - 1);
                    edges[module][at].1 = None;
                }
                _ => {}
            }
        }
    }
    (order, rings)
}

/// The part of the path from `target` on, closed by the `use` at `span`.
fn ring(path: &[Step], edges: &[Vec<(Span, Option<usize>)>], target: usize, span: Span) -> Ring {
    let from = path.iter().position(|s| s.module == target).unwrap_or(0);
    let open = path.get(from..path.len().saturating_sub(1)).unwrap_or(&[]);
    let mut ring: Ring = open
        .iter()
        .filter_map(|s| edges.get(s.module)?.get(s.next.checked_sub(1)?))
        .filter_map(|(span, to)| Some((*span, (*to)?)))
        .collect();
    ring.push((span, target));
    ring
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::FileId;

    fn edge(from: usize, to: usize) -> (Span, Option<usize>) {
        (Span::new(FileId(from as u32), to, to + 1), Some(to))
    }

    #[test]
    fn a_module_comes_after_its_imports() {
        let mut edges = vec![vec![edge(0, 2), edge(0, 1)], vec![edge(1, 2)], vec![]];
        assert_eq!(sort(&mut edges, &[1, 0]), (vec![2, 1, 0], vec![]));
    }

    #[test]
    fn a_ring_is_cut_where_it_closes() {
        let mut edges = vec![vec![edge(0, 1)], vec![edge(1, 2)], vec![edge(2, 0), edge(2, 2)]];
        let (order, rings) = sort(&mut edges, &[0]);
        assert_eq!(order, [2, 1, 0]);
        let targets: Vec<Vec<usize>> = rings.iter().map(|r| r.iter().map(|(_, to)| *to).collect()).collect();
        assert_eq!(targets, [vec![1, 2, 0], vec![2]]);
        assert_eq!(edges[2].iter().map(|e| e.1).collect::<Vec<_>>(), [None, None]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let mut edges: Vec<_> = (0..200_000).map(|i| vec![edge(i, i + 1)]).collect();
        edges.push(Vec::new());
        assert_eq!(sort(&mut edges, &[0]).0.len(), 200_001);
    }
}
