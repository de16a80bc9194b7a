//! What this target has to say. Nothing is dropped in silence.

use plat_base::{Diagnostic, Severity, Span, closest};
use plat_model::{BaseImage, Origin, Sourced, Stage, User};

/// A diagnostic at `origin`; nothing if no source is behind it, which only a program built by hand can cause.
fn at(origin: Origin, build: impl FnOnce(Span) -> Diagnostic) -> Option<Diagnostic> {
    origin.map(build)
}

/// An image without stages.
pub(super) fn nothing_to_build(image: &str, origin: Origin) -> Option<Diagnostic> {
    at(origin, |span| {
        Diagnostic::error("missing-field", format!("image `{image}` has no stages, so there is nothing to build"), span)
            .primary("`stages` is empty here")
            .help("add `stages { runtime { from = images.debian(\"13-slim\") } }`, or use a recipe such as `python.app(…)`")
    })
}

/// A stage that is not there, or not yet.
pub(super) fn unknown_stage(image: &str, name: &str, earlier: &[&str], origin: Origin) -> Option<Diagnostic> {
    at(origin, |span| {
        let said = Diagnostic::error(
            "unknown-stage",
            format!("image `{image}` has no stage `{name}` before this one"),
            span,
        )
        .primary("only earlier stages can be used");
        match closest(name, earlier.iter().copied()) {
            Some(meant) => said.help(format!("did you mean `{meant}`?")),
            None if earlier.is_empty() => said.help(
                "this is the first stage: start from a published image, such as `images.debian(\"13-slim\")`",
            ),
            None => said.help(format!(
                "earlier stages are {}; a published image has a tag: `images.published(\"{name}\", \"1.0\")`",
                earlier.iter().map(|s| format!("`{s}`")).collect::<Vec<_>>().join(", ")
            )),
        }
    })
}

/// A name that the builder does not take for a stage.
pub(super) fn bad_stage_name(image: &str, stage: &Stage) -> Option<Diagnostic> {
    at(stage.origin, |span| {
        let name = &stage.name;
        // The entry begins with the name.
        let end = span.end.min(span.start + name.len() as u32);
        let span = Span { end, ..span };
        let message = format!("`{name}` cannot be the name of a stage of image `{image}`");
        let said = Diagnostic::error("stage-name", message, span);
        if matches!(name.as_str(), "scratch" | "context") {
            return said
                .primary("reserved by the builder")
                .help("call it after what it does: `build`, `runtime`");
        }
        said.primary("lower case, digits, `-`, `_` and `.`, beginning with a letter")
            .help(format!("write `{}`", name.to_lowercase()))
    })
}

/// The image itself would start on the platform that builds.
pub(super) fn runs_where_built(image: &str, stage: &Stage) -> Option<Diagnostic> {
    at(stage.origin, |span| {
        let name = &stage.name;
        Diagnostic::error(
            "lossy",
            format!("image `{image}` would contain programs for the machine that builds it, whatever it is built for"),
            span,
        )
        .primary(format!("`{name}` is the image itself, and is set to run on the build platform"))
        .help("keep `on-build-platform` for stages from which files are copied")
    })
}

/// A user that cannot be given its name.
pub(super) fn user_without_name(
    image: &str,
    user: &Sourced<User>,
    base: Option<&BaseImage>,
) -> Option<Diagnostic> {
    // Without a shell there is nothing that could look a name up either.
    if base.is_none_or(|b| b.family == "distroless") {
        return None;
    }
    at(user.origin, |span| {
        let name = &user.name;
        let base = base.map(|b| format!("{}:{}", b.repository, b.tag)).unwrap_or_default();
        Diagnostic::new(
            Severity::Advice,
            "lossy",
            format!("the user of image `{image}` is {}:{}, without the name `{name}`", user.uid, user.gid),
            span,
        )
        .primary(format!("how a user is made in `{base}` is not known"))
        .help("if it is based on Debian or Alpine, say so: `images.published(…, family = debian)`")
    })
}

/// Folders that the process writes, in an image without a shell that could make them.
pub(super) fn folders_not_made(
    image: &str,
    paths: &[&Sourced<String>],
    origin: Origin,
) -> Option<Diagnostic> {
    at(origin, |span| {
        let names = paths.iter().map(|p| format!("`{}`", p.value)).collect::<Vec<_>>().join(" and ");
        Diagnostic::new(
            Severity::Advice,
            "lossy",
            format!("image `{image}` has no folder {names} of its user's: nothing in it could make one"),
            span,
        )
        .primary("the process writes there")
        .help("Kubernetes puts an empty folder there; elsewhere mount a volume, or make the folder in an earlier stage and copy it")
    })
}

/// A value with a line break, which `ENV` cannot have.
pub(super) fn several_lines(image: &str, name: &str, origin: Origin) -> Option<Diagnostic> {
    at(origin, |span| {
        Diagnostic::new(
            Severity::Warning,
            "lossy",
            format!(
                "`{name}` is left out of image `{image}`: a Dockerfile cannot give a variable several lines"
            ),
            span,
        )
        .primary("this has a line break")
        .help("set it on the service instead, or copy it as a file")
    })
}

/// A name that no variable can have.
pub(super) fn bad_variable_name(image: &str, name: &str, origin: Origin) -> Option<Diagnostic> {
    at(origin, |span| {
        let message = format!("{name:?} cannot be the name of a variable of image `{image}`");
        let allowed = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let better: String = name.chars().map(allowed).collect();
        let said = Diagnostic::error("variable-name", message, span)
            .primary("letters, digits and `_`, not beginning with a digit");
        if better.starts_with(|c: char| c.is_ascii_digit()) || better.is_empty() {
            return said.help("choose another name");
        }
        said.help(format!("call it `{better}`"))
    })
}

/// A health check that nothing in the image can make.
pub(super) fn no_health_command(
    image: &str,
    needed: &str,
    base: Option<String>,
    origin: Origin,
) -> Option<Diagnostic> {
    at(origin, |span| {
        let where_ = base.map_or_else(|| "an empty image".to_owned(), |b| format!("`{b}`"));
        Diagnostic::new(
            Severity::Warning,
            "lossy",
            format!("image `{image}` gets no HEALTHCHECK: nothing in {where_} is known to be able to ask this"),
            span,
        )
        .primary(format!("needs {needed} in the image"))
        .help("install one in the last stage, or ask with the program itself: `health = command([\"/app/server\", \"--healthy\"])`")
    })
}

/// A platform for which Docker builds nothing.
pub(super) fn no_container_platform(image: &str, platform: &str, origin: Origin) -> Option<Diagnostic> {
    at(origin, |span| {
        Diagnostic::new(
            Severity::Warning,
            "lossy",
            format!("image `{image}` is not built for `{platform}`: there are no containers for it"),
            span,
        )
        .primary("declared for every platform that it does not exclude")
        .help("set `platforms` to the ones that containers run on")
    })
}

/// Two platforms that Docker cannot tell apart, with different images.
pub(super) fn same_to_docker(
    image: &str,
    platforms: &[&str],
    oci: &str,
    origin: Origin,
) -> Option<Diagnostic> {
    at(origin, |span| {
        let names = platforms.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(" and ");
        Diagnostic::error(
            "lossy",
            format!("image `{image}` differs between {names}, which are both `{oci}` to Docker"),
            span,
        )
        .primary("one reference cannot hold both")
        .help("declare an image for each, with its own `platforms`, or give the platforms different variants")
    })
}

/// A path that the image copies and its ignore file hides.
pub(super) fn ignored_copy(
    image: &str,
    path: &str,
    copy: Origin,
    pattern: &Sourced<String>,
) -> Option<Diagnostic> {
    at(copy, |span| {
        let said = Diagnostic::error(
            "ignored-copy",
            format!("image `{image}` copies `{path}`, which its own `ignore` hides from the build"),
            span,
        )
        .primary("copied here")
        .help(format!("add `\"!{path}\"` after the pattern, or remove the pattern"));
        match pattern.origin {
            Some(at) => said.label(at, "ignored by this pattern"),
            None => said,
        }
    })
}
