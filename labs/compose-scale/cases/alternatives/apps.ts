/** Alternative apps for the service flask of the base stack. */

/** A server without Flask and without a log, which answers in JSON. */
export const ownServer = `import json
import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from redis import Redis

redis = Redis(os.environ["REDIS_HOST"])


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.split("?")[0] != "/":
            return self.send_error(404)
        body = json.dumps({"hostname": socket.gethostname(), "seen": redis.incr("seen")}, indent=2).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 5000), Page).serve_forever()
`;

/** Changes to the app so that it answers with an HTML page, with a style, other numbers and its hostname in upper case. */
export const page = [
  [
    'return f"Hello Container World! I have been seen {count} times and my hostname is {name}.\\n"',
    'return f"<!DOCTYPE html><html lang=zh-TW><style>td {{ width: 100 }}</style><body style=\'margin: 12px\'><table width=\\"300\\" border=1>"\\\n        f"<tr><td>Docker 101</td><td>我是<b>{name.upper()}</b></td><td>第{count:,}次</td></tr></table></body></html>"',
  ],
] as const;
