//! Any texts: what the YAML writer writes is read back as the same texts.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    plat_fuzz::note(data);
    plat_fuzz::yaml::check(&String::from_utf8_lossy(data));
});
