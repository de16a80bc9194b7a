//! Any bytes: the parser answers, and every place that it names is a place of the file.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    plat_fuzz::note(data);
    plat_fuzz::parse::check(&String::from_utf8_lossy(data));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    plat_fuzz::mutate::mutate(data, size, max_size, seed)
});
