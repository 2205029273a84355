"""What the sources say, and where an entry of the register must say it. The tests read these tables."""

from __future__ import annotations

from hearing_app.registry.vocabulary import Verdict

PAPER = "The paper “The use of AI in policing”, Ikh Zasag International University"

AGENCIES = {
    "chicago-ssl": "chicago-police-department",
    "predpol": "los-angeles-police-department",
    "met-live-facial-recognition": "metropolitan-police",
    "johannesburg-camera-network": "vumacam",
    "gait-recognition": "china",
    "anpr": "united-kingdom",
    "shenzhen-traffic-enforcement": "shenzhen-traffic-police",
    "compas": "broward-county",
    "paris-police-drones": "paris-police-prefecture",
    "skelleftea-school-face-recognition": "skelleftea-municipality",
    "catch-face-comparison": "netherlands-police",
    "monocam": "netherlands-police",
    "crime-anticipation-system": "netherlands-police",
    "rti-g": "netherlands-police",
    "threat-to-life-model": "netherlands-police",
    "drone-object-detection": "netherlands-police",
    "havank": "netherlands-police",
    "video-analysis-tool": "netherlands-police",
    "darat": "hampshire-and-thames-valley-police",
    "south-wales-live-facial-recognition": "south-wales-police",
    "hart": "durham-constabulary",
    "police-national-database-face-search": "united-kingdom",
    "detroit-face-recognition": "detroit-police-department",
    "laseri-x": "royal-canadian-mounted-police",
    "gauteng-face-recognition": "gauteng-provincial-government",
    "new-orleans-live-face-recognition": "new-orleans-police-department",
    "most-serious-violence": "west-midlands-police",
}

# The claims of the founding paper: what it says, and what the published evidence says about that.
PAPER_CLAIMS = [
    ("predpol", "paper-patrol-efficiency", "30 %", Verdict.NOT_SUBSTANTIATED, ["7.4 %"]),
    ("predpol", "paper-inputs", None, Verdict.NOT_SUBSTANTIATED, ["type, place and time"]),
    (
        "met-live-facial-recognition",
        "paper-fifty-million",
        "Fifty million",
        Verdict.NOT_SUBSTANTIATED,
        ["5,816", "16,400", "19 million", "50 million"],
    ),
    (
        "johannesburg-camera-network",
        "paper-wrongful-arrest",
        "90 %",
        Verdict.NOT_SUBSTANTIATED,
        ["2,297", "2,470", "93 %"],
    ),
    (
        "shenzhen-traffic-enforcement",
        "paper-twenty-thousand",
        "20,000 violations a day; 20 times",
        Verdict.NOT_SUBSTANTIATED,
        ["20 million", "100 times", "10 million", "10 times", "21,415", "58 and 67"],
    ),
    (
        "compas",
        "paper-twice",
        "Twice",
        Verdict.DISPUTED,
        ["44.85 %", "23.45 %", "1.91", "36.2 %", "33.0 %", "1.10", "47.72 %", "27.99 %"],
    ),
    ("paris-police-drones", "paper-dispersal", "2021", Verdict.NOT_SUBSTANTIATED, ["22 December 2020"]),
    (
        "paris-police-drones",
        "paper-responsibility",
        None,
        Verdict.DISPUTED,
        ["12 January 2021", "Ministry of the Interior"],
    ),
    (
        "skelleftea-school-face-recognition",
        "paper-proportionality",
        None,
        Verdict.DISPUTED,
        ["5, 9, 35 and 36", "Convention"],
    ),
]

# Figures of the sources that the entry must give, wherever it gives them, parted by slashes.
FIGURES = {
    "chicago-ssl": """
        426 people / 398,531 / 398,684 / 287,365 / 172,979 / 3,721 / 85.4 % / 52.1 % / 399,412 / 313,513 /
        3.8 million / 3.6 % / 77 % / 95.8 %
    """,
    "predpol": """
        23,760 / 23,631 / 64 / 0.27 % / 32 of 5,722 (0.56 %) / 11 of 10,141 (0.11 %) / 34 of the 336 / 10.1
        % / 7.4 % / 1.4 to 2.2 times / 4.7 % against 2.1 % / 5,970,024 / 799,412 / 25 of 38 / 38 police
        departments
    """,
    "met-live-facial-recognition": """
        203 deployments / 3,147,436 / 2,077 / 962 arrests / 207 deployments / 2,073 alerts / 957 arrests /
        0.0003 % / 25 of 691 / 4 of 54 / 7 of 1,760 / 326,392 / 902,748 / 1,286 alerts, 27 false / 575
        arrests / 1,703,254 / 1,161 alerts, 7 false / 510 arrests / 2,516,843 / 1,700,390 / 89 % / 1 in
        6,000 / 1 in 60,000 / 42 matches / 231 / 103 arrests / 102 people / 8 alerts, 7 of them false / 20
        alerts, 3 false / 58 alerts, 2 false / 178,000 images / 1 in 1,000
    """,
    "johannesburg-camera-network": """
        20,000 to 40,000 / 6,000 to 7,000 / 13 February 2024
    """,
    "gait-recognition": """
        94 % / 50 metres / one hour of video in ten minutes
    """,
    "anpr": """
        97 % / 75,000 and 1.2 million / 9,000 cameras / 40 million / 11,000 / 50 million / 20 billion / 5 %
        and 35 %
    """,
    "shenzhen-traffic-enforcement": """
        13,930 / 58 cases / 67 of vehicles / 21,415 / 20 million / 100 times / 1 May 2018
    """,
    "compas": """
        44.8 % / 23.5 % / 28.0 % / 47.7 % / 63.8 % / 67.0 % / 65.4 % / 66.8 % / 1.91 / 2.91 / 1.10 / 62.97 %
        / 59.13 % / 998 / 36.2 % / 45.1 % / 7,214 / 137 / 42.7 to 46.9 / 20.7 to 26.5 / 27.93 % / 47.15 % /
        38.14 % / 38.37 % / 18.46 % / 62.62 % / 6,454
    """,
    "paris-police-drones": """
        440442 and 440445 / 446155 / SAN-2021-003 / 2021-817 DC / 2021-834 DC / 18 March 2020
    """,
    "skelleftea-school-face-recognition": """
        200,000 Swedish kronor / 22 pupils / 7 pupils / 20577-19 / 5888-20 / DI-2019-2221
    """,
    "catch-face-comparison": """
        35433239 / since 2016 / 17 November 2025 / 1,046 images / 203 were unsuitable / 112 people / About
        1,100 / 631 could be used / 130 hits / About 1,700 / just over 1,000 / 424 hits / 869,000 / 1.3
        million / Sections 5 and 13 / Section 55c / acquitted
    """,
    "monocam": """
        21421626 / Two officers judge each hit independently / Section 3 / Section 5a / Passengers are
        blurred / erased
    """,
    "crime-anticipation-system": """
        81228922 / 125 by 125 metres / October 2015 / December 2025 / 1 December 2025 / none of the
        requirements / five years, and then destroyed / IAMA / February 2026 / not unambiguous / Other
        algorithms / politie.nl
    """,
    "rti-g": """
        stopped in 2023 / its usefulness, its need and its quality could not be substantiated / did not
        learn by itself / always interpreted / ethnic background
    """,
    "threat-to-life-model": """
        77616265 / EncroChat / death threats, kidnapping and assault / Signal words in their context /
        interception
    """,
    "drone-object-detection": """
        57398440 / 27 July 2026 / neither faces nor traits of the body / Filming more than is filmed without
        it
    """,
    "havank": """
        84289214 / prints of fingers and palms / about a dozen provisions
    """,
    "video-analysis-tool": """
        65464579 / BriefCam / people, vehicles and movements / Section 3
    """,
    "darat": """
        11.5 % / 7.3 to 8.7 % / 0.748 and 0.763 / not used for decisions / supervisor
    """,
    "south-wales-live-facial-recognition": """
        2,297 of the 2,470 / 173 were right / 2,632 alerts / 2,554 / 88 incorrect / 59 incorrect / 21
        interventions / More than 150 deployments / 93 arrests / 3,521,895 pounds / 46 alerts / 42 at a
        rugby match / 160,000 faces / 0.64 in 2025 / since 2022 / [2020] EWCA Civ 1058
    """,
    "hart": """
        34 facts / 509 decision trees / 2008 to 2012 / 104,000 / 98 % / 88 % / 12 % / postcode / Cambridge
        University
    """,
    "police-national-database-face-search": """
        0.04 % / 4.0 % / 5.5 % / 0.4 % / 9.9 % / from 56 % to 14 % / 19 million / v5.5 / Idemia / September
        2024
    """,
    "detroit-face-recognition": """
        96 % / Three / 300,000 dollars / 28 June 2024 / four years / About 500 / about 30 % / DataWorks Plus
        / 189 programs / 2 to 5 times / 10 to 100 times
    """,
    "laseri-x": """
        2526-RCMP-GRC-002 / in production / not notified
    """,
    "gauteng-face-recognition": """
        September 2018 / June 2023
    """,
    "new-orleans-live-face-recognition": """
        about 200 cameras / more than 5,000 cameras / 34 arrests / April 2025 / December 2025 / Section 147-2
        / Four against two
    """,
    "most-serious-violence": """
        within two years / 2.4 million / 1.1 million / At least 10 million pounds / 4.5 million pounds / 5
        million in July 2019 / coding error / 6 August 2020
    """,
}
