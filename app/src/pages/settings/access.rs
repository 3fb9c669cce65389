//! Who may come in: the keys by their names, who is signed in, and the way out.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::access::{KeyLine, KeysStatus};

use super::api::load_access;
use crate::components::broken_file::BrokenFile;
use crate::frame::loaded::{Loaded, loading};

/// Keys listed; more are in the file.
const KEYS_MAX: usize = 50;

/// The panel.
#[component]
pub fn Access() -> impl IntoView {
    let access = loading(load_access());
    view! {
        <section class="panel" aria-labelledby="access">
            <Loaded
                read=access
                view=|(keys, signed_in, now)| match keys {
                    Some(keys) => view! { <Locked keys signed_in now/> }.into_any(),
                    None => view! { <Unlocked/> }.into_any(),
                }
            />
        </section>
    }
    .into_any()
}

#[component]
fn Unlocked() -> impl IntoView {
    view! {
        <header>
            <h2 id="access">"Access"</h2>
        </header>
        <p class="pb muted fs-12">
            "Nobody is asked for a key: whoever reaches this server may read and send. " <code>"tracetab key NAME"</code>
            " makes a key for " <code>"keys.yaml"</code> " in the folder of " <code>"TRACETAB_RULES"</code> "."
        </p>
    }
    .into_any()
}

#[component]
fn Locked(keys: KeysStatus, signed_in: Option<String>, now: DateTime<Utc>) -> impl IntoView {
    let problem = keys.problem;
    let problem = view! { <BrokenFile what="The key file cannot be used" instead="the keys before it stay in force" problem now/> };
    let more = keys.keys.len().saturating_sub(KEYS_MAX);
    let more = (more > 0).then(|| view! { <p class="pb muted fs-12">{format!("and {more} more in the file")}</p> });
    let lines = keys.keys.into_iter().take(KEYS_MAX).map(line).collect_view();
    view! {
        <header>
            <h2 id="access">"Access"</h2>
            <span class="sub">"keys of " <code>{keys.path}</code></span>
            <div class="spacer"></div>
            <form action="/sign-out" method="post">
                <button type="submit" class="btn">"Sign out"</button>
            </form>
        </header>
        {problem}
        {signed_in.map(|key| view! { <p class="pb fs-12">"You are signed in with the key " <b>{key}</b> "."</p> })}
        <dl class="pb mini-kv">{lines}</dl>
        {more}
    }
    .into_any()
}

fn line(key: KeyLine) -> impl IntoView {
    let words = match key.tenant {
        Some(tenant) => format!("{}, for {tenant} alone", key.uses),
        None => key.uses,
    };
    view! {
        <div>
            <dt>{key.name}</dt>
            <dd>{words}</dd>
        </div>
    }
}
