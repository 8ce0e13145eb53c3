import type { TrustedApp } from '../../src/lab/stack.ts';

/**
 * Speaks HTTP/1.0, HTTP/1.1 and uwsgi, to which a proxy may pass requests. The number in an answer is random, and printed before the answer is sent.
 * uwsgi-docs.readthedocs.io/en/latest/Protocol.html
 */
const program = `
import secrets, socket, socketserver, sys, threading

name = socket.gethostname()
printing = threading.Lock()

def report(*words):
    with printing:
        print(*words, flush=True)

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            first = self.rfile.peek(1)[:1]
            if first == b"\\0":
                size = int.from_bytes(self.rfile.read(4)[1:3], "little")
                self.rfile.read(size)
                self.answer("close", True)
                return
            if not first.isalpha() or not self.http():
                return

    def http(self):
        request = self.rfile.readline(65537).split()
        fields = {}
        for line in iter(lambda: self.rfile.readline(65537).strip(), b""):
            field, _, value = line.partition(b":")
            fields[field.strip().lower()] = value.strip().lower()
        if len(request) != 3:
            return False
        self.rfile.read(int(fields.get(b"content-length", b"0")))
        usual = b"close" if request[2] == b"HTTP/1.0" else b"keep-alive"
        keep = fields.get(b"connection", usual) != b"close"
        self.answer("keep-alive" if keep else "close", request[0] != b"HEAD")
        return keep

    def answer(self, connection, whole):
        number = 10**12 + secrets.randbelow(10**12)
        page = f"Hello Container World! I have been seen {number} times and my hostname is {name}.\\n".encode()
        head = f"HTTP/1.1 200 OK\\r\\nContent-Type: text/html; charset=utf-8\\r\\nContent-Length: {len(page)}\\r\\nConnection: {connection}\\r\\n\\r\\n".encode()
        report("served", number)
        self.wfile.write(head + (page if whole else b""))

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    def handle_error(self, request, address):
        pass

server = Server(("0.0.0.0", int(sys.argv[1])), Handler)
report("ready")
server.serve_forever()
`;

/** Its image is the one that the reference solution is built from. Without site packages it starts faster. */
export const trustedApp: TrustedApp = {
  image: 'python:3.13-slim',
  command: (port) => ['python3', '-I', '-S', '-u', '-c', program, String(port)],
};
