//! Writes payloads of a database to a folder, one file each, to train the dictionary they are compressed with.
//!
//! `DATABASE_URL=... cargo run -p store --example sample_payloads -- FOLDER [DICTIONARY]`, with the demo data loaded and
//! the dictionary its payloads were made with; then `zstd --train-fastcover --maxdict=32768 -r FOLDER -o payload.zdict`.
//! A new dictionary goes beside the old one in `store::payload::dictionary`: old frames must stay readable.

use std::error::Error;
use std::path::Path;

use sqlx::PgPool;
use zstd::bulk::Decompressor;

/// Payloads to learn from; the trainer wants about a hundred times the dictionary's size.
const SAMPLES: i64 = 8_000;

/// Longest payload taken, unpacked: longer ones compress well without a dictionary.
const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

/// Messages made up of [`KEYS`], so that senders other than the demo gain as well: an eighth of all samples.
const MADE_UP: u64 = 1_000;

/// Keys of the OpenTelemetry semantic conventions, and of the dialects that `wire` reads.
const KEYS: &str = ".alternatives .cache_creation_cost .confidence .currency .factors .reasoning_cost .result .source \
    .tool_usage_cost .total .total_cost _id accumulated_cost_usd agent.name ai. ai.completion_tokens ai.cost \
    ai.duration_ms ai.generateText ai.model ai.model.id ai.model.provider ai.operationId ai.prompt.messages \
    ai.prompt_tokens ai.provider ai.response.model ai.response.msToFirstChunk ai.response.text ai.streamText \
    ai.telemetry.functionId ai.telemetry.metadata.sessionId ai.telemetry.metadata.userId ai.toolCall.name \
    ai.total_tokens ai.usage.cachedInputTokens ai.usage.completionTokens ai.usage.inputTokenDetails.cacheReadTokens \
    ai.usage.inputTokenDetails.cacheWriteTokens ai.usage.inputTokens ai.usage.outputTokenDetails.reasoningTokens \
    ai.usage.outputTokens ai.usage.promptTokens ai.usage.reasoningTokens ai.usage.tokens ai.usage.totalTokens \
    cache_read_input_tokens client.address cloud.availability_zone cloud.provider cloud.region code.file.path \
    code.function.name code.line.number container.id cost.usd cost_usd customer.id data_size_bytes data_tag \
    db.collection.name db.name db.statement db.system db.system.name decision.type deployment.environment \
    deployment.environment.name embedding.model_name enduser.id enduser.pseudo.id error.type exception.message \
    exception.stacktrace exception.type execution.success execution_time_ms faas.name feature.name gen_ai \
    gen_ai.agent.id gen_ai.agent.name gen_ai.choice gen_ai.client.inference.operation.details gen_ai.conversation.id \
    gen_ai.cost.cache_read_cost gen_ai.cost.input_cost gen_ai.cost.total gen_ai.cost.total_cost gen_ai.cost.usd \
    gen_ai.environment gen_ai.input.messages gen_ai.openai.response.service_tier gen_ai.operation.name \
    gen_ai.provider.name gen_ai.request.max_tokens gen_ai.request.model gen_ai.request.service_tier \
    gen_ai.request.temperature gen_ai.request.user gen_ai.response.finish_reasons gen_ai.response.id \
    gen_ai.response.model gen_ai.response.time_to_first_chunk gen_ai.session.id gen_ai.system \
    gen_ai.token.cost.total gen_ai.tool.call.id gen_ai.tool.name gen_ai.usage.cache_creation.input_tokens \
    gen_ai.usage.cache_creation_input_tokens gen_ai.usage.cache_read.input_tokens \
    gen_ai.usage.cache_read_input_tokens gen_ai.usage.completion_tokens gen_ai.usage.cost gen_ai.usage.cost.amount \
    gen_ai.usage.cost_usd gen_ai.usage.details.cache_read_tokens gen_ai.usage.image.input_tokens \
    gen_ai.usage.input_cost gen_ai.usage.input_tokens gen_ai.usage.output_tokens gen_ai.usage.prompt_tokens \
    gen_ai.usage.reasoning.output_tokens gen_ai.usage.reasoning_tokens gen_ai.usage.total_cost \
    gen_ai.usage.total_tokens gen_ai.user gen_ai.user.id gen_ai.workflow.name hitl_required host.arch host.name \
    http.method http.request.method http.response.status_code http.route http.status_code http.target http.url \
    input.value input_cache_read input_cached_tokens invoke_agent invoke_workflow k8s.deployment.name \
    k8s.namespace.name k8s.node.name k8s.pod.name langfuse.environment langfuse.observation.completion_start_time \
    langfuse.observation.cost_details langfuse.observation.model.name langfuse.observation.type langfuse.session.id \
    langfuse.trace.metadata.tenant langfuse.trace.name langfuse.user.id llm.cost.prompt llm.cost.total \
    llm.model_name llm.provider llm.request.model_name llm.response.model_name llm.system llm.token_count.completion \
    llm.token_count.completion_details.reasoning llm.token_count.prompt llm.token_count.prompt_details.cache_read \
    llm.token_count.prompt_details.cache_write llm.token_count.total llm.usage.completion_tokens \
    llm.usage.prompt_tokens llm.usage.reasoning_tokens llm.usage.total_tokens llm.user messaging.destination.name \
    messaging.message.id messaging.operation.type messaging.system mlflow.llm.cost mlflow.llm.model \
    mlflow.llm.provider mlflow.spanType mlflow.trace.cost mlflow.trace.session mlflow.trace.user net.peer.name \
    net.peer.port network.peer.address network.protocol.version openai.chat openai.request.service_tier \
    openai.response.service_tier openinference.instrumentation.openai openinference.project.name \
    openinference.span.kind operation.cost operation.name operation_type organization.id os.description os.type \
    otel.status_code output.messages output.value output_cost peer.service process.command_args \
    process.executable.name process.pid process.runtime.name process.runtime.version request.size \
    reranker.model_name retention_days rpc.grpc.status_code rpc.method rpc.service rpc.system server.address \
    server.port service.instance.id service.name service.namespace service.peer.name session.id system_instructions \
    target_tool telemetry.auto.version telemetry.sdk.language telemetry.sdk.name telemetry.sdk.version tenant.id \
    tenant_id thread.id thread.name thread_id tokens_in tokens_out tool.duration_ms tool.name tool_call tool_call.id \
    tool_call_response total_cost_usd traceloop.association.properties.session_id \
    traceloop.association.properties.tenant traceloop.association.properties.user_id traceloop.entity.name \
    traceloop.span.kind traceloop.tracer traceloop.workflow.name url.full url.path url.scheme user.id \
    user_agent.original user_id";

/// Values that many programs send.
const VALUES: &str = "production staging development test true false GET POST 200 404 500 https http://localhost /v1/ /v2/ /api/v1/ \
    10.0.0.1 127.0.0.1 192.168.1.1 http grpc tcp postgresql redis mysql kafka openai anthropic azure gpt-4o \
    gpt-4o-mini claude-sonnet-4 chat embeddings execute_tool invoke_agent text_completion stop tool_calls \
    application/json python nodejs rust java go linux amd64 opentelemetry 1.0.0 2.1.0 SELECT INSERT default user \
    admin main worker server client internal tool agent workflow task LLM CHAIN AGENT TOOL";

/// The words English is mostly made of: prompts are text.
const WORDS: &str = "the of and to in a is that for it as was with be by on not he i this are or his from at which but have an had \
    they you were there one all we her she would what been if will more when who out so said up can about into than \
    them only other new some could time these two may then do first any my now such like our over man me even most \
    made after also did many before must through years where much your way well down should because each just those \
    people how too little state good very make world still own see men work long get here between both life being \
    under never day same another know while last might us great old year off come since against go came right used \
    take three states use during without again place around however small found";

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
    for number in 0..MADE_UP {
        std::fs::write(Path::new(&folder).join(format!("made-up-{number}")), made_up(number))?;
    }
    println!("{folder}: {} payloads", frames.len());
    Ok(())
}

/// Attributes as a payload has them: a list of messages of key and value.
fn made_up(number: u64) -> Vec<u8> {
    let mut chance = Chance(number);
    let mut message = Vec::new();
    for _ in 0..16 {
        let value = match chance.below(8) {
            0..=3 => chance.word(VALUES).to_owned(),
            4 => (0..4 + chance.below(10)).map(|_| chance.word(WORDS)).collect::<Vec<_>>().join(" "),
            _ => chance.below(100_000).to_string(),
        };
        let mut pair = field(0x0a, chance.word(KEYS).as_bytes());
        pair.extend(field(0x12, &field(0x0a, value.as_bytes())));
        message.extend(field(0x0a, &pair));
    }
    message
}

/// A length-delimited field of protobuf; what is made up here is shorter than 16 kB.
fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len();
    let mut field =
        if length < 128 { vec![tag, length as u8] } else { vec![tag, length as u8 | 128, (length >> 7) as u8] };
    field.extend(bytes);
    field
}

/// The finaliser of splitmix64 over a counter: the same samples every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % bound
    }

    fn word(&mut self, of: &'static str) -> &'static str {
        let count = of.split(' ').count() as u64;
        of.split(' ').nth(self.below(count) as usize).unwrap_or_default()
    }
}
