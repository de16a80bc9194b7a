use super::data::{Data, Entry};
use super::*;
use plat_base::{FileId, Span};

fn at(start: usize) -> Option<Span> {
    Some(Span::new(FileId(0), start, start + 1))
}

fn map(entries: Vec<(&str, usize, Data)>) -> Data {
    let entry =
        |(key, origin, value): (&str, usize, Data)| Entry { key: key.to_owned(), origin: at(origin), value };
    Data::Map(entries.into_iter().map(entry).collect())
}

fn sample() -> Data {
    let text = |t: &str| Data::Text(t.to_owned());
    map(vec![
        ("name", 1, text("a \"b\"\nc")),
        ("size", 2, Data::Int(-3)),
        ("half", 3, Data::Float(0.5)),
        ("whole", 3, Data::Float(2.0)),
        ("on", 4, Data::Bool(true)),
        ("list", 5, Data::List(vec![text("yes"), Data::Int(1), Data::List(vec![])])),
        (
            "services",
            6,
            Data::List(vec![map(vec![("a b", 7, Data::Int(1))]), map(vec![("c", 8, map(vec![]))])]),
        ),
        ("deep", 9, map(vec![("er", 10, map(vec![("x", 11, Data::Bool(false))]))])),
    ])
}

#[test]
fn every_format_is_read_back_by_its_reader() {
    let json = json::print(&sample(), "a.json", at(0));
    let value: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(value["list"], serde_json::json!(["yes", 1, []]));
    assert_eq!(value["deep"]["er"]["x"], false);
    let yaml = yaml::print(&sample(), "a.yaml", at(0));
    let same: serde_json::Value = serde_yaml::from_str(&yaml.text).unwrap();
    // YAML reads 2 as an integer; JSON has but one kind of number.
    assert_eq!(same.to_string(), value.to_string());
    for artifact in [&json, &yaml] {
        assert_eq!(artifact.origins.len(), artifact.text.lines().count(), "{}", artifact.text);
    }
}

#[test]
fn lines_know_their_fields() {
    let json = json::print(&sample(), "a.json", at(0));
    let origin = |needle: &str| {
        let line = json.text.lines().position(|l| l.contains(needle)).unwrap();
        json.origins[line]
    };
    assert_eq!(origin("\"size\""), at(2));
    assert_eq!(origin("\"a b\""), at(7));
    assert_eq!(origin("\"x\""), at(11));
}

#[test]
fn toml_has_tables_after_plain_keys_and_no_null() {
    let toml = toml::print(&sample(), "a.toml", at(0)).unwrap();
    let expected = "name = \"a \\\"b\\\"\\nc\"\nsize = -3\nhalf = 0.5\nwhole = 2.0\non = true\nlist = [\"yes\", 1, []]\n\
                    \n[[services]]\n\"a b\" = 1\n\n[[services]]\n\n[services.c]\n\n[deep]\n\n[deep.er]\nx = false\n";
    assert_eq!(toml.text, expected);
    assert_eq!(toml.origins.len(), toml.text.lines().count());
    assert!(toml::print(&map(vec![("a", 0, Data::Null)]), "a.toml", None).is_err());
    assert!(toml::print(&Data::Int(1), "a.toml", None).is_err());
}

#[test]
fn scalars_and_empty_data_are_documents_too() {
    assert_eq!(yaml::print(&Data::Text("no".into()), "a", None).text, "---\n\"no\"\n");
    assert_eq!(yaml::print(&Data::List(vec![]), "a", None).text, "---\n[]\n");
    assert_eq!(json::print(&Data::Map(vec![]), "a", None).text, "{}\n");
}
