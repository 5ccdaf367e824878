"""The preview before paying: the portrait at half size with words across it, of no use as a portrait."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from gradphoto.portrait.weights import model_file

WORDS = "预览 · 未支付"
SIDE = 360


def watermarked(jpeg: bytes) -> bytes:
    """A JPEG, 360 pixels wide, with the words in rows."""
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    image = image.resize((SIDE, round(SIDE * image.height / image.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    Image.alpha_composite(image.convert("RGBA"), _rows(image.size)).convert("RGB").save(
        out, "JPEG", quality=72
    )
    return out.getvalue()


def _rows(size: tuple[int, int]) -> Image.Image:
    font = ImageFont.truetype(str(model_file("font").path), 22)
    wide = Image.new("RGBA", (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(wide)
    for row, y in enumerate(range(0, wide.height, 84)):
        for x in range(-100 * (row % 2), wide.width, 210):
            draw.text((x + 1, y + 1), WORDS, font=font, fill=(0, 0, 0, 60))
            draw.text((x, y), WORDS, font=font, fill=(255, 255, 255, 150))
    turned = wide.rotate(24, resample=Image.Resampling.BICUBIC)
    left, top = (wide.width - size[0]) // 2, (wide.height - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))
