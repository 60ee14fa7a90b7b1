//! The benchmarks run: every section once, over a short log. How fast something was is nobody's failure.

use anyhow::Result;
use twofold_tests::bench::{Options, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_benchmarks_run_and_write_their_figures() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let json = folder.path().join("bench/figures.json");
    let program = env!("CARGO_BIN_EXE_twofold-under-test").into();
    run(&Options::smoke(json.clone(), program)).await?;
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&json)?)?;
    let figures = written["figures"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(figures.len() >= 8, "{written:#}");
    for figure in figures {
        assert!(figure["work"]["median"].as_f64() > Some(0.0), "{figure:#}");
        assert!(figure["floor"]["median"].as_f64() > Some(0.0), "{figure:#}");
    }
    Ok(())
}
