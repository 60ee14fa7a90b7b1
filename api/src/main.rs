//! The `twofold` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    twofold_api::cli::main()
}
