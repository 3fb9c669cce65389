//! How every budget stood at one moment: what programs and pages are answered from, without asking the database.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::rulebook::{Origin, Rulebook};
use super::{Budget, Outlook, Scope, Spend, Standing};
use crate::cost::Dimension;

/// Names kept of a budget of each of them, dearest first: with a hundred such budgets some 60 MB.
pub const OWNERS_MAX: usize = 2_000;

/// What each name spent.
pub type SpendByName = Vec<(String, Spend)>;

/// A budget, or that of one name when the rule is about each of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is addressed by.
    pub id: String,
    /// Its rule.
    pub budget: Arc<Budget>,
    /// Whose it is, when the rule is about each of them.
    pub owner: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Where it will be at the end of its period.
    pub outlook: Outlook,
}

/// Every budget at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// In the order of the rules; within a rule about each of them dearest first.
    pub lines: Vec<Line>,
    /// The rules, with whether there are names beyond the [`OWNERS_MAX`] dearest.
    rules: Vec<(Arc<Budget>, bool)>,
    /// What the rules were taken from.
    rulebook: Arc<Rulebook>,
    places: HashMap<String, usize>,
}

impl Line {
    fn new(budget: &Arc<Budget>, owner: Option<String>, spend: Spend, now: DateTime<Utc>) -> Self {
        let id = budget.id(owner.as_deref());
        let outlook = Outlook::before(budget.period);
        Self { id, standing: Standing::new(budget, spend, now), budget: Arc::clone(budget), owner, outlook }
    }

    /// The name for people: that of the rule, or that of whom it is about.
    pub fn title(&self) -> &str {
        self.owner.as_deref().unwrap_or(&self.budget.name)
    }

    /// The name whose spend it counts; `None` is everybody's.
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref().or_else(|| self.budget.scope.name())
    }
}

impl Reading {
    /// What `rules` say about this spend at `as_of`: per rule the names with what they spent, dearest first. A rule about
    /// one has one entry, or none when nothing was spent; one about each has at most one more than [`OWNERS_MAX`].
    pub fn new(rules: Vec<(Arc<Budget>, SpendByName)>, as_of: DateTime<Utc>) -> Self {
        let mut lines = Vec::new();
        let mut kept = Vec::with_capacity(rules.len());
        for (budget, spends) in rules {
            let is_cut = spends.len() > OWNERS_MAX;
            if budget.scope.is_each() {
                let owners = spends.into_iter().take(OWNERS_MAX);
                lines.extend(owners.map(|(owner, spend)| Line::new(&budget, Some(owner), spend, as_of)));
            } else {
                let spend = spends.into_iter().next().map_or_else(Spend::default, |(_, spend)| spend);
                lines.push(Line::new(&budget, None, spend, as_of));
            }
            kept.push((budget, is_cut));
        }
        let places = lines.iter().enumerate().map(|(place, line)| (line.id.clone(), place)).collect();
        Self { as_of, lines, rules: kept, rulebook: Arc::default(), places }
    }

    /// The same with what its rules were taken from: by the time somebody asks where a budget comes from, there may be others.
    #[must_use]
    pub fn of_rulebook(self, rulebook: Arc<Rulebook>) -> Self {
        Self { rulebook, ..self }
    }

    /// Where a budget of this reading comes from.
    pub fn origin(&self, budget: &Arc<Budget>) -> Option<&Origin> {
        let listed = self.rulebook.budgets.iter().find(|listed| Arc::ptr_eq(&listed.budget, budget));
        listed.map(|listed| &listed.origin)
    }

    /// The same with what is known of where each will be, asked with its place among those of its rule.
    #[must_use]
    pub fn foreseen(mut self, outlook: impl Fn(usize, &Line) -> Option<Outlook>) -> Self {
        for lines in self.lines.chunk_by_mut(|left, right| Arc::ptr_eq(&left.budget, &right.budget)) {
            for (rank, line) in lines.iter_mut().enumerate() {
                if let Some(outlook) = outlook(rank, line) {
                    line.outlook = outlook.seen_from(line.standing.spent, line.standing.period.to);
                }
            }
        }
        self
    }

    /// Whether it is a reading of exactly these rules.
    pub fn is_of(&self, rules: &[Arc<Budget>]) -> bool {
        self.rules.iter().map(|(budget, _)| budget).eq(rules)
    }

    /// The budget addressed so. One of a rule about each of them is there before its first dollar: it has spent nothing.
    pub fn get(&self, id: &str) -> Option<Line> {
        if let Some(place) = self.places.get(id) {
            return self.lines.get(*place).cloned();
        }
        let (slug, owner) = id.split_once(':').filter(|(_, owner)| !owner.is_empty())?;
        let (budget, _) =
            self.rules.iter().find(|(budget, is_cut)| !is_cut && budget.scope.is_each() && budget.slug() == slug)?;
        let line = Line::new(budget, Some(owner.to_owned()), Spend::default(), self.as_of);
        let outlook = line.outlook.unspent();
        Some(Line { outlook, ..line })
    }

    /// The budgets of one tenant: those that name it and those of each tenant.
    pub fn of_tenant(&self, tenant: &str) -> Vec<Line> {
        let of_rule = |(budget, _): &(Arc<Budget>, bool)| match &budget.scope {
            Scope::One(Dimension::Tenant, name) if name == tenant => self.get(&budget.id(None)),
            Scope::Each(Dimension::Tenant) => self.get(&budget.id(Some(tenant))),
            _ => None,
        };
        self.rules.iter().filter_map(of_rule).collect()
    }

    /// Whether some rule has more names than are kept.
    pub fn is_cut(&self) -> bool {
        self.rules.iter().any(|(_, is_cut)| *is_cut)
    }
}
