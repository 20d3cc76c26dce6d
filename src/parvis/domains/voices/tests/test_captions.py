"""Captions from strangers: times and words stay, everything else goes."""

import pytest

from parvis.domains.voices.rules import captions

VTT = b"""WEBVTT - made by somebody

STYLE
::cue { background: url(https://evil.example/x) }

NOTE secret
a note

1
00:00:00.500 --> 00:00:02.000 position:10% line:-1
<v Emma>It has <b>real</b> pockets &amp; <i>fits</i>.

00:02.500 --> 00:04.000
Write to emma.fletcher@mail.example
<script>alert(1)</script> &lt;b&gt;
"""
SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}La coupe est <font color='red'>parfaite</font>\r\n\r\n"
SRT += "2\r\n00:00:03,000 --> 00:00:04,000\r\nÀ bientôt\r\n"


def test_webvtt_is_read_and_written_again():
    cues = captions.parse(VTT)
    assert [(cue.start, cue.end) for cue in cues] == [(500, 2000), (2500, 4000)]
    written = captions.write(cues, until_ms=60_000)
    assert written.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nIt has real pockets &amp; fits.\n")
    assert "••••" in written
    for gone in ("STYLE", "evil", "NOTE", "secret", "position", "<script", "<v", "emma.fletcher", "<b>"):
        assert gone not in written
    assert "alert(1) &lt;b&gt;" in written
    assert captions.parse(written.encode())[0].text == "It has real pockets & fits."
    assert captions.transcript(written).startswith("It has real pockets & fits.\nWrite to ••")


def test_subrip_is_read_in_either_encoding():
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        cues = captions.parse(SRT.encode(encoding))
        assert [cue.text for cue in cues] == ["La coupe est parfaite", "À bientôt"]


def test_what_lies_behind_the_end_of_the_video_is_left_out():
    written = captions.write(captions.parse(SRT.encode()), until_ms=1500)
    assert "00:00:01.000 --> 00:00:01.500" in written
    assert "bientôt" not in written


def test_no_line_begins_a_cue_of_its_own():
    tricky = b"WEBVTT\n\n00:00.000 --> 00:01.000\nwords\n00:00:05.000 --\xe2\x80\x8b> 00:00:09.000\nx --&gt; y\n"
    written = captions.write(captions.parse(tricky), until_ms=60_000)
    assert len(captions.parse(written.encode())) == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", captions.BadCaptions),
        (b"WEBVTT\n", captions.BadCaptions),
        (b"just words", captions.BadCaptions),
        (b"\x00\x01\x02", captions.BadCaptions),
        (b"00:02.000 --> 00:01.000\nback\n", captions.CaptionsDisordered),
        (b"00:02.000 --> 00:03.000\none\n\n00:01.000 --> 00:04.000\ntwo\n", captions.CaptionsDisordered),
        (b"x" * (captions.MAX_BYTES + 1), captions.CaptionsTooLong),
        (b"00:00.000 --> 00:01.000\nx\n\n" * (captions.MAX_CUES + 1), captions.CaptionsTooLong),
    ],
)
def test_what_is_no_caption_is_refused(data, error):
    with pytest.raises(error) as caught:
        captions.parse(data)
    assert "%(" not in str(caught.value)


def test_a_hostile_file_is_read_in_no_time():
    captions_of = b"00:00.000 --> 00:01.000\n" + b"<" * 150_000 + b"\n"
    with pytest.raises(captions.BadCaptions):
        captions.parse(b"0" * 190_000)
    assert len(captions.parse(captions_of)[0].text) <= captions.MAX_CUE_LENGTH
