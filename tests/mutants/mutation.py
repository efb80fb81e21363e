"""The mistakes: comparisons, conditions, sums, constants and results that are a little wrong.

A mutation is found in the syntax tree of a module and compiled from it; no file is written.

>>> from pathlib import Path
>>> text = "def over(value, limit=5000):\\n    return value > limit and value != 0\\n"
>>> for each in mutations(text, Path("limits.py")):
...     print(each)
limits.py:1: 5000 -> 5001
limits.py:2: return value > limit and value != 0 -> return None
limits.py:2: value > limit and value != 0 -> value > limit or value != 0
limits.py:2: value > limit and value != 0 -> value != 0
limits.py:2: value > limit and value != 0 -> value > limit
limits.py:2: value > limit -> value >= limit
limits.py:2: value > limit -> value <= limit
limits.py:2: value != 0 -> value == 0
limits.py:2: 0 -> 1
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import CodeType


@dataclass(frozen=True)
class Mutation:
    """One mistake in a module: the ``number``-th that can be made there, with the code before and after."""

    path: Path
    number: int
    line: int
    last_line: int
    before: str
    after: str
    statement: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before} -> {self.after}"


@dataclass(frozen=True)
class Site:
    """A place in a syntax tree: the node, and where its parent holds it."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt

    def put(self, node: ast.AST) -> None:
        """Put another node into the place."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


#: What is no behaviour, or where a mistake is as good as none: types, decorators, assertions about types.
LEFT_OUT = {"annotation", "returns", "decorator_list", "type_comment", "bases"}
#: Arguments that no correct program notices.
IDLE_ARGUMENTS = {"strict", "slots", "stacklevel"}

#: Each comparison at its edge, and turned round.
EDGES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
}  # fmt: skip
CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}


def mutations(text: str, path: Path) -> Iterator[Mutation]:
    """Yield every mistake that can be made in the text of a module, in its order."""
    for number, (site, node) in enumerate(_changes(ast.parse(text))):
        yield Mutation(
            path,
            number,
            site.node.lineno,  # type: ignore[attr-defined]
            site.node.end_lineno or 0,  # type: ignore[attr-defined]
            ast.unparse(site.node),
            ast.unparse(node),
            ast.unparse(site.statement).partition("\n")[0],
        )


def mutated(text: str, number: int, file: str) -> CodeType:
    """Return the code of a module with the mistake of that number in it."""
    tree = ast.parse(text)
    site, node = next(each for at, each in enumerate(_changes(tree)) if at == number)
    site.put(ast.copy_location(node, site.node))
    return compile(ast.fix_missing_locations(tree), file, "exec")


def _changes(tree: ast.Module) -> Iterator[tuple[Site, ast.AST]]:
    for site in _sites(tree):
        for change in CHANGES.get(type(site.node), ()):
            for node in change(site.node):
                yield site, node
        if site.field in ("test", "guard", "ifs") and not isinstance(site.node, ast.Compare | ast.UnaryOp):
            assert isinstance(site.node, ast.expr)
            yield site, ast.UnaryOp(ast.Not(), site.node)


def _sites(tree: ast.Module) -> Iterator[Site]:
    for statement in tree.body:
        yield from _below(statement, statement)


def _below(parent: ast.AST, statement: ast.stmt) -> Iterator[Site]:
    for field, value in ast.iter_fields(parent):
        if field in LEFT_OUT:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_left_out(node):
                continue
            inner = node if isinstance(node, ast.stmt) else statement
            if hasattr(node, "lineno"):
                yield Site(node, parent, field, index, inner)
            yield from _below(node, inner)


def _is_left_out(node: ast.AST) -> bool:
    match node:
        case ast.Assert():
            return True
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.keyword(arg=str(name)):
            return name in IDLE_ARGUMENTS
    return False


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for table in (EDGES, OPPOSITES):
        for at, operator in enumerate(node.ops):
            if type(operator) in table:
                yield ast.Compare(
                    node.left, [*node.ops[:at], table[type(operator)](), *node.ops[at + 1 :]], node.comparators
                )


def _boolean(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for at in range(len(node.values)):
        rest = [*node.values[:at], *node.values[at + 1 :]]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _not(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _sum(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in SUMS:
        yield ast.BinOp(node.left, SUMS[type(node.op)](), node.right)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)


def _return(node: ast.Return) -> Iterator[ast.AST]:
    match node.value:
        case None | ast.Constant(value=None | bool()):  # None is as good as False; True for False is another mistake
            return
        case _:
            yield ast.Return(ast.Constant(None))


def _call(node: ast.Call) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            other = copy.copy(node)
            other.func = ast.Name(CALLS[name], ast.Load())
            yield other
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str(number))]):
            try:
                yield ast.Call(node.func, [ast.Constant(str(Decimal(number) + 1))], [])
            except InvalidOperation:
                return


#: The mistakes that can be made at each kind of node.
CHANGES: dict[type[ast.AST], tuple[Callable[..., Iterator[ast.AST]], ...]] = {
    ast.Compare: (_compare,),
    ast.BoolOp: (_boolean,),
    ast.UnaryOp: (_not,),
    ast.BinOp: (_sum,),
    ast.Constant: (_constant,),
    ast.Return: (_return,),
    ast.Call: (_call,),
}
