use super::*;

fn lexed(text: &str) -> Tokens {
    lex(FileId(0), text, MAX_DEPTH)
}

fn kinds(text: &str) -> String {
    lexed(text).kinds.iter().map(|k| *k as char).collect()
}

fn words(text: &str) -> Vec<&str> {
    lexed(text).extents.iter().map(|e| &text[e.start as usize..e.end as usize]).collect()
}

#[test]
fn cuts_are_outside_strings_and_brackets_and_keep_annotations_together() {
    let text = "/// doc\n@allow(x, \"y\")\nservice api {\nservice no {}\n}\nlet a = \"\"\"\nlet b = 1\n\"\"\"\n// c\nlet c = \
                r#\"\nlet d = 1\n\"#\nservice\n  web {}\ncheck x\nextends web {}\nuse.x = 1\n";
    let t = lexed(text);
    let cuts: Vec<&str> = t
        .cuts
        .iter()
        .map(|c| text[t.extents[*c as usize].start as usize..].lines().next().unwrap())
        .collect();
    assert_eq!(cuts, ["@allow(x, \"y\")", "let a = \"\"\"", "let c = r#\"", "service", "check x"]);
}

#[test]
fn comments_are_told_from_docs_and_from_text_in_strings() {
    let text = "// a \r\n/// b\n//// c\nlet x = \"// no \\(y) // no\" /// trailing\n";
    let found: Vec<(&str, bool)> =
        lexed(text).comments.iter().map(|c| (&text[c.start as usize..c.end as usize], c.is_doc)).collect();
    assert_eq!(found, [("// a", false), ("/// b", true), ("//// c", false), ("/// trailing", false)]);
}

#[test]
fn a_run_of_brackets_is_one_finding() {
    assert_eq!(lexed(&"[".repeat(1000)).too_deep, [256]);
    assert_eq!(lexed(&"(".repeat(MAX_DEPTH)).too_deep, []);
}

#[test]
fn words_take_single_hyphens_and_numbers_take_any_suffix() {
    assert_eq!(
        words("x86-64-v3 a--b a- b 1_000 0.5 512MiB 70% 0o755 1.x 5µs"),
        [
            "x86-64-v3",
            "a",
            "-",
            "-",
            "b",
            "a",
            "-",
            "b",
            "1_000",
            "0.5",
            "512MiB",
            "70%",
            "0o755",
            "1",
            ".",
            "x",
            "5µs",
        ]
    );
    assert_eq!(kinds("if iffy and x"), "Iw\u{1a}w");
}

#[test]
fn strings_are_one_token_or_head_middle_and_tail() {
    assert_eq!(kinds(r###""a" "" r"\" r##"a"#b"## "a\"b""###), "11111");
    assert_eq!(kinds(r###""a\(x + "b\(y)")c\(z)""###), "2w\u{15}2w43w4");
    assert_eq!(kinds("\"\"\"\n a \"quoted\" \\(x)\n\"\"\""), "2w4");
    assert!(lexed("\"a\\(f({ a = \"}\" }))b\"").diagnostics.is_empty());
}

#[test]
fn unclosed_strings_are_reported_once_and_leave_what_follows() {
    let cases = [
        ("let a = [\"x\", \"y]\nlet b = 1", 1, "L"),
        ("let a = \"x\\(y\nlet b = 1", 1, "L"),
        ("let a = \"\"\"\n  text\nlet b = 1", 1, "L"),
        ("let a = r#\"\n  text\nlet b = 1", 1, "L"),
    ];
    for (text, count, expected) in cases {
        let t = lexed(text);
        assert_eq!(t.diagnostics.len(), count, "{text}: {:?}", t.diagnostics);
        let tail: String = t.kinds.iter().rev().take(4).rev().map(|k| *k as char).collect();
        assert_eq!(tail, format!("{expected}w=0"), "{text}");
    }
}

#[test]
fn characters_of_other_languages_are_read_as_what_they_mean() {
    for (text, expected) in [
        ("let a = 'x'", "Lw=1"),
        ("let a = “x”", "Lw=1"),
        ("let a = 1 # note", "Lw=0"),
        ("let größe = 1", "Lw=0"),
        ("let\u{a0}a = 1", "Lw=0"),
    ] {
        assert_eq!(kinds(text), expected, "{text}");
        assert_eq!(lexed(text).diagnostics.len(), 1, "{text}");
    }
    assert_eq!(kinds("a $ \u{1} 'x"), "w99 9w".replace(' ', ""));
}
