//! What operators say about the costs of some spans, in place of what the spans around them tell ([`crate::trace::settle`]).
//!
//! An [`Override`] is about a service, an instrumentation scope, or both, and of these about one operation when it names one. Which
//! of several counts for a span follows from what they name, never from when they or the span came.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::cost::Verdict;
use crate::span::code_enum;

/// Most overrides in force: each is compared with every span, and more than a screenful are nobody's view of anything.
pub const OVERRIDES_MAX: usize = 100;

/// Longest name, in characters: people type no longer ones, and three of them fit an entry of an index.
pub const NAME_CHARS_MAX: usize = 200;

/// Longest stretch that is settled again, in days: what is older has been billed.
pub const AGAIN_DAYS_MAX: i64 = 90;

code_enum! {
    /// What is said.
    Ruling {
        /// Nothing: the spans around it tell, as for every other span. An exception from a wider override.
        Default = 0, "default";
        /// What it says it costs is its own and always counts.
        Own = 1, "own";
        /// What it says it costs is counted elsewhere, and never with it.
        RolledUp = 2, "rolled_up";
    }
}

impl Ruling {
    /// The ruling with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|ruling| ruling.as_str() == text)
    }
}

/// Which spans: those that agree with all that is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Their service.
    pub service: Option<String>,
    /// The name of their instrumentation scope.
    pub scope: Option<String>,
    /// Their operation.
    pub operation: Option<String>,
}

/// Words that name no spans.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AboutError {
    /// Neither service nor scope.
    #[error("name a service or an instrumentation scope; an operation alone is that of anybody")]
    Nobody,
    /// A name nobody has.
    #[error("a name has at most {NAME_CHARS_MAX} characters")]
    LongName,
}

impl About {
    /// Spans by what is named of them; what is empty is not named.
    pub fn new(service: &str, scope: &str, operation: &str) -> Result<Self, AboutError> {
        let names = [service, scope, operation].map(|name| Some(name.trim()).filter(|name| !name.is_empty()));
        if names.iter().flatten().any(|name| name.chars().count() > NAME_CHARS_MAX) {
            return Err(AboutError::LongName);
        }
        let [service, scope, operation] = names.map(|name| name.map(str::to_owned));
        if service.is_none() && scope.is_none() {
            return Err(AboutError::Nobody);
        }
        Ok(Self { service, scope, operation })
    }

    fn has(&self, span: Named<'_>) -> bool {
        let is = |wanted: &Option<String>, name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
        is(&self.service, span.service) && is(&self.scope, span.scope) && is(&self.operation, span.operation)
    }

    /// How closely it describes a span: who names more is asked first; of as many, whoever names the operation, then the service.
    fn closeness(&self) -> (usize, bool, bool) {
        let names = [&self.service, &self.scope, &self.operation].into_iter().flatten().count();
        (names, self.operation.is_some(), self.service.is_some())
    }
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = [("operation", &self.operation), ("service", &self.service), ("scope", &self.scope)];
        let named = named.into_iter().filter_map(|(what, name)| Some((what, name.as_deref()?)));
        for (place, (what, name)) in named.enumerate() {
            write!(f, "{}{what} {name}", if place == 0 { "" } else { " of " })?;
        }
        Ok(())
    }
}

/// What a span is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// Its service.
    pub service: &'a str,
    /// Its instrumentation scope; empty when it has none.
    pub scope: &'a str,
    /// Its operation.
    pub operation: &'a str,
}

/// What somebody said about some spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Its id, ascending with time.
    pub id: i64,
    /// Which spans.
    pub about: About,
    /// What was said.
    pub ruling: Ruling,
    /// Why; may be empty.
    pub note: String,
    /// Who said it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who took it away, and when; `None` while it is in force.
    pub deleted: Option<(String, DateTime<Utc>)>,
}

/// Overrides in force, the closest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(Vec<Override>);

impl Overrides {
    /// These, in any order.
    pub fn new(mut overrides: Vec<Override>) -> Self {
        overrides.sort_by(|left, right| {
            right.about.closeness().cmp(&left.about.closeness()).then_with(|| right.id.cmp(&left.id))
        });
        Self(overrides)
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one that counts for a span.
    pub fn of(&self, span: Named<'_>) -> Option<&Override> {
        self.0.iter().find(|one| one.about.has(span))
    }

    /// What is said about a span.
    pub fn ruling(&self, span: Named<'_>) -> Ruling {
        self.of(span).map_or(Ruling::Default, |one| one.ruling)
    }

    /// Whether the scope of such a span has to be known.
    pub fn ask_for_scope(&self, service: &str, operation: &str) -> bool {
        let may_be = |about: &About| {
            let scope = about.scope.as_deref();
            scope.is_some_and(|scope| about.has(Named { service, scope, operation }))
        };
        self.0.iter().any(|one| may_be(&one.about))
    }
}

/// The override behind a verdict, of all there are and were, the newest first: the one in force that says so, else, where a cost can
/// only have been set aside by one, the last that said so before it was taken away.
pub fn behind(all: &[Override], span: Named<'_>, verdict: Verdict) -> Option<Override> {
    let said = match verdict {
        Verdict::SetAside => Ruling::RolledUp,
        Verdict::Own => Ruling::Own,
        Verdict::RolledUp | Verdict::Repeated | Verdict::ToldTwice | Verdict::Pending => return None,
    };
    let (gone, in_force): (Vec<&Override>, Vec<&Override>) = all.iter().partition(|one| one.deleted.is_some());
    let in_force = Overrides::new(in_force.into_iter().cloned().collect());
    let now = in_force.of(span).filter(|one| one.ruling == said).cloned();
    let before = || gone.into_iter().find(|one| one.ruling == said && one.about.has(span)).cloned();
    now.or_else(|| if verdict == Verdict::SetAside { before() } else { None })
}

/// Traces that are settled again because of an override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// Its id, ascending.
    pub id: i64,
    /// Because of what.
    pub about: About,
    /// Traces that began then or later.
    pub from: DateTime<Utc>,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Traces to look at; `None` until they are counted.
    pub traces: Option<i64>,
    /// Traces looked at so far.
    pub looked: i64,
    /// Those of them that are on the finaliser's list again.
    pub put: i64,
    /// When all had been looked at.
    pub finished_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(id: i64, about: [&str; 3], ruling: Ruling) -> Override {
        let about = About::new(about[0], about[1], about[2]).expect("names somebody");
        let at = DateTime::UNIX_EPOCH;
        Override { id, about, ruling, note: String::new(), by: "Robin".to_owned(), at, deleted: None }
    }

    fn named<'a>(service: &'a str, scope: &'a str, operation: &'a str) -> Named<'a> {
        Named { service, scope, operation }
    }

    #[test]
    fn who_names_more_of_a_span_is_asked_first() {
        let all = Overrides::new(vec![
            said(1, ["planner", "", ""], Ruling::RolledUp),
            said(2, ["planner", "", "chat"], Ruling::Default),
            said(3, ["", "langchain", ""], Ruling::Own),
        ]);
        assert_eq!(all.ruling(named("planner", "", "plan")), Ruling::RolledUp);
        assert_eq!(all.ruling(named("planner", "langchain", "chat")), Ruling::Default, "an exception");
        assert_eq!(all.ruling(named("planner", "langchain", "plan")), Ruling::RolledUp, "the service before the scope");
        assert_eq!(all.ruling(named("other", "langchain", "plan")), Ruling::Own);
        assert_eq!(all.ruling(named("other", "", "plan")), Ruling::Default);
        assert!(all.ask_for_scope("other", "chat") && !Overrides::default().ask_for_scope("other", "chat"));
    }

    #[test]
    fn a_verdict_says_which_override_is_behind_it_also_when_that_is_gone() {
        let mut all = vec![said(2, ["planner", "", ""], Ruling::RolledUp), said(1, ["gateway", "", ""], Ruling::Own)];
        let id = |all: &[Override], service: &str, verdict| {
            behind(all, named(service, "", "chat"), verdict).map(|one| one.id)
        };
        assert_eq!(id(&all, "planner", Verdict::SetAside), Some(2));
        assert_eq!((id(&all, "gateway", Verdict::Own), id(&all, "planner", Verdict::Own)), (Some(1), None));
        all.iter_mut().for_each(|one| one.deleted = Some(("Ines".to_owned(), DateTime::UNIX_EPOCH)));
        assert_eq!((id(&all, "planner", Verdict::SetAside), id(&all, "gateway", Verdict::Own)), (Some(2), None));
        assert_eq!(id(&all, "planner", Verdict::Repeated), None);
    }

    #[test]
    fn an_override_is_about_somebody() {
        assert_eq!(About::new(" ", "", "chat"), Err(AboutError::Nobody));
        assert_eq!(About::new(&"x".repeat(NAME_CHARS_MAX + 1), "", ""), Err(AboutError::LongName));
        let about = About::new("planner", " langchain ", "chat").expect("somebody");
        assert_eq!(about.to_string(), "operation chat of service planner of scope langchain");
    }

    proptest! {
        #[test]
        fn the_order_in_which_overrides_are_listed_does_not_matter(
            names in prop::collection::vec(([0..2usize, 0..2, 0..2], 0..3usize), 1..8),
            turn in 0usize..8,
        ) {
            let name = |kind: &str, of: usize| if of == 0 { String::new() } else { format!("{kind}{of}") };
            let mut all: Vec<Override> = names.iter().zip(1..).filter_map(|((of, ruling), id)| {
                let about = About::new(&name("s", of[0]), &name("c", of[1]), &name("o", of[2])).ok()?;
                Some(Override { about, ..said(id, ["x", "", ""], Ruling::ALL[*ruling]) })
            }).collect();
            let span = named("s1", "c1", "o1");
            let before = Overrides::new(all.clone()).ruling(span);
            let turn = turn % all.len().max(1);
            all.rotate_left(turn);
            prop_assert_eq!(Overrides::new(all).ruling(span), before);
        }
    }
}
