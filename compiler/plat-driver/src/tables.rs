//! What is known about published base images: which platforms each tag exists for. The facts are those of
//! `stdlib/data/base-images.json`; the registry is never asked.

use plat_eval::Tables;

type Tags = &'static [(&'static str, usize)];

/// The platform sets, and the images with their tags, both sorted.
static FACTS: (&[&[&str]], &[(&str, Tags)]) = include!(concat!(env!("OUT_DIR"), "/base_images.rs"));

/// The base images that the compiler knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BaseImages;

impl Tables for BaseImages {
    fn published_platforms(&self, image: &str, tag: &str) -> Option<Vec<String>> {
        let image = image.strip_prefix("docker.io/").unwrap_or(image);
        let image = image.strip_prefix("library/").unwrap_or(image);
        let (sets, images) = FACTS;
        let (_, tags) = images.get(images.binary_search_by(|(name, _)| (*name).cmp(image)).ok()?)?;
        let (_, set) = tags.get(tags.binary_search_by(|(name, _)| (*name).cmp(tag)).ok()?)?;
        Some(sets.get(*set)?.iter().map(|platform| (*platform).to_owned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_the_platforms_that_they_are_published_for() {
        let has = |image: &str, tag: &str, platform: &str| {
            BaseImages.published_platforms(image, tag).map(|all| all.iter().any(|p| p == platform))
        };
        assert_eq!(has("python", "3.13-slim", "linux/arm/v7"), Some(true));
        assert_eq!(has("docker.io/library/python", "3.13-slim", "linux/arm/v7"), Some(true));
        assert_eq!(has("gcr.io/distroless/static-debian13", "nonroot", "linux/arm64"), Some(true));
        assert_eq!(has("python", "0.1", "linux/amd64"), None);
        assert_eq!(has("nobody/knows", "latest", "linux/amd64"), None);
    }
}
