//! Who plays: tenants with their people, and the services that do the work. All names are invented.

use std::sync::Arc;

use model::attribute::{Attributes, Value};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use wire::raw::Origin;

/// A customer of the invented company.
#[derive(Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its name.
    pub name: &'static str,
    /// How much of the work is for it, against the others.
    pub weight: u32,
    /// People and machines that ask for something.
    pub users: &'static [&'static str],
    /// What it asks for, each against the others: agent runs, chats, plain tasks, reindexing, evaluations, arm moves.
    pub wants: [u32; 6],
}

/// The customers, biggest first.
pub const TENANTS: [Tenant; 6] = [
    Tenant {
        name: "tenant_123",
        weight: 36,
        users: &["user_123", "user_207", "user_318", "user_422", "user_551", "user_608", "user_731"],
        wants: [52, 26, 20, 1, 1, 0],
    },
    Tenant {
        name: "northwind",
        weight: 20,
        users: &["ana.lopez", "b.okafor", "c.weiss", "indexer"],
        wants: [46, 30, 14, 8, 2, 0],
    },
    Tenant {
        name: "acme-robotics",
        weight: 18,
        users: &["arm-01", "arm-02", "arm-07", "j.park", "planner"],
        wants: [12, 6, 22, 0, 0, 60],
    },
    Tenant { name: "halden-labs", weight: 11, users: &["e.lind", "k.sato", "eval-bot"], wants: [34, 22, 18, 2, 24, 0] },
    Tenant {
        name: "orbit-care",
        weight: 9,
        users: &["nurse.desk", "triage", "dr.mbeki", "night.desk"],
        wants: [16, 70, 14, 0, 0, 0],
    },
    Tenant { name: "brightcart", weight: 6, users: &["shop-eu", "shop-us", "merch"], wants: [24, 62, 14, 0, 0, 0] },
];

/// The tenant with this name; the first one should a name be mistyped here.
pub fn tenant(name: &str) -> &'static Tenant {
    TENANTS.iter().find(|tenant| tenant.name == name).unwrap_or(&TENANTS[0])
}

/// A tenant by weight.
pub fn any_tenant(rng: &mut ChaCha8Rng) -> &'static Tenant {
    TENANTS.choose_weighted(rng, |tenant| tenant.weight).unwrap_or(&TENANTS[0])
}

/// Somebody of the tenant.
pub fn any_user(tenant: &Tenant, rng: &mut ChaCha8Rng) -> &'static str {
    tenant.users.choose(rng).copied().unwrap_or("unknown")
}

/// A service that sends spans: an index into [`Cast`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Gateway,
    Auth,
    Orchestrator,
    QueueProcessor,
    ToolExecutor,
    CodeAnalyst,
    Sandbox,
    ArtifactStore,
    Chat,
    Indexer,
    Evaluator,
    ArmPlanner,
    RobotControl,
}

/// What is known of a service.
struct Profile {
    name: &'static str,
    version: &'static str,
    language: &'static str,
    instances: u32,
    /// What its work is for, unless a span says otherwise.
    capability: &'static str,
}

const fn profile(
    name: &'static str,
    version: &'static str,
    language: &'static str,
    instances: u32,
    capability: &'static str,
) -> Profile {
    Profile { name, version, language, instances, capability }
}

/// In the order of [`Service`].
const SERVICES: [Profile; 13] = [
    profile("api-gateway", "3.14.2", "go", 3, "api"),
    profile("auth-service", "1.9.0", "go", 2, "authentication"),
    profile("orchestrator", "2.8.1", "python", 3, "task_planning"),
    profile("queue_processor", "2.8.1", "python", 4, "message_routing"),
    profile("tool_executor", "1.0.0", "python", 4, "code_generator"),
    profile("code-analyst", "0.21.4", "python", 2, "code_analysis"),
    profile("sandbox", "5.2.0", "rust", 2, "test_runner"),
    profile("artifact-store", "1.3.7", "go", 2, "storage"),
    profile("chat-service", "4.0.3", "nodejs", 3, "support_chat"),
    profile("corpus-indexer", "1.12.0", "python", 1, "retrieval"),
    profile("eval-runner", "0.8.2", "python", 1, "evaluation"),
    profile("arm-planner", "2.8.1", "cpp", 2, "arm_motion"),
    profile("robot_control", "6.1.0", "cpp", 2, "arm_motion"),
];

impl Service {
    /// What its work is for, unless a span says otherwise.
    pub const fn capability(self) -> &'static str {
        SERVICES[self as usize].capability
    }
}

/// The running instances of every service, shared by all spans they send.
pub struct Cast {
    origins: Vec<Vec<Arc<Origin>>>,
}

impl Cast {
    /// Everybody, ready to play.
    pub fn new() -> Self {
        Self {
            origins: SERVICES
                .iter()
                .map(|service| (1..=service.instances).map(|n| origin(service, n)).collect())
                .collect(),
        }
    }

    /// One of the instances of a service.
    pub fn instance(&self, service: Service, rng: &mut ChaCha8Rng) -> Arc<Origin> {
        let instances = &self.origins[service as usize];
        Arc::clone(&instances[rng.random_range(0..instances.len())])
    }
}

fn origin(service: &Profile, instance: u32) -> Arc<Origin> {
    let host = format!("{}-{instance}", service.name);
    let resource = [
        ("service.name", service.name),
        ("service.version", service.version),
        ("service.instance.id", host.as_str()),
        ("deployment.environment.name", "production"),
        ("cloud.region", "eu-central-1"),
        ("telemetry.sdk.language", service.language),
        ("telemetry.sdk.name", "opentelemetry"),
    ];
    Arc::new(Origin {
        resource: Arc::new(Attributes(resource.map(|(key, value)| (key.into(), Value::from(value))).into())),
        scope_name: format!("{}.tracing", service.name),
        scope_version: service.version.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_own_profile() {
        assert_eq!(Service::RobotControl as usize + 1, SERVICES.len());
        assert_eq!(SERVICES[Service::RobotControl as usize].name, "robot_control");
        assert_eq!(SERVICES[Service::Gateway as usize].name, "api-gateway");
    }
}
