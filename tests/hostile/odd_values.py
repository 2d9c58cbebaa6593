"""Values that rules must catch, and values that must arrive as they were sent."""

from __future__ import annotations

from hostile_case import (
    Case,
    altered,
    changed,
    kept_text,
    loaded,
    quarantined,
    with_field,
    with_parts,
)

from claim_files import claim_file, part
from good_dossiers import between_neighbours, good

NO_NUMBERS = {
    "too large to hold": ("1e400", ": 1e400"),
    "not a number": ("NaN", ": NaN"),
    "infinite": ("Infinity", "8 characters: letters"),
    "decimal comma": ("1.234,5", ": 1.234,5"),
    "thousands comma": ("1,234.5", ": 1,234.5"),
    "thousands space": ("1 000", "5 characters: digits, spaces"),
    "thousands underscore": ("1_000", ": 1_000"),
    "hexadecimal": ("0x10", ": 0x10"),
    "sign twice": ("--1", ": --1"),
    "full-width digits": ("１２", "2 characters: other characters"),
    "digits of another script": ("١٢", "2 characters: other characters"),
    "formula": ("=1+1", ": =1+1"),
    "null in words": ("null", ": null"),
    "query": ("1); drop table raw.claims_xml1;--", "33 characters: letters, digits"),
}
TOO_LARGE = {
    "five thousand digits": ("9" * 5000, "5000 characters: digits"),
    "more digits than money has": ("9" * 16, "16 characters: digits"),
    "more decimals than are held": ("1." + "0" * 39, "41 characters: digits, signs"),
}
NO_DATES = {
    "month 13": "20261345",
    "February 30": "202602300800",
    "hour 24": "202608052400",
    "all nines": "999999999999",
    "year 24": "002408050800",
    "dashes": "2026-08-05",
    "infinity": "infinity",
    "now": "now",
    "full-width date": "２０２６０８０５０８００",
}
TEXTS = {
    "tabs and line ends": "a\tb\nc\rd\r\ne",
    "quotes": "\"'`´“”«»",
    "backslashes": "\\ \\\\ \\t \\n \\x41 \\101 \\",
    "null of COPY": "\\N",
    "end of COPY": "\\.",
    "end of COPY in a line of its own": "a\n\\.\nb",
    "end of CDATA": "a]]>b",
    "markup": "<b>&amp;</b><!-- x --><?y?>",
    "declaration": 'x<?xml version="1.0"?>y',
    "delimiters": "a;b,c|d\u2028e\u2029f\u0085g",
    "query in a text": "'); drop table raw.claims_xml1; --",
    "dollar quotes": "$$ $1 %(x)s %s :name {batch} {0} {{x}}",
    "formula in a text": "=cmd|'/c calc'!A1",
    "plus and at": "+1-1@SUM(1)",
    "look-up": "${jndi:ldap://127.0.0.1/a}",
    "template": "{{ 7*7 }}{% raw %}",
    "words of null": "NULL None nan true undefined",
    "json": '{"a": [1, "\\u0000"]}',
    "array": '{"a","b"}',
    "blanks around": "  \t a \n ",
    "only blanks": " \n ",
    "no-break and zero-width": "\u00a0a\u200b\u200d\ufeffb\u00ad",
    "right to left": "\u202eabc\u202c\u200f",
    "letters beyond the first plane": "𝔘𝔫𝔦 😀 👩‍⚕️ 𠀀",
    "private, replaced and last letter": "\ue000\ufffd\U0010ffff",
    "control letters of C1": "\u0080\u0090\u009f",
    "all Vietnamese letters": "ăâđêôơưĂÂĐÊÔƠƯ ấầẩẫậ ắằẳẵặ ếềểễệ ốồổỗộ ớờởỡợ ứừửữự ỹỵỷỳý",
    "one million letters": "Ậ" * 1_000_000,
}


NUMBERS: list[Case] = [
    quarantined(
        f"quantity {name}",
        with_field("XML2", "SO_LUONG", value),
        f"SO_LUONG is {fault}",
        told,
        rule="L01",
        table="XML2",
        line=1,
        field="SO_LUONG",
    )
    for fault, values in (
        ("not a number", NO_NUMBERS),
        ("too large a number to be held", TOO_LARGE),
    )
    for name, (value, told) in values.items()
]
DATES: list[Case] = [
    quarantined(
        f"admission {name}",
        with_field("XML1", "NGAY_VAO", value),
        rule="D01",
        table="XML1",
        field="NGAY_VAO",
    )
    for name, value in NO_DATES.items()
]
KEPT: list[Case] = [kept_text(name, value) for name, value in TEXTS.items()] + [
    loaded(
        "comments and references in a value",
        with_field("XML1", "GHI_CHU", "1<!-- 2 -->3<?x 4?><![CDATA[<5>]]>&#54;&#x37;&lt;8&gt;"),
        GHI_CHU="13<5>67<8>",
    ),
    loaded(
        "decomposed letters",
        with_field("XML1", "GHI_CHU", "Vie\u0323\u0302t Ha\u0300 No\u0323\u0302i"),
        GHI_CHU="Việt Hà Nội",
    ),
    loaded(
        "words in an unknown element",
        changed("XML1", "<STT>", "<__proto__>\\u0000 {}</__proto__><STT>"),
        _EXTRA='{"__proto__": "\\\\u0000 {}"}',
    ),
    loaded("query as MA_LK' or ''='", good),
    loaded("braces as MA_LK {file_id} %s", good),
    loaded(
        "unknown tables of every kind",
        with_parts(
            lambda texts: (
                "".join(part(name, text) for name, text in texts.items())
                + part("XML12", "<X><A>1</A></X>")
                + part("XML99", "không phải XML")
                + part("BAO_CAO", "")
            )
        ),
    ),
    Case(
        "style sheet and schema from the net",
        altered(
            "<GIAMDINHHS>",
            '<?xml-stylesheet href="http://127.0.0.1:9/a.xsl"?><GIAMDINHHS'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xsi:schemaLocation="urn:a http://127.0.0.1:9/a.xsd">',
        ),
        "loaded",
    ),
]
COUNTS: list[Case] = [
    Case(
        "more dossiers than declared",
        lambda name: between_neighbours(name, good(name), declared_count=1),
        "flagged",
        "F02_more",
        ("SOLUONGHOSO is 1, the file has 3",),
    ),
    *(
        Case(
            f"declares {word}",
            lambda name, count=count: altered(
                "<SOLUONGHOSO>3</SOLUONGHOSO>", f"<SOLUONGHOSO>{count}</SOLUONGHOSO>"
            )(name),
            "flagged",
            "F02_more",
            ("SOLUONGHOSO is missing or not a whole number",),
        )
        for word, count in {"nothing": "", "NaN": "NaN", "less than nothing": "-3"}.items()
    ),
    Case(
        "declares no count",
        lambda name: claim_file([good(name)]).replace(b"<SOLUONGHOSO>1</SOLUONGHOSO>", b""),
        "flagged",
        "F02_more",
        ("SOLUONGHOSO is missing",),
    ),
]

CASES: list[Case] = [*NUMBERS, *DATES, *KEPT, *COUNTS]
