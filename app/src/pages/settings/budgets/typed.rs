//! What was typed into the form, as it stands in the address when it could not be taken: nothing of it is lost, also without
//! JavaScript, and the page tells by the same rule what is wrong with it.

use model::alert::hold::Person;
use model::budget::Budget;
use model::budget::draft::{Draft, Mistake};
use serde::{Deserialize, Serialize};

use super::PATH;
use crate::url_state::encode;

/// The fields of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The address of the budget that is changed; empty for a new one.
    #[serde(default)]
    pub edit: String,
    /// The version of it that was seen.
    #[serde(default)]
    pub version: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `all`, `each tenant`, or a dimension whose one is `owner`.
    #[serde(default)]
    pub scope: String,
    /// Whose spend counts, when it is one's.
    #[serde(default)]
    pub owner: String,
    /// As in the file, like all that follow.
    #[serde(default)]
    pub period: String,
    /// What may be spent.
    #[serde(default)]
    pub limit_usd: String,
    /// Percentages.
    #[serde(default)]
    pub thresholds: String,
    /// Over an hour.
    #[serde(default)]
    pub burn_fast: String,
    /// Over a day.
    #[serde(default)]
    pub burn_slow: String,
    /// Who.
    #[serde(default)]
    pub by: String,
    /// Why.
    #[serde(default)]
    pub note: String,
    /// Whether it was sent and not taken; else it only fills the form.
    #[serde(skip)]
    pub sent: bool,
}

impl Typed {
    /// Out of an address.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).unwrap_or_default();
        Self {
            edit: text("edit"),
            version: text("version"),
            name: text("name"),
            scope: text("scope"),
            owner: text("owner"),
            period: text("period"),
            limit_usd: text("limit_usd"),
            thresholds: text("thresholds"),
            burn_fast: text("burn_fast"),
            burn_slow: text("burn_slow"),
            by: text("by"),
            note: text("note"),
            sent: text("sent") == "1",
        }
    }

    /// What the form says for a budget as it is.
    pub fn of(budget: &Budget, version: i64) -> Self {
        let draft = Draft::of(budget);
        let owner = budget.scope.name().unwrap_or_default().to_owned();
        let scope = if owner.is_empty() { draft.scope } else { budget.scope.dimension().to_string() };
        Self {
            edit: budget.slug(),
            version: version.to_string(),
            name: draft.name,
            scope,
            owner,
            period: draft.period,
            limit_usd: draft.limit_usd,
            thresholds: draft.thresholds,
            burn_fast: draft.burn_fast,
            burn_slow: draft.burn_slow,
            ..Self::default()
        }
    }

    /// Where it is shown again, with what is wrong about it.
    pub fn href(&self) -> String {
        let fields = [
            ("edit", &self.edit),
            ("version", &self.version),
            ("name", &self.name),
            ("scope", &self.scope),
            ("owner", &self.owner),
            ("period", &self.period),
            ("limit_usd", &self.limit_usd),
            ("thresholds", &self.thresholds),
            ("burn_fast", &self.burn_fast),
            ("burn_slow", &self.burn_slow),
            ("by", &self.by),
            ("note", &self.note),
        ];
        let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let fields: String = fields.map(|(name, text)| format!("&{name}={}", encode(text))).collect();
        format!("{PATH}?sent=1{fields}#budget-form")
    }

    /// The budget and who makes it, or everything that is wrong.
    pub fn read(&self) -> Result<(Budget, Person), Vec<Mistake>> {
        match (self.draft().read(), Person::new(&self.by, &self.note), self.wrong_owner()) {
            (Ok(budget), Ok(person), None) => Ok((budget, person)),
            (draft, person, wrong_owner) => {
                let mut mistakes = draft.err().unwrap_or_default();
                // Of whom there is no name there is no scope either; one of the two says enough.
                mistakes.retain(|mistake| mistake.field != "scope" || wrong_owner.is_none());
                mistakes.extend(wrong_owner);
                mistakes.extend(person.err().map(|error| Mistake::new("by", error.to_string())));
                Err(mistakes)
            }
        }
    }

    /// Whether it is about everybody or each of them, and so about nobody by name.
    fn is_whole(&self) -> bool {
        self.scope == "all" || self.scope.starts_with("each ")
    }

    /// What is wrong with the name of the one it is about.
    fn wrong_owner(&self) -> Option<Mistake> {
        let expected = match (self.is_whole(), self.owner.trim().is_empty()) {
            (true, false) => format!("expected nothing here: the spend of {} counts", self.scope),
            (false, true) => format!("expected the name of the {} whose spend counts", self.scope),
            _ => return None,
        };
        Some(Mistake::new("owner", expected))
    }

    fn draft(&self) -> Draft {
        let is_whole = self.is_whole();
        Draft {
            name: self.name.clone(),
            scope: if is_whole { self.scope.clone() } else { format!("{} {}", self.scope, self.owner.trim()) },
            period: self.period.clone(),
            limit_usd: self.limit_usd.clone(),
            thresholds: self.thresholds.clone(),
            burn_fast: self.burn_fast.clone(),
            burn_slow: self.burn_slow.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn typed() -> Typed {
        let [name, scope, owner, period, limit_usd, by] =
            ["Acme & Söhne", "tenant", "acme robotics", "month", "40", "Robin"].map(str::to_owned);
        Typed { name, scope, owner, period, limit_usd, by, ..Typed::default() }
    }

    #[test]
    fn what_was_typed_comes_back_from_the_address_as_it_was() {
        let typed = Typed { limit_usd: "much = more?".into(), note: "a\nb".into(), sent: true, ..typed() };
        let href = typed.href();
        let query = href.split_once('?').unwrap().1.split('#').next().unwrap();
        let decoded = |text: &str| {
            let mut bytes = Vec::new();
            let mut rest = text.bytes();
            while let Some(byte) = rest.next() {
                let digits = [rest.clone().next().unwrap_or(b'0'), rest.clone().nth(1).unwrap_or(b'0')];
                let escaped =
                    (byte == b'%').then(|| u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                if escaped.is_some() {
                    rest.nth(1);
                }
                bytes.push(escaped.unwrap_or(byte));
            }
            String::from_utf8(bytes).unwrap()
        };
        let pairs: HashMap<_, _> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        assert_eq!(Typed::from_query(|name| pairs.get(name).map(|text| decoded(text))), typed);
    }

    #[test]
    fn one_of_a_dimension_is_put_together_and_taken_apart_again() {
        let (budget, person) = typed().read().unwrap();
        assert_eq!((budget.scope.to_string().as_str(), person.by()), ("tenant acme robotics", "Robin"));
        let again = Typed { by: "Robin".into(), ..Typed::of(&budget, 3) };
        assert_eq!(
            (again.owner.as_str(), again.scope.as_str(), again.edit.as_str()),
            ("acme robotics", "tenant", "acme-söhne")
        );
        assert_eq!(again.read().unwrap().0, budget);
        let nobody = Typed { owner: " ".into(), by: String::new(), ..typed() };
        let fields =
            |typed: Typed| typed.read().unwrap_err().into_iter().map(|mistake| mistake.field).collect::<Vec<_>>();
        assert_eq!(fields(nobody), ["owner", "by"]);
        assert_eq!(fields(Typed { scope: "each user".into(), ..typed() }), ["owner"], "a name would be ignored");
    }
}
