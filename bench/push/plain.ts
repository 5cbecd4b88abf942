// The servers without a Workers runtime, `socket.io` or `ws` by the argument: they broadcast what is posted to them.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { WebSocketServer } from "ws";

const http = createServer();
const broadcast = process.argv[2] === "socket.io" ? withSocketIo() : withWs();

http.on("request", (request, response) => {
  if (request.method !== "POST") return void response.end("ready");
  let text = "";
  request.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => {
    broadcast(text);
    response.end("sent");
  });
});
http.listen(0, "127.0.0.1", () => process.send!({ port: (http.address() as { port: number }).port }));
process.on("disconnect", () => process.exit());

function withSocketIo() {
  const io = new Server(http, { transports: ["websocket"], serveClient: false });
  return (text: string) => void io.emit("state", JSON.parse(text));
}

function withWs() {
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  return (text: string) => {
    const bytes = Buffer.from(text);
    for (const socket of sockets.clients) socket.send(bytes, { binary: false });
  };
}
