//! Makes the tables that are part of the binary. In: the folder `stdlib/` with what is known about published base images
//! and time zones, and the pages of the diagnostic codes. Out: sorted tables as Rust source, and the standard library parsed, and
//! what every program has of it checked, since every run of the compiler needs it.

#[path = "build/library.rs"]
mod library;

use plat_base::SourceMap;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let root = Path::new(&manifest).join("../../stdlib");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    if root.is_dir() {
        collect(&root, "", ".plat", &mut files)?;
    }
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("stdlib.rs"), table(files.clone(), "../../stdlib", "")?)?;
    let trees = images(files, &root, Path::new(&out))?;
    fs::write(Path::new(&out).join("images.rs"), table_of(&trees)?)?;
    fs::write(Path::new(&out).join("checked.rs"), library::checked(&trees, Path::new(&out))?)?;
    let pages = Path::new(&manifest).join("../docs/codes");
    println!("cargo::rerun-if-changed={}", pages.display());
    let mut files = Vec::new();
    collect(&pages, "", ".md", &mut files)?;
    fs::write(Path::new(&out).join("codes.rs"), table(files, "../docs/codes", ".md")?)?;
    println!("cargo::rustc-env=PLATC_COMPILER={:016x}", compiler(&Path::new(&manifest).join(".."))?);
    let images = fs::read_to_string(root.join("data/base-images.json"))?;
    let images = serde_json::from_str(&images).map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("base_images.rs"), base_images(&images))?;
    let zones = fs::read_to_string(root.join("data/time-zones.json"))?;
    let zones: Value = serde_json::from_str(&zones).map_err(io::Error::other)?;
    let mut names: Vec<&str> = zones["names"].as_str().unwrap_or_default().split(' ').collect();
    names.sort_unstable();
    fs::write(Path::new(&out).join("time_zones.rs"), format!("&{names:?}"))
}

/// A fingerprint of all that decides what a program means and how it is printed: the compiler's own sources and the
/// standard library.
fn compiler(crates: &Path) -> io::Result<u64> {
    let mut print = DefaultHasher::new();
    env!("CARGO_PKG_VERSION").hash(&mut print);
    for folder in ["base", "syntax", "sema", "eval", "model", "targets", "driver"] {
        let folder = crates.join(format!("plat-{folder}/src"));
        println!("cargo::rerun-if-changed={}", folder.display());
        fingerprint(&folder, &mut print)?;
    }
    fingerprint(&crates.join("../stdlib"), &mut print)?;
    Ok(print.finish())
}

fn fingerprint(folder: &Path, print: &mut DefaultHasher) -> io::Result<()> {
    let mut files = Vec::new();
    collect(folder, "", "", &mut files)?;
    files.sort();
    for file in files {
        fs::read(folder.join(&file))?.hash(print);
        file.hash(print);
    }
    Ok(())
}

/// The texts of these files below `folder`, each under its path without `ending`.
fn table(mut files: Vec<String>, folder: &str, ending: &str) -> io::Result<String> {
    // By the key: `a-b.md` stands before `a.md`, but `a` before `a-b`.
    files.sort_by(|a, b| a.strip_suffix(ending).cmp(&b.strip_suffix(ending)));
    let mut table = String::from("&[\n");
    for file in &files {
        let (path, key) = (format!("/{folder}/{file}"), file.strip_suffix(ending).unwrap_or(file));
        writeln!(table, "    ({key:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),")
            .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    Ok(table)
}

/// The syntax tree of each of these files as an image. A file with a mistake in it has none: it is parsed in every run,
/// which tells of the mistake.
fn images(files: Vec<String>, folder: &Path, out: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut images = BTreeMap::new();
    for file in files {
        let mut sources = SourceMap::default();
        let source = sources.add(file.as_str(), fs::read_to_string(folder.join(&file))?);
        let parse = plat_syntax::parse(&source);
        let whole = Some(&parse.module).filter(|_| parse.diagnostics.is_empty());
        let image = whole.and_then(plat_syntax::image::write).unwrap_or_default();
        fs::write(out.join(name_of(&file)), &image)?;
        images.insert(file, image);
    }
    Ok(images)
}

fn name_of(file: &str) -> String {
    format!("{}.image", file.replace('/', "_"))
}

/// The images as a table, by the path of the file.
fn table_of(images: &BTreeMap<String, Vec<u8>>) -> io::Result<String> {
    let mut table = String::from("&[\n");
    for file in images.keys() {
        let path = format!("/{}", name_of(file));
        writeln!(table, "    include_bytes!(concat!(env!(\"OUT_DIR\"), {path:?})),")
            .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    Ok(table)
}

/// The platform sets, and per image lines of its tags with the set of each, all sorted.
fn base_images(facts: &Value) -> String {
    let sets: Vec<Vec<String>> = list(&facts["platform-sets"]).iter().map(texts).collect();
    let mut images: BTreeMap<&String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (image, by_set) in fields(&facts["images"]) {
        let tags = images.entry(image).or_default();
        for (set, names) in fields(by_set) {
            let Ok(set) = set.parse() else { continue };
            tags.extend(names.as_str().unwrap_or_default().split(' ').map(|tag| (tag, set)));
        }
    }
    // One text per image: the loader has to mend each address of a table, in every run.
    let lines = |tags: BTreeMap<&str, usize>| -> String {
        tags.iter().map(|(tag, set)| format!("{tag} {set}\n")).collect()
    };
    let images: Vec<(&String, String)> =
        images.into_iter().map(|(image, tags)| (image, lines(tags))).collect();
    let slices = |text: String| text.replace('[', "&[");
    format!("({}, {})\n", slices(format!("{sets:?}")), slices(format!("{images:?}")))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn texts(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Adds the files below `folder` with this ending to `files`, as paths with `/` below `prefix`.
fn collect(folder: &Path, prefix: &str, ending: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), ending, files)?;
        } else if name.ends_with(ending) {
            files.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
