//! The image of modules that were checked before: what has none, and what comes of one that is broken.

#![allow(clippy::unwrap_used)]

use plat_base::{Name, SourceMap};
use plat_sema::{SourceModule, analyze, analyze_on, image};

/// The modules of these texts, of which the first are the prelude's.
fn modules(prelude: &[&str], own: &[&str]) -> Vec<SourceModule> {
    let mut sources = SourceMap::default();
    let texts = prelude.iter().map(|text| (text, true)).chain(own.iter().map(|text| (text, false)));
    let mut module = |(text, is_std): (&&str, bool)| {
        let source = sources.add("m.plat", *text);
        SourceModule {
            ast: plat_syntax::parse(&source).module.into(),
            name: Name::new("m"),
            is_std,
            is_prelude: is_std,
            imports: Vec::new(),
        }
    };
    texts.map(&mut module).collect()
}

const PRELUDE: &str = "/// A size.\ntype size = int where it > 0\nenum colour { red, blue }\n\
    kind box { size: size = 1, colour: colour = red, note?: string, label?: string = \"none\" }\n\
    box plain { note = \"as it is\" }\nlet unit: size = 2\nfn twice(n: int) = n * unit\n\
    check box-too-big for b in box at warning { require b.size < 9, message \"too big\" }\n";

#[test]
fn a_program_on_an_image_is_the_program_of_the_modules() {
    let own = "box small extends plain { size = twice(3), colour = blue }\n\
        let said: string = small.note + plain.note + plain.label\n\
        check box-too-big for b in box { require true, message \"\" }\n\
        box plain { size = -1, height = 3 }\nlet unit = plain.size\nlet wrong: size = \"x\"\n\
        kind crate extends box { weight: float = 0.5 }\ncrate heavy { weight = 2, size = sise }\n\
        project p { checks { box-too-bag = error } }\n";
    let modules = modules(&[PRELUDE, "kind other { of: size }\n"], &[own]);
    let made: &'static [u8] = image(&modules[..2]).unwrap().leak();
    let (whole, told) = analyze(&modules);
    let (program, found) = analyze_on(Some(made), &modules);
    assert_eq!(found, told);
    assert!(found.len() > 4, "{found:?}");
    assert_eq!(format!("{:?}", program.modules), format!("{:?}", whole.modules));
    assert_eq!(program.exprs.len(), whole.exprs.len());
    assert_eq!(program.instances.len(), whole.instances.len());
    // Of a broken image nothing is taken.
    for end in (0..made.len()).step_by(97) {
        assert_eq!(analyze_on(Some(&made[..end]), &modules).1, told);
    }
    assert_eq!(analyze_on(Some(made), &modules[..1]).1, []);
}

#[test]
fn what_is_not_the_same_in_every_program_has_no_image() {
    assert!(image(&modules(&[PRELUDE], &[])).is_some());
    for text in [
        "let x = 1 + \"a\"",
        "let x = y",
        "kind k {}\nfor i in [1, 2] { k \"\\(i)\" {} }",
        "test \"one\" { assert true }",
        "test one { assert true }",
        "emit \"a.json\" = {}",
        "project p {}",
    ] {
        assert!(image(&modules(&[PRELUDE, text], &[])).is_none(), "{text}");
    }
    assert!(image(&modules(&[PRELUDE], &["let x = 1"])).is_none());
    assert!(image(&[]).is_none());
}
