"""Sixteen float32 values side by side, as one value of a kernel: what the compiler keeps in one vector register of 512 bits, or in two
of 256.

Plain loops become vectors when the compiler can prove that they may, and it cannot where results are written to several places that
might be the inputs. Here it need not: a kernel loads sixteen values, computes with `+`, `-` and `*`, and stores sixteen. Each operation
is the float32 operation of each lane, rounded as in a plain loop, so the bytes are the same on every machine.

No index is checked: `load` and `store` trust the caller that all sixteen values are there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic, models, overload, register_model

WIDTH = 16
_FLOATS = ir.VectorType(ir.FloatType(), WIDTH)
_PART = 4  # lanes are seen as 4 x 4 where they are turned


class _Lanes(types.Type):
    def __init__(self) -> None:
        super().__init__("Lanes")


_LANES = _Lanes()
_TUPLE: Any = types.UniTuple
_TWO, _FOUR = _TUPLE(_LANES, 2), _TUPLE(_LANES, 4)


@register_model(_Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Lanes) -> None:
        super().__init__(manager, kind, _FLOATS)  # type: ignore[no-untyped-call]


def _emitted(function: Callable[..., Any]) -> Any:
    """A function that writes the compiler's own language. (Numba's type says that it is called with what it is defined with.)"""
    return intrinsic(function)


@_emitted
def load(_: Any, array: Any, at: Any) -> Any:
    """The values of a float32 array (N,) from `at` on."""
    _check(array, array.dtype == types.float32)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature, args, _FLOATS), align=4)

    return _LANES(array, types.intp), generate


@_emitted
def store(_: Any, array: Any, at: Any, lanes: Any) -> Any:
    """Writes to a float32 array (N,) from `at` on."""
    _check(array, array.dtype == types.float32 and array.mutable)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, signature, args, _FLOATS), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), generate


@_emitted
def load_pairs(_: Any, array: Any, at: Any) -> Any:
    """Two lanes: the first and the second values of the sixteen pairs of numbers that lie in an array (N,) of any type from `at` on."""
    number: Any = array.dtype
    _check(array, number in types.integer_domain or number == types.float32)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        of = ir.VectorType(context.get_data_type(number), 2 * WIDTH)
        both = builder.load(_place(context, builder, signature, args, of), align=1)
        parts = [_shuffled(builder, both, both, range(first, 2 * WIDTH, 2)) for first in (0, 1)]
        if number in types.integer_domain:
            parts = [(builder.sitofp if number.signed else builder.uitofp)(part, _FLOATS) for part in parts]
        return context.make_tuple(builder, signature.return_type, parts)

    return _TWO(array, types.intp), generate


@_emitted
def store_pairs(_: Any, array: Any, at: Any, first: Any, second: Any) -> Any:
    """Writes the sixteen pairs of a value of `first` and one of `second` to a float32 array (N,) from `at` on."""
    _check(array, array.dtype == types.float32 and array.mutable)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        both = _shuffled(builder, args[2], args[3], [k // 2 + k % 2 * WIDTH for k in range(2 * WIDTH)])
        builder.store(both, _place(context, builder, signature, args, both.type), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, first, second), generate


@_emitted
def fetch(_: Any, array: Any, at: Any) -> Any:
    """Asks for the cache line of an array's value number `at`, which may lie beyond its end: nothing waits for it."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        place = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, word, word, word])
        ask = builder.module.declare_intrinsic("llvm.prefetch", (place.type,), kind)
        builder.call(ask, [place, *(ir.Constant(word, n) for n in (0, 3, 1))])  # to read, keep near, data
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


@_emitted
def spread(_: Any, value: Any) -> Any:
    """One float32 value in all lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        one = builder.insert_element(ir.Constant(_FLOATS, ir.Undefined), args[0], ir.Constant(ir.IntType(32), 0))
        return _shuffled(builder, one, one, [0] * WIDTH)

    return _LANES(types.float32), generate


@_emitted
def larger(_: Any, a: Any, b: Any) -> Any:
    """Of each lane the larger one; where that of a is no number, that of b."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _larger(builder, *args)

    return _LANES(a, b), generate


@_emitted
def largest(_: Any, lanes: Any) -> Any:
    """The largest of sixteen values, a float32."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        left, width = args[0], WIDTH // 2
        while width:
            left = _larger(builder, left, _shuffled(builder, left, left, [(k + width) % WIDTH for k in range(WIDTH)]))
            width //= 2
        return builder.extract_element(left, ir.Constant(ir.IntType(32), 0))

    return types.float32(lanes), generate


@_emitted
def total(_: Any, lanes: Any) -> Any:
    """The sum of sixteen values, a float32: of halves, of their halves, and so on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        left, width = args[0], WIDTH // 2
        while width:
            left = builder.fadd(left, _shuffled(builder, left, left, [(k + width) % WIDTH for k in range(WIDTH)]))
            width //= 2
        return builder.extract_element(left, ir.Constant(ir.IntType(32), 0))

    return types.float32(lanes), generate


@_emitted
def sums_of_pairs(_: Any, a: Any, b: Any) -> Any:
    """The sums of the first and second, third and fourth ... of the values of a and then of b."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fadd(*(_shuffled(builder, args[0], args[1], range(first, 2 * WIDTH, 2)) for first in (0, 1)))

    return _LANES(a, b), generate


@_emitted
def after(_: Any, a: Any, b: Any) -> Any:
    """What comes one after each value of a, where b comes after a."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _shuffled(builder, args[0], args[1], range(1, WIDTH + 1))

    return _LANES(a, b), generate


@_emitted
def turned_within(_: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Of four lanes seen as 4 x 4 (part, place): the v-th result has in (part, w) what the w-th of them had in (part, v)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def two(x: Any, y: Any, order: tuple[tuple[int, int], ...]) -> Any:
            return _shuffled(builder, x, y, [WIDTH * of + _PART * u + v for u in range(_PART) for of, v in order])

        a, b, c, d = args
        first, second = ((0, 0), (1, 0), (0, 1), (1, 1)), ((0, 2), (1, 2), (0, 3), (1, 3))
        ab, cd = [two(a, b, o) for o in (first, second)], [two(c, d, o) for o in (first, second)]
        low, high = ((0, 0), (0, 1), (1, 0), (1, 1)), ((0, 2), (0, 3), (1, 2), (1, 3))
        turned = [two(x, y, o) for x, y in zip(ab, cd, strict=True) for o in (low, high)]
        return context.make_tuple(builder, signature.return_type, turned)

    return _FOUR(a, b, c, d), generate


@_emitted
def turned_across(_: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """The same the other way round: the u-th result has in (w, place) what the w-th of the four lanes had in (u, place)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def two(x: Any, y: Any, order: tuple[tuple[int, int], ...]) -> Any:
            return _shuffled(builder, x, y, [WIDTH * of + _PART * u + v for of, u in order for v in range(_PART)])

        a, b, c, d = args
        first, second = ((0, 0), (0, 1), (1, 0), (1, 1)), ((0, 2), (0, 3), (1, 2), (1, 3))
        ab, cd = [two(a, b, o) for o in (first, second)], [two(c, d, o) for o in (first, second)]
        even, odd = ((0, 0), (0, 2), (1, 0), (1, 2)), ((0, 1), (0, 3), (1, 1), (1, 3))
        turned = [two(x, y, o) for x, y in zip(ab, cd, strict=True) for o in (even, odd)]
        return context.make_tuple(builder, signature.return_type, turned)

    return _FOUR(a, b, c, d), generate


@_emitted
def turned(_: Any, lanes: Any) -> Any:
    """Lanes seen as 4 x 4, rows as columns."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _shuffled(builder, args[0], args[0], [_PART * v + u for u in range(_PART) for v in range(_PART)])

    return _LANES(lanes), generate


def _check(array: Any, fits: bool) -> None:
    """Raises where an array is not one run of numbers that lanes can be made of."""
    if not (fits and array.ndim == 1 and array.layout == "C"):
        raise TypingError(f"{array}: expected one contiguous dimension of float32 (samples: or of integers)")


def _place(context: Any, builder: Any, signature: Any, args: Any, of: ir.Type) -> Any:
    """Where array args[0] has its args[1]-th number, as a pointer to a vector."""
    data = context.make_array(signature.args[0])(context, builder, args[0]).data
    return builder.bitcast(builder.gep(data, [args[1]]), of.as_pointer())


def _larger(builder: Any, a: Any, b: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


def _shuffled(builder: Any, x: Any, y: Any, order: Any) -> Any:
    """Those values of x and, counted on, of y."""
    numbers = list(order)
    return builder.shuffle_vector(x, y, ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers))


def _is(symbol: Callable[..., Any], instruction: str) -> None:
    """Makes an operator between lanes that instruction."""

    @_emitted
    def both(_: Any, a: Any, b: Any) -> Any:
        return _LANES(a, b), lambda context, builder, signature, args: getattr(builder, instruction)(*args)

    @overload(symbol, strict=False)  # not strict: the result is a plain lambda, which has no types to compare
    def choose(a: Any, b: Any) -> Any:
        return (lambda a, b: both(a, b)) if a is _LANES and b is _LANES else None


for _symbol, _instruction in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul")):
    _is(_symbol, _instruction)
