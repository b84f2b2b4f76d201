//! A company that does not exist tries to get at what others have, the way a defect would: by plain statements on the
//! everyday connections. Whatever it sees or writes means that a wall has fallen since the server started.

use sea_orm::Value;

use super::{Store, StoreError, unit::Unit};
use crate::domain::ids::CompanyId;

/// One question for each table with company data the everyday role may read: does it show a row of another company?
const QUESTIONS: &str = "SELECT coalesce(string_agg(format(
      'SELECT %L WHERE EXISTS (SELECT FROM %I WHERE %I IS DISTINCT FROM $1)', c.relname, c.relname, a.attname), ' UNION ALL '), '')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
      AND a.attname = CASE c.relname WHEN 'companies' THEN 'id' ELSE 'company_id' END
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND has_table_privilege(c.oid, 'SELECT')";

const FOREIGN_WRITE: &str = "INSERT INTO outbox (company_id, kind, severity, actor_type, data)
    VALUES ($1, 'canary', 'info', 'system', '{}')";

impl Store {
    /// Tries to cross as `canary`, with no company and with an empty one. Answers where it came through; nothing it
    /// does stays.
    ///
    /// # Errors
    /// The database does not answer: then nothing was learned.
    pub async fn try_to_cross(&self, canary: CompanyId) -> Result<Vec<String>, StoreError> {
        let mut crossed = Vec::new();
        for context in [format!("'{}'", canary.0.hyphenated()), "''".to_owned(), "DEFAULT".to_owned()] {
            let unit = self.begin_as(&context).await?;
            let seen = look(&unit, canary).await;
            leave(unit).await;
            crossed.extend(seen?.into_iter().map(|table| format!("rows of {table} show in the context {context}")));
        }
        let unit = self.begin_as(&format!("'{}'", canary.0.hyphenated())).await?;
        let wrote = write(&unit).await;
        leave(unit).await;
        if wrote? {
            crossed.push("a row of another company could be written into outbox".to_owned());
        }
        Ok(crossed)
    }

    async fn begin_as(&self, context: &str) -> Result<Unit, StoreError> {
        Unit::begin(&self.app, &format!("; SET LOCAL app.company_id = {context}")).await
    }
}

async fn look(unit: &Unit, canary: CompanyId) -> Result<Vec<String>, StoreError> {
    let questions = unit.row(QUESTIONS, []).await?;
    let questions: String = questions.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    if questions.is_empty() {
        return Err(StoreError::Internal("the canary found no table to look at".into()));
    }
    let rows = unit.rows(&questions, [Value::from(canary.0)]).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Whether a foreign row could be written. Only a refusal by row-level security counts as a wall that stands.
async fn write(unit: &Unit) -> Result<bool, StoreError> {
    match unit.touched(FOREIGN_WRITE, [CompanyId::NOBODY.0.into()]).await {
        Err(StoreError::Internal(text)) if text.contains("row-level security") => Ok(false),
        Err(error @ (StoreError::Unavailable(_) | StoreError::Timeout(_))) => Err(error),
        Ok(_) | Err(_) => Ok(true),
    }
}

/// Takes everything back.
async fn leave(unit: Unit) {
    let nothing = StoreError::Internal("the canary leaves nothing".into());
    // The error is the one handed in: it is what makes the unit roll back.
    let _ = unit.finish::<(), _>(Err(nothing)).await;
}
