//! What a machine is. In: what its kernel says ([`Machine`]). Out: its platform, the level of its processor and its
//! name in every ecosystem ([`Host`]), and whether it may run what was built for a platform. The knowledge is the
//! standard library's (`std.host`): here a small program is written, compiled in memory, and its `emit` read. Nothing
//! of this is ever asked while a program is compiled.

use crate::pipeline::{Goal, Request, run};
use crate::stdlib::Stdlib;
use crate::world::{MemoryWorld, World};
use crate::{Failure, Outcome};
use indexmap::IndexMap;
use plat_base::PlatformId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The file that the small program emits.
const ANSWER: &str = "host.json";

/// What a kernel says of its machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Machine {
    /// The operating system: `linux`.
    pub os: String,
    /// What `uname -m` prints: `aarch64`.
    pub hardware: String,
    /// The text of `/proc/cpuinfo`; empty where there is none.
    pub cpuinfo: String,
}

/// A machine in the terms of the standard library.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Host {
    /// Its platform with the level of the processor where the platform counts levels: `linux/amd64/v3`.
    pub platform: String,
    /// The maker's name of the processor, where the kernel tells.
    pub processor: Option<String>,
    /// The highest level in `std.cpus` that the processor provably reaches.
    pub level: Option<String>,
    /// The extensions of `std.cpus` that it has, as far as the kernel tells.
    pub features: Vec<String>,
    /// Its names: what the ecosystem or tool is called, and how the platform is spelled there.
    pub names: IndexMap<String, Vec<String>>,
    /// Which platforms run here, the best first.
    pub runs: Vec<String>,
}

/// What the small program emits.
#[derive(Deserialize)]
struct Answer {
    levels: Vec<Level>,
    features: Vec<String>,
    names: IndexMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Level {
    name: String,
    go: Option<String>,
}

impl Machine {
    /// The machine that this process runs on.
    pub fn this(world: &dyn World) -> Machine {
        let (os, hardware) = kernel();
        // Where there is no such file, nothing is known of the processor.
        let cpuinfo = world.read(Path::new("/proc/cpuinfo")).unwrap_or_default();
        let cpuinfo = String::from_utf8_lossy(&cpuinfo).into_owned();
        Machine { os, hardware, cpuinfo }
    }

    /// Its platform without a level.
    fn platform(&self) -> PlatformId {
        let written = PlatformId::new(&self.os.to_lowercase(), &self.hardware.to_lowercase(), "");
        let platform = written.meant().unwrap_or(written).normalized();
        match (platform.arch.as_str(), self.value("CPU architecture")) {
            // 32-bit code may run on a 64-bit processor; `uname` then tells no version.
            ("arm", Some(version @ ("5" | "6" | "7" | "8"))) => {
                PlatformId { variant: format!("v{version}"), ..platform }
            }
            _ => platform,
        }
    }

    /// The first value of a key in `/proc/cpuinfo`.
    fn value(&self, key: &str) -> Option<&str> {
        let pairs = self.cpuinfo.lines().filter_map(|line| line.split_once(':'));
        pairs.map(|(k, v)| (k.trim(), v.trim())).find(|(k, v)| *k == key && !v.is_empty()).map(|(_, v)| v)
    }

    /// The words for the extensions that every processor has. The key depends on the architecture.
    fn words(&self) -> Vec<&str> {
        let stated = ["flags", "Features", "features"].into_iter().find_map(|key| self.value(key));
        stated.map(|words| words.split_whitespace().collect()).unwrap_or_default()
    }
}

#[cfg(unix)]
fn kernel() -> (String, String) {
    let name = rustix::system::uname();
    (name.sysname().to_string_lossy().into_owned(), name.machine().to_string_lossy().into_owned())
}

#[cfg(not(unix))]
fn kernel() -> (String, String) {
    (std::env::consts::OS.to_owned(), std::env::consts::ARCH.to_owned())
}

/// What a machine is. A machine that the standard library does not know is a failure.
pub fn host(machine: &Machine) -> Result<Host, Failure> {
    let platform = machine.platform();
    let answer = ask(&platform, &machine.words())?;
    let level = answer.levels.first();
    let counted = matches!(platform.arch.as_str(), "amd64" | "arm64");
    let variant = level.and_then(|l| l.go.clone()).filter(|_| counted);
    let own = match variant {
        Some(variant) => PlatformId { variant, ..platform }.normalized(),
        None => platform,
    };
    let processor = ["model name", "cpu", "Model"].into_iter().find_map(|key| machine.value(key));
    Ok(Host {
        platform: own.to_string(),
        processor: processor.map(str::to_owned),
        level: level.map(|l| l.name.clone()),
        features: answer.features,
        names: answer.names,
        runs: own.runnable().iter().map(ToString::to_string).collect(),
    })
}

/// Compiles the small program.
fn ask(platform: &PlatformId, words: &[&str]) -> Result<Answer, Failure> {
    let unknown = || {
        Failure::misuse(format!(
            "the standard library does not know the platform `{platform}` of this machine"
        ))
        .help("`platc doc std.platforms` lists the platforms")
    };
    let arch = if platform.arch == "386" { "i386" } else { &platform.arch };
    let mut instance = format!("{}-{arch}", platform.os);
    if !platform.variant.is_empty() {
        instance.push_str(&format!("-{}", platform.variant));
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !instance.chars().all(word) {
        return Err(unknown());
    }
    // The words of a kernel are data: what is no plain word is no extension either.
    let plain = |w: &&str| w.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let words: Vec<String> = words.iter().copied().filter(|w| plain(w)).map(|w| format!("\"{w}\"")).collect();
    let program = format!(
        "use std.platforms\nuse std.host\n\nplatform here extends platforms.{instance} {{}}\n\
         let words: list[string] = [{}]\nlet reached = host.level({arch}, words)\n\
         emit \"{ANSWER}\" = {{\n  levels = [for c in reached: {{ name = c.name, go = c.go }}]\n  \
         features = [for f in host.features({arch}, words): f.name]\n  \
         names = host.names(platform, reached)\n}}\n",
        words.join(", ")
    );
    let world = MemoryWorld::new([("/host/main.plat", program.as_str())]);
    let mut request = Request::new(Goal::Compile, "/host");
    request.targets = vec![crate::emit::TARGET.to_owned()];
    let outcome = run(&world, &Stdlib::embedded(), &request)?;
    let file = outcome.files.iter().find(|f| f.path == ANSWER).ok_or_else(unknown)?;
    serde_json::from_str(&file.text).map_err(|_| unknown())
}

/// What something that was built needs of a machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Needs {
    /// The platform that it was built for.
    pub platform: PlatformId,
    /// Extensions of the instruction set that it may use, by their names in `std.cpus`.
    pub features: Vec<String>,
}

impl Needs {
    pub(crate) fn of(platform: &plat_model::Platform) -> Needs {
        let id = PlatformId::new(&platform.os, &platform.arch, &platform.variant);
        Needs { platform: id.normalized(), features: platform.cpu.features.clone() }
    }
}

/// Whether a machine runs something, or why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It does.
    Runs,
    /// The platform is another one.
    OtherPlatform,
    /// The processor lacks these extensions, or the kernel does not tell of them.
    Lacks(Vec<String>),
}

impl Host {
    /// Whether what was built with these needs may run here.
    pub fn satisfies(&self, needs: &Needs) -> Verdict {
        let wanted = needs.platform.normalized().to_string();
        if !self.runs.contains(&wanted) {
            return Verdict::OtherPlatform;
        }
        let lacking =
            needs.features.iter().filter(|f| !self.features.contains(f)).cloned().collect::<Vec<_>>();
        if lacking.is_empty() { Verdict::Runs } else { Verdict::Lacks(lacking) }
    }
}

/// What a platform of a project needs of a machine; `None` if the project has no such platform.
pub fn needs_of(
    world: &dyn World,
    cwd: &Path,
    paths: &[PathBuf],
    root: Option<&Path>,
    platform: &str,
) -> Result<(Outcome, Option<Needs>), Failure> {
    let mut request = Request::new(Goal::Check, cwd);
    request.paths = paths.to_vec();
    request.root = root.map(Path::to_path_buf);
    let outcome = run(world, &Stdlib::embedded(), &request)?;
    let found = outcome.platforms.iter().find(|(name, _)| name == platform).map(|(_, needs)| needs.clone());
    Ok((outcome, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(hardware: &str, cpuinfo: &str) -> Machine {
        Machine { os: "Linux".to_owned(), hardware: hardware.to_owned(), cpuinfo: cpuinfo.to_owned() }
    }

    fn known(hardware: &str, cpuinfo: &str) -> Host {
        host(&machine(hardware, cpuinfo)).unwrap()
    }

    fn needs(platform: &str, features: &[&str]) -> Needs {
        let platform = PlatformId::parse(platform, None).unwrap();
        Needs { platform, features: features.iter().map(|f| (*f).to_owned()).collect() }
    }

    const WESTMERE: &str = "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU X5650\n\
        flags\t\t: fpu fxsr sse sse2 ht lm pni pclmulqdq ssse3 cx16 sse4_1 sse4_2 popcnt aes lahf_lm\n";
    const RASPBERRY_PI_4: &str = "processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\n\
        CPU architecture: 8\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n";
    const RASPBERRY_PI_2: &str = "processor\t: 0\nmodel name\t: ARMv7 Processor rev 5 (v7l)\n\
        Features\t: half thumb fastmult vfp edsp neon vfpv3 tls vfpv4 idiva idivt vfpd32 lpae evtstrm\n\
        CPU architecture: 7\n";

    #[test]
    fn a_machine_reaches_the_level_whose_every_extension_it_has() {
        let old = known("x86_64", WESTMERE);
        assert_eq!((old.platform.as_str(), old.level.as_deref()), ("linux/amd64/v2", Some("x86-64-v2")));
        assert_eq!(old.processor.as_deref(), Some("Intel(R) Xeon(R) CPU X5650"));
        assert_eq!(old.names["go"], ["GOOS=linux", "GOARCH=amd64", "GOAMD64=v2"]);
        let pi = known("aarch64", RASPBERRY_PI_4);
        assert_eq!((pi.platform.as_str(), pi.level.as_deref()), ("linux/arm64", Some("armv8-a")));
        assert_eq!(pi.features, ["crc", "neon"], "it has no crypto extensions");
    }

    #[test]
    fn thirty_two_bit_arm_has_its_version_from_the_processor() {
        for hardware in ["armv7l", "armhf", "arm"] {
            let pi = known(hardware, RASPBERRY_PI_2);
            assert_eq!((pi.platform.as_str(), pi.level.as_deref()), ("linux/arm/v7", Some("armv7-a")));
            assert_eq!(pi.runs, ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]);
        }
    }

    #[test]
    fn a_silent_kernel_proves_nothing() {
        let silent = known("x86_64", "");
        assert_eq!((silent.platform.as_str(), silent.level), ("linux/amd64", None));
        assert!(silent.features.is_empty());
        let power = known("ppc64le", "cpu\t\t: POWER9, altivec supported\n");
        assert_eq!((power.platform.as_str(), power.level), ("linux/ppc64le", None));
    }

    #[test]
    fn a_processor_without_the_features_is_told_apart() {
        let old = known("x86_64", WESTMERE);
        assert_eq!(old.satisfies(&needs("linux/amd64", &["sse4-2"])), Verdict::Runs);
        assert_eq!(old.satisfies(&needs("linux/386", &[])), Verdict::Runs);
        assert_eq!(old.satisfies(&needs("linux/amd64/v3", &[])), Verdict::OtherPlatform);
        let lacking = old.satisfies(&needs("linux/amd64", &["sse2", "avx2", "fma"]));
        assert_eq!(lacking, Verdict::Lacks(vec!["avx2".to_owned(), "fma".to_owned()]));
    }

    #[test]
    fn words_of_a_kernel_are_data() {
        let odd = "flags\t: sse sse2 \"]} \\(x) ünïcode\n";
        assert_eq!(known("x86_64", odd).level.as_deref(), Some("x86-64-v1"));
        assert!(host(&machine("pdp11\" {}", "")).is_err());
        assert!(host(&machine("vax", "")).is_err());
    }
}
