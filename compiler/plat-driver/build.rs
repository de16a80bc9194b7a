//! Makes the tables that are part of the binary. In: the folder `stdlib/`, and what is known about published base
//! images. Out: sorted tables as Rust source.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let root = Path::new(&manifest).join("../../stdlib");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    if root.is_dir() {
        collect(&root, "", &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in &files {
        let path = format!("/../../stdlib/{file}");
        writeln!(table, "    ({file:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),")
            .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("stdlib.rs"), table)?;
    let images = fs::read_to_string(root.join("data/base-images.json"))?;
    let images = serde_json::from_str(&images).map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("base_images.rs"), base_images(&images))
}

/// The platform sets, and per image its tags with the set of each, all sorted.
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
    let images: Vec<(&String, Vec<(&str, usize)>)> =
        images.into_iter().map(|(image, tags)| (image, tags.into_iter().collect())).collect();
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

/// Adds the `.plat` files below `folder` to `files`, as paths with `/` below `prefix`.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else if name.ends_with(".plat") {
            files.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
