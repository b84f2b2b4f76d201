//! Pages of rows by age: what people made, the newest or the oldest first.

use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select};

use super::StoreError;
use crate::domain::page::{AgeCursor, Page};

/// Leaves of `query` the rows behind the page's cursor in this order of time and id, one more than the page holds: whether
/// there is one says whether there is another page ([`Listed::cut`](crate::domain::page::Listed::cut)).
pub(super) fn page<E: EntityTrait>(
    query: Select<E>,
    (at, id): (E::Column, E::Column),
    order: Order,
    page: &Page,
) -> Result<Select<E>, StoreError> {
    let query = match &page.cursor {
        Some(cursor) => {
            let last = AgeCursor::decode(cursor).ok_or(StoreError::BadCursor)?;
            let (behind, next) = match order {
                Order::Desc => (at.lt(last.at), id.lt(last.id)),
                _ => (at.gt(last.at), id.gt(last.id)),
            };
            query.filter(Condition::any().add(behind).add(Condition::all().add(at.eq(last.at)).add(next)))
        }
        None => query,
    };
    let ordered = query.order_by(at, order.clone()).order_by(id, order);
    Ok(ordered.limit(page.limit.saturating_add(1)))
}
