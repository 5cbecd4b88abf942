//! What a request's failure means, against real sockets.

use downbeat_api::http::{HttpClient, HttpError, Limits};
use downbeat_core::Span;
use http::Request;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The longest body that these tests read, in bytes.
const BYTES_MAX: usize = 4 << 20;
const LIMITS: Limits = Limits { timeout: Span::from_millis(10_000), bytes: BYTES_MAX };
const SHORT: Limits = Limits { timeout: Span::from_millis(300), ..LIMITS };

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
    let error = HttpClient::new(0).send(get(&url), LIMITS).await.unwrap_err();
    assert_eq!(error, HttpError::NotSent("nothing listens there (connection refused)".to_owned()));
    let error = HttpClient::new(0).send(get("http://downbeat.invalid/"), LIMITS).await.unwrap_err();
    assert_eq!(error, HttpError::NotSent("there is no host of this name".to_owned()));
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let (listener, url) = listen().await;
    let (client, url) = (HttpClient::new(0), url.replace("http:", "https:"));
    let (answer, ()) = tokio::join!(client.send(get(&url), LIMITS), async {
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
    let (answer, ()) = tokio::join!(client.send(get(&url), LIMITS), async {
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
            response = client.send(get(&url), LIMITS) => response.unwrap(),
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
        let (answer, head) = tokio::join!(client.send(request, LIMITS), async {
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

/// Answers one request with `head` and then without end, and returns how many bytes the other side accepted.
async fn pour(listener: TcpListener, head: &str) -> usize {
    let mut stream = listener.accept().await.unwrap().0;
    read_head(&mut stream).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut accepted = 0;
    // The other side hangs up.
    while let Ok(bytes) = stream.write(&[b'x'; 1 << 16]).await {
        accepted += bytes;
    }
    accepted
}

#[tokio::test]
async fn an_endless_answer_is_read_up_to_the_limit() {
    let too_long = HttpError::TooLong { status: 200, bytes_max: BYTES_MAX };
    for (head, accepted_max) in [
        ("HTTP/1.1 200 OK\r\n\r\n", 8 * BYTES_MAX),
        // This one says how much it will be, so nothing has to be read.
        ("HTTP/1.1 200 OK\r\ncontent-length: 9000000000000\r\n\r\n", 8 * BYTES_MAX),
    ] {
        let (listener, url) = listen().await;
        let ask = async {
            let client = HttpClient::new(0);
            client.send(get(&url), LIMITS).await
        };
        let (answer, accepted) = tokio::join!(ask, pour(listener, head));
        assert_eq!(answer.unwrap_err(), too_long);
        assert!(accepted <= accepted_max, "{accepted} bytes were taken");
    }
    let text = too_long.to_string();
    assert_eq!(text, "the answer is longer than 4 MiB, so the rest was not read");
}

#[tokio::test]
async fn an_answer_that_trickles_without_end_is_a_timeout() {
    let (listener, url) = listen().await;
    let client = HttpClient::new(0);
    let trickle = async {
        let mut stream = listener.accept().await.unwrap().0;
        read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let (answer, ()) = tokio::join!(
        async {
            let answer = client.send(get(&url), SHORT).await;
            drop(client);
            answer
        },
        trickle
    );
    assert_eq!(answer.unwrap_err(), HttpError::TimedOut);
}

#[tokio::test]
async fn an_answer_of_exactly_the_limit_is_read() {
    let (listener, url) = listen().await;
    let serve = async {
        let mut stream = listener.accept().await.unwrap().0;
        read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
        stream.write_all(&vec![b'x'; BYTES_MAX]).await.unwrap();
    };
    let client = HttpClient::new(0);
    let (answer, ()) = tokio::join!(client.send(get(&url), LIMITS), serve);
    assert_eq!(answer.unwrap().body().len(), BYTES_MAX);
}
