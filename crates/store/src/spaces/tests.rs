//! Two tenants that send the same ids have two traces; who reads only one of them learns nothing of the other.

use model::space::{Mask, Space, TenantSpace};
use model::time::TimeRange;
use model::trace::filter::{Order, TraceFilter};
use model::{Span, UsdSum};

use super::*;
use crate::ingest::{Batch, Writer};
use crate::testing::{Telling, a_span, noon, sum, trace_id, usd, write};
use crate::traces::{Reader, head_for, list, list_for};

async fn a_space(db: &PgPool, tenant: &str, mask: u8) -> TenantSpace {
    ensure(db, tenant, Mask::from_bytes([mask; 16])).await.unwrap()
}

/// Writes spans as the pipeline does that came with a key of the tenant.
async fn write_in(db: &PgPool, own: &TenantSpace, spans: Vec<Span>) -> u64 {
    let kept = |span: Span| Span { trace_id: own.mask.apply(span.trace_id), ..span.for_tenant(&own.tenant) };
    let spans: Vec<Span> = spans.into_iter().map(kept).collect();
    let spaces: Vec<_> = spans.iter().map(|span| (span.trace_id, own.space)).collect();
    let batch = Batch::prepare(spans, &[]).in_spaces(&spaces);
    Writer::new(db.clone(), 1).write(&batch, noon()).await.unwrap().accepted
}

fn the_day() -> TraceFilter {
    TraceFilter::all(TimeRange::last_seconds(86_400, noon() + chrono::TimeDelta::hours(1)))
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_tenant_keeps_the_space_it_got_first(db: PgPool) {
    let acme = a_space(&db, "acme", 1).await;
    assert_eq!(a_space(&db, "acme", 2).await, acme);
    assert_eq!(acme.mask, Mask::from_bytes([1; 16]));
    let beta = a_space(&db, "beta", 3).await;
    assert_ne!(beta.space, acme.space);
    assert_eq!(all(&db).await.unwrap(), [acme, beta]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_same_ids_in_three_spaces_are_three_traces(db: PgPool) {
    let (acme, beta) = (a_space(&db, "acme", 1).await, a_space(&db, "beta", 2).await);
    let span = || vec![a_span(1, 1).costing("0.5")];
    write(&db, span()).await;
    for own in [&acme, &beta] {
        assert_eq!(write_in(&db, own, span()).await, 1);
        assert_eq!(write_in(&db, own, span()).await, 0, "sent again, it counts once");
    }
    assert_eq!(sum(&db, "select sum(cost_pico)::text from span").await, usd("1.5"));
    let found = find(&db, trace_id(1)).await.unwrap();
    let spaces: Vec<_> = found.iter().map(|found| (found.trace_id, found.own_space_of.as_deref())).collect();
    assert_eq!(spaces, [(trace_id(1), None), (trace_id(1), Some("acme")), (trace_id(1), Some("beta"))]);

    let kept: Vec<TraceId> = found.iter().map(|found| found.kept).collect();
    let called = called(&db, &kept).await.unwrap();
    assert!(kept.iter().all(|kept| called.id(*kept) == trace_id(1)));
    assert_eq!(called.own_space_of(kept[2]), Some("beta"));

    let whole = trace_id(1).to_string();
    let first = find_by_prefix(&db, &whole[..20].to_uppercase()).await.unwrap().unwrap();
    assert_eq!(first.trace_id, trace_id(1));
    let as_kept = kept[1].to_string();
    assert_eq!(find_by_prefix(&db, &as_kept).await.unwrap(), None, "how it is kept is nobody's business");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn lists_show_ids_as_they_were_sent_and_page_over_all_spaces(db: PgPool) {
    let acme = a_space(&db, "acme", 0xaa).await;
    write(&db, (1..=5).map(|n| a_span(n, 1)).collect()).await;
    write_in(&db, &acme, (1..=5).map(|n| a_span(n, 1)).collect()).await;
    for reader in [Reader::Everything, Reader::Tenant(&acme)] {
        let (mut seen, mut filter) = (Vec::new(), TraceFilter { limit: 3, order: Order::Cost, ..the_day() });
        loop {
            let page = list_for(&db, reader, &filter).await.unwrap();
            seen.extend(page.traces.iter().map(|line| (line.trace_id, line.space)));
            match page.next {
                Some(next) => filter.cursor = Some(next),
                None => break,
            }
        }
        seen.sort_unstable();
        let own = (1..=5).map(|n| (trace_id(n), acme.space));
        let mut expected: Vec<_> = match reader {
            Reader::Everything => own.chain((1..=5).map(|n| (trace_id(n), Space::SHARED))).collect(),
            Reader::Tenant(_) => own.collect(),
        };
        expected.sort_unstable();
        assert_eq!(seen, expected, "{reader:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn of_a_shared_trace_a_tenant_sees_its_own_spans_as_if_there_were_no_others(db: PgPool) {
    let acme = a_space(&db, "acme", 1).await;
    let spans = vec![
        a_span(1, 1).for_tenant("beta").costing("4").of_service("secret"),
        a_span(1, 2).under(1).for_tenant("acme").costing("0.5").starting(1).of_service("shop"),
        a_span(1, 3).under(1).for_tenant("acme").starting(2).failing().of_service("shop"),
        a_span(2, 1).for_tenant("beta").costing("8"),
        a_span(3, 1).for_tenant("acme").costing("1"),
    ];
    write(&db, spans).await;
    write_in(&db, &acme, vec![a_span(4, 1).costing("2")]).await;
    let page = list_for(&db, Reader::Tenant(&acme), &the_day()).await.unwrap();
    let mut lines: Vec<_> =
        page.traces.iter().map(|line| (line.trace_id, line.spans, line.errors, line.cost.map(UsdSum::from))).collect();
    lines.sort_unstable_by_key(|line| line.0);
    let line = |n, spans, errors, cost| (trace_id(n), spans, errors, Some(usd(cost)));
    assert_eq!(lines, [line(1, 2, 1, "0.5"), line(3, 1, 0, "1"), line(4, 1, 0, "2")]);
    assert_eq!((page.totals.traces, page.totals.cost), (3, usd("3.5")));
    assert!(page.traces.iter().all(|line| line.root_service.as_deref() != Some("secret")));
    assert!(page.traces.iter().all(|line| line.tenant.as_deref() == Some("acme")));

    let filter = TraceFilter { services: vec!["secret".to_owned()], ..the_day() };
    assert_eq!(list_for(&db, Reader::Tenant(&acme), &filter).await.unwrap().totals.traces, 0);
    assert_eq!(list(&db, &filter).await.unwrap().totals.traces, 1);

    let head = head_for(&db, Reader::Tenant(&acme), trace_id(1)).await.unwrap().unwrap();
    assert_eq!((head.summary.spans, head.withheld, head.max_depth), (2, 1, None));
    assert_eq!(head_for(&db, Reader::Tenant(&acme), trace_id(2)).await.unwrap(), None);
    let spans = crate::spans::of_trace_for(&db, Reader::Tenant(&acme), trace_id(1), 0, 10).await.unwrap();
    assert_eq!(spans.iter().map(|span| span.service.as_str()).collect::<Vec<_>>(), ["shop", "shop"]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn people_with_psql_find_a_trace_by_the_id_it_was_sent_with(db: PgPool) {
    let acme = a_space(&db, "acme", 0x5c).await;
    write_in(&db, &acme, vec![a_span(7, 1), a_span(7, 2)]).await;
    write(&db, vec![a_span(7, 1)]).await;
    let sent = Uuid::from_bytes(trace_id(7).to_bytes());
    let spans: i64 = sqlx::query_scalar("select count(*) from spans where trace_id = kept_trace_id($1, 'acme')")
        .bind(sent)
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(spans, 2);
    let known: Vec<(Uuid, Option<String>)> =
        sqlx::query_as("select sent_as, tenant from trace_ids order by tenant nulls first")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(known, [(sent, None), (sent, Some("acme".to_owned()))]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_trace_is_found_by_the_first_digits_of_its_id(db: PgPool) {
    let digits = async |text: &str| find_by_prefix(&db, text).await.unwrap().map(|found| found.trace_id);
    assert!(!crate::traces::any(&db).await.unwrap());
    write(&db, vec![a_span(0xab, 1), a_span(0xac, 1).starting(5)]).await;
    assert!(crate::traces::any(&db).await.unwrap());
    let whole = trace_id(0xab).to_string();
    assert_eq!(digits(&whole).await, Some(trace_id(0xab)));
    assert_eq!(digits(&whole[..31].to_uppercase()).await, Some(trace_id(0xac)), "the newest");
    for nothing in ["", "ffff", "xyz", &format!("{whole}0")] {
        assert_eq!(digits(nothing).await, None, "{nothing}");
    }
}
