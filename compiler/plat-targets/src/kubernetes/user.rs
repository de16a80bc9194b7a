//! Who a container runs as: what `security` says, else the image's own user.

use plat_model::{BaseImage, ImageRef, ImageSpec, Project, Sourced, StageSource, WorkloadSpec};

/// User and group of the pods of a specification.
pub(super) fn of_pod(project: &Project, spec: &WorkloadSpec, platform: usize) -> Option<Sourced<(i64, i64)>> {
    let image = of_image(project, &spec.image, platform);
    let security = &spec.security;
    let user = match (&security.user, &image) {
        (Some(user), _) => *user,
        (None, Some(image)) => Sourced::new(image.value.0, image.origin),
        (None, None) => return None,
    };
    let own = image.filter(|i| i.value.0 == user.value).map(|i| i.value.1);
    let group = security.group.map(|g| g.value).or(own).unwrap_or(user.value);
    Some(Sourced::new((user.value, group), user.origin))
}

/// User and group that an image runs as, if that is known. Published images that start as root and then change to a
/// user of their own can be started as that user.
pub(super) fn of_image(
    project: &Project,
    image: &Sourced<ImageRef>,
    platform: usize,
) -> Option<Sourced<(i64, i64)>> {
    match &image.value {
        ImageRef::Published(base) => of_base(base).map(|u| Sourced::new(u, image.origin)),
        ImageRef::Built(at) => {
            let built = project.images.get(*at)?;
            let spec = built.spec.get(platform, 0).or_else(|| built.spec.first())?;
            match &spec.user {
                Some(user) => Some(Sourced::new((user.uid, user.gid), user.origin)),
                None => of_stages(spec).map(|u| Sourced::new(u, image.origin)),
            }
        }
    }
}

fn of_base(base: &BaseImage) -> Option<(i64, i64)> {
    base.user.as_ref().or_else(|| base.accounts.first()).map(|u| (u.uid, u.gid))
}

/// The user of the published image that the last stage comes from.
fn of_stages(spec: &ImageSpec) -> Option<(i64, i64)> {
    let mut stage = spec.stages.last()?;
    // Each step goes to an earlier stage, so there are at most as many as stages.
    for _ in 0..spec.stages.len() {
        match &stage.from.value {
            StageSource::Base(base) => return base.user.as_ref().map(|u| (u.uid, u.gid)),
            StageSource::Stage(name) => stage = spec.stages.iter().find(|s| s.name == *name)?,
            StageSource::Scratch => return None,
        }
    }
    None
}
