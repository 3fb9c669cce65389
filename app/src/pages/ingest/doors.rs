//! Where spans can be sent.

use leptos::prelude::*;
use model::health::Endpoints;

/// The panel.
#[component]
pub fn Doors(
    /// Where the server listens.
    endpoints: Endpoints,
) -> impl IntoView {
    let at = |door: &Option<String>, path: &str| door.as_ref().map(|address| format!("{address}{path}"));
    let here = |path: &str| Some(format!("{}{path}", endpoints.http));
    // Name, address, the setting that opens it.
    let doors = [
        ("OTLP over HTTP", at(&endpoints.otlp_http, "/v1/traces"), "TRACETAB_OTLP_HTTP_ADDR"),
        ("OTLP over gRPC", at(&endpoints.otlp_grpc, ""), "TRACETAB_OTLP_GRPC_ADDR"),
        ("Zipkin", at(&endpoints.zipkin, "/api/v2/spans"), "TRACETAB_ZIPKIN_ADDR"),
        ("Jaeger, Thrift", at(&endpoints.jaeger, "/api/traces"), "TRACETAB_JAEGER_ADDR"),
        ("OTLP, on this port", here("/v1/traces"), ""),
        ("Zipkin, on this port", here("/api/v2/spans"), ""),
        ("Native JSON", here("/api/v1/traces"), ""),
    ];
    let lines = doors
        .map(|(name, address, setting)| {
            let state = match address {
                Some(address) => view! { <code>{address}</code> }.into_any(),
                None => view! { <span class="muted">"closed; " <code>{setting}</code> " opens it"</span> }.into_any(),
            };
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{state}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <header>
            <h2 id="doors">"Doors"</h2>
            <span class="sub">"where spans can be sent"</span>
        </header>
        <dl class="pb mini-kv doors">{lines}</dl>
    }
    .into_any()
}
