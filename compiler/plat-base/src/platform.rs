//! Platform identities as container tools write them: `linux/arm/v7`. In: a specifier. Out: its parts, the one
//! normal form, and which platforms a machine runs. The rules are those of containerd's platforms package (commit
//! 09756f59, 2026-03-31), which Docker, BuildKit and Kubernetes' runtimes share; the vectors in `tests/` were made by
//! executing it. One thing differs: half a specifier (`arm64`) is completed only from a machine that the caller
//! names, so that what is compiled never depends on where it is compiled.

use crate::closest;
use std::fmt;

/// Operating systems that a specifier of one word may name.
const KNOWN_OS: [&str; 17] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

/// Architectures that a specifier of one word may name.
const KNOWN_ARCH: [&str; 17] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc", "ppc64",
    "ppc64le", "riscv", "riscv64", "s390x", "sparc64", "wasm",
];

/// Names that other tools use for an architecture and that container tools let pass without understanding them.
const FOREIGN: [(&str, &str); 10] = [
    ("armv7", "arm/v7"),
    ("armv7l", "arm/v7"),
    ("armv6", "arm/v6"),
    ("armv6l", "arm/v6"),
    ("i686", "386"),
    ("loongarch64", "loong64"),
    ("mips64el", "mips64le"),
    ("powerpc64le", "ppc64le"),
    ("ppc64el", "ppc64le"),
    ("x64", "amd64"),
];

/// An operating system, an architecture and a variant of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct PlatformId {
    /// `linux`.
    pub os: String,
    /// `arm`, as Go spells it.
    pub arch: String,
    /// `v7`; empty for none.
    pub variant: String,
}

/// Why a text is no platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlatformError {
    /// It has no part, an empty part, or more than three.
    Parts,
    /// A part has a character that none may have.
    Character,
    /// One word, which is neither an operating system nor an architecture.
    Unknown,
    /// One word, and no machine to take the other half from.
    Half,
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PlatformError::Parts => "a platform is `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`",
            PlatformError::Character => "a platform is made of letters, digits, `.`, `_` and `-`",
            PlatformError::Unknown => "this is neither an operating system nor an architecture",
            PlatformError::Half => "a platform needs its operating system and its architecture",
        })
    }
}

impl std::error::Error for PlatformError {}

impl PlatformId {
    /// A platform of these parts, as they stand.
    pub fn new(os: &str, arch: &str, variant: &str) -> PlatformId {
        PlatformId { os: os.to_owned(), arch: arch.to_owned(), variant: variant.to_owned() }
    }

    /// Reads a specifier. Aliases of parts are replaced (`x86_64` by `amd64`); [`PlatformId::normalized`] does the
    /// rest. The missing half of a single word is taken from `machine`.
    pub fn parse(text: &str, machine: Option<&PlatformId>) -> Result<PlatformId, PlatformError> {
        let parts = parts(text)?;
        match parts.as_slice() {
            [word] => PlatformId::from_word(word, machine),
            [os, arch] => Ok(PlatformId::spelled(os, arch, "")),
            [os, arch, variant] => {
                let mut id = PlatformId::spelled(os, arch, variant);
                if id.arch == "arm64" && id.variant.is_empty() {
                    id.variant = "v8".to_owned();
                }
                Ok(id)
            }
            _ => Err(PlatformError::Parts),
        }
    }

    fn from_word(word: &str, machine: Option<&PlatformId>) -> Result<PlatformId, PlatformError> {
        let id = PlatformId::spelled(word, word, "");
        let (is_os, is_arch) = (KNOWN_OS.contains(&id.os.as_str()), KNOWN_ARCH.contains(&id.arch.as_str()));
        match (is_os, is_arch, machine) {
            (false, false, _) => Err(PlatformError::Unknown),
            (_, _, None) => Err(PlatformError::Half),
            (true, _, Some(machine)) => Ok(PlatformId { os: id.os, ..machine.clone() }),
            (false, true, Some(machine)) => Ok(PlatformId { os: machine.os.clone(), ..id }),
        }
    }

    /// The parts with their aliases replaced; the variant that an architecture alone stands for stays unsaid.
    fn spelled(os: &str, arch: &str, variant: &str) -> PlatformId {
        let (arch, found) = normal_arch(arch, variant);
        let unsaid = variant.is_empty() && arch == "arm" && found == "v7";
        PlatformId { os: normal_os(os), arch, variant: if unsaid { String::new() } else { found } }
    }

    /// The one form of all spellings of a platform: `linux/arm64/v8` is `linux/arm64`, `linux/arm` is `linux/arm/v7`.
    /// Only normal forms may be compared.
    #[must_use]
    pub fn normalized(&self) -> PlatformId {
        let (arch, variant) = normal_arch(&self.arch, &self.variant);
        PlatformId { os: normal_os(&self.os), arch, variant }
    }

    /// Whether a machine of this platform runs what was built for `other`: itself, older variants, and for the 64-bit
    /// architectures of x86 and Arm the 32-bit ones.
    pub fn runs(&self, other: &PlatformId) -> bool {
        let other = other.normalized();
        self.runnable().contains(&other)
    }

    /// What runs on a machine of this platform, in normal forms, the best first.
    pub fn runnable(&self) -> Vec<PlatformId> {
        let own = self.normalized();
        let of = |arch: &str, variant: &str| PlatformId::new(&own.os, arch, variant).normalized();
        let older = |arch: &str, from: u32, to: u32, prefix: &str| -> Vec<PlatformId> {
            (to..=from).rev().map(|n| of(arch, &format!("{prefix}{n}"))).collect()
        };
        let mut all = vec![own.clone()];
        match own.arch.as_str() {
            "amd64" => {
                if let Some(level @ 2..) = number(&own.variant, "v") {
                    all.extend(older("amd64", level - 1, 1, "v"));
                }
                all.push(of("386", ""));
            }
            "arm" => {
                if let Some(version @ 6..) = number(&own.variant, "v") {
                    all.extend(older("arm", version - 1, 5, "v"));
                }
            }
            "arm64" => {
                let (major, minor) = arm64_version(&own.variant);
                if major == 9 {
                    all.extend(older("arm64", minor, 0, "v9."));
                }
                // Armv9.x has all of Armv8.(x+5).
                let minor = if major == 9 { minor + 5 } else { minor };
                all.extend(older("arm64", minor, 0, "v8."));
                all.extend(older("arm", 8, 5, "v"));
            }
            _ => {}
        }
        let mut seen = Vec::new();
        all.retain(|id| {
            !seen.contains(id) && {
                seen.push(id.clone());
                true
            }
        });
        all
    }

    /// Whether anything is built for its system and its architecture.
    pub fn is_known(&self) -> bool {
        KNOWN_OS.contains(&self.os.as_str()) && KNOWN_ARCH.contains(&self.arch.as_str())
    }

    /// What was probably meant, if the architecture has another tool's name: `linux/armv7l` for `linux/arm/v7`.
    pub fn meant(&self) -> Option<PlatformId> {
        let (_, name) = FOREIGN.iter().find(|(foreign, _)| *foreign == self.arch)?;
        let (arch, variant) = name.split_once('/').unwrap_or((name, ""));
        Some(PlatformId::new(&self.os, arch, variant))
    }
}

/// The platform that is probably meant by a text that is none, or that names it as another tool does: `aarch64`,
/// `linux-arm64`, `x86_64-unknown-linux-gnu`, `linux/amd46`.
pub fn platform_meant(text: &str) -> Option<PlatformId> {
    let text = text.to_lowercase().replace("x86_64", "amd64").replace("x86-64", "amd64");
    let words: Vec<&str> = text.split(['/', '-', '_']).filter(|w| !w.is_empty()).collect();
    let os = words.iter().map(|w| normal_os(w)).find(|w| KNOWN_OS.contains(&w.as_str()));
    let exact = words.iter().find_map(|w| arch_meant(w));
    let (arch, found) = exact.or_else(|| {
        let names = || KNOWN_ARCH.iter().copied().chain(FOREIGN.iter().map(|(name, _)| *name)).chain(ALIASES);
        words.iter().find_map(|w| arch_meant(closest(w, names())?))
    })?;
    let said = words.iter().find(|w| number(w, "v").is_some()).map(|w| (*w).to_owned());
    let variant = if found.is_empty() { said.unwrap_or_default() } else { found };
    Some(PlatformId { os: os.unwrap_or_else(|| "linux".to_owned()), arch, variant }.normalized())
}

/// Further names of architectures, which container tools understand.
const ALIASES: [&str; 4] = ["aarch64", "armhf", "armel", "i386"];

/// The architecture of a name, with the variant that it stands for.
fn arch_meant(word: &str) -> Option<(String, String)> {
    if let Some((_, name)) = FOREIGN.iter().find(|(foreign, _)| *foreign == word) {
        let (arch, variant) = name.split_once('/').unwrap_or((name, ""));
        return Some((arch.to_owned(), variant.to_owned()));
    }
    let (arch, variant) = normal_arch(word, "");
    let unsaid = word == "arm";
    let variant = if unsaid { String::new() } else { variant };
    KNOWN_ARCH.contains(&arch.as_str()).then_some((arch, variant))
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.arch)?;
        if self.variant.is_empty() { Ok(()) } else { write!(f, "/{}", self.variant) }
    }
}

/// The parts of a specifier in lower case, without what stands in parentheses after the operating system.
fn parts(text: &str) -> Result<Vec<String>, PlatformError> {
    let mut parts: Vec<String> = text.split('/').map(str::to_lowercase).collect();
    if let Some(os) = parts.first_mut()
        && let Some((name, rest)) = os.split_once('(')
    {
        if !rest.ends_with(')') {
            return Err(PlatformError::Character);
        }
        *os = name.to_owned();
    }
    if parts.len() > 3 || parts.iter().any(String::is_empty) {
        return Err(PlatformError::Parts);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if parts.iter().all(|p| p.chars().all(allowed)) { Ok(parts) } else { Err(PlatformError::Character) }
}

fn normal_os(os: &str) -> String {
    if os == "macos" { "darwin".to_owned() } else { os.to_owned() }
}

fn normal_arch(arch: &str, variant: &str) -> (String, String) {
    let (arch, variant) = match (arch, variant) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64" | "arm64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    (arch.to_owned(), variant.to_owned())
}

fn number(text: &str, prefix: &str) -> Option<u32> {
    text.strip_prefix(prefix)?.parse().ok().filter(|n| *n < 100)
}

/// Major and minor version of a variant of arm64; that of a plain one is 8.0.
fn arm64_version(variant: &str) -> (u32, u32) {
    let version = variant.strip_prefix('v').unwrap_or("8");
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    let minor = minor.parse().ok().filter(|n| *n < 100).unwrap_or(0);
    (if major == "9" { 9 } else { 8 }, minor)
}

#[cfg(test)]
mod tests {
    use super::platform_meant;

    #[test]
    fn names_of_other_tools_and_misspellings_have_a_platform_that_is_meant() {
        for (written, meant) in [
            ("aarch64", "linux/arm64"),
            ("armv7l", "linux/arm/v7"),
            ("x64", "linux/amd64"),
            ("linux-arm64", "linux/arm64"),
            ("linux_x86_64", "linux/amd64"),
            ("x86_64-unknown-linux-gnu", "linux/amd64"),
            ("aarch64-apple-darwin", "darwin/arm64"),
            ("linux-amd64-v3", "linux/amd64/v3"),
            ("arm/v6", "linux/arm/v6"),
            ("linux/amd46", "linux/amd64"),
            ("arm46", "linux/arm64"),
            ("linux/x86-64", "linux/amd64"),
        ] {
            assert_eq!(platform_meant(written).map(|p| p.to_string()).as_deref(), Some(meant), "{written}");
        }
        for written in ["", "linux", "vax", "/"] {
            assert_eq!(platform_meant(written), None, "{written}");
        }
    }
}
