"""The sums of a shown formula, worked out again. Pure."""

import ast
import operator
import re
from collections.abc import Callable
from decimal import Decimal

_OPS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_UNITS = re.compile(r"\b(?:GB|USD|EUR|h|s|tokens?|FLOP)\b")


def wrong_sum(formula: str) -> str | None:
    """Each equation or inequality of the formula, worked out again; parts in words are rules, not sums."""
    for part in formula.split(";"):
        plain = _UNITS.sub("", part).replace(",", "").replace(" x ", " * ")
        match = re.fullmatch(r"\s*([\d.+\-*/() ]+?)\s*(<=|>=|=|<|>)\s*([\d.]+)\s*", plain)
        if match and not _holds(_work_out(match.group(1)), match.group(2), Decimal(match.group(3))):
            return f"the sum does not hold: {part.strip()}"
    return None


def _work_out(text: str) -> Decimal:
    def walk(node: ast.expr) -> Decimal:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPS:
            return _OPS[type(node.op)](walk(node.left), walk(node.right))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return Decimal(str(node.value))
        raise ValueError(text)

    return walk(ast.parse(text.strip(), mode="eval").body)


def _holds(left: Decimal, sign: str, right: Decimal) -> bool:
    if sign == "=":
        return abs(left - right) <= max(Decimal(1) if right >= 100 else Decimal("0.01"), Decimal(0))
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[sign]
