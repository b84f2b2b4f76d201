//! Paging: a limit, an opaque cursor, and the page that comes back.
//!
//! A cursor is the base64url of the last row's key, so a page neither skips nor repeats rows while others come and go.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use uuid::Uuid;

/// Which page is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most so many items.
    pub limit: u64,
    /// `next_cursor` of the page before; none for the first.
    pub cursor: Option<String>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its items, in order.
    pub items: Vec<T>,
    /// How to get the next page; none after the last.
    pub next_cursor: Option<String>,
}

impl<T> Listed<T> {
    /// Makes a page of `rows`, which were asked for with one more than `limit`: the surplus row only says that there
    /// is a next page.
    pub fn cut(mut rows: Vec<T>, limit: u64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next_cursor }
    }

    /// The same page of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Listed<U> {
        Listed { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}

/// Where a list ordered by age stands: the time (microseconds are kept) and id of the last row shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeCursor {
    /// `created_at` of the last row.
    pub at: OffsetDateTime,
    /// Its id, which orders rows of the same microsecond.
    pub id: Uuid,
}

impl AgeCursor {
    /// The text form.
    pub fn encode(&self) -> String {
        let micros = (self.at.unix_timestamp_nanos() / 1_000) as i64;
        let mut bytes = micros.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads [`AgeCursor::encode`] back; none for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (micros, id) = bytes.split_first_chunk::<8>()?;
        let nanos = i128::from(i64::from_be_bytes(*micros)) * 1_000;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        Some(Self { at, id: Uuid::from_slice(id).ok()? })
    }
}

/// Where a numbered list stands: the number of the last row shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeqCursor(pub i64);

impl SeqCursor {
    /// The text form.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_be_bytes())
    }

    /// Reads [`SeqCursor::encode`] back; none for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(i64::from_be_bytes(bytes.try_into().ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cursors_come_back_as_they_went(micros in -60_000_000_000_000_000i64..4_000_000_000_000_000, id: u128, seq: i64) {
            let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).unwrap();
            let cursor = AgeCursor { at, id: Uuid::from_u128(id) };
            prop_assert_eq!(AgeCursor::decode(&cursor.encode()), Some(cursor));
            prop_assert_eq!(SeqCursor::decode(&SeqCursor(seq).encode()), Some(SeqCursor(seq)));
        }

        #[test]
        fn foreign_text_is_no_cursor_and_no_panic(text in ".{0,60}") {
            if let Some(cursor) = AgeCursor::decode(&text) {
                prop_assert_eq!(cursor.encode(), text);
            }
        }
    }

    #[test]
    fn a_page_ends_where_the_rows_end() {
        let full = Listed::cut(vec![1, 2, 3], 2, |n| n.to_string());
        assert_eq!((full.items, full.next_cursor), (vec![1, 2], Some("2".into())));
        let last = Listed::cut(vec![1, 2], 2, |n| n.to_string());
        assert_eq!((last.items, last.next_cursor), (vec![1, 2], None));
    }
}
