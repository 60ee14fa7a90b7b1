//! Many at once: everyone waits at the line, then all run.

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::Barrier;

/// Runs `n` tasks that start together, and returns what they came to, in order.
pub async fn at_once<T, F>(n: usize, runner: impl Fn(usize) -> F) -> anyhow::Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let line = Arc::new(Barrier::new(n));
    let tasks: Vec<_> = (0..n)
        .map(|i| {
            let (line, run) = (Arc::clone(&line), runner(i));
            tokio::spawn(async move {
                line.wait().await;
                run.await
            })
        })
        .collect();
    let mut results = Vec::with_capacity(n);
    for task in tasks {
        results.push(task.await?);
    }
    Ok(results)
}

/// Randomness of a race: printed, and repeatable with `TWOFOLD_SEED`.
pub fn dice(race: &str, rounds: usize) -> StdRng {
    StdRng::seed_from_u64(seed(&format!("{race}: {rounds} rounds")))
}

/// A seed of its own for every run: printed, and repeatable with `TWOFOLD_SEED`.
pub fn seed(what: &str) -> u64 {
    let seed = std::env::var("TWOFOLD_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(rand::random);
    eprintln!("{what}: TWOFOLD_SEED={seed}");
    seed
}

/// How many rounds: as many as given, times `TWOFOLD_ROUNDS` for a long night.
pub fn rounds(usual: usize) -> usize {
    usual * std::env::var("TWOFOLD_ROUNDS").ok().and_then(|s| s.parse().ok()).unwrap_or(1)
}

/// Lets others run for a random while, so that racers meet at different points of their way.
pub async fn stroll(turns: u32) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

/// A random number of turns below `most`.
pub fn turns(dice: &mut StdRng, most: u32) -> u32 {
    dice.random_range(0..most)
}

/// Polls a future at most `turns` times and then drops it, as a server does whose client has gone.
pub async fn cut<F: Future>(future: F, turns: u32) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    for _ in 0..turns {
        if let std::task::Poll::Ready(output) = futures::poll!(future.as_mut()) {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}
