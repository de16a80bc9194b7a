//! The fleet as typed Kubernetes objects: five for each service, made by one function, from a loop and from
//! declarations. And the same text written without the compiler, which is both what the compiler has to print and
//! the least that printing can cost.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

const PROJECT: &str = "/// A fleet of typed Kubernetes objects, to measure with.\n\
    project fleet {\n  edition = 2026\n  limits { steps = 1_000_000_000, steps-per-value = 1_000_000_000, output = 4Gi }\n}\n";
const KUBERNETES: &str = include_str!("kubernetes.plat");
const LOOP: &str = include_str!("loop.plat");
const WRITTEN: &str = include_str!("written.plat");

/// The file that the program emits.
pub const OUTPUT: &str = "fleet.yaml";

/// What tells one service from the others.
struct Service {
    name: String,
    image: String,
    port: usize,
    shard: usize,
    region: usize,
}

impl Service {
    fn new(i: usize) -> Service {
        let name = format!("svc-{i:05}");
        let image = format!("registry.example.com/team-{}/{name}:1.{}.{}", i % 17, i % 50, i % 7);
        Service { name, image, port: 8000 + i % 1000, shard: i % 16, region: i % 3 + 1 }
    }
}

/// Writes the project that loops over `number` services to `folder`; gives the size of the source in bytes.
pub fn write_loop(number: usize, folder: &Path) -> io::Result<usize> {
    write(folder, &LOOP.replace("NUMBER", &number.to_string()))
}

/// Writes the project that declares `number` services to `folder`; gives the size of the source in bytes.
pub fn write_declarations(number: usize, folder: &Path) -> io::Result<usize> {
    let mut text = WRITTEN.to_owned();
    for i in 0..number {
        let Service { name, image, port, shard, region } = Service::new(i);
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            r#"
app {name} {{
  image = "{image}"
  port  = {port}
  variables {{
    FEATURE_SHARD = "{shard}"
    LOG_LEVEL     = "info"
    PORT          = "{port}"
    REGION        = "eu-west-{region}"
    SERVICE_NAME  = "{name}"
  }}
}}
"#
        );
    }
    write(folder, &text)
}

/// Appends `template` to `text` once for each of `number` services, with `{name}`, `{image}`, `{port}`, `{shard}` and
/// `{region}` filled in.
pub fn fill(template: &str, number: usize, text: &mut String) {
    let pieces = cut(template);
    let mut buffer = Vec::new();
    for i in 0..number {
        Service::new(i).print(&pieces, &mut buffer);
    }
    text.push_str(&String::from_utf8_lossy(&buffer));
}

fn write(folder: &Path, main: &str) -> io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let files = [("project.plat", PROJECT), ("kubernetes.plat", KUBERNETES), ("main.plat", main)];
    for (name, text) in files {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(files.iter().map(|(_, text)| text.len()).sum())
}

const DEPLOYMENT: &str = r#"  - apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {name}-{arch}
      labels:
        app: {name}
        arch: {arch}
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: {name}
          arch: {arch}
      template:
        metadata:
          labels:
            app: {name}
            arch: {arch}
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions:
                      - key: kubernetes.io/arch
                        operator: In
                        values:
                          - {arch}
          containers:
            - name: {name}
              image: {image}
              ports:
                - name: http
                  containerPort: {port}
              env:
                - name: FEATURE_SHARD
                  value: "{shard}"
                - name: LOG_LEVEL
                  value: info
                - name: PORT
                  value: "{port}"
                - name: REGION
                  value: eu-west-{region}
                - name: SERVICE_NAME
                  value: {name}
              resources:
                requests:
                  cpu: {cpu}
                  memory: {memory}
                limits:
                  cpu: {most-cpu}
                  memory: {most-memory}
              livenessProbe:
                httpGet:
                  path: /healthz
                  port: http
                periodSeconds: 10
              readinessProbe:
                httpGet:
                  path: /readyz
                  port: http
                periodSeconds: 10
"#;

const REST: &str = r#"  - apiVersion: v1
    kind: Service
    metadata:
      name: {name}
      labels:
        app: {name}
    spec:
      selector:
        app: {name}
      ports:
        - name: http
          port: {port}
          targetPort: http
  - apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: {name}
      labels:
        app: {name}
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: {name}-amd64
      minReplicas: 3
      maxReplicas: 9
      metrics:
        - type: Resource
          resource:
            name: cpu
            target:
              type: Utilization
              averageUtilization: 70
"#;

/// Architecture, and what is requested and allowed there.
const PROFILES: [[&str; 5]; 3] = [
    ["amd64", "500m", "1Gi", "\"1\"", "2Gi"],
    ["arm64", "250m", "512Mi", "500m", "1Gi"],
    ["arm", "125m", "256Mi", "250m", "512Mi"],
];

/// A piece of the template, with what stands after it.
enum Piece {
    Text(String),
    Name,
    Image,
    Port,
    Shard,
    Region,
}

/// The template of one service, cut at what differs between services.
fn template() -> Vec<Piece> {
    let mut whole = String::new();
    for [arch, cpu, memory, most_cpu, most_memory] in PROFILES {
        let text = DEPLOYMENT.replace("{arch}", arch).replace("{cpu}", cpu).replace("{memory}", memory);
        whole.push_str(&text.replace("{most-cpu}", most_cpu).replace("{most-memory}", most_memory));
    }
    whole.push_str(REST);
    cut(&whole)
}

/// Cuts a template at its placeholders. Other braces are text.
fn cut(template: &str) -> Vec<Piece> {
    let (mut pieces, mut text, mut rest) = (Vec::new(), String::new(), template);
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let places = [
            ("{name}", Piece::Name),
            ("{image}", Piece::Image),
            ("{port}", Piece::Port),
            ("{shard}", Piece::Shard),
            ("{region}", Piece::Region),
        ];
        if let Some((place, piece)) = places.into_iter().find(|(place, _)| rest.starts_with(place)) {
            pieces.extend([Piece::Text(std::mem::take(&mut text)), piece]);
            rest = &rest[place.len()..];
        } else {
            text.push('{');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    pieces.push(Piece::Text(text));
    pieces
}

impl Service {
    /// Copies a template with what is this service's own.
    fn print(&self, template: &[Piece], buffer: &mut Vec<u8>) {
        let (port, shard, region) = (self.port.to_string(), self.shard.to_string(), self.region.to_string());
        for piece in template {
            buffer.extend_from_slice(match piece {
                Piece::Text(text) => text.as_bytes(),
                Piece::Name => self.name.as_bytes(),
                Piece::Image => self.image.as_bytes(),
                Piece::Port => port.as_bytes(),
                Piece::Shard => shard.as_bytes(),
                Piece::Region => region.as_bytes(),
            });
        }
    }
}

/// [`print`] into the file [`OUTPUT`] of `folder`.
pub fn print_to(number: usize, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    print(number, &mut std::fs::File::create(folder.join(OUTPUT))?)
}

/// Prints what the programs of `number` services emit, with plain copies from a prepared template.
pub fn print(number: usize, out: &mut impl Write) -> io::Result<()> {
    let template = template();
    out.write_all(b"---\napiVersion: v1\nkind: List\nitems:")?;
    out.write_all(if number == 0 { b" []\n" } else { b"\n" })?;
    let mut buffer: Vec<u8> = Vec::with_capacity(1 << 20);
    for i in 0..number {
        Service::new(i).print(&template, &mut buffer);
        if buffer.len() > (1 << 20) - (1 << 15) {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)
}
