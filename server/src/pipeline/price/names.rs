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

/// How a model may be spelled on a bill, best first: as it is, and as an id where the bill has its title (`Claude Haiku 4.5`).
pub fn spellings(billed: &str) -> Vec<String> {
    let billed = billed.trim();
    let id = billed.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    let mut spellings = vec![billed.to_owned(), id.clone(), id.replace('.', "-")];
    spellings.dedup();
    spellings
}

/// A model without the date of its version: `-2024-08-06`, `-20250219`, `@20250219`.
pub fn undated(model: &str) -> &str {
    let is_digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((rest, date)) = model.rsplit_once(['-', '@'])
        && is_digits(date, 8)
    {
        return rest;
    }
    let mut parts = model.rsplitn(4, '-');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(month), Some(year), Some(rest))
            if is_digits(day, 2) && is_digits(month, 2) && is_digits(year, 4) =>
        {
            rest
        }
        _ => model,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_on_bills_are_spelled_as_ids_too() {
        assert_eq!(spellings("Claude Haiku 4.5"), ["Claude Haiku 4.5", "claude-haiku-4.5", "claude-haiku-4-5"]);
        assert_eq!(spellings("gpt-4o"), ["gpt-4o"]);
    }

    #[test]
    fn the_date_of_a_version_is_no_part_of_the_name() {
        for (dated, name) in [
            ("acme-2024-08-06", "acme"),
            ("acme-large-20250219", "acme-large"),
            ("acme@20250219", "acme"),
            ("acme-4", "acme-4"),
            ("2024-08-06", "2024-08-06"),
            ("", ""),
        ] {
            assert_eq!(undated(dated), name);
        }
    }
}
