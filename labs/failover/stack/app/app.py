"""Takes orders. GET /orders works for half a second, as with a database, and a new order for one and a half."""
import os
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/orders":
            time.sleep(0.5)
        self.answer(f"Hello from {socket.gethostname()}.\n")

    def do_POST(self):
        # the order has to be read before it is answered
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/crash":
            self.answer(f"{socket.gethostname()} crashes.\n")
            os._exit(1)
        time.sleep(1.5)
        self.answer(f"Order taken by {socket.gethostname()}.\n")

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        """Logs no requests."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    Server(("", 8000), Handler).serve_forever()
