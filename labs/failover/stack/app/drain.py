"""The same app, which drains: on SIGTERM it accepts no new connection, finishes the requests that it has, and ends."""
import selectors
import signal
import socket

from app import Handler, Server

IP_MINTTL = 21


class DrainingServer(Server):
    # the process waits for the threads of its requests
    daemon_threads = False
    is_quiet = False

    def serve_until(self, asked_to_end):
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(asked_to_end, selectors.EVENT_READ)
            while not any(key.fileobj is asked_to_end for key, _ in selector.select()):
                self.handle_request()
        # From here on the kernel ignores new connections: nginx takes the next replica. To close the socket at once would break
        # those that wait in its queue. (Packets from other containers have a time to live of 64.)
        self.socket.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 255)
        self.timeout = 0.1
        while not self.is_quiet:
            self.handle_request()
        self.server_close()

    def handle_timeout(self):
        self.is_quiet = True

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 0)
        return connection, address


if __name__ == "__main__":
    asked_to_end, write_end = socket.socketpair()
    write_end.setblocking(False)
    signal.set_wakeup_fd(write_end.fileno())
    signal.signal(signal.SIGTERM, lambda *_: print("drains", flush=True))
    DrainingServer(("", 8000), Handler).serve_until(asked_to_end)
    print("drained", flush=True)
