//! See the library of this package: everything is there, so that other programs can measure with the same means.

use std::process::ExitCode;

fn main() -> ExitCode {
    voxgate_bench::program()
}
