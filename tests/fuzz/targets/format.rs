//! What parses is formatted: the result means the same, keeps its comments, and formatting it again changes nothing.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    plat_fuzz::note(data);
    plat_fuzz::format::check(&String::from_utf8_lossy(data));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    plat_fuzz::mutate::mutate(data, size, max_size, seed)
});
