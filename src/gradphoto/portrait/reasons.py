"""Why the engine refuses: every code with its words in Chinese and English, in one table.

    Refused (Exception)
    └── reasons: one or more Reason(code, zh, en, data)

Codes are stable: scripts, the service and translators rely on them. Numbers come in through `data` and are part of
the sentence, so that nobody is ever told just "no".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CATALOGUE: dict[str, tuple[str, str]] = {
    # -- the file -----------------------------------------------------------------------------------------------
    "not_an_image": (
        "这不是一张照片（无法识别的文件格式）。请上传手机拍摄的 JPG、PNG、HEIC 等格式的原图。",
        "This is not a photo (unknown file format). Please upload the original from the phone, such as JPG, PNG or HEIC.",
    ),
    "empty_file": (
        "文件是空的（0 字节）。请重新选择照片再上传。",
        "The file is empty (0 bytes). Please choose the photo again.",
    ),
    "unsupported_format": (
        "不支持 {format} 格式。请改用 JPG、PNG、WebP、HEIC、AVIF、BMP 或 TIFF。",
        "{format} files are not supported. Please use JPG, PNG, WebP, HEIC, AVIF, BMP or TIFF.",
    ),
    "pdf": (
        "这是 PDF 文档，不是照片。请上传手机拍摄的原图，不要上传扫描件或文档。",
        "This is a PDF document, not a photo. Please upload the original photo from the phone.",
    ),
    "svg": (
        "这是 SVG 矢量图，不是照片。请上传手机拍摄的原图。",
        "This is an SVG drawing, not a photo. Please upload the original photo.",
    ),
    "encrypted": (
        "文件已加密或设有密码（{format}），无法读取。请上传未加密的原图。",
        "The file is encrypted or protected by a password ({format}). Please upload the photo itself, unprotected.",
    ),
    "truncated": (
        "照片文件不完整，可能没有传完。请重新从相册选取原图再上传。",
        "The photo file is incomplete; the transfer may have broken off. Please choose the original and upload it again.",
    ),
    "damaged": (
        "照片文件已损坏，无法解码。请重新从相册选取原图，或重拍一张。",
        "The photo file is damaged and cannot be decoded. Please choose the original again or take a new photo.",
    ),
    "animated": (
        "这是动图或多页图像（共 {frames} 帧），需要一张静态照片。请上传普通照片。",
        "This picture is animated or has several pages ({frames} frames). Please upload one still photo.",
    ),
    "decompression_bomb": (
        "文件声称有 {megapixels} 百万像素，与文件大小不符，为安全起见不予解码。请上传手机拍摄的原图。",
        "The file claims {megapixels} megapixels, out of proportion for a photo; it is not decoded for safety. "
        "Please upload the original from the phone.",
    ),
    "too_large_pixels": (
        "照片有 {megapixels} 百万像素，超过上限 {limit} 百万像素。请用手机的普通模式（1200 万像素即可）拍摄。",
        "The photo has {megapixels} megapixels; the limit is {limit}. Use the phone's normal mode (12 megapixels is plenty).",
    ),
    "too_large_bytes": (
        "文件有 {megabytes} MB，超过上限 {limit} MB。请用手机的普通模式拍摄后上传原图。",
        "The file has {megabytes} MB; the limit is {limit} MB. Use the phone's normal mode and upload that.",
    ),
    "too_small": (
        "照片只有 {width}×{height} 像素，太小了（每边至少 {limit} 像素）。请上传原图，不要上传缩略图或截图。",
        "The photo has only {width}x{height} pixels (at least {limit} a side are needed). "
        "Please upload the original, not a thumbnail or a screenshot.",
    ),
    # -- the people ---------------------------------------------------------------------------------------------
    "no_face": (
        "照片里没有找到人脸。请正对镜头、光线充足，露出整张脸后重拍。",
        "No face was found. Please look straight into the lens in good light with the whole face visible, and take it again.",
    ),
    # -- the crop -----------------------------------------------------------------------------------------------
    "missing_above": (
        "头顶上方少 {pixels} 像素（约为脸宽的 {percent}%）。请离镜头再远一点，头顶上方至少留一个拳头。",
        "{pixels} pixels are missing above the hair (about {percent}% of the face's width). "
        "Please step back: leave at least a fist's room above the head.",
    ),
    "missing_below": (
        "下方少 {pixels} 像素（约为脸宽的 {percent}%）。请把胸口以上都拍进画面。",
        "{pixels} pixels are missing below (about {percent}% of the face's width). Please have everything from the chest up in view.",
    ),
    "missing_left": (
        "画面左侧少 {pixels} 像素（约为脸宽的 {percent}%）。请站到画面中间，两肩都拍进来。",
        "{pixels} pixels are missing on the picture's left (about {percent}% of the face's width). "
        "Please stand in the middle, both shoulders in view.",
    ),
    "missing_right": (
        "画面右侧少 {pixels} 像素（约为脸宽的 {percent}%）。请站到画面中间，两肩都拍进来。",
        "{pixels} pixels are missing on the picture's right (about {percent}% of the face's width). "
        "Please stand in the middle, both shoulders in view.",
    ),
    "hair_cut_off": (
        "头发顶部被画面边缘切掉了。请离镜头再远一点，头顶上方至少留一个拳头。",
        "The top of the hair is cut off by the edge of the photo. Please step back: leave at least a fist's room above the head.",
    ),
    "no_placement": (
        "头发、眼睛和脸宽无法同时落在标准范围内：{conflict_zh}。请把头发压平或扎低后重拍。",
        "Hair, eyes and face width cannot all be inside their bands at once: {conflict_en}. "
        "Please flatten the hair or tie it lower, and take it again.",
    ),
    "too_few_pixels": (
        "人像太小：裁剪后需放大 {factor} 倍（上限 {limit} 倍），会模糊。请靠近一些，或上传原图。",
        "The person is too small in the photo: the crop would be enlarged {factor} times (limit {limit}) and look blurred. "
        "Please come closer or upload the original.",
    ),
    "no_person_matte": (
        "无法把人像与背景分开。请站在干净的浅色墙前约一米，光线均匀，重拍。",
        "The person could not be separated from the background. Please stand about a metre from a plain light wall "
        "in even light, and take it again.",
    ),
    # -- the output ---------------------------------------------------------------------------------------------
    "size_window": (
        "照片细节过多，质量 {quality} 时仍有 {kilobytes} KB，超过上限 {limit} KB。请换素色衣服重拍。",
        "At quality {quality} the portrait still has {kilobytes} KB; the limit is {limit} KB. "
        "Please wear plain clothes and take it again.",
    ),
    # -- the collection code --------------------------------------------------------------------------------------
    "no_code": (
        "图片里没有找到二维码。请上传图像采集码的完整截图，四周留一圈空白。",
        "No QR code was found in the picture. Please upload a full screenshot of the collection code, with some margin.",
    ),
    "code_unreadable": (
        "图片里有二维码，但太模糊或有遮挡、残缺，读不出来。请直接上传截图，不要翻拍屏幕。",
        "There is a QR code, but it is too blurred, covered or damaged to be read. "
        "Please upload the screenshot itself instead of a photo of the screen.",
    ),
    "several_codes": (
        "图片里有 {count} 个内容不同的二维码，无法确定是哪一个。请只保留本人的图像采集码。",
        "There are {count} different QR codes in the picture. Please keep only your own collection code in it.",
    ),
    # -- prints ---------------------------------------------------------------------------------------------------
    "not_a_portrait": (
        "这张图是 {width}×{height} 像素，不是制作好的证照（应为 480×640，宽高比 3:4）。"
        "请先用 gradphoto standardize 制作。",
        "This picture has {width}x{height} pixels and is no finished portrait (480x640, ratio 3:4). "
        "Please make one with gradphoto standardize first.",
    ),
    "print_too_few_pixels": (
        "证照只有 {width}×{height} 像素，按此尺寸冲印需放大 {factor} 倍（上限 {limit} 倍），会模糊。请选小一些的尺寸。",
        "The portrait has only {width}x{height} pixels; this print would enlarge it {factor} times (limit {limit}) "
        "and look blurred. Please choose a smaller size.",
    ),
    "caption_glyph": (
        "照片说明里有字体中没有的字符：{characters}。请改用其他写法，或指定含有该字的字体。",
        "The caption has characters that the font lacks: {characters}. "
        "Please write it differently, or name a font that has them.",
    ),
    "caption_too_long": (
        "照片说明“{caption}”太长，在照片宽度内无法印清。请分成几行，或缩短。",
        'The caption "{caption}" is too long to be legible within the width of the photo. '
        "Please split it into lines or shorten it.",
    ),
    # -- files and processes --------------------------------------------------------------------------------------
    "unreadable_file": (
        "读不了这个文件：{zh}。请检查路径和权限。",
        "The file cannot be read: {en}. Please check the path and its permissions.",
    ),
    "name_taken": (
        "结果文件夹里已有不是本程序生成的同名文件 {file}，没有改动它。请用 --out 换一个文件夹。",
        "There is already a file that gradphoto did not make at {file}; it was not touched. Choose another folder with --out.",
    ),
    "worker_died": (
        "处理这张照片的进程意外退出，其他照片不受影响。请单独重试这一张；若再次发生，请报告问题。",
        "The process working on this photo ended unexpectedly; the other photos are not affected. "
        "Please try this one again by itself; if it happens again, report it.",
    ),
}


@dataclass(frozen=True)
class Reason:
    """One reason in words: `code` for programs, `zh` and `en` for people, `data` with the numbers in the words."""

    code: str
    zh: str
    en: str
    data: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As in the JSON that the commands print."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


def reason(code: str, **data: Any) -> Reason:
    """The catalogue's reason `code`, its words filled with `data`. KeyError for an unknown code or a missing number."""
    zh, en = CATALOGUE[code]
    return Reason(code, zh.format(**data), en.format(**data), data)


class Refused(Exception):
    """The photo can't become a portrait, for the reasons given."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(f"{r.code}: {r.en}" for r in reasons))
        self.reasons = reasons

    def __reduce__(self) -> tuple[type[Refused], tuple[Reason, ...]]:
        return type(self), self.reasons


def refuse(code: str, **data: Any) -> Refused:
    """`raise refuse("too_small", ...)`: a refusal with one reason."""
    return Refused(reason(code, **data))
