"""The contacts of an order: made once, found again by their names, never edited when somebody else's domain
uses them.
"""

from __future__ import annotations

import re

import pytest
import requests
from kit.journal_files import contacts_otherwise
from kit.reseller_host import MODULE, PERSON

from bill2bill.host import place

ROLES = ("owner", "admin", "tech", "bill")


@pytest.fixture
def fast(shop):
    shop.at_once()
    return shop


def again(shop, item: int, domain: str) -> int:
    """Another order of the same client with the same contacts."""
    other = shop.item(
        domain,
        shop.db.get("tld", shop.db.get("pricelist", shop.row(item)["pricelist"])["intname"])["name"],
        owner=False,
    )
    for row in shop.db.find("service_profile2item", item=item):
        shop.db.insert(
            "service_profile2item", service_profile=row["service_profile"], item=other, type=row["type"]
        )
    return other


def forget(shop) -> None:
    """The local links are lost: our own and the panel's."""
    contacts_otherwise(shop.store)
    shop.db.run("DELETE FROM service_profile2processingmodule")


def test_a_contact_is_named_after_installation_profile_kind_and_content(fast):
    item = fast.item()
    fast.start("open", item)
    (contact,) = fast.remote_contacts
    profile = fast.db.find("service_profile2item", item=item)[0]["service_profile"]
    found = re.fullmatch(r"([0-9a-f]{8})-(\d+)-(person)-([0-9a-f]{8})", contact["name"])
    assert found
    assert found[1] == place.installation_id(place.installation_key(fast.root))
    assert int(found[2]) == profile
    assert (contact["kind"], contact["fields"]["lastname_ru"], contact["fields"]["passport_series"]) == (
        "person",
        "Иванов",
        "3102 651241",
    )


def test_the_panel_shows_which_contact_stands_for_the_profile(fast):
    item = fast.item()
    fast.start("open", item)
    (link,) = fast.db.find("service_profile2processingmodule")
    assert (link["processingmodule"], link["type"], link["externalid"]) == (
        MODULE,
        "owner",
        str(fast.remote_contacts[0]["id"]),
    )


def test_a_second_order_uses_the_same_contact_without_asking_for_it(fast):
    item = fast.item()
    fast.start("open", item)
    asked = len(fast.asked)
    assert fast.start("open", again(fast, item, "second.ru")).status == 0
    assert len(fast.remote_contacts) == 1
    assert not [func for func in fast.asked[asked:] if "contact" in func]


def test_a_contact_whose_local_link_is_lost_is_found_by_its_name(fast):
    item = fast.item()
    fast.start("open", item)
    forget(fast)
    fast.up.post("contact/lock", id=fast.remote_contacts[0]["id"], locked=False)
    assert fast.start("open", again(fast, item, "second.ru")).status == 0
    assert len(fast.remote_contacts) == 1
    assert fast.asked.count("contcat.create.1") == 1


def test_a_locked_contact_with_the_same_content_is_used_and_not_made_again(fast):
    """Version 4 shows a locked contact to a reader who sends api=on."""
    item = fast.item()
    fast.start("open", item)
    assert fast.remote_contacts[0]["locked"]
    forget(fast)
    assert fast.start("open", again(fast, item, "second.ru")).status == 0
    assert [contact["locked"] for contact in fast.remote_contacts] == [True]


def test_a_locked_contact_that_cannot_be_read_leads_to_a_new_one(fast):
    item = fast.item()
    fast.start("open", item)
    forget(fast)
    fast.up.post("switch", locked_read="always")
    assert fast.start("open", again(fast, item, "second.ru")).status == 0
    first, second = fast.remote_contacts
    assert second["name"] == f"{first['name']}-2"
    assert second["fields"] == first["fields"]


def test_a_crash_between_the_two_calls_leaves_an_empty_contact_that_the_next_run_fills(fast):
    item = fast.item()
    fast.fault("domaincontact.edit", "502", when="before", match={"sok": "ok"})
    assert fast.start("open", item).status == 1
    assert [contact["fields"] for contact in fast.remote_contacts] == [{}]
    assert fast.charges == []
    assert fast.attempt(fast.running(item, "open")["id"]).status == 0
    (contact,) = fast.remote_contacts
    assert contact["fields"]["email"] == "ivan@example.ru"


def test_a_lost_answer_to_the_making_of_a_contact_makes_no_second_one(fast):
    item = fast.item()
    fast.fault("contcat.create.1", "cut_after", match={"sok": "ok"})
    assert fast.start("open", item).status == 1
    assert fast.charges == []
    assert fast.attempt(fast.running(item, "open")["id"]).status == 0
    assert len(fast.remote_contacts) == 1


def test_a_changed_contact_becomes_a_new_one_and_the_old_one_stays_as_it_was(fast):
    item = fast.item()
    fast.start("open", item)
    old = fast.remote_contacts[0]
    profile = fast.db.find("service_profile2item", item=item)[0]["service_profile"]
    fast.db.put(
        "service_profileparam", {"service_profile": profile, "intname": "email"}, value="new@example.ru"
    )
    assert fast.start("open", again(fast, item, "second.ru")).status == 0
    first, second = fast.remote_contacts
    assert first == old
    assert (second["fields"]["email"], second["name"] != first["name"]) == ("new@example.ru", True)


def test_a_contact_that_somebody_changed_at_the_provider_is_mended_before_it_is_used(fast):
    fast.up.post("switch", contacts_lock="manual")
    item = fast.item()
    fast.start("open", item)
    forget(fast)
    contact = fast.remote_contacts[0]
    with_other_fields(fast, contact)
    assert fast.start("open", again(fast, item, "third.ru")).status == 0
    assert [row["fields"]["email"] for row in fast.remote_contacts] == ["ivan@example.ru"]


def with_other_fields(shop, contact) -> None:
    """What a person does in the provider's cabinet."""
    form = {
        **contact["fields"],
        "func": "domaincontact.edit",
        "elid": str(contact["id"]),
        "ctype": "person",
        "name": contact["name"],
        "sok": "ok",
    }
    form.update(email="other@example.ru", authinfo="reseller:secret", out="json")
    with requests.Session() as client:
        client.trust_env = False
        client.post(shop.up.url, form, timeout=10)
    assert shop.remote_contacts[0]["fields"]["email"] == "other@example.ru"


def test_a_zone_abroad_needs_four_generic_contacts_in_latin_letters(fast):
    item = fast.item("example.com", "com", owner=False)
    for number, role in enumerate(ROLES):
        fast.contact(
            item,
            role,
            email=f"{role}@example.ru",
            location_city="Москва",
            location_address=f"ул. Мира, {number}",
        )
    assert fast.start("open", item).status == 0
    sent = fast.request("domain.order.4")
    contacts = {contact["id"]: contact for contact in fast.remote_contacts}
    assert [contacts[int(sent[role])]["fields"]["email"] for role in ROLES] == [
        f"{role}@example.ru" for role in ROLES
    ]
    assert {contact["kind"] for contact in contacts.values()} == {"generic"}
    assert sent["pricelist_0"] == "601"
    assert all(value.isascii() for contact in contacts.values() for value in contact["fields"].values())


def test_one_person_in_four_roles_is_one_contact(fast):
    item = fast.item("example.com", "com", owner=False)
    fast.contact(item, *ROLES)
    assert fast.start("open", item).status == 0
    assert len(fast.remote_contacts) == 1
    assert len({fast.request("domain.order.4")[role] for role in ROLES}) == 1


def test_a_registrar_that_wants_a_customer_gets_the_owner_as_one(fast):
    fast.connection(registrar="5")
    assert fast.start("open", fast.item()).status == 0
    sent = fast.request("domain.order.4")
    assert (sent["pricelist_0"], sent["customer"]) == ("567", sent["owner"])


def test_a_company_is_sent_with_its_numbers_and_no_passport(fast):
    item = fast.item(owner=False)
    firm = {
        "company": "Example LLC",
        "company_locale": "ООО «Пример»",
        "inn": "7701234567",
        "kpp": "770101001",
        "ogrn": "1027700000000",
    }
    fast.contact(item, "owner", profiletype=2, **firm)
    assert fast.start("open", item).status == 0
    (contact,) = fast.remote_contacts
    assert (contact["kind"], contact["fields"]["company_ru"], contact["fields"]["inn"]) == (
        "company",
        "ООО «Пример»",
        "7701234567",
    )
    assert not {"passport_series", "birthdate"} & set(contact["fields"])


def test_a_sole_proprietor_is_a_person_with_a_taxpayer_number(fast):
    item = fast.item(owner=False)
    fast.contact(item, "owner", profiletype=3, inn="770123456789")
    assert fast.start("open", item).status == 0
    assert (fast.remote_contacts[0]["kind"], fast.remote_contacts[0]["fields"]["inn"]) == (
        "person",
        "770123456789",
    )


@pytest.mark.parametrize(
    "field",
    [
        "email",
        "phone",
        "birthdate",
        "passport",
        "passport_org",
        "location_city",
        "location_country",
        "lastname",
    ],
)
def test_a_field_that_is_missing_is_named_as_the_panel_names_it(shop, field):
    item = shop.item(owner=False)
    shop.contact(
        item,
        "owner",
        without={"phone": ("phone", "mobile"), "lastname": ("lastname", "lastname_locale")}.get(
            field, (field,)
        ),
    )
    answer = shop.start("open", item, lang="en")
    assert (answer.status, answer.code) == (1, "contact_bad")
    assert answer.value("value") in (field, f"{field}_locale")
    assert answer.value("object")
    assert (shop.charges, shop.remote_contacts, shop.is_manual(item, "open")) == ([], [], True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no mail"), ("email", "a@b\r\nBcc: x@example.org"), ("phone", "call me"),
        ("birthdate", "31.02.1980"), ("birthdate", "$(id)"),
        ("passport", "none"), ("passport_date", "yesterday"), ("location_country", "999"),
        ("firstname", "$(id)"),
        ("lastname", "'; DROP TABLE item;--"),
    ],
)  # fmt: skip
def test_a_malformed_field_is_refused_before_anything_is_made(shop, field, value):
    item = shop.item(owner=False)
    shop.contact(item, "owner", **{field: value, **({"mobile": value} if field == "phone" else {})})
    answer = shop.start("open", item)
    assert answer.status == 1
    assert answer.code in ("contact_bad", "panel_data")
    assert (shop.charges, shop.remote_contacts, shop.is_manual(item, "open")) == ([], [], True)


@pytest.mark.parametrize(
    "value", ["$(id); `id`", "'; DROP TABLE item; --", '<b>&amp;"x"</b>', "first\nsecond\tthird", "й" * 400]
)
def test_hostile_texts_reach_the_provider_as_plain_text(fast, value):
    item = fast.item(owner=False)
    fast.contact(item, "owner", location_address=value, passport_org=value)
    assert fast.start("open", item).status == 0
    assert fast.remote_contacts[0]["fields"]["la_address"] == " ".join(value.split())
    assert fast.row(item)["status"] == 2


def test_a_field_that_the_provider_refuses_is_named_as_the_panel_names_it(shop):
    item = shop.item()
    shop.fault("domaincontact.edit", "error", when="before", code=4, val="la_postcode", match={"sok": "ok"})
    answer = shop.start("open", item, lang="ru")
    assert (answer.code, answer.value("value")) == ("contact_bad", "location_postcode")
    assert "location_postcode" in answer.text
    assert (shop.charges, shop.is_manual(item, "open")) == ([], True)


def test_a_missing_role_is_told_before_anything_is_sent(shop):
    item = shop.item("example.com", "com")
    answer = shop.start("open", item)
    assert (answer.code, shop.remote_contacts, shop.charges) == ("panel_data", [], [])
    for role in ("admin", "tech", "bill"):
        assert role in answer.text


def test_a_contact_that_the_provider_lost_is_made_again_by_the_next_run(fast):
    item = fast.item()
    fast.start("open", item)
    contacts_otherwise(fast.store, 9999)
    other = again(fast, item, "second.ru")
    assert fast.start("open", other).code == "upstream_refused"
    assert fast.attempt(fast.running(other, "open")["id"]).status == 0
    assert fast.charges == [("order", "example.ru"), ("order", "second.ru")]


def test_no_personal_data_is_on_a_command_line_or_in_the_log(fast):
    fast.start("open", fast.item())
    written = fast.log + str(fast.told)
    for field in ("passport", "birthdate", "email", "phone", "location_address", "lastname_locale"):
        assert PERSON[field] not in written
