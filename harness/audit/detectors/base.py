"""What our detectors have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from slither.core.declarations import Contract, FunctionContract
from slither.detectors.abstract_detector import AbstractDetector, DetectorClassification
from slither.utils.output import Output

Info = list[Any]
Item = TypeVar("Item")
HIGH = DetectorClassification.HIGH
MEDIUM = DetectorClassification.MEDIUM
LOW = DetectorClassification.LOW
INFORMATIONAL = DetectorClassification.INFORMATIONAL
_DOCUMENTATION = "docs/detectors.md"


class PoolDetector(AbstractDetector):  # type: ignore[misc] # slither is imported without its types
    """A detector that looks at one contract at a time, and at no dependency.

    A subclass gives Slither's fields (ARGUMENT, HELP, IMPACT, CONFIDENCE, WIKI_*) and `findings`.
    """

    LANGUAGE = "solidity"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.WIKI = f"{_DOCUMENTATION}#{cls.ARGUMENT}"

    def _detect(self) -> list[Output]:
        own = [contract for contract in self.contracts if not contract.is_from_dependency()]
        return [self.generate_result(info) for contract in own for info in self.findings(contract)]

    @abstractmethod
    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield one description (text, and the elements it is about) for each finding in `contract`."""


def outliers(items: list[Item], value: Callable[[Item], object]) -> list[Item]:
    """Return the items whose value differs from the usual one; all of them if no value is the usual one."""
    counts = Counter(value(item) for item in items)
    most = max(counts.values(), default=0)
    usual = [each for each, times in counts.items() if times == most]
    if len(counts) < 2:
        return []
    return [item for item in items if len(usual) > 1 or value(item) != usual[0]]


def own_functions(contract: Contract) -> list[FunctionContract]:
    """Return the functions and modifiers that `contract` itself implements."""
    return [*contract.functions_declared, *contract.modifiers_declared]


def entry_points(contract: Contract) -> list[FunctionContract]:
    """Return the functions that `contract` itself implements and anyone may call, initialisers left out."""
    return [
        function
        for function in contract.functions_declared
        if function.is_implemented
        and function.visibility in {"public", "external"}
        and not function.is_constructor
        and not any("initializer" in modifier.name for modifier in function.modifiers)
    ]
