//! Section 7: contexts, what varies, where things exist, loops over declarations, emits.

use crate::support::{AXES, problems, told, value, with};
use plat_eval::{Context, Limits};
use plat_sema::hir::Axes;

#[test]
fn without_platforms_there_is_one() {
    with("service api { args = [platform.oci, env.name] }", Limits::default(), |s| {
        let at = s.anywhere();
        assert_eq!(s.show("service.api.args", at), r#"["linux/amd64", "default"]"#);
        let platform = s.eval.platforms()[0];
        assert_eq!(s.eval.name(platform).map(|n| n.as_str()), Some("linux-amd64"));
    });
}

#[test]
fn values_are_computed_once_per_context_that_they_depend_on() {
    let source = format!(
        "{AXES}\nservice api {{ args = [env.namespace], replicas = 3, account = match platform {{ else => \"x\" }} }}"
    );
    with(&source, Limits::default(), |s| {
        let api = s.instance("service", "api");
        let at = s.at("arm64", "dev");
        let mut read = |field: &str| s.eval.traced(|e| e.field(api, field.into(), at)).1;
        assert_eq!(read("args"), Axes::ENVIRONMENT);
        assert_eq!(read("args"), Axes::ENVIRONMENT, "also when remembered");
        assert_eq!(read("replicas"), Axes::NONE);
        assert_eq!(read("account"), Axes::PLATFORM);
    });
}

#[test]
fn instances_exist_where_their_platforms_and_environments_say() {
    let source = format!(
        "{AXES}
service api {{ platforms = [arm64, armv7], when env == prod {{ platforms = [arm64] }} }}
service all {{ }}
service dev-only {{ environments = [dev] }}"
    );
    with(&source, Limits::default(), |s| {
        let mut contexts = |name: &str| {
            let object = s.instance("service", name);
            s.eval.contexts_of(object)
        };
        let at = |p, e| Context { platform: Some(p), environment: Some(e) };
        assert_eq!(contexts("api"), [at(1, 0), at(2, 0), at(1, 1)]);
        assert_eq!(contexts("all").len(), 6);
        assert_eq!(contexts("dev-only").len(), 3);
        assert_eq!(told(s.map, &s.eval.diagnostics()), Vec::<String>::new());
    });
}

#[test]
fn platforms_may_not_vary_by_platform() {
    let source =
        format!("{AXES}\nservice api {{ platforms = if platform == arm64 then [arm64] else [amd64] }}");
    assert_eq!(problems(&source), ["8: varies-where-fixed: `platforms` may not vary by platform"]);
}

#[test]
fn fixed_fields_may_depend_but_not_vary() {
    let source = format!(
        "{AXES}
service same {{ account = match platform {{ amd64 => \"x\", else => \"x\" }} }}
service other {{ account = match platform {{ amd64 => \"x\", else => \"y\" }} }}
service by-env {{ account = match env {{ dev => \"x\", prod => \"y\" }} }}"
    );
    assert_eq!(
        problems(&source),
        ["9: varies-where-fixed: `account` of service `other` may not vary by platform"]
    );
}

#[test]
fn problems_name_their_contexts() {
    let source = format!(
        "{AXES}
service a {{ replicas = match platform {{ arm64 => 1 div (2 - 2), else => 1 }} }}
service b {{ replicas = match env {{ prod => 1 div 0, dev => 1 }} }}
service c {{ replicas = if env == prod and platform == armv7 then 1 div 0 else 2 }}
service d {{ replicas = 1 div 0 }}
service e {{ replicas = 1 div 0, environments = [prod] }}"
    );
    assert_eq!(
        problems(&source),
        [
            "8: division-by-zero: this divides by zero [on arm64]",
            "9: division-by-zero: this divides by zero [in prod]",
            "10: division-by-zero: this divides by zero [on armv7 in prod]",
            "11: division-by-zero: this divides by zero",
            "12: division-by-zero: this divides by zero",
        ]
    );
}

#[test]
fn loops_make_instances_at_their_place() {
    let source = r#"
service first { }
for name, n in { web = 2, worker = 4 } {
  service "\(name)-x" { replicas = n }
  for i in range(n) if i > 0 { resources "\(name)-\(i)" { requests { cpu = i } } }
}
service last { args = [for s in service: s.name], replicas = sum([for r in resources: 1]) }
"#;
    assert_eq!(value(source, "service.last.args"), r#"["first", "web-x", "worker-x", "last"]"#);
    assert_eq!(value(source, "service.last.replicas"), "4");
    assert_eq!(value(source, "service.worker-x.replicas"), "4");
}

#[test]
fn loops_over_instances_of_another_kind_run_after_it_is_complete() {
    let source = r#"
for s in service { resources "\(s.name)-quota" { requests { cpu = s.replicas } } }
for n in ["a", "b"] { service "\(n)" { replicas = n.length } }
service c { args = [for k, r in resources: "\(k)=\(r.requests.cpu ?? 0)"], resources = resources["a-quota"] }
"#;
    assert_eq!(value(source, "service.c.args"), r#"["a-quota=1", "b-quota=1", "c-quota=1"]"#);
    assert_eq!(value(source, "service.c.resources.requests.cpu"), "1");
}

#[test]
fn generated_names_are_unique() {
    let source = "service web { }\nfor n in [\"web\", \"x\", \"x\"] { service \"\\(n)\" { } }";
    assert_eq!(
        problems(source),
        [
            "2: duplicate-name: there are two instances of `service` named `web`",
            "2: duplicate-name: there are two instances of `service` named `x`",
        ]
    );
}

#[test]
fn unknown_instances_are_told_with_the_nearest() {
    let source = "for n in [\"api\"] { service \"\\(n)\" { } }\nservice b { args = [service[\"apj\"].name] }";
    assert_eq!(problems(source), ["2: no-such-index: `service` has no instance `apj`"]);
}

#[test]
fn emits_follow_their_paths() {
    let source = format!(
        "{AXES}
emit \"all.json\" = {{ n = 1 }}
emit \"limits-\\(env.name).json\" = {{ ns = env.namespace }}
emit \"bad.json\" = {{ ns = env.namespace }}
for n in [\"a\", \"b\"] {{ emit \"\\(n).txt\" = n }}"
    );
    with(&source, Limits::default(), |s| {
        let emitted = s.eval.emits();
        let paths: Vec<String> = emitted.iter().map(|e| format!("{} {}", e.path, e.contexts.len())).collect();
        assert_eq!(
            paths,
            ["all.json 6", "limits-dev.json 3", "limits-prod.json 3", "bad.json 3", "a.txt 6", "b.txt 6"]
        );
        assert_eq!(
            told(s.map, &s.eval.diagnostics()),
            ["10: varies-where-fixed: what is emitted varies by env, and the path does not"]
        );
    });
}

#[test]
fn the_same_program_gives_the_same_answers() {
    let source = format!("{AXES}\nservice a {{ replicas = 1 div 0, args = [1 div 0 |> x] }}")
        .replace("1 div 0 |> x", "\"x\"");
    assert_eq!(problems(&source), problems(&source));
}
