"""The same dossiers in every form that senders really use: what is read must not differ.

`FORMS` holds one form per way of writing; `plain` is the one that the others are compared with.
Nothing of the parser is used here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from unicodedata import normalize
from xml.sax.saxutils import escape

from quality_deliveries import Dossier

Row = Mapping[str, str]
Content = Mapping[str, Sequence[Row]]  # rows by name of the table

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
SIGNATURE = (
    '<CHUKYDONVI><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
    '<Reference URI="#a"><DigestValue>c2hh</DigestValue></Reference></SignedInfo>'
    "<SignatureValue>a2h1</SignatureValue></Signature></CHUKYDONVI>"
)
_ELEMENTS = {  # root, list, row; no list where the root is the row
    "XML1": ("TONG_HOP", "", "TONG_HOP"),
    "XML2": ("CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"),
    "XML3": ("CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"),
    "XML5": (
        "CHITIEU_CHITIET_DIENBIENLAMSANG",
        "DSACH_CHI_TIET_DIEN_BIEN_BENH",
        "CHI_TIET_DIEN_BIEN_BENH",
    ),
    "XML14": ("CHI_TIEU_GIAYHEN_KHAMLAI", "", "CHI_TIEU_GIAYHEN_KHAMLAI"),
}
_TWO_CARDS = {
    "ma_the_bhyt": "DN4960012345678;HC4960012345678",
    "ma_dkbd": "96001;96001",
    "gt_the_tu": "20260101;20260601",
    "gt_the_den": "20260531;20261231",
}


def contents(facility: str) -> list[Content]:
    """Two dossiers of a facility: odd ids, unknown parts of a birth date, several cards, amounts
    with and without decimals, blank values, letters and signs of every kind."""
    first = Dossier(
        header={
            "ma_lk": "26E0001",
            "ma_bn": "017",
            "ma_hsba": "17",
            "ngay_sinh": "195500000000",
            "dia_chi": "Ấp Thạnh Trị; xã 'Vĩnh Lộc' \"A\" & B <1>\n— tổ 5\\",
            "ghi_chu": "",
            "nhom_mau": "",
            "ma_cskcb": facility,
            **_TWO_CARDS,
        },
        drugs=(
            {"don_gia": "1500.0", "thanh_tien_bv": "15000.00", "vet_thuong_tp": ""},
            {"stt": "2", "ma_thuoc": "40.49", "ten_thuoc": "Thuốc ữ ỷ Ỗ", "so_luong": "10.00"},
        ),
        tables={"XML5": [{"stt": "1", "dien_bien_ls": "Tỉnh, đỡ sốt", "hoi_chan": ""}]},
    )
    second = Dossier(
        header={"ma_lk": "0026.01", "ma_cskcb": facility, "ma_bn": "17"},
        drugs=(),
        tables={"XML14": [{"so_giayhen_kl": "01", "ho_ten": "NGUYỄN VĂN AN", "du_phong": ""}]},
    )
    return [_content(first), _content(second)]


def _content(dossier: Dossier) -> Content:
    tables = {"XML1": [dossier.full_header()]}
    for name in ("XML2", "XML3", *dossier.tables):
        if rows := dossier.rows_of(name):
            tables[name] = rows
    return {
        name: [{column.upper(): value for column, value in row.items()} for row in rows]
        for name, rows in tables.items()
    }


# ---------- the plain form


def _value(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def _table(name: str, rows: Sequence[Row], form: Form) -> str:
    root, folder, row_name = _ELEMENTS[name]
    rows_written = ["".join(form.value(n, v) for n, v in form.order(row)) for row in rows]
    attributes = f" {form.root_attributes}" if form.root_attributes else ""
    if not folder:
        return f"<{root}{attributes}>{rows_written[0]}{form.in_table}</{root}>"
    body = "".join(f"<{row_name}>{row}</{row_name}>" for row in rows_written)
    listed = f"<{folder}>{body}</{folder}>" if form.has_lists else body
    return f"<{root}{attributes}>{listed}{form.in_table}</{root}>"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _part(name: str, content: str) -> str:
    return f"<FILEHOSO><LOAIHOSO>{name}</LOAIHOSO><NOIDUNGFILE>{content}</NOIDUNGFILE></FILEHOSO>"


def _file(facility: str, dossiers: Sequence[str]) -> str:
    return (
        f"<GIAMDINHHS><THONGTINDONVI><MACSKCB>{facility}</MACSKCB></THONGTINDONVI><THONGTINHOSO>"
        f"<NGAYLAP>20260806</NGAYLAP><SOLUONGHOSO>{len(dossiers)}</SOLUONGHOSO><DANHSACHHOSO>"
        f"{''.join(f'<HOSO>{d}</HOSO>' for d in dossiers)}</DANHSACHHOSO></THONGTINHOSO>"
        "<CHUKYDONVI/></GIAMDINHHS>"
    )


@dataclass(frozen=True)
class Form:
    """A way of writing, as what it does differently. Steps: value, table, content, part, file,
    then `text` of the whole document and `encode` to bytes."""

    name: str
    value: Callable[[str, str], str] = _value
    order: Callable[[Row], Sequence[tuple[str, str]]] = lambda row: list(row.items())
    has_lists: bool = True
    root_attributes: str = ""
    in_table: str = ""
    content: Callable[[str], str] = _base64
    parts: Callable[[list[str]], list[str]] = lambda parts: parts
    part: Callable[[str, str], str] = _part
    text: Callable[[str], str] = lambda text: DECLARATION + text
    encode: Callable[[str], bytes] = str.encode


def write(form: Form, facility: str) -> bytes:
    """The file of `contents(facility)` in that form."""
    dossiers = []
    for content in contents(facility):
        written = {name: _table(name, rows, form) for name, rows in content.items()}
        parts = [form.part(name, form.content(text)) for name, text in written.items()]
        dossiers.append("".join(form.parts(parts)))
    return form.encode(form.text(_file(facility, dossiers)))


# ---------- the forms


def _if_blank(markup: str) -> Callable[[str, str], str]:
    """Blank values written otherwise; `@` in the markup stands for the name."""
    return lambda name, value: _value(name, value) if value else markup.replace("@", name)


def _references(name: str, value: str) -> str:
    return f"<{name}>{''.join(f'&#{ord(letter)};' for letter in value)}</{name}>"


def _cdata(name: str, value: str) -> str:
    return f"<{name}><![CDATA[{value}]]></{name}>" if value else f"<{name}/>"


def _commented(name: str, value: str) -> str:
    half = len(value) // 2
    return (
        f"<!-- {name} --><{name}>{escape(value[:half])}<!-- <b>&x; --><?here?>"
        f"{escape(value[half:])}</{name}>"
    )


def _decomposed(name: str, value: str) -> str:
    return _value(name, normalize("NFD", value))


def _content_first(name: str, content: str) -> str:
    return f"<FILEHOSO><NOIDUNGFILE>{content}</NOIDUNGFILE><LOAIHOSO>{name}</LOAIHOSO></FILEHOSO>"


def _wrapped(text: str) -> str:
    body = _base64(text)
    return "\r\n" + "\r\n".join(body[at : at + 76] for at in range(0, len(body), 76)) + "\r\n"


def _declared(declaration: str) -> Callable[[str], str]:
    return lambda text: declaration + text


def _inner(change: Callable[[str], bytes]) -> Callable[[str], str]:
    return lambda text: base64.b64encode(change(text)).decode()


def _with_prefix(text: str) -> str:
    """Every element of the envelope and of nested tables in a namespace, by prefix."""
    prefixed = text.replace("</", "\0").replace("<", "<g:").replace("\0", "</g:")
    return DECLARATION + prefixed.replace("<g:GIAMDINHHS>", '<g:GIAMDINHHS xmlns:g="urn:g">')


def _on_root(attributes: str) -> Callable[[str], str]:
    return lambda text: DECLARATION + text.replace("<GIAMDINHHS>", f"<GIAMDINHHS {attributes}>")


def _signed(signature: str) -> Callable[[str], str]:
    return lambda text: DECLARATION + text.replace("<CHUKYDONVI/>", signature)


def _comments(text: str) -> str:
    for name in ("LOAIHOSO", "MACSKCB", "HOSO", "NOIDUNGFILE"):
        text = text.replace(f"<{name}>", f"<!-- a --><{name}><!-- b -->")
    return f"{DECLARATION}<!-- c -->{text}<!-- d -->"


def _facility_last(text: str) -> str:
    start = text.index("<THONGTINDONVI>")
    end = text.index("<THONGTINHOSO>")
    return DECLARATION + text[:start] + text[end:].replace("<CHUKYDONVI/>", text[start:end])


def _pretty(text: str) -> str:
    """An indented document, with line ends of Windows."""
    return DECLARATION + "\r\n" + text.replace("><", ">\r\n  <") + "\r\n"


PLAIN = Form("plain")
_form = partial(replace, PLAIN)
_nested = partial(replace, PLAIN, content=lambda text: text)
_NIL = '<@ xsi:nil="true"/>'
FORMS: list[Form] = [
    # content of a table
    _form(name="base64 in lines", content=_wrapped),
    _form(name="base64 in CDATA", content=lambda t: f"<![CDATA[{_base64(t)}]]>"),
    _form(name="base64 between blanks", content=lambda t: f"\n\t {_base64(t)} \n"),
    _form(name="XML in CDATA", content=lambda t: f"<![CDATA[{t}]]>"),
    _form(name="declared XML in CDATA", content=lambda t: f"<![CDATA[\n{DECLARATION}{t}]]>"),
    _form(name="XML escaped", content=escape),
    _nested(name="nested"),
    _nested(name="nested between blanks", content=lambda t: f"\n {t}\n "),
    _form(name="inner declaration", content=_inner(lambda t: f"{DECLARATION}{t}".encode())),
    _form(name="inner mark", content=_inner(lambda t: t.encode("utf-8-sig"))),
    _form(name="inner UTF-16", content=_inner(lambda t: t.encode("utf-16"))),
    _form(name="inner line before", content=_inner(lambda t: f"\r\n{DECLARATION}{t}\n".encode())),
    # parts and rows
    _form(name="XML1 last", parts=lambda parts: parts[::-1]),
    _form(name="XML1 in the middle", parts=lambda p: [*p[1:2], p[0], *p[2:]]),
    _form(name="names in small letters", part=lambda n, c: _part(f" {n.lower()}\n", c)),
    _form(
        name="content before its name",
        part=_content_first,
    ),
    _form(name="signature beside the parts", parts=lambda parts: [*parts, SIGNATURE]),
    _form(name="lines without a list", has_lists=False),
    _form(name="fields in reverse", order=lambda row: list(row.items())[::-1]),
    _form(name="fields by name", order=lambda row: sorted(row.items())),
    # values
    _form(name="blanks self-closed", value=_if_blank("<@/>")),
    _form(name="blanks absent", value=_if_blank("")),
    _form(name="blanks nil", value=_if_blank(_NIL), root_attributes=XSI),
    _form(name="blanks nil and open", value=_if_blank('<@ xsi:nil="1"></@>'), root_attributes=XSI),
    _nested(name="blanks nil, nested", value=_if_blank(_NIL), root_attributes=XSI),
    _form(name="values by reference", value=_references),
    _form(name="values in CDATA", value=_cdata),
    _nested(name="values in CDATA, nested", value=_cdata),
    _form(name="comments in values", value=_commented),
    _nested(name="comments in values, nested", value=_commented),
    _form(name="decomposed", value=_decomposed),
    _nested(name="decomposed, nested", value=_decomposed),
    # namespaces, attributes, signatures
    _form(
        name="root with namespaces",
        text=_on_root(f'xmlns:xsd="http://www.w3.org/2001/XMLSchema" {XSI}'),
    ),
    _form(name="root in a namespace", text=_on_root('xmlns="urn:giamdinh"')),
    _nested(name="everything with a prefix", text=_with_prefix),
    _form(name="tables with namespaces", root_attributes=f'xmlns="urn:x" {XSI}'),
    _nested(name="tables with an Id", root_attributes='Id="a"'),
    _form(name="signed", text=_signed(SIGNATURE)),
    _form(name="signature empty", text=_signed("<CHUKYDONVI></CHUKYDONVI>")),
    _form(name="signature missing", text=_signed("")),
    _form(name="tables signed", in_table=SIGNATURE),
    _nested(name="tables signed, nested", in_table=SIGNATURE),
    _form(name="tables with an empty signature", in_table="<CHUKYDONVI/>"),
    # the document
    _form(name="no declaration", text=_declared("")),
    _form(name="declaration of a version", text=_declared('<?xml version="1.0"?>')),
    _form(name="declaration in capitals", text=_declared('<?xml version="1.0" encoding="UTF-8"?>')),
    _form(
        name="declaration in single quotes",
        text=_declared("<?xml version='1.0' encoding='utf-8'?>"),
    ),
    _form(
        name="declaration standing alone",
        text=_declared('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'),
    ),
    _form(name="declaration of utf8", text=_declared('<?xml version="1.0" encoding="utf8" ?>\n')),
    _form(name="byte order mark", encode=lambda text: text.encode("utf-8-sig")),
    _form(
        name="UTF-16",
        text=_declared(DECLARATION.replace("utf-8", "utf-16")),
        encode=lambda text: text.encode("utf-16"),
    ),
    _nested(
        name="UTF-16 nested",
        text=_declared(DECLARATION.replace("utf-8", "utf-16")),
        encode=lambda text: text.encode("utf-16"),
    ),
    _form(name="blank line before", text=lambda t: f"\r\n{DECLARATION}{t}"),
    _form(name="indented", text=_pretty),
    _form(name="comments everywhere", text=_comments),
    _form(name="facility behind the dossiers", text=_facility_last),
]
