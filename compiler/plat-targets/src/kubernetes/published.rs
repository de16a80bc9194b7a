//! What published images need beside their specification: directories that they write, and data directories that must
//! not be the top of a volume. Facts from the documentation of the Docker Official Images.

use plat_model::{ImageRef, WorkloadSpec};

/// What an image needs.
struct Needs {
    /// Last part of the repository.
    image: &'static str,
    /// Directories that it writes outside of `/tmp`.
    writes: &'static [&'static str],
    /// The variable that names its data directory, and the directory.
    data: Option<(&'static str, &'static str)>,
}

const IMAGES: &[Needs] = &[
    Needs {
        image: "postgres",
        writes: &["/var/run/postgresql"],
        // A fresh volume has `lost+found` in it and belongs to root; PostgreSQL wants an empty directory of its own.
        data: Some(("PGDATA", "/var/lib/postgresql/data")),
    },
    Needs { image: "redis", writes: &["/data"], data: None },
    Needs { image: "valkey", writes: &["/data"], data: None },
    Needs { image: "mysql", writes: &["/var/lib/mysql", "/var/run/mysqld"], data: None },
    Needs { image: "mariadb", writes: &["/var/lib/mysql", "/run/mysqld"], data: None },
    Needs { image: "mongo", writes: &["/data/db", "/data/configdb"], data: None },
    Needs { image: "rabbitmq", writes: &["/var/lib/rabbitmq", "/etc/rabbitmq/conf.d"], data: None },
    Needs { image: "nginx", writes: &["/var/cache/nginx", "/var/run"], data: None },
];

fn needs(spec: &WorkloadSpec) -> Option<&'static Needs> {
    let ImageRef::Published(base) = &spec.image.value else { return None };
    let last = base.repository.rsplit('/').next()?;
    IMAGES.iter().find(|n| n.image == last)
}

/// Directories that the image of a workload writes, besides `/tmp`.
pub(super) fn writes(spec: &WorkloadSpec) -> &'static [&'static str] {
    needs(spec).map_or(&[], |n| n.writes)
}

/// A variable that has to be set, and its value: where a volume is mounted at the image's data directory.
pub(super) fn data_directory(spec: &WorkloadSpec) -> Option<(&'static str, String)> {
    let (variable, directory) = needs(spec)?.data?;
    let mounted = spec.storage.iter().any(|s| s.mount.value == directory)
        || spec.volumes.iter().any(|v| v.mount.value == directory);
    let set = spec.env.iter().any(|v| v.name == variable);
    (mounted && !set).then(|| (variable, format!("{directory}/pgdata")))
}
