//! What this target has to say about a project.

use plat_base::{Diagnostic, Span};
use plat_model::Platform;

/// Two platforms that Bazel could not tell apart.
pub(crate) fn same_platform(first: &Platform, second: &Platform) -> Option<Diagnostic> {
    let span = second.origin.or(first.origin)?;
    let mut diagnostic = Diagnostic::error(
        "duplicate-name",
        format!("platforms `{}` and `{}` are both {} for Bazel", first.name, second.name, *second.oci),
        span,
    )
    .primary("no `select()` could tell this one from the other")
    .help("give them different variants (`variant = \"v3\"`) and processors, or keep one of them");
    if let (Some(first), true) = (first.origin, second.origin.is_some()) {
        diagnostic = diagnostic.label(first, "the other one");
    }
    Some(diagnostic)
}

/// A dependency that is no absolute label.
pub(crate) fn bad_label(text: &str, span: Span) -> Diagnostic {
    Diagnostic::error("refinement-failed", format!("\"{text}\" is not the label of a Bazel target"), span)
        .primary("this is not an absolute label")
        .help("write it from the root of its workspace: \"//third_party/python:numpy\" or \"@pypi//numpy\"")
}

/// An option of the output that has a value it cannot have.
pub(crate) fn bad_option(name: &str, value: &str, wanted: &str, span: Span) -> Diagnostic {
    Diagnostic::error("refinement-failed", format!("`{name}` cannot be \"{value}\""), span)
        .primary("set here")
        .help(format!("write {wanted}"))
}

/// A platform whose constraint or target Bazel has no name for.
pub(crate) fn no_bazel_name(platform: &Platform) -> Option<Diagnostic> {
    let diagnostic = Diagnostic::error(
        "lossy",
        format!("Bazel has no constraint values for the platform `{}` ({})", platform.name, *platform.oci),
        platform.origin?,
    );
    Some(
        diagnostic
            .primary("declared here")
            .help("leave it out of what Bazel builds, or remove the `bazel` output"),
    )
}

/// Something of an image that rules_oci has no way to write: its files have one value per line.
pub(crate) fn not_in_a_line(what: &str, image: &str, span: Span) -> Diagnostic {
    Diagnostic::warning("lossy", format!("{what} of the image `{image}` is left out of `docker.bzl`"), span)
        .primary("rules_oci writes one value per line, so it can hold neither a line break nor an empty word")
        .help("make it one line of text, or build this image with the Dockerfile")
}
