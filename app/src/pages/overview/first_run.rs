//! Before the first span: how to send one, with the real addresses, and the demo data.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::health::{DemoStatus, Endpoints};

use super::api::{Start, StartDemo};
use crate::components::copy::CopyButton;
use crate::components::icon::{Glyph, Icon, Size};
use crate::error::ApiError;
use crate::format::number;

/// The ways to send, by their name in the URL.
const WAYS: [(&str, &str); 4] =
    [("env", "Env vars"), ("collector", "Collector"), ("python", "Python"), ("curl", "curl")];

/// The page until there is a trace.
#[component]
pub fn FirstRun(
    /// Where the server listens and how far the demo data is.
    start: Start,
    /// Starts the demo data.
    demo: ServerAction<StartDemo>,
) -> impl IntoView {
    let way = use_query_map().with_untracked(|query| query.get_str("with").unwrap_or("env").to_owned());
    let code = snippet(&way, &start.endpoints, start.asks_for_keys);
    let doors = doors(&start.endpoints);
    view! {
        <div class="first-run">
            <div class="fr-in">
                <h2>"Send the first span"</h2>
                <p>"Point any OpenTelemetry SDK at this server. Traces, costs and the map fill in as spans arrive, usually within two seconds."</p>
                <nav class="seg" aria-label="Way to send">
                    {WAYS
                        .map(|(key, name)| {
                            let here = way == key;
                            view! {
                                <a href=format!("/?with={key}") data-noscroll="true" class:on=here aria-current=here.then_some("true")>
                                    {name}
                                </a>
                            }
                        })
                        .collect_view()}
                </nav>
                <div class="codebox">
                    <pre class="mono" tabindex="0">{code.clone()}</pre>
                    <CopyButton text=code/>
                </div>
                <ol class="fr-steps">
                    <li class="done">
                        <Icon glyph=Glyph::Check size=Size::Medium/>
                        <span>"Server is up " <em>{doors}</em></span>
                    </li>
                    <li class="wait">
                        <span class="pulse"></span>
                        <span>"Waiting for the first span " <em>"this page changes by itself"</em></span>
                    </li>
                    <li>
                        <span class="hole"></span>
                        <span>
                            "Price a span "
                            <em>
                                "set " <code>"cost_usd"</code> ", or send " <code>"ai.model"</code>
                                " and token counts and the price book does it"
                            </em>
                        </span>
                    </li>
                </ol>
                <LoadDemo status=start.demo demo/>
            </div>
            <Ghost/>
        </div>
    }
    .into_any()
}

#[component]
fn LoadDemo(status: DemoStatus, demo: ServerAction<StartDemo>) -> impl IntoView {
    let refused = move || match demo.value().get() {
        Some(Err(ApiError::Unreachable)) => Some("The server does not answer.".to_owned()),
        Some(Err(error)) => Some(error.to_string()),
        _ => None,
    };
    view! {
        <div class="fr-or">
            <span>"No app at hand?"</span>
            <ActionForm action=demo>
                <button type="submit" class="btn primary lg" disabled=status.running>
                    <Icon glyph=Glyph::Play size=Size::Medium/>
                    <span>"Load demo data"</span>
                </button>
            </ActionForm>
            <span class="muted fs-12">"Fourteen days of invented traffic, sent through the same door as yours."</span>
            {move || refused().map(|reason| view! { <span class="crit" role="alert">{reason}</span> })}
        </div>
    }
    .into_any()
}

/// How far the demo data is, while it loads; the page is asked for again every second.
#[component]
pub fn Progress(
    /// How far it is.
    status: DemoStatus,
) -> impl IntoView {
    if let Some(error) = status.error {
        return view! { <p class="banner crit" role="alert">{format!("The demo data stopped: {error}")}</p> }
            .into_any();
    }
    if !status.running || status.traces_sent >= status.traces_total {
        return ().into_any();
    }
    let words = format!("Loading demo data: {} of {} traces", group(status.traces_sent), group(status.traces_total));
    view! {
        <div class="banner progress" role="status" data-hurry>
            <span>{words}</span>
            <progress max=status.traces_total value=status.traces_sent aria-label="Demo data loaded"></progress>
        </div>
    }
    .into_any()
}

fn group(value: u64) -> String {
    number::count(i64::try_from(value).unwrap_or(i64::MAX))
}

/// What a trace will look like; decoration.
#[component]
fn Ghost() -> impl IntoView {
    const ROWS: [(u8, u8, u8); 8] =
        [(0, 0, 100), (1, 2, 30), (2, 8, 20), (1, 30, 66), (2, 33, 40), (3, 36, 28), (3, 64, 26), (1, 92, 6)];
    view! {
        <div class="fr-ghost" aria-hidden="true">
            <div class="g-h"></div>
            {ROWS
                .map(|(level, left, width)| {
                    view! {
                        <div class="g-r" data-level=level.to_string()>
                            <span></span>
                            <i style=format!("left:{left}%;width:{width}%")></i>
                        </div>
                    }
                })
                .collect_view()}
            <p>"A trace will look like this"</p>
        </div>
    }
    .into_any()
}

/// The addresses, in words.
fn doors(endpoints: &Endpoints) -> String {
    match &endpoints.otlp_http {
        Some(otlp) => format!("OTLP at {otlp}, dashboard and API at {}", endpoints.http),
        None => format!("OTLP, dashboard and API at {}", endpoints.http),
    }
}

/// Lines to paste for one way to send; `KEY` stands for a key that may ingest, which only whoever has it knows.
fn snippet(way: &str, endpoints: &Endpoints, asks_for_keys: bool) -> String {
    let with_key = |line: &'static str| if asks_for_keys { line } else { "" };
    // The dashboard's own address takes OTLP as well, should the usual door be closed.
    let otlp = endpoints.otlp_http.as_deref().unwrap_or(&endpoints.http);
    match way {
        "collector" => format!(
            "exporters:\n  otlphttp:\n    endpoint: {otlp}\n{}service:\n  pipelines:\n    traces:\n      exporters: [otlphttp]",
            with_key("    headers:\n      x-api-key: KEY\n")
        ),
        "python" => format!(
            "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http\n\n\
             from opentelemetry import trace\nfrom opentelemetry.sdk.trace import TracerProvider\n\
             from opentelemetry.sdk.trace.export import BatchSpanProcessor\n\
             from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter\n\n\
             provider = TracerProvider()\n\
             provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(\"{otlp}/v1/traces\"{})))\n\
             trace.set_tracer_provider(provider)\n\
             with trace.get_tracer(\"first\").start_as_current_span(\"hello\") as span:\n    span.set_attribute(\"cost_usd\", 0.0002)",
            with_key(", headers={\"x-api-key\": \"KEY\"}")
        ),
        "curl" => format!(
            "curl {otlp}/v1/traces -H 'content-type: application/json'{} -d '{{\n  \"resourceSpans\": [{{\"scopeSpans\": [{{\"spans\": [{{\n    \
             \"traceId\": \"'$(openssl rand -hex 16)'\", \"spanId\": \"'$(openssl rand -hex 8)'\", \"name\": \"hello\",\n    \
             \"startTimeUnixNano\": \"'$(date +%s)'000000000\", \"endTimeUnixNano\": \"'$(date +%s)'250000000\",\n    \
             \"attributes\": [{{\"key\": \"cost_usd\", \"value\": {{\"doubleValue\": 0.0002}}}}]\n  }}]}}]}}]\n}}'",
            with_key(" -H 'x-api-key: KEY'")
        ),
        _ => format!(
            "OTEL_EXPORTER_OTLP_ENDPOINT={otlp}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n{}\
             OTEL_RESOURCE_ATTRIBUTES=service.name=orchestrator,tenant_id=tenant_123",
            with_key("OTEL_EXPORTER_OTLP_HEADERS=x-api-key=KEY\n")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_send_names_the_real_address() {
        let endpoints = Endpoints {
            http: "http://127.0.0.1:8080".into(),
            otlp_http: Some("http://127.0.0.1:4318".into()),
            ..Endpoints::default()
        };
        for (way, _) in WAYS {
            let (open, locked) = (snippet(way, &endpoints, false), snippet(way, &endpoints, true));
            assert!(open.contains("http://127.0.0.1:4318") && !open.contains("x-api-key"), "{way}: {open}");
            assert!(locked.contains("x-api-key") && locked.contains("KEY"), "{way}: {locked}");
        }
        let closed = Endpoints { otlp_http: None, ..endpoints };
        assert!(snippet("env", &closed, false).contains("http://127.0.0.1:8080"));
    }
}
