//! Thousands of rows at once are the rows that are had one by one, and an answer that breaks off is nobody else's.

use std::time::Duration;

use anyhow::{Result, ensure};
use twofold_infra::store::{Row, StoreError, Value, Views};
use twofold_tests::both;
use uuid::Uuid;

/// Rows of every storage class; some of their columns hold nothing.
const ROWS: &str = "with recursive n(n) as (select 1 union all select n + 1 from n where n < 20000) \
                    select cast(n as bigint), $1, cast('Grüße ☃ ' || n as text), n > $2, \
                    cast(nullif(n % 3, 0) as bigint), cast(nullif('', '') as text), $3 from n order by n";
const WIDTH: usize = 7;

type Columns = (i64, Uuid, String, bool, Option<i64>, Option<String>, bool);

fn columns(row: &Row) -> Result<Columns, StoreError> {
    assert_eq!(row.text(2)?, Some(&*row.get::<String>(2)?));
    assert_eq!(row.text(5)?, None);
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
}

both! {
    async fn many_rows_are_those_that_are_had_one_by_one(db) {
        let store = db.store().await?;
        let views = store.views();
        let binds: [Value; 3] = [Uuid::from_u128(7 << 100 | 9).into(), 9_999_u64.into(), true.into()];
        let mut many = views.fetch_many(ROWS, &binds, WIDTH).await?;
        for row in views.fetch(ROWS, &binds).await? {
            let Some(same) = many.next()? else { anyhow::bail!("fewer") };
            assert_eq!(columns(same)?, columns(&row)?);
        }
        ensure!(many.next()?.is_none() && many.next()?.is_none(), "more");
        let none = views.fetch_many("select cast(1 as bigint) where 1 = $1", &[2_u64.into()], 1).await?.next()?.is_none();
        ensure!(none, "a row of nothing");
        Ok(())
    }

    async fn an_answer_that_broke_off_is_read_by_nobody_else(db) {
        let store = db.store().await?;
        let views = store.views();
        let binds: [Value; 3] = [Uuid::nil().into(), 1_u64.into(), false.into()];
        let mut waits = 0;
        for _ in 0..20 {
            // Before its first row, amid its rows, and because nobody waits for it any more.
            ensure!(views.fetch_many("select 1 from nowhere", &[], 1).await.is_err());
            let broken = ROWS.replace("cast(n as bigint)", "cast(1 / (15000 - n) as bigint)");
            // SQLite divides by nothing, and gets nothing.
            let broken = views.fetch_many(&broken, &binds, WIDTH).await;
            ensure!(broken.is_err() || matches!(views, Views::Sqlite { .. }), "it is whole");
            let left = tokio::time::timeout(Duration::ZERO, views.fetch_many(ROWS, &binds, WIDTH)).await;
            // On a busy machine the whole answer may be there when it is first looked for.
            waits += usize::from(left.is_err());
            for n in 0..10_u64 {
                let row = views.fetch_optional("select cast(7 as bigint) where 0 <= $1", &[n.into()]).await?;
                ensure!(row.is_some_and(|row| row.get::<i64>(0).ok() == Some(7)), "another answer");
            }
        }
        ensure!(waits > 0, "none of twenty answers was left");
        Ok(())
    }
}
