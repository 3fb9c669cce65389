//! The one page for those who are not signed in: a field for a key. A document of its own, since the frame around the other
//! pages shows what only those may see who are.

use leptos::prelude::*;

/// Where it is.
pub const PATH: &str = "/sign-in";

/// Longest address that is come back to.
const TO_CHARS_MAX: usize = 2_000;

/// Why somebody is not signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The field was empty.
    Empty,
    /// It is no key of this server.
    Unknown,
    /// It is the key of this tenant alone.
    OfTenant(String),
    /// It may be used for this, and not for reading.
    MayNotRead(String),
    /// A page of another site has sent the form.
    Elsewhere,
}

impl Refused {
    /// What happened, and what to do about it.
    fn words(&self) -> String {
        match self {
            Self::Empty => "Paste a key into the field.".to_owned(),
            Self::Unknown => {
                "This is not a key of this server, or no longer. Keys begin with tt_; ask whoever runs the server \
                              for one, or make one with “tracetab key NAME --may read,change”."
                    .to_owned()
            }
            Self::OfTenant(tenant) => format!(
                "This key is of the tenant {tenant} alone, and the dashboard shows all tenants. It reads through the API: \
                 /api/v1/traces, /api/v1/costs, /api/v1/dependencies, /api/v1/budgets."
            ),
            Self::MayNotRead(uses) => {
                format!("This key may {uses} and not read. Use one whose line in keys.yaml has “read”.")
            }
            Self::Elsewhere => "A page of another site has sent this. Sign in here.".to_owned(),
        }
    }
}

/// Where to go after signing in: `to`, if that is a page of this server.
pub fn destination(to: &str) -> &str {
    let is_local = to.starts_with('/') && !to.starts_with("//") && !to.starts_with(PATH);
    let is_plain = to.len() <= TO_CHARS_MAX && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_local && is_plain { to } else { "/" }
}

/// The whole document.
pub fn document(asset_version: &str, to: &str, refused: Option<&Refused>) -> String {
    let (css, to) = (format!("/pkg/main.css?v={asset_version}"), destination(to).to_owned());
    let words = refused.map(Refused::words);
    let is_refused = words.is_some();
    let error = words.map(|words| view! { <p id="refused" class="crit fs-12" role="alert">{words}</p> });
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>"Sign in · Tracetab"</title>
                <link rel="icon" type="image/svg+xml" href=crate::document::favicon()/>
                <link rel="stylesheet" href=css/>
            </head>
            <body class="sign-in">
                <main id="main" class="sign-in__main">
                    <p class="sign-in__brand">
                        <crate::frame::Logo/>
                        <span>"Tracetab"</span>
                    </p>
                    <section class="panel" aria-labelledby="sign-in">
                        <header>
                            <h1 id="sign-in" class="fs-13">"Sign in"</h1>
                        </header>
                        <form class="pb sign-in__form" action=PATH method="post">
                            <input type="hidden" name="to" value=to/>
                            <label class="sign-in__field">
                                <span>"Key"</span>
                                <input
                                    class="input"
                                    type="password"
                                    name="key"
                                    autocomplete="current-password"
                                    spellcheck="false"
                                    autofocus
                                    aria-invalid=is_refused.then_some("true")
                                    aria-describedby=is_refused.then_some("refused")
                                />
                            </label>
                            {error}
                            <button type="submit" class="btn primary lg">"Sign in"</button>
                            <p class="muted fs-11">
                                "A key that may read, of keys.yaml. A browser stays signed in for a week, or until the key is removed."
                            </p>
                        </form>
                    </section>
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server_are_come_back_to() {
        for to in ["/", "/traces?from=-24h&q=a%20b", "/alerts/1#hold"] {
            assert_eq!(destination(to), to);
        }
        let long = format!("/{}", "a".repeat(TO_CHARS_MAX));
        for to in
            ["", "traces", "//evil.example", "/\\evil.example", "https://evil.example", "/sign-in", "/a\r\nb", &long]
        {
            assert_eq!(destination(to), "/", "{to}");
        }
    }

    #[test]
    fn an_error_says_what_to_do_and_names_are_text() {
        let refused = Refused::OfTenant("<b>acme</b>".to_owned());
        let html = Owner::new().with(|| document("1", "/costs", Some(&refused)));
        assert!(html.contains("/api/v1/costs") && !html.contains("<b>acme"), "{html}");
        assert!(html.contains(r#"name="to" value="/costs""#), "{html}");
        assert!(html.contains(r#"aria-invalid="true""#), "{html}");
        assert!(!html.contains("<script"), "it works without");
    }
}
