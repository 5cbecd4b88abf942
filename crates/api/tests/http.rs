//! What a request's failure means, against real sockets.

use downbeat_api::http::{HttpClient, HttpError};
use downbeat_core::Span;
use http::Request;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const TIMEOUT: Span = Span::from_millis(2_000);
const SHORT: Span = Span::from_millis(300);

/// Listens on a port of its own, and returns its URL.
async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    (listener, url)
}

/// Reads the head of one request.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().to_ascii_lowercase()
}

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

#[tokio::test]
async fn what_never_left_is_not_sent() {
    let (listener, url) = listen().await;
    drop(listener);
    let error = HttpClient::new(0).send(get(&url), TIMEOUT).await.unwrap_err();
    assert_eq!(error, HttpError::NotSent("nothing listens there (connection refused)".to_owned()));
    let error = HttpClient::new(0).send(get("http://downbeat.invalid/"), TIMEOUT).await.unwrap_err();
    assert_eq!(error, HttpError::NotSent("there is no host of this name".to_owned()));
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let (listener, url) = listen().await;
    let (client, url) = (HttpClient::new(0), url.replace("http:", "https:"));
    let (answer, ()) = tokio::join!(client.send(get(&url), TIMEOUT), async {
        let mut stream = listener.accept().await.unwrap().0;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let error = answer.unwrap_err();
    assert!(matches!(&error, HttpError::NotSent(why) if why.starts_with("no encrypted connection: ")), "{error:?}");
}

#[tokio::test]
async fn silence_is_a_timeout_and_a_hangup_a_loss() {
    let (listener, url) = listen().await;
    let client = HttpClient::new(0);
    let (answer, stream) = tokio::join!(client.send(get(&url), SHORT), async {
        let mut stream = listener.accept().await.unwrap().0;
        read_head(&mut stream).await;
        stream
    });
    assert_eq!(answer.unwrap_err(), HttpError::TimedOut);
    drop(stream);
    let (answer, ()) = tokio::join!(client.send(get(&url), TIMEOUT), async {
        let mut stream = listener.accept().await.unwrap().0;
        read_head(&mut stream).await;
    });
    assert!(matches!(answer.unwrap_err(), HttpError::Lost(_)));
}

#[tokio::test]
async fn a_redirect_is_followed_as_often_as_was_asked_for() {
    let serve = async |listener: TcpListener| {
        loop {
            let mut stream = listener.accept().await.unwrap().0;
            let head = read_head(&mut stream).await;
            let answer: &[u8] = if head.starts_with("get /there ") {
                b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nthere"
            } else {
                b"HTTP/1.1 302 Found\r\nlocation: /there\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            };
            stream.write_all(answer).await.unwrap();
        }
    };
    for (redirects_max, status, body) in [(0, 302, ""), (1, 200, "there")] {
        let (listener, url) = listen().await;
        let client = HttpClient::new(redirects_max);
        let response = tokio::select! {
            response = client.send(get(&url), TIMEOUT) => response.unwrap(),
            () = serve(listener) => unreachable!("it serves forever"),
        };
        assert_eq!((response.status().as_u16(), response.body().as_slice()), (status, body.as_bytes()));
    }
}

#[tokio::test]
async fn an_empty_body_has_a_length_only_where_a_body_belongs() {
    for (method, has_length) in [("PUT", true), ("POST", true), ("DELETE", false), ("GET", false)] {
        let (listener, url) = listen().await;
        let request = Request::builder().method(method).uri(&url).body(Vec::new()).unwrap();
        let client = HttpClient::new(0);
        let (answer, head) = tokio::join!(client.send(request, TIMEOUT), async {
            let mut stream = listener.accept().await.unwrap().0;
            let head = read_head(&mut stream).await;
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            head
        });
        assert_eq!(answer.unwrap().status(), 204);
        assert_eq!(head.contains("\r\ncontent-length: 0\r\n"), has_length, "{head}");
        assert!(head.contains("\r\nuser-agent: downbeat/"), "{head}");
    }
}
