//! Programs in, values and diagnostics out: the rules of the language, one by one.

mod checking;
mod layers;
mod support;
mod values;
mod variation;
