//! `cargo bench -p twofold-tests` measures what [`twofold_tests::bench`] describes; with names behind
//! `--`, only those sections: `cargo bench -p twofold-tests -- append replay`.

use clap::Parser as _;
use twofold_tests::bench::{self, Options};

fn main() -> anyhow::Result<()> {
    let mut options = Options::parse();
    options.program = env!("CARGO_BIN_EXE_twofold-under-test").into();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(bench::run(&options))
}
