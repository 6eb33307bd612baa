"""Lists or runs the cases of this folder for tests/adapters/mt5/python.test.ts: one line of JSON each, on a descriptor of its own.

    run.py list                 {"id"} of every case, or {"id", "broken"}
    run.py run ID...            {"id", "outcome": ok | failed | skipped, "text"} of each of these cases, as it ends
"""

import json
import os
import sys
import unittest
from typing import Any, Iterator

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)


def cases_of(suite: Any) -> Iterator[unittest.TestCase]:
    """Every single case within nested suites."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from cases_of(item)
        else:
            yield item


def tell(**fields: Any) -> None:
    """One line of JSON to the parent."""
    sys.__stdout__.write(json.dumps(fields) + "\n")
    sys.__stdout__.flush()


class Telling(unittest.TestResult):
    """Reports each case when it ends; a case with failed sub-tests failed."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble: "dict[str, str]" = {}
        self.left_out: "dict[str, str]" = {}

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self.trouble[test.id()] = self._exc_info_to_string(err, test)  # type: ignore[attr-defined]

    addFailure = addError

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.trouble[test.id()] = str(subtest) + "\n" + self._exc_info_to_string(err, test)  # type: ignore[attr-defined]

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        self.left_out[test.id()] = reason

    def stopTest(self, test: Any) -> None:
        super().stopTest(test)
        name = test.id()
        outcome = "failed" if name in self.trouble else "skipped" if name in self.left_out else "ok"
        tell(id=name, outcome=outcome, text=self.trouble.get(name, self.left_out.get(name, "")))


def main() -> int:
    """The program."""
    if sys.argv[1] == "list":
        for case in cases_of(unittest.defaultTestLoader.discover(HERE, "test_*.py")):
            if case.__class__.__name__ == "_FailedTest":
                tell(id=case.id(), broken=str(getattr(case, "_exception", "cannot be imported")))
            else:
                tell(id=case.id())
        return 0
    result = Telling()
    unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:]).run(result)
    for test, text in result.errors:
        if not isinstance(test, unittest.TestCase):
            # Something outside a case failed, a class's own preparation for instance: no case would tell of it.
            tell(id=str(test), outcome="failed", text=text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
