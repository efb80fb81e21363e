"""Tests that pass where there is nothing to test: every assertion stands in a loop or branch that may never be
entered.
"""

import ast
from collections.abc import Iterator


def may_assert_nothing(test: ast.FunctionDef, module: ast.Module) -> bool:
    """True if a test has assertions and each is in a loop or branch that an empty list would skip."""
    literals = _assigned(module.body) | _assigned(list(ast.walk(test)))
    found = list(_assertions(test.body, literals, certain=True))
    return bool(found) and not any(found)


def _assertions(body: list[ast.stmt], literals: dict[str, ast.expr], *, certain: bool) -> Iterator[bool]:
    """Yield for each assertion below some statements whether it is certain to be reached."""
    for node in body:
        match node:
            case ast.Assert():
                yield certain
            case ast.With(items=items, body=inner):
                if any("pytest.raises" in ast.unparse(item.context_expr) for item in items):
                    yield certain
                yield from _assertions(inner, literals, certain=certain)
            case ast.For(iter=iterated, body=inner, orelse=after):
                yield from _assertions(inner, literals, certain=certain and _is_filled(iterated, literals))
                yield from _assertions(after, literals, certain=certain)
            case ast.If(body=inner, orelse=other):
                both = [list(_assertions(each, literals, certain=certain)) for each in (inner, other)]
                yield all(any(each) for each in both) and certain
                yield from (False for each in both for _ in each)
            case ast.While(body=inner) | ast.Try(body=inner):
                yield from _assertions(inner, literals, certain=False)


def _is_filled(node: ast.expr, literals: dict[str, ast.expr]) -> bool:
    """True if what is iterated over is written down and holds something, or is counted on the way."""
    match node:
        case ast.Tuple(elts=held) | ast.List(elts=held) | ast.Set(elts=held):
            return any(not isinstance(each, ast.Starred) for each in held)
        case ast.Dict(keys=keys):
            return bool(keys)
        case ast.Constant(value=str(text)):
            return bool(text)
        case ast.Name(id=name) if name in literals:
            return _is_filled(literals[name], {key: value for key, value in literals.items() if key != name})
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=None)):  # turned round
            return _is_filled(value, literals)
        case ast.Call(func=ast.Name(id=name), args=args):
            return _gives_something(name, args, literals)
        case ast.Call(func=ast.Attribute(value=value, attr="items" | "values"), args=[]):
            return _is_filled(value, literals)
    return False


def _gives_something(name: str, args: list[ast.expr], literals: dict[str, ast.expr]) -> bool:
    """True if a call gives as much as something that is filled; ``exactly`` and ``some`` of the support count
    themselves.
    """
    match name, args:
        case "exactly" | "some", _:
            return True
        case "enumerate" | "sorted" | "zip", _:
            return any(_is_filled(each, literals) for each in args)
        case "range", [ast.Constant(value=int(count))]:
            return count > 0
    return False


def _assigned(nodes: list[ast.AST] | list[ast.stmt]) -> dict[str, ast.expr]:
    """Return what is assigned to plain names."""
    found = {}
    for node in nodes:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found[name] = value
    return found


def hollow_tests(text: str) -> list[str]:
    """Return the names of such tests in the text of a module.

    >>> hollow_tests('''
    ... def test_hollow():
    ...     for line in lines():
    ...         assert line.due == 0
    ... def test_counted():
    ...     assert len(lines()) == 3
    ...     for line in lines():
    ...         assert line.due == 0
    ... def test_written_down():
    ...     for code in ("1210", "9610"):
    ...         assert code in MODES
    ... ''')
    ['test_hollow']
    """
    module = ast.parse(text)
    tests = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return [each.name for each in tests if may_assert_nothing(each, module)]
