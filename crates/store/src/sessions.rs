//! What sessions of the dashboard are signed with.

use sqlx::PgPool;

use crate::StoreError;

/// The secret all servers on this database share; `new` becomes it when there is none yet.
pub async fn secret(db: &PgPool, new: &[u8]) -> Result<Vec<u8>, StoreError> {
    sqlx::query("insert into session_secret (id, secret) values (1, $1) on conflict do nothing")
        .bind(new)
        .execute(db)
        .await?;
    Ok(sqlx::query_scalar("select secret from session_secret").fetch_one(db).await?)
}
