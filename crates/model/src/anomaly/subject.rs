//! Whose spend is watched.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cost::Dimension;

/// What a series is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Each tenant.
    Tenant,
    /// Each service, within each tenant.
    TenantService,
    /// Each capability.
    Capability,
    /// Each model.
    Model,
    /// Each user.
    User,
}

impl Kind {
    /// In the order they are told of: who pays first.
    pub const ALL: [Self; 5] = [Self::Tenant, Self::TenantService, Self::Capability, Self::Model, Self::User];

    /// The words of a query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::TenantService => "tenant, service",
            Self::Capability => "capability",
            Self::Model => "model",
            Self::User => "user",
        }
    }

    /// What a series has names of.
    pub const fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::Tenant => &[Dimension::Tenant],
            Self::TenantService => &[Dimension::Tenant, Dimension::Service],
            Self::Capability => &[Dimension::Capability],
            Self::Model => &[Dimension::Model],
            Self::User => &[Dimension::User],
        }
    }

    /// What the key of a series is a name of.
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::Tenant => Dimension::Tenant,
            Self::TenantService => Dimension::Service,
            Self::Capability => Dimension::Capability,
            Self::Model => Dimension::Model,
            Self::User => Dimension::User,
        }
    }
}

/// One series, by its names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// What it is of.
    pub kind: Kind,
    /// The tenant around a service.
    pub tenant: Option<String>,
    /// Tenant, service, capability, model or user.
    pub name: String,
}

impl Subject {
    /// What is to be told of it: names by what they are names of.
    pub fn labels(&self) -> Vec<(String, String)> {
        let tenant = self.tenant.iter().map(|tenant| (Dimension::Tenant.to_string(), tenant.clone()));
        tenant.chain([(self.kind.dimension().to_string(), self.name.clone())]).collect()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tenant {
            Some(tenant) => write!(f, "tenant {tenant}, service {}", self.name),
            None => write!(f, "{} {}", self.kind.dimension(), self.name),
        }
    }
}
