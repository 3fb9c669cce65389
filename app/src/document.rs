//! The HTML document around the application: head, icons, and the scripts that start the islands in the browser.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::routes::App;

/// Puts the remembered theme on `<html>` before the first paint; without one, the system's applies.
const THEME_SCRIPT: &str =
    "try{var t=localStorage.getItem('tracetab.theme');if(t)document.documentElement.dataset.theme=t}catch(e){}";

/// Loads the browser code, starts it, and starts every island by the name it has in the HTML: those that came with the
/// document, and those that come with a later page. `data-hydrated` on the body says that clicks are handled.
const START_SCRIPT: &str = "(async(js,wasm)=>{try{const m=await import(js);await m.default({module_or_path:wasm});\
    const islands=()=>{for(const i of document.querySelectorAll('leptos-island:not([data-alive])')){\
    i.dataset.alive='';m[i.dataset.component](i)}};m.start();islands();\
    document.addEventListener('tracetab:swapped',islands);document.body.dataset.hydrated=''}\
    catch(e){console.error(e)}})";

/// Every icon as an SVG `<symbol>`, used by [`crate::components::icon`].
const SPRITE: &str = include_str!("sprite.svg");

/// The whole document. `asset_version` changes when any asset does: assets may be cached for ever under it.
pub fn shell(asset_version: &str) -> impl IntoView {
    let nonce = use_nonce();
    let css = format!("/pkg/main.css?v={asset_version}");
    let js = format!("/pkg/frontend.js?v={asset_version}");
    let wasm = format!("/pkg/frontend_bg.wasm?v={asset_version}");
    let news = format!("/pkg/news.js?v={asset_version}");
    let start = format!("{START_SCRIPT}('{js}','{wasm}')");
    // Pages are not taken over by the browser as a whole, so their data need not travel beside their HTML.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    view! {
        <!DOCTYPE html>
        <html lang="en" data-news=news>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="description" content="Traces and what they cost: where time and money went, by tenant, trace and span."/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" type="image/svg+xml" href=favicon()/>
                <script nonce=nonce.clone()>{THEME_SCRIPT}</script>
                <link rel="stylesheet" href=css/>
                <link rel="modulepreload" href=js/>
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" nonce=nonce>{start}</script>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <svg class="sprite" aria-hidden="true" inner_html=SPRITE></svg>
            </body>
        </html>
    }
}

/// The mark of the product, inlined: one request less, and no 404 in the console.
pub fn favicon() -> &'static str {
    concat!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke-width='2.4' ",
        "stroke-linecap='round'%3E%3Crect width='24' height='24' rx='6' fill='black'/%3E%3Cpath d='M5 7.5h9M8.5 12h7' ",
        "stroke='white'/%3E%3Cpath d='M12 16.5h7' stroke='chocolate'/%3E%3C/svg%3E"
    )
}
