//! Section 9: checks, `@allow`; and tests with their explanations.

use crate::support::{AXES, problems, with};
use plat_eval::Limits;

const CHECK: &str = r#"
check small for s in service at warning {
  require s.replicas <= 3
  message "\(s.name) has \(s.replicas) replicas"
  label   s.replicas "set here"
  label   s.health "not there"
  help    "at most 3"
}
"#;

#[test]
fn a_violation_is_reported_once_per_cause_with_its_contexts() {
    let source = format!(
        "{AXES}{CHECK}
service a {{ replicas = 5 }}
service b {{ replicas = match platform {{ arm64 => 5, armv7 => 6, else => 1 }} }}
service c {{ replicas = if env == prod then 9 else 1 }}
service fine {{ replicas = 3 }}"
    );
    assert_eq!(
        problems(&source),
        [
            "16: small: a has 5 replicas",
            "17: small: b has 5 replicas [on arm64]",
            "17: small: b has 6 replicas [on armv7]",
            "18: small: c has 9 replicas [in prod]",
        ]
    );
}

#[test]
fn checks_run_where_their_subject_exists_and_tell_the_causes_place() {
    let source = format!(
        "{AXES}{CHECK}
abstract service base {{ replicas = 7 }}
service a extends base {{ platforms = [amd64], replicas = if platform == amd64 then 1 else 9 }}
service b extends base {{ }}"
    );
    with(&source, Limits::default(), |s| {
        s.eval.run_checks(false);
        let found = s.eval.diagnostics();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "b has 7 replicas");
        assert_eq!(found[0].help.as_deref(), Some("at most 3"));
        assert_eq!(found[0].labels.len(), 1);
        assert_eq!(s.map.slice(found[0].labels[0].span), "replicas = 7");
        assert_eq!(found[0].labels[0].text, "set here");
    });
}

#[test]
fn allow_silences_a_declaration_or_a_field() {
    let source = format!(
        "{CHECK}
@allow(small, \"batch\")
service a {{ replicas = 5 }}
service b {{
  @allow(small, \"batch\")
  replicas = 6
}}
@allow(small, \"batch\")
abstract service base {{ replicas = 7 }}
service child extends base {{ }}"
    );
    assert_eq!(problems(&source), ["17: small: child has 7 replicas"]);
}

#[test]
fn allow_on_a_field_silences_checks_of_what_it_sets() {
    let source = r#"
check tagged for s in service { require s.image.tag != "latest"  message "\(s.name) is not pinned" }
image api { @allow(tagged, "moving on purpose") tag = "latest" }
image web { tag = "latest" }
service a { image = api }
service b { image = web }
"#;
    assert_eq!(problems(source), ["6: tagged: b is not pinned"]);
}

#[test]
fn a_check_has_nothing_to_say_where_something_is_absent() {
    let source = r#"
check probe-port for s in service at error {
  require s.health.live.port < 1000
  message "no"
}
service none { }
service low { health { live = http("/", port = 80) } }
service high { health { live = http("/", port = 8080) } }
"#;
    assert_eq!(problems(source), ["8: probe-port: no"]);
}

#[test]
fn failing_assertions_tell_the_values_of_their_parts() {
    let source = format!(
        "{AXES}
service a {{ replicas = match platform {{ arm64 => 5, else => 2 }} }}
test \"replicas are few\" {{
  let most = 3
  assert a.replicas + 1 <= most
  assert a.replicas > 0
}}
test \"fine\" {{ assert true }}"
    );
    with(&source, Limits::default(), |s| {
        let outcomes = s.eval.run_tests(None);
        assert_eq!(outcomes.iter().map(|o| o.passed()).collect::<Vec<_>>(), [false, true]);
        let failure = &outcomes[0].failures[0];
        assert_eq!(outcomes[0].failures.len(), 1);
        assert_eq!(failure.contexts, ["on arm64"]);
        let told: Vec<String> =
            failure.values.iter().map(|(span, v)| format!("{} is {v}", s.map.slice(*span))).collect();
        assert_eq!(told, ["a.replicas is 5", "a.replicas + 1 is 6"]);
        assert_eq!(s.eval.run_tests(Some("fine")).len(), 1);
    });
}
