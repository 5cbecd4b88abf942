//! What pages can reach during an outage, as far as that can be found out beforehand.

use downbeat_core::event::EmergencyChannel;
use downbeat_publish::emergency::policy::{connect_sources, may_connect};
use downbeat_publish::emergency::{page_policy, read_published};
use downbeat_publish::public::Page;

use crate::context::Context;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// The pages of a server that viewers have open.
const PAGES: [&str; 2] = ["/", "/display"];

/// Checks whether the server's own pages may connect to where viewers look during an outage. Returns what is wrong.
pub(super) async fn pages(context: &Context, channel: &EmergencyChannel, screen: &mut Table) -> Vec<String> {
    let Ok(server) = context.settings.server() else { return Vec::new() };
    let Ok(url) = channel.url.as_str().parse() else { return Vec::new() };
    let mut faults = Vec::new();
    for path in PAGES {
        let page = format!("{server}{path}");
        let Ok(address) = page.parse() else { continue };
        let said = match page_policy(&page, context.settings.timeout).await {
            Err(why) => format!("{page} was not checked: {why}"),
            Ok(None) => format!("{page} does not exist; other sites' pages need the URL in their connect-src"),
            Ok(Some(policy)) if may_connect(&policy, &address, &url) => format!("{page} may read it"),
            Ok(Some(policy)) => {
                let sources = connect_sources(&policy).unwrap_or_default();
                faults.push(format!(
                    "the browser will not let {page} read {}: its Content-Security-Policy has connect-src {sources}; add the store's \
                     origin (pages/_headers), or serve the store by https",
                    channel.url
                ));
                format!("{page} may NOT read it: connect-src {sources}")
            }
        };
        screen.line("pages", said);
    }
    faults
}

/// Says what a page finds that is opened during the outage. Not finding it is no fault: the others hold all the same.
pub(super) async fn newcomers(context: &Context, channel: &EmergencyChannel, screen: &mut Table) {
    let found = read_published(&Page::new(None), channel.url.as_str(), context.settings.timeout).await;
    screen.line(
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
