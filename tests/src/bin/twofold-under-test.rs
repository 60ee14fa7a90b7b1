//! The `twofold` program, for tests that run it as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    twofold_api::cli::main()
}
