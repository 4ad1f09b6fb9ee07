"""The map's parts: projection, clipping, ways over water, names that do not collide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.reports.page.ground.clipping import clipped_ring
from solver.reports.page.ground.frame import Frame, extent_nodes, frame_around
from solver.reports.page.ground.outlines import land_rings, outlines
from solver.reports.page.ground.projection import Projection, middle
from solver.reports.page.ground.shapes import halfway, shifted
from solver.reports.page.ground.water import waters
from solver.reports.page.map.detail import detail_frame
from solver.reports.page.map.labels import Placer
from solver.reports.page.map.marks import clear_of

BLACK_SEA = Projection(43.0, 34.0)


def _frame(span: float) -> Frame:
    return frame_around(np.array([[-span, -span / 2], [span, span / 2]]))


def _area(ring: np.ndarray) -> float:
    x, y = ring.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


@pytest.mark.parametrize("latitude", [-60, 0, 45])
def test_equal_areas_stay_equal(latitude: float) -> None:
    """A cell of a degree covers the same on the plane, near the centre or far off."""
    south, north = np.radians([latitude, latitude + 1])
    true = np.radians(1) * (np.sin(north) - np.sin(south))
    for longitude in (10.0, 70.0):
        corners = [(0, 0), (0, 1), (1, 1), (1, 0)]
        cell = np.array([(latitude + a, longitude + b) for a, b in corners])
        plane = Projection(40, 20).project(cell)
        assert _area(plane) == pytest.approx(true, rel=2e-3)


def test_the_centre_is_the_weighted_middle_even_across_the_180th_meridian() -> None:
    """Longitudes are not averaged as numbers."""
    found = middle(np.array([[0.0, 170.0], [0.0, -170.0]]), np.array([1.0, 1.0]))
    assert abs(found.longitude) == 180


def test_the_extent_leaves_out_what_sees_little() -> None:
    """What is far and sees 1.2 % does not widen the map; what is near does not go."""
    plane = np.array([(0, 0), (0.1, 0.1), (0.1, 0), (0, 0.1), (2, 1)], dtype=float)
    seen = np.array([50.0, 40.0, 8.0, 0.8, 1.2])
    assert extent_nodes(plane, seen, 100.0).tolist() == [True] * 4 + [False]
    seen[4] = 1.8
    assert extent_nodes(plane, seen, 100.0).all()


def test_a_ring_is_cut_to_the_box() -> None:
    """Half of a square remains."""
    ring = np.array([(-1.0, 0.0), (1, 0), (1, 1), (-1, 1)])
    assert _area(clipped_ring(ring, (0, -5, 5, 5))) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("centre", "land", "water"),
    [
        ((48, 66), (50, 70), (42, 51)),  # the Caspian is a hole in the land
        ((-41, 174), (-25, 135), (-30, 160)),  # the far point lies in Spain
        ((40, -4), (45, 90), (35, -40)),  # and here in New Zealand
    ],
)
def test_land_is_land_wherever_the_centre_is(
    centre: tuple[float, float], land: tuple[float, float], water: tuple[float, float]
) -> None:
    """Rings that turn inside out on the plane are turned back."""
    projection, frame = Projection(*centre), _frame(1.9)
    rings = land_rings(projection, frame, 20)
    places = frame.place(projection.project(np.array([land, water], dtype=float)))
    assert [_is_inside(place, rings) for place in places] == [True, False]


def _is_inside(place: np.ndarray, rings: list[np.ndarray]) -> bool:
    crossings = 0
    for ring in rings:
        x, y = ring.T
        x2, y2 = np.roll(x, -1), np.roll(y, -1)
        over = (y > place[1]) != (y2 > place[1])
        at = x + (place[1] - y) / np.where(over, y2 - y, 1) * (x2 - x)
        crossings += int((over & (at > place[0])).sum())
    return crossings % 2 == 1


def test_outlines_cover_the_world() -> None:
    """Coasts and borders of every continent are there."""
    known = outlines()
    assert len(known.land) > 1000
    assert len(known.borders) > 300
    low, high = np.vstack(known.land).min(axis=0), np.vstack(known.land).max(axis=0)
    assert low[0] < -80
    assert high[0] > 80


def test_a_way_by_sea_keeps_to_the_water() -> None:
    """From Georgia to Romania around the Crimea, which lies on the straight line."""
    frame = _frame(0.2)
    ends = BLACK_SEA.project(np.array([[45.2, 36.6], [45.0, 29.9]]))
    places = frame.place(ends)
    sea = waters(BLACK_SEA, frame)
    (way,) = sea.ways([(0, 1)], places)
    assert sea.on_land(places) > 0.3
    assert sea.on_land(way) < 0.1
    assert way[0] == pytest.approx(places[0])
    assert way[-1] == pytest.approx(places[1])


def test_the_enlarged_part_holds_the_crowd() -> None:
    """Five names without room stand together, one far off: the five are enlarged."""
    crowd = np.array([(500 + 8 * n, 300 + 5 * n) for n in range(6)] + [(1100, 40)])
    whole = Frame(0.0, 0.0, 1.0, 600.0)
    frame = detail_frame(whole, crowd.astype(float), np.ones(7))
    assert frame.inside(frame.place(crowd.astype(float))).tolist() == [True] * 6 + [
        False
    ]
    assert frame.scale == 6.0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 1200), st.integers(0, 600), st.text("abWM", max_size=30)
        ),
        min_size=1,
        max_size=60,
    )
)
def test_no_two_names_touch(nodes: list[tuple[int, int, str]]) -> None:
    """However nodes crowd: names keep clear of each other and of nodes."""
    places = np.array([node[:2] for node in nodes], dtype=float)
    taken = np.hstack([places - 5, places + 5])
    placer = Placer((1200.0, 600.0), taken, np.empty((0, 3)))
    found = [
        placer.beside(text, place, 6.0)
        for place, (*_, text) in zip(places, nodes, strict=True)
    ]
    boxes = np.array([label.box for label in found if label] + taken.tolist())
    for number in range(sum(label is not None for label in found)):
        left, top, right, bottom = boxes[number]
        others = np.delete(boxes, number, axis=0)
        apart = (others[:, 2] <= left) | (others[:, 0] >= right)
        apart |= (others[:, 3] <= top) | (others[:, 1] >= bottom)
        assert apart.all()


def test_lines_move_to_their_right() -> None:
    """To the right of a line that goes right on the page is below it."""
    line = np.array([(0.0, 0.0), (10.0, 0.0)])
    assert shifted(line, 3.0).tolist() == [[0, 3], [10, 3]]
    place, along = halfway(line)
    assert place.tolist() == [5, 0]
    assert along.tolist() == [1, 0]


def test_the_mark_of_a_full_leg_keeps_clear_of_names() -> None:
    """It stands at 38 % of its line, or at the next place where nothing stands."""
    line = np.array([(0.0, 0.0), (100.0, 0.0)])
    assert clear_of(line, np.empty((0, 4))) == (38.0, 0.0)
    name = np.array([(20.0, -5.0, 60.0, 5.0)])
    assert clear_of(line, name) == (70.0, 0.0)
    assert clear_of(line, np.array([(-9.0, -9.0, 109.0, 9.0)])) == (38.0, 0.0)
