"""A short video: sent with a review from a phone, prepared while its author watches, seen by a person, then by all."""

import io
import re

import av
import numpy as np
from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import PATIENCE, World

WORDS = "I filmed how it falls when I turn. The linen is light and the colour is deep."
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.500\nLook how it falls.\n"


def film() -> bytes:
    """Two seconds of moving colours, as a telephone films: upright."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        shown = made.add_stream("libx264", rate=12)
        shown.width, shown.height, shown.pix_fmt = 180, 320, "yuv420p"
        for number in range(24):
            pixels = np.full((320, 180, 3), (250, 240, 220), dtype=np.uint8)
            pixels[number * 10 : number * 10 + 80, 40:140] = (30, 90, 160)
            made.mux(shown.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        made.mux(shown.encode())
    return out.getvalue()


def test_a_video_becomes_proof_once_a_person_has_seen_it(visit: Visit, world: World) -> None:
    page = visit("/en/", width="phone", theme="dark")
    page.goto("/en/products/linen-dress/review/")
    page.locator("label:has(input[name=stars][value='5'])").click()
    page.locator("[name=text]").fill(WORDS)
    page.locator("[name=video]").set_input_files([{"name": "me.mp4", "mimeType": "video/mp4", "buffer": film()}])
    page.locator("details:has([name=captions]) > summary").click()
    page.locator("[name=captions]").set_input_files([{"name": "me.vtt", "mimeType": "text/vtt", "buffer": CAPTIONS}])
    page.locator("[name=author_name]").fill("Ines")
    page.locator("[name=email]").fill("ines@shopper.example")
    page.locator("[name=consent]").check()
    page.locator("main form[enctype] button[type=submit]").last.click()
    expect(page).to_have_url(re.compile(r"/my-review/"))

    # its author sees the progress without doing anything, and then the film
    video = page.locator("#film video")
    expect(video).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.locator("#film")).to_contain_text("Only you and our team see the video")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    address = str(page.locator("#film source").get_attribute("src")).partition("?")[0]
    stranger = visit("/en/")
    assert stranger.request.get(address).status == 404

    # a person sees it on the bench and publishes it
    studio = visit("/en/")
    steps.sign_in(studio, "olivia", to="/studio/moderation/?q=filmed")
    card = studio.locator("[data-item]").filter(has_text="I filmed")
    expect(card.locator("video")).to_be_visible()
    studio.keyboard.press("j")
    studio.keyboard.press("p")
    expect(card).to_have_count(0)
    world.settle()

    # everybody sees it: it does not play by itself, and plays with captions when asked to
    stranger.goto("/en/products/linen-dress/reviews/?sort=recent")
    shown = stranger.locator("article.review").filter(has_text="I filmed").locator("video")
    expect(shown).to_be_visible()
    assert shown.evaluate("video => video.paused && video.preload === 'none' && !video.autoplay")
    played = shown.evaluate(
        """async video => {
          video.muted = true;
          await video.play();
          await new Promise(done => { video.onended = done; setTimeout(done, 20000); });
          return [video.currentTime > 1, video.videoHeight, video.textTracks[0].cues.length];
        }"""
    )
    assert played == [True, 320, 1]

    # on the product's page it is found by keyboard, with its captions, and played with a key; lists know of it
    stranger.goto("/en/products/linen-dress/")
    seen = stranger.locator("#films video").first
    expect(seen).to_be_visible()
    assert seen.locator("track[kind=captions][default]").count() == 1
    link = stranger.get_by_role("link", name="All reviews with a video")
    link.focus()
    stranger.keyboard.press("Tab")
    assert stranger.evaluate("document.activeElement.closest('#films') !== null")
    seen.focus()
    seen.evaluate("video => { video.muted = true; }")
    stranger.keyboard.press("Space")
    moves = """video => new Promise(done => {
      if (video.currentTime > 0) done(true);
      video.ontimeupdate = () => done(video.currentTime > 0);
      setTimeout(() => done(false), 30000);
    })"""
    assert seen.evaluate(moves)
    stranger.goto("/en/products/?video=1")
    expect(stranger.locator("main").get_by_role("link", name="Linen dress").first).to_be_visible()
    expect(stranger.locator("main").get_by_role("link", name="Wool sweater")).to_have_count(0)
