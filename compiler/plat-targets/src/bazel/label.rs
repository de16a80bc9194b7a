//! Names of Bazel's world. A value of these types is well-formed, so that nothing else can be printed as a label.

use std::fmt;

/// A label that means the same target wherever it is written: `//third_party/python:numpy`, `@rules_go//go`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BazelLabel(String);

/// The path of a package from the root of its workspace: `platforms`, `build/platforms`. Empty for the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BazelPackage(String);

/// The name of a target in its package: `linux_arm_v7`, `armv7-a+neon`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TargetName(String);

/// The name of a repository: `python_3_13_slim`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RepositoryName(String);

impl BazelLabel {
    /// An absolute label; `None` if the text is none.
    pub(crate) fn parse(text: &str) -> Option<BazelLabel> {
        let rest = match text.strip_prefix('@') {
            None => text,
            Some(rest) => {
                let rest = rest.strip_prefix('@').unwrap_or(rest);
                let end = rest.find("//").unwrap_or(rest.len());
                let repository = rest.get(..end)?;
                if !repository.chars().all(is_repository_char) {
                    return None;
                }
                let rest = rest.get(end..)?;
                if rest.is_empty() {
                    return (!repository.is_empty()).then(|| BazelLabel(text.to_owned()));
                }
                rest
            }
        };
        let path = rest.strip_prefix("//")?;
        let (package, target) = match path.split_once(':') {
            Some((package, target)) => (package, Some(target)),
            None => (path, None),
        };
        BazelPackage::parse(package)?;
        match target {
            Some(target) => TargetName::parse(target).map(|_| ())?,
            None if package.is_empty() => return None,
            None => {}
        }
        Some(BazelLabel(text.to_owned()))
    }

    /// The target that a repository is named after.
    pub(crate) fn repository(name: &RepositoryName) -> BazelLabel {
        BazelLabel(format!("@{}", name.0))
    }

    /// What stands after the last colon, or after the last slash.
    pub(crate) fn target(&self) -> &str {
        self.0.rsplit([':', '/']).next().unwrap_or_default()
    }
}

impl BazelPackage {
    /// A package path without slashes at its ends; `None` if the text is none.
    pub(crate) fn parse(text: &str) -> Option<BazelPackage> {
        let good = |part: &str| !part.is_empty() && part != "." && part != ".." && is_target_path(part);
        (text.is_empty() || text.split('/').all(good)).then(|| BazelPackage(text.to_owned()))
    }

    /// The package of the workspace's root.
    pub(crate) fn root() -> BazelPackage {
        BazelPackage(String::new())
    }

    /// The label of one of its targets.
    pub(crate) fn label(&self, target: &TargetName) -> BazelLabel {
        BazelLabel(format!("//{}:{}", self.0, target.0))
    }
}

impl TargetName {
    /// A target's name; `None` if Bazel would not take it.
    pub(crate) fn parse(text: &str) -> Option<TargetName> {
        let good = |part: &str| !part.is_empty() && part != "." && part != "..";
        let fine = is_target_path(text) && text.split('/').all(good);
        fine.then(|| TargetName(text.to_owned()))
    }

    /// Its label inside its own package.
    pub(crate) fn local(&self) -> String {
        format!(":{}", self.0)
    }

    /// The name itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl RepositoryName {
    /// Words joined to a name, every other character replaced by `_`.
    pub(crate) fn from_words(text: &str) -> RepositoryName {
        let mut name: String =
            text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert_str(0, "image_");
        }
        RepositoryName(name)
    }

    /// The name that rules_oci gives to one platform of it.
    pub(crate) fn for_platform(&self, platform: &str) -> RepositoryName {
        RepositoryName(format!("{}_{}", self.0, platform.replace('/', "_")))
    }

    /// The name itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BazelLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for BazelPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_repository_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.+~".contains(c)
}

fn is_target_path(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "!%-@^_\"#$&'()*+,;<=>?[]{|}~/.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_labels_are_labels() {
        for good in [
            "//third_party/python:numpy",
            "//third_party/python",
            "//:root",
            "@rules_go//go",
            "@pypi//numpy",
            "@@canonical+//a:b",
            "@numpy",
            "@//a:b",
            "//a:b/c.py",
        ] {
            assert!(BazelLabel::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "numpy",
            ":numpy",
            "//",
            "@",
            "//a b:c",
            "//a:",
            "//a/../b:c",
            "//a//b:c",
            "//a:b:c",
            "@a b//c",
            "/a",
        ] {
            assert_eq!(BazelLabel::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn repositories_have_names_that_bazel_takes() {
        let name = RepositoryName::from_words("python_3.13-slim");
        assert_eq!(name.as_str(), "python_3_13_slim");
        assert_eq!(name.for_platform("linux/arm/v7").as_str(), "python_3_13_slim_linux_arm_v7");
        assert_eq!(RepositoryName::from_words("7zip").as_str(), "image_7zip");
    }
}
