//! What happens to alerts, and who is told.

use model::alert::machine::Step;
use model::alert::{Alert, Observation};

use super::*;
use crate::alerts;
use crate::testing::{an_alert, noon};

fn of(rule: &str, severity: Severity, tenant: &str) -> Alert {
    // Each about a service of its own.
    let labels =
        [("tenant", tenant), ("service", rule)].map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let observation = Observation { labels, ..Observation::default() };
    Alert { severity, observation, ..an_alert(rule) }
}

fn route(receiver: &str, severities: &[Severity], tenants: &[&str], takes_holds: bool) -> Route {
    let tenants = tenants.iter().map(|tenant| (*tenant).to_owned()).collect();
    Route { receiver: receiver.to_owned(), severities: severities.to_vec(), tenants, takes_holds }
}

async fn happens(db: &PgPool, alert: Alert, state: State) -> Alert {
    let entry = HistoryEntry { at: noon(), state, by: None, text: state.as_str().to_owned() };
    let ids = alerts::keep(db, &[Step { alert: Alert { state, ..alert }, entry: Some(entry) }]).await.unwrap();
    alerts::get(db, ids[0].unwrap()).await.unwrap().unwrap()
}

fn soon() -> DateTime<Utc> {
    noon() + FIRING_WAIT
}

/// Receiver and what it is told, of all that is due.
async fn told(db: &PgPool, now: DateTime<Utc>) -> Vec<(String, String)> {
    let due = due(db, now, &[], 100).await.unwrap();
    due.into_iter().map(|due| (due.receiver, due.entry.text)).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(receiver, text)| ((*receiver).to_owned(), (*text).to_owned())).collect()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn each_receiver_is_told_of_what_it_is_for_in_order_and_once(db: PgPool) {
    let routes =
        [route("all", Severity::ALL, &[], true), route("critical of acme", &[Severity::Critical], &["acme"], false)];
    let alert = happens(&db, of("A", Severity::Critical, "acme"), State::Firing).await;
    happens(&db, of("B", Severity::Critical, "beta"), State::Firing).await;
    happens(&db, of("C", Severity::Warning, "acme"), State::Firing).await;
    assert_eq!(expand(&db, &routes).await.unwrap(), 3);
    assert_eq!(expand(&db, &routes).await.unwrap(), 0, "the outbox is empty");
    assert_eq!(told(&db, noon()).await, [], "what fires with it is waited for");
    let firing = [("all", "firing"), ("critical of acme", "firing"), ("all", "firing"), ("all", "firing")];
    assert_eq!(told(&db, soon()).await, pairs(&firing));
    let later = due(&db, soon(), &["all".to_owned()], 100).await.unwrap();
    assert!(later.iter().all(|due| due.receiver != "all"), "one that is told later waits");
    let all = due(&db, soon(), &[], 100).await.unwrap();
    let delivered: Vec<(i64, Attempt)> = all.iter().map(|due| (due.id, Attempt::Delivered)).collect();
    settle(&db, &delivered, soon()).await.unwrap();
    happens(&db, alert.clone(), State::Acknowledged).await;
    expand(&db, &routes).await.unwrap();
    assert_eq!(told(&db, soon()).await, pairs(&[("all", "acknowledged")]), "one that takes holds");
    let of_alert = of_alert(&db, alert.id).await.unwrap();
    let outcomes: Vec<(&str, Outcome)> = of_alert.iter().map(|to| (to.receiver.as_str(), to.outcome)).collect();
    let delivered = Outcome::Delivered;
    assert_eq!(outcomes, [("all", Outcome::Waiting), ("critical of acme", delivered), ("all", delivered)]);
    assert_eq!(open_of(&db, "critical of acme").await.unwrap(), [(alert.id, Some("acme".to_owned()))]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_was_in_vain_is_sent_again_or_given_up_and_not_overtaken_by_what_came_later(db: PgPool) {
    let routes = [route("all", Severity::ALL, &[], true)];
    let alert = happens(&db, of("A", Severity::Critical, "acme"), State::Firing).await;
    expand(&db, &routes).await.unwrap();
    let first = due(&db, soon(), &[], 100).await.unwrap().remove(0);
    let later = soon() + TimeDelta::seconds(30);
    let again = Attempt::Again { due_at: later, problem: "it was answered with 500".into() };
    settle(&db, &[(first.id, again)], soon()).await.unwrap();
    let alert = happens(&db, alert, State::Acknowledged).await;
    expand(&db, &routes).await.unwrap();
    assert_eq!(told(&db, soon()).await, [], "first that it fired");
    assert_eq!(due(&db, later, &[], 100).await.unwrap()[0].attempts, 1);
    assert_eq!(told(&db, later).await, pairs(&[("all", "firing")]));
    happens(&db, alert.clone(), State::Resolved).await;
    expand(&db, &routes).await.unwrap();
    assert_eq!(told(&db, later).await, pairs(&[("all", "resolved")]), "the rest is past");
    let last = due(&db, later, &[], 100).await.unwrap().remove(0);
    settle(&db, &[(last.id, Attempt::GivenUp { problem: "no".into() })], later).await.unwrap();
    assert_eq!(told(&db, later).await, []);
    let of_alert = of_alert(&db, alert.id).await.unwrap();
    assert_eq!(
        (of_alert.len(), of_alert[0].outcome, of_alert[0].problem.as_deref()),
        (1, Outcome::GivenUp, Some("no"))
    );
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_warning_waits_while_a_critical_alert_about_the_same_is_open_of_which_the_receiver_hears_too(db: PgPool) {
    let routes = [route("all", Severity::ALL, &[], true), route("warnings", &[Severity::Warning], &[], false)];
    let about = |rule: &str, severity, tenant| {
        let mut alert = of(rule, severity, tenant);
        alert.observation.labels[1].1 = "planner".to_owned();
        alert
    };
    let critical = happens(&db, about("Critical", Severity::Critical, "acme"), State::Firing).await;
    happens(&db, about("Warning", Severity::Warning, "acme"), State::Firing).await;
    happens(&db, about("Elsewhere", Severity::Warning, "beta"), State::Firing).await;
    expand(&db, &routes).await.unwrap();
    let names = async || {
        let due = due(&db, soon(), &[], 100).await.unwrap();
        let mut names = Vec::new();
        for due in &due {
            let alert = alerts::get(&db, due.alert_id).await.unwrap().unwrap();
            names.push(format!("{} {}", due.receiver, alert.rule));
        }
        names
    };
    assert_eq!(names().await, ["all Critical", "warnings Warning", "all Elsewhere", "warnings Elsewhere"]);
    let over = Alert { resolved_at: Some(soon()), ..critical };
    happens(&db, over, State::Resolved).await;
    assert!(names().await.contains(&"all Warning".to_owned()), "it is told of then");
}
