def _image_configs(image, platforms):
    # Pairs of platforms and the arguments of oci_image() on them.
    parts = []
    for config in IMAGE_CONFIGS[image]["configs"]:
        of = [platform for platform in config["platforms"] if platform in platforms]
        if of:
            parts.append((of, config["arguments"]))
    return parts

def _declared_base(image, platforms):
    bases = IMAGE_CONFIGS[image].get("bases", {})
    missing = [platform for platform in platforms if platform not in bases]
    if missing:
        fail("the last stage of '%s' runs commands on %s, and a layer of files cannot: name an image on which they have run, base = \"//some:image\"" % (image, ", ".join(missing)))
    return _by_platform({platform: bases[platform] for platform in platforms}, None)

def _by_platform(values, default):
    arms = {PLATFORM_CONDITIONS[platform]: value for platform, value in values.items()}
    arms["//conditions:default"] = default
    return select(arms)

def _only_for(platforms):
    # Elsewhere, such as on the machine of a developer, `bazel build //...` skips the target.
    return _by_platform({platform: [] for platform in platforms}, ["@platforms//:incompatible"])

def multi_platform_image(
        name,
        srcs,
        base = None,
        image = None,
        platforms = None,
        package_dir = None,
        repository = None,
        remote_tags = None,
        tags = [],
        visibility = None,
        **kwargs):
    """An image of files on a base, as an index with one manifest per platform.

    `NAME` is the index, `NAME_image` the image of the platform that is built for, `NAME_load` loads that one
    into a local daemon, and `NAME_push`, if it is known where to, pushes the index.

    Args:
      name: name of the index.
      srcs: the files, such as a binary; its runfiles come with it.
      base: label of the image below; that of the declared image's last stage if it is left out.
      image: the declared image that it is: gives user, ports, variables, command and the rest.
      platforms: the platforms of the index; those of the declared image, or else all.
      package_dir: folder in the image that the files go to; the root if it is left out.
      repository: where it is pushed; that of the declared image if it is left out.
      remote_tags: the tags it is pushed with; that of the declared image if they are left out.
      tags: tags of all targets.
      visibility: as usual.
      **kwargs: further arguments of oci_image(), which replace what the declared image says.
    """
    if image != None and image not in IMAGE_CONFIGS:
        fail("'%s' is no image of this project; it has %s" % (image, ", ".join(IMAGE_CONFIGS.keys())))
    declared = IMAGE_CONFIGS[image] if image else {}
    keys = [platform_key(platform) for platform in platforms or declared.get("platforms", SUPPORTED_PLATFORMS)]
    repository = repository or declared.get("repository")
    remote_tags = remote_tags or declared.get("tags", ["latest"])
    if base == None:
        if image == None:
            fail("one of base and image must be given")
        base = _declared_base(image, keys)

    tar(
        name = name + "_layer",
        srcs = srcs,
        mutate = mutate(package_dir = package_dir) if package_dir else None,
        tags = tags,
    )
    parts = _image_configs(image, keys) if image else [(keys, {})]
    images = {}
    for index, (of, config) in enumerate(parts):
        # One image serves all platforms on which it is configured alike; base and layer are chosen by select().
        target = name + "_image" if len(parts) == 1 else "%s_image_%d" % (name, index)
        arguments = dict(config)
        arguments.update(kwargs)
        oci_image(
            name = target,
            base = base,
            tags = tags,
            target_compatible_with = _only_for(of),
            tars = [name + "_layer"],
            visibility = visibility if len(parts) == 1 else ["//visibility:private"],
            **arguments
        )
        images.update({platform: target for platform in of})
    if len(parts) > 1:
        native.alias(
            name = name + "_image",
            actual = _by_platform(images, images[keys[0]]),
            tags = tags,
            visibility = visibility,
        )
    oci_image_index(
        name = name,
        images = [name + "_image"],
        platforms = [platform_target(platform) for platform in keys],
        tags = tags,
        visibility = visibility,
    )
    oci_load(
        name = name + "_load",
        image = name + "_image",
        repo_tags = ["%s:%s" % (repository or name, tag) for tag in remote_tags],
        tags = tags,
        visibility = visibility,
    )
    if repository:
        oci_push(
            name = name + "_push",
            image = name,
            remote_tags = remote_tags,
            repository = repository,
            tags = tags,
            visibility = visibility,
        )
