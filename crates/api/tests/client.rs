//! Calls against a real socket whose answers get lost.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use downbeat_api::{ApiError, Client, ServerUrl};
use downbeat_core::{EventName, Rev, Span};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const STATE: &str = include_str!("../../wire/fixtures/state.json");

/// Serves one connection for each of `answers`: reads the head of a request and writes the answer, then hangs up.
async fn serve(listener: TcpListener, answers: &[String]) {
    for answer in answers {
        let mut stream = listener.accept().await.unwrap().0;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

async fn listen() -> (TcpListener, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: ServerUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    (listener, Client::new(url).with_timeout(Span::from_millis(3_000)))
}

fn event() -> EventName {
    "main".parse().unwrap()
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_its_state_is_observed() {
    let (listener, client) = listen().await;
    let observed = Arc::new(Mutex::new(None));
    let client = client.on_state({
        let observed = Arc::clone(&observed);
        move |url, state| *observed.lock().unwrap() = Some((url.clone(), state.rev))
    });
    let answers = [String::new(), answer("503 Service Unavailable", ""), answer("200 OK", STATE)];
    let event = event();
    let (response, ()) = tokio::join!(client.state(&event), serve(listener, &answers));
    let rev = response.unwrap().body.rev;
    assert_eq!(*observed.lock().unwrap(), Some((client.url().clone(), rev)));
}

#[tokio::test]
async fn what_the_server_does_not_answer_may_have_arrived() {
    let (listener, client) = listen().await;
    let client = client.with_timeout(Span::from_millis(300));
    let answers = [String::new(), String::new()];
    let event = event();
    let (response, ()) = tokio::join!(client.time(&event), serve(listener, &answers));
    let error = response.unwrap_err();
    assert!(matches!(error, ApiError::NoAnswer { attempts: 2, .. }), "{error:?}");
    assert!(error.may_have_arrived() && !error.is_final());
}

#[tokio::test]
async fn a_change_is_announced_before_it_is_sent() {
    let (listener, client) = listen().await;
    drop(listener);
    let sent = Arc::new(AtomicU32::new(0));
    let client = client.on_sending({
        let sent = Arc::clone(&sent);
        move || _ = sent.fetch_add(1, Ordering::SeqCst)
    });
    let event = event();
    assert!(matches!(client.log(&event, Some(Rev::new(7)), 5).await, Err(ApiError::Unreachable { .. })));
    assert_eq!(sent.load(Ordering::SeqCst), 0);
    let error = client.configure(&event, &downbeat_core::Configuration::default(), "me").await.unwrap_err();
    assert!(!error.may_have_arrived());
    assert_eq!(sent.load(Ordering::SeqCst), 1);
}
