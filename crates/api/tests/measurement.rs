//! A measurement against a real socket: the head of an answer stops the clock, on a connection that is open already.

use downbeat_api::measurement::Measurement;
use downbeat_api::{Client, ServerUrl};
use downbeat_core::Span;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long the body of an answer follows its head.
const BODY_AFTER: std::time::Duration = std::time::Duration::from_millis(400);

async fn answer_all(mut stream: TcpStream) {
    let mut head = Vec::new();
    // A time that stands still would be from a cache.
    for server_time in (1_704_067_200_000_u64..).step_by(400) {
        let body = format!(
            r#"{{"serverTime":{server_time},"status":"unknown","message":null,"epoch":null,"rev":0,"timeline":[],"rundown":null,"resync":300000}}"#
        );
        head.clear();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let answer =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        // The delay is what is tested: a late body must not count as a late answer.
        tokio::time::sleep(BODY_AFTER).await;
        stream.write_all(body.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn the_delay_ends_with_the_head_of_the_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: ServerUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let client = Client::new(url);
    let measured = tokio::select! {
        measured = Measurement::take(&client, 2, Span::ZERO) => measured.unwrap(),
        // One connection for all: opening another would be part of what is measured.
        () = async { answer_all(listener.accept().await.unwrap().0).await } => unreachable!("the client hung up"),
    };
    assert_eq!(measured.exchanges.len(), 2);
    assert!(measured.spread.delay_median < Span::from_millis(200), "{:?}", measured.spread);
}
