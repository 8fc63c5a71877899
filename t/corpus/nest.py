"""nest: credentials inside layers inside layers, at random.

A layer takes bytes and wraps them as an application might; what it can hold
is text (UTF-8 without control characters but line ends) or anything. Layers
know nothing of each other."""
import base64
import binascii
import gzip
import json
import struct
import zlib
from urllib.parse import quote, quote_plus

NAMES = ("user", "j_username", "data", "payload", "a", "params", "f1", "body",
         "login[name]", "ctl00$main$box", "state", "x-y", "Passwd", "p")
FILLER = ("en", "true", "0", "signin", "https://www.example/start?a=1", "jdoe",
          "Mozilla/5.0 (X11)", "2026-11-26T10:00:00Z", "a b c", "42")
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "
FOREIGN = "äöüßéñçøÅПарольжш東京大学ªº€🔑🙂"


def password(rng):
    """8 to 40 characters, no blank at either end."""
    kind = rng.choice((LETTERS, LETTERS + MARKS, LETTERS + MARKS + FOREIGN,
                       LETTERS + FOREIGN))
    n = rng.randint(6, 38)
    return rng.choice(LETTERS) + "".join(
        rng.choice(kind) for _ in range(n)) + rng.choice(LETTERS)


def _name(rng):
    return rng.choice(NAMES)


def _pairs(rng, value):
    """Members with the value among others, names all different."""
    names = rng.sample(NAMES, rng.randint(1, 5))
    at = rng.randrange(len(names))
    return [(name, value if i == at else rng.choice(FILLER))
            for i, name in enumerate(names)]


# --- texts -------------------------------------------------------------------

def _json_text(rng, value):
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5)
    return text.replace("/", "\\/") if rng.random() < 0.3 else text


def json_object(rng, payload):
    inner = dict(_pairs(rng, payload.decode()))
    for _ in range(rng.randrange(3)):
        inner = [inner] if rng.random() < 0.4 else {
            _name(rng): inner, "n": rng.randrange(1000)}
    return _json_text(rng, inner).encode()


def json_string(rng, payload):
    return _json_text(rng, payload.decode()).encode()


def form(rng, payload):
    escape = rng.choice((quote, quote_plus))
    return "&".join("%s=%s" % (quote(name), escape(value, safe=""))
                    for name, value in _pairs(rng, payload)).encode()


def percent(rng, payload):
    if rng.random() < 0.5:
        return quote(payload, safe="").encode()
    return "".join("%%%02x" % byte for byte in payload).encode()


def _entities(rng, text, quotes=False):
    out = []
    for c in text:
        if c in "<&\r" or (quotes and c in "\"'\n\t"):
            out.append(rng.choice(("&#%d;", "&#x%x;")) % ord(c))
        elif c == ">":
            out.append("&gt;")
        elif ord(c) > 127 and rng.random() < 0.3:
            out.append("&#%d;" % ord(c))
        else:
            out.append(c)
    return "".join(out)


def xml_text(rng, payload):
    value = _entities(rng, payload.decode())
    return ("<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"urn:x\"><s:Body>"
            "<a>1</a><login><value>%s</value></login></s:Body></s:Envelope>"
            % value).encode()


def xml_attribute(rng, payload):
    value = _entities(rng, payload.decode(), quotes=True)
    return ("<request><auth kind=\"1\" value=\"%s\"/></request>"
            % value).encode()


def xml_cdata(rng, payload):
    value = payload.decode().replace("]]>", "]]]]><![CDATA[>")
    return ("<r><user>jdoe</user><value><![CDATA[%s]]></value></r>"
            % value).encode()


def graphql(rng, payload):
    return ("mutation { login(name: \"jdoe\", %s: %s) { token } }" % (
        rng.choice(("password", "secret", "v")),
        json.dumps(payload.decode(), ensure_ascii=False))).encode()


def multipart(rng, payload):
    boundary = b"----x%016x" % rng.getrandbits(64)
    parts = []
    for name, value in _pairs(rng, payload):
        value = value.encode() if isinstance(value, str) else value
        parts.append(b"--%s\r\nContent-Disposition: form-data; name=\"%s\""
                     b"\r\n\r\n%s\r\n" % (boundary, name.encode(), value))
    return b"".join(parts) + b"--%s--\r\n" % boundary


def base64_text(rng, payload):
    encode = rng.choice((base64.b64encode, base64.urlsafe_b64encode))
    text = encode(payload)
    return text.rstrip(b"=") if rng.random() < 0.4 else text


def hex_text(rng, payload):
    text = binascii.hexlify(payload)
    return text.upper() if rng.random() < 0.5 else text


# --- bytes -------------------------------------------------------------------

def gzip_bytes(rng, payload):
    return gzip.compress(payload, rng.choice((1, 6, 9)), mtime=0)


def zlib_bytes(rng, payload):
    return zlib.compress(payload, rng.choice((1, 6, 9)))


def zstd_bytes(rng, payload):
    """Raw blocks (RFC 8878, 3.1.1.2.2)."""
    out = struct.pack("<IBB", 0xfd2fb528, 0, 0x38)
    size = rng.choice((100, 5000, 100000))
    pieces = [payload[i:i + size]
              for i in range(0, len(payload), size)] or [b""]
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        out += struct.pack("<I", len(piece) << 3 | last)[:3] + piece
    return out


def brotli_bytes(rng, payload):
    """Stored meta-blocks (RFC 7932, 9.2)."""
    out, start = b"", True
    for i in range(0, len(payload), 60000):
        piece = payload[i:i + 60000]
        # window 16 bits; not last; 4 nibbles; length; not compressed
        bits = (len(piece) - 1) << 3 | 1 << 19
        bits = bits << 1 if start else bits
        out += bits.to_bytes(3, "little") + piece
        start = False
    return out + b"\x03"


def utf16(rng, payload):
    text = payload.decode()
    order = rng.choice(("utf-16-le", "utf-16-be"))
    plain = sum(c < "\x7f" for c in text) > 0.9 * len(text)
    mark = "" if plain and rng.random() < 0.3 else "\ufeff"
    return (mark + text).encode(order)


def _varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def protobuf(rng, payload):
    out = b""
    for number in sorted(rng.sample(range(1, 40), 3)):
        out += _varint(number << 3) + _varint(rng.randrange(100000))
    number = rng.randint(40, 60)
    out += _varint(number << 3 | 2) + _varint(len(payload)) + payload
    return out


def grpc(rng, payload):
    message = protobuf(rng, payload)
    return struct.pack(">BI", 0, len(message)) + message


def _is_text(payload):
    try:
        return bool(payload.decode())
    except UnicodeDecodeError:
        return False


def _msgpack_value(value):
    if isinstance(value, str):
        value = value.encode()
    n = len(value)
    if not _is_text(value):
        return struct.pack(">BI", 0xc6, n) + value
    if n < 32:
        return bytes([0xa0 | n]) + value
    if n < 256:
        return bytes([0xd9, n]) + value
    return struct.pack(">BI", 0xdb, n) + value


def msgpack(rng, payload):
    pairs = _pairs(rng, payload)
    return bytes([0x80 | len(pairs)]) + b"".join(
        _msgpack_value(name) + _msgpack_value(value) for name, value in pairs)


def _cbor_value(value):
    if isinstance(value, str):
        value = value.encode()
    n, major = len(value), 0x60 if _is_text(value) else 0x40
    if n < 24:
        return bytes([major | n]) + value
    if n < 256:
        return bytes([major | 24, n]) + value
    return struct.pack(">BI", major | 26, n) + value


def cbor(rng, payload):
    pairs = _pairs(rng, payload)
    return bytes([0xa0 | len(pairs)]) + b"".join(
        _cbor_value(name) + _cbor_value(value) for name, value in pairs)


# layer, what it takes, what it gives
TEXT, ANY = "text", "any"
LAYERS = (
    (json_object, TEXT, TEXT),
    (json_string, TEXT, TEXT),
    (form, ANY, TEXT),
    (percent, ANY, TEXT),
    (xml_text, TEXT, TEXT),
    (xml_attribute, TEXT, TEXT),
    (xml_cdata, TEXT, TEXT),
    (graphql, TEXT, TEXT),
    (multipart, TEXT, TEXT),
    (base64_text, ANY, TEXT),
    (hex_text, ANY, TEXT),
    (gzip_bytes, ANY, ANY),
    (zlib_bytes, ANY, ANY),
    (zstd_bytes, ANY, ANY),
    (utf16, TEXT, ANY),
    (protobuf, ANY, ANY),
    (grpc, ANY, ANY),
    (msgpack, ANY, ANY),
    (cbor, ANY, ANY),
)
CODINGS = {"gzip": gzip_bytes, "deflate": zlib_bytes, "br": brotli_bytes,
           "zstd": zstd_bytes}
GROWN = 100000  # no further layer


def wrap(rng, value, depth, coded=True):
    """(names of the layers, innermost first; the body; its coding or "").
    Ends sooner where the body has grown. A frame of gRPC and the message in
    it are two layers."""
    body, kind, names, deep = value.encode(), TEXT, [], 0
    while deep < depth and len(body) < GROWN:
        layer, takes, gives = rng.choice(LAYERS)
        cost = 2 if layer is grpc else 1
        if (takes == TEXT and kind != TEXT) or deep + cost > depth:
            continue
        body, kind, deep = layer(rng, body), gives, deep + cost
        names.append(layer.__name__)
    coding = ""
    if coded and rng.random() < 0.3:
        coding = rng.choice(sorted(CODINGS))
        body = CODINGS[coding](rng, body)
    return names, body, coding
