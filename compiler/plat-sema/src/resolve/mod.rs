//! Who is who: the declarations of all modules, what each import brings, what names and types in the source mean.

pub(crate) mod annotations;
pub(crate) mod declare;
pub(crate) mod imports;
pub(crate) mod instances;
pub(crate) mod kinds;
pub(crate) mod names;
pub(crate) mod types;
