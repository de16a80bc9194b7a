//! Source to syntax tree, in bytes per second. `written` is what a large repository looks like: thousands of plain
//! declarations of about a dozen lines.

use divan::counter::BytesCount;
use plat_base::{SourceFile, SourceMap};
use std::fmt::Write;
use std::sync::Arc;

fn main() {
    divan::main();
}

fn source(text: String) -> Arc<SourceFile> {
    SourceMap::default().add("bench.plat", text)
}

/// `count` services with image, ports, variables and resources.
fn written(count: usize) -> String {
    let mut text = String::from("use std.images\nuse \"./platforms.plat\".{amd64, arm64}\n\n");
    for i in 0..count {
        let _ = write!(
            text,
            "/// Serves team {team}.\nservice svc-{i:05} {{\n  image = \"registry.example.com/team-{team}/svc-{i:05}:1.{minor}.{patch}\"\n  \
             ports {{ http = {port} }}\n  replicas = 3\n  env {{\n    FEATURE_SHARD = \"{shard}\"\n    LOG_LEVEL = \"info\"\n    \
             REGION = \"eu-west-{region}\"\n    SERVICE_NAME = self.name\n  }}\n  resources = standard\n  \
             health {{ live = http(\"/healthz\", port = self.ports.http), ready = http(\"/readyz\", port = self.ports.http) }}\n  \
             when platform == arm64 {{ resources {{ requests {{ cpu = 250m, memory = 512Mi }} }} }}\n}}\n\n",
            team = i % 17,
            minor = i % 50,
            patch = i % 7,
            port = 8000 + i % 1000,
            shard = i % 16,
            region = i % 3 + 1,
        );
    }
    text
}

#[divan::bench(args = [1, 100, 10_000], sample_count = 20)]
fn written_services(bencher: divan::Bencher<'_, '_>, count: usize) {
    let file = source(written(count));
    bencher.counter(BytesCount::of_str(&*file.text)).bench_local(|| plat_syntax::parse(&file));
}

#[divan::bench]
fn every_construct(bencher: divan::Bencher<'_, '_>) {
    let file = source(include_str!("../tests/fixtures/everything.plat").to_owned());
    bencher.counter(BytesCount::of_str(&*file.text)).bench_local(|| plat_syntax::parse(&file));
}
