"""golden: whole answers, byte for byte, against files in the tree.

    same_as("expired", reply, {str(port): "(port)"})

compares everything that came with t/scenario/golden/SCENARIO/expired.txt.
What differs from run to run is written as a word in parentheses, so the
words given for it are checked as well: a fingerprint that isn't the
certificate's stays what it is and differs. The looks of a page stand once,
in etc/pages/refusal.html, and are compared with those.

GOLDEN_WRITE=1 run.py 70-bad-origins.py writes the files anew; read the
difference (git diff) as the person would who gets that page."""
import os
import re
import sys

from lib.expect import Failure, same
from lib.message import Message
from lib.proxy import PAGES

_NAME = os.path.basename(sys.argv[0]).removesuffix(".py")
DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                         "golden", _NAME)

# what is another in every run, and the form it must have
_VARIABLE = (
    (r"(?m)^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT(?=\r)",
     "Date: (now)"),
    (r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z">'
     r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC<", '"(now)">(now)<'),
    (r"\bsallyport-[0-9a-f]{8}\b", "(this proxy)"),
    (r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b", "(incident)"),
)


def _page_file(name):
    with open(os.path.join(PAGES, name), encoding="utf-8") as file:
        return file.read()


def _looks():
    style = re.search(r"(?s)<style>.*?</style>", _page_file("refusal.html"))
    return re.sub(r"\{\{>(.*?)\}\}", lambda form: _page_file(form.group(1)),
                  style.group(0))


def _plain(text, words):
    """The answer as it stands in a file."""
    text = text.replace(_looks(), "<style>(of refusal.html)</style>")
    for pattern, word in _VARIABLE:
        text = re.sub(pattern, word, text)
    for value in sorted(words, key=len, reverse=True):
        text = text.replace(value, words[value])
    # a line end of the head shows; one of the body is a line end
    return text.replace("\r\n", "\\r\\n\n")


def answer_of(reply, length):
    """Everything that came. The length is told in words where it's right:
    that of the body, or of the one that HEAD leaves out."""
    head = reply.head.decode("latin-1")
    right = "Content-Length: %d\r\n" % length
    if length and right in head:
        head = head.replace(right, "Content-Length: (of the body)\r\n")
    return head + reply.body.decode("utf-8", "backslashreplace") \
        + reply.trailers.decode("latin-1")


def same_as(name, got, words=(), left_out=b"", end=""):
    """got is a Message, or bytes that may be less than one; words: what to
    write instead of a value; left_out: the body that HEAD has none of; end:
    how the connection ended, in words."""
    if isinstance(got, bytes):
        head, _, body = got.partition(b"\r\n\r\n")
        got = Message(head + b"\r\n\r\n", body)
    text = _plain(answer_of(got, len(got.body or left_out)) + end,
                  dict(words))
    if not text.endswith("\n"):
        text += "\n(no line end)\n"
    path = os.path.join(DIRECTORY, name + ".txt")
    if os.environ.get("GOLDEN_WRITE"):
        os.makedirs(DIRECTORY, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return
    try:
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
    except FileNotFoundError:
        raise Failure("there is no golden file for %s; see lib/golden.py"
                      % name) from None
    same(text, wanted, "the answer is not golden/%s/%s.txt" % (_NAME, name))


def all_used(names):
    """No golden file is left of a case that is no more."""
    same(sorted(n.removesuffix(".txt") for n in os.listdir(DIRECTORY)),
         sorted(names), "the golden files")
