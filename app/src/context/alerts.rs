//! What a server knows about the rules of alerts, and about those who hear of them.

use std::pin::Pin;
use std::sync::Arc;

use model::alert::receiver::ReceiverBook;
use model::alert::rule::book::{Listed, RuleFile};
use serde::{Deserialize, Serialize};
use store::StoreError;

/// Every rule of alerts there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRules {
    /// Those of the file in its order, then those that were made here.
    pub rules: Vec<Listed>,
    /// The file.
    pub file: RuleFile,
}

/// What a server knows about the rules of alerts.
pub trait AlertRulesInUse: Send + Sync {
    /// Every rule, with where it comes from.
    fn rules(&self) -> Arc<AlertRules>;

    /// Looks for what has changed, because something has been.
    fn look_again(&self) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + '_>>;
}

/// What a server knows about those who hear of alerts.
pub trait NotificationsInUse: Send + Sync {
    /// Every receiver, and the file it is in.
    fn book(&self) -> Pin<Box<dyn Future<Output = ReceiverBook> + Send + '_>>;

    /// Tells a receiver that this is only a test; `Err` says why it does not take it.
    fn test<'a>(&'a self, name: &'a str) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;
}
