//! Section 6: set, refine, append, unset, late-bound `self`, conditional layers, provenance.

use crate::support::{AXES, problems, value, with};
use plat_eval::{LayerOwner, LayerVerb, Limits, Value};

#[test]
fn a_field_derived_from_another_follows_when_that_is_overridden() {
    let source = r#"
abstract service web { ports { http = 8080 }  health { live = http("/healthz", port = self.ports.http) } }
service api extends web { ports { http = 9000 } }
service other extends web { }
"#;
    assert_eq!(value(source, "service.api.health.live.port"), "9000");
    assert_eq!(value(source, "service.other.health.live.port"), "8080");
}

#[test]
fn the_three_verbs() {
    let source = r#"
abstract service base { args = ["a"], ports { http = 80, admin = 81 }, replicas = 3 }
service set extends base { args = ["z"], ports = { grpc = 82 } }
service refined extends base { ports { admin = 91, grpc = 92 } }
service appended extends base { args += ["b", "c"] }
service reset extends base { replicas = unset }
"#;
    assert_eq!(value(source, "service.set.args"), r#"["z"]"#);
    assert_eq!(value(source, "service.set.ports"), "grpc=82");
    assert_eq!(value(source, "service.refined.ports"), "http=80 admin=91 grpc=92");
    assert_eq!(value(source, "service.appended.args"), r#"["a", "b", "c"]"#);
    assert_eq!(value(source, "service.reset.replicas"), "1");
}

#[test]
fn unset_makes_absent_again_and_refining_starts_from_nothing() {
    let source = r#"
abstract service base { health { live = http("/a", port = 80) } }
service gone extends base { health = unset }
service part extends base { health { live = unset, ready = http("/b", port = 81) } }
service fresh { resources { requests { cpu = 1 } } }
"#;
    assert_eq!(value(source, "service.gone.health"), "unset");
    assert_eq!(value(source, "service.part.health"), r#"ready={ path = "/b", port = 81 }"#);
    assert_eq!(value(source, "service.fresh.resources.requests.cpu"), "1");
}

#[test]
fn refining_a_named_instance_makes_an_anonymous_one_with_its_layers() {
    let source = r#"
resources small { requests { cpu = 250m, memory = 512Mi } }
service api { resources = small }
service more extends api { resources { requests { cpu = 1 } } }
"#;
    assert_eq!(value(source, "service.api.resources.limits.memory"), "512Mi");
    assert_eq!(value(source, "service.more.resources.requests.cpu"), "1");
    assert_eq!(value(source, "service.more.resources.requests.memory"), "512Mi");
    assert_eq!(value(source, "resources.small.requests.cpu"), "250m");
}

#[test]
fn amendments_see_their_own_self_and_keep_the_name() {
    let source = r#"
image api { tag = "1" }
service a { image = api { tag = "2" } }
service b { image = image { registry = "r" } }
service c { args = [image { registry = "r" }.reference] }
"#;
    assert_eq!(value(source, "service.a.image.reference"), "\"ghcr.io/example/api:2\"");
    let nameless = "prelude:27: missing-field: this `image` has no name here";
    assert_eq!(problems(source), [nameless, nameless], "once for each place that makes one");
    assert_eq!(value(source, "image.api.reference"), "\"ghcr.io/example/api:1\"");
}

#[test]
fn functions_return_layers_that_a_declaration_takes_over() {
    let source = r#"
fn web(n: int) -> service = service { ports { http = 8000 + n }, args = [self.name, "\(self.ports["http"] ?? 0)"] }
service api = web(5)
abstract service base = web(1)
service child extends base { ports { http = 9 } }
"#;
    assert_eq!(value(source, "service.api.args"), r#"["api", "8005"]"#);
    assert_eq!(value(source, "service.child.args"), r#"["child", "9"]"#);
}

#[test]
fn when_blocks_apply_in_order_per_context() {
    let source = format!(
        "{AXES}
service api {{
  replicas = 2
  args = [\"x\"]
  when platform == arm64 {{ args += [\"arm\"] }}
  when env == prod {{ replicas = 4  args += [\"prod\"]  when platform.arch == arm {{ replicas = 1 }} }}
}}"
    );
    with(&source, Limits::default(), |s| {
        let mut row = |p: &str, e: &str| {
            let at = s.at(p, e);
            format!("{} {}", s.show("service.api.replicas", at), s.show("service.api.args", at))
        };
        assert_eq!(row("amd64", "dev"), r#"2 ["x"]"#);
        assert_eq!(row("arm64", "prod"), r#"4 ["x", "arm", "prod"]"#);
        assert_eq!(row("armv7", "prod"), r#"1 ["x", "prod"]"#);
        assert_eq!(row("armv7", "dev"), r#"2 ["x"]"#);
    });
}

#[test]
fn computed_keys_are_refined_like_written_ones() {
    let source = r#"
let n = "ht"
service api { env { "\(n)tp" = "a", B = "b" } }
service more extends api { env { http = "c", "\(n)" = "d" } }
"#;
    assert_eq!(
        value(
            source
                .replace("extends api", "extends base")
                .replace("service api", "abstract service base")
                .as_str(),
            "service.more.env"
        ),
        r#"http="c" B="b" ht="d""#
    );
    assert_eq!(value(source, "service.api.env"), r#"http="a" B="b""#);
}

#[test]
fn maps_of_comprehensions_can_be_refined() {
    let source = r#"
abstract service base { env = {for i in range(2): "V\(i)" = "\(i)"} }
service api extends base { env { V1 = "x", W = "y" } }
"#;
    assert_eq!(value(source, "service.api.env"), r#"V0="0" V1="x" W="y""#);
}

#[test]
fn every_layer_is_told_first_to_last() {
    let source = format!(
        "{AXES}
abstract service base {{ replicas = 2 }}
service api extends base {{
  replicas = 3
  when env == prod {{ replicas = 5 }}
}}"
    );
    with(&source, Limits::default(), |s| {
        let api = s.instance("service", "api");
        let lines = |s: &mut crate::support::Session<'_, '_>, environment: &str| {
            let at = s.at("amd64", environment);
            let layers = s.eval.layers(api, "replicas".into(), at);
            let told: Vec<String> =
                layers.iter().map(|l| format!("{} {}", s.map.slice(l.span), l.conditional)).collect();
            assert!(layers.iter().all(|l| l.verb == LayerVerb::Set));
            (told, s.eval.origin(api, "replicas".into(), at).map(|span| s.map.slice(span).to_owned()))
        };
        let (told, origin) = lines(s, "prod");
        assert_eq!(told[1..], ["replicas = 2 false", "replicas = 3 false", "replicas = 5 true"]);
        assert_eq!(origin.as_deref(), Some("replicas = 5"));
        let (told, origin) = lines(s, "dev");
        assert_eq!(told.len(), 3);
        assert_eq!(origin.as_deref(), Some("replicas = 3"));
    });
}

#[test]
fn final_fields_are_set_once() {
    let source = r#"
fn made() -> service = service { owner = "a" }
abstract service base = made()
service api extends base { owner = "b" }
service fine extends base { }
"#;
    assert_eq!(problems(source), ["4: final-overridden: `owner` may be set only once"]);
}

#[test]
fn a_value_that_depends_on_itself_is_a_cycle() {
    let source = r#"
kind loop-y { a: int  b: int = self.a + 1 }
loop-y x { a = self.b - 1 }
pair-of p { a = self.list[0] }
kind pair-of { a: int  list: list[int] = [self.a, 2] }
"#;
    assert_eq!(
        problems(source),
        ["2: cyclic-value: `b` depends on itself", "4: cyclic-value: `a` depends on itself"]
    );
}

#[test]
fn required_fields_must_be_there() {
    let source = "kind pair { left: int  right: int }\npair x { left = 1 }\npair y { left = 1, right = 2 }\n";
    assert_eq!(problems(source), ["2: missing-field: pair `x` has no `right`"]);
}

#[test]
fn kinds_extend_kinds() {
    let source = r#"
kind base { a: int = 1  b: int = self.a + 1 }
kind derived extends base { c: int = self.b + 1  a = 10 }
derived x { }
base y { }
service s { args = [for o in base: "\(o.name)=\(o.b)"] }
"#;
    assert_eq!(value(source, "derived.x.c"), "12");
    assert_eq!(value(source, "service.s.args"), r#"["x=11", "y=2"]"#);
}

#[test]
fn nested_layers_belong_to_the_declaration_that_they_are_written_in() {
    let source = r#"
resources small { requests { cpu = 1 } }
abstract service base { resources = small }
service api extends base { resources { requests { cpu = 2 } } }
"#;
    with(source, Limits::default(), |s| {
        let at = s.anywhere();
        let Value::Object(requests) = s.value("service.api.resources.requests", at) else {
            panic!("no object")
        };
        let layers = s.eval.layers(requests, "cpu".into(), at);
        let program = s.eval.program();
        let owners: Vec<String> = layers
            .iter()
            .map(|l| match l.owner {
                LayerOwner::Instance(id) => s.map.slice(program[id].name_span).to_owned(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(owners, ["small", "api"]);
    });
}
