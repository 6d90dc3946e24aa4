"""Names that both dialects know: domains as A-labels, countries as ISO codes."""

from __future__ import annotations

from typing import List

# ISO codes by country id, 1 to 246 (upstream-billmanager4 4.5)
COUNTRIES = """
AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BJ BM BT BO BA BW BV BR IO BN BG BF BI
KH CM CA CV KY CF TD CL CN CX CC CO KM CG CD CK CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FK FO FJ
FI FR GF PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT HM VA HN HK HU IS IN ID IR IQ IE IM IL IT
JM JP JE JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MO MK MG MW MY MV ML MT MH MQ MR MU YT MX FM MD
MC MN ME MS MA MZ MM NA NR NP NL AN NC NZ NI NE NG NU NF MP NO OM PK PW PS PA PG PY PE PH PN PL PT PR QA RE
RO RU RW BL SH KN LC MF PM VC WS SM ST SA SN RS SC SL SG SK SI SB SO ZA GS ES LK SD SR SJ SZ SE CH SY TW TJ
TZ TH TL TG TK TO TT TN TR TM TC TV UG UA AE GB US UM UY UZ VU VE VN VG VI WF EH YE ZM ZW
""".split()  # noqa: SIM905 - a table to read


def country_ids() -> List[str]:
    return [str(number) for number in range(1, len(COUNTRIES) + 1)]


def ascii_name(name: str) -> str:
    """Lower-case A-labels (IDNA 2003) of a name; raises ValueError (UnicodeError) for what is none."""
    return name.strip().rstrip(".").lower().encode("idna").decode("ascii") if name.strip() else ""


def unicode_name(name: str) -> str:
    return name.encode("ascii").decode("idna")
