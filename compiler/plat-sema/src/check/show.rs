//! Types as a user would write them.

use crate::hir::{Program, Ty, TyId};

/// How many fields of a record are named before the rest is left out.
const SHOWN_FIELDS: usize = 4;

/// A type in the user's words.
pub(crate) fn show(program: &Program, ty: TyId) -> String {
    match program.types.get(ty) {
        Ty::Error => "an error".to_owned(),
        Ty::Never => "nothing".to_owned(),
        Ty::Bool => "bool".to_owned(),
        Ty::Int => "int".to_owned(),
        Ty::Float => "float".to_owned(),
        Ty::String => "string".to_owned(),
        Ty::Quantity(dimension) => dimension.type_name().to_owned(),
        Ty::Secret => "secret".to_owned(),
        Ty::Data => "data".to_owned(),
        Ty::Null => "null".to_owned(),
        Ty::List(inner) => format!("list[{}]", show(program, *inner)),
        Ty::Map(inner) => format!("map[{}]", show(program, *inner)),
        Ty::Optional(inner) => match program.types.get(*inner) {
            Ty::Union(_) => format!("({})?", show(program, *inner)),
            _ => format!("{}?", show(program, *inner)),
        },
        Ty::Record(id) => show_record(program, *id),
        Ty::Union(members) => {
            let members: Vec<String> = members.iter().map(|m| show(program, *m)).collect();
            members.join(" | ")
        }
        Ty::Enum(id) => program[*id].name.to_string(),
        Ty::Kind(id) => program[*id].name.to_string(),
        Ty::Instances(id) => format!("map[{}]", program[*id].name),
        Ty::Refined(id) => {
            let refinement = program.types.refinement(*id);
            match refinement.name {
                Some(name) => name.to_string(),
                None => format!("{} where …", show(program, refinement.base)),
            }
        }
        Ty::Param(at) => format!("T{at}"),
    }
}

fn show_record(program: &Program, id: crate::hir::RecordId) -> String {
    let record = program.types.record(id);
    if let Some(name) = record.name {
        return name.to_string();
    }
    let mut parts: Vec<String> = Vec::new();
    for field in record.fields.iter().take(SHOWN_FIELDS) {
        let mark = if field.optional { "?" } else { "" };
        parts.push(format!("{}{mark}: {}", field.name, show(program, field.ty)));
    }
    if record.fields.len() > SHOWN_FIELDS {
        parts.push("…".to_owned());
    }
    if let Some(rest) = record.rest {
        parts.push(format!("...: {}", show(program, rest)));
    }
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

/// A type with its article and the nature of kinds and enums: "a `string`", "an `image`".
pub(crate) fn a(program: &Program, ty: TyId) -> String {
    let text = show(program, ty);
    // What is measured has no article: "this is `bytes`".
    if matches!(program.types.get(ty), Ty::Quantity(_) | Ty::Data | Ty::Null) {
        return format!("`{text}`");
    }
    let article = if text.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} `{text}`")
}

/// A type in backquotes, with what it is made of where its name does not tell: "`port` (`int`)".
pub(crate) fn with_base(program: &Program, ty: TyId) -> String {
    let base = program.types.base(program.types.present(ty));
    let text = show(program, ty);
    match program.types.get(program.types.present(ty)) {
        Ty::Refined(_) => format!("`{text}` (`{}`)", show(program, base)),
        _ => format!("`{text}`"),
    }
}
