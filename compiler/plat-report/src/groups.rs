//! Which platforms of a workload share their pods. Where the pods of two platforms differ each has its own replicas, so
//! this decides how many there are.

use plat_model::{AcrossPlatforms, ImageRef, Project, Workload, WorkloadKind, WorkloadSpec};

/// Platforms by position, ascending, and what their pods are on each of them.
pub(crate) type Shared<'a> = Vec<(usize, &'a WorkloadSpec)>;

/// The groups of a workload in an environment, in the order of the platforms; none if it does not exist there.
pub(crate) fn groups<'a>(project: &Project, workload: &'a Workload, environment: usize) -> Vec<Shared<'a>> {
    let specs = (0..project.platforms.len())
        .filter_map(|p| workload.spec.get(p, environment).map(|spec| (p, spec.as_ref())));
    let specs: Shared<'a> = specs.collect();
    let Some((_, first)) = specs.first() else { return Vec::new() };
    // What runs to its end runs once, on any of its platforms.
    let ends = matches!(workload.kind, WorkloadKind::Job | WorkloadKind::Schedule);
    if ends || first.across_platforms == AcrossPlatforms::Envelope {
        return vec![specs];
    }
    let mut groups: Vec<Shared<'a>> = Vec::new();
    for (platform, spec) in specs {
        let same = groups.iter_mut().find(|group| {
            group.first().is_some_and(|(p, s)| {
                is_same(s, spec) && user(project, s, *p) == user(project, spec, platform)
            })
        });
        match same {
            Some(group) => group.push((platform, spec)),
            None => groups.push(vec![(platform, spec)]),
        }
    }
    groups
}

/// Whether two specifications make equal pods. Thresholds and the model of the memory are no part of a pod.
fn is_same(a: &WorkloadSpec, b: &WorkloadSpec) -> bool {
    let bare = |spec: &WorkloadSpec| WorkloadSpec { thresholds: None, memory: None, ..spec.clone() };
    std::ptr::eq(a, b) || a == b || bare(a) == bare(b)
}

/// User and group of an image of the project, which pods name by their numbers.
fn user(project: &Project, spec: &WorkloadSpec, platform: usize) -> Option<(i64, i64)> {
    let ImageRef::Built(at) = &spec.image.value else { return None };
    let image = project.images.get(*at)?;
    // An image does not vary by environment.
    let built = image.spec.get(platform, 0).or_else(|| image.spec.first())?;
    built.user.as_ref().map(|user| (user.uid, user.gid))
}
