//! Alerts that belong together stand together: those about the same tenant and service, else those of rules that look for the same.

use model::alert::Alert;

use crate::format::number;
use crate::pages::alerts::words;

/// So many of one sort stand in the list one by one.
const APART_MAX: usize = 3;

/// Alerts that are told as one: the first of them, and the others behind it.
#[derive(Debug, PartialEq)]
pub struct Gathered {
    /// The first.
    pub first: Alert,
    /// The others, in their order; few others stand by themselves.
    pub others: Vec<Alert>,
    /// What they have in common: `acme · planner`.
    pub name: String,
}

impl Gathered {
    /// `14 more of acme · planner`.
    pub fn told(&self) -> String {
        let count = number::count(self.others.len() as i64);
        if self.name.is_empty() { format!("{count} more like it") } else { format!("{count} more of {}", self.name) }
    }
}

/// Gathers alerts, in the order of the first of each sort.
pub fn gather(alerts: impl IntoIterator<Item = Alert>) -> Vec<Gathered> {
    let mut sorts: Vec<((String, String), Vec<Alert>)> = Vec::new();
    for alert in alerts {
        let sort = sort_of(&alert);
        match sorts.iter_mut().find(|(known, _)| *known == sort) {
            Some((_, same)) => same.push(alert),
            None => sorts.push((sort, vec![alert])),
        }
    }
    sorts.into_iter().flat_map(|((name, _), same)| told_of(&name, same)).collect()
}

fn told_of(name: &str, same: Vec<Alert>) -> Vec<Gathered> {
    let apart = same.len() <= APART_MAX;
    let mut alerts = same.into_iter();
    let alone = |first| Gathered { first, others: Vec::new(), name: String::new() };
    if apart {
        return alerts.map(alone).collect();
    }
    alerts.next().map(|first| Gathered { first, others: alerts.collect(), name: name.to_owned() }).into_iter().collect()
}

/// Whom it is about, by name; else what its rule looks for.
fn sort_of(alert: &Alert) -> (String, String) {
    let about = words::labels(alert).filter(|(name, _)| ["tenant", "service"].contains(&name.as_str()));
    let about: Vec<&str> = about.map(|(_, value)| value.as_str()).collect();
    if about.is_empty() { (String::new(), alert.query_text.clone()) } else { (about.join(" · "), String::new()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::alerts::list::tests::alert;

    #[test]
    fn many_alerts_about_one_tenant_are_told_as_one_and_few_by_themselves() {
        let of = |id, tenant: &str| alert(id, &[("tenant", tenant), ("trace", &id.to_string())]);
        let gathered =
            gather([of(1, "acme"), of(2, "beta"), of(3, "acme"), of(4, "acme"), of(5, "acme"), of(6, "beta")]);
        let told: Vec<_> = gathered.iter().map(|one| (one.first.id, one.others.len())).collect();
        assert_eq!(told, [(1, 3), (2, 0), (6, 0)]);
        assert_eq!(gathered[0].told(), "3 more of acme");
    }

    #[test]
    fn alerts_about_nobody_in_particular_go_by_what_their_rule_looks_for() {
        let gathered = gather((1..=5).map(|id| alert(id, &[("user", &format!("user_{id}"))])));
        assert_eq!((gathered.len(), gathered[0].told().as_str()), (1, "4 more like it"));
    }
}
