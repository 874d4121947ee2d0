"""Brings up `lo` in a fresh network namespace, without needing iproute2."""

import fcntl
import socket
import struct

SIOCSIFFLAGS = 0x8914
UP_AND_RUNNING = 0x1 | 0x40

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", UP_AND_RUNNING, b""))
