"""Asks one thing through the proxy that the environment names: ask.py URL
[BODY]. What is trusted is Python's own affair (SSL_CERT_FILE)."""
import sys
import urllib.error
import urllib.request

body = sys.argv[2].encode() if len(sys.argv) > 2 else None
try:
    reply = urllib.request.urlopen(sys.argv[1], body, 20)
except urllib.error.HTTPError as answered:
    reply = answered
sys.stdout.buffer.write(reply.read())
print("\n%d" % reply.status)
