//! Whole programs parse without a diagnostic.

use plat_base::SourceMap;

#[test]
fn fixtures_parse() {
    for name in ["fastapi", "tradestream", "platforms", "profiles", "everything"] {
        let path = format!("{}/tests/fixtures/{name}.plat", env!("CARGO_MANIFEST_DIR"));
        let mut map = SourceMap::default();
        let file = map.add(name, std::fs::read_to_string(path).unwrap());
        let parse = plat_syntax::parse(&file);
        let messages: Vec<String> = parse
            .diagnostics
            .iter()
            .map(|d| format!("{}: {}", map.location(d.span().unwrap()), d.message))
            .collect();
        assert_eq!(messages, Vec::<String>::new(), "{name}");
        assert!(parse.module.items.len() > 3, "{name}");
    }
}
