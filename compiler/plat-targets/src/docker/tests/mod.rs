//! The target as a whole, on projects that are built in code.

mod sample;

use super::emit;
use crate::{Artifact, Emission};
use plat_base::Severity;
use plat_model::{BaseImage, ImageSpec, Sourced, Stage, StageSource, StepKind};
use sample::*;
use std::fs;
use std::path::Path;

fn file<'e>(emission: &'e Emission, path: &str) -> &'e Artifact {
    emission
        .artifacts
        .iter()
        .find(|a| a.path == path)
        .unwrap_or_else(|| panic!("no {path}: {:?}", emission.diagnostics))
}

/// The Dockerfile of an image that is the same on all of these platforms, and what is said about it.
fn one(spec: ImageSpec) -> (String, Vec<(Severity, String)>) {
    let emission = emit(&project(vec![platform("linux/amd64")], vec![image("x", "", vec![spec])]), &output());
    let said = emission.diagnostics.iter().map(|d| (d.severity, d.message.clone())).collect();
    (file(&emission, "x/Dockerfile").text.clone(), said)
}

/// With `PLAT_BLESS=1` the files are written instead of compared.
#[test]
fn files_are_what_a_person_checked() {
    let emission = emit(&everything(), &output());
    assert_eq!(emission.diagnostics, []);
    for artifact in &emission.artifacts {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/docker/tests/golden");
        let path = folder.join(&artifact.path);
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
fn every_line_has_an_origin_or_belongs_to_every_project() {
    for artifact in emit(&everything(), &output()).artifacts {
        assert_eq!(artifact.text.lines().count(), artifact.origins.len(), "{}", artifact.path);
        for (line, origin) in artifact.text.lines().zip(&artifact.origins) {
            let structure = line.is_empty()
                || line.starts_with("# Generated")
                || line.trim().chars().all(|c| "{},".contains(c));
            let frame = ["\"group\"", "\"default\"", "\"targets\"", "\"target\""];
            let framed = frame.iter().any(|f| line.trim().starts_with(f));
            assert!(structure || framed || origin.is_some(), "{}: {line}", artifact.path);
        }
    }
}

#[test]
fn the_arms_of_a_case_lead_to_the_layer_that_set_them() {
    let packages = |name: &str, offset: usize| {
        let mut runtime = stage("runtime", python(), vec![apt(&[name])]);
        runtime.steps[0].origin = at(offset);
        spec(vec![runtime])
    };
    let platforms = vec![platform("linux/amd64"), platform("linux/arm64")];
    let image = image("x", "", vec![packages("a", 201), packages("b", 202)]);
    let emission = emit(&project(platforms, vec![image]), &output());
    let artifact = file(&emission, "x/Dockerfile");
    let origin = |part: &str| {
        let line = artifact.text.lines().position(|l| l.contains(part)).unwrap();
        artifact.origins[line]
    };
    assert_eq!(origin("linux/amd64)"), at(201));
    assert_eq!(origin("linux/arm64)"), at(202));
}

#[test]
fn a_check_that_cannot_be_made_is_left_out_and_said() {
    let debian = StageSource::Base(base("debian", "13-slim", "debian", &["sh", "bash"]));
    let runtime = stage("runtime", debian.clone(), Vec::new());
    let (text, said) = one(ImageSpec { health: Some(http("/", 80)), ..spec(vec![runtime]) });
    assert!(!text.contains("HEALTHCHECK"), "{text}");
    assert_eq!(said.len(), 1, "{said:?}");
    // A package may bring the tool.
    let runtime = stage("runtime", debian, vec![apt(&["curl"])]);
    let (text, said) = one(ImageSpec { health: Some(http("/", 80)), ..spec(vec![runtime]) });
    assert!(text.contains("CMD [\"curl\", \"--fail\""), "{text}");
    assert_eq!(said, []);
}

#[test]
fn folders_that_the_process_writes_belong_to_its_user() {
    let with = |base: BaseImage| ImageSpec {
        user: Some(Sourced::new(user("app", 1000), at(22))),
        writes: vec![text("/var/cache/app", 23), text("/data", 23)],
        ..spec(vec![stage("runtime", StageSource::Base(base), Vec::new())])
    };
    let debian =
        BaseImage { writes: vec!["/data".to_owned()], ..base("debian", "13-slim", "debian", &["sh"]) };
    let (made, said) = one(with(debian));
    assert!(made.contains("\nRUN install -d -o 1000 -g 1000 /var/cache/app\n"), "{made}");
    assert_eq!(said, []);
    // Without a shell nothing can make them, which is said.
    let (bare, said) = one(with(base("gcr.io/distroless/static-debian13", "nonroot", "distroless", &[])));
    assert!(!bare.contains("install"), "{bare}");
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].0, Severity::Advice);
}

#[test]
fn users_that_the_base_image_has_are_not_made_again() {
    let node =
        BaseImage { accounts: vec![user("node", 1000)], ..base("node", "24-slim", "debian", &["node"]) };
    let with = |name: &str| ImageSpec {
        user: Some(Sourced::new(user(name, 1000), at(22))),
        ..spec(vec![stage("runtime", StageSource::Base(node.clone()), Vec::new())])
    };
    let (same, _) = one(with("node"));
    assert!(
        !same.contains("useradd") && same.contains("\nUSER 1000:1000\n") && !same.contains("already"),
        "{same}"
    );
    let (other, _) = one(with("app"));
    assert!(!other.contains("useradd") && other.contains("already, as `node`.\nUSER 1000:1000\n"), "{other}");
}

#[test]
fn the_image_itself_never_starts_on_the_build_platform() {
    let runtime = Stage { on_build_platform: true, ..stage("runtime", python(), Vec::new()) };
    let (text, said) = one(spec(vec![runtime]));
    assert!(!text.contains("BUILDPLATFORM"), "{text}");
    assert_eq!(said[0].0, Severity::Error);
}

#[test]
fn stages_that_are_not_there_are_refused_with_the_one_that_is_meant() {
    let said = |stages: Vec<Stage>| {
        let images = vec![image("x", "", vec![spec(stages)])];
        let emission = emit(&project(vec![platform("linux/amd64")], images), &output());
        emission.diagnostics.into_iter().map(|d| (d.code, d.help.unwrap_or_default())).collect::<Vec<_>>()
    };
    let build = || stage("build", python(), Vec::new());
    let copying = |from: &str| stage("runtime", python(), vec![copy_from(from, "/x", "/x")]);
    assert_eq!(said(vec![build(), copying("build")]), []);
    assert_eq!(said(vec![build(), copying("nginx:1")]), []);
    assert_eq!(
        said(vec![build(), copying("biuld")]),
        [("unknown-stage".to_owned(), "did you mean `build`?".to_owned())]
    );
    assert_eq!(said(vec![copying("runtime")])[0].0, "unknown-stage");
    assert_eq!(
        said(vec![stage("x", StageSource::Stage("gone".to_owned()), Vec::new())])[0].0,
        "unknown-stage"
    );
    assert_eq!(said(vec![stage("Build", python(), Vec::new())])[0].0, "stage-name");
    assert_eq!(said(vec![stage("context", python(), Vec::new())])[0].0, "stage-name");
}

#[test]
fn a_copy_that_the_image_ignores_is_an_error() {
    let runtime = stage("runtime", python(), vec![copy("src/main.py", "./")]);
    let (_, said) = one(ImageSpec { ignore: vec![text("src", 60)], ..spec(vec![runtime.clone()]) });
    assert_eq!(said[0].0, Severity::Error);
    let ignore = vec![text("src", 60), text("!src/main.py", 61)];
    let (_, said) = one(ImageSpec { ignore, ..spec(vec![runtime]) });
    assert_eq!(said, []);
}

#[test]
fn a_variable_of_several_lines_is_said_and_left_out() {
    let runtime = stage("runtime", python(), Vec::new());
    let env = vec![("KEY".to_owned(), text("a\nRUN evil", 70))];
    let (text, said) = one(ImageSpec { env, ..spec(vec![runtime]) });
    assert!(!text.contains("evil"), "{text}");
    assert_eq!(said[0].0, Severity::Warning);
}

#[test]
fn names_of_variables_cannot_bring_instructions_in() {
    let set = StepKind::SetEnv(vec![("A=1\nUSER".to_owned(), "root".to_owned())]);
    let runtime = stage("runtime", python(), vec![set]);
    let env = vec![("B C".to_owned(), text("1", 70)), ("GOOD".to_owned(), text("1", 71))];
    let (text, said) = one(ImageSpec { env, ..spec(vec![runtime]) });
    assert!(!text.contains("USER") && !text.contains("B C") && text.contains("ENV GOOD=1\n"), "{text}");
    assert_eq!(said.iter().map(|(severity, _)| *severity).collect::<Vec<_>>(), [Severity::Error; 2]);
}

#[test]
fn a_base_image_that_differs_becomes_a_stage_per_architecture() {
    let on = |tag: &str| {
        let source = StageSource::Base(base("node", tag, "debian", &["node"]));
        spec(vec![stage("runtime", source, vec![run("true")])])
    };
    let platforms = vec![platform("linux/amd64"), platform("linux/arm/v7")];
    let emission =
        emit(&project(platforms, vec![image("x", "", vec![on("24-slim"), on("22-slim")])]), &output());
    assert_eq!(
        file(&emission, "x/Dockerfile").text,
        "# Generated by platc. Do not edit: change the Plat sources instead.\n\n\
         FROM node:24-slim AS amd64-runtime\n\n\
         FROM node:22-slim AS armv7-runtime\n\n\
         FROM ${TARGETARCH}${TARGETVARIANT}-runtime AS runtime\nWORKDIR /app\nRUN true\n"
    );
}

#[test]
fn a_pipe_on_one_platform_alone_needs_no_stage_of_its_own() {
    let on = |command: &str| spec(vec![stage("runtime", python(), vec![run(command)])]);
    let platforms = vec![platform("linux/amd64"), platform("linux/arm64")];
    let images = vec![image("x", "", vec![on("curl x | tar x"), on("tar x")])];
    let emission = emit(&project(platforms, images), &output());
    let text = &file(&emission, "x/Dockerfile").text;
    assert_eq!(text.matches("FROM ").count(), 1, "{text}");
    assert!(
        text.contains("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nARG TARGETPLATFORM\n"),
        "{text}"
    );
}

#[test]
fn images_without_stages_are_refused() {
    let emission =
        emit(&project(vec![platform("linux/amd64")], vec![image("x", "", vec![spec(vec![])])]), &output());
    assert_eq!(emission.diagnostics[0].code, "missing-field");
    assert!(emission.artifacts.is_empty());
}

#[test]
fn the_frontend_comes_before_everything_else() {
    let options = vec![("syntax".to_owned(), text("docker/dockerfile:1", 80))];
    let runtime = stage("runtime", python(), Vec::new());
    let images = vec![image("x", "", vec![spec(vec![runtime])])];
    let emission =
        emit(&project(vec![platform("linux/amd64")], images), &plat_model::Output { options, ..output() });
    assert!(file(&emission, "x/Dockerfile").text.starts_with("# syntax=docker/dockerfile:1\n# Generated"));
}

#[test]
fn secrets_are_mounted_and_caches_belong_to_the_user_that_runs() {
    let step = StepKind::Run {
        command: "npm ci".to_owned(),
        caches: vec![plat_model::CacheMount {
            target: "/home/node/.npm".to_owned(),
            per_platform: false,
            locked: true,
        }],
        secrets: vec!["npm-token".to_owned()],
    };
    let runtime = stage("runtime", python(), vec![StepKind::AsUser("1000:1000".to_owned()), step]);
    let (text, _) = one(spec(vec![runtime]));
    assert!(
        text.contains(
            "RUN --mount=type=cache,target=/home/node/.npm,sharing=locked,uid=1000,gid=1000 \\\n    \
             --mount=type=secret,id=npm-token \\\n    npm ci\n"
        ),
        "{text}"
    );
}
