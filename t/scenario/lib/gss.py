"""gss: a client's side of Negotiate, as far as curl and browsers leave it
out: it asks the other side to prove who it is, and checks that."""
import base64
import ctypes

_SPNEGO = b"\x2b\x06\x01\x05\x05\x02"
_HOSTBASED = b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04"
_MUTUAL = 2
_CONTINUE = 1


class _Buffer(ctypes.Structure):
    _fields_ = [("length", ctypes.c_size_t), ("value", ctypes.c_void_p)]


class _Oid(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint32), ("elements", ctypes.c_void_p)]


def _buffer(data):
    return _Buffer(len(data), ctypes.cast(ctypes.c_char_p(data),
                                          ctypes.c_void_p))


def _oid(data):
    return _Oid(len(data), ctypes.cast(ctypes.c_char_p(data),
                                       ctypes.c_void_p))


class Negotiation:
    """Speaks to a service ("HTTP@proxy.test") as whom the environment has a
    ticket for. .done: both sides have proven who they are."""

    def __init__(self, service):
        self.lib = ctypes.CDLL("libgssapi_krb5.so.2")
        self.minor = ctypes.c_uint32()
        self.context = ctypes.c_void_p()
        self.name = ctypes.c_void_p()
        self.done = False
        text, kind = _buffer(service.encode()), _oid(_HOSTBASED)
        self._check(self.lib.gss_import_name(
            ctypes.byref(self.minor), ctypes.byref(text), ctypes.byref(kind),
            ctypes.byref(self.name)))

    def _check(self, major):
        if major >> 16:
            raise AssertionError("GSSAPI: %#x, %d" % (
                major & 0xffffffff, self.minor.value))
        return major

    def step(self, token=b""):
        """The token to send, for the one that came."""
        given, out, mech = _buffer(token), _Buffer(), _oid(_SPNEGO)
        major = self._check(self.lib.gss_init_sec_context(
            ctypes.byref(self.minor), None, ctypes.byref(self.context),
            self.name, ctypes.byref(mech), _MUTUAL, 0, None,
            ctypes.byref(given), None, ctypes.byref(out), None, None))
        self.done = not major & _CONTINUE
        return ctypes.string_at(out.value, out.length)

    def field(self, token=b""):
        """The same as the line of a request."""
        return "Proxy-Authorization: Negotiate %s\r\n" % base64.b64encode(
            self.step(token)).decode()

    def take(self, message):
        """What came with an answer; the context is then complete."""
        word = message.get("Proxy-Authenticate") or ""
        assert word.startswith("Negotiate "), word
        assert self.step(base64.b64decode(word[10:])) == b""
        assert self.done
