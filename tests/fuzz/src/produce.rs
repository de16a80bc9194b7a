//! Programs from the grammar: each production is a text with holes, filled at random until the fuel is used up.

/// A sequence that its seed decides (splitmix64).
pub struct Random(pub u64);

impl Random {
    /// A number below `n`; 0 if that is 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    /// One of these.
    pub fn among<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts.get(self.below(texts.len())).copied().unwrap_or("")
    }
}

/// `§e` is an expression, `§i` an item, `§b` an entry of a body, `§t` a type, `§n` a name, `§k` a kind, `§p` a pattern,
/// `§s` a string.
const EXPRESSIONS: &[&str] = &[
    "(§e)",
    "§e + §e",
    "§e - §e",
    "§e * §e",
    "§e / §e",
    "§e div §e",
    "§e mod §e",
    "§e of §e",
    "-§e",
    "not §e",
    "§e and §e",
    "§e or §e",
    "§e == §e",
    "§e != unset",
    "§e == unset",
    "§e < §e",
    "§e <= §e",
    "§e in §e",
    "§e matches §s",
    "§e ?? §e",
    "§e.§n",
    "§e?.§n",
    "§e[§e]",
    "§n(§e)",
    "§n(§e, §e)",
    "§n(§e, §n = §e)",
    "if §e then §e else §e",
    "match §e { §p => §e, else => §e }",
    "match §e { §p | §p => §e, §p => §e }",
    "match platform { §n => §e, else => §e }",
    "match env { §n => §e }",
    "let §n = §e; §e",
    "let §n: §t = §e; §e",
    "[§e, §e]",
    "[for §n in §e: §e]",
    "[for §n, §n in §e if §e: §e]",
    "[for §n in §e for §n in §e: §e]",
    "{for §n, §n in §e: §s = §e}",
    "{for §n in §e: \"\\(§n)\" = §e}",
    "{ §b }",
    "{ §b, §b }",
    "§e { §b }",
    "§k { §b }",
    "\"\\(§e)\"",
    "\"\\(§e)-\\(§e)\"",
    "range(§e)",
    "range(§e, §e)",
    "keys(§e)",
    "values(§e)",
    "merge(§e, §e)",
    "join(§e, by = §s)",
    "split(§e, by = §s)",
    "replace(§e, §e, §e)",
    "sort(§e)",
    "unique(§e)",
    "flatten(§e)",
    "zip(§e, §e)",
    "sum(§e)",
    "min(§e)",
    "max(§e)",
    "first(§e)",
    "last(§e)",
    "reverse(§e)",
    "floor(§e, to = §e)",
    "round(§e)",
    "abs(§e)",
    "format(§e, decimals = §e)",
    "json(§e)",
    "yaml(§e)",
    "upper(§e)",
    "trim(§e)",
    "contains(§e, §e)",
    "§k.§n",
    "self.§n",
    "§e.length",
    "any(§e)",
    "to-int(§e)",
];

const LEAVES: &[&str] = &[
    "§n",
    "§n",
    "§n",
    "§s",
    "§s",
    "§k",
    "0",
    "1",
    "2",
    "7",
    "1_000",
    "-1",
    "9223372036854775807",
    "0.5",
    "0o755",
    "1Gi",
    "512Mi",
    "250m",
    "10s",
    "5min",
    "70%",
    "100%",
    "1k",
    "9Ei",
    "true",
    "false",
    "null",
    "unset",
    "self",
    "platform",
    "env",
    "platform.arch",
    "env.name",
    "[]",
    "{}",
    "secret()",
    "platform.oci",
];

const STRINGS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"a-b\"",
    "\"/healthz\"",
    "\"\\n\"",
    "\"\\u{1F980}é\"",
    "r\"[a-z]+\"",
    "r#\"\"\"#",
    "\"ghcr.io/a/b\"",
    "\"x,y,z\"",
    "\"*/5 * * * *\"",
    "\"\"\"\n  a\n  b\n  \"\"\"",
    "\"a\\(§e)b\"",
    "\"$(x) ${y} `z`\"",
];

const NAMES: &[&str] = &[
    "a",
    "b",
    "c",
    "x",
    "name",
    "image",
    "api",
    "web",
    "http",
    "memory",
    "cpu",
    "requests",
    "limits",
    "ports",
    "amd64",
    "arm64",
    "prod",
    "staging",
    "f",
    "g",
    "port",
    "labels",
    "args",
    "env",
    "self",
    "it",
    "x86-64-v3",
    "_p",
];

const KINDS: &[&str] = &[
    "service",
    "image",
    "resources",
    "platform",
    "environment",
    "memory",
    "config",
    "credentials",
    "volume",
    "job",
    "schedule",
    "stateful",
    "daemon",
    "output",
    "cpu",
    "dependencies",
    "queue",
    "a",
];

const TYPES: &[&str] = &[
    "int",
    "bool",
    "float",
    "string",
    "bytes",
    "cores",
    "duration",
    "percent",
    "secret",
    "data",
    "list[§t]",
    "map[§t]",
    "§t?",
    "{ §n: §t, §n?: §t }",
    "{ ...: §t }",
    "§t | §t",
    "§n",
    "§k",
    "int where it > §e",
    "string where it matches §s",
];

const PATTERNS: &[&str] = &["§n", "1", "-1", "\"a\"", "true", "null", "int", "string", "§t", "else"];

const ENTRIES: &[&str] = &[
    "§n = §e",
    "§n = §e",
    "§n = §e",
    "§n { §b }",
    "§n += §e",
    "§n += [§e]",
    "§s = §e",
    "when §e { §b }",
    "§n = unset",
    "when platform == §n { §b }",
    "when env == §n { §b }",
    "§b\n  §b",
    "image = §n",
    "memory = §e",
    "requests { §b }",
    "ports { http = §e }",
    "env { §n = §e }",
    "@allow(§n, §s) §n = §e",
    "/// a comment\n  §n = §e",
    "§n = §e // why",
    "stages { runtime { from = §s, steps = [§e] } }",
    "health { live = http(§s, port = §e) }",
    "replicas = §e",
];

const ITEMS: &[&str] = &[
    "let §n = §e",
    "let §n: §t = §e",
    "fn §n(§n: §t) -> §t = §e",
    "fn §n(§n: §t, §n: §t = §e) = §e",
    "type §n = §t",
    "fn §n[T](§n: list[T]) -> T? = first(§n)",
    "enum §n { §n, §n }",
    "kind §n { §n: §t }",
    "kind §n extends §k { §n?: §t }",
    "kind §n { §n: §t = §e\n §n?: §t\n final §n: §t = §e\n ...: §t }",
    "§k §n { §b }",
    "§k §n { §b\n  §b }",
    "§k §n extends §n { §b }",
    "§k §n extends §k.§n { §b }",
    "abstract §k §n { §b }",
    "§k §n = §e",
    "§k \"\\(§e)\" { §b }",
    "for §n in §e { §i }",
    "for §n, §n in §e if §e { §i\n§i }",
    "test §s { assert §e }",
    "test §s { let §n = §e\n assert §e }",
    "check §n for §n in §k at error { require §e\n message §s\n label §e §s\n help §s }",
    "check §n for §n in §k { require §e\n message §s }",
    "emit \"a.json\" = §e",
    "emit \"\\(env.name).yaml\" = §e",
    "emit \"a.toml\" = { §b }",
    "use std.images",
    "use std.platforms",
    "use std.python",
    "use std.cpus.{§n}",
    "@allow(§n, §s)\n§i",
    "@deprecated(§s)\n§i",
    "/// §n\n§i",
    "// §n\n§i",
    "platform §n extends platforms.linux-§n {}",
    "environment §n { §b }",
    "service §n { image = §n, §b }",
    "image §n { §b }",
    "output §n { §b }",
];

/// An item.
pub fn item(random: &mut Random) -> String {
    let mut out = String::new();
    let fuel = 4 + random.below(40);
    fill(random, "§i", &mut Fuel(fuel), 0, &mut out);
    out
}

/// An expression.
pub fn expression(random: &mut Random) -> String {
    let mut out = String::new();
    let fuel = 1 + random.below(12);
    fill(random, "§e", &mut Fuel(fuel), 0, &mut out);
    out
}

/// An entry of a body.
pub fn entry(random: &mut Random) -> String {
    let mut out = String::new();
    let fuel = 1 + random.below(12);
    fill(random, "§b", &mut Fuel(fuel), 0, &mut out);
    out
}

/// How many more productions may be used.
struct Fuel(usize);

fn fill(random: &mut Random, template: &str, fuel: &mut Fuel, depth: usize, out: &mut String) {
    let mut parts = template.split('§');
    out.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let mut chars = part.chars();
        let spent = fuel.0 == 0 || depth > 12;
        fuel.0 = fuel.0.saturating_sub(1);
        let choice = match chars.next() {
            Some('e') if spent || random.below(3) == 0 => random.among(LEAVES),
            Some('e') => random.among(EXPRESSIONS),
            Some('s') if spent => "\"s\"",
            Some('s') => random.among(STRINGS),
            Some('n') => random.among(NAMES),
            Some('k') => random.among(KINDS),
            Some('t') if spent => "int",
            Some('t') => random.among(TYPES),
            Some('p') if spent => "else",
            Some('p') => random.among(PATTERNS),
            Some('b') if spent => "a = 1",
            Some('b') => random.among(ENTRIES),
            Some('i') if spent => "let z = 1",
            Some('i') => random.among(ITEMS),
            _ => "",
        };
        fill(random, choice, fuel, depth + 1, out);
        out.push_str(chars.as_str());
    }
}
