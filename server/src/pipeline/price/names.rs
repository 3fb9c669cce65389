//! Providers and models under the names the price book knows.

/// Provider names as instrumentations send them, and the book's id. Names the book has itself need no entry.
const PROVIDERS: &[(&str, &str)] = &[
    ("azure.ai.openai", "azure"),
    ("azure.ai.inference", "azure"),
    ("az.ai.openai", "azure"),
    ("az.ai.inference", "azure"),
    ("azure_openai", "azure"),
    ("azure-openai", "azure"),
    ("azure_ai_foundry", "azure"),
    ("aws.bedrock", "aws"),
    ("aws_bedrock", "aws"),
    ("amazon-bedrock", "aws"),
    ("amazon_bedrock", "aws"),
    ("bedrock", "aws"),
    ("amazon", "aws"),
    ("gcp.gemini", "google"),
    ("gcp.gen_ai", "google"),
    ("gcp.vertex_ai", "google"),
    ("vertex_ai", "google"),
    ("vertexai", "google"),
    ("google_vertexai", "google"),
    ("google_genai", "google"),
    ("gemini", "google"),
    ("mistral_ai", "mistral"),
    ("mistralai", "mistral"),
    ("x_ai", "x-ai"),
    ("xai", "x-ai"),
    ("together_ai", "together"),
    ("togetherai", "together"),
    ("moonshot_ai", "moonshotai"),
    ("moonshot", "moonshotai"),
    ("fireworks_ai", "fireworks"),
    ("fireworks-ai", "fireworks"),
];

/// The book's id of a provider; unknown names stay as they are.
pub fn provider(sent: &str) -> String {
    let name = sent.trim().to_ascii_lowercase();
    match PROVIDERS.iter().find(|(known, _)| *known == name) {
        Some((_, id)) => (*id).to_owned(),
        None => name,
    }
}

/// What to look a model up as, best first: provider id if any, and model.
///
/// Gateways prefix models with their maker (`openai/gpt-4o`), Vertex sends whole paths
/// (`publishers/google/models/gemini-2.5-pro`), and a provider the book has never heard of may serve a model it knows.
pub fn attempts<'a>(sent_provider: Option<&str>, model: &'a str) -> Vec<(Option<String>, &'a str)> {
    let model = model.trim();
    let last = model.rsplit('/').next().unwrap_or(model);
    let mut attempts = Vec::with_capacity(4);
    if let Some(sent) = sent_provider {
        let id = provider(sent);
        attempts.push((Some(id.clone()), model));
        attempts.push((Some(id), last));
    }
    if let Some((prefix, rest)) = model.split_once('/') {
        attempts.push((Some(provider(prefix)), rest));
    }
    attempts.push((None, last));
    attempts.dedup();
    attempts
}
