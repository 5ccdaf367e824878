"""Quality of the picture itself: in focus, not compressed or enlarged too much, no stripes of a screen, not a selfie."""

from __future__ import annotations

import math
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import JpegImagePlugin

from gradphoto.portrait.photo import PhotoSource
from gradphoto.portrait.rules import blur
from gradphoto.portrait.rules.camera import camera_of
from gradphoto.portrait.rules.face_parts import (
    INNER_CHEEKS,
    MID_FOREHEAD,
    box_of,
    face_box,
    inner_face_box,
    inside,
    pixel_box,
    points_of,
)
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import (
    Measurement,
    Needs,
    Words,
    band_score,
    not_measured,
    rule,
    sigmoid_score,
)

# Sums of the luma table of ITU-T T.81, Annex K.1: what the usual encoders scale for their quality setting.
ANNEX_K_LUMA = 3688
# Cheek to cheek of an adult, metres (bizygomatic breadth: mean 0.14 of men, 0.13 of women).
FACE_METRES = 0.137
DIAGONAL_35 = 43.27  # millimetres of the 24 x 36 frame, which 35-mm equivalents refer to
TILE, TILES = 64, 5
BLOCK = 8
# Second differences both ways: blind to brightness, gradients and straight edges.
NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@rule(
    "sharpness",
    group="quality",
    unit="px",
    needs=Needs.FACE,
    zh=Words(
        "面部清晰度",
        "",
        "脸部模糊、没有对上焦",
        "请擦干净镜头，点一下屏幕上的脸对焦，再走近一点重新拍摄；不要用截图或聊天里压缩过的图片。",
    ),
    en=Words(
        "Face in focus",
        "",
        "The face is blurred or out of focus.",
        "Wipe the lens, tap the face on the screen to focus, come closer; send the original, no screenshot.",
    ),
    score=sigmoid_score(1.7, -0.25),
)
def sharpness(subject: Subject) -> Measurement:
    """Blur (Gaussian sigma, px) of the face, brows to chin, on a portrait whose face is 240 px wide (see `blur`).

    For what ISO/IEC 29794-5 calls Sharpness; formula: own. Contrast, skin and detail cancel out.
    Over 76 portraits a blur of 2 px reads 2.05 in the median and 1.8 at the 5th percentile; sharp ones read up to 1.2.
    Weakness: noise, JPEG errors and over-sharpening look like detail, so that a blur of 3 px may read 2.2.
    """
    box = inner_face_box(subject.close)
    return Measurement(blur.gaussian_blur(subject.close.grey, box), box)


@rule(
    "motion_blur",
    group="quality",
    unit="px",
    needs=Needs.FACE,
    zh=Words(
        "拍摄抖动",
        "",
        "照片有拖影，拍摄时手机或人在动",
        "请让拍照的人双手拿稳手机，本人坐好不动，光线亮一些再拍。",
    ),
    en=Words(
        "Camera shake",
        "",
        "The photo is smeared: phone or person moved.",
        "Hold the phone with both hands, keep still, and have more light.",
    ),
    score=band_score(0, 3, 9),
)
def motion_blur(subject: Subject) -> Measurement:
    """Length (px) of the motion on a portrait whose face is 240 px wide, from blur in eight directions. Source: own.

    Weakness: reads 0.35 to 0.9 times a motion applied; sharp portraits read up to 3.5.
    """
    box = inner_face_box(subject.close)
    return Measurement(blur.motion_blur(subject.close.grey, box), box)


@rule(
    "noise",
    group="quality",
    unit="levels",
    needs=Needs.FACE,
    zh=Words("噪点", "", "照片噪点（颗粒）很多", "请在更亮的地方拍摄，不要用夜景或数码变焦。"),
    en=Words(
        "Noise", "", "The photo is grainy.", "Take it where there is more light, without night mode or zoom."
    ),
    score=band_score(0, 2, 10),
)
def noise(subject: Subject) -> Measurement:
    """Standard deviation of the noise in grey levels, of the smoothest of three patches of skin.

    Source: Immerkaer, "Fast Noise Variance Estimation", CVIU 64(2), 1996. Close-up pixels: noise that making the
    portrait smaller averages away doesn't count. Weakness: freckles, wrinkles and stubble read up to 2.5.
    """
    grey = subject.close.grey
    levels = [
        _noise_inside(grey, points_of(subject.close.face, patch)) for patch in (*INNER_CHEEKS, MID_FOREHEAD)
    ]
    return Measurement(min(levels), face_box(subject.close))


@rule(
    "compression",
    group="quality",
    unit="quality",
    needs=Needs.FACE,
    zh=Words(
        "压缩程度",
        "图片被压缩得太厉害",
        "",
        "请上传手机相册里的原图（微信发送时勾选“原图”），不要用截图。",
    ),
    en=Words(
        "Compression",
        "The picture was compressed too much.",
        "",
        "Send the original from the phone's album, no screenshot and no copy from a chat.",
    ),
    score=lambda quality: quality,
)
def compression(subject: Subject) -> Measurement:
    """JPEG quality 1..100 that the luma quantisation table stands for, at the portrait's size.

    The table's mean scale against Annex K of ITU-T T.81, turned into a quality as libjpeg does. Making the portrait
    k times smaller averages the errors of k x k pixels: the scale is divided by k. ISO/IEC 29794-5 CompressionArtifacts
    has a network instead. Weakness: a file that was compressed hard and then saved well shows only in `blockiness`.
    """
    scale = _quantisation_scale(subject.photo.source)
    if scale is None:
        return not_measured(
            "不是 JPEG 文件，没有压缩表可查", "not a JPEG file, which would say how it was compressed"
        )
    shrink = min(1.0, subject.close.scale * subject.photo.scale)
    return Measurement(_libjpeg_quality(scale * shrink))


@rule(
    "blockiness",
    group="quality",
    unit="levels",
    needs=Needs.FACE,
    zh=Words("马赛克方块", "", "脸上有压缩留下的小方块", "请上传手机相册里的原图，不要用多次转发的图片。"),
    en=Words(
        "Compression blocks",
        "",
        "Compression left blocks on the face.",
        "Send the original from the album, not a copy that was passed on several times.",
    ),
    score=band_score(0, 1, 8),
)
def blockiness(subject: Subject) -> Measurement:
    """Mean excess step in grey levels across every 8th column or row of the face, over that across the others.

    Source: own, after the blocking artefact measures of Wang, Bovik & Evans (ICIP 2000). Not measured where the photo
    was decoded at a part of its size: its blocks are then under 8 px, and far smaller on the portrait.
    Weakness: sees no blocks in photos that were cropped or resized after the compression.
    """
    photo = subject.photo
    if photo.reduction != 1:
        return not_measured(
            "照片够大，压缩方块缩小后看不见", "the photo is so large that its blocks vanish in the portrait"
        )
    face = subject.face
    x0, y0 = (max(0, int(v) // BLOCK * BLOCK) for v in (face.cheeks[0], face.forehead))
    part = photo.pixels[y0 : int(face.chin) + 1, x0 : int(face.cheeks[1]) + 1]
    if min(part.shape[:2]) < 4 * BLOCK:
        return not_measured("人脸太小，无法测量", "the face is too small to measure this")
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.float32)
    return Measurement(max(0.0, _block_step(grey), _block_step(grey.T)), face_box(subject.close))


@rule(
    "upscaling",
    group="quality",
    unit="x",
    needs=Needs.FACE,
    zh=Words(
        "放大倍数",
        "",
        "照片里的脸太小，证照需要放大才够",
        "请走近一点（人离镜头约 1 到 1.5 米），用后置摄像头拍摄并上传原图。",
    ),
    en=Words(
        "Enlargement",
        "",
        "The face is so small in the photo that the portrait has to be enlarged.",
        "Come closer (1 to 1.5 m), use the rear camera and send the original.",
    ),
    score=band_score(0, 1, 1),
)
def upscaling(subject: Subject) -> Measurement:
    """Portrait pixels per photo pixel: of the finished portrait, else at the narrowest face that the standard allows.

    Source: own. Weakness: doesn't see that the photo itself was enlarged before; that shows in `sharpness`.
    """
    if subject.finished is not None:
        return Measurement(subject.finished.placement.scale)
    face_width = subject.face.width / subject.photo.scale
    return Measurement(subject.standard.composition.face_width.min / face_width)


@rule(
    "screen_stripes",
    group="quality",
    unit="dB",
    needs=Needs.FACE,
    zh=Words(
        "屏幕条纹",
        "",
        "脸上有规则的细条纹或网点，可能是翻拍屏幕或印刷品",
        "请直接拍摄本人，不要翻拍屏幕或照片。",
    ),
    en=Words(
        "Stripes of a screen",
        "",
        "The face carries regular fine stripes or dots, as when a screen or print is photographed.",
        "Photograph the person, not a screen or a print.",
    ),
    score=band_score(0, 7, 15),
)
def screen_stripes(subject: Subject) -> Measurement:
    """How far the strongest peak in the face's spectrum stands out of its surroundings, dB; skin has no peaks. Own.

    Mean power spectrum of 5 x 5 tiles of 64 decoded pixels, without the axes (JPEG blocks) and low frequencies, over
    its median in 9 x 9. Weakness: most photos of screens, and prints of fine grain, show no stripes: see `recapture`.
    """
    tiles = _face_tiles(subject)
    if tiles is None:
        return not_measured("人脸太小，无法测量", "the face is too small to measure this")
    return Measurement(_spectral_peak(tiles), face_box(subject.close))


@rule(
    "recapture",
    group="quality",
    unit="",
    needs=Needs.FACE,
    zh=Words("翻拍", "", "", ""),
    en=Words("Photo of a photo", "", "", ""),
    score=lambda value: value,
)
def recapture(subject: Subject) -> Measurement:
    """Never measured: one picture doesn't show reliably whether a print or screen was photographed."""
    return not_measured(
        "单张照片无法可靠判断是否翻拍照片或屏幕，由审核人员查看",
        "one picture does not reliably show whether it is a photo of a print or screen; a person looks at this",
    )


@rule(
    "selfie",
    group="quality",
    unit="",
    needs=Needs.FILE,
    zh=Words("自拍", "", "照片是用前置摄像头拍的（自拍）", "请让别人用后置摄像头为您拍摄，距离 1 米以上。"),
    en=Words(
        "Selfie",
        "",
        "The photo was taken with the front camera (a selfie).",
        "Ask someone to take it with the rear camera, from 1 m or more.",
    ),
    score=band_score(0, 0, 1),
)
def selfie(subject: Subject) -> Measurement:
    """1 where the EXIF lens name says front camera, 0 where it names another lens. Source: EXIF 3.0 LensModel.

    Weakness: many phones, and every chat program, leave no lens name: then not measured.
    """
    lens = camera_of(subject.photo.source).lens.lower()
    if not lens:
        return not_measured(
            "照片里没有镜头信息，由审核人员查看", "the file does not name its lens; a person looks at this"
        )
    return Measurement(float("front" in lens))


@rule(
    "distance",
    group="quality",
    unit="m",
    needs=Needs.FACE,
    zh=Words(
        "拍摄距离",
        "镜头离脸太近（像自拍），脸会变形",
        "",
        "请让别人站在 1 米以外拍摄，不要自拍。",
    ),
    en=Words(
        "Distance to the camera",
        "The camera was too near (as in a selfie), which distorts the face.",
        "",
        "Ask someone to take it from more than 1 m away; no selfies.",
    ),
    score=band_score(0.8, math.inf, 0.6),
)
def distance(subject: Subject) -> Measurement:
    """Metres from lens to face: 0.137 m x focal length (35 mm equivalent) x photo diagonal / (43.27 mm x face width, px).

    Only where EXIF gives that focal length and the size as taken, and the photo still has it. Source: own, thin lens.
    Weakness: faces differ by +-10 percent, children's are narrower; a turned head reads further away.
    """
    source, camera = subject.photo.source, camera_of(subject.photo.source)
    if not camera.focal_35 or {camera.width, camera.height} != {source.width, source.height}:
        return not_measured(
            "照片里没有焦距信息，或者裁剪、缩小过，由审核人员查看",
            "the file does not say its focal length, or was cropped or resized; a person looks at this",
        )
    share = subject.face.width / subject.photo.scale / math.hypot(source.width, source.height)
    return Measurement(FACE_METRES * camera.focal_35 / (DIAGONAL_35 * share), face_box(subject.close))


def _noise_inside(grey: NDArray[np.float32], polygon: NDArray[np.floating]) -> float:
    x0, y0, x1, y1 = pixel_box(box_of(polygon))
    bumps = np.abs(np.asarray(cv2.filter2D(grey[y0:y1, x0:x1], -1, NOISE_KERNEL), np.float32))
    mean = inside(bumps, polygon - np.array([x0, y0], np.float32)).mean()
    return float(mean) * math.sqrt(math.pi / 2) / 6


def _quantisation_scale(source: PhotoSource) -> float | None:
    """Percent of Annex K's luma table; None for other formats."""
    if source.format != "JPEG":
        return None
    # Opening reads the header only; decoding it went well before.
    tables = JpegImagePlugin.JpegImageFile(BytesIO(source.header.apply(source.data))).quantization
    return 100 * sum(tables[min(tables)]) / ANNEX_K_LUMA if tables else None


def _libjpeg_quality(scale: float) -> float:
    """The inverse of libjpeg's `jpeg_quality_scaling`, 1..100."""
    return min(100.0, max(1.0, 100 - scale / 2 if scale <= 100 else 5000 / scale))


def _block_step(grey: NDArray[np.float32]) -> float:
    """Mean step between neighbours beyond what their other neighbours do, at each 8th column over the other columns."""
    steps = np.abs(np.diff(grey, axis=1))
    excess = np.maximum(0.0, steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2)
    means = [float(excess[:, (phase - 2) % BLOCK :: BLOCK].mean()) for phase in range(BLOCK)]
    return means[0] - float(np.median(means))


def _face_tiles(subject: Subject) -> NDArray[np.float32] | None:
    """(25, 64, 64) tiles between eye line and chin, without their slow parts; None where they would hardly differ."""
    face, pixels = subject.face, subject.photo.pixels
    x0, y0 = max(0, int(face.cheeks[0])), max(0, int(face.eye_line))
    part = pixels[y0 : int(face.chin), x0 : int(face.cheeks[1])]
    if min(part.shape[:2]) < 2 * TILE:
        return None
    rows, columns = (np.linspace(0, side - TILE, TILES).astype(int) for side in part.shape[:2])
    window = np.outer(np.hanning(TILE), np.hanning(TILE)).astype(np.float32)
    tiles = []
    for y in rows:
        for x in columns:
            tile = np.asarray(cv2.cvtColor(part[y : y + TILE, x : x + TILE], cv2.COLOR_RGB2GRAY), np.float32)
            tiles.append((tile - cv2.GaussianBlur(tile, (0, 0), 3)) * window)
    return np.stack(tiles).astype(np.float32)


def _spectral_peak(tiles: NDArray[np.float32]) -> float:
    """dB of the strongest peak of the tiles' mean spectrum over the median around it."""
    power = np.abs(np.fft.fft2(tiles)) ** 2
    mean = np.fft.fftshift((power / (power.sum(axis=(1, 2), keepdims=True) + 1e-9)).mean(axis=0))
    level = 10 * np.log10(mean + 1e-9)
    bytes_ = np.clip((level + 90) * 2.5, 0, 255).astype(np.uint8)
    around = cv2.medianBlur(bytes_, 9).astype(np.float32) / 2.5 - 90
    fy, fx = np.mgrid[-TILE // 2 : TILE // 2, -TILE // 2 : TILE // 2]
    radius = np.hypot(fx, fy)
    usable = (radius >= TILE / 8) & (radius < TILE / 2) & (np.abs(fx) > 2) & (np.abs(fy) > 2)
    return max(0.0, float((level - around)[usable].max()))
