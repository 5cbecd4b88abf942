//! What a page may connect to: its content security policy (CSP level 3, section 6.7.2), as far as it concerns one URL.

use http::Uri;

/// Returns the sources of `connect-src`, or of `default-src` where that is missing; `None` if the policy restricts neither.
pub fn connect_sources(policy: &str) -> Option<&str> {
    let directive = |name: &str| {
        policy.split(';').find_map(|directive| {
            let (found, sources) = directive.trim().split_once(char::is_whitespace).unwrap_or((directive.trim(), ""));
            found.eq_ignore_ascii_case(name).then_some(sources.trim())
        })
    };
    directive("connect-src").or_else(|| directive("default-src"))
}

/// Returns whether a page at `page` with these policies (one header may hold several, between commas) may connect to `url`.
pub fn may_connect(policies: &str, page: &Uri, url: &Uri) -> bool {
    let allows = |policy: &str| match connect_sources(policy) {
        Some(sources) => sources.split_whitespace().any(|source| matches(source, page, url)),
        None => true,
    };
    policies.split(',').all(allows)
}

/// Returns whether a source expression matches `url`.
fn matches(source: &str, page: &Uri, url: &Uri) -> bool {
    let (scheme, host) = (url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default());
    if source == "*" {
        return matches!(scheme, "http" | "https") || url.scheme() == page.scheme();
    }
    if source.eq_ignore_ascii_case("'self'") {
        return page.host() == url.host() && port(page) == port(url) && upgrades(page.scheme_str(), scheme);
    }
    if let Some(wanted) = source.strip_suffix(':') {
        return upgrades(Some(wanted), scheme);
    }
    let (wanted_scheme, rest) = match source.split_once("://") {
        Some((wanted, rest)) => (Some(wanted), rest),
        None => (page.scheme_str(), source),
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (wanted_host, wanted_port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_host = match wanted_host.strip_prefix("*.") {
        Some(parent) => {
            host.len() > parent.len() && host.ends_with(parent) && host[..host.len() - parent.len()].ends_with('.')
        }
        None => wanted_host.eq_ignore_ascii_case(host),
    };
    let is_port = match wanted_port {
        None => url.port_u16().is_none_or(|port| Some(port) == default_port(scheme)),
        Some("*") => true,
        Some(wanted) => wanted.parse() == Ok(port(url).unwrap_or_default()),
    };
    let is_path = path.is_empty() || path == url.path() || (path.ends_with('/') && url.path().starts_with(path));
    upgrades(wanted_scheme, scheme) && is_host && is_port && is_path
}

/// Returns whether a source of one scheme matches another: the same, or its encrypted form.
fn upgrades(wanted: Option<&str>, scheme: &str) -> bool {
    wanted.is_some_and(|wanted| {
        wanted.eq_ignore_ascii_case(scheme) || (wanted.eq_ignore_ascii_case("http") && scheme == "https")
    })
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

fn port(url: &Uri) -> Option<u16> {
    url.port_u16().or_else(|| default_port(url.scheme_str().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_allows_what_browsers_allow() {
        let page: Uri = "https://time.example.com/display".parse().unwrap();
        for (policy, url, allowed) in [
            ("default-src 'none'; connect-src 'self' https:", "https://cdn.example.com/a", true),
            // What the demo's pages say, and a store on this machine.
            ("default-src 'none'; connect-src 'self' https:", "http://127.0.0.1:8788/a", false),
            ("connect-src 'self'", "https://time.example.com/a", true),
            ("connect-src 'self'", "https://time.example.com:444/a", false),
            ("default-src 'none'", "https://cdn.example.com/a", false),
            ("default-src *", "https://cdn.example.com/a", true),
            ("img-src 'none'", "https://cdn.example.com/a", true),
            ("", "https://cdn.example.com/a", true),
            ("connect-src https://cdn.example.com", "https://cdn.example.com/a", true),
            ("connect-src cdn.example.com", "https://cdn.example.com/a", true),
            ("connect-src https://cdn.example.com", "https://cdn.example.com.evil.org/a", false),
            ("connect-src https://*.example.com", "https://cdn.example.com/a", true),
            ("connect-src https://*.example.com", "https://example.com/a", false),
            ("connect-src https://*.example.com", "https://evilexample.com/a", false),
            ("connect-src http://127.0.0.1:8788", "http://127.0.0.1:8788/a", true),
            ("connect-src http://127.0.0.1:*", "http://127.0.0.1:8788/a", true),
            ("connect-src https://cdn.example.com/shows/", "https://cdn.example.com/shows/a", true),
            ("connect-src https://cdn.example.com/shows/", "https://cdn.example.com/other/a", false),
            ("CONNECT-SRC 'SELF' HTTPS:", "https://cdn.example.com/a", true),
            ("connect-src https:, connect-src 'self'", "https://cdn.example.com/a", false),
            ("connect-src", "https://cdn.example.com/a", false),
        ] {
            assert_eq!(may_connect(policy, &page, &url.parse().unwrap()), allowed, "{policy} to {url}");
        }
    }
}
