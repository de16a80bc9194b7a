//! The limits that `project.plat` sets. In: its syntax tree. Out: the limits of the compilation. Nothing is evaluated
//! here: limits hold before there is anything to evaluate, so a value is a number that stands there.

use plat_base::{Diagnostic, Dimension, Limit, Limits, Quantity, Rational, Span, Unit};
use plat_syntax::ast::{Body, Entry, EntryKind, ExprId, ExprKind, ItemKind, Key, Module, Number};

/// The limits that the `project` declarations of a module set, and what is wrong with them.
pub(crate) fn read(module: &Module) -> (Limits, Vec<Diagnostic>) {
    let mut reader = Reader { module, limits: Limits::default(), diagnostics: Vec::new() };
    for item in &module.items {
        if let ItemKind::Project(project) = &item.kind {
            for entry in &project.body.entries {
                reader.setting(entry);
            }
        }
    }
    (reader.limits, reader.diagnostics)
}

struct Reader<'m> {
    module: &'m Module,
    limits: Limits,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// A setting of the project; only `limits` is of interest.
    fn setting(&mut self, entry: &Entry) {
        let is_limits = |key: &Key| matches!(key, Key::Static(word) if word.name.as_str() == "limits");
        match &entry.kind {
            EntryKind::Refine(key, body) if is_limits(key) => self.body(body),
            EntryKind::Set(key, value) if is_limits(key) => match &self.module[*value].kind {
                ExprKind::Record(body) => self.body(body),
                _ => self.not_written(self.module[*value].span),
            },
            EntryKind::Append(key, _) if is_limits(key) => self.not_written(entry.span),
            EntryKind::When(_, body) => {
                let inside = body.entries.iter().find(|e| match &e.kind {
                    EntryKind::Refine(key, _) | EntryKind::Set(key, _) => is_limits(key),
                    _ => false,
                });
                if let Some(inside) = inside {
                    self.not_written(inside.span);
                }
            }
            _ => {}
        }
    }

    fn body(&mut self, body: &Body) {
        for entry in &body.entries {
            match &entry.kind {
                // A name that is none is told where the fields of the kind are known.
                EntryKind::Set(Key::Static(key), value) => {
                    if let Some(limit) = Limit::named(key.name.as_str()) {
                        self.set(limit, *value);
                    }
                }
                EntryKind::Unset(_) | EntryKind::Error => {}
                _ => self.not_written(entry.span),
            }
        }
    }

    fn set(&mut self, limit: Limit, value: ExprId) {
        let expr = &self.module[value];
        let ExprKind::Number(number) = &expr.kind else { return self.not_written(expr.span) };
        // A number of the wrong type is told where types are.
        let Some(amount) = amount(number, limit.is_size()) else { return };
        let (least, most) = limit.range();
        if !(least..=most).contains(&amount) {
            let (name, least, most) = (limit.name(), limit.show(least), limit.show(most));
            self.diagnostics.push(
                Diagnostic::error(
                    "out-of-range",
                    format!("the limit `{name}` cannot have this value"),
                    expr.span,
                )
                .primary(format!("at least {least}, at most {most}"))
                .help(format!("write a number from {least} to {most}, or leave `{name}` out")),
            );
        }
        self.limits.set(limit, amount);
    }

    fn not_written(&mut self, span: Span) {
        self.diagnostics.push(
            Diagnostic::error("type-mismatch", "a limit is a number that stands here", span)
                .primary("this would have to be computed")
                .help("limits hold before anything is computed: write `limits { instances = 2_000_000 }`"),
        );
    }
}

/// The value of a number: with a unit of bytes if it is a size, without any if not.
fn amount(number: &Number, is_size: bool) -> Option<u64> {
    let digits = number.digits.as_str().replace('_', "");
    let value = match digits.strip_prefix("0o") {
        Some(octal) => Rational::whole(i128::from_str_radix(octal, 8).ok()?),
        None => Rational::parse_decimal(&digits)?,
    };
    let unit = number.suffix.and_then(|suffix| Unit::parse(suffix.name.as_str()));
    let whole = match (unit, number.suffix) {
        (Some(unit), _) if is_size && unit.dimension == Dimension::Bytes => {
            Quantity::of(value, unit)?.amount.to_whole()?
        }
        (None, None) if !is_size => value.to_whole()?,
        _ => return None,
    };
    // What does not fit is out of every limit's range.
    Some(u64::try_from(whole).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::SourceMap;

    fn limits(settings: &str) -> (Limits, Vec<String>) {
        let file = SourceMap::default().add("project.plat", format!("project p {{ {settings} }}"));
        let parse = plat_syntax::parse(&file);
        assert!(parse.diagnostics.is_empty(), "{:?}", parse.diagnostics);
        let (limits, found) = read(&parse.module);
        (limits, found.into_iter().map(|d| format!("{}: {}", d.code, file.slice(d.labels[0].span))).collect())
    }

    #[test]
    fn limits_are_read_as_they_stand() {
        let (limits, found) =
            limits("edition = 2026, limits { instances = 2_000, output = 1.5Gi, text = 1M }");
        assert!(found.is_empty(), "{found:?}");
        let values = [Limit::Instances, Limit::Output, Limit::Text, Limit::Steps].map(|l| limits.get(l));
        assert_eq!(values, [2_000, 3 << 29, 1_000_000, 10_000_000]);
        let (limits, found) = self::limits("limits = { depth = 0o1000 }");
        assert!(found.is_empty() && limits.get(Limit::Depth) == 512);
    }

    #[test]
    fn a_limit_is_in_its_range_and_written() {
        let told = |settings: &str| limits(settings).1;
        assert_eq!(told("limits { depth = 7 }"), ["out-of-range: 7"]);
        assert_eq!(told("limits { output = 1Ei }"), ["out-of-range: 1Ei"]);
        assert_eq!(told("limits { depth = 500 + 500 }"), ["type-mismatch: 500 + 500"]);
        assert_eq!(told("limits = x"), ["type-mismatch: x"]);
        assert_eq!(told("when a { limits { depth = 500 } }"), ["type-mismatch: limits { depth = 500 }"]);
        // The checker tells these.
        assert_eq!(told("limits { dept = 500, text = 12, depth = 1Gi }"), Vec::<String>::new());
        assert_eq!(limits("limits { depth = 7 }").0.get(Limit::Depth), 50);
    }

    #[test]
    fn the_pages_say_what_the_table_says() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../stdlib/LANGUAGE.md"))
            .unwrap();
        let rows: Vec<&str> = page.lines().filter(|l| l.starts_with("| `") && l.contains("` to `")).collect();
        let row = |limit: Limit| {
            let (least, most) = limit.range();
            let shown = [limit.default_value(), least, most].map(|v| limit.show(v));
            let [default, least, most] = shown;
            format!("| `{}` | `{default}` | `{least}` to `{most}` | {} |", limit.name(), limit.about())
        };
        assert_eq!(rows, Limit::ALL.map(row));
        let prelude = crate::Stdlib::embedded().text("prelude/project.plat").unwrap().to_string();
        let words: String = prelude.replace("  ///", "").split_whitespace().collect::<Vec<_>>().join(" ");
        for limit in Limit::ALL {
            let (least, most) = limit.range();
            let [default, least, most] = [limit.default_value(), least, most].map(|v| limit.show(v));
            let ty = if limit.is_size() { "bytes" } else { "int" };
            let rest =
                format!("{default} unless it is said; from {least} to {most}. {}?: {ty}", limit.name());
            assert!(words.contains(&rest), "{rest}");
        }
    }

    #[test]
    fn every_limit_can_be_set_and_is_told_with_its_name() {
        let programs = [
            ("instances = 5", "kind k { n: int }\nfor i in range(9) { k \"k\\(i)\" { n = i } }"),
            ("contexts = 3", "environment a {}\nenvironment b {}\nenvironment c {}\nenvironment d {}"),
            (
                "steps = 10_000, steps-per-instance = 100, steps-per-value = 100_000",
                "let a = [for i in range(90_000): i]",
            ),
            ("steps-per-value = 1000", "let a = [for i in range(90_000): i]"),
            ("depth = 50", &format!("let a = {}1{}", "abs(".repeat(60), ")".repeat(60))),
            ("layers = 10", &format!("let a = {}1{}", "[".repeat(12), "]".repeat(12))),
            ("length = 100", "let a = range(101)"),
            ("text = 1Ki", "let a = join([for i in range(1025): \"a\"])"),
            ("nesting = 16", &format!("let a = {}1{}", "(".repeat(20), ")".repeat(20))),
            ("file-size = 1Ki", &"// a comment\n".repeat(100)),
            ("modules = 1", "use \"./a.plat\"\nuse \"./b.plat\""),
            ("files = 1", "emit \"a.txt\" = \"a\"\nemit \"b.txt\" = \"b\""),
            (
                "output = 1Ki, output-per-instance = 1Ki",
                "emit \"a.txt\" = join([for i in range(9999): \"a\"])",
            ),
        ];
        for (settings, program) in programs {
            let project = format!("project p {{ limits {{ {settings} }} }}");
            let files =
                [("project.plat", project.as_str()), ("main.plat", program), ("a.plat", ""), ("b.plat", "")];
            let world = crate::MemoryWorld::default();
            for (name, text) in files {
                world.add(format!("/p/{name}"), text.as_bytes());
            }
            let request = crate::Request::new(crate::Goal::Compile, "/p");
            let outcome = crate::run(&world, &crate::Stdlib::embedded(), &request).unwrap();
            let limit = settings.split(' ').next().unwrap();
            let told: Vec<String> = outcome
                .diagnostics
                .iter()
                .filter(|d| d.is_error())
                .map(|d| format!("{}: {}", d.code, d.help.clone().unwrap_or_default()))
                .collect();
            let named = |t: &String| t.starts_with("limit-exceeded") && t.contains(&format!("`{limit}`"));
            assert!(told.iter().any(named), "{settings}: {told:?}");
        }
    }
}
