def _settings_for(platform, compilation_mode, settings):
    return {
        "//command_line_option:compilation_mode": compilation_mode or settings["//command_line_option:compilation_mode"],
        "//command_line_option:platforms": str(platform),
    }

def _platform_transition_impl(settings, attr):
    return _settings_for(attr.target_platform, attr.compilation_mode, settings)

# From one target to the same target on another platform. Rules that apply it have the attributes
# `target_platform` and `compilation_mode` of PLATFORM_ATTRS.
platform_transition = transition(
    implementation = _platform_transition_impl,
    inputs = ["//command_line_option:compilation_mode"],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
    ],
)

def _multi_platform_transition_impl(settings, attr):
    return {
        platform.name: _settings_for(platform, attr.compilation_mode, settings)
        for platform in attr.platforms
    }

# From one target to the same target on each of `platforms`; `ctx.split_attr` has them by the names of
# the platforms' targets. Rules that apply it have the attributes of MULTI_PLATFORM_ATTRS.
multi_platform_transition = transition(
    implementation = _multi_platform_transition_impl,
    inputs = ["//command_line_option:compilation_mode"],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
    ],
)

_COMMON_ATTRS = {
    "compilation_mode": attr.string(
        default = COMPILATION_MODE,
        doc = "Compilation mode of the variants; empty for that of the command line.",
        values = ["", "dbg", "fastbuild", "opt"],
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

PLATFORM_ATTRS = dict(
    _COMMON_ATTRS,
    target_platform = attr.label(
        doc = "The platform() to build for.",
        mandatory = True,
    ),
)

MULTI_PLATFORM_ATTRS = dict(
    _COMMON_ATTRS,
    platforms = attr.label_list(
        doc = "The platform() targets to build for.",
        mandatory = True,
    ),
)

def _platform_binary_impl(ctx):
    suffix = ".exe" if ctx.executable.binary.extension == "exe" else ""
    executable = ctx.actions.declare_file(ctx.label.name + suffix)
    ctx.actions.symlink(
        output = executable,
        target_file = ctx.executable.binary,
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [executable, ctx.executable.binary])
    return [DefaultInfo(
        executable = executable,
        files = depset([executable]),
        runfiles = runfiles.merge(ctx.attr.binary[DefaultInfo].default_runfiles),
    )]

platform_binary = rule(
    implementation = _platform_binary_impl,
    attrs = dict(
        PLATFORM_ATTRS,
        binary = attr.label(
            cfg = "target",
            doc = "The binary to build for the platform.",
            executable = True,
            mandatory = True,
        ),
    ),
    cfg = platform_transition,
    doc = "A binary, built for one platform whatever the command line says.",
    executable = True,
)

def _multi_platform_files_impl(ctx):
    files = {
        platform: depset(transitive = [src.files for src in srcs])
        for platform, srcs in ctx.split_attr.srcs.items()
    }
    return [
        DefaultInfo(files = depset(transitive = files.values())),
        OutputGroupInfo(**files),
    ]

multi_platform_files = rule(
    implementation = _multi_platform_files_impl,
    attrs = dict(
        MULTI_PLATFORM_ATTRS,
        srcs = attr.label_list(
            allow_files = True,
            cfg = multi_platform_transition,
            doc = "What to build for each platform.",
            mandatory = True,
        ),
    ),
    doc = "Files, built for several platforms at once; each platform has an output group of its name.",
)
