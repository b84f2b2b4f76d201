//! Putting idle supervisors away under traffic.

use std::time::Duration;

use futures_util::future::join_all;

use super::{
    crew::{Crew, place},
    orders::Quick,
};

const COMPANIES: u128 = 8;
const CALLERS: u128 = 4;
const ORDERS: u64 = 150;

#[actix_web::test]
async fn supervisors_come_and_go_a_hundred_times_and_no_order_is_lost() {
    let crew = Crew::with(64, Duration::from_millis(1)).await;
    let callers = (0..COMPANIES).flat_map(|company| (0..CALLERS).map(move |caller| (company, caller)));
    let traffic = callers.map(|(company, caller)| {
        let crew = &crew;
        async move {
            // Different beats: companies fall idle at every moment, and are wanted again at every moment.
            let beat = Duration::from_micros(700 + 400 * u64::try_from(company + 3 * caller).unwrap());
            let mut beat = tokio::time::interval(beat);
            for order in 0..ORDERS {
                beat.tick().await;
                let outcome = crew.order(Quick(place(company, caller))).await;
                outcome.unwrap_or_else(|refusal| panic!("order {order} of company {company}: {refusal:?}"));
            }
        }
    });
    join_all(traffic).await;
    let last = (0..COMPANIES).map(|company| crew.generation(company)).max().unwrap();
    assert!(last > 100, "only {last} supervisors: nothing was put away, nothing proven");
}
