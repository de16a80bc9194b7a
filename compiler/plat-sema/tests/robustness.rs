//! Large, deep and broken programs: linear time, no panic.

mod support;

use std::fmt::Write;
use std::time::Instant;
use support::check;

#[test]
fn ten_thousand_instances_take_linear_time() {
    let mut text = String::from("image i {}\n");
    for n in 0..10_000 {
        writeln!(
            text,
            "service svc-{n} {{ image = i, replicas = 2, ports {{ http = {} }}, env {{ A = {n}, B = \"x\" }}, memory {{ heap = 1Gi }} }}",
            8000 + n % 1000
        )
        .unwrap();
    }
    let start = Instant::now();
    let checked = check(&text);
    assert!(checked.diagnostics.is_empty(), "{}", checked.report());
    // Parsing in a debug build is most of it; a quadratic step would take minutes.
    assert!(start.elapsed().as_secs() < 300, "{:?}", start.elapsed());
}

#[test]
fn a_flood_of_errors_stays_quick() {
    let mut text = String::new();
    for n in 0..3000 {
        writeln!(text, "let value-{n} = missing-{n}").unwrap();
    }
    assert_eq!(check(&text).diagnostics.len(), 3000);
}

#[test]
fn constants_in_the_wrong_order_form_no_tower() {
    let mut text = String::new();
    for n in 0..5000 {
        writeln!(text, "let v{n} = v{} + 1", n + 1).unwrap();
    }
    text.push_str("let v5000 = 1\n");
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    let codes = thread.spawn(move || check(&text).codes()).unwrap().join().unwrap();
    assert!(codes.iter().all(|c| c.starts_with("limit-exceeded")), "{codes:?}");
}

/// Prefixes of a program with every form in it, and what is left without one word, are checked without a panic.
#[test]
fn broken_programs_do_not_panic() {
    let text = "use std.x.{a as b}\nplatform p { arch = arm64 }\nkind k extends image { final f?: list[gc] = [g1], ...: int when true { f = unset } }
type t = { a: int, ...: string } | list[t2] where it != unset\nenum e { x, y }\nabstract k v extends p { f += [zgc] }
fn f[T](a: T, b: int? = unset) -> T = match a { string | 3 => self.x, k => let z = a; z[0]?.q, else => if a in [b] then it else null }
for i, j in { a = 1 } if i == \"a\" { k \"\\(i)\" { f = [for x in j if x: \"\\(x)\"], g = {for q, r in i: \"\\(q)\" = -r ?? 5m of 2g} } emit \"x\" = i }
test \"t\" { let a = 1 assert a matches \"x\" expect error syntax { let b = } }
check c for s in k at warning { let x = s require x.f message \"\\(x)\" label s.f \"l\" help \"h\" }
@allow(c, \"x\") k w = v { @deprecated f { a = image.k.l(1, n = 2) } }
project shop { edition = 2026 }\n";
    for (end, _) in text.char_indices().step_by(11) {
        check(&text[..end]);
    }
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    for at in (0..words.len()).step_by(2) {
        let without: String = words.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, w)| *w).collect();
        check(&without);
    }
}
