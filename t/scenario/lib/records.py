"""records: what the proxy wrote down, one JSON object a line."""
import json

from lib.expect import Failure
from lib.process import wait_until


def _matches(record, wanted):
    return all(record.get(name) == value for name, value in wanted.items())


class Records:
    def __init__(self, path):
        self.path = path

    def raw(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def all(self):
        """Every complete record; a line that is no JSON is a failure."""
        records = []
        for line in self.raw().split("\n")[:-1]:
            try:
                records.append(json.loads(line))
            except ValueError:
                raise Failure("no JSON in the record: %r" % line) from None
        return records

    def find(self, seconds=5, **wanted):
        """The first record that holds all of these, when it comes."""
        def look():
            return [r for r in self.all() if _matches(r, wanted)]
        try:
            return wait_until(look, seconds, "a record")[0]
        except Failure:
            raise Failure("no record has %r among\n    %s" % (
                wanted, "\n    ".join(map(json.dumps, self.all()[-20:])))
            ) from None

    def count(self, **wanted):
        return sum(_matches(r, wanted) for r in self.all())
