def _per_platform(name, binary, platforms, compilation_mode, kwargs):
    common = {
        key: kwargs[key]
        for key in ["tags", "testonly", "visibility"]
        if key in kwargs
    }
    for platform in platforms:
        target = platform_target(platform)
        platform_binary(
            name = "%s_%s" % (name, target.split(":")[-1]),
            binary = binary,
            compilation_mode = compilation_mode,
            target_platform = target,
            **common
        )

def cross_platform_binary(
        name,
        srcs = [],
        deps = [],
        copts = [],
        platforms = SUPPORTED_PLATFORMS,
        compilation_mode = COMPILATION_MODE,
        **kwargs):
    """A cc_binary(), and for each platform `NAME_PLATFORM`: the same binary, built for that platform.

    Args:
      name: name of the binary; the variants are `NAME_linux_amd64` and so on.
      srcs: as in cc_binary().
      deps: as in cc_binary().
      copts: further flags, after those of the platform.
      platforms: the platforms that get a variant.
      compilation_mode: that of the variants; empty for that of the command line.
      **kwargs: further arguments of cc_binary().
    """
    cc_binary(
        name = name,
        srcs = srcs,
        copts = COPTS + copts,
        deps = deps,
        **kwargs
    )
    _per_platform(name, ":" + name, platforms, compilation_mode, kwargs)

def platform_aware_binary(
        name,
        srcs = [],
        deps = [],
        dependencies = None,
        platforms = SUPPORTED_PLATFORMS,
        compilation_mode = COMPILATION_MODE,
        **kwargs):
    """A py_binary() with the dependencies of its platform, and for each platform `NAME_PLATFORM`.

    Args:
      name: name of the binary; the variants are `NAME_linux_amd64` and so on.
      srcs: as in py_binary().
      deps: what it depends on everywhere.
      dependencies: the `dependencies` declaration that says what else; may be left out if there is just one.
      platforms: the platforms that get a variant.
      compilation_mode: that of the variants; empty for that of the command line.
      **kwargs: further arguments of py_binary().
    """
    py_binary(
        name = name,
        srcs = srcs,
        deps = deps + platform_deps(dependencies),
        **kwargs
    )
    _per_platform(name, ":" + name, platforms, compilation_mode, kwargs)

def platform_test(name, srcs, deps = [], platforms = SUPPORTED_PLATFORMS, main = None, **kwargs):
    """For each platform `NAME_PLATFORM`, a py_test() that only runs when that platform is built for.

    `bazel test --config=linux_arm64 //...` runs the tests of linux_arm64 and skips the others. NAME is the
    suite of all.

    Args:
      name: name of the suite; the tests are `NAME_linux_amd64` and so on.
      srcs: as in py_test().
      deps: as in py_test().
      platforms: the platforms that are tested.
      main: as in py_test(); may be left out if there is just one source, or one that is called `NAME.py`.
      **kwargs: further arguments of py_test().
    """
    if main == None:
        main = srcs[0] if len(srcs) == 1 else name + ".py"
    tags = kwargs.pop("tags", [])
    compatible = kwargs.pop("target_compatible_with", [])
    tests = []
    for platform in platforms:
        test = "%s_%s" % (name, platform_target(platform).split(":")[-1])
        py_test(
            name = test,
            srcs = srcs,
            main = main,
            tags = tags + ["platform:" + platform_key(platform)],
            target_compatible_with = platform_constraints(platform) + compatible,
            deps = deps,
            **kwargs
        )
        tests.append(":" + test)
    native.test_suite(
        name = name,
        tests = tests,
        visibility = kwargs.get("visibility"),
    )
