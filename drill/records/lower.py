"""Turns the kernel's text into LLVM's instructions, one for one: nothing is inferred, reordered or fused on the way.

numba could infer the same from the text, but takes a minute over what is a matter of two seconds here. The text is
straight lines and at most one loop; whatever else it holds is refused.
"""

import ast
from typing import Any

from drill.errors import DrillError

OPERATIONS = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}
COMPARISONS = {ast.Lt: "<", ast.LtE: "<="}
CALLS = {"sqrt": "llvm.sqrt", "abs": "llvm.fabs"}


def lower(function: ast.FunctionDef, builder: Any, data: Any) -> None:
    """Write the function's body with llvmlite's builder; `data` points to the first of the array's doubles.

    Raises DrillError for anything that the kernel's grammar does not have.
    """
    from llvmlite import ir  # noqa: PLC0415  comes with numba, an extra

    _Lowering(ir, builder, data).block(function.body)


class _Lowering:
    def __init__(self, ir: Any, builder: Any, data: Any) -> None:
        self.ir, self.builder, self.data = ir, builder, data
        self.double = ir.DoubleType()
        self.values: dict[str, Any] = {}

    def block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            match statement:
                case ast.Assign(targets=targets, value=value):
                    found = self.value(value)
                    for target in targets:
                        self.store(target, found)
                case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as count)]), body=body):
                    self.loop(count, body)
                case ast.Return(value=None):
                    return
                case _:
                    raise _strange(statement)

    def store(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.values[name] = value
            case ast.Subscript():
                self.builder.store(value, self.slot(target))
            case _:
                raise _strange(target)

    def slot(self, node: ast.Subscript) -> Any:
        match node:
            case ast.Subscript(value=ast.Name(id="x"), slice=ast.Constant(value=int() as index)):
                return self.builder.gep(self.data, [self.ir.Constant(self.ir.IntType(64), index)])
            case _:
                raise _strange(node)

    def loop(self, count: int, body: list[ast.stmt]) -> None:
        """Repeat the body; what it gives new values to and had values before is carried from step to step."""
        integer = self.ir.IntType(64)
        before = self.builder.basic_block
        inside, after = self.builder.append_basic_block("step"), self.builder.append_basic_block("done")
        self.builder.branch(inside)
        self.builder.position_at_end(inside)
        counter = self.builder.phi(integer)
        counter.add_incoming(self.ir.Constant(integer, 0), before)
        carried: dict[str, Any] = {}
        for name in sorted({t.id for s in body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)}):
            if name in self.values:
                carried[name] = self.builder.phi(self.double)
                carried[name].add_incoming(self.values[name], before)
                self.values[name] = carried[name]
        self.block(body)
        for name, phi in carried.items():
            phi.add_incoming(self.values[name], self.builder.basic_block)
        following = self.builder.add(counter, self.ir.Constant(integer, 1))
        counter.add_incoming(following, self.builder.basic_block)
        self.builder.cbranch(self.builder.icmp_signed("<", following, self.ir.Constant(integer, count)), inside, after)
        self.builder.position_at_end(after)

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=float() as number):
                return self.ir.Constant(self.double, number)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=float() as number)):
                return self.ir.Constant(self.double, -number)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.builder.fneg(self.value(operand))
            case ast.Name(id=name):
                return self.values[name]
            case ast.Subscript():
                return self.builder.load(self.slot(node))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
                return getattr(self.builder, OPERATIONS[type(op)])(self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
                return self.builder.fcmp_ordered(COMPARISONS[type(op)], self.value(left), self.value(right))
            case ast.IfExp(test=test, body=then, orelse=other):
                return self.builder.select(self.value(test), self.value(then), self.value(other))
            case ast.Call(func=ast.Name(id=name), args=[argument]) if name in CALLS:
                function = self.builder.module.declare_intrinsic(CALLS[name], [self.double])
                return self.builder.call(function, [self.value(argument)])
            case _:
                raise _strange(node)


def _strange(node: ast.AST) -> DrillError:
    return DrillError(f"the kernel's text holds '{ast.unparse(node)[:60]}' in line {getattr(node, 'lineno', 0)}, which is no kernel")
