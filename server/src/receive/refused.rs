//! What happens to a request that is refused as a whole: it is listed before its sender is told, since nobody knows how many
//! spans were in it.

use super::Doors;
use super::rpc::{Code, Refusal};
use crate::pipeline::{Encoding, Sender};

impl Doors {
    /// Lists a refusal and hands it back as it is to be answered: when it cannot be listed, the sender is asked to come back.
    /// What is worth sending again is not refused, and not listed. `encoding` is `None` when that could not be told.
    pub async fn refused(&self, sender: &Sender, encoding: Option<Encoding>, refusal: Refusal) -> Refusal {
        if refusal.code == Code::Unavailable {
            return refusal;
        }
        match self.pipeline.refuse(sender, encoding, &refusal.message).await {
            Ok(()) => refusal,
            Err(busy) => busy.into(),
        }
    }
}
