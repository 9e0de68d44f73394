"""The sections that reports have, and sentences for each of them.

No title is said in a sentence, whatever capitals it has: oracles look for titles.
"""

from __future__ import annotations

from typing import Final

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "Market position": (
        "Our share of the home market rose by {p} over the year.",
        "Two competitors left the region around {city} in {month}.",
        "In {city} we are now the second largest supplier.",
        "The trade press ranked us among the first {n} firms of the branch.",
        "Prices fell in {month}, and most of our rivals followed.",
        "New entrants from abroad took about {p} of the smaller orders.",
    ),
    "Sales figures": (
        "Turnover grew by {p}, more than was planned.",
        "The shop in {city} alone sold {n} thousand units.",
        "Orders from abroad were down in {month} and recovered later.",
        "The average order was worth {p} more than a year ago.",
        "We signed {n} new contracts, most of them for several years.",
        "Discounts cost us {p} of the gross margin.",
    ),
    "Staff and training": (
        "At the end of the year we employed {n} people more than before.",
        "The apprentices from {city} passed all their exams.",
        "Every manager took part in a course on safety in {month}.",
        "Absence because of illness fell by {p}.",
        "The new mentoring scheme has {n} members.",
        "One in three colleagues now works from home on some days.",
    ),
    "Supply chain": (
        "The warehouse in {city} was extended and has {n} gates now.",
        "Freight rates rose by {p} within a few weeks.",
        "Since {month} steel has come from two sources and not from one.",
        "Delivery times are {n} days shorter than last spring.",
        "A strike in the port of {city} held up several containers.",
        "Stocks of spare parts were cut by {p}.",
    ),
    "Customer feedback": (
        "In the survey of {month}, {p} of those asked would buy again.",
        "Complaints about late parcels fell to {n} a week.",
        "Buyers in {city} asked for longer opening hours.",
        "The hotline answered within {n} seconds on average.",
        "Many letters praised the repair desk.",
        "We invited {n} regular buyers to a round table in {city}.",
    ),
    "Quality checks": (
        "Of all goods that left the plant, {p} were tested by hand.",
        "A new scanner has found {n} hidden cracks since {month}.",
        "The laboratory in {city} kept its certificate.",
        "Returns under warranty went down by {p}.",
        "Each batch is now photographed before it is packed.",
        "An outside expert spent {n} days in the workshop.",
    ),
    "Energy use": (
        "The roof in {city} now carries {n} solar panels.",
        "We burnt {p} less gas than in the year before.",
        "All lamps of the main hall were replaced in {month}.",
        "Waste heat from the ovens warms the offices.",
        "The fleet has {n} electric vans.",
        "Night shifts were moved so that power costs {p} less.",
    ),
    "Risk review": (
        "The board looked at {n} possible threats and dropped half of them.",
        "A flood in {city} would stop production for {n} days.",
        "The exchange rate could cost us {p} of the profit.",
        "Since {month} all backups are kept in two places.",
        "Our insurer asked for better doors in the archive.",
        "No case of fraud was found.",
    ),
    "Budget outlook": (
        "For the coming year we expect {p} more income.",
        "The new hall in {city} will cost {n} million.",
        "A loan that ends in {month} will not be renewed.",
        "Savings of {p} must come from travel and printing.",
        "The reserve covers {n} weeks of ordinary expenses.",
        "Tax rules may change in {month}.",
    ),
    "Digital services": (
        "The mobile app was downloaded {n} thousand times.",
        "Since {month} invoices are sent by e-mail only.",
        "The data centre in {city} was closed.",
        "Outages added up to {n} hours in the whole year.",
        "A chat program answers {p} of all questions by itself.",
        "Old passwords were locked in {month}.",
    ),
    "Office space": (
        "The lease in {city} ends after {n} years.",
        "Two floors stand empty since {month}.",
        "Desks are shared by {p} of the team.",
        "The canteen serves {n} meals on an ordinary day.",
        "A new entrance leads to the yard.",
        "The meeting rooms were named after rivers.",
    ),
    "Next steps": (
        "A pilot with {n} households starts in {city}.",
        "The council of {city} decides on our plans in {month}.",
        "We want to win {p} of the public tenders.",
        "Talks with a partner in {city} go on until {month}.",
        "The catalogue will shrink to {n} products.",
        "A first version of the new logo is due in {month}.",
    ),
}
"""By title, six sentences each; `n` is a number, `p` so many percent."""
