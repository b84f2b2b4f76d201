//! Feeds one target of `voxgate::fuzzing` with bytes; `tests/fuzz/run.sh` builds and starts it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use voxgate::fuzzing::TARGETS;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("VOXGATE_FUZZ").unwrap_or_default();
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("VOXGATE_FUZZ names no target: {name:?}")).1
});

fuzz_target!(|data: &[u8]| TARGET(data));
