//! What pages can reach during an outage, as far as that can be found out beforehand.

use downbeat_core::event::EmergencyChannel;
use downbeat_publish::emergency::policy::{connect_sources, may_connect};
use downbeat_publish::emergency::{page_policy, read_published};
use downbeat_publish::public::Page;

use super::findings::Findings;
use crate::context::Context;
use crate::text;
use crate::time_zone::TimeZone;

/// The pages of a server that viewers have open.
const PAGES: [&str; 2] = ["/", "/display"];

/// Checks whether the server's own pages may connect to where viewers look during an outage.
pub(super) async fn pages(context: &Context, channel: &EmergencyChannel, findings: &mut Findings) {
    let Ok(server) = context.settings.server() else { return };
    let Ok(url) = channel.url.as_str().parse() else { return };
    // Most servers answer the same for all of their pages.
    let mut said: Vec<(Reach, Vec<String>)> = Vec::new();
    for path in PAGES {
        let page = format!("{server}{path}");
        let Ok(address) = page.parse() else { continue };
        let reach = match page_policy(&page, context.settings.timeout).await {
            Err(why) => Reach::Unknown(why),
            Ok(None) => Reach::Missing,
            Ok(Some(policy)) if may_connect(&policy, &address, &url) => Reach::Allowed,
            Ok(Some(policy)) => Reach::Forbidden(connect_sources(&policy).unwrap_or_default().to_owned()),
        };
        match said.iter_mut().find(|(known, _)| *known == reach) {
            Some((_, pages)) => pages.push(page),
            None => said.push((reach, vec![page])),
        }
    }
    for (reach, pages) in said {
        let pages = pages.join(" and ");
        match reach {
            Reach::Allowed => findings.line("pages", format!("{pages} may read it")),
            Reach::Missing => {
                findings.line("pages", format!("no {pages}; other sites' pages need the URL in their connect-src"));
            }
            Reach::Unknown(why) => findings.line("pages", format!("{pages} not checked: {why}")),
            Reach::Forbidden(sources) => findings.fault(
                "pages",
                format!("{pages} may NOT read it: their Content-Security-Policy has connect-src {sources}"),
                format!(
                    "the browser will not let {pages} read {}: add the store's origin to connect-src (pages/_headers), or serve \
                     the store by https",
                    channel.url
                ),
            ),
        }
    }
}

/// What a page may do with the URL of a channel.
#[derive(PartialEq)]
enum Reach {
    Allowed,
    /// Forbidden by a policy that has these sources.
    Forbidden(String),
    /// There is no such page.
    Missing,
    /// It could not be loaded.
    Unknown(String),
}

/// Says what a page finds that is opened during the outage. Not finding it is no fault: the others hold all the same.
pub(super) async fn newcomers(context: &Context, channel: &EmergencyChannel, findings: &mut Findings) {
    let found = read_published(&Page::new(None), channel.url.as_str(), context.settings.timeout).await;
    findings.line(
        "newcomers",
        match found {
            Ok(Some(event)) => format!(
                "find the event as of rev {}: begins {}",
                event.rev,
                text::instant(event.starts_at, TimeZone::Local)
            ),
            Ok(None) => {
                "find no event.json, so they play nothing; \"downbeat cues publish\" to this store writes it".to_owned()
            }
            Err(why) => format!("find no event.json: {why}"),
        },
    );
}
