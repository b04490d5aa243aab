//! The end of the browser's trip: a listener on this machine's own address that takes one answer.

use super::errand::{Brought, Errand};
use crate::output;
use anyhow::{Context, bail, ensure};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONNECTION, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use url::{Host, Url};

/// How long the last page may take to reach the browser.
const FAREWELL: Duration = Duration::from_secs(2);

/// Waits for the browser.
#[derive(Debug)]
pub(super) struct Listener {
    answers: mpsc::Receiver<Answer>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// What the browser brought, and the way to answer it.
#[derive(Debug)]
struct Answer {
    brought: Brought,
    page: oneshot::Sender<Page>,
}

/// Plain text, so that no word of a vendor is ever markup.
type Page = (StatusCode, String);

#[derive(Clone)]
struct Shared {
    errand: Arc<Errand>,
    answers: mpsc::Sender<Answer>,
}

/// A socket for the redirect address; port 0 means any, and the address that is returned names the one it became.
pub(super) async fn bind(redirect: &Url) -> anyhow::Result<(TcpListener, Url)> {
    let shape =
        "--redirect is the address of a listener on this machine, such as http://127.0.0.1:8765/callback";
    ensure!(
        redirect.scheme() == "http" && redirect.query().is_none() && redirect.fragment().is_none(),
        shape
    );
    let port = redirect.port_or_known_default().context(shape)?;
    let bound = match redirect.host() {
        Some(Host::Ipv4(address)) if address.is_loopback() => TcpListener::bind((address, port)).await,
        Some(Host::Ipv6(address)) if address.is_loopback() => TcpListener::bind((address, port)).await,
        Some(Host::Domain("localhost")) => TcpListener::bind(("localhost", port)).await,
        _ => bail!(shape),
    };
    let listener = bound.with_context(|| {
        format!("cannot listen on {redirect}; another program may use the port: choose another with --redirect, and \
                 register that with the vendor")
    })?;
    let mut redirect = redirect.clone();
    if port == 0 {
        let port = listener.local_addr().context("the socket has no address")?.port();
        redirect.set_port(Some(port)).ok().context(shape)?;
    }
    Ok((listener, redirect))
}

impl Listener {
    pub(super) fn start(socket: TcpListener, redirect: &Url, errand: Arc<Errand>) -> Self {
        let (sender, answers) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let path = redirect.path().to_owned();
        // Matched by hand: to a router, `{x}` in a path would be a pattern.
        let router = Router::new().fallback(get(move |uri: axum::http::Uri, state, query| async move {
            if uri.path() == path {
                answer(state, query).await
            } else {
                StatusCode::NOT_FOUND.into_response()
            }
        }));
        let router = router.with_state(Shared { errand, answers: sender });
        let serving = tokio::spawn(async move {
            let stopped = async move { drop(stopped.await) };
            // A listener that fails ends the wait: its end of the channel goes with it.
            let _ = axum::serve(socket, router).with_graceful_shutdown(stopped).await;
        });
        Listener { answers, stop, serving }
    }

    /// Waits for the answer to the errand, has `keep` make something of it, and tells the browser how that went.
    pub(super) async fn take<T>(
        mut self,
        patience: Duration,
        keep: impl AsyncFnOnce(Brought) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let Ok(answer) = tokio::time::timeout(patience, self.answers.recv()).await else {
            bail!(
                "nobody answered in the browser within {} minutes; run the command again",
                patience.as_secs() / 60
            );
        };
        let answer = answer.context("the listener for the browser ended early")?;
        let kept = keep(answer.brought).await;
        let page = match &kept {
            Ok(_) => (StatusCode::OK, "Rapport is connected. You can close this window.\n".to_owned()),
            Err(error) => (
                StatusCode::BAD_REQUEST,
                format!("Rapport is not connected: {error:#}\n\nYou can close this window.\n"),
            ),
        };
        // A browser that has gone away misses its page, no more.
        let _ = answer.page.send(page);
        let _ = self.stop.send(());
        let stopper = self.serving.abort_handle();
        if tokio::time::timeout(FAREWELL, self.serving).await.is_err() {
            stopper.abort();
        }
        kept
    }
}

async fn answer(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let brought = shared.errand.read(query.as_deref().unwrap_or_default());
    let page = if let Brought::Stray(why) = brought {
        // Any page of the web can make the browser come here, so this must not end the wait.
        output::note(&format!("An answer was refused: {why}. Still waiting; open the address above."));
        (StatusCode::BAD_REQUEST, format!("Refused: {why}. Open the address that Rapport has printed.\n"))
    } else {
        let (sender, page) = oneshot::channel();
        let late =
            || (StatusCode::GONE, "Rapport is no longer waiting. You can close this window.\n".to_owned());
        match shared.answers.try_send(Answer { brought, page: sender }) {
            Ok(()) => page.await.unwrap_or_else(|_| late()),
            Err(_) => late(),
        }
    };
    let headers = [(CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer"), (CONNECTION, "close")];
    (page.0, headers, page.1).into_response()
}
