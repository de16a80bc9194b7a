def platform_key(platform):
    """Says under which key the tables of this file have a platform.

    Args:
      platform: its OCI name (`linux/arm/v7`), its target (`linux_arm_v7`, with or without the package), or
        its name in the sources.

    Returns:
      Its OCI name. It is an error if the project has no such platform.
    """
    key = _PLATFORM_KEYS.get(platform.split(":")[-1])
    if key == None:
        fail("'%s' is no platform of this project; it has %s" % (platform, ", ".join(SUPPORTED_PLATFORMS)))
    return key

def platform_target(platform):
    """Gives the label of the platform() target.

    Args:
      platform: any name that platform_key() takes.

    Returns:
      The label, for `--platforms` and for transitions.
    """
    return BAZEL_PLATFORMS[platform_key(platform)]

def platform_constraints(platform):
    """Gives what `target_compatible_with` takes to build a target for one platform alone.

    Args:
      platform: any name that platform_key() takes.

    Returns:
      The labels of its constraint values: operating system and processor.
    """
    return PLATFORM_CONFIGS[platform_key(platform)]["constraint_values"]

def platform_select(values):
    """Makes a select() over all platforms of the project.

    Args:
      values: a dict from any name that platform_key() takes to a value. It must have every platform.

    Returns:
      The select(). On a platform that is not the project's it is an error.
    """
    keyed = {platform_key(platform): value for platform, value in values.items()}
    missing = [platform for platform in SUPPORTED_PLATFORMS if platform not in keyed]
    if missing:
        fail("no value for %s" % ", ".join(missing))
    return select(
        {PLATFORM_CONDITIONS[platform]: value for platform, value in keyed.items()},
        no_match_error = _NO_MATCH,
    )

def get_platform_cflags(platform):
    """Gives the compiler flags of one platform. In `copts`, write COPTS instead.

    Args:
      platform: any name that platform_key() takes.

    Returns:
      A list of flags for GCC and Clang.
    """
    return PLATFORM_CFLAGS[platform_key(platform)]

def get_memory_config(platform, profile = None, environment = None):
    """Gives the memory of a process on one platform.

    Args:
      platform: any name that platform_key() takes.
      profile: name of the `memory` declaration; may be left out if there is just one.
      environment: name of the environment, where the declaration differs by environment.

    Returns:
      A dict with `runtime` and, as far as they are declared, `heap_size`, `stack_size`, `gc_type` and `flags`.
    """
    return _row("memory", MEMORY_CONFIGS, platform, profile, environment)

def get_platform_resources(platform, profile = None, environment = None):
    """Gives requests and limits on one platform.

    Args:
      platform: any name that platform_key() takes.
      profile: name of the `resources` declaration; may be left out if there is just one.
      environment: name of the environment, where the declaration differs by environment.

    Returns:
      A dict with `requests` and `limits`, each a dict of quantities as Kubernetes writes them.
    """
    return _row("resources", RESOURCE_CONFIGS, platform, profile, environment)

def get_platform_thresholds(platform, workload = None, environment = None):
    """Gives the percentages above which somebody should look, on one platform.

    Args:
      platform: any name that platform_key() takes.
      workload: name of the workload that sets them; may be left out if there is just one.
      environment: name of the environment, where they differ by environment.

    Returns:
      A dict with `cpu`, `memory` and `disk`, as far as they are declared.
    """
    return _row("thresholds", PLATFORM_THRESHOLDS, platform, workload, environment)

def get_platform_dependencies(platform, profile = None, environment = None):
    """Gives the dependencies of one platform. In `deps`, write platform_deps() instead.

    Args:
      platform: any name that platform_key() takes.
      profile: name of the `dependencies` declaration; may be left out if there is just one.
      environment: name of the environment, where the declaration differs by environment.

    Returns:
      A list of labels.
    """
    return _row("dependencies", PLATFORM_DEPENDENCIES, platform, profile, environment)

def platform_deps(profile = None, environment = None):
    """Gives the dependencies of the platform that is built for.

    Args:
      profile: name of the `dependencies` declaration; may be left out if there is just one.
      environment: name of the environment, where the declaration differs by environment.

    Returns:
      A value for `deps`: labels and a select(). Nothing, if none is named and none is declared.
    """
    if profile == None and not PLATFORM_DEPS:
        return []
    return _table("dependencies", PLATFORM_DEPS, profile, environment)

def memory_flags(profile = None, environment = None):
    """Gives the flags of the runtime on the platform that is built for.

    Args:
      profile: name of the `memory` declaration; may be left out if there is just one.
      environment: name of the environment, where the declaration differs by environment.

    Returns:
      A value for `jvm_flags`: flags or a select(). Nothing, if none is named and none is declared.
    """
    if profile == None and not MEMORY_FLAGS:
        return []
    return _table("memory", MEMORY_FLAGS, profile, environment)

def _table(kind, tables, profile, environment):
    names = {key.split("@")[0]: None for key in tables}.keys()
    if profile == None:
        if len(names) != 1:
            fail("say which %s are meant: the project has %s" % (kind, ", ".join(names) or "none"))
        profile = names[0]
    for key in [profile, "%s@%s" % (profile, environment)]:
        if key in tables:
            return tables[key]
    if profile in names and environment == None:
        fail("%s '%s' differ by environment: say which one is meant" % (kind, profile))
    fail("the project has no %s '%s'; it has %s" % (kind, profile, ", ".join(tables.keys()) or "none"))

def _row(kind, tables, platform, profile, environment):
    table = _table(kind, tables, profile, environment)
    key = platform_key(platform)
    if key not in table:
        fail("%s '%s' are not for %s, only for %s" % (kind, profile, key, ", ".join(table.keys())))
    return table[key]
