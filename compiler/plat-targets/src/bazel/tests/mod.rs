//! The target as a whole, on projects that are built in code.

mod evaluate;
mod sample;

use super::emit;
use crate::{Artifact, Emission};
use evaluate::{evaluate, json};
use plat_base::Diagnostic;
use plat_model::{Output, PerContext, Project};
use sample::{
    amd64, amd64_v3, at, base, dependencies, environment, image, output, per_platform, project, sourced,
    spec, tradestream,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bazel/tests/golden")
}

fn file<'e>(emission: &'e Emission, path: &str) -> &'e Artifact {
    let known = || emission.artifacts.iter().map(|a| a.path.as_str()).collect::<Vec<_>>();
    emission
        .artifacts
        .iter()
        .find(|a| a.path == path)
        .unwrap_or_else(|| panic!("no {path} among {:?}: {:?}", known(), emission.diagnostics))
}

fn emitted(project: &Project) -> Emission {
    let emission = emit(project, &output(&[]));
    assert_eq!(emission.diagnostics, []);
    emission
}

fn refused(project: &Project, output: &Output) -> Vec<Diagnostic> {
    let emission = emit(project, output);
    assert_eq!(emission.artifacts, [], "nothing is written where something is wrong");
    emission.diagnostics
}

/// With `PLAT_BLESS=1` the files are written instead of compared.
#[test]
fn tradestream_is_what_a_person_checked() {
    for artifact in &emitted(&tradestream()).artifacts {
        let path = golden_folder().join(&artifact.path);
        if std::env::var_os("PLAT_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &artifact.text).unwrap();
        }
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            artifact.text == wanted,
            "{} differs; accept with PLAT_BLESS=1:\n{}",
            artifact.path,
            artifact.text
        );
    }
}

#[test]
fn every_line_has_an_origin_or_is_every_projects() {
    for artifact in emitted(&tradestream()).artifacts {
        assert_eq!(artifact.text.lines().count(), artifact.origins.len(), "{}", artifact.path);
        assert!(artifact.text.ends_with('\n') && !artifact.text.ends_with("\n\n"));
    }
    let emission = emitted(&tradestream());
    let defs = file(&emission, "platforms/defs.bzl");
    let origin_of = |text: &str| {
        let line =
            defs.text.lines().position(|l| l.contains(text)).unwrap_or_else(|| panic!("no line {text}"));
        defs.origins[line]
    };
    assert_eq!(origin_of("\"heap_size\": \"1g\""), at(31), "the heap's own field");
    assert_eq!(origin_of("\"gc_type\": \"serial\""), at(33));
    assert_eq!(origin_of("\"cpu\": 80.0"), at(81));
    assert_eq!(origin_of("        \"-mtune=haswell\","), at(11), "the processor");
}

#[test]
fn functions_take_every_name_of_a_platform() {
    let emission = emitted(&tradestream());
    let call = |expression: &str| json(&emission, &["defs.bzl"], expression);
    let names =
        ["linux/arm/v7", "linux_arm_v7", "//platforms:linux_arm_v7", "@//platforms:linux_arm_v7", "armv7"];
    for name in names {
        assert_eq!(call(&format!("platform_key(\"{name}\")")), "\"linux/arm/v7\"");
    }
    assert_eq!(call("get_platform_cflags(\"arm64\")"), r#"["-O3","-march=armv8-a"]"#);
    assert_eq!(call("get_memory_config(\"linux/amd64\")[\"heap_size\"]"), "\"1g\"");
    assert_eq!(call("get_memory_config(\"armv7\", profile = \"java\")[\"stack_size\"]"), "\"256k\"");
    assert_eq!(call("get_platform_thresholds(\"linux_arm64\")"), r#"{"cpu":70.0,"disk":85.0,"memory":80.0}"#);
    assert_eq!(call("get_platform_resources(\"armv7\")[\"limits\"]"), r#"{"cpu":"250m","memory":"512Mi"}"#);
    assert_eq!(
        call("get_platform_dependencies(\"linux/arm/v7\")"),
        r#"["//third_party/python:numpy","//third_party/python:pandas"]"#
    );
    assert_eq!(
        call("platform_constraints(\"armv7\")"),
        r#"["@platforms//cpu:armv7","@platforms//os:linux"]"#
    );
}

#[test]
fn what_a_function_is_asked_wrongly_it_says() {
    let emission = emitted(&tradestream());
    let error = |expression: &str| evaluate(&emission, &["defs.bzl"], expression).unwrap_err();
    assert!(
        error("platform_key(\"linux/riscv64\")").contains("it has linux/amd64, linux/arm64, linux/arm/v7")
    );
    let unknown = error("get_memory_config(\"armv7\", profile = \"go\")");
    assert!(unknown.contains("the project has no memory 'go'; it has java"), "{unknown}");
    let missing = error("platform_select({\"amd64\": 1, \"arm64\": 2})");
    assert!(missing.contains("no value for linux/arm/v7"), "{missing}");
}

#[test]
fn variants_of_binaries_and_tests_are_made_for_each_platform() {
    let emission = emitted(&tradestream());
    let files = ["defs.bzl", "transition.bzl", "rules.bzl"];
    let made = |calls: &str, wanted: &str| {
        // The file's own rule is no function here.
        let recorder = "platform_binary = _made(\"platform_binary\")";
        let of = format!("{{m[\"name\"]: m.get(\"{wanted}\") for m in MADE}}");
        json_with(&emission, &files, recorder, &format!("{calls}\n{of}"))
    };
    assert_eq!(
        made("cross_platform_binary(name = \"t\", srcs = [\"t.cc\"], tags = [\"x\"])", "target_platform"),
        "{\"t\":null,\"t_linux_amd64\":\"//platforms:linux_amd64\",\"t_linux_arm64\":\"//platforms:linux_arm64\",\
         \"t_linux_arm_v7\":\"//platforms:linux_arm_v7\"}"
    );
    assert_eq!(
        made(
            "platform_aware_binary(name = \"p\", srcs = [\"p.py\"], platforms = [\"armv7\"])",
            "compilation_mode"
        ),
        "{\"p\":null,\"p_linux_arm_v7\":\"opt\"}"
    );
    assert_eq!(
        made(
            "platform_test(name = \"t\", srcs = [\"t.py\"], platforms = [\"arm64\"])",
            "target_compatible_with"
        ),
        "{\"t_linux_arm64\":[\"@platforms//cpu:aarch64\",\"@platforms//os:linux\"],\"t\":null}"
    );
}

/// Like [`json`], with one statement just before the last file.
fn json_with(emission: &Emission, files: &[&str], statement: &str, expression: &str) -> String {
    let mut patched = Emission::default();
    for (i, path) in files.iter().enumerate() {
        let mut artifact = file(emission, &format!("platforms/{path}")).clone();
        if i + 1 == files.len() {
            artifact.text = format!("{statement}\n{}", artifact.text);
        }
        patched.artifacts.push(artifact);
    }
    json(&patched, files, expression)
}

#[test]
fn transitions_return_exactly_their_outputs() {
    let emission = emitted(&tradestream());
    let call = |attributes: &str, transition: &str| {
        let settings = "{\"//command_line_option:compilation_mode\": \"dbg\"}";
        let expression = format!("{transition}.implementation({settings}, struct({attributes}))");
        json(&emission, &["transition.bzl"], &expression)
    };
    assert_eq!(
        call(
            "target_platform = \"//platforms:linux_arm64\", compilation_mode = \"opt\"",
            "platform_transition"
        ),
        r#"{"//command_line_option:compilation_mode":"opt","//command_line_option:platforms":"//platforms:linux_arm64"}"#
    );
    assert!(
        call("target_platform = \"//p:x\", compilation_mode = \"\"", "platform_transition")
            .contains("\"dbg\""),
        "without a mode, that of the command line stays"
    );
    let outputs = json(&emission, &["transition.bzl"], "sorted(platform_transition.outputs)");
    assert_eq!(outputs, r#"["//command_line_option:compilation_mode","//command_line_option:platforms"]"#);
}

#[test]
fn images_are_made_as_they_are_declared() {
    let emission = emitted(&tradestream());
    let files = ["defs.bzl", "docker.bzl"];
    let made = |call: &str, of: &str| {
        json(&emission, &files, &format!("{call}\n{{m[\"name\"]: m.get(\"{of}\") for m in MADE}}"))
    };
    let engine = "multi_platform_image(name = \"e\", image = \"strategy-engine\", srcs = [\":jar\"])";
    let bases = made(engine, "base");
    assert!(
        bases.contains("\"//platforms:is_linux_arm_v7\":\"@eclipse_temurin_17_jre_linux_arm_v7\""),
        "{bases}"
    );
    assert!(made(engine, "repository").contains("\"e_push\":\"docker.io/tradestreamhq/strategy-engine\""));
    assert!(
        made(engine, "repo_tags").contains("\"e_load\":[\"docker.io/tradestreamhq/strategy-engine:2.4.1\"]")
    );
    assert!(made(engine, "user").contains("\"e_image\":\"1000:1000\""));
    let python = "multi_platform_image(name = \"p\", image = \"candle-ingestor\", srcs = [\":m\"])";
    let error = evaluate(&emission, &files, python).unwrap_err();
    assert!(error.contains("name an image on which they have run"), "{error}");
    let given = python.replace("srcs", "base = \"//x:y\", platforms = [\"armv7\"], srcs");
    assert!(made(&given, "platforms").contains("\"p\":[\"//platforms:linux_arm_v7\"]"));
    assert!(made(&given, "workdir").contains("\"p_image\":\"/app\""));
}

#[test]
fn images_that_differ_in_arguments_are_chosen_by_platform() {
    let of =
        |word: &str| spec(base("gcr.io/distroless/static-debian13", "nonroot", None), Vec::new(), &[word]);
    let table = per_platform(vec![of("/slow"), of("/fast")], 1);
    let emission =
        emitted(&Project { images: vec![image("tool", table, 2)], ..project(vec![amd64(), amd64_v3()]) });
    let call = "multi_platform_image(name = \"t\", image = \"tool\", srcs = [\":x\"])";
    let made = |of: &str| {
        let expression = format!("{call}\n{{m[\"name\"]: m.get(\"{of}\") for m in MADE}}");
        json(&emission, &["defs.bzl", "docker.bzl"], &expression)
    };
    assert!(
        made("entrypoint").contains(r#""t_image_0":["/slow"],"t_image_1":["/fast"]"#),
        "{}",
        made("entrypoint")
    );
    let actual = made("actual");
    assert!(
        actual.contains(
            r#""//platforms:is_linux_amd64":"t_image_0","//platforms:is_linux_amd64_v3":"t_image_1""#
        ),
        "{actual}"
    );
}

#[test]
fn the_processor_decides_between_platforms_of_one_architecture() {
    let emission = emitted(&project(vec![amd64(), amd64_v3()]));
    let build = &file(&emission, "platforms/BUILD.bazel").text;
    let condition = |name: &str, level: &str| {
        format!(
            "config_setting(\n    name = \"{name}\",\n    constraint_values = [\n        \":{level}\",\n        \
             \"@platforms//cpu:x86_64\",\n        \"@platforms//os:linux\",\n    ],\n)\n"
        )
    };
    assert!(build.contains(&condition("is_linux_amd64", "any_cpu")), "{build}");
    assert!(build.contains(&condition("is_linux_amd64_v3", "x86-64-v3")), "{build}");
    let common = json(&emission, &["defs.bzl"], "CPU_OPTIMIZATIONS");
    assert_eq!(common, r#"{"x86_64":[]}"#, "no flag that only one of the two may have");
}

#[test]
fn the_variant_decides_where_the_processor_does_not() {
    let mut silent = amd64_v3();
    silent.cpu = amd64().cpu;
    let emission = emitted(&project(vec![amd64(), silent]));
    let build = &file(&emission, "platforms/BUILD.bazel").text;
    assert_eq!(build.matches("\":amd64-v3\"").count(), 2, "platform and condition: {build}");
    let mut same = amd64();
    same.cpu = amd64_v3().cpu;
    let emission = emitted(&project(vec![same, amd64_v3()]));
    let build = &file(&emission, "platforms/BUILD.bazel").text;
    assert_eq!(build.matches("\":amd64-v3\"").count(), 2, "{build}");
    assert_eq!(build.matches("\":x86-64-v3\"").count(), 2, "{build}");
}

#[test]
fn where_platforms_agree_there_is_no_select() {
    let mut project = project(vec![amd64(), sample_arm64()]);
    project.dependencies = vec![dependencies("all", vec![vec!["//a:b", "//c"], vec!["//a:b", "//c"]], 1)];
    let emission = emitted(&project);
    assert_eq!(json(&emission, &["defs.bzl"], "platform_deps()"), r#"["//a:b","//c"]"#);
    assert_eq!(json(&emission, &["defs.bzl"], "RUSTC_FLAGS"), "[]");
    assert!(!file(&emission, "platforms/BUILD.bazel").text.contains("cpu_level"), "both are any processor");
}

fn sample_arm64() -> plat_model::Platform {
    tradestream().platforms.swap_remove(1)
}

#[test]
fn what_differs_by_environment_has_a_table_for_each() {
    let mut project = project(vec![amd64()]);
    project.environments = vec![environment("staging"), environment("prod")];
    let mut labels = PerContext::new(1, 2);
    labels.set(0, 0, Arc::new(vec![sourced("//debug:all".to_owned(), 1)]));
    labels.set(0, 1, Arc::new(vec![sourced("//release:all".to_owned(), 2)]));
    let mut declared = dependencies("tools", vec![], 2);
    declared.labels = labels;
    project.dependencies = vec![declared];
    let emission = emitted(&project);
    let call = |expression: &str| evaluate(&emission, &["defs.bzl"], expression);
    assert_eq!(call("platform_deps(environment = \"prod\")").unwrap(), r#"["//release:all"]"#);
    let error = call("platform_deps(\"tools\")").unwrap_err();
    assert!(error.contains("dependencies 'tools' differ by environment"), "{error}");
}

#[test]
fn platforms_that_bazel_cannot_tell_apart_are_refused() {
    let mut second = amd64();
    second.name = "other".to_owned();
    second.origin = at(20);
    let found = refused(&project(vec![amd64(), second]), &output(&[]));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].code.as_str(), found[0].span()), ("duplicate-name", at(20)));
    assert_eq!(found[0].labels[1].span, at(10).unwrap());
}

#[test]
fn what_is_no_label_is_refused_once() {
    let mut project = project(vec![amd64(), sample_arm64()]);
    project.dependencies = vec![dependencies("x", vec![vec!["numpy", "//ok"], vec!["numpy"]], 1)];
    let found = refused(&project, &output(&[]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("\"numpy\""));
}

#[test]
fn options_are_read_and_checked() {
    let options = output(&[("package", "//build/platforms"), ("compilation-mode", "")]);
    let emission = emit(&project(vec![amd64()]), &options);
    assert_eq!(emission.diagnostics, []);
    assert_eq!(
        json(&emission, &["defs.bzl"], "BAZEL_PLATFORMS"),
        r#"{"linux/amd64":"//build/platforms:linux_amd64"}"#
    );
    assert!(file(&emission, "platforms/transition.bzl").text.contains("\nCOMPILATION_MODE = \"\"\n"));
    let found =
        refused(&project(vec![amd64()]), &output(&[("package", "a b"), ("compilation-mode", "fast")]));
    assert_eq!(found.iter().map(|d| d.span()).collect::<Vec<_>>(), [at(2), at(2)]);
}

#[test]
fn strings_of_the_project_stay_strings() {
    let mut hostile = tradestream();
    hostile.name = "x\"\"\"\nload(\"//evil\")".to_owned();
    hostile.memories[0].name = "ja\"va\n]".to_owned();
    hostile.memories[0].doc = Some("one\nfail()\r\nfail()".to_owned());
    let emission = emitted(&hostile);
    let keys = json(&emission, &["defs.bzl"], "MEMORY_CONFIGS.keys()");
    assert_eq!(keys, r#"["ja\"va\n]"]"#);
    assert!(file(&emission, "platforms/BUILD.bazel").text.lines().all(|l| !l.starts_with("load(")));
}

#[test]
fn base_images_are_pulled_once_and_by_their_full_name() {
    let emission = emitted(&tradestream());
    let module = &file(&emission, "platforms.MODULE.bazel").text;
    assert_eq!(module.matches("oci.pull(").count(), 2);
    assert!(module.contains("image = \"docker.io/library/python\""));
    assert!(module.contains("digest = \"sha256:0123456789abcdef\""));
    let mut distroless = base("gcr.io/distroless/static-debian13", "nonroot", None);
    distroless.platforms = vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()];
    let specs = per_platform(
        vec![spec(distroless.clone(), Vec::new(), &["/x"]), spec(distroless, Vec::new(), &["/x"])],
        1,
    );
    let project = Project {
        images: vec![image("a", specs.clone(), 2), image("b", specs, 2)],
        ..project(vec![amd64(), sample_arm64()])
    };
    let emission = emitted(&project);
    let module = &file(&emission, "platforms.MODULE.bazel").text;
    assert_eq!(module.matches("oci.pull(").count(), 1, "{module}");
    assert!(module.contains("\"linux/arm64/v8\""), "as the image's own index spells it: {module}");
    let spelled = |repository: &str| {
        let specs = per_platform(vec![spec(base(repository, "1", None), Vec::new(), &["/x"])], 1);
        let project = Project { images: vec![image("a", specs, 1)], ..self::project(vec![sample_arm64()]) };
        file(&emitted(&project), "platforms.MODULE.bazel").text.contains("\"linux/arm64/v8\"")
    };
    assert!(spelled("python") && spelled("docker.io/library/python"), "Docker's own images");
    assert!(!spelled("grafana/grafana") && !spelled("ghcr.io/org/api"), "others leave the variant out");
    assert!(module.contains("\"distroless_static_debian13_nonroot_linux_arm64_v8\""), "{module}");
}

#[test]
fn what_rules_oci_cannot_write_is_told() {
    let mut two_lines = spec(base("python", "3", None), Vec::new(), &["x", ""]);
    two_lines.labels =
        vec![("a".to_owned(), sourced("1\n2".to_owned(), 5)), ("b".to_owned(), sourced("3".to_owned(), 6))];
    let project = Project {
        images: vec![image("tool", per_platform(vec![two_lines], 1), 1)],
        ..project(vec![amd64()])
    };
    let emission = emit(&project, &output(&[]));
    let told: Vec<_> =
        emission.diagnostics.iter().map(|d| (d.code.as_str(), d.span(), d.is_error())).collect();
    assert_eq!(told, [("lossy", at(5), false), ("lossy", at(74), false)]);
    let written = json(
        &emission,
        &["defs.bzl", "docker.bzl"],
        "IMAGE_CONFIGS[\"tool\"][\"configs\"][0][\"arguments\"]",
    );
    assert_eq!(written, r#"{"entrypoint":["x"],"labels":{"b":"3"}}"#);
}

#[test]
fn without_images_nothing_of_images_is_asked_for() {
    let emission = emitted(&project(vec![amd64()]));
    assert!(emission.artifacts.iter().all(|a| !a.path.ends_with("docker.bzl")));
    assert!(!file(&emission, "platforms.MODULE.bazel").text.contains("rules_oci"));
}
