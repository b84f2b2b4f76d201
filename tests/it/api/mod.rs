//! `docs/api.md`: every route of the table with a real request and its answer, asked of a running server.

mod book;
mod normal;
mod story;

use book::Book;
use voxgate::http::routes;

use crate::support::{App, generated::is_committed};

#[tokio::test]
async fn the_generated_guide_to_the_api_holds_every_route_with_a_real_answer() {
    let app = App::start().await;
    let mut book = Book::open(&app);
    story::tell(&app, &mut book).await;
    // The pages of the web app are for people.
    let asked = routes::all().map(|row| row.name).filter(|name| !name.starts_with("web."));
    let missing: Vec<_> = asked.filter(|name| !book.holds(name)).collect();
    assert!(missing.is_empty(), "the story does not ask {missing:?}");
    is_committed("docs/api.md", &book.print());
}
