//! Writes payloads of a database to a folder, one file each, to train the dictionary they are compressed with.
//!
//! `DATABASE_URL=... cargo run -p store --example sample_payloads -- FOLDER [DICTIONARY]`, with the demo data loaded and
//! the dictionary its payloads were made with; then `zstd --train --maxdict=32768 -r FOLDER -o payload.zdict`.
//! A new dictionary goes beside the old one in `store::payload::dictionary`: old frames must stay readable.

use std::error::Error;
use std::path::Path;

use sqlx::PgPool;
use zstd::bulk::Decompressor;

/// Payloads to learn from; the trainer wants about a hundred times the dictionary's size.
const SAMPLES: i64 = 8_000;

/// Longest payload taken, unpacked: longer ones compress well without a dictionary.
const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

/// Keys of the OpenTelemetry semantic conventions, so that senders other than the demo gain as well.
const KEYS: &str = "http.request.method http.response.status_code http.route url.full url.path url.scheme server.address \
    server.port client.address network.protocol.version network.peer.address user_agent.original http.method \
    http.status_code http.url http.target net.peer.name net.peer.port rpc.system rpc.service rpc.method \
    rpc.grpc.status_code db.system db.name db.statement db.collection.name messaging.system messaging.destination.name \
    messaging.operation.type messaging.message.id exception.type exception.message exception.stacktrace error.type \
    code.function.name code.file.path code.line.number thread.id thread.name gen_ai.operation.name gen_ai.system \
    gen_ai.provider.name gen_ai.request.model gen_ai.response.model gen_ai.request.max_tokens gen_ai.request.temperature \
    gen_ai.usage.input_tokens gen_ai.usage.output_tokens gen_ai.response.finish_reasons gen_ai.response.id \
    gen_ai.agent.name gen_ai.tool.name gen_ai.tool.call.id gen_ai.conversation.id llm.model_name llm.token_count.prompt \
    llm.token_count.completion openinference.span.kind input.value output.value telemetry.sdk.language telemetry.sdk.name \
    telemetry.sdk.version telemetry.auto.version service.namespace service.instance.id deployment.environment host.name \
    host.arch os.type os.description process.pid process.executable.name process.command_args process.runtime.name \
    process.runtime.version container.id k8s.namespace.name k8s.pod.name k8s.deployment.name k8s.node.name cloud.provider \
    cloud.region cloud.availability_zone faas.name opentelemetry python nodejs rust java application/json POST GET";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name the folder to write to")?;
    let dictionary = arguments.next().map(std::fs::read).transpose()?.unwrap_or_default();
    std::fs::create_dir_all(&folder)?;
    let db = PgPool::connect(&std::env::var("DATABASE_URL")?).await?;
    let frames: Vec<Vec<u8>> = sqlx::query_scalar("select payload from span order by md5(span_id::text) limit $1")
        .bind(SAMPLES)
        .fetch_all(&db)
        .await?;
    let mut unpack = Decompressor::with_dictionary(&dictionary)?;
    for (number, frame) in frames.iter().enumerate() {
        let payload = unpack.decompress(frame, PAYLOAD_BYTES_MAX)?;
        std::fs::write(Path::new(&folder).join(format!("payload-{number}")), payload)?;
    }
    // Every key in a dozen neighbourhoods, framed as a protobuf message would: a length before the text.
    let keys: Vec<&str> = KEYS.split(' ').collect();
    for turn in 0..12 {
        let framed = keys.iter().cycle().skip(turn * 7).take(keys.len());
        let framed: Vec<u8> =
            framed.flat_map(|key| [&[0x0a, key.len() as u8], key.as_bytes(), &[0x12]].concat()).collect();
        std::fs::write(Path::new(&folder).join(format!("keys-{turn}")), framed)?;
    }
    println!("{folder}: {} payloads", frames.len());
    Ok(())
}
