"""Sixteen float32 values side by side, or eight float64, as one value of a kernel: what the compiler keeps in one vector register of 512
bits, or in two of 256.

Plain loops become vectors when the compiler can prove that they may, and it cannot where results are written to several places that
might be the inputs. Here it need not: a kernel loads a run of values, computes with `+`, `-`, `*` and `/`, and stores a run. Each operation
is the operation of each lane, rounded as in a plain loop, so the bytes are the same on every machine.

No index is checked: `load` and `store` trust the caller that all values are there. What turns or adds up lanes is for float32 alone, where
it does not say otherwise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic, models, overload, register_model

WIDTH, DOUBLES = 16, 8  # values of float32, and of float64
_FLOATS = ir.VectorType(ir.FloatType(), WIDTH)
_PART = 4  # lanes are seen as 4 x 4 where they are turned


class _Lanes(types.Type):
    def __init__(self, number: Any, of: ir.VectorType) -> None:
        super().__init__(f"Lanes({of.count} x {number})")
        self.number, self.of = number, of


_LANES, _EIGHT = _Lanes(types.float32, _FLOATS), _Lanes(types.float64, ir.VectorType(ir.DoubleType(), DOUBLES))
_KINDS: Any = {lanes.number: lanes for lanes in (_LANES, _EIGHT)}
_TUPLE: Any = types.UniTuple
_TWO, _FOUR = _TUPLE(_LANES, 2), _TUPLE(_LANES, 4)


@register_model(_Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Lanes) -> None:
        super().__init__(manager, kind, kind.of)  # type: ignore[no-untyped-call]


def _emitted(function: Callable[..., Any]) -> Any:
    """A function that writes the compiler's own language. (Numba's type says that it is called with what it is defined with.)"""
    return intrinsic(function)


@_emitted
def load(_: Any, array: Any, at: Any) -> Any:
    """The values of an array (N,) of float32 or float64 from `at` on."""
    lanes = _checked(array)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature, args, lanes.of), align=4)

    return lanes(array, types.intp), generate


@_emitted
def store(_: Any, array: Any, at: Any, lanes: Any) -> Any:
    """Writes to an array (N,) of their type from `at` on."""
    if _checked(array) is not lanes or not array.mutable:
        raise TypingError(f"{lanes} cannot be written to {array}")

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, signature, args, lanes.of), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), generate


@_emitted
def gather(_: Any, array: Any, places: Any, at: Any) -> Any:
    """The values of a float64 array (N,) at the eight places that an int64 array holds from `at` on."""
    _check(array, array.dtype == types.float64)
    _check(places, places.dtype == types.int64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        found = ir.Constant(_EIGHT.of, ir.Undefined)
        for lane, place in enumerate(_eight_places(context, builder, signature, args)):
            found = builder.insert_element(found, builder.load(place), ir.Constant(ir.IntType(32), lane))
        return found

    return _EIGHT(array, places, types.intp), generate


@_emitted
def scatter(_: Any, array: Any, places: Any, at: Any, lanes: Any) -> Any:
    """Writes where `gather` reads, one lane after another."""
    _check(array, array.dtype == types.float64 and array.mutable)
    _check(places, places.dtype == types.int64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for lane, place in enumerate(_eight_places(context, builder, signature, args)):
            builder.store(builder.extract_element(args[3], ir.Constant(ir.IntType(32), lane)), place)
        return context.get_dummy_value()

    return types.void(array, places, types.intp, _EIGHT), generate


@_emitted
def added(_: Any, begin: Any, lanes: Any) -> Any:
    """`begin` and eight float64 values, added to it one after another as in a plain loop."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        total = args[0]
        for lane in range(DOUBLES):
            total = builder.fadd(total, builder.extract_element(args[1], ir.Constant(ir.IntType(32), lane)))
        return total

    return types.float64(types.float64, _EIGHT), generate


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
    """One value, float32 or float64, in all lanes."""
    lanes = _KINDS[value]

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        one = builder.insert_element(ir.Constant(lanes.of, ir.Undefined), args[0], ir.Constant(ir.IntType(32), 0))
        return _shuffled(builder, one, one, [0] * lanes.of.count)

    return lanes(value), generate


@_emitted
def larger(_: Any, a: Any, b: Any) -> Any:
    """Of each lane, of either type, the larger one; where that of a is no number, that of b."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _larger(builder, *args)

    return a(a, b), generate


@_emitted
def largest(_: Any, lanes: Any) -> Any:
    """The largest of the values, of either type."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        left, count = args[0], lanes.of.count
        width = count // 2
        while width:
            left = _larger(builder, left, _shuffled(builder, left, left, [(k + width) % count for k in range(count)]))
            width //= 2
        return builder.extract_element(left, ir.Constant(ir.IntType(32), 0))

    return lanes.number(lanes), generate


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
        raise TypingError(f"{array}: expected one contiguous dimension of float32 or float64 (samples: or of integers)")


def _checked(array: Any) -> Any:
    """The lanes that an array's numbers make."""
    _check(array, array.dtype in _KINDS)
    return _KINDS[array.dtype]


def _eight_places(context: Any, builder: Any, signature: Any, args: Any) -> list[Any]:
    """Where array args[0] has the values that array args[1] names from args[2] on, as pointers."""
    data = context.make_array(signature.args[0])(context, builder, args[0]).data
    names = context.make_array(signature.args[1])(context, builder, args[1]).data
    one = [builder.gep(names, [builder.add(args[2], ir.Constant(args[2].type, lane))]) for lane in range(DOUBLES)]
    return [builder.gep(data, [builder.load(name)]) for name in one]


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
    """Makes an operator between lanes of one type that instruction."""

    @_emitted
    def both(_: Any, a: Any, b: Any) -> Any:
        return a(a, b), lambda context, builder, signature, args: getattr(builder, instruction)(*args)

    @overload(symbol, strict=False)  # not strict: the result is a plain lambda, which has no types to compare
    def choose(a: Any, b: Any) -> Any:
        return (lambda a, b: both(a, b)) if isinstance(a, _Lanes) and a is b else None


for _symbol, _instruction in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv")):
    _is(_symbol, _instruction)
