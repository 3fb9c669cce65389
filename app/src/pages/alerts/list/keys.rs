//! Where `j` and `k` lead from the alert that is shown.

/// The alerts beside the one that is shown.
#[derive(Clone, Copy)]
pub struct Beside {
    before: Option<i64>,
    after: Option<i64>,
}

impl Beside {
    /// Of a list in this order; where what is shown is not in it, the key for the next one leads to the first.
    pub fn of(order: &[i64], shown: Option<i64>) -> Self {
        let Some(at) = order.iter().position(|id| Some(*id) == shown) else {
            return Self { before: None, after: order.first().copied() };
        };
        Self { before: at.checked_sub(1).and_then(|at| order.get(at)).copied(), after: order.get(at + 1).copied() }
    }

    /// The key that leads to this alert.
    pub fn key(self, id: i64) -> Option<&'static str> {
        match Some(id) {
            id if id == self.after => Some("j"),
            id if id == self.before => Some("k"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_to_the_alerts_beside_the_one_that_is_shown_and_nowhere_beyond_the_ends() {
        let keys = |shown| {
            let beside = Beside::of(&[7, 5, 9], shown);
            [7, 5, 9].map(|id| beside.key(id))
        };
        assert_eq!(keys(Some(5)), [Some("k"), None, Some("j")]);
        assert_eq!(keys(Some(7)), [None, Some("j"), None]);
        assert_eq!(keys(Some(9)), [None, Some("k"), None]);
        assert_eq!(keys(None), [Some("j"), None, None]);
        assert_eq!(Beside::of(&[], Some(5)).key(5), None);
    }
}
