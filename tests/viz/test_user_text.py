"""Names that users chose can do no harm, whatever is in them."""

import hypothesis.strategies as st
from hypothesis import given

from microgradnn.viz.user_text import clean, columns, one_line, quote_dot, shorten


def test_one_line_keeps_what_can_be_seen():
    assert one_line("  a\tb\r\nc  ") == "a b c"
    assert one_line("ŷ_pred σ² 重み 🎈") == "ŷ_pred σ² 重み 🎈"


def test_what_xml_forbids_is_replaced():
    assert clean("a\x00b\x1bc\ud800d\ufffee\uffff") == "a�b�c�d�e�"


def test_marks_that_turn_text_around_are_replaced():
    assert clean("a\u202eb\u2066c\u200bd") == "a�b�c�d"


def test_long_names_lose_their_middle():
    assert shorten("w1", 4) == "w1"
    assert shorten("abcdefghij", 10) == "abcdefghij"
    assert shorten("abcdefghijk", 10) == "abcde…hijk"
    assert shorten("重み重み重み", 7) == "重…み"


@given(st.text(), st.integers(1, 30))
def test_a_shortened_name_fits(text, width):
    assert columns(shorten(text, width)) <= max(width, 1)


def test_quoting_for_dot():
    assert quote_dot("w") == '"w"'
    assert quote_dot('a"b') == r'"a\"b"'
    assert quote_dot("a\\") == r'"a\\"'
    assert quote_dot(r"\N\G\E\l") == r'"\\N\\G\\E\\l"'
    assert quote_dot("<b>x</b>") == '"<b>x</b>"'
    assert quote_dot("&lt;") == '"&amp;lt;"'
    assert quote_dot("two\nlines") == r'"two\nlines"'
