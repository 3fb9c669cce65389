//! Token counts brought to one convention: input includes cached tokens, output includes reasoning.
//!
//! Instrumentations disagree about both, and guessing wrong doubles a bill or loses most of it. Where a total is sent it
//! decides, unless its sender is known to leave the cache out of it; else counts that cannot be inclusive are exclusive;
//! else the source's own rule; else the OpenTelemetry rule, marked as assumed.

use model::cost::Usage;

/// Token counts as they were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub total: Option<u64>,
    pub cache_read: Option<u64>,
    pub cache_write: Option<u64>,
    pub reasoning: Option<u64>,
    pub counting: Counting,
}

/// What is known about a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Counting {
    /// Nothing.
    #[default]
    Unsaid,
    /// As OpenTelemetry does.
    Within,
    /// Every count excludes every other, so it says; senders get it wrong, which a total gives away.
    Apart,
    /// It hands on counts of Anthropic or Bedrock: cached tokens beside the input and missing from the total.
    CacheBeside,
}

/// What was decided, and how it is known.
struct Verdict {
    cache_beside: bool,
    reasoning_beside: bool,
    assumed: bool,
}

/// One convention for all. Counts must be at most [`super::TOKENS_MAX`], so that no sum of them overflows.
pub fn settle(mut sent: Sent) -> Usage {
    let cached = sent.cache_read.unwrap_or(0) + sent.cache_write.unwrap_or(0);
    let reasoning = sent.reasoning.unwrap_or(0);
    let (input, output) = (sent.input.unwrap_or(0), sent.output.unwrap_or(0));
    if sent.counting == Counting::CacheBeside && sent.total == Some(input + output) {
        sent.total = None;
    }
    let verdict = by_total(&sent, cached, reasoning).unwrap_or_else(|| by_source(&sent, cached, reasoning));
    let mut notes = Vec::new();
    if verdict.assumed {
        notes.push("assumed: the input is taken to include cached tokens".to_owned());
    }
    if verdict.cache_beside && cached > 0 {
        notes.push("cached tokens were sent beside the input and are added to it".to_owned());
        sent.input = Some(input + cached);
    }
    if verdict.reasoning_beside && reasoning > 0 {
        notes.push("reasoning was sent beside the output and is added to it".to_owned());
        sent.output = Some(output + reasoning);
    }
    if let Some(total) = sent.total {
        complete(&mut sent, total, &mut notes);
    }
    Usage {
        input: sent.input,
        output: sent.output,
        cache_read: sent.cache_read,
        cache_write: sent.cache_write,
        reasoning: sent.reasoning,
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    }
}

/// Which reading of the counts adds up to the total, the source's own reading first.
fn by_total(sent: &Sent, cached: u64, reasoning: u64) -> Option<Verdict> {
    let (total, input, output) = (sent.total?, sent.input?, sent.output?);
    let readings = match sent.counting {
        Counting::Unsaid | Counting::Within => [(false, false), (true, false), (false, true), (true, true)],
        Counting::Apart => [(true, true), (false, false), (true, false), (false, true)],
        Counting::CacheBeside => [(true, false), (true, true), (false, false), (false, true)],
    };
    let adds_up = |(cache_beside, reasoning_beside): &(bool, bool)| {
        let can_be = (*cache_beside || cached <= input) && (*reasoning_beside || reasoning <= output);
        let beside = if *cache_beside { cached } else { 0 } + if *reasoning_beside { reasoning } else { 0 };
        can_be && total == input + output + beside
    };
    let (cache_beside, reasoning_beside) = readings.into_iter().find(adds_up)?;
    Some(Verdict { cache_beside, reasoning_beside, assumed: false })
}

/// What the counts themselves or the source's rule say.
fn by_source(sent: &Sent, cached: u64, reasoning: u64) -> Verdict {
    let cannot_include = cached > sent.input.unwrap_or(0);
    let cache_beside = cannot_include || matches!(sent.counting, Counting::Apart | Counting::CacheBeside);
    let reasoning_beside = reasoning > sent.output.unwrap_or(0) || sent.counting == Counting::Apart;
    let assumed = sent.counting == Counting::Unsaid && cached > 0 && !cache_beside;
    Verdict { cache_beside, reasoning_beside, assumed }
}

/// What a total says beyond input and output. Alone it cannot be split and must not be billed as either.
fn complete(sent: &mut Sent, total: u64, notes: &mut Vec<String>) {
    let rest = |known: u64| total.checked_sub(known).filter(|rest| *rest > 0);
    match (sent.input, sent.output) {
        (Some(input), Some(output)) => match total.checked_sub(input + output) {
            Some(0) => {}
            // Models that think may leave that out of their output (Vertex AI does).
            Some(rest) => {
                sent.output = Some(output + rest);
                notes.push(format!(
                    "derived: the total has {rest} more tokens than input and output, counted as output"
                ));
            }
            None => notes.push(format!("the total of {total} is less than input and output and was not used")),
        },
        (Some(input), None) => {
            sent.output = rest(input);
            notes.extend(sent.output.map(|_| "derived: the output is the total less the input".to_owned()));
        }
        (None, Some(output)) => {
            sent.input = rest(output);
            notes.extend(sent.input.map(|_| "derived: the input is the total less the output".to_owned()));
        }
        (None, None) => {}
    }
}
