"""The servers of the lab: each HTTP answer is the server's name, UDP is sent back to where it came from."""

import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def _handler(name: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(name)))
            self.end_headers()
            self.wfile.write(name.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


class _Four(ThreadingHTTPServer):
    def server_bind(self) -> None:
        """Without looking its own name up, for which there is nobody to ask."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]


class _Six(_Four):
    address_family = socket.AF_INET6


def _echo(address: str, port: int) -> None:
    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.bind((address, port))
    while True:
        data, sender = sock.recvfrom(2048)
        sock.sendto(data, sender)


def main(net: str) -> None:
    """Serve until killed."""
    for last, name, port in ((1, "corporate", 80), (7, "treatment", 80), (7, "treatment", 8443)):
        for kind, address in ((_Four, f"10.{net}.0.{last}"), (_Six, f"fd{net}::{last}")):
            server = kind((address, port), _handler(name))
            threading.Thread(target=server.serve_forever, daemon=True).start()
    for address, port in ((f"10.{net}.0.53", 53), (f"10.{net}.0.1", 53), ("0.0.0.0", 67)):
        threading.Thread(target=_echo, args=(address, port), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
