"""Figures of `docs/kazakhstan.md`, each with the run it is read off.

A key says what is told; then comes the text as it stands in the page, with a blank for
each figure, and what fills the blanks. Costs are million USD a year.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tests.instances.kazakhstan_runs import (
    Flow,
    Run,
    corridors_of,
    facts,
    instance_of,
    mt,
    run_of,
)

Fill = Callable[[], tuple[float | str, ...]]

CASE = "southern-case-stops"
LATE = "prospective-2026 railway-chaman"
BILLION = "pakistan-1bn"
LATE_BILLION = "pakistan-1bn-2026"
REGIONS = "Turkistan Zhambyl Almaty Zhetysu Kyzylorda"


def cost(names: str = "") -> float:
    """Cost of a run."""
    return run_of(names).cost


def change(names: str, base: str = "") -> float:
    """Return what a run costs more than another."""
    return cost(names) - cost(base)


def saved(without: str, *opened: str) -> float:
    """Return what further scenarios save."""
    return cost(without) - cost(" ".join([without, *opened]))


def shares(run: Run) -> tuple[float, ...]:
    """Shares of the four corridors, as the page orders them."""
    order = ("northern", "southern", "eastern", "western")
    return tuple(run.share(corridor) for corridor in order)


def values(run: Run) -> tuple[float, ...]:
    """Shares of the four corridors in the cargo's value, likewise."""
    order = ("northern", "southern", "eastern", "western")
    return tuple(run.value_share(corridor) for corridor in order)


def passing(names: str, *places: str) -> tuple[float, ...]:
    """Return what passes places, Mt."""
    return tuple(run_of(names).passing(place) for place in places)


def prices(names: str, *places: str) -> tuple[float, ...]:
    """Shadow prices of places, USD for a tonne a year."""
    return tuple(run_of(names).price(place) for place in places)


def trade(names: str) -> tuple[Run, list[Flow]]:
    """Cargo from and to Pakistan."""
    run = run_of(names)
    return run, run.part(market="Pakistan") + run.part(origin="Pakistan")


def traded(names: str) -> tuple[float, float, float]:
    """Mt of trade with Pakistan, what its freight costs, and per cent of its value."""
    run, flows = trade(names)
    spent, value = run.spent(flows), sum(map(run.value, flows))
    return mt(flows), spent, 100 * spent / value


def by_russia(names: str) -> float:
    """Mt of trade with Pakistan by the northern corridor."""
    return mt([flow for flow in trade(names)[1] if flow.corridor == "northern"])


def southern_grain(names: str) -> float:
    """Mean cost of the southern regions' grain, but for barley to China, USD/t."""
    run = run_of(names)
    flows = run.part(origin=REGIONS, product="wheat barley maize rice")
    flows = [flow for flow in flows if flow.market != "China"]
    return run.spent(flows) / mt(flows)


@cache
def one_way() -> tuple[float, float, float]:
    """Mt with one corridor only, per cent of all, and Mt with a choice."""
    demand = instance_of().demand
    tonnes = demand["quantity"].astype(float) / 1e6
    keys = zip(demand["product"], demand["origin"], demand["market"], strict=True)
    single = [len(corridors_of(*key)) == 1 for key in keys]
    captive, whole = float(tonnes[single].sum()), float(tonnes.sum())
    return captive, 100 * captive / whole, whole - captive


def reading(premium: str) -> tuple[float, ...]:
    """Alat, and what conclusions cost, with a premium read one way."""
    base = run_of(premium)
    return (
        base.passing("Alat"),
        change(f"no-corridor-above-50 {premium}".strip(), premium),
        change(f"south-30 {premium}".strip(), premium),
        change(
            f"prospective-hormuz {premium}".strip(), f"southern-case {premium}".strip()
        ),
        change(
            f"prospective-2026 {premium}".strip(),
            f"southern-case-2026 {premium}".strip(),
        ),
    )


FIGURES: dict[str, tuple[str, Fill]] = {
    # ---- the instance and the base
    "size": (
        "{} flows of {} products, {:.1f} Mt in 2025, from {} regions to {} markets, "
        "over {} legs",
        lambda: (
            len(instance_of().demand),
            len(instance_of().products),
            float(instance_of().demand["quantity"].astype(float).sum()) / 1e6,
            len(set(instance_of().demand["origin"])),
            len(set(instance_of().demand["market"])),
            len(instance_of().legs),
        ),
    ),
    "facts": ("come from {} sourced facts", lambda: (len(facts()),)),
    "base": (
        "for {:,.0f} million USD, {:.1f} USD a tonne: {:.1f} % by the northern "
        "corridor, {:.1f} % by the southern, {:.1f} % by the eastern, {:.1f} % by the "
        "western",
        lambda: (cost(), cost() / mt(run_of().flows), *shares(run_of())),
    ),
    "base by value": (
        "By value it is {:.1f}, {:.1f}, {:.1f} and {:.1f} % of {:.1f} billion USD",
        lambda: (
            *values(run_of()),
            sum(map(run_of().value, run_of().flows)) / 1e3,
        ),
    ),
    "Alat": ("| Alat (Middle Corridor) | {:.2f} |", lambda: passing("", "Alat")),
    "Bolashak": ("| Bolashak | {:.2f} |", lambda: passing("", "Bolashak_Serhetyaka")),
    "Bolashak's gap": (
        "Bolashak stays {:.0f} % below what passed in 2024",
        lambda: (100 * (1 - passing("", "Bolashak_Serhetyaka")[0] / 1.6),),
    ),
    "Hairatan": ("| Hairatan | {:.2f} |", lambda: passing("", "Galaba_Hairatan")),
    "China": ("| China | {:.2f} |", lambda: (mt(run_of().part(market="China")),)),
    "no choice": (
        "{:.1f} Mt ({:.0f} %) can use one corridor only",
        lambda: one_way()[:2],
    ),
    "choice": ("is about {:.1f} Mt", lambda: one_way()[2:]),
    "scarce": (
        "Dostyk ({:.1f}), Novorossiysk ({:.1f}), the "
        "line to Taman ({:.1f}), the Baltic ports ({:.1f}) and Kartaly ({:.1f})",
        lambda: prices(
            "",
            "Dostyk_Alashankou",
            "Novorossiysk",
            "L095",
            "Baltic_States",
            "Kartaly_border",
        ),
    ),
    "scarce works": (
        "the first tonnes save {:.1f} on the eastern trans-Afghan line (L238, L239, "
        "Kharlachi) and {:.2f} at Bakhty (L039, L176, Bakhty_Chuguchak)",
        lambda: (
            sum(prices("", "L238", "Kharlachi", "L239")),
            sum(prices("", "Bakhty_Chuguchak", "L039", "L176")),
        ),
    ),
    # ---- claims: ports
    "ports used": (
        "{:.2f} Mt leave over Port Qasim, {:.2f} over Karachi",
        lambda: (
            passing(CASE, "Port_Qasim")[0],
            passing(CASE, "Karachi")[0],
        ),
    ),
    "ports unused": (
        "With Hormuz open the Gulf, Africa and South-East Asia are reached over Bandar "
        "Abbas: {:.2f} Mt, and what passes Karachi, {:.2f} Mt, is bound for Pakistan",
        lambda: (
            *passing("prospective", "Bandar_Abbas"),
            *passing("prospective", "Karachi"),
        ),
    ),
    "Gwadar at 21": (
        "at 0.021 USD a tonne-kilometre it carries {:.2f} Mt",
        lambda: passing(f"{CASE} gwadar-road-21", "Gwadar"),
    ),
    "Gwadar at 20": (
        "at 0.020 it carries {:.2f} Mt",
        lambda: passing(f"{CASE} gwadar-road-20", "Gwadar"),
    ),
    "Gwadar's tariff": (
        "Charges of 7.4 USD a tonne instead of 14 leave it at {:.2f} Mt, a railway "
        "from Quetta at {:.2f} Mt; both together bring {:.2f} Mt, all that goes to the "
        "Gulf, and save {:.1f} million USD a year",
        lambda: (
            *passing(f"{CASE} gwadar-tariff", "Gwadar"),
            *passing(f"{CASE} gwadar-railway", "Gwadar"),
            *passing(f"{CASE} gwadar-tariff gwadar-railway", "Gwadar"),
            saved(CASE, "gwadar-tariff", "gwadar-railway"),
        ),
    ),
    "India": (
        "were the ban lifted, {:.2f} Mt instead of {:.2f} would leave over Port Qasim, "
        "and {:.1f} million USD a year be saved",
        lambda: (
            *passing(f"{CASE} ports-india", "Port_Qasim"),
            *passing(CASE, "Port_Qasim"),
            saved(CASE, "ports-india"),
        ),
    ),
    "Africa": (
        "A trial of 0.1 Mt to South and West Africa costs {:.1f} million USD a year; "
        "with the outlets of 2026 shut the railway saves {:.1f} on it and on what goes "
        "to Pakistan already",
        lambda: (
            change("ports-africa"),
            saved("ports-africa outlets-2026", "railway-chaman"),
        ),
    ),
    # ---- claims: railway and facilities
    "Turgundi": (
        "{:.2f} Mt on the trade of 2025, {:.2f} on hoped-for trade with Hormuz shut, "
        "{:.2f} with the outlets of 2026",
        lambda: (
            *passing("trans-afghan-west", "Turgundi"),
            *passing("southern-case", "Turgundi"),
            *passing("southern-case-2026", "Turgundi"),
        ),
    ),
    "railway's saving": (
        "saves {:.1f} million USD a year on the trade of 2025, {:.1f} on hoped-for "
        "trade, {:.1f} with Hormuz shut and {:.1f} with the outlets of 2026",
        lambda: (
            saved("", "trans-afghan-west"),
            saved("prospective", "trans-afghan-west"),
            change("prospective-hormuz", "southern-case"),
            change("prospective-2026", "southern-case-2026"),
        ),
    ),
    "first section": (
        "Turgundi - Herat alone saves {:.1f} million USD a year on the {:.2f} Mt that "
        "the west and south of Afghanistan buy over Turgundi, the section to Kandahar "
        "{:.1f} more",
        lambda: (
            saved("afghan-markets", "railway-herat"),
            *passing("afghan-markets railway-herat", "Turgundi"),
            change("afghan-markets railway-herat", "afghan-markets railway-kandahar"),
        ),
    ),
    "stops": (
        "on hoped-for trade with Hormuz shut stops change nothing ({:,.1f} million USD "
        "with and {:,.1f} without them)",
        lambda: (cost(CASE), cost("southern-case")),
    ),
    "first section through": (
        "For goods that go through to Pakistan the first section saves {:.1f}, the "
        "first two {:.1f}, all three {:.1f}",
        lambda: (
            saved("prospective-hormuz", "railway-herat"),
            saved("prospective-hormuz", "railway-kandahar"),
            change("prospective-hormuz", CASE),
        ),
    ),
    "facilities today": (
        "On the trade of 2025 facilities cost {:.1f} million USD a year",
        lambda: (change("facilities"),),
    ),
    "facilities late": (
        "With hoped-for trade, the outlets of 2026 and the railway they cost {:.1f}, "
        "of which their size is {:.1f}: Turgundi passes {:.2f} Mt instead of {:.2f}, "
        "and goods go round by Kabul and Kandahar",
        lambda: (
            change(f"{LATE} facilities", LATE),
            change(f"{LATE} facilities", f"{LATE} facilities-tenfold"),
            *passing(f"{LATE} facilities", "Turgundi"),
            *passing(f"{LATE} facilities-tenfold", "Turgundi"),
        ),
    ),
    "Sarzha": (
        "Sarzha's terminals save {:.1f} million USD a year there where nothing passes "
        "through Russia, with {:.1f} Mt, because their ships are taken to cost 18 USD "
        "a tonne and the ferries 24",
        lambda: (
            saved("russian-transit-closed", "sarzha-terminals"),
            *passing("russian-transit-closed sarzha-terminals", "Sarzha"),
        ),
    ),
    # ---- claims: grain of the south
    "grain": (
        "{:.0f} kt a year: a quarter of the harvests",
        lambda: (1e3 * (mt(run_of("south-grain").flows) - mt(run_of().flows)),),
    ),
    "grain, all open": (
        "With Torkham and Hormuz open the railway saves {:.1f} million USD a year on "
        "it: it travels for {:.1f} USD a tonne",
        lambda: (
            saved("south-grain", "railway-chaman"),
            southern_grain("south-grain"),
        ),
    ),
    "grain, late": (
        "With the outlets of 2026 it travels for {:.1f} USD a tonne without the "
        "railway and for {:.1f} with it, which saves {:.1f} million USD a year",
        lambda: (
            southern_grain("south-grain-2026"),
            southern_grain("south-grain-2026-railway"),
            change("south-grain-2026", "south-grain-2026-railway"),
        ),
    ),
    # ---- claims: the billion
    "trade of 2025": (
        "{:.2f} Mt, whose freight of {:.1f} million USD is {:.0f} % of its value",
        lambda: traded("pakistan-2025"),
    ),
    "trade of 2025, way": (
        "all of it over Torkham ({:.2f} Mt)",
        lambda: passing("pakistan-2025", "Torkham"),
    ),
    "trade of 2025, late": (
        "With the outlets of 2026 the exports go by sea to Karachi, {:.0f} of {:.0f} "
        "kt from Russian ports, and imports of {:.0f} kt have no way",
        lambda: (
            1e3 * by_russia("pakistan-2025 outlets-2026"),
            1e3 * traded("pakistan-2025 outlets-2026")[0],
            run_of("pakistan-2025 outlets-2026").unmet,
        ),
    ),
    "500": (
        "The export list of 500 million is {:.2f} Mt with today's imports and still "
        "fits: Torkham passes {:.2f} of the 1.0 Mt it can",
        lambda: (traded("pakistan-500")[0], *passing("pakistan-500", "Torkham")),
    ),
    "billion": (
        "A billion is {:.1f} Mt, whose freight of {:.0f} million USD is {:.0f} % of "
        "its value",
        lambda: traded(BILLION),
    ),
    "billion, ports": (
        "{:.1f} Mt over Torkham, {:.2f} over Chaman, {:.2f} by sea to Karachi",
        lambda: passing(BILLION, "Torkham", "SpinBoldak_Chaman", "Karachi"),
    ),
    "billion, scarce": (
        "Torkham binds first, at a shadow price of {:.1f} USD a tonne",
        lambda: prices(BILLION, "Torkham"),
    ),
    "billion, railways": (
        "The western railway both ways saves {:.1f} million USD a year, the eastern "
        "{:.1f}",
        lambda: (
            saved(BILLION, "return-railway"),
            saved(BILLION, "trans-afghan-east"),
        ),
    ),
    "billion, late": (
        "With the outlets of 2026 the exports go by Russia, {:.2f} of {:.2f} Mt, "
        "{:.0f} kt of imports have no way, and the northern share rises from {:.1f} to "
        "{:.1f} %",
        lambda: (
            by_russia(LATE_BILLION),
            traded(LATE_BILLION)[0],
            run_of(LATE_BILLION).unmet,
            run_of("outlets-2026").share("northern"),
            run_of(LATE_BILLION).share("northern"),
        ),
    ),
    "billion, late with the railway": (
        "The railway then carries all imports and {:.2f} Mt over Chaman, for {:.0f} "
        "million USD of freight, {:.0f} % of the value",
        lambda: (
            *passing("pakistan-1bn-2026-railway", "SpinBoldak_Chaman"),
            *traded("pakistan-1bn-2026-railway")[1:],
        ),
    ),
    # ---- claims: exposure
    "railway's share": (
        "The railway by itself moves the northern share from {:.1f} to {:.1f} % of "
        "hoped-for trade with Hormuz shut, and leaves the western at {:.1f}",
        lambda: (
            run_of("prospective-hormuz").share("northern"),
            run_of("southern-case").share("northern"),
            run_of("southern-case").share("western"),
        ),
    ),
    "promises": (
        "30 % promised to the south costs {:.1f} million USD a year, {:.1f} % of the "
        "bill; the north held to 50 % and the west to 3 % cost {:.1f}; 1 % of the "
        "cargo through Pakistan costs {:.1f}; 33 % of the value to the south, only "
        "{:.1f}",
        lambda: (
            change("south-30"),
            100 * change("south-30") / cost(),
            change("north-50-west-3"),
            change("pakistan-transit-1"),
            change("south-value-33"),
        ),
    ),
    # ---- weak spots
    "premium": (
        "without it Alat carries {:.2f} Mt instead of {:.2f}",
        lambda: (*passing("premium-none", "Alat"), *passing("", "Alat")),
    ),
    "premium's rule": (
        "a rule that fixes Alat there at {:.2f} Mt has the price {:.2f} USD a tonne",
        lambda: (
            *passing("premium-alat", "Alat"),
            run_of("premium-alat").rule_price(),
        ),
    ),
    "reading base": (
        "| premium as assumed | {:.2f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |",
        lambda: reading(""),
    ),
    "reading none": (
        "| `premium-none` | {:.2f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |",
        lambda: reading("premium-none"),
    ),
    "reading Alat": (
        "| `premium-alat` | {:.2f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |",
        lambda: reading("premium-alat"),
    ),
    # ---- when the south pays
    "hoped-for trade": (
        "Hoped-for trade takes the south by itself: {:.1f} of its {:.1f} Mt, {:.1f} Mt "
        "of all cargo then over Bandar Abbas",
        lambda: (
            mt(by("prospective", "southern")) - mt(by("", "southern")),
            mt(run_of("prospective").flows) - mt(run_of().flows),
            *passing("prospective", "Bandar_Abbas"),
        ),
    ),
    "pays, 2025": (
        "| trade of 2025 | base | {:.0f} | {:.1f} |",
        lambda: (saved("", "trans-afghan-west"), saved("", "trans-afghan-east")),
    ),
    "pays, hoped": (
        "| hoped-for trade | `prospective` | {:.1f} | {:.1f} |",
        lambda: (
            saved("prospective", "trans-afghan-west"),
            saved("prospective", "trans-afghan-east"),
        ),
    ),
    "pays, Hormuz": (
        "| ... Hormuz closed | `prospective-hormuz` | {:.1f} | {:.1f} |",
        lambda: (
            change("prospective-hormuz", "southern-case"),
            change("prospective-hormuz", "southern-case-east"),
        ),
    ),
    "pays, late": (
        "| ... Torkham and Chaman closed too, until the railway opens | "
        "`prospective-2026` | {:.1f} | {:.1f} |",
        lambda: (
            change("prospective-2026", "southern-case-2026"),
            saved("prospective-2026", "trans-afghan-east"),
        ),
    ),
    "pays, carried": (
        "The western railway then carries {:.2f}, {:.2f} and {:.2f} Mt of the 10 Mt "
        "planned",
        lambda: (
            *passing("prospective trans-afghan-west", "L227"),
            *passing("southern-case", "L227"),
            *passing("southern-case-2026", "L227"),
        ),
    ),
    "pays, cost": (
        "A year's saving on the last line is {:.1f} % of the 7,000 million USD it "
        "costs, and {:.1f} % of the 4,600 million USD of the eastern one",
        lambda: (
            change("prospective-2026", "southern-case-2026") / 70,
            saved("prospective-2026", "trans-afghan-east") / 46,
        ),
    ),
    "discounts": (
        "Turkmen discounts as granted in 2023 save {:.1f} in the southern case ({:.1f} "
        "on the trade of 2025)",
        lambda: (
            change("southern-case", "southern-case-discounts"),
            saved("", "turkmen-discounts"),
        ),
    ),
    "no Russian transit": (
        "the western railway carries {:.1f} Mt, and what stays unmet falls from "
        "{:.1f} to {:.1f} Mt",
        lambda: (
            *passing("southern-case-no-russian-transit", "L227"),
            run_of("prospective-hormuz russian-transit-closed").unmet / 1e3,
            run_of("southern-case-no-russian-transit").unmet / 1e3,
        ),
    ),
    "half": (
        "{:.1f} % of the bill brings the northern corridor from {:.0f} % to {:.0f} %",
        lambda: (
            100 * change("no-corridor-above-50") / cost(),
            run_of().share("northern"),
            run_of("no-corridor-above-50").share("northern"),
        ),
    ),
}


def by(names: str, corridor: str) -> list[Flow]:
    """Cargo that takes a corridor."""
    return [flow for flow in run_of(names).flows if flow.corridor == corridor]
