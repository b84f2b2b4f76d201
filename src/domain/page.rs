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

/// Which way a numbered list is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Toward {
    /// Newest first.
    #[default]
    Older,
    /// Oldest first.
    Newer,
}

impl Toward {
    /// The other way.
    pub fn back(self) -> Self {
        match self {
            Self::Older => Self::Newer,
            Self::Newer => Self::Older,
        }
    }
}

/// Where a numbered list that can be read both ways stands: what lies from this number on, and on which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoWayCursor {
    /// On which side of the number.
    pub toward: Toward,
    /// The number of the row next to the page.
    pub seq: i64,
}

impl TwoWayCursor {
    /// The text form.
    pub fn encode(&self) -> String {
        let mut bytes = self.seq.to_be_bytes().to_vec();
        bytes.push(match self.toward {
            Toward::Older => b'o',
            Toward::Newer => b'n',
        });
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads [`TwoWayCursor::encode`] back; none for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (seq, toward) = bytes.split_first_chunk::<8>()?;
        let toward = match toward {
            b"o" => Toward::Older,
            b"n" => Toward::Newer,
            _ => return None,
        };
        Some(Self { toward, seq: i64::from_be_bytes(*seq) })
    }
}

/// A page of a numbered list that can be read both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoWayPage<T> {
    /// Its items, in the order that was asked for.
    pub items: Vec<T>,
    /// How to get the next page; none after the last.
    pub next_cursor: Option<String>,
    /// How to get the page before; none before the first.
    pub previous_cursor: Option<String>,
}

impl<T> TwoWayPage<T> {
    /// Makes a page of `rows`, which were read from `cursor` in its direction (without one in `order`), one more than
    /// `limit` of them.
    pub fn cut(
        mut rows: Vec<T>,
        limit: u64,
        order: Toward,
        cursor: Option<TwoWayCursor>,
        seq: impl Fn(&T) -> i64,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let forward = cursor.is_none_or(|cursor| cursor.toward == order);
        if !forward {
            rows.reverse();
        }
        let came_from = cursor.is_some();
        let (has_next, has_previous) = if forward { (more, came_from) } else { (came_from, more) };
        let cursor = |row: Option<&T>, toward| row.map(|row| TwoWayCursor { toward, seq: seq(row) }.encode());
        Self {
            next_cursor: cursor(rows.last().filter(|_| has_next), order),
            previous_cursor: cursor(rows.first().filter(|_| has_previous), order.back()),
            items: rows,
        }
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
            for toward in [Toward::Older, Toward::Newer] {
                let cursor = TwoWayCursor { toward, seq };
                prop_assert_eq!(TwoWayCursor::decode(&cursor.encode()), Some(cursor));
            }
        }

        #[test]
        fn foreign_text_is_no_cursor_and_no_panic(text in ".{0,60}") {
            if let Some(cursor) = AgeCursor::decode(&text) {
                prop_assert_eq!(cursor.encode(), text);
            }
        }
    }

    /// Reads rows 1 to `last` as a database would.
    fn fetch(last: i64, limit: u64, order: Toward, cursor: Option<TwoWayCursor>) -> TwoWayPage<i64> {
        let toward = cursor.map_or(order, |cursor| cursor.toward);
        let fits =
            |seq: &i64| cursor.is_none_or(|at| if toward == Toward::Older { *seq < at.seq } else { *seq > at.seq });
        let mut rows: Vec<i64> = (1..=last).filter(fits).collect();
        if toward == Toward::Older {
            rows.reverse();
        }
        rows.truncate(limit as usize + 1);
        TwoWayPage::cut(rows, limit, order, cursor, |seq| *seq)
    }

    proptest! {
        #[test]
        fn there_and_back_shows_every_row_once_each_way(last in 0i64..40, limit in 1u64..12, newest_first: bool) {
            let order = if newest_first { Toward::Older } else { Toward::Newer };
            let mut whole: Vec<i64> = (1..=last).collect();
            if newest_first {
                whole.reverse();
            }
            let (mut there, mut pages, mut at) = (Vec::<i64>::new(), Vec::new(), None);
            loop {
                let page = fetch(last, limit, order, at);
                there.extend(&page.items);
                at = page.next_cursor.as_deref().and_then(TwoWayCursor::decode);
                let done = page.next_cursor.is_none();
                pages.push(page);
                if done { break; }
            }
            prop_assert_eq!(&there, &whole);
            prop_assert_eq!(&pages[0].previous_cursor, &None);
            for pair in pages.windows(2) {
                let at = TwoWayCursor::decode(pair[1].previous_cursor.as_deref().unwrap());
                let back = fetch(last, limit, order, at);
                prop_assert_eq!((&back.items, &back.next_cursor), (&pair[0].items, &pair[0].next_cursor));
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
