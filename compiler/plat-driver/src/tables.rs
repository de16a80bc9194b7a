//! What is known about the world outside: for which platforms the tags of published base images exist, and how time
//! zones are called. The facts are those of `stdlib/data/`; neither a registry nor the system is asked.

use plat_eval::Tables;

/// The platform sets, and the images, sorted, with a line for each of their tags, sorted: the tag, a space, its set.
static FACTS: (&[&[&str]], &[(&str, &str)]) = include!(concat!(env!("OUT_DIR"), "/base_images.rs"));

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
        let set: usize = entry(tags, tag)?.parse().ok()?;
        Some(sets.get(set)?.iter().map(|platform| (*platform).to_owned()).collect())
    }

    fn time_zones(&self) -> &'static [&'static str] {
        TIME_ZONES
    }
}

/// What follows `key` and a space in the sorted lines of a text.
fn entry<'a>(mut lines: &'a str, key: &str) -> Option<&'a str> {
    while !lines.is_empty() {
        let half = lines.as_bytes().get(..lines.len() / 2)?;
        let start = half.iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
        let (before, rest) = lines.split_at_checked(start)?;
        let (line, after) = rest.split_once('\n')?;
        let (name, value) = line.split_once(' ')?;
        match name.cmp(key) {
            std::cmp::Ordering::Equal => return Some(value),
            std::cmp::Ordering::Less => lines = after,
            std::cmp::Ordering::Greater => lines = before,
        }
    }
    None
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
    fn every_line_of_a_text_is_found_by_its_key() {
        let lines = "a 1\nab 2\nb 3\nd-long-one 4\nz 5\n";
        let found = ["a", "ab", "b", "d-long-one", "z", "", "c", "zz"].map(|key| entry(lines, key));
        assert_eq!(found, [Some("1"), Some("2"), Some("3"), Some("4"), Some("5"), None, None, None]);
        for (image, tags) in FACTS.1 {
            assert!(
                !tags.is_empty() && tags.lines().all(|l| entry(tags, l.split(' ').next().unwrap()).is_some()),
                "{image}"
            );
        }
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
