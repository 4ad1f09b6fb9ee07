"""Networks of traffic assignment, small enough to be solved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError, InputError
from solver.loaders.instance_files import load
from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.instances.convert import Converted, ConvertOrder, Foreign, convert
from solver.tasks.solve import run

if TYPE_CHECKING:
    from pathlib import Path

    from solver.loaders.networks.foreign import Cost

# Zones 1, 2 and 3; junctions 4 and 5. Of the 80 trips from 1 to 2
#   by time:   60 take 1-4-2 (1 + 2 = 3, as many as 4-2 holds), 20 take 1-4-5-2
#              (1 + 3 + 1 = 5); 1-4-3-2 would take 2, but passes through zone 3;
#   by length: 70 take 1-4-5-2 (1 + 2 + 2 = 5, as many as 4-5 holds), 10 take 1-4-2
#              (1 + 10 = 11).
# The 10 trips from 1 to 3 take 1-4-3: 1.5 by time, 2 by length. So the costs are
#   60 x 3 + 20 x 5 + 10 x 1.5 = 295, and 70 x 5 + 10 x 11 + 10 x 2 = 480.
# Where zones may be passed through, 15 trips take 1-4-3-2 by time (2 each, as many as
# 3-2 holds), and the rest is as before: 15 x 2 + 60 x 3 + 5 x 5 + 10 x 1.5 = 250.
NET = """<NUMBER OF ZONES> 3
<NUMBER OF NODES> 5
<FIRST THRU NODE> 4
<NUMBER OF LINKS> 6
<END OF METADATA>

~ \tinit\tterm\tcapacity\tlength\tfree flow time\tb\tpower\tspeed\ttoll\ttype\t;
\t1\t4\t100\t1\t1\t0.15\t4\t0\t0\t1\t;
\t4\t2\t60\t10\t2\t0.15\t4\t0\t2\t1\t;
\t4\t3\t100\t1\t.5\t0.15\t4\t0\t0\t1\t;
\t3\t2\t15\t1\t5e-1\t0.15\t4\t0\t0\t1\t;
\t4\t5\t70\t2\t3\t0\t0\t0\t0\t1\t;
\t5\t2\t100\t2\t1\t0\t0\t0\t0\t1\t;
"""
TRIPS = """<NUMBER OF ZONES> 3
<TOTAL OD FLOW> 97.0
<END OF METADATA>


Origin  1
    1 :      0.0;    2 :     80.0;
    3 :     10.0;
Origin \t2
    2 :      7.0;    3 :      0.0;
"""

# Node 1 is zone 10, nodes 2 and 3 are zone 20. Of 40 trips from 10 to 20, 25 end at 2
# (0.2 + 0.5 hours, 40 km, as many as 4-2 holds) and 15 at 3 (0.2 + 0.8 hours, 50 km);
# the 5 trips back take 2-4-1 (1 + 0.2 hours, 70 km). In all
#   25 x 0.7 + 15 x 1 + 5 x 1.2 = 38.5 hours, and 25 x 40 + 15 x 50 + 5 x 70 = 2,100 km.
GMNS = {
    "node.csv": "node_id,name,x_coord,y_coord,zone_id,ctrl_type\n"
    "1,west,70.5,50,10,\n2,east,71,50,20,signal\n3,south,71,49,20,\n4,,70.8,50,,\n",
    "link.csv": "link_id,from_node_id,to_node_id,directed,length,free_speed,capacity,"
    "lanes,allowed_uses\n1,1,4,0,10,50,30,2,auto\n2,4,2,1,30,60,25,1,auto\n"
    "3,4,3,1,40,50,100,1,\n4,2,4,true,60,60,,,\n",
    "demand.csv": "o_zone_id,d_zone_id,volume\n10,20,40\n20,10,5\n10,10,3\n",
    "config.csv": "dataset_name,long_length\nsmall,km\n",
    "signal.csv": "a\n1\n",
}


def write_tntp(folder: Path, net: str = NET, trips: str = TRIPS) -> Path:
    """Return a folder with a TNTP network."""
    folder.mkdir()
    (folder / "small_net.tntp").write_text(net)
    (folder / "small_trips.tntp").write_text(trips)
    return folder


def write_gmns(folder: Path, **files: str) -> Path:
    """Return a folder with a GMNS network."""
    folder.mkdir()
    for name, text in GMNS.items():
        (folder / name).write_text(files.get(name.removesuffix(".csv"), text))
    return folder


def converted(source: Path, form: Foreign, cost: Cost) -> tuple[Converted, float]:
    """Return what a conversion to a folder did, and the least cost there."""
    target = source.with_name(f"{source.name}-{cost}")
    done = convert(ConvertOrder(source=source, target=target, foreign=form, cost=cost))
    instance = load(target).instance
    solved = run(instance, Options(sensitivity="none"), Clock(0.0))
    assert solved.result.summary["status"] == "optimal"
    return done, solved.result.summary["cost"]


def test_tntp_has_the_answer_worked_out_above(tmp_path: Path) -> None:
    """By time and by length; what has no counterpart is listed."""
    source = write_tntp(tmp_path / "small")
    done, cost = converted(source, "tntp", "time")
    assert cost == pytest.approx(295, abs=1e-9)
    assert converted(source, "tntp", "length")[1] == pytest.approx(480, abs=1e-9)
    assert done.lost == [
        "b, power: costs that grow with the flow; here a leg costs the same",
        "toll: given for 1 link",
        "link_type: given for 6 links",
        "trips within a zone: 7",
    ]
    file, _ = converted_file(source)
    assert file == 295


def converted_file(source: Path) -> tuple[float, Path]:
    """Return the least cost of the network of a file, by way of a workbook."""
    target = source.with_name("x.xlsx")
    net = source / "small_net.tntp"
    convert(ConvertOrder(source=net, target=target, foreign="tntp"))
    solved = run(load(target).instance, Options(sensitivity="none"), Clock(0.0))
    return round(solved.result.summary["cost"], 9), target


def test_zones_are_passed_through_where_the_network_says_so(tmp_path: Path) -> None:
    """Without `FIRST THRU NODE`, and with 1, every node is a junction."""
    for number, said in enumerate(("<FIRST THRU NODE> 1", "")):
        net = NET.replace("<FIRST THRU NODE> 4", said)
        source = write_tntp(tmp_path / str(number), net.replace("\n\n<N", "\n<N"))
        assert converted(source, "tntp", "time")[1] == pytest.approx(250, abs=1e-9)


@pytest.mark.parametrize(
    ("net", "trips", "text"),
    [
        (NET.replace("60", "sixty"), TRIPS, "small_net.tntp:9: `sixty` is not a num"),
        (NET, TRIPS.replace("80.0", "eighty"), "small_trips.tntp:7: `eighty` is not a"),
        (NET, TRIPS.replace("3 :", "3 ="), "small_trips.tntp:8: `3 =     10.0` is not"),
        (NET + "1 2 3 ;\n", TRIPS, "small_net.tntp:14: has 3 numbers, not 5 or more"),
        (
            NET.partition("<END")[0],
            TRIPS,
            "small_net.tntp: has no <END OF METADATA>; give",
        ),
    ],
)
def test_a_fault_of_tntp_has_its_line(
    tmp_path: Path, net: str, trips: str, text: str
) -> None:
    """Exit 65, with file and line."""
    source = write_tntp(tmp_path / "small", net, trips)
    order = ConvertOrder(source=source, target=tmp_path / "out", foreign="tntp")
    with pytest.raises(DataError) as caught:
        convert(order)
    assert str(caught.value.faults[0]).startswith(text)


def test_gmns_has_the_answer_worked_out_above(tmp_path: Path) -> None:
    """Zones are groups of nodes, capacity is per lane, a link may go both ways."""
    source = write_gmns(tmp_path / "small")
    done, cost = converted(source, "gmns", "time")
    assert cost == pytest.approx(38.5, abs=1e-6)
    assert converted(source, "gmns", "length")[1] == pytest.approx(2100, abs=1e-9)
    assert done.lost == [
        "trips within a zone: 3",
        "node.csv ctrl_type: given for 1 row",
        "link.csv link_id: given for 4 rows",
        "link.csv allowed_uses: given for 2 rows",
        "signal.csv: not read",
    ]


@pytest.mark.parametrize(
    ("files", "text"),
    [
        (
            {"link": GMNS["link.csv"].replace("60,25", "x,25")},
            "link.csv:3 free_speed: ",
        ),
        (
            {"link": GMNS["link.csv"].replace("30,60", "30,")},
            "link.csv:3 free_speed: is empty; give it, or let a leg cost the other: ",
        ),
        (
            {"demand": GMNS["demand.csv"] + "10,30,1\n"},
            "demand.csv:5 d_zone_id: zone `30` has no node; give its nodes that zone",
        ),
    ],
)
def test_a_fault_of_gmns_has_its_line(
    tmp_path: Path, files: dict[str, str], text: str
) -> None:
    """Exit 65, with file, line and column."""
    source = write_gmns(tmp_path / "small", **files)
    order = ConvertOrder(source=source, target=tmp_path / "out", foreign="gmns")
    with pytest.raises(DataError) as caught:
        convert(order)
    assert str(caught.value.faults[0]).startswith(text)


def test_a_folder_of_another_form_is_66(tmp_path: Path) -> None:
    """What is missing is named."""
    forms: tuple[tuple[Foreign, str], ...] = (
        ("gmns", "has no node.csv"),
        ("tntp", "has none that ends with _net.tntp"),
    )
    for form, text in forms:
        order = ConvertOrder(source=tmp_path, target=tmp_path / "out", foreign=form)
        with pytest.raises(InputError, match=text):
            convert(order)
