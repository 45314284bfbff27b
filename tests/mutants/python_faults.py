"""Small faults for Python sources: what a tired programmer gets wrong and a type checker lets pass.

Comparisons turned or off by one, conditions and their parts dropped, constants changed, effects, guards and locks left
out, members of a set or table forgotten, alternatives of a pattern forgotten, arguments swapped, named ones forgotten,
words that a program knows misspelt. Nothing is changed in imports, annotations, f-strings, and in what is only said:
log lines, the texts of errors and of forms, docstrings.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from mutants.mutant import Fault
from mutants.pattern_faults import weaker_patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
}
_NAMESAKES: Final = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "fullmatch": "match",
    "match": "search",
    "startswith": "endswith",
    "endswith": "startswith",
    "partition": "rpartition",
    "rpartition": "partition",
}
_TIDYING: Final = {"strip", "lstrip", "rstrip", "lower", "casefold", "removeprefix", "removesuffix"}
_SAYS: Final = {"debug", "info", "warning", "error", "exception", "log"}
_FOR_PEOPLE: Final = {"title", "description", "section", "doc_md", "help"}
"""Named arguments whose texts only people read."""
_HUSHED: Final = {"dataclass", "property", "overload"}
"""Decorators whose arguments say how a class may be used, which the type checker sees to."""
_SMALL: Final = 10


def python_faults(source: str) -> Iterator[Fault]:
    """Every fault that can be planted in a module."""
    yield from _Planter(source).faults(ast.parse(source), "")


class _Planter:
    def __init__(self, source: str) -> None:
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line.encode()))
        self._endings: set[ast.stmt] = set()
        """`return None` where a function would end anyway."""

    def faults(self, node: ast.AST, scope: str) -> Iterator[Fault]:
        """Faults in a node and below it."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = f"{scope}.{node.name}".lstrip(".")
            self._endings.update(_endings(node.body))
        if isinstance(node, ast.expr):
            for kind, text in _expressions(node):
                yield self._instead(node, f"({text})", kind, scope)
            yield from self._members(node, scope)
        elif isinstance(node, ast.stmt):
            for kind, text in () if node in self._endings else _statements(node):
                yield self._instead(node, text, kind, scope)
            yield from self._conditions(node, scope)
        if isinstance(node, ast.comprehension):
            for condition in node.ifs:
                yield self._instead(condition, "True", "filter dropped", scope)
        for child in _children(node):
            yield from self.faults(child, scope)

    def _members(self, node: ast.expr, scope: str) -> Iterator[Fault]:
        """Members of sets, of tuples that something is looked up in, and of tables, each left out."""
        looked_up: list[ast.expr] = []
        if isinstance(node, ast.Set) or (isinstance(node, ast.Tuple | ast.List) and scope == ""):
            looked_up = [node]
        elif isinstance(node, ast.Compare):
            looked_up = [each for each in node.comparators if isinstance(each, ast.Tuple | ast.List)]
        for display in looked_up:
            if not isinstance(display, ast.Set | ast.Tuple | ast.List) or not isinstance(
                getattr(display, "ctx", ast.Load()), ast.Load
            ):
                continue
            kept = [[each for each in display.elts if each is not left] for left in display.elts]
            for rest in kept if len(display.elts) > 1 else ():
                text = ast.unparse(type(display)(rest))
                yield self._instead(display, text, "member dropped", scope)
        if isinstance(node, ast.Dict) and len(node.keys) > 1:
            for left in range(len(node.keys)):
                keys, values = list(node.keys), list(node.values)
                del keys[left], values[left]
                yield self._instead(node, ast.unparse(ast.Dict(keys, values)), "member dropped", scope)

    def _conditions(self, node: ast.stmt, scope: str) -> Iterator[Fault]:
        """Guards that never or always hold, locks that nobody takes, errors that nobody catches."""
        if isinstance(node, ast.If | ast.While) and not _is_for_types(node):
            yield self._instead(node.test, "False", "condition never holds", scope)
            if isinstance(node, ast.If):
                yield self._instead(node.test, "True", "condition always holds", scope)
        if isinstance(node, ast.With | ast.AsyncWith) and all(item.optional_vars is None for item in node.items):
            start = self._at(node.lineno, node.col_offset)
            end = self._at(node.items[-1].context_expr.end_lineno, node.items[-1].context_expr.end_col_offset)
            yield Fault(start, end, "if True", "context dropped", scope)
        if isinstance(node, ast.Try):
            for caught in node.handlers:
                if isinstance(caught.type, ast.Tuple):
                    for left in caught.type.elts:
                        rest = [each for each in caught.type.elts if each is not left]
                        yield self._instead(caught.type, ast.unparse(ast.Tuple(rest)), "error not caught", scope)

    def _instead(self, node: ast.expr | ast.stmt, text: str, kind: str, scope: str) -> Fault:
        start = self._at(node.lineno, node.col_offset)
        return Fault(start, self._at(node.end_lineno, node.end_col_offset), text, kind, scope)

    def _at(self, line: int | None, column: int | None) -> int:
        return self._starts[(line or 1) - 1] + (column or 0)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What lies below a node and may be changed."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.pattern):
        return
    if _is_for_types(node):
        return
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and _only_says(node.value)):
        return
    if isinstance(node, ast.keyword) and node.arg in _FOR_PEOPLE:
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from (each for each in node.decorator_list if isinstance(each, ast.Call) and not _is_hushed(each))
    left_out = {"annotation", "returns", "decorator_list", "type_params", "bases"}
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        left_out.add("slice")
    for name, value in ast.iter_fields(node):
        if name not in left_out:
            yield from (each for each in _as_list(value) if isinstance(each, ast.AST))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _is_hushed(decorator: ast.Call) -> bool:
    return ast.unparse(decorator.func).rpartition(".")[2] in _HUSHED


def _endings(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    match body:
        case [*_, ast.Return(ast.Constant(None)) as last]:
            yield last
        case [*_, ast.If(body=then, orelse=otherwise)]:
            yield from (*_endings(then), *_endings(otherwise))
        case [*_, ast.Try(body=tried, handlers=handlers, orelse=otherwise)]:
            yield from _endings(otherwise or tried)
            yield from (each for handler in handlers for each in _endings(handler.body))
        case [*_, ast.With(body=inside)]:
            yield from _endings(inside)


def _as_list(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else [value]


def _only_says(node: ast.expr) -> bool:
    """Whether it is a docstring or a log line."""
    if isinstance(node, ast.Constant):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAYS


def _expressions(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Kind and text of what may take the place of an expression."""
    match node:
        case ast.Compare():
            yield from (("comparison", text) for text in _turned(node))
        case ast.BoolOp(operator, values):
            other_way = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield "and for or", ast.unparse(ast.BoolOp(other_way, values))
            for left_out in values:
                kept = [each for each in values if each is not left_out]
                yield "part dropped", ast.unparse(kept[0] if len(kept) == 1 else ast.BoolOp(operator, kept))
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield "sign dropped", ast.unparse(operand)
        case ast.IfExp(_, body, orelse):
            yield "condition always holds", ast.unparse(body)
            yield "condition never holds", ast.unparse(orelse)
        case ast.BinOp(left, operator, right) if type(operator) in _ARITHMETIC and not _is_text(left, right):
            yield "arithmetic", ast.unparse(ast.BinOp(left, _ARITHMETIC[type(operator)](), right))
        case ast.Constant(value):
            yield from _constants(value)
        case ast.Call():
            yield from _calls(node)
            yield from _arguments(node)


def _turned(node: ast.Compare) -> Iterator[str]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            operators = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield ast.unparse(ast.Compare(node.left, operators, node.comparators))


def _is_text(*operands: ast.expr) -> bool:
    kinds = (ast.JoinedStr, ast.List, ast.ListComp)
    return any(
        isinstance(each, kinds) or (isinstance(each, ast.Constant) and isinstance(each.value, str)) for each in operands
    )


def _constants(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool):
        yield "constant", repr(not value)
    elif isinstance(value, int) and value < _SMALL:
        yield "constant", repr(value + 1)
        if value == 1:
            yield "constant", "0"
    elif isinstance(value, str):
        yield from _misspelt(value)
    elif isinstance(value, int | float):
        yield from (("constant", repr(other)) for other in (value * 2, value // 2) if other != value)


def _misspelt(value: str) -> Iterator[tuple[str, str]]:
    """Another number in it, or the word misspelt; a text with words and blanks is for people."""
    letters, blanks = any(map(str.isalpha, value)), any(map(str.isspace, value))
    if not letters and (number := re.search(r"\d+", value)):
        yield "word", repr(f"{value[: number.start()]}{int(number[0]) + 1}{value[number.end() :]}")
    elif letters and not blanks:
        yield "word", repr(f"{value}x")


def _calls(node: ast.Call) -> Iterator[tuple[str, str]]:
    if isinstance(node.func, ast.Name) and node.func.id in _NAMESAKES:
        yield "namesake", ast.unparse(ast.Call(ast.Name(_NAMESAKES[node.func.id]), node.args, node.keywords))
    if isinstance(node.func, ast.Attribute):
        if (name := node.func.attr) in _NAMESAKES:
            other = ast.Attribute(node.func.value, _NAMESAKES[name])
            yield "namesake", ast.unparse(ast.Call(other, node.args, node.keywords))
        if name in _TIDYING:
            yield "tidying dropped", ast.unparse(node.func.value)
        if ast.unparse(node.func) == "re.compile" and isinstance(node.args[0], ast.Constant):
            for change, text in weaker_patterns(str(node.args[0].value)):
                changed = ast.Call(node.func, [ast.Constant(text), *node.args[1:]], node.keywords)
                yield f"pattern {change}", ast.unparse(changed)


def _arguments(node: ast.Call) -> Iterator[tuple[str, str]]:
    for left_out in node.keywords:
        if left_out.arg is not None:
            named = [each for each in node.keywords if each is not left_out]
            yield f"{left_out.arg} dropped", ast.unparse(ast.Call(node.func, node.args, named))
    names = (ast.Name, ast.Attribute)
    match node.args:
        case [first, second, *rest] if isinstance(first, names) and isinstance(second, names):
            if ast.unparse(node.func) not in {"min", "max", "isinstance"} and ast.dump(first) != ast.dump(second):
                yield "arguments swapped", ast.unparse(ast.Call(node.func, [second, first, *rest], node.keywords))


def _statements(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Kind and text of what may take the place of a statement."""
    match node:
        case ast.Expr(ast.Yield() | ast.YieldFrom()):
            yield "yield dropped", "yield from ()"
        case ast.Expr(ast.Call() | ast.Await() as value) if not _only_says(value):
            yield "call dropped", "pass"
        case ast.Assign([ast.Attribute() | ast.Subscript() | ast.Tuple()]):
            yield "assignment dropped", "pass"
        case ast.Delete(targets) if not all(isinstance(each, ast.Name) for each in targets):  # of names, for linters
            yield "assignment dropped", "pass"
        case ast.AugAssign(target, operator, value):
            yield "assignment dropped", "pass"
            if type(operator) in _ARITHMETIC:
                other = _ARITHMETIC[type(operator)]()
                yield "arithmetic", ast.unparse(ast.AugAssign(target, other, value))
        case ast.Return(ast.expr()):
            yield "return dropped", "pass"
        case ast.Raise() | ast.Continue() | ast.Break():
            yield f"{type(node).__name__.lower()} dropped", "pass"
