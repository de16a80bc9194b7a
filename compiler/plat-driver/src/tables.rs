//! What is known about the world outside: for which platforms the tags of published base images exist, and how time
//! zones are called. The facts are those of `stdlib/data/`; neither a registry nor the system is asked.

use plat_eval::Tables;

type Tags = &'static [(&'static str, usize)];

/// The platform sets, and the images with their tags, both sorted.
static FACTS: (&[&[&str]], &[(&str, Tags)]) = include!(concat!(env!("OUT_DIR"), "/base_images.rs"));

/// The names of the time zones, sorted.
static TIME_ZONES: &[&str] = include!(concat!(env!("OUT_DIR"), "/time_zones.rs"));

/// The base images and time zones that the compiler knows.
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

    fn time_zones(&self) -> &'static [&'static str] {
        TIME_ZONES
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

    #[test]
    fn time_zones_have_the_names_of_the_database_with_its_aliases() {
        let zones = BaseImages.time_zones();
        assert!(zones.len() > 500 && zones.is_sorted());
        for name in [
            "Etc/UTC",
            "UTC",
            "Europe/Berlin",
            "America/Argentina/Buenos_Aires",
            "US/Eastern",
            "Asia/Kolkata",
        ] {
            assert!(zones.contains(&name), "{name}");
        }
        assert!(!zones.contains(&"Europe/Munich") && !zones.contains(&"Local"));
    }
}
