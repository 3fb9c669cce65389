//! OpenTelemetry semantic conventions other than GenAI: who, where, databases, queues, HTTP, errors.

pub const USER: &[&str] = &["user.id", "enduser.id"];
pub const PSEUDONYM: &[&str] = &["enduser.pseudo.id"];
/// No convention names a paying customer; these two are what services set most.
pub const CUSTOMER: &[&str] = &["organization.id", "customer.id"];
pub const SESSION: &[&str] = &["session.id"];
pub const ENVIRONMENT: &[&str] = &["deployment.environment.name", "deployment.environment"];
/// The other side of a call, said to be that.
pub const PEER: &[&str] = &["service.peer.name", "peer.service"];
/// What the other side of a call can be told by when it has no name.
pub const PEER_TRAITS: &[&str] = &[
    "server.address",
    "net.peer.name",
    "messaging.destination.name",
    "db.system.name",
    "db.system",
    "db.name",
    "rpc.service",
];
pub const DATABASE: &[&str] =
    &["db.system.name", "db.system", "db.name", "db.namespace", "db.statement", "db.query.text"];
pub const MESSAGING: &[&str] = &["messaging.system", "messaging.destination.name", "messaging.operation.type"];
pub const HTTP: &[&str] =
    &["http.request.method", "http.method", "http.route", "url.full", "http.url", "rpc.system", "rpc.service"];
pub const FAILED: &[&str] = &["error", "error.type"];
/// The status as Zipkin and Jaeger tags carry it.
pub const STATUS_CODE: &[&str] = &["otel.status_code"];
pub const STATUS_MESSAGE: &[&str] = &["otel.status_description", "error.message"];

#[cfg(test)]
mod tests {
    use model::span::{Category, Status};
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    #[test]
    fn a_database_call_of_a_service_behind_a_gateway() {
        let span = a_span("SELECT orders")
            .of_kind(3)
            .on_resource(json!({"service.name": "shop", "deployment.environment.name": "production"}))
            .with(json!({
                "db.system.name": "postgresql",
                "db.namespace": "orders",
                "db.query.text": "select * from orders where id = $1",
                "server.address": "orders-db",
                "enduser.id": "u-9",
                "organization.id": "acme",
                "error.type": "57014",
                "error.message": "canceling statement due to statement timeout",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    #[test]
    fn a_service_namespace_is_nobodys_tenant() {
        let span = a_span("work").on_resource(json!({"service.namespace": "acme"})).normalised();
        assert_eq!((span.tenant, span.category, span.status), (None, Category::Other, Status::Unset));
    }
}
